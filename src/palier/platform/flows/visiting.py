"""Visits, as the staff ask for them, begin them and end them. An organisation always learns of one (deciding.py is its side)."""

from datetime import datetime
from uuid import UUID

from palier.foundation import audit, jobs, operations
from palier.foundation.actor import Actor, OnDuty, Organisation, Person, StaffActor
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network.rules.visiting import LASTS, STARTED_WITHIN
from palier.network.store import Membership
from palier.platform import mails
from palier.platform.flows.reading import Facts
from palier.platform.rules.visits import VisitState, state_of
from palier.platform.store import Visit, VisitChoice


class OwnHouse(Exception):
    """The person belongs to the organisation: they go in by their own door."""


class VisitUnderWay(Exception):
    """The person asked for a visit there already, and it is not over."""


async def ask(actor: StaffActor, facts: Facts, reason: str, ticket: str, op: UUID, site: str) -> VisitState:
    """Ask to read in the organisation with these `facts`: at once, or once an owner agrees where they chose so.

    The owners are written to either way. Raises OwnHouse, VisitUnderWay or AlreadyDone.
    """
    organisation = Organisation(UUID(facts["id"]), facts["slug"], facts["name"])
    visitor = _visitor(actor.person, organisation, new_id())
    async with transaction(visitor):
        await operations.claim(op, actor.person_id, f"/admin/organisations/{organisation.slug}")
        if await Membership.filter(organisation_id=organisation.id, person_id=actor.person_id).exists():
            raise OwnHouse
        if await _under_way(visitor):
            raise VisitUnderWay
        choice = await VisitChoice.get_or_none(organisation_id=organisation.id)
        visit = await Visit.create(
            id=visitor.visit_id, organisation_id=organisation.id, person_id=actor.person_id,
            person_name=actor.person.name, reason=reason, ticket=ticket, asked_at=now(),
            approval=choice.approval if choice else False,
        )  # fmt: skip
        await _record(visitor, "platform.visit_asked", visit)
        if not visit.approval:
            await _open(visitor, visit)
        await mails.visit_asked(visitor, visit, await _owners(organisation.id), site)
    return state_of(visit, now())


async def begin(actor: StaffActor, visit_id: UUID) -> str | None:
    """Begin a visit an owner agreed to; the organisation's address, or None where it can no longer begin."""
    visit = await _own_visit(actor, visit_id)
    if visit is None:
        return None
    visitor = _visitor(actor.person, await _organisation_of(visit, actor.person), visit.id)
    async with transaction(visitor):
        held = await Visit.filter(id=visit.id, decided_at__gt=now() - STARTED_WITHIN, refused_at=None, opened_at=None)\
            .select_for_update().first()  # fmt: skip
        if held is None:
            return None
        await _open(visitor, held)
    return visitor.organisation.slug


async def end(actor: StaffActor, visit_id: UUID) -> None:
    """End one's own visit now; nothing happens when it is over."""
    visit = await _own_visit(actor, visit_id)
    if visit is None:
        return
    visitor = _visitor(actor.person, Organisation(visit.organisation_id, "", ""), visit.id)
    async with transaction(visitor):
        if await close(visit.id, now(), actor.person.name):
            await _record(visitor, "platform.visit_ended", visit, by=actor.person.name)


async def end_by_itself(organisation_id: UUID, visit: UUID) -> None:
    """What the worker does when the hour is over: the visit is closed already, now it is written down."""
    actor = OnDuty(organisation_id)
    async with transaction(actor):
        row = await Visit.get_or_none(id=visit)
        if row and row.ends_at and await close(visit, row.ends_at, ""):
            await audit.record(actor, "platform.visit_ended", f"visit {visit}", by="")


async def close(visit: UUID, at: datetime, by: str) -> bool:
    """In the caller's transaction: the visit ends at that moment; False when it had ended before."""
    rows = Visit.filter(id=visit, ended_at=None, opened_at__not_isnull=True, ends_at__gte=at)
    return await rows.update(ended_at=at, ended_name=by) == 1


def _visitor(person: Person, organisation: Organisation, visit_id: UUID) -> Actor:
    return Actor(person, organisation, Role.VISITOR, visit_id=visit_id)


async def _open(visitor: Actor, visit: Visit) -> None:
    visit.opened_at = now()
    visit.ends_at = visit.opened_at + LASTS
    await Visit.filter(id=visit.id).update(opened_at=visit.opened_at, ends_at=visit.ends_at)
    await jobs.enqueue(
        "platform.end_visit", at=visit.ends_at, organisation_id=visit.organisation_id, visit=visit.id
    )
    await _record(visitor, "platform.visit_opened", visit, until=visit.ends_at)


async def _record(visitor: Actor, verb: str, visit: Visit, **details: object) -> None:
    """On the organisation's chain, for its owners; and on the platform's, for whoever watches the staff."""
    told = {"reason": visit.reason, "ticket": visit.ticket, **details}
    await audit.record(visitor, verb, f"visit {visit.id}", name=visit.person_name, **told)
    await audit.record(
        StaffActor(visitor.person), verb, f"organisation {visit.organisation_id}", visit=visit.id, **told
    )


async def _under_way(visitor: Actor) -> bool:
    rows = Visit.filter(organisation_id=visitor.organisation_id, person_id=visitor.person_id)
    over = {VisitState.OVER, VisitState.LAPSED, VisitState.REFUSED}
    return any(state_of(row, now()) not in over for row in await rows.order_by("-asked_at").limit(3))


async def _own_visit(actor: StaffActor, visit_id: UUID) -> Visit | None:
    async with reading(actor):
        return await Visit.get_or_none(id=visit_id, person_id=actor.person_id)


async def _organisation_of(visit: Visit, person: Person) -> Organisation:
    async with reading(_visitor(person, Organisation(visit.organisation_id, "", ""), visit.id)):
        await visit.fetch_related("organisation")
    return Organisation(visit.organisation_id, visit.organisation.slug, visit.organisation.name)


async def _owners(organisation_id: UUID) -> list[Membership]:
    return await Membership.filter(organisation_id=organisation_id, role=Role.OWNER).select_related("person")
