"""What one person has to do, over every organisation they belong to or hold a mandate in.

Each organisation is read as its own tenant, under the role the person has there: nothing is ever mixed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.rules.life import is_late
from palier.action_plans.store import Action
from palier.foundation import actor as acting
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, Role
from palier.network.store import places_of
from palier.single_sign_on.store import shut_organisations


@dataclass(frozen=True, slots=True)
class MyAction:
    """One of somebody's unfinished actions: where it is, and whether they may change it there."""

    row: Action
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
    """Every unfinished action `person` carries or sponsors, wherever it is."""
    found: list[MyAction] = []
    for actor in await actors_of(person):
        async with reading(actor):
            found += [_mine(actor, row) for row in await store.involving(actor)]
    return found


def _mine(actor: Actor, row: Action) -> MyAction:
    late = is_late(row.status, row.due_on, today(actor.person.time_zone))
    sponsored = row.owner_id != actor.person_id
    return MyAction(row, actor.organisation, late, actor.may(Permission.EDIT_PLAN), sponsored)
