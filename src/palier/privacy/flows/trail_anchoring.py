"""Daily anchors of the audit trail: made, kept in the table and beside it, read again, and the proof of one chain."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import Actor, NetworkActor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, reading, select, transaction
from palier.privacy import trail_mails as mails
from palier.privacy.rules.trail_anchors import (
    FIRST,
    Anchor,
    Ledger,
    anchor_of,
    file_line,
    read_line,
    written_at,
)
from palier.privacy.rules.trail_tree import Leaf, path, root_of
from palier.privacy.trail_signing import holds, public_key, signed

log = logging.getLogger(__name__)

FOLDER = "anchors"
"""In the data directory: one file a year."""

_HEADS = """
select h.chain, h.seq, h.hash from audit_head h
where h.seq > 0 and not exists (select from organisation o where o.id = h.chain and o.sandbox_until is not null)
"""
_ANCHORED = "select distinct on (chain) chain, seq, hash from audit_anchor_leaf order by chain, day desc"


async def anchor_today(secret: str, contact: str) -> Anchor | None:
    """Anchor the heads of all chains, throw-away copies aside, and mail the anchor to `contact`; None if today has one.

    For the worker's role.
    """
    async with transaction(OnDuty()):
        await one_at_a_time("audit anchor")
        last = await select("select day, hash from audit_anchor order by day desc limit 1")
        if last and last[0]["day"] >= now().date():
            return None
        before = {row["chain"]: Leaf(**row) for row in await select(_ANCHORED)}
        grown = [leaf for row in await select(_HEADS) if before.get((leaf := Leaf(**row)).chain) != leaf]
        anchor = signed(_over(before, grown, last[0]["hash"] if last else FIRST), secret)
        await _keep(anchor, grown)
        await mails.anchored(contact, anchor)
    log.info("audit anchor %s: %s", anchor.day, anchor.hash)
    return anchor


def _over(before: dict[UUID, Leaf], grown: Sequence[Leaf], previous: str) -> Anchor:
    leaves = list((before | {leaf.chain: leaf for leaf in grown}).values())
    at = now()
    return Anchor(
        at.date(), written_at(at), len(leaves), sum(leaf.seq for leaf in leaves), root_of(leaves), previous
    )


async def _keep(anchor: Anchor, grown: Sequence[Leaf]) -> None:
    await select(
        "insert into audit_anchor (day, at, chains, entries, root, previous, hash, public_key, signature) "
        "values ($1, $2::text::timestamptz, $3, $4, $5, $6, $7, $8, $9)",
        anchor.day, anchor.at, anchor.chains, anchor.entries, anchor.root, anchor.previous, anchor.hash,
        anchor.public_key, anchor.signature,
    )  # fmt: skip
    await select(
        "insert into audit_anchor_leaf (chain, day, seq, hash) select c, $1, s, h "
        "from unnest($2::uuid[], $3::bigint[], $4::text[]) as t (c, s, h)",
        anchor.day, [leaf.chain for leaf in grown], [leaf.seq for leaf in grown], [leaf.hash for leaf in grown],
    )  # fmt: skip


# --- read again -----------------------------------------------------------------------------------------------------

Read = list[tuple[Anchor, list[Leaf]]]
"""Anchors by day, each with the heads that moved since the one before."""


async def stored() -> Read:
    """The anchors of the table. For the worker's role."""
    async with reading(OnDuty()):
        anchors = await select("select * from audit_anchor order by day")
        leaves = await select("select day, chain, seq, hash from audit_anchor_leaf order by day, chain")
    by_day: dict[date, list[Leaf]] = defaultdict(list)
    for row in leaves:
        by_day[row["day"]].append(Leaf(row["chain"], row["seq"], row["hash"]))
    return [(anchor_of(row), by_day[row["day"]]) for row in anchors]


def kept(places: Sequence[Path]) -> Read:
    """The anchors of files, or of all files in folders, in the order of their days. Raises ValueError, OSError."""
    files = [
        file for place in places for file in (sorted(place.glob("*.jsonl")) if place.is_dir() else [place])
    ]
    lines = [line for file in files for line in file.read_text().splitlines() if line.strip()]
    return sorted((read_line(line) for line in lines), key=lambda one: one[0].day)


def ledger_of(read: Read, secrets: Sequence[str]) -> Ledger:
    """Anchors replayed: each checked against its heads, the one before it, and our keys."""
    ledger, keys = Ledger(), [public_key(secret) for secret in secrets]
    for anchor, grown in read:
        ledger.take(anchor, grown, keys, signed=holds(anchor))
    return ledger


def write_beside(read: Read, folder: Path) -> None:
    """Append to the files of `folder` the anchors that are younger than their last line. Nothing is ever rewritten."""
    folder.mkdir(parents=True, exist_ok=True)
    written = kept([folder])
    last = written[-1][0].day if written else date.min
    for anchor, grown in read:
        if anchor.day > last:
            with (folder / f"{anchor.day.year}.jsonl").open("a") as file:
                file.write(file_line(anchor, grown) + "\n")


# --- the proof of one chain -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """That a chain's head on a day is under that day's signed root (docs/audit.md says how to follow it)."""

    anchor: Anchor
    leaf: Leaf
    steps: list[tuple[str, str]]

    def plain(self) -> dict[str, Any]:
        """As it is downloaded."""
        return {
            "chain": str(self.leaf.chain), "seq": self.leaf.seq, "hash": self.leaf.hash, "leaf": self.leaf.digest,
            "path": [{"side": side, "hash": other} for side, other in self.steps], "anchor": self.anchor.plain(),
        }  # fmt: skip


async def last_anchored(reader: Actor | NetworkActor) -> date | None:
    """The day of the last anchor that holds the reader's chain. Inside a `reading`."""
    if not await select("select 1 from audit_anchor_leaf where chain = $1 limit 1", audit.chain_of(reader)):
        return None
    days: list[dict[str, Any]] = await select("select max(day) as day from audit_anchor")
    return days[0]["day"] if days else None


async def proof_for(reader: Actor | NetworkActor) -> Proof | None:
    """The last anchor and the way from the reader's chain to its root; None before the chain's first anchor."""
    async with reading(reader):
        if (day := await last_anchored(reader)) is None:
            return None
        anchors = await select("select * from audit_anchor where day = $1", day)
        own = await select(
            "select chain, seq, hash from audit_anchor_leaf where chain = $1 order by day desc limit 1",
            audit.chain_of(reader),
        )
        digests = await select("select digest, mine from audit_anchor_digests($1)", day)
    place = next(index for index, row in enumerate(digests) if row["mine"])
    return Proof(anchor_of(anchors[0]), Leaf(**own[0]), path([row["digest"] for row in digests], place))
