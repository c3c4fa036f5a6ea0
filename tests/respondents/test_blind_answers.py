"""Everybody answers alone: nobody reads another's answer before giving their own, whatever the code forgets."""

import asyncpg
import pytest

from palier.assessments.flows.answering import Outcome
from palier.assessments.flows.sheets import load_desk, load_sheet
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, answers_of
from palier.consensus.flows.agreeing import open_answers
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select
from palier.foundation.identifiers import new_id
from palier.respondents.store import ResponseEvent, given_to, responses_to
from tests.respondents.rounds import CODE, OTHER, at, say

pytestmark = pytest.mark.database


async def heard(actor: Actor, assessment: Assessment, code: str = CODE) -> list[tuple[str, int | None]]:
    async with reading(actor):
        return [(row.updated_name, row.level) for row in await responses_to(assessment.id, code)]


async def test_two_people_answer_the_same_criterion_without_meeting(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    first, second = await say(claire, at(4)), await say(malik, at(2))
    assert [first.outcome, second.outcome] == [Outcome.SAVED, Outcome.SAVED]
    assert (second.revision, second.by, second.answer.level) == (1, "Malik Ouali", 2)
    async with reading(claire):
        assert await answers_of(alone.id) == {}


async def test_nobody_reads_an_answer_before_giving_one(
    alone: Assessment, claire: Actor, malik: Actor, sophie: Actor
) -> None:
    await say(claire, at(4, "Vu en gare"))
    for curious in (malik, sophie):
        assert await heard(curious, alone) == []
        async with reading(curious):
            assert (await load_sheet(curious, "fl-2026", CODE)).said == ()
            assert await ResponseEvent.all().count() == 0
    await say(malik, at(2))
    assert await heard(malik, alone) == [("Claire Lambert", 4), ("Malik Ouali", 2)]
    assert await heard(malik, alone, OTHER) == []


async def test_a_query_that_forgets_who_asks_reads_nothing_of_others(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, at(4, "Vu en gare"))
    async with reading(malik):
        for table in ("response", "response_event"):
            assert await select(f"select * from {table}") == []
    async with reading(malik):
        said = await select(
            "select details::text as said from audit_entry where verb = 'assessments.responded'"
        )
    assert "Vu en gare" not in str(said)
    assert '"level"' not in str(said)


async def test_an_answer_taken_back_is_still_the_price_of_what_was_seen(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, at(4))
    await say(malik, at(2))
    await say(malik, Draft(), base=1)
    assert await heard(malik, alone) == [("Claire Lambert", 4)]
    async with reading(claire):
        assert [row.person_name for row in await given_to(alone.id)] == ["Claire Lambert"]
        first = await select("select after ->> 'level' as level from response_event order by at, revision")
    assert [row["level"] for row in first] == ["4"]


async def test_everybody_has_their_own_progress_and_history(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, at(4))
    await say(claire, at(5), base=1)
    await say(malik, at(1), code=OTHER)
    async with reading(claire):
        desk = await load_desk(claire, "fl-2026")
        sheet = await load_sheet(claire, "fl-2026", CODE)
    assert desk.states == {CODE: ("answered", False, 5)}
    assert [change.level for change in sheet.history] == [5, 4]
    assert (sheet.answer.level, sheet.revision) == (5, 2)


async def test_two_windows_of_one_person_do_not_overwrite_each_other(
    alone: Assessment, claire: Actor
) -> None:
    op = new_id()
    await say(claire, at(4), op=op)
    assert (await say(claire, at(4), op=op)).outcome is Outcome.REPLAYED
    refused = await say(claire, at(1))
    assert (refused.outcome, refused.answer.level, refused.revision) == (Outcome.CONFLICT, 4, 1)
    assert (await say(claire, at(1), tried=[op])).outcome is Outcome.SAVED


async def test_a_save_whose_answer_was_lost_before_the_opening_is_told_to_be_on_record(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    op = new_id()
    await say(claire, at(4, "Vu en gare"), op=op)
    await open_answers(claire, "fl-2026")
    assert (await say(claire, at(4, "Vu en gare"), op=op)).outcome is Outcome.REPLAYED
    assert (await say(claire, at(5, "Vu en gare"), op=op)).outcome is Outcome.OPENED
    assert (await say(malik, at(4, "Vu en gare"), op=op)).outcome is Outcome.OPENED


async def test_another_house_reads_nothing(alone: Assessment, claire: Actor, nora: Actor) -> None:
    await say(claire, at(4))
    async with reading(nora):
        for table in ("response", "response_event", "response_given", "respondent", "agreement"):
            assert await select(f"select * from {table}") == []


async def test_how_a_round_is_answered_is_settled_when_it_opens(
    alone: Assessment, owner: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.PostgresError, match="does not change"):
        await owner.execute("update assessment set mode = 'together'")
