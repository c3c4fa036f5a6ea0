"""A client goes from one consultant to another: the consultant proposes, the client's owner decides."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from palier.accounts import throttle
from palier.action_plans.flows.acting import change_in
from palier.action_plans.rules.life import Facts
from palier.action_plans.store import Action, involving
from palier.entitlements.rules.offers import Offers
from palier.foundation import audit
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now, today
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.network import mandates
from palier.network.flows.inviting import check_may_write
from palier.network.flows.mandating import actor_by, decide_in, end_in, grant_in
from palier.network.mandates import HandOver
from palier.network.rules.mandates import Ending, HandOverState, outgoing_until, standing
from palier.portfolio import mails
from palier.team.flows.passing_on import Part, parts_of, pass_on


class AlreadyProposed(Exception):
    """Another consultant is proposed for this client, and the client has not answered yet."""


class NotOpen(Exception):
    """The proposal was answered, withdrawn, or lapsed."""


class Oneself(ValueError):
    """The consultant proposed themselves."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the client accepts: until when the new mandate lasts, days the old one goes on, what passes on with it."""

    ends_on: date
    overlap: int
    actions: bool
    rounds: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """What the outgoing consultant is responsible for at the client."""

    actions: list[Action]
    parts: list[Part]


async def propose(person: Person, mandate: UUID, email: str, note: str, site: str) -> str:
    """Propose that whoever has `email` takes the client over; its owners are written to. The client's name.

    Nobody else is: the client decides first. Raises DoesNotExist, Oneself, AlreadyProposed, NotInADemonstration,
    TooManyAttempts.
    """
    if email == person.email:
        raise Oneself
    await throttle.take_turn(f"hand-overs of {person.person_id}")
    actor = await _acting(person, mandate)
    check_may_write(actor)
    async with transaction(actor):
        await mandates.held_mandate(person, mandate, today(person.time_zone), locked=True)
        await _make_room(actor, mandate)
        row = await HandOver.create(
            id=new_id(), organisation_id=actor.organisation_id, mandate_id=mandate, proposer_id=person.person_id,
            email=email, note=note, proposed_at=now(),
        )  # fmt: skip
        await audit.record(
            actor, "network.hand_over_proposed", f"mandate {mandate}", hand_over=row.id, email=email,
            before="", after=HandOverState.PROPOSED,
        )  # fmt: skip
        for owner, locale, _ in await mandates.owners_to_tell(actor.organisation_id):
            await mails.proposed(actor, row, owner, locale, site)
    return actor.organisation.name


async def _make_room(actor: Actor, mandate: UUID) -> None:
    """One proposal at a time; one that lapsed unnoticed makes room. Raises AlreadyProposed."""
    if await mandates.open_proposal(mandate):
        raise AlreadyProposed
    for old in await HandOver.filter(mandate_id=mandate, state=HandOverState.PROPOSED):
        await decide_in(actor, old, HandOverState.LAPSED)


async def withdraw(person: Person, mandate: UUID) -> None:
    """Take the proposal about a mandate back. Raises DoesNotExist, NotOpen."""
    actor = await _acting(person, mandate)
    async with transaction(actor):
        await mandates.held_mandate(person, mandate, today(person.time_zone), locked=True)
        row = await mandates.open_proposal(mandate)
        if row is None:
            raise NotOpen
        await decide_in(actor, row, HandOverState.WITHDRAWN)


async def _acting(person: Person, mandate: UUID) -> Actor:
    async with reading(person):
        return actor_by(person, await mandates.held_mandate(person, mandate, today(person.time_zone)))


# --- the client decides ----------------------------------------------------------------------------------------------


async def carried_by(actor: Actor, person: UUID) -> Carried:
    """What `person` carries out, answers for or is asked at the organisation. Call it inside `reading(actor)`."""
    colleague = replace(actor, person=replace(actor.person, person_id=person))
    return Carried(list(await involving(colleague)), await parts_of(actor, person))


def stands(actor: Actor, row: HandOver) -> HandOverState:
    """Where a proposal stands today."""
    mandate = row.mandate
    runs = mandate.revoked_at is None and mandate.ends_on >= today(actor.person.time_zone)
    return standing(HandOverState(row.state), row.proposed_at, now(), mandate_runs=runs)


async def refuse(actor: Actor, hand_over: UUID) -> None:
    """Keep the consultant; they are told. Raises DoesNotExist, NotOpen."""
    async with transaction(actor):
        row = await _open(actor, hand_over)
        await decide_in(actor, row, HandOverState.REFUSED)
        await mails.decided(actor, row, accepted=False)


async def accept(
    actor: Actor, hand_over: UUID, terms: Terms, site: str, offers: Offers | None = None
) -> None:
    """Give the new consultant a mandate and end the old one; what was prepared stays, what was to do passes on.

    Raises DoesNotExist, NotOpen, NoClient.
    """
    async with transaction(actor):
        row = await _open(actor, hand_over)
        mandate, _ = await grant_in(actor, row.email, terms.ends_on, site, offers)
        before, after = row.mandate.consultant.id, mandate.consultant_id
        if terms.actions:
            await _pass_actions_on(actor, before, after)
        if terms.rounds:
            await pass_on(actor, before, after)
        await decide_in(actor, row, HandOverState.ACCEPTED, receiver_id=after, new_mandate_id=mandate.id)
        until = outgoing_until(row.mandate.ends_on, terms.overlap, today(actor.person.time_zone))
        await end_in(actor, row.mandate, Ending.HANDED_OVER, until)
        await mails.decided(actor, row, accepted=True)


async def _open(actor: Actor, hand_over: UUID) -> HandOver:
    row = await mandates.hand_over_of(actor, hand_over, locked=True)
    if stands(actor, row) is not HandOverState.PROPOSED:
        raise NotOpen
    return row


async def _pass_actions_on(actor: Actor, before: UUID, after: UUID) -> None:
    def passed(facts: Facts) -> Facts:
        changed: dict[str, Any] = {}
        if facts.owner == before:
            changed["owner"] = after
        if facts.sponsor_id == before:
            changed["sponsor_id"] = after
        return replace(facts, **changed)

    for action in (await carried_by(actor, before)).actions:
        await change_in(actor, action.id, action.revision, passed)
