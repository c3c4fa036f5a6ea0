"""Members' roles, and mandates granted to consultants."""

from datetime import date
from uuid import UUID

from palier.accounts import throttle
from palier.accounts.flows import acquaintance
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network import mails, store
from palier.network.flows.inviting import check_may_write
from palier.network.rules.membership import check_change


async def change_role(actor: Actor, membership: UUID, role: Role) -> None:
    """Give a member another role. Raises DoesNotExist, RoleOutOfReach or LastOwner."""
    async with transaction(actor):
        row = await _changeable(actor, membership, role)
        await store.Membership.filter(id=row.id).update(role=role)
        await audit.record(
            actor, "network.role_changed", f"person {row.person_id}", before=row.role, after=role
        )


async def remove(actor: Actor, membership: UUID) -> None:
    """End a membership; what the person answered stays. Raises DoesNotExist, RoleOutOfReach or LastOwner."""
    async with transaction(actor):
        row = await _changeable(actor, membership, None)
        await store.Membership.filter(id=row.id).delete()
        await audit.record(actor, "network.member_removed", f"person {row.person_id}", role=row.role)


async def _changeable(actor: Actor, membership: UUID, after: Role | None) -> store.Membership:
    """The row, once nobody else is changing who owns what: two owners who demote each other leave one."""
    await store.organisation_of(actor, locked=True)
    row = await store.member_of(actor, membership)
    check_change(actor.role, row.role, after, await store.owners_of(actor))
    return row


async def grant_mandate(actor: Actor, email: str, ends_on: date, site: str) -> None:
    """Let a consultant act for the organisation until `ends_on`; an earlier mandate of theirs gets that end.

    Nobody learns whether `email` has an account: one that has none can sign up and finds the mandate there.
    Raises NotInADemonstration or TooManyAttempts.
    """
    check_may_write(actor)
    await throttle.take_turn(f"mandates of {actor.organisation_id}")
    async with transaction(actor):
        consultant = await acquaintance.expect(email)
        mandate = await store.active_mandate(actor, consultant)
        if mandate is None:
            mandate = await store.Mandate.create(
                id=new_id(), organisation_id=actor.organisation_id, consultant_id=consultant,
                granted_by_id=actor.person_id, ends_on=ends_on, created_at=now(),
            )  # fmt: skip
        else:
            mandate.ends_on = ends_on
            await store.Mandate.filter(id=mandate.id).update(ends_on=ends_on)
        await mails.mandate_granted(actor, email, mandate, site)
        await audit.record(
            actor, "network.mandate_granted", f"mandate {mandate.id}", email=email, ends_on=ends_on
        )


async def revoke_mandate(actor: Actor, mandate: UUID) -> None:
    """End a mandate at once: the consultant's next request finds nothing. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.mandate_of(actor, mandate)
        await store.Mandate.filter(id=row.id).update(revoked_at=now())
        await mails.mandate_revoked(actor, row.consultant.email)
        await audit.record(actor, "network.mandate_revoked", f"mandate {row.id}")
