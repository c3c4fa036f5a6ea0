"""The audit trail: one hash-chained entry per change, in the change's own transaction."""

import json
from typing import Any
from uuid import UUID

from palier.foundation.actor import Actor, NetworkActor, OnDuty, StaffActor
from palier.foundation.chains import Walk
from palier.foundation.database import Tenant, select

PLATFORM = UUID(int=0)
"""The chain of what belongs to no organisation: sign-ins, accounts."""


async def record(tenant: Tenant, verb: str, subject: str, **details: Any) -> str:
    """Append one entry to the tenant's chain and return its hash. Call it inside the change's transaction.

    `verb` is "room.past_participle" ("assessments.submitted"), `subject` names what changed ("assessment sx-2026").
    `details` (before, after, ...) are kept apart under a salted hash, so that they can be erased and the chain
    still verifies.
    """
    mandate = tenant.mandate_id if isinstance(tenant, Actor) else None
    person = getattr(tenant, "person_id", None)
    rows = await select(
        "select audit_append($1, $2, $3, $4, $5, $6, $7) as hash",
        chain_of(tenant),
        person,
        _role(tenant),
        mandate,
        verb,
        subject[:200],
        _canonical(details) if details else "",
    )
    return str(rows[0]["hash"])


async def broken_links(chain: UUID) -> list[int]:
    """Sequence numbers of entries that were edited, or that do not follow their neighbour. Empty means whole."""
    rows = await select("select * from audit_entry where chain = $1 order by seq", chain)
    heads = await select("select seq, hash from audit_head where chain = $1", chain)
    walk = Walk(chain)
    faults = [fault for row in rows for fault in walk.take(row)]
    head = (heads[0]["seq"], heads[0]["hash"]) if heads else None
    ending = walk.end(head) if rows or head else ()
    return [fault.seq for fault in (*faults, *ending)]


def chain_of(tenant: Tenant) -> UUID:
    """The chain on which `tenant`'s changes are written."""
    match tenant:
        case Actor():
            return tenant.organisation_id
        case NetworkActor():
            return tenant.network_id
        case OnDuty():
            return tenant.organisation_id or tenant.network_id or PLATFORM
        case _:
            return PLATFORM


def _role(tenant: Tenant) -> str:
    match tenant:
        case Actor():
            return str(tenant.role)
        case NetworkActor():
            return "network"
        case StaffActor():
            return "staff"
        case _:
            return ""


def _canonical(details: dict[str, Any]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True, default=str)
