"""A save is kept once, never overwrites a colleague unseen, and leaves a trace."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows.answering import Outcome, Saved, Unacceptable, answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, answers_of, history_of, submitted_rounds, visible_assessments
from palier.foundation.actor import Actor
from palier.foundation.audit import broken_links
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State

CODE = "FL1.1.1"
LEVEL_3 = Draft(state=State.ANSWERED, level=3)


async def save(
    actor: Actor, draft: Draft = LEVEL_3, code: str = CODE, base: int = 0, **options: object
) -> Saved:
    return await answer_criterion(
        actor,
        "fl-2026",
        code,
        draft,
        **({"op": new_id(), "base": base} | options),  # type: ignore[arg-type]
    )


async def on_record(actor: Actor, assessment: Assessment, code: str = CODE) -> tuple[int | None, str, int]:
    async with reading(actor):
        row = (await answers_of(assessment.id))[code]
    return row.level, row.rationale, row.revision


async def test_a_first_save_is_on_record_with_its_author(round_2026: Assessment, claire: Actor) -> None:
    saved = await save(
        claire, Draft(State.ANSWERED, 4, rationale="Vu en gare", evidence_grade=Grade.DECLARED)
    )
    assert (saved.outcome, saved.revision, saved.by) == (Outcome.SAVED, 1, "Claire Lambert")
    assert saved.states == {CODE: ("answered", False, 4)}
    assert await on_record(claire, round_2026) == (4, "Vu en gare", 1)


async def test_the_same_operation_again_changes_nothing(
    round_2026: Assessment, claire: Actor, malik: Actor
) -> None:
    op = new_id()
    await save(claire, op=op)
    await save(malik, Draft(State.ANSWERED, 5), base=1)
    again = await save(claire, op=op)
    assert (again.outcome, again.revision) == (Outcome.REPLAYED, 1)
    assert await on_record(claire, round_2026) == (5, "", 2)


async def test_an_operation_id_reused_for_other_words_is_another_save(
    round_2026: Assessment, claire: Actor
) -> None:
    op = new_id()
    await save(claire, op=op)
    assert (await save(claire, Draft(State.ANSWERED, 2), op=op)).outcome is Outcome.CONFLICT
    assert (await save(claire, Draft(State.ANSWERED, 2), op=op, base=1)).outcome is Outcome.SAVED


async def test_a_colleague_is_never_overwritten_unseen(
    round_2026: Assessment, claire: Actor, malik: Actor
) -> None:
    await save(claire)
    refused = await save(malik, Draft(State.ANSWERED, 1, rationale="Pas en gare"))
    assert (refused.outcome, refused.revision, refused.by) == (Outcome.CONFLICT, 1, "Claire Lambert")
    assert refused.answer.level == 3
    assert await on_record(claire, round_2026) == (3, "", 1)


async def test_another_criterion_never_conflicts(round_2026: Assessment, claire: Actor, malik: Actor) -> None:
    await save(claire)
    assert (await save(malik, code="FL1.1.2")).outcome is Outcome.SAVED


async def test_saying_the_same_as_a_colleague_is_no_conflict(
    round_2026: Assessment, claire: Actor, malik: Actor
) -> None:
    await save(claire)
    same = await save(malik)
    assert (same.outcome, same.revision) == (Outcome.UNCHANGED, 1)


async def test_a_save_whose_answer_was_lost_is_no_conflict_with_oneself(
    round_2026: Assessment, claire: Actor, malik: Actor
) -> None:
    lost = new_id()
    await save(claire, op=lost)
    later = await save(claire, Draft(State.ANSWERED, 4), base=0, tried=[lost])
    assert (later.outcome, later.revision) == (Outcome.SAVED, 2)
    await save(malik, Draft(State.ANSWERED, 5), base=2)
    assert (await save(claire, Draft(State.ANSWERED, 1), base=0, tried=[lost])).outcome is Outcome.CONFLICT


async def test_two_first_answers_at_once_leave_one_and_tell_the_other(
    round_2026: Assessment, claire: Actor, malik: Actor
) -> None:
    both = await asyncio.gather(save(claire, Draft(State.ANSWERED, 2)), save(malik, Draft(State.ANSWERED, 5)))
    assert sorted(saved.outcome for saved in both) == ["conflict", "saved"]
    assert (await on_record(claire, round_2026))[2] == 1


async def test_every_save_is_remembered_and_audited(round_2026: Assessment, claire: Actor) -> None:
    await save(claire)
    await save(claire, Draft(State.ANSWERED, 4, rationale="Mieux"), base=1)
    async with reading(claire):
        events = await history_of(round_2026.id, CODE)
        assert [(e.revision, e.before["level"], e.after["level"]) for e in events] == [
            (2, 3, 4),
            (1, None, 3),
        ]
        assert await broken_links(claire.organisation_id) == []


async def test_saving_what_stands_leaves_no_trace(round_2026: Assessment, claire: Actor) -> None:
    await save(claire)
    assert (await save(claire, base=1)).outcome is Outcome.UNCHANGED
    async with reading(claire):
        assert len(await history_of(round_2026.id, CODE)) == 1


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(State.NA), "reason"),
        (Draft(State.ANSWERED, 6), "answer"),
        (Draft(rationale="x" * 10_001), "rationale"),
        (Draft(evidence_link="javascript:alert(1)"), "evidence_link"),
    ],
)
async def test_what_breaks_a_rule_is_not_kept(
    round_2026: Assessment, claire: Actor, draft: Draft, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        await save(claire, draft)
    assert [fault.field for fault in refused.value.faults] == [field]
    async with reading(claire):
        assert await answers_of(round_2026.id) == {}
        assert await history_of(round_2026.id, CODE) == []


async def test_a_criterion_of_another_questionnaire_does_not_exist(
    round_2026: Assessment, claire: Actor
) -> None:
    with pytest.raises(DoesNotExist):
        await save(claire, code="SX1.1.1")
    async with reading(claire):
        assert await answers_of(round_2026.id) == {}


async def test_a_stranger_finds_no_round(round_2026: Assessment, nora: Actor) -> None:
    with pytest.raises(DoesNotExist):
        await save(nora)
    async with reading(nora):
        assert await visible_assessments(nora) == []


async def test_history_cannot_be_rewritten(
    round_2026: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    await save(claire)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute("update answer_event set revision = 7")
    assert refused.value.sqlstate == "P0403"


async def test_a_second_round_of_the_same_name_gets_its_own_address(
    round_2026: Assessment, claire: Actor
) -> None:
    again = await open_assessment(
        claire, latest("FL"), name="2026", opens_on=round_2026.opens_on, closes_on=None
    )
    assert (round_2026.slug, again.slug) == ("fl-2026", "fl-2026-2")
    async with reading(claire):
        assert await submitted_rounds(claire, "FL") == []
