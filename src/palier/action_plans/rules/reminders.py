"""When somebody is reminded of an action: a week before its date, the day after, its sponsor two weeks after; and
once a week of all that is near.

Source: docs/operations.md#letters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from palier.accounts.rules import still_leaves

AHEAD = timedelta(days=7)
AFTER = timedelta(days=1)
ESCALATED = timedelta(days=14)

NEAR = timedelta(days=14)
"""How far a digest looks ahead."""

LINK_LASTS = timedelta(days=30)
"""How long the links of a reminder work."""


class Kind(StrEnum):
    """A letter about actions; each may be refused by itself."""

    DIGEST = "digest"
    SOON = "soon"
    LATE = "late"
    SPONSOR = "sponsor"


class Errand(StrEnum):
    """What the links in a reminder do."""

    DONE = "done"
    POSTPONE = "postpone"


@dataclass(frozen=True, slots=True)
class Task:
    """What reminders read of an unfinished action with a date."""

    id: UUID
    owner: UUID | None
    due_on: date


def owner_is_told(due_on: date, today: date) -> Kind | None:
    """What the owner of an unfinished action due then is told today."""
    if still_leaves(due_on - AHEAD, today):
        return Kind.SOON
    return Kind.LATE if still_leaves(due_on + AFTER, today) else None


def sponsor_is_told(due_on: date, today: date) -> bool:
    """Whether the sponsor of an unfinished action due then is told today."""
    return still_leaves(due_on + ESCALATED, today)


def digest_of(today: date) -> date | None:
    """The Monday of the week whose digest is sent today; None when this week's has had its time."""
    monday = today - timedelta(days=today.weekday())
    return monday if still_leaves(monday, today) else None


@dataclass(frozen=True, slots=True)
class Week:
    """What a digest says: somebody's own actions, and for those who lead, the late ones of others."""

    late: tuple[UUID, ...]
    near: tuple[UUID, ...]
    others_late: tuple[UUID, ...]

    def __bool__(self) -> bool:
        """A digest that has nothing to say is not sent."""
        return bool(self.late or self.near or self.others_late)


def week_of(person: UUID, tasks: Iterable[Task], today: date, *, leads: bool) -> Week:
    """The digest of a person, each part with the soonest due first."""
    ordered = sorted(tasks, key=lambda task: (task.due_on, task.id))
    mine = [task for task in ordered if task.owner == person]
    late = [task.id for task in mine if task.due_on < today]
    near = [task.id for task in mine if today <= task.due_on <= today + NEAR]
    others = [task.id for task in ordered if leads and task.owner != person and task.due_on < today]
    return Week(tuple(late), tuple(near), tuple(others))


def usual_dates(due_on: date, today: date) -> list[date]:
    """The dates offered to put an action off to: one, two and four weeks after its date, or after today once it is past."""
    start = max(due_on, today)
    return [start + timedelta(weeks=weeks) for weeks in (1, 2, 4)]


def may_be_put_off_to(wanted: date, due_on: date, today: date) -> bool:
    """Later than its date, not in the past, and within two years: whoever means more opens the action."""
    return wanted > due_on and today <= wanted <= today + timedelta(days=730)
