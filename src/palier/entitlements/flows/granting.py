"""Writing the table of entitlements: whoever sells, gives or agrees calls these, in their own transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from palier.entitlements.rules.offers import Kind, Source
from palier.entitlements.store import Entitlement, column_of
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id


async def grant(
    kind: Kind,
    holder: UUID,
    offer: str,
    source: Source,
    source_ref: str,
    *,
    quantity: int | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    grace_until: datetime | None = None,
) -> None:
    """Write what one source says that somebody holds, over what it said before: as often as one likes.

    `source` and `source_ref` together name one entitlement (a subscription, a sponsorship, an agreement). The caller
    records the change in the audit trail, with the words of its own room.
    """
    values: dict[str, Any] = {
        "offer": offer,
        "quantity": quantity,
        "valid_to": valid_to,
        "grace_until": grace_until,
    }
    known = await Entitlement.get_or_none(source=source, source_ref=source_ref)
    if known is None:
        values |= {column_of(kind): holder, "valid_from": valid_from or now()}
        await Entitlement.create(id=new_id(), source=source, source_ref=source_ref, **values)
    else:
        values |= {"valid_from": valid_from} if valid_from else {}
        await Entitlement.filter(id=known.id).update(updated_at=now(), **values)


async def end(
    source: Source, source_ref: str, at: datetime | None = None, grace_until: datetime | None = None
) -> None:
    """End what a source gave, at a moment (now, if none), with a grace if it says so. Unknown to nobody's harm."""
    at = at or now()
    rows = Entitlement.filter(source=source, source_ref=source_ref)
    await rows.update(valid_to=at, grace_until=grace_until, updated_at=now())
