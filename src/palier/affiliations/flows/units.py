"""Making a unit, saying what it is, opening its answers, ending it. Each side's trail tells of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.affiliations import store
from palier.affiliations.rules.belonging import CannotBelong, UnitKind
from palier.foundation import actor as acting
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.network.flows import inviting


class NoParent(Exception):
    """The organisation is nobody's unit, or no longer."""


@dataclass(frozen=True, slots=True)
class Described:
    """What the parent says of a unit; `weight` in people or users, None where units weigh the same."""

    kind: UnitKind
    place: str
    weight: int | None = None


async def make_unit(
    actor: Actor, name: str, described: Described, lead: str, site: str, operation: UUID
) -> str:
    """Found an organisation as a unit of the actor's, with the actor as its owner and `lead` invited to it; its slug.

    It starts with the parent's sector, country and legal kind, and with its answers open to the parent.
    Raises NotInADemonstration, TooManyAttempts, CannotBelong or AlreadyDone.
    """
    await inviting.may_invite_now(actor, Role.LEAD)
    wanted, number = slugify(name), 1
    while True:
        slug = wanted if number == 1 else f"{wanted}-{number}"
        unit = Actor(actor.person, acting.Organisation(new_id(), slug, name), Role.OWNER)
        if await _found(actor, unit, described, lead, site, operation):
            return slug
        number += 1  # the name is taken, perhaps by somebody this person may not know about


async def _found(
    parent: Actor, unit: Actor, described: Described, lead: str, site: str, operation: UUID
) -> bool:
    facts = await _facts_of(parent)
    async with transaction(unit):
        row = network.Organisation(
            id=unit.organisation_id, slug=unit.organisation.slug, name=unit.organisation.name, **facts
        )
        if not await network.add_organisation(row):
            return False
        await operations.claim(operation, unit.person_id, f"/o/{parent.organisation.slug}/units")
        await network.add_member(unit)
        await add(unit, parent.organisation, described, answers_open=True, made_here=True)
        await audit.record(
            unit, "network.organisation_founded", f"organisation {row.slug}", name=row.name, parent=parent.organisation.slug
        )  # fmt: skip
        if lead:
            await inviting.invite_in(unit, [lead], Role.LEAD, site)
        return True


async def _facts_of(parent: Actor) -> dict[str, str]:
    async with transaction(parent):
        row = await network.organisation_of(parent)
    return {name: getattr(row, name) for name in ("family", "sector", "country", "legal_kind", "people_word")}


async def add(
    unit: Actor, parent: acting.Organisation, described: Described, *, answers_open: bool, made_here: bool
) -> None:
    """Write down that the actor's organisation is a unit of `parent`, in the caller's transaction; in both trails.

    The database lets it through for whoever owns both, or shows the parent's letter. Raises CannotBelong.
    """
    if not await store.may_become_unit(unit.organisation_id, parent.id):
        raise CannotBelong
    row = await store.Unit.create(
        id=new_id(), organisation_id=unit.organisation_id, parent_id=parent.id, kind=described.kind,
        place=described.place, weight=described.weight, answers_open=answers_open, made_here=made_here,
        joined_at=now(), joined_name=unit.person.name,
    )  # fmt: skip
    told = {"unit": unit.organisation.slug, "parent": parent.slug, "answers_open": answers_open}
    await audit.record(unit, "affiliations.joined", f"unit {row.id}", before=None, after=told)
    await audit.record(_on_the_other_side(unit, parent), "affiliations.joined", f"unit {row.id}", before=None, after=told)  # fmt: skip


async def describe(actor: Actor, unit: UUID, described: Described) -> None:
    """Say again what a unit of the actor's is and weighs. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.unit_of(actor, unit)
        after: dict[str, Any] = {"kind": described.kind, "place": described.place, "weight": described.weight}
        before = {name: getattr(row, name) for name in after}
        await store.Unit.filter(id=row.id).update(**after)
        await audit.record(actor, "affiliations.described", f"unit {row.id}", before=before, after=after)


async def open_answers(actor: Actor, *, opened: bool) -> None:
    """Let the parent read the answers of submitted rounds, or no longer. Raises NoParent."""
    async with transaction(actor):
        row = await _as_unit(actor)
        await store.Unit.filter(id=row.id).update(answers_open=opened)
        told = {"before": {"answers_open": row.answers_open}, "after": {"answers_open": opened}}
        await audit.record(actor, "affiliations.answers_opened", f"unit {row.id}", **told)
        await audit.record(
            _on_the_other_side(actor, _as_acting(row.parent)), "affiliations.answers_opened", f"unit {row.id}", **told
        )  # fmt: skip


async def let_go(actor: Actor, unit: UUID) -> None:
    """As the parent, end a unit: it is independent from now on, with all that is its own. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.unit_of(actor, unit)
        await _end(actor, row, _as_acting(row.organisation))


async def leave(actor: Actor) -> None:
    """As the unit, be independent from now on. Raises NoParent."""
    async with transaction(actor):
        row = await _as_unit(actor)
        await _end(actor, row, _as_acting(row.parent))


async def _end(actor: Actor, row: store.Unit, other: acting.Organisation) -> None:
    after = {"left_at": now(), "left_name": actor.person.name}
    await store.Unit.filter(id=row.id, left_at=None).update(**after)
    told = {"before": {"left_at": None}, "after": after | {"by": actor.organisation.slug}}
    await audit.record(actor, "affiliations.left", f"unit {row.id}", **told)
    await audit.record(_on_the_other_side(actor, other), "affiliations.left", f"unit {row.id}", **told)


async def _as_unit(actor: Actor) -> store.Unit:
    row = await store.parent_of(actor)
    if row is None:
        raise NoParent
    return row


def _as_acting(row: network.Organisation) -> acting.Organisation:
    return acting.Organisation(row.id, row.slug, row.name)


def _on_the_other_side(actor: Actor, organisation: acting.Organisation) -> Actor:
    """Whose trail is told as well: what was done there was done by the same person, from outside."""
    return Actor(actor.person, organisation, actor.role)
