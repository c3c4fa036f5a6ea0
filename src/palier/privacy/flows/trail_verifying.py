"""Walking all chains of the audit trail, to find what was edited, removed, reordered or rewritten."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.chains import Fault, Walk, Wrong
from palier.foundation.clock import now
from palier.foundation.database import reading, select, stream, transaction
from palier.privacy.rules.trail_anchors import Ledger

MOST_KEPT = 100
"""Faults that are written down one by one; the count says the rest."""

_ENTRIES = "select * from audit_entry where $1::uuid is null or chain = $1 order by chain, seq"
_HEADS = "select chain, seq, hash from audit_head where $1::uuid is null or chain = $1"
_NAMES = "select id, slug from organisation union all select id, 'network ' || slug from network"


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what is wrong with it."""

    chains: int = 0
    entries: int = 0
    anchors: int = 0
    faults: list[Fault] = field(default_factory=list)
    names: Mapping[UUID, str] = field(default_factory=dict)

    def told(self, fault: Fault) -> str:
        """A fault in one line, its chain by name where it has one."""
        name = self.names.get(fault.chain)
        return f"{name} ({fault})" if name else str(fault)


async def verify(ledgers: Sequence[Ledger] = (), chain: UUID | None = None) -> Verdict:
    """Look at every entry of every chain, or of one, beside the anchors of `ledgers`. For the worker's role.

    One row is in memory at a time, whatever the length. Entries written meanwhile are looked at or not, never mistaken.
    """
    verdict = Verdict(anchors=max((len(one.anchors) for one in ledgers), default=0))
    verdict.faults += [fault for ledger in ledgers for fault in _of_anchors(ledger)]
    async with reading(OnDuty()):
        verdict.names = {row["id"]: row["slug"] for row in await select(_NAMES)} | {
            audit.PLATFORM: "platform"
        }
        heads = await _heads(chain)
        seen: set[UUID] = set()
        async for walk, faults in _walks(ledgers, chain):
            seen.add(walk.chain)
            verdict.entries += walk.entries
            verdict.faults += faults
            verdict.faults += await _ending(walk, heads.get(walk.chain), ledgers)
        still = await _heads(chain)  # a throw-away copy may have been erased meanwhile, head and all
        verdict.faults += _unseen(
            {key: still[key] for key in heads.keys() & still.keys()}, seen, ledgers, chain
        )
    verdict.chains = len(seen)
    return verdict


async def _heads(chain: UUID | None) -> dict[UUID, tuple[int, str]]:
    return {row["chain"]: (row["seq"], row["hash"]) for row in await select(_HEADS, chain)}


async def _walks(ledgers: Sequence[Ledger], only: UUID | None) -> AsyncIterator[tuple[Walk, list[Fault]]]:
    """Every chain once its last entry was read, with the faults inside it."""
    walk, faults = None, list[Fault]()
    async for row in stream(_ENTRIES, only):
        if walk is None or row["chain"] != walk.chain:
            if walk is not None:
                yield walk, faults
            walk, faults = Walk(row["chain"]), []
        faults += walk.take(row)
        faults += _rewritten(row, ledgers)
    if walk is not None:
        yield walk, faults


def _rewritten(row: Mapping[str, Any], ledgers: Sequence[Ledger]) -> Iterator[Fault]:
    for ledger in ledgers:
        wanted = ledger.marks.get(row["chain"], {}).get(row["seq"], row["hash"])
        if wanted != row["hash"]:
            yield Fault(row["chain"], row["seq"], Wrong.REWRITTEN, f"anchored as {wanted[:8]}")
            return


async def _ending(walk: Walk, head: tuple[int, str] | None, ledgers: Sequence[Ledger]) -> list[Fault]:
    """The end of a chain: beside its head, which may have moved since we looked, and beside the anchors."""
    if head is None or walk.seq > head[0]:
        head = (await _heads(walk.chain)).get(walk.chain, head)
        if head and walk.seq < head[0]:  # more was written after the entries were read
            head = (walk.seq, walk.hash)
    faults = list(walk.end(head))
    last = max((max(one.marks.get(walk.chain, {0: ""})) for one in ledgers), default=0)
    if last > walk.seq and not any(
        fault.wrong is Wrong.MISSING and fault.seq == walk.seq + 1 for fault in faults
    ):
        faults.append(Fault(walk.chain, walk.seq + 1, Wrong.MISSING, f"anchored up to {last}"))
    return faults


def _unseen(
    heads: Mapping[UUID, tuple[int, str]], seen: set[UUID], ledgers: Sequence[Ledger], only: UUID | None
) -> Iterator[Fault]:
    """Chains that a head or an anchor knows and that have no entry at all."""
    anchored = {chain for ledger in ledgers for chain in ledger.marks if only in (None, chain)}
    for chain in sorted((anchored | {each for each, head in heads.items() if head[0]}) - seen, key=str):
        yield Fault(chain, 0, Wrong.GONE)


def _of_anchors(ledger: Ledger) -> Iterator[Fault]:
    for day, why in ledger.faults:
        yield Fault(audit.PLATFORM, 0, Wrong.ANCHOR, f"{day}: {why}")


# --- what the last look found ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrailHealth:
    """The last nightly look at all chains, and the last anchor; None where there was none yet."""

    checked_at: datetime | None
    chains: int
    entries: int
    faults: int
    told: list[str]
    anchored_at: datetime | None


async def write_down(verdict: Verdict) -> None:
    """Keep what a look found. For the worker's role."""
    told = "\n".join(verdict.told(fault) for fault in verdict.faults[:MOST_KEPT])
    sql = "insert into audit_check (at, chains, entries, faults, told) values ($1, $2, $3, $4, $5)"
    async with transaction(None):
        await select(sql, now(), verdict.chains, verdict.entries, len(verdict.faults), told)


async def trail_health() -> TrailHealth:
    """For the page of those who run the installation. Inside a `reading`."""
    checks = await select("select * from audit_check order by at desc limit 1")
    anchors = await select("select max(at) as at from audit_anchor")
    anchored_at = anchors[0]["at"]
    if not checks:
        return TrailHealth(None, 0, 0, 0, [], anchored_at)
    last = checks[0]
    told = last["told"].splitlines()
    return TrailHealth(last["at"], last["chains"], last["entries"], last["faults"], told, anchored_at)
