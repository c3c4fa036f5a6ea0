"""A submitted round is reopened: what was submitted stays whole and holds until the further state is submitted."""

import asyncio
import json

import asyncpg
import pytest

from palier.assessments.flows import reopening
from palier.assessments.flows.answering import Outcome, answer_criterion
from palier.assessments.flows.reopening import NotReopenable, NotReopened, Obstacle
from palier.assessments.flows.rounds import load_round, rounds_of
from palier.assessments.flows.submitting import GivenUp, submit
from palier.assessments.rules.checking import Remark, blocking, check
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import (
    Assessment,
    AssessmentState,
    answers_of,
    assessment_by_slug,
    history_of,
    submitted_rounds,
    visible_assessments,
)
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.conftest import Browser

CODE = "FL1.1.1"
REASON = "Le chiffre des réclamations était celui de 2024"


async def unsealed(_campaign: object) -> bool:
    return False


async def reopen(actor: Actor, slug: str = "fl-2026", reason: str = REASON) -> Assessment:
    return await reopening.reopen(actor, slug, reason=reason, sealed=unsealed)


@pytest.fixture
async def submitted(answered: Assessment, claire: Actor) -> Assessment:
    return await submit(claire, answered.slug, name="Claire Lambert")


async def test_a_reopened_round_starts_from_its_answers_and_what_was_submitted_holds_meanwhile(
    submitted: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    draft = await reopen(claire)
    assert (draft.slug, draft.submission, draft.supersedes_id) == ("fl-2026-2", 2, submitted.id)
    changed = await answer_criterion(claire, draft.slug, CODE, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    assert (changed.outcome, changed.revision) == (Outcome.SAVED, 2)
    assert [change.level for change in changed.history] == [5, 3]  # its history goes on
    async with reading(claire):
        assert await submitted_rounds(claire, "FL") == [submitted]
        (holding,) = await rounds_of(claire, "FL")
        provisional = await load_round(claire, draft.slug)
        assert [event.revision for event in await history_of(draft.id, CODE)] == [2, 1]
        assert len(await history_of(submitted.id, CODE)) == 1
    assert holding.result.total.score == 50
    assert provisional.provisional
    assert provisional.previous is None  # the state it supersedes is no round before it
    said = await owner.fetchval("select details from audit_entry where verb = 'assessments.reopened'")
    assert json.loads(said)["reason"] == REASON


async def test_submitted_again_the_new_state_holds_and_the_old_one_is_kept_whole(
    submitted: Assessment, claire: Actor
) -> None:
    draft = await reopen(claire)
    await answer_criterion(claire, draft.slug, CODE, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    again = await submit(claire, draft.slug, name="Claire Lambert")
    async with reading(claire):
        old = await assessment_by_slug(claire, submitted.slug)
        assert await submitted_rounds(claire, "FL") == [again]
        assert (await answers_of(old.id))[CODE].level == 3
        kept = await load_round(claire, old.slug)
    assert old.state is AssessmentState.SUPERSEDED
    assert (old.receipt, old.result_hash, old.audit_head) == (
        submitted.receipt, submitted.result_hash, submitted.audit_head
    )  # fmt: skip
    assert again.receipt != old.receipt
    assert again.result_hash != old.result_hash
    assert kept.result.total.score == 50
    assert not kept.provisional
    assert kept.previous is None
    third = await reopen(claire, again.slug)
    assert (third.slug, third.submission) == ("fl-2026-3", 3)


async def test_a_reopening_can_be_given_up_and_what_was_submitted_never_stopped_holding(
    submitted: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    draft = await reopen(claire)
    await answer_criterion(claire, draft.slug, CODE, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    for slug in (draft.slug, draft.slug):  # twice changes nothing
        assert (await reopening.give_up(claire, slug)).id == submitted.id
    late = await answer_criterion(claire, draft.slug, CODE, Draft(State.ANSWERED, 4), op=new_id(), base=2)
    assert late.outcome is Outcome.SUBMITTED
    with pytest.raises(GivenUp):
        await submit(claire, draft.slug, name="Claire Lambert")
    with pytest.raises(NotReopened):
        await reopening.give_up(claire, submitted.slug)
    async with reading(claire):
        assert await submitted_rounds(claire, "FL") == [submitted]
        assert [row.slug for row in await visible_assessments(claire)] == ["fl-2026"]
        assert (await answers_of(draft.id))[CODE].level == 5  # what was written there can still be read
    given_up = "select count(*) from audit_entry where verb = 'assessments.reopening_given_up'"
    assert await owner.fetchval(given_up) == 1
    assert (await reopen(claire)).slug == "fl-2026-3"


async def test_only_what_holds_is_reopened(answered: Assessment, claire: Actor) -> None:
    async def refusal(slug: str) -> Obstacle:
        with pytest.raises(NotReopenable) as refused:
            await reopen(claire, slug)
        return refused.value.obstacle

    assert await refusal("fl-2026") is Obstacle.NOT_SUBMITTED
    await submit(claire, "fl-2026", name="Claire Lambert")
    await submit(claire, (await reopen(claire)).slug, name="Claire Lambert")
    assert await refusal("fl-2026") is Obstacle.SUPERSEDED
    draft = await reopen(claire, "fl-2026-2")
    await reopening.give_up(claire, draft.slug)
    assert await refusal(draft.slug) is Obstacle.NOT_SUBMITTED


async def test_at_once_there_is_one_reopening_and_one_end_to_it(
    submitted: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    drafts = await asyncio.gather(*(reopen(claire, reason=f"Motif {n}") for n in range(4)))
    assert len({draft.id for draft in drafts}) == 1
    assert await owner.fetchval("select count(*) from assessment") == 2
    ends = await asyncio.gather(
        submit(claire, "fl-2026-2", name="Claire"), reopening.give_up(claire, "fl-2026"),
        submit(claire, "fl-2026-2", name="Claire"), return_exceptions=True,
    )  # fmt: skip
    states = dict(await owner.fetch("select slug, state from assessment"))
    assert states in (
        {"fl-2026": "superseded", "fl-2026-2": "submitted"}, {"fl-2026": "submitted", "fl-2026-2": "given_up"}
    )  # fmt: skip
    assert all(isinstance(end, Assessment | GivenUp | NotReopened) for end in ends)


async def test_the_database_itself_lets_no_state_go_back(
    submitted: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    draft = await reopen(claire)
    villainies = [
        "update assessment set state = 'superseded' where slug = 'fl-2026'",  # nothing was submitted in its place
        "update assessment set state = 'given_up' where slug = 'fl-2026'",
        "update assessment set state = 'draft' where slug = 'fl-2026'",
        "update assessment set supersedes_id = null, origin_id = null where slug = 'fl-2026-2'",
        "update assessment set reopened_reason = 'Autre' where slug = 'fl-2026-2'",
        "update answer set level = 5 where assessment_id = (select id from assessment where slug = 'fl-2026')",
    ]
    await submit(claire, draft.slug, name="Claire")
    villainies.append("update assessment set state = 'submitted' where slug = 'fl-2026'")
    villainies.append("update assessment set receipt = 'X' where slug = 'fl-2026'")
    for villainy in villainies[1:]:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(villainy)
        assert refused.value.sqlstate == "P0423", villainy


async def test_who_may_reopen_and_what_the_form_asks(
    submitted: Assessment, claire: Actor, malik: Actor, nora: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    page = "/o/transports-du-val/e/fl-2026/reopen"
    async with visit(malik) as browser:
        assert "demandez" in (await browser.get(page)).text
        assert (await browser.send_form(page, {"reason": REASON})).status_code == 403
    async with visit(nora) as browser:
        assert (await browser.get(page)).status_code == 404
        assert (await browser.send_form(page, {"reason": REASON})).status_code == 404
    async with visit(claire) as browser:
        for reason in ("", "  ", "x" * 501):
            assert (await browser.send_form(page, {"reason": reason})).status_code == 422
        assert await owner.fetchval("select count(*) from assessment") == 1
        reopened = await browser.send_form(page, {"reason": REASON})
        assert reopened.headers["location"] == "/o/transports-du-val/e/fl-2026-2"
        assert REASON in (await browser.get("/o/transports-du-val/e/fl-2026-2")).text
        assert (await browser.get(page)).status_code == 200
        given_up = await browser.send_form(f"{page}/give-up")
        assert given_up.headers["location"] == "/o/transports-du-val/e/fl-2026"
        assert (await browser.send_form(f"{page}/give-up")).status_code == 409
        for part in (
            "",
            "/check",
            "/q/FL1.1.1",
            "/s/FL1.1",
            "/results",
            "/history",
            "/reopen",
            "/data",
            "/why/FL1.1.1",
        ):
            shown = await browser.get(f"/o/transports-du-val/e/fl-2026-2{part}")
            assert shown.status_code == 200, part
    mailed = await owner.fetch("select recipient, kind from mail order by created_at")
    assert ("malik.ouali@palier.example", "reopened") not in [tuple(row) for row in mailed]  # took no part


async def test_both_states_tell_of_each_other_and_open_as_they_were(
    submitted: Assessment, claire: Actor, malik: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    draft = await reopen(claire)
    await answer_criterion(malik, draft.slug, CODE, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    here = "/o/transports-du-val/e"
    async with visit(claire) as browser:
        assert "a rouvert" in (await browser.get(f"{here}/fl-2026")).text
        assert (await browser.get(f"{here}/fl-2026-2/submit")).status_code == 200
        sent = await browser.send_form(f"{here}/fl-2026-2/submit", {"name": "Claire Lambert"})
        assert sent.headers["location"] == f"{here}/fl-2026-2/receipt"
        new = (await browser.get(f"{here}/fl-2026-2/receipt")).text
        old = (await browser.get(f"{here}/fl-2026/receipt")).text
        assert submitted.receipt in new
        assert submitted.result_hash in old
        assert f"{here}/fl-2026-2/receipt" in old
        for part in ("", "/check", "/results", "/history", "/reopen", "/data", "/why/FL1.1.1", "/q/FL1.1.1"):
            assert (await browser.get(f"{here}/fl-2026{part}")).status_code == 200, part
        assert (await browser.get("/o/transports-du-val/assessments")).text.count("fl-2026-2") > 0
        compared = await browser.get("/o/transports-du-val/compare?a=fl-2026&b=fl-2026-2")
        assert compared.status_code == 200
        assert (await browser.send_form(f"{here}/fl-2026-2/reopen/give-up")).status_code == 409
        assert (
            await browser.get("/o/transports-du-val/reports/certificate?assessment=fl-2026")
        ).status_code == 200
    letters = await owner.fetch("select kind from mail order by created_at")
    assert [row["kind"] for row in letters] == ["receipt", "receipt"]


def test_what_says_nothing_blocks_and_everything_else_is_for_judgement() -> None:
    asked = latest("FL")
    first, second, third = (criterion.code for criterion in asked.criteria[:3])
    answers = {code.code: Draft(State.ANSWERED, 3) for code in asked.criteria}
    answers |= {
        first: Draft(),
        second: Draft(State.NA, reason=" "),
        third: Draft(State.NA, reason="Pas de guichet"),
    }
    sections = check(asked, answers, {}, expired=[asked.criteria[3].code])
    assert [row.criterion.code for row in blocking(sections)] == [first, second]
    remarked = {row.criterion.code: row.remarks for section in sections for row in section.remarked}
    assert remarked == {third: (Remark.NOT_APPLICABLE,), asked.criteria[3].code: (Remark.EXPIRED,)}
