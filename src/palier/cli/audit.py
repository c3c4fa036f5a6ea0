"""`palier audit verify`: every chain of the audit trail walked, and what was edited, removed, reordered or rewritten.

It reads and never writes: a chain that does not hold is evidence, and somebody has to look at it.
"""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from palier.cli.database import database, tell
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.database import WORKER, connect, disconnect, reading, select
from palier.foundation.migrating import pending
from palier.foundation.settings import Settings, read_settings
from palier.privacy.flows.trail_anchoring import FOLDER, kept, ledger_of, stored
from palier.privacy.flows.trail_verifying import Verdict, verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with the trail, how far to look, beside which anchors."""
    does = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    verifying = does.add_parser("verify", help="walk all chains and say what does not hold")
    verifying.add_argument("--chain", metavar="ORG", help="an organisation, a network, or: platform")
    verifying.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    verifying.add_argument(
        "--anchors",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="kept anchors: .jsonl files or folders",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when every chain holds, 1 when one does not, 2 when nothing can be said; faults on standard output."""
    settings = read_settings()
    with database(settings) as url:
        if asyncio.run(pending(url)):
            tell("palier audit: this database is not at the current schema: palier migrate")
            return 2
        try:
            verdict = asyncio.run(_verify(url, settings, arguments.chain, arguments.anchors))
        except (LookupError, ValueError, OSError) as error:
            tell(f"palier audit: {error}")
            return 2
    _say(verdict, plain=arguments.json)
    return 1 if verdict.faults else 0


def _say(verdict: Verdict, *, plain: bool) -> None:
    if plain:
        print(json.dumps(_plain(verdict)))
        return
    for fault in verdict.faults:
        print(verdict.told(fault))
    counts = f"{verdict.chains} chains, {verdict.entries} entries, {verdict.anchors} anchors"
    print(f"{counts}, {len(verdict.faults)} faults")


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "chains": verdict.chains, "entries": verdict.entries, "anchors": verdict.anchors,
        "faults": [
            {"chain": str(one.chain), "name": verdict.names.get(one.chain, ""), "seq": one.seq, "wrong": one.wrong.value, "note": one.note}
            for one in verdict.faults
        ],
    }  # fmt: skip


async def _verify(url: str, settings: Settings, chain: str | None, files: list[Path]) -> Verdict:
    """Beside the anchors of the table, and of `files` or, without any, of the data directory."""
    await connect(url, WORKER, maxsize=2)
    try:
        only = await _chain(chain) if chain else None
        folder = settings.data_directory / FOLDER
        beside = files or ([folder] if folder.is_dir() else [])
        ledgers = [ledger_of(await stored(), settings.secrets), ledger_of(kept(beside), settings.secrets)]
        return await verify(ledgers, only)
    finally:
        await disconnect()


async def _chain(name: str) -> UUID:
    """The chain of an organisation or a network by its address or id. Raises LookupError."""
    if name == "platform":
        return audit.PLATFORM
    async with reading(OnDuty()):
        found = await select(
            "select id from organisation where slug = $1 or id::text = $1 "
            "union all select id from network where slug = $1 or id::text = $1",
            name,
        )
    if not found:
        raise LookupError(f"no organisation and no network is called {name!r}")
    chain: UUID = found[0]["id"]
    return chain
