"""Somebody of the platform's staff at work: the second factor that opens their pages, and that they are still there."""

import asyncio
from datetime import datetime, timedelta

from palier.accounts.rules import Method
from palier.foundation.actor import Person, StaffActor
from palier.foundation.clock import now
from palier.foundation.database import only_reading, select, transaction
from palier.network.rules.visiting import proof_stands

_NOTED_EVERY = timedelta(minutes=1)


class SecondFactorNeeded(Exception):
    """On the staff, and without a second factor shown lately. The page says how to show it."""


async def check_duty(person: Person) -> StaffActor:
    """`person` as somebody of the staff at work, noted as such. Raises SecondFactorNeeded."""
    if person.on_duty_at is None or not proof_stands(_second_factor(person), person.on_duty_at, now()):
        raise SecondFactorNeeded
    actor = StaffActor(person)
    if now() - person.on_duty_at > _NOTED_EVERY:
        # In a context of its own: a GET that is being answered writes nothing itself (docs/architecture.md).
        await asyncio.create_task(_note(actor))
    return actor


def _second_factor(person: Person) -> datetime | None:
    """A passkey is two factors in one."""
    return person.second_factor_at or (person.proved_at if person.method == Method.PASSKEY else None)


async def _note(actor: StaffActor) -> None:
    only_reading.set(False)
    async with transaction(actor):
        await select("select staff_present()")
