"""A round is submitted exactly once; afterwards nothing of it moves."""

import asyncio
from datetime import date

import asyncpg
import pytest

from palier.assessments.flows.answering import Outcome, answer_criterion
from palier.assessments.flows.submitting import Unfinished, receipt_number, submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import (
    Assessment,
    AssessmentState,
    UsedDefinition,
    assessment_by_slug,
    submitted_rounds,
)
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.building import content_hash
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from palier.scoring.rules.record import from_plain, result_hash


async def test_submitting_freezes_the_score_and_gives_a_receipt(answered: Assessment, claire: Actor) -> None:
    await submit(claire, answered.slug, name="Claire Lambert", consent=True)
    async with reading(claire):
        stored = await assessment_by_slug(claire, answered.slug)
        assert await submitted_rounds(claire, "FL") == [stored]
        kept = await UsedDefinition.get(hash=stored.definition_hash)
    assert (stored.state, stored.benchmark_consent) == (AssessmentState.SUBMITTED, True)
    assert from_plain(stored.result).total.score == 50
    assert result_hash(from_plain(stored.result)) == stored.result_hash
    assert content_hash(kept.content) == stored.definition_hash
    assert stored.receipt == receipt_number(stored.id, stored.submitted_at.year)


async def test_submitting_twice_at_once_counts_once(
    answered: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    receipts = await asyncio.gather(*(submit(claire, answered.slug, name=f"{n}") for n in range(4)))
    assert len({row.receipt for row in receipts}) == 1
    assert len({row.submitted_name for row in receipts}) == 1
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'assessments.submitted'") == 1
    tasks = await owner.fetch("select task_name from procrastinate_jobs order by 1")
    assert [row["task_name"] for row in tasks] == ["assessment.submitted", "mail.deliver"]


async def test_the_stored_audit_head_is_the_entry_of_the_submission(
    answered: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    submitted = await submit(claire, answered.slug, name="Claire")
    verb = await owner.fetchval("select verb from audit_entry where hash = $1", submitted.audit_head)
    assert verb == "assessments.submitted"


async def test_a_round_with_blanks_is_not_submitted(round_2026: Assessment, claire: Actor) -> None:
    with pytest.raises(Unfinished) as refused:
        await submit(claire, round_2026.slug, name="Claire")
    assert refused.value.codes[0] == "FL1.1.1"
    async with reading(claire):
        assert (await assessment_by_slug(claire, round_2026.slug)).state is AssessmentState.DRAFT


async def test_after_submission_an_answer_is_refused_and_a_replay_still_answered(
    round_2026: Assessment, claire: Actor
) -> None:
    op, code = new_id(), "FL1.1.1"
    level_2 = Draft(State.ANSWERED, 2)
    await answer_criterion(claire, "fl-2026", code, level_2, op=op, base=0)
    for criterion in latest("FL").criteria[1:]:
        await answer_criterion(claire, "fl-2026", criterion.code, Draft(State.DK), op=new_id(), base=0)
    await submit(claire, "fl-2026", name="Claire")
    late = await answer_criterion(claire, "fl-2026", code, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    again = await answer_criterion(claire, "fl-2026", code, level_2, op=op, base=0)
    assert (late.outcome, again.outcome) == (Outcome.SUBMITTED, Outcome.REPLAYED)


async def test_the_database_itself_refuses_to_thaw(
    answered: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    await submit(claire, answered.slug, name="Claire")
    for villainy in (
        "update answer set level = 5",
        "delete from answer",
        "update assessment set state = 'draft'",
        "update assessment set result = '{}'",
        "update assessment set benchmark_consent = false",
    ):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(villainy)
        assert refused.value.sqlstate == "P0423", villainy


async def test_an_answer_never_slips_in_between_the_score_and_the_lock(
    answered: Assessment, claire: Actor
) -> None:
    late, submitted = await asyncio.gather(
        answer_criterion(claire, "fl-2026", "FL1.1.1", Draft(State.ANSWERED, 5), op=new_id(), base=1),
        submit(claire, "fl-2026", name="Claire"),
    )
    scored = next(n for n in from_plain(submitted.result).total.walk() if n.code == "FL1.1.1")
    assert scored.answer is not None
    assert scored.answer.level == (5 if late.outcome is Outcome.SAVED else 3)


def test_receipt_numbers_carry_the_year() -> None:
    assert receipt_number(new_id(), date(2026, 1, 1).year).startswith("2026-")
