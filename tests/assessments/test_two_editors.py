"""Two editors, lost answers, resent forms: whatever happens, nobody's words vanish unseen.

The machine plays people who only know what they were told. Its model is the answer anybody may have seen last; the rule
is: an answer may only be replaced by somebody who had seen it, and an acknowledged save is on record for ever.
"""

import asyncio
from collections.abc import Awaitable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from litestar import Litestar

from palier.assessments.flows.answering import Outcome, Saved, answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import answers_of, history_of
from palier.foundation.actor import Actor
from palier.foundation.audit import broken_links
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State

CODE = "FL1.1.1"
EDITORS = st.sampled_from(["claire", "malik"])
LEVELS = st.integers(1, 5)


@dataclass
class Editor:
    """One person's page: the revision it is based on, and the saves it never heard back from."""

    actor: Actor
    rev: int = 0
    tried: list[UUID] = field(default_factory=list)
    last: tuple[UUID, Draft, int, tuple[UUID, ...]] | None = None


class TwoEditors(RuleBasedStateMachine):
    """Saves, lost answers, exact repetitions and reloads by two people on one criterion."""

    loop: asyncio.AbstractEventLoop
    claire: Actor
    malik: Actor
    round_number = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).round_number += 1
        name = f"r{self.round_number}"
        opened = self.do(
            open_assessment(self.claire, latest("FL"), name=name, opens_on=date(2026, 1, 1), closes_on=None)
        )
        self.assessment = opened
        self.editors = {"claire": Editor(self.claire), "malik": Editor(self.malik)}
        self.revision, self.content = 0, Draft()
        self.accepted: set[UUID] = set()
        self.written: dict[int, tuple[str, Draft]] = {}

    def do(self, work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(_as_coroutine(work), self.loop).result(30)

    def save(self, who: str, op: UUID, draft: Draft, base: int, tried: tuple[UUID, ...]) -> Saved:
        actor = self.editors[who].actor
        saved: Saved = self.do(
            answer_criterion(actor, self.assessment.slug, CODE, draft, op=op, base=base, tried=tried)
        )
        return saved

    def judge(
        self, who: str, op: UUID, saved: Saved, draft: Draft, base: int, tried: tuple[UUID, ...]
    ) -> None:
        if saved.outcome is Outcome.SAVED:
            author = self.written.get(self.revision, ("nobody", Draft()))[0]
            seen = base == self.revision or (author == who and tried)
            assert seen, f"{who} overwrote revision {self.revision} of {author} having seen {base}"
            self.revision, self.content = saved.revision, draft
            assert saved.revision not in self.written
            self.written[saved.revision] = (who, draft)
            self.accepted.add(op)
        elif saved.outcome is Outcome.UNCHANGED:
            assert draft == self.content
        elif saved.outcome is Outcome.CONFLICT:
            assert base != self.revision
            assert saved.answer == self.content
        else:
            assert self.written[saved.revision] == (who, draft)

    @rule(who=EDITORS, level=LEVELS)
    def save_and_hear_back(self, who: str, level: int) -> None:
        editor = self.editors[who]
        op, draft = new_id(), Draft(State.ANSWERED, level, rationale=f"{who} {level}")
        sent = (op, draft, editor.rev, tuple(editor.tried))
        saved = self.save(who, *sent)
        self.judge(who, op, saved, draft, editor.rev, tuple(editor.tried))
        if saved.stands:
            editor.rev, editor.tried, editor.last = saved.revision, [], sent

    @rule(who=EDITORS, level=LEVELS)
    def save_and_hear_nothing(self, who: str, level: int) -> None:
        editor = self.editors[who]
        op, draft = new_id(), Draft(State.ANSWERED, level, rationale=f"{who} {level}")
        sent = (op, draft, editor.rev, tuple(editor.tried))
        self.judge(who, op, self.save(who, *sent), draft, editor.rev, tuple(editor.tried))
        editor.tried.append(op)
        editor.last = sent

    @rule(who=EDITORS)
    def the_same_request_arrives_again(self, who: str) -> None:
        if (sent := self.editors[who].last) is None:
            return
        op, draft, base, tried = sent
        accepted = op in self.accepted
        saved = self.save(who, op, draft, base, tried)
        if accepted:
            assert saved.outcome is Outcome.REPLAYED, "an operation was carried out twice"
        self.judge(who, op, saved, draft, base, tried)

    @rule(who=EDITORS)
    def reload(self, who: str) -> None:
        editor = self.editors[who]
        editor.rev, editor.tried = self.revision, []

    @invariant()
    def the_row_is_what_the_last_accepted_save_said(self) -> None:
        row, events = self.do(self.look())
        if row is None:
            assert self.revision == 0
            return
        assert (row.revision, row.level, row.rationale) == (
            self.revision,
            self.content.level,
            self.content.rationale,
        )
        assert [event.revision for event in events] == list(range(self.revision, 0, -1))

    async def look(self) -> tuple[Any, list[Any]]:
        async with reading(self.claire):
            answers = await answers_of(self.assessment.id)
            return answers.get(CODE), await history_of(self.assessment.id, CODE)


async def _as_coroutine(work: Awaitable[Any]) -> Any:
    return await work


async def play(
    machine: type[TwoEditors], claire: Actor, malik: Actor, phases: Collection[Phase] = tuple(Phase)
) -> None:
    machine.loop, machine.claire, machine.malik = asyncio.get_running_loop(), claire, malik
    options = settings(
        max_examples=25,
        stateful_step_count=25,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=options)


async def test_nobody_is_overwritten_unseen(stage: Litestar, claire: Actor, malik: Actor) -> None:
    await play(TwoEditors, claire, malik)
    async with reading(claire):
        assert await broken_links(claire.organisation_id) == []


class Blind(TwoEditors):
    """A planted fault: the save looks at nobody's revision."""

    def save(self, who: str, op: UUID, draft: Draft, base: int, tried: tuple[UUID, ...]) -> Saved:
        return super().save(who, op, draft, self.revision, tried)


class Forgetful(TwoEditors):
    """A planted fault: every arrival of a request counts as a new one."""

    def save(self, who: str, op: UUID, draft: Draft, base: int, tried: tuple[UUID, ...]) -> Saved:
        return super().save(who, new_id(), draft, self.revision, tried)


@pytest.mark.parametrize("fault", [Blind, Forgetful])
async def test_the_machine_catches_planted_faults(
    stage: Litestar, claire: Actor, malik: Actor, fault: type[TwoEditors]
) -> None:
    """That it is caught is enough; to look for a shorter story of it would take seconds."""
    with pytest.raises(AssertionError, match=r"overwrote|carried out twice"):
        await play(fault, claire, malik, phases=[Phase.generate])
