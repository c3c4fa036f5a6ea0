"""The platform's last visit, for the page that says who can look in; all of it is `palier.platform`'s."""

from dataclasses import dataclass
from datetime import datetime

from palier.foundation.actor import Actor
from palier.foundation.database import select


@dataclass(frozen=True, slots=True)
class LastVisit:
    """Who of the platform's staff visited last, from when to when; `waiting` for an owner's agreement."""

    person_name: str
    opened_at: datetime | None
    ends_at: datetime | None
    waiting: bool


async def last_visit(actor: Actor) -> LastVisit | None:
    """The organisation's last visit that was begun or waits."""
    rows = await select(
        "select person_name, opened_at, coalesce(ended_at, ends_at) as ends_at, opened_at is null and decided_at is null as waiting "
        "from visit where organisation_id = $1 and refused_at is null and (opened_at is not null or "
        "(decided_at is null and asked_at > now() - interval '72 hours')) order by asked_at desc limit 1",
        actor.organisation_id,
    )
    return LastVisit(**rows[0]) if rows else None
