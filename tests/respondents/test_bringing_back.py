"""A workbook in a round answered each alone: it takes away and brings back one's own answers, and nobody else's."""

import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows import bringing
from palier.assessments.flows.bringing import Frozen
from palier.assessments.store import Assessment, answers_of
from palier.consensus.flows.agreeing import open_answers
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.respondents.store import own_changes, own_responses
from tests.assessments.test_bringing_back import bring, edited, plain, take_away
from tests.conftest import Browser
from tests.respondents.rounds import CODE, OTHER, at, say

pytestmark = pytest.mark.database


async def test_one_takes_away_one_s_own_answers_and_brings_them_back(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await say(claire, at(4, "Vu en gare"))
    await say(malik, at(2, "Pas au guichet"))
    async with visit(malik) as browser:
        workbook = await take_away(browser)
        place = await bring(browser, edited(workbook, {(OTHER, "level"): 3}))
        preview = plain((await browser.get(place)).text)
        await browser.send_form(place)
    assert "Vu en gare" not in preview
    async with reading(malik):
        own = await own_responses(alone.id, malik.person_id)
        assert {code: row.level for code, row in own.items()} == {CODE: 2, OTHER: 3}
        assert [change["source"] for change in await own_changes(alone.id, OTHER, malik.person_id)] == [
            "retour.xlsx"
        ]
        assert await answers_of(alone.id) == {}


async def test_nobody_looks_into_a_file_that_somebody_else_brought(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    async with visit(malik) as browser:
        place = await bring(browser, edited(await take_away(browser), {(CODE, "level"): 2}))
    async with visit(claire) as browser:
        assert (await browser.get(place)).status_code == 404
        assert (await browser.send_form(place)).status_code == 404


async def test_no_file_changes_opened_answers(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await say(claire, at(4))
    async with visit(malik) as browser:
        workbook = edited(await take_away(browser), {(CODE, "level"): 2})
    only_reading.set(False)  # a GET answered in this very context set it
    await open_answers(claire, "fl-2026")
    with pytest.raises(Frozen):
        await bringing.bring(malik, "fl-2026", "tard.xlsx", workbook, new_id())
    with pytest.raises(DoesNotExist):
        async with reading(malik):
            await bringing.preview(malik, "fl-2026", new_id())
