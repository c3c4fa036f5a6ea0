"""Inviting colleagues, and joining by an invitation."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.accounts import passwords, throttle
from palier.accounts.flows import acquaintance, choosing_passwords
from palier.accounts.flows.entering import Browser, enter
from palier.foundation import actor as acting
from palier.foundation import audit, operations
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.permissions import Role
from palier.network import mails, store
from palier.network.rules.membership import INVITED_FOR, RoleOutOfReach, roles_given_by
from palier.network.seats import take_seats


class InvitationGone(Exception):
    """The invitation was accepted, withdrawn or is too old, or it never existed."""


class NotInADemonstration(Exception):
    """A throw-away copy writes to nobody: anybody can have one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as its reader sees it."""

    row: store.Invitation
    has_account: bool


async def invite(actor: Actor, emails: Sequence[str], role: Role, site: str, op: UUID | None = None) -> int:
    """Invite each address with `role`; how many invitations went out. Members are left out, and an earlier open
    invitation to the same address is withdrawn.

    `op` names the form: sent again it writes to nobody twice. Raises RoleOutOfReach, NotInADemonstration,
    TooManyAttempts, NoSeat or AlreadyDone.
    """
    await may_invite_now(actor, role)
    async with transaction(actor):
        await _claim(actor, op)
        return await invite_in(actor, emails, role, site)


async def may_invite_now(actor: Actor, role: Role) -> None:
    """Whether `actor` may write invitations with `role` at this moment; counts as one try.

    Raises RoleOutOfReach, NotInADemonstration or TooManyAttempts.
    """
    if role not in roles_given_by(actor.role):
        raise RoleOutOfReach
    check_may_write(actor)
    await throttle.take_turn(f"invitations of {actor.organisation_id}")


async def invite_in(actor: Actor, emails: Sequence[str], role: Role, site: str) -> int:
    """As `invite`, in the caller's transaction, once `may_invite_now` was asked. Raises NoSeat."""
    members = {member.person.email for member in await store.members_of(actor)}
    wanted = [email for email in emails if email not in members]
    await take_seats(actor, wanted)
    await store.open_invitations(actor).filter(email__in=wanted).update(withdrawn_at=now())
    for email in wanted:
        await _send(actor, email, role, site)
    return len(wanted)


async def _claim(actor: Actor, op: UUID | None) -> None:
    if op is not None:
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/people")


def check_may_write(actor: Actor) -> None:
    """Raises NotInADemonstration where mails to strangers would be sent for somebody nobody knows."""
    if actor.organisation.sandbox:
        raise NotInADemonstration


async def _send(actor: Actor, email: str, role: Role, site: str) -> None:
    secret = new_secret()
    row = await store.Invitation.create(
        id=new_id(), organisation_id=actor.organisation_id, email=email, role=role, expires_at=now() + INVITED_FOR,
        fingerprint=fingerprint(secret), invited_by_id=actor.person_id, created_at=now(),
    )  # fmt: skip
    await mails.invite(actor, row, secret, site)
    await audit.record(actor, "network.invited", f"invitation {row.id}", email=email, role=role)


async def send_again(actor: Actor, invitation: UUID, site: str, op: UUID | None = None) -> None:
    """Replace an open invitation by a fresh one: the earlier link stops working. Raises DoesNotExist."""
    async with reading(actor):
        row = await store.invitation_of(actor, invitation)
    await invite(actor, [row.email], row.role, site, op)


async def withdraw(actor: Actor, invitation: UUID) -> None:
    """Take an open invitation back. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.invitation_of(actor, invitation)
        await store.Invitation.filter(id=row.id).update(withdrawn_at=now())
        await audit.record(actor, "network.invitation_withdrawn", f"invitation {row.id}", email=row.email)


async def offer_behind(secret: str) -> Offer:
    """The invitation a mailed link opens. Raises InvitationGone."""
    async with reading(LinkHolder(fingerprint(secret))):
        row = await store.invitation_behind(fingerprint(secret))
        if row is None:
            raise InvitationGone
        return Offer(row, await acquaintance.has_account(row.email))


async def accept(person: Person, secret: str) -> str:
    """Join with the account one is signed in to, whatever its address; the organisation's slug.

    Raises InvitationGone. Somebody who is a member already keeps their role.
    """
    row = (await offer_behind(secret)).row
    async with transaction(_invited(row, person)):
        await _join(_invited(row, person), row)
    return row.organisation.slug


async def accept_as_newcomer(secret: str, name: str, password: str, browser: Browser) -> tuple[str, str]:
    """Join with a new account for the address invited; the organisation's slug and the secret of the new session.

    Raises InvitationGone, AccountExists or PasswordRefused.
    """
    row = (await offer_behind(secret)).row
    await choosing_passwords.check(password, name, row.email)
    stored = await passwords.hashed(password)
    nobody = Person(new_id(), name, row.email)
    async with transaction(_invited(row, nobody)):
        person = await acquaintance.welcome_invited(row.email, name, stored)
        await _join(_invited(row, person), row)
        return row.organisation.slug, await enter(person, browser)


def _invited(row: store.Invitation, person: Person) -> Actor:
    organisation = acting.Organisation(row.organisation.id, row.organisation.slug, row.organisation.name)
    return Actor(person, organisation, row.role)


async def _join(actor: Actor, row: store.Invitation) -> None:
    """Use the invitation up; of two that accept at once one succeeds."""
    usable = store.open_invitations(actor).filter(id=row.id, expires_at__gt=now())
    if await usable.update(accepted_at=now(), accepted_by=actor.person_id) != 1:
        raise InvitationGone
    await store.add_member(actor)
    await audit.record(
        actor, "network.joined", f"person {actor.person_id}", invited=row.email, joined_as=actor.person.email,
        role=row.role,
    )  # fmt: skip
