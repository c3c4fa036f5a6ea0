"""What one person has to do, over every organisation they belong to or hold a mandate in.

Each organisation is read as its own tenant, under the role the person has there: nothing is ever mixed. The database goes from
one to the next itself (migration 0042).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from palier.action_plans.rules.life import is_late
from palier.action_plans.store import Action
from palier.foundation import actor as acting
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading, select
from palier.foundation.permissions import Permission, Role
from palier.foundation.rows import row_in
from palier.network.store import places_of
from palier.single_sign_on.store import shut_organisations

_MINE = "select (found.one).*, found.plan_slug, found.plan_title from actions_involving($1, $2) found"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action's plan is called, and where it is."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class MyAction:
    """One of somebody's unfinished actions: where it is, and whether they may change it there."""

    row: Action
    plan: Plan
    organisation: acting.Organisation
    late: bool
    editable: bool
    sponsored: bool
    """Whether the person answers for it as its sponsor, and somebody else carries it out."""

    @property
    def due_on(self) -> date | None:
        """Its due date."""
        return self.row.due_on


async def actors_of(person: Person) -> list[Actor]:
    """Everything `person` may act for today, in order of name; a membership comes before a mandate for the same place."""
    async with reading(person):
        return await _actors_of(person)


async def _actors_of(person: Person) -> list[Actor]:
    places = await places_of(person, today(person.time_zone))
    shut = await shut_organisations(person)
    roles: list[tuple[Any, Role, UUID | None]] = [
        (row.organisation, Role.CONSULTANT, row.id) for row in places.mandates
    ]
    roles += [
        (row.organisation, Role(row.role), None)
        for row in places.organisations
        if row.organisation.id not in shut
    ]
    found = {
        row.id: Actor(
            person,
            acting.Organisation(row.id, row.slug, row.name, row.sandbox_until is not None),
            role,
            mandate,
        )
        for row, role, mandate in roles
    }
    return sorted(found.values(), key=lambda actor: actor.organisation.name.casefold())


async def everything_of(person: Person) -> list[MyAction]:
    """Every unfinished action `person` carries or sponsors, wherever it is; one statement for all places."""
    async with reading(person):
        actors = {actor.organisation_id: actor for actor in await _actors_of(person)}
        rows = await select(_MINE, today(person.time_zone), list(actors)) if actors else []
    return [_mine(actors[row["organisation_id"]], row) for row in rows]


def _mine(actor: Actor, found: Mapping[str, Any]) -> MyAction:
    row = row_in(Action, found)
    late = is_late(row.status, row.due_on, today(actor.person.time_zone))
    sponsored = row.owner_id != actor.person_id
    plan = Plan(found["plan_slug"], found["plan_title"])
    return MyAction(row, plan, actor.organisation, late, actor.may(Permission.EDIT_PLAN), sponsored)
