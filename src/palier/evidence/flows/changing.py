"""Evidence described anew, handed out, deleted. One transaction each."""

from datetime import date
from uuid import UUID

from palier.evidence import store
from palier.evidence.store import Evidence
from palier.foundation import audit, files
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select, transaction


class ShownForGood(Exception):
    """A submitted round shows it."""


class StillAttached(Exception):
    """It is beside criteria, and nobody said that it may go from them."""


async def change(actor: Actor, evidence: UUID, *, title: str, valid_until: date | None, note: str) -> None:
    """Set what may be said anew; an empty title leaves it. Raises DoesNotExist, ShownForGood (another title)."""
    async with transaction(actor):
        row = await store.evidence_by_id(actor, evidence, locked=True)
        values = {"title": title or row.title, "valid_until": valid_until, "note": note}
        if values["title"] != row.title and await is_shown(row.id):
            raise ShownForGood
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if not changed:
            return
        before = {name: getattr(row, name) for name in changed}
        await Evidence.filter(id=row.id, organisation_id=actor.organisation_id).update(**values)
        after = {name: values[name] for name in changed}
        await audit.record(actor, "evidence.changed", f"evidence {row.id}", before=before, after=after)


async def delete(actor: Actor, evidence: UUID, *, from_criteria: bool) -> Evidence:
    """Delete it, and its file.

    Raises DoesNotExist, ShownForGood, StillAttached (unless `from_criteria`), store.AttachedUnseen.
    """
    async with transaction(actor):
        row = await store.evidence_by_id(actor, evidence, locked=True)
        if await is_shown(row.id):
            raise ShownForGood
        uses = await store.uses_of(actor, row.id)
        if uses and not from_criteria:
            raise StillAttached
        await store.delete_evidence(actor, row.id)
        await audit.record(
            actor, "evidence.deleted", f"evidence {row.id}", attachments=len(uses),
            sha256=row.file.sha256 if row.file else "",
        )  # fmt: skip
        return row


async def is_shown(evidence: UUID) -> bool:
    """Whether a submitted round shows it."""
    rows = await select("select shown_in_a_submitted_round($1) as shown", evidence)
    return bool(rows[0]["shown"])


async def take_along(actor: Actor, shelf: files.Shelf, evidence: UUID) -> tuple[Evidence, bytes]:
    """A file and its bytes, checked against what was stored. Raises DoesNotExist (a link too), FileGone."""
    async with reading(actor):
        row = await store.evidence_by_id(actor, evidence)
    if row.file is None:
        raise store.NotThere(evidence)
    return row, await files.fetch(shelf, row.file)
