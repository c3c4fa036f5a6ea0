"""The audit trail: one hash-chained entry per change, in the change's own transaction."""

import hashlib
import json
from datetime import UTC
from typing import Any
from uuid import UUID

from palier.foundation.actor import Actor, NetworkActor, OnDuty
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
    role = tenant.role if isinstance(tenant, Actor) else "network" if isinstance(tenant, NetworkActor) else ""
    person = getattr(tenant, "person_id", None)
    rows = await select(
        "select audit_append($1, $2, $3, $4, $5, $6, $7) as hash",
        _chain(tenant),
        person,
        str(role),
        mandate,
        verb,
        subject[:200],
        _canonical(details) if details else "",
    )
    return str(rows[0]["hash"])


async def broken_links(chain: UUID) -> list[int]:
    """Sequence numbers of entries that were edited, or that do not follow their neighbour. Empty means whole."""
    rows = await select("select * from audit_entry where chain = $1 order by seq", chain)
    previous, expected, broken = "0" * 64, 1, []
    for row in rows:
        if row["seq"] != expected or row["previous_hash"] != previous or row["hash"] != _hash(row):
            broken.append(row["seq"])
        if row["details"] and _details_hash(row) != row["details_hash"]:
            broken.append(row["seq"])
        previous, expected = row["hash"], row["seq"] + 1
    return broken


def _chain(tenant: Tenant) -> UUID:
    match tenant:
        case Actor():
            return tenant.organisation_id
        case NetworkActor():
            return tenant.network_id
        case OnDuty():
            return tenant.organisation_id or tenant.network_id or PLATFORM
        case _:
            return PLATFORM


def _canonical(details: dict[str, Any]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True, default=str)


def _details_hash(row: dict[str, Any]) -> str:
    return hashlib.sha256((row["salt"] + row["details"]).encode()).hexdigest()


def _hash(row: dict[str, Any]) -> str:
    """The same bytes as `audit_append` hashes: a JSON array of texts."""
    parts = [
        row["previous_hash"], str(row["seq"]), row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        str(row["chain"]), str(row["person_id"] or ""), row["role"], str(row["mandate_id"] or ""), row["verb"],
        row["subject"], row["details_hash"],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
