"""Mandates: granted and ended by the client, given back by the consultant. Each change is told to the other side once."""

from datetime import date
from enum import Enum, auto
from uuid import UUID

from palier.accounts import throttle
from palier.accounts.flows import acquaintance
from palier.entitlements.rules.offers import Offers
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now, today
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network import mails, mandates, store
from palier.network.clients import take_client
from palier.network.flows.inviting import check_may_write
from palier.network.rules.mandates import Ending, HandOverState
from palier.network.store import Mandate

_ENDED = {
    Ending.REVOKED: "network.mandate_revoked",
    Ending.GIVEN_BACK: "network.mandate_given_back",
    Ending.HANDED_OVER: "network.mandate_handed_over",
}
_DECIDED = {
    HandOverState.ACCEPTED: "network.hand_over_accepted",
    HandOverState.REFUSED: "network.hand_over_refused",
    HandOverState.WITHDRAWN: "network.hand_over_withdrawn",
    HandOverState.LAPSED: "network.hand_over_lapsed",
}


class Granted(Enum):
    """What came of granting a mandate."""

    NEW = auto()
    MOVED = auto()
    """There was one that runs: it has another end now."""
    SAME = auto()
    """There was one with this very end: nothing was written, to nobody."""


def actor_by(person: Person, mandate: Mandate) -> Actor:
    """A consultant acting for the client of a mandate; it comes with its organisation."""
    row = mandate.organisation
    organisation = acting.Organisation(row.id, row.slug, row.name, row.sandbox_until is not None)
    return Actor(person, organisation, Role.CONSULTANT, mandate.id)


async def grant(actor: Actor, email: str, ends_on: date, site: str, offers: Offers | None = None) -> Granted:
    """Let a consultant act for the organisation until `ends_on`; a mandate of theirs that runs gets that end.

    Nobody learns whether `email` has an account: one that has none can sign up and finds the mandate there.
    With `offers`, one that is new counts among the clients the consultant's own offer holds.
    Raises NotInADemonstration, TooManyAttempts or NoClient.
    """
    check_may_write(actor)
    await throttle.take_turn(f"mandates of {actor.organisation_id}")
    async with transaction(actor):
        _, granted = await grant_in(actor, email, ends_on, site, offers)
        return granted


async def grant_in(
    actor: Actor, email: str, ends_on: date, site: str, offers: Offers | None = None
) -> tuple[Mandate, Granted]:
    """As `grant`, in the caller's transaction; the mandate too. Two people who grant at once grant one mandate."""
    await store.organisation_of(actor, locked=True)
    consultant = await acquaintance.expect(email)
    row = await store.active_mandate(actor, consultant)
    if row is not None and row.ends_on >= today(actor.person.time_zone):
        return row, await _move(actor, row, email, ends_on, site)
    await take_client(actor, consultant, offers)
    row = await Mandate.create(
        id=new_id(), organisation_id=actor.organisation_id, consultant_id=consultant, granted_by_id=actor.person_id,
        ends_on=ends_on, created_at=now(),
    )  # fmt: skip
    await mails.mandate_granted(actor, email, row, site)
    await audit.record(actor, "network.mandate_granted", f"mandate {row.id}", email=email, after=_facts(row))
    return row, Granted.NEW


async def _move(actor: Actor, row: Mandate, email: str, ends_on: date, site: str) -> Granted:
    if row.ends_on == ends_on and row.ending == Ending.NOT_YET:
        return Granted.SAME
    before = _facts(row)
    row.ends_on, row.dated_at, row.ending = ends_on, now(), Ending.NOT_YET
    await row.save(update_fields=["ends_on", "dated_at", "ending"])
    await mails.mandate_changed(actor, email, row, site)
    await audit.record(
        actor, "network.mandate_changed", f"mandate {row.id}", email=email, before=before, after=_facts(row)
    )
    return Granted.MOVED


async def change_end(actor: Actor, mandate: UUID, ends_on: date, site: str) -> Granted:
    """Give a mandate that runs another last day. Raises DoesNotExist."""
    async with transaction(actor):
        row = await mandates.running_mandate(actor, mandate, today(actor.person.time_zone))
        return await _move(actor, row, row.consultant.email, ends_on, site)


async def revoke(actor: Actor, mandate: UUID) -> None:
    """End a mandate at once: the consultant's next request finds nothing. Raises DoesNotExist."""
    async with transaction(actor):
        row = await mandates.running_mandate(actor, mandate, today(actor.person.time_zone))
        await end_in(actor, row, Ending.REVOKED)
        await mails.mandate_revoked(actor, row.consultant.email)


async def give_back(person: Person, mandate: UUID) -> str:
    """The consultant ends their own mandate at once; the client's owners are told. The client's name.

    Raises DoesNotExist.
    """
    async with reading(person):
        held = await mandates.held_mandate(person, mandate, today(person.time_zone))
    actor = actor_by(person, held)
    async with transaction(actor):
        row = await mandates.held_mandate(person, mandate, today(person.time_zone), locked=True)
        await end_in(actor, row, Ending.GIVEN_BACK)
        for email, locale, _ in await mandates.owners_to_tell(actor.organisation_id):
            await mails.mandate_given_back(actor, email, locale)
    return actor.organisation.name


async def end_in(actor: Actor, row: Mandate, ending: Ending, until: date | None = None) -> None:
    """End a mandate in the caller's transaction, at once or with the day `until`; a proposal about it lapses."""
    before = _facts(row)
    row.ending = ending
    if until is None:
        row.revoked_at = now()
    else:
        row.ends_on, row.dated_at = until, now()
    await row.save(update_fields=["ending", "revoked_at", "ends_on", "dated_at"])
    await audit.record(actor, _ENDED[ending], f"mandate {row.id}", before=before, after=_facts(row))
    if proposal := await mandates.open_proposal(row.id):
        await decide_in(actor, proposal, HandOverState.LAPSED)


async def decide_in(
    actor: Actor | acting.OnDuty, row: mandates.HandOver, state: HandOverState, **facts: UUID
) -> None:
    """Say in the caller's transaction what became of a proposal; `facts` are columns of it."""
    row.state, row.decided_at, row.decided_by = state, now(), getattr(actor, "person_id", None)
    for name, value in facts.items():
        setattr(row, name, value)
    await row.save(update_fields=["state", "decided_at", "decided_by", *facts])
    await audit.record(
        actor, _DECIDED[state], f"mandate {row.mandate_id}", hand_over=row.id, email=row.email,
        before=HandOverState.PROPOSED, after=state, **facts,
    )  # fmt: skip


def _facts(row: Mandate) -> dict[str, object]:
    """What changes of a mandate, for the trail."""
    return {"ends_on": row.ends_on, "revoked_at": row.revoked_at, "ending": row.ending}
