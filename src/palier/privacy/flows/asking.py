"""Asking for one's data, or an organisation's, in one file; and fetching it."""

from collections.abc import AsyncIterator
from uuid import UUID

from palier.foundation import audit, files, jobs
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.privacy import store

PACK = "privacy.pack"
"""The job that fills a parcel."""


class StillPacking(Exception):
    """The last one asked for is not ready yet."""


async def ask_own(person: Person) -> store.Parcel:
    """Have everything held about `person` put into one file. Raises StillPacking."""
    async with transaction(person):
        row = await _ask(person, None)
        await audit.record(person, "privacy.export_asked", f"person {person.person_id}")
    return row


async def ask_house(actor: Actor) -> store.Parcel:
    """Have everything of the organisation put into one file. Raises StillPacking."""
    async with transaction(actor):
        row = await _ask(actor.person, actor.organisation_id)
        await audit.record(actor, "privacy.export_asked", f"organisation {actor.organisation.slug}")
    return row


async def _ask(person: Person, organisation: UUID | None) -> store.Parcel:
    if await store.Parcel.filter(
        person_id=person.person_id, organisation_id=organisation, state__in=["queued", "running"]
    ).exists():
        raise StillPacking
    row = await store.Parcel.create(
        id=new_id(),
        person_id=person.person_id,
        organisation_id=organisation,
        locale=person.locale,
        asked_at=now(),
    )
    # Parcels are packed one at a time: each reads a lot, and nobody waits in front of the page.
    await jobs.enqueue(PACK, turn="parcels", parcel=row.id)
    return row


async def fetch_own(person: Person, parcel: UUID, shelf: files.Shelf) -> AsyncIterator[bytes]:
    """The bytes of one's own parcel. Raises DoesNotExist, FileGone when its days are over."""
    async with reading(person):
        row = await store.own_parcel(person.person_id, parcel, None)
    return _pieces(row, shelf)


async def tell_fetched(actor: Actor, parcel: store.Parcel) -> None:
    """That an organisation's data was fetched stands in its trail."""
    subject = f"organisation {actor.organisation.slug}"
    async with transaction(actor):
        await audit.record(actor, "privacy.export_fetched", subject, sha256=parcel.sha256)


def _pieces(row: store.Parcel, shelf: files.Shelf) -> AsyncIterator[bytes]:
    if not row.ready:
        raise files.FileGone(row.key)
    return files.pieces(shelf, row.key)
