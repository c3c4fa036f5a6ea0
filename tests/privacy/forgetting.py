"""Emptying details of the trail as the erasures do: the web process itself may not."""

from uuid import UUID

import asyncpg


async def forget(owner: asyncpg.Connection, chain: UUID, *seqs: int) -> str | None:
    """The hash of the entry that names what was emptied; None when nothing was."""
    said: str | None = await owner.fetchval(
        "select erase_audit_details($1, $2, null, '', null, 'a person')", chain, list(seqs)
    )
    return said
