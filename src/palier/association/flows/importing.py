"""A file of members: kept and read first, carried out once when the staff confirms, then its bytes are forgotten."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.association import store
from palier.association.flows.enrolling import fresh_entry
from palier.association.flows.register import load_register
from palier.association.reading import words_of_files
from palier.association.roll import Registered, known
from palier.association.rules.member_file import Fault, read
from palier.association.rules.merging import Merge, Update, merge
from palier.association.rules.sheets import text_of
from palier.foundation import audit, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import RegisterEntry


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `faults` are in order of line; a line with one is left out."""

    row: store.MemberImport
    merge: Merge
    faults: Sequence[Fault]
    ignored: Sequence[str]


async def bring(actor: NetworkActor, file_name: str, data: bytes, op: UUID) -> UUID:
    """Keep a file to look at; its id. No member changes. Raises sheets.Unreadable, AlreadyDone."""
    read(text_of(data), words_of_files())
    async with transaction(actor):
        row_id = new_id()
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/members/import/{row_id}")
        await store.MemberImport.create(
            id=row_id, network_id=actor.network_id, file_name=file_name[:200], content=data, uploaded_at=now()
        )
    return row_id


async def preview(actor: NetworkActor, import_id: UUID) -> Preview:
    """What the file would do to the register as it is now. Call inside `reading(actor)`. Raises DoesNotExist."""
    row = await store.import_of(actor.network_id, import_id)
    return _preview(row, await load_register(actor))


def _preview(row: store.MemberImport, register: Sequence[Registered]) -> Preview:
    found = read(text_of(row.content or b""), words_of_files()) if row.content else None
    merged = merge(found.lines if found else (), known(register))
    faults = sorted((*(found.faults if found else ()), *merged.faults), key=lambda one: one.line)
    return Preview(row, merged, faults, found.ignored if found else ())


async def carry_out(actor: NetworkActor, import_id: UUID) -> tuple[int, int]:
    """Write what the preview showed: how many members were created and updated. A second time nothing happens.

    The register is read again under a lock: what changed meanwhile is compared anew. Raises DoesNotExist.
    """
    async with transaction(actor):
        row = await store.import_of(actor.network_id, import_id, locked=True)
        if row.applied_at or row.content is None:
            return row.created, row.updated
        register = await load_register(actor)
        found = _preview(row, register)
        await _create(actor, found.merge)
        await _update(actor, found.merge.updated, {str(one.id): one for one in register})
        counts = {"created": len(found.merge.created), "updated": len(found.merge.updated)}
        await store.MemberImport.filter(id=row.id).update(content=None, applied_at=now(), **counts)
        await audit.record(
            actor, "association.members_imported", f"file {row.id}", name=row.file_name,
            sha256=hashlib.sha256(row.content).hexdigest(), faults=len(found.faults), **counts,
        )  # fmt: skip
    return counts["created"], counts["updated"]


async def _create(actor: NetworkActor, merged: Merge) -> None:
    rows = [
        RegisterEntry(
            id=new_id(), network_id=actor.network_id, key=line.key, confirmed_at=now(),
            confirmed_name=actor.person.name, **line.values,
        )
        for line in merged.created
    ]  # fmt: skip
    if rows:
        await RegisterEntry.bulk_create(rows, batch_size=1000)


async def _update(actor: NetworkActor, updates: Sequence[Update], register: dict[str, Registered]) -> None:
    changed, fresh = [], []
    for update in updates:
        one = register[update.known.id]
        if one.entry is None:
            fresh.append(RegisterEntry(**fresh_entry(actor, one, update.after)))
            continue
        for name, value in update.after.items():
            setattr(one.entry, name, value)
        one.entry.confirmed_at, one.entry.confirmed_name = now(), actor.person.name
        changed.append(one.entry)
    if fresh:
        await RegisterEntry.bulk_create(fresh, batch_size=1000)
    if changed:
        columns = ["name", "registration", "contact", "email", "family", "sector", "size", "country", "legal_kind",
                   "legal_group", "confirmed_at", "confirmed_name"]  # fmt: skip
        await RegisterEntry.bulk_update(changed, columns, batch_size=500)
