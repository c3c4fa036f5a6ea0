"""A round that was answered each alone is reopened with what everybody had said and agreed on."""

import asyncpg

from palier.assessments.flows.answering import Outcome, answer_criterion
from palier.assessments.flows.reopening import reopen
from palier.assessments.flows.submitting import submit
from palier.assessments.store import Assessment, answers_of
from palier.consensus.flows.agreeing import agree, open_answers
from palier.consensus.flows.meeting import load_meeting
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from tests.conftest import Browser
from tests.consensus.conftest import CODES, at, say


async def unsealed(_campaign: object) -> bool:
    return False


async def test_the_meeting_goes_on_from_what_was_said_and_agreed_on(
    alone: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection, visit: Browser
) -> None:
    await say(claire, "3" * len(CODES))
    await say(malik, "4" + "3" * (len(CODES) - 1))
    await open_answers(claire, alone.slug)
    code = CODES[0]
    await agree(
        claire,
        alone.slug,
        code,
        at(3),
        reason="Vu ensemble",
        dissent={malik.person_id: "Plutôt 4"},
        op=new_id(),
        base=0,
    )
    await submit(claire, alone.slug, name="Claire")
    draft = await reopen(claire, alone.slug, reason="Le chiffre a changé", sealed=unsealed)
    assert not draft.blind
    alone_again = await answer_criterion(claire, draft.slug, code, at(4), op=new_id(), base=1)
    assert alone_again.outcome is Outcome.OPENED  # still nobody changes an agreed answer alone
    async with reading(malik):
        meeting = await load_meeting(malik, draft.slug)
    assert [one.draft.level for one in meeting.criteria[code].spoken] == [3, 4]
    assert meeting.agreements[code].reason == "Vu ensemble"
    assert not meeting.open_codes
    agreed = await agree(
        claire, draft.slug, code, at(4), reason="Le nouveau chiffre", dissent={}, op=new_id(), base=1
    )
    assert (agreed.outcome, agreed.revision) == (Outcome.SAVED, 2)
    async with visit(claire) as browser:
        for part in ("", "/consensus", f"/consensus/{code}", "/check", "/submit"):
            assert (await browser.get(f"/o/transports-du-val/e/{draft.slug}{part}")).status_code == 200, part
    only_reading.set(False)
    await submit(claire, draft.slug, name="Claire")
    async with reading(claire):
        assert (await answers_of(draft.id))[code].level == 4
        assert (await answers_of(alone.id))[code].level == 3
        assert (await load_meeting(claire, alone.slug)).agreements[code].reason == "Vu ensemble"
        assert (await load_meeting(claire, draft.slug)).agreements[code].reason == "Le nouveau chiffre"
    assert (
        await owner.fetchval("select count(distinct assessment_id) from response") == 1
    )  # kept frozen, once
