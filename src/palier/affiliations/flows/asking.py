"""Asking an organisation somewhere else to join, by a letter to one of its owners; and accepting as its owner."""

from dataclasses import dataclass
from uuid import UUID

from palier.accounts import throttle
from palier.affiliations import mails, store
from palier.affiliations.flows.units import Described, add
from palier.affiliations.rules.belonging import ASKED_FOR, AskedNoMore, Purpose, UnitKind
from palier.foundation import actor as acting
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.network.flows.inviting import check_may_write


@dataclass(frozen=True, slots=True)
class Asked:
    """What a letter asks for: to be a unit (`kind`, `place`), or to join a territory group."""

    purpose: Purpose
    kind: str = ""
    place: str = ""
    territory_id: UUID | None = None
    territory_name: str = ""


async def ask(actor: Actor, email: str, asked: Asked, site: str, operation: UUID, back: str) -> None:
    """Write to an owner elsewhere; whether the address has an account is told to nobody.

    Raises NotInADemonstration, TooManyAttempts or AlreadyDone (at `back`).
    """
    check_may_write(actor)
    await throttle.take_turn(f"affiliations of {actor.organisation_id}")
    secret = new_secret()
    async with transaction(actor):
        await operations.claim(operation, actor.person_id, back)
        row = await store.AffiliationLetter.create(
            id=new_id(), organisation_id=actor.organisation_id, organisation_name=actor.organisation.name,
            purpose=asked.purpose, territory_id=asked.territory_id, territory_name=asked.territory_name, kind=asked.kind,
            place=asked.place, email=email, fingerprint=fingerprint(secret), asked_by=actor.person_id,
            asked_name=actor.person.name, asked_at=now(), expires_at=now() + ASKED_FOR,
        )  # fmt: skip
        await mails.ask(actor, row, secret, site)
        await audit.record(
            actor, "affiliations.asked", f"letter {row.id}", before=None,
            after={"email": email, "purpose": asked.purpose, "territory": asked.territory_id},
        )  # fmt: skip


async def withdraw(actor: Actor, letter: UUID) -> None:
    """Take a letter back: its link opens nothing any more. Raises DoesNotExist."""
    async with transaction(actor):
        rows = store.AffiliationLetter.filter(
            organisation_id=actor.organisation_id, accepted_at=None, withdrawn_at=None
        )
        row = await rows.get(id=letter)
        await store.AffiliationLetter.filter(id=row.id).update(withdrawn_at=now())
        await audit.record(
            actor, "affiliations.withdrawn", f"letter {row.id}", before={"email": row.email}, after=None
        )


async def letter_behind(secret: str) -> store.AffiliationLetter:
    """What the link asks for. Raises AskedNoMore."""
    async with reading(LinkHolder(fingerprint(secret))):
        row = await store.letter_behind(fingerprint(secret))
    if row is None:
        raise AskedNoMore
    return row


async def accept_as_unit(actor: Actor, secret: str, *, opened: bool) -> str:
    """Bring the actor's organisation in as a unit of whoever asks; the parent's name.

    `opened`: whether the answers of its submitted rounds are open to the parent. Raises AskedNoMore,
    NotInADemonstration, CannotBelong.
    """
    letter = await letter_behind(secret)
    if letter.purpose is not Purpose.UNIT:
        raise AskedNoMore
    check_may_write(actor)
    async with transaction(actor):
        await store.present(letter.fingerprint)
        described = Described(UnitKind(letter.kind), letter.place)
        parent = acting.Organisation(letter.organisation_id, "", letter.organisation_name)
        await add(actor, parent, described, answers_open=opened, made_here=False)
        if not await store.use_letter_up():
            raise AskedNoMore
    return letter.organisation_name
