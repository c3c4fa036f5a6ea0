"""Members' roles, and who belongs to the organisation no more."""

from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.permissions import Role
from palier.network import store
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
