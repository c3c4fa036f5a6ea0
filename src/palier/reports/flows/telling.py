"""A letter to those who asked to be told once a document is made, or cannot be."""

from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.network.store import Organisation
from palier.reports import mails, store
from palier.reports.store import Report


async def want_letter(actor: Actor, report: UUID, wanted: bool) -> None:
    """Note that the actor wants a letter when the document is made, or no longer; nothing once it is.

    Raises DoesNotExist.
    """
    async with transaction(actor):
        row = await store.report_of(actor, report, locked=True)
        others = [one for one in row.tell if one != str(actor.person_id)]
        tell = [*others, str(actor.person_id)] if wanted else others
        if row.pending and tell != row.tell:
            await Report.filter(id=report).update(tell=tell)
            await audit.record(actor, "reports.letter_wanted", f"report {report}", wanted=wanted)


async def tell(row: Report, site: str, *, made: bool) -> None:
    """Write to everybody who wants it and still belongs to the organisation, once, in the caller's transaction."""
    readers = await store.waiting_for(row)
    if readers:
        house = await Organisation.get(id=row.organisation_id)
        address = f"{site}/o/{house.slug}/reports/{row.id}"
        for reader in readers:
            await mails.finished(reader, row, address, made=made)
        await Report.filter(id=row.id).update(tell=[])
