"""The address under which a calendar reads what somebody has to do: opened, replaced, closed, presented."""

from uuid import UUID

from palier.action_plans import store
from palier.action_plans.store import CalendarFeed
from palier.foundation import audit, operations
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret

PLACE = "/actions/calendar"
"""Where a person opens and closes their calendar address."""


async def open_feed(person: Person, op: UUID) -> str:
    """A new address for the person's calendar; its secret, told this once. The one before stops working.

    Raises AlreadyDone for the form `op`.
    """
    secret = new_secret()
    async with transaction(person):
        await operations.claim(op, person.person_id, PLACE)
        await CalendarFeed.filter(person_id=person.person_id).delete()
        await CalendarFeed.create(
            id=new_id(), person_id=person.person_id, fingerprint=fingerprint(secret), created_at=now()
        )
        await audit.record(person, "action_plans.calendar_opened", f"person {person.person_id}")
    return secret


async def close_feed(person: Person) -> None:
    """Close the person's calendar address; without one nothing happens."""
    async with transaction(person):
        if await CalendarFeed.filter(person_id=person.person_id).delete():
            await audit.record(person, "action_plans.calendar_closed", f"person {person.person_id}")


async def subscriber(secret: str) -> Person | None:
    """Whose calendar address this is; None once it was replaced or closed, and for one that never was."""
    key = fingerprint(secret)
    async with reading(LinkHolder(key)):
        feed = await store.feed_behind(key)
    if feed is None:
        return None
    row = feed.person
    return Person(row.id, row.name, row.email, row.locale, time_zone=row.time_zone)
