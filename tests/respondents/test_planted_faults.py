"""The machine of `test_answering_together` finds what it is for: each of these faults, planted, within a few hundred steps."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.assessments.flows import answering
from palier.assessments.flows.answering import Outcome, Saved, answer_criterion, save_in
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from tests.conftest import Browser, Cast
from tests.respondents.machine import Alone, Answering, Together
from tests.respondents.scene import Scene

pytestmark = [pytest.mark.database, pytest.mark.long]
Save = Callable[..., Any]


_arrived: set[UUID] = set()


async def forgetful(actor: Actor, *about: Any, op: UUID, **rest: Any) -> Saved:
    """A letter that arrives again counts as a new one, whatever it is based on."""
    if op not in _arrived:
        _arrived.add(op)
        return await answer_criterion(actor, *about, op=op, **rest)
    return await last_writer_wins(actor, *about, op=new_id(), **rest)


async def last_writer_wins(actor: Actor, *about: Any, base: int, op: Any, **rest: Any) -> Saved:
    """Nobody looks at the revision a page was based on."""
    saved = await answer_criterion(actor, *about, base=base, op=op, **rest)
    if saved.outcome is Outcome.CONFLICT:
        return await answer_criterion(actor, *about, base=saved.revision, op=op, **rest)
    return saved


class Undone(Exception):
    """The transaction is undone after it was acknowledged."""


async def early_acknowledgement(actor: Actor, *about: Any, **rest: Any) -> Saved:
    """A save is acknowledged before its commit, and now and then there is none."""
    saved = None
    try:
        async with transaction(actor):
            saved = await save_in(actor, *about, **rest)
            if saved.revision % 3 == 2:
                raise Undone
    except Undone:
        pass
    assert saved is not None
    return saved


@pytest.mark.parametrize(
    ("machine", "fault"),
    [(Together, forgetful), (Together, last_writer_wins), (Alone, early_acknowledgement)],
)
async def test_a_save_that_forgets_is_found(
    machine: type[Answering],
    fault: Save,
    cast: Cast,
    visit: Browser,
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "answer_criterion", fault)
    await found(machine, Scene(cast, visit, owner), r"expected|on record|make sense|history")


MINE = "organisation_id = app_org()"
RIGHT = f"{MINE} and (person_id = app_person() or answers_opened(assessment_id) or has_answered(assessment_id, code))"


@asynccontextmanager
async def without_blindness(owner: asyncpg.Connection) -> AsyncIterator[None]:
    """The database as if the policy that hides others' answers had been forgotten."""
    await owner.execute(f"alter policy readable on response using ({MINE})")
    try:
        yield
    finally:
        await owner.execute(f"alter policy readable on response using ({RIGHT})")


async def test_answers_that_are_not_hidden_are_found(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with without_blindness(owner):
        await found(Alone, Scene(cast, visit, owner), r"reads|can tell on|reads too much")


async def found(machine: type[Answering], scene: Scene, said: str) -> None:
    """The machine stops within 400 steps, and tells what is wrong."""
    with pytest.raises(AssertionError, match=said) as failure:
        await scene.play(machine, 400)
    print(machine.__name__, machine.steps, str(failure.value)[:300])
    assert machine.steps < 400
    assert any("after:" in note for note in failure.value.__notes__)
