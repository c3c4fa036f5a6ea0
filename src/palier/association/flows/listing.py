"""A member agrees to be listed to the other members of a network, or no longer does."""

from typing import Any
from uuid import UUID

from palier.association import store
from palier.association.rules.directory import Contact
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import organisation_of


class NotVerified(Exception):
    """The network has not verified the organisation: it may not be listed yet."""


async def agree(actor: Actor, slug: str, contact: Contact, op: UUID) -> None:
    """List the organisation, or change whom to write to. Raises Unknown, NotVerified, AlreadyDone."""
    async with transaction(actor):
        circle = await store.circle_of(actor.organisation_id, slug)
        if not circle.verified:
            raise NotVerified
        await operations.claim(op, actor.person_id, directory_of(actor, slug))
        place: dict[str, Any] = {"network_id": circle.id, "organisation_id": actor.organisation_id}
        if await store.DirectoryListing.filter(**place).update(contact=contact.kept):
            verb = "association.listing_changed"
        else:
            row = await organisation_of(actor)
            await store.DirectoryListing.create(
                id=new_id(), **place, name=row.name, sector=row.sector, size=row.size, country=row.country,
                contact=contact.kept, listed_at=now(),
            )  # fmt: skip
            verb = "association.listing_agreed"
        await audit.record(actor, verb, f"network {slug}", contact=bool(contact.kept))


async def revoke(actor: Actor, slug: str, op: UUID) -> None:
    """Take the organisation out of the directory at once, its contact with it. Raises Unknown, AlreadyDone."""
    async with transaction(actor):
        circle = await store.circle_of(actor.organisation_id, slug)
        await operations.claim(op, actor.person_id, directory_of(actor, slug))
        gone = await store.DirectoryListing.filter(
            network_id=circle.id, organisation_id=actor.organisation_id
        ).delete()
        if gone:
            await audit.record(actor, "association.listing_revoked", f"network {slug}")


def directory_of(actor: Actor, slug: str) -> str:
    """Where the organisation reads the network's directory."""
    return f"/o/{actor.organisation.slug}/network/{slug}/directory"
