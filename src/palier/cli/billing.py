"""`palier billing`: prices at Stripe made from the file of offers, the comparison with Stripe, and how both stand."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from palier.billing.flows import pricing, reviewing, watching
from palier.billing.stripe import Refused, Stripe, TillAway, till_from
from palier.cli.database import database, tell
from palier.foundation.database import WORKER, connect, disconnect
from palier.foundation.migrating import pending
from palier.foundation.settings import Settings, read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    does = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    prices = does.add_parser("prices", help="make the prices Stripe has none for, and say which differ")
    prices.add_argument(
        "--replace", action="store_true", help="also replace those that differ; subscribers stay on theirs"
    )
    prices.add_argument("--dry-run", action="store_true", help="only say what stands there")
    does.add_parser("review", help="compare every subscription with Stripe and fetch what events were missed")
    does.add_parser("status", help="say what waits, what failed, and when Stripe was last compared")


def run(arguments: argparse.Namespace) -> int:
    """0 when all is well; 1 when something differs, failed or waits; 2 when nothing can be said."""
    settings = read_settings()
    till = till_from(settings)
    if till is None:
        tell("palier billing: PALIER_STRIPE_KEY is not set: nothing is sold through Stripe here")
        return 2
    try:
        return asyncio.run(_ACTS[arguments.act](till, settings, arguments))
    except TillAway:
        tell("palier billing: Stripe could not be reached; try again later")
    except Refused as refusal:
        tell(f"palier billing: Stripe refused: {refusal.code} {refusal.param} {refusal.message}")
    return 2


async def _prices(till: Stripe, _settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        listed = (
            await pricing.compare(till)
            if arguments.dry_run
            else await pricing.make(till, replace=arguments.replace)
        )
    finally:
        await till.close()
    for one in listed:
        print(f"{one.lookup_key:32} {one.state}", *(f"\n    {line}" for line in one.differs), sep="")
    settled = {pricing.State.SAME, pricing.State.MADE}
    return 0 if all(one.state in settled for one in listed) else 1


async def _review(till: Stripe, settings: Settings, _arguments: argparse.Namespace) -> int:
    async def act() -> int:
        row = await reviewing.review(till)
        print(f"{row.subscriptions} subscriptions at Stripe, {row.mended} mended here")
        if row.error:
            tell(f"palier billing: {row.error}")
        return 1 if row.error else 0

    return await _connected(till, settings, act)


async def _status(till: Stripe, settings: Settings, _arguments: argparse.Namespace) -> int:
    async def act() -> int:
        seen = await watching.status()
        print(f"{seen.running} subscriptions run, {seen.owing} of them owe")
        print(f"{seen.waiting} events wait, {seen.failing} of them failed before")
        print(
            f"last compared: {seen.reviewed_at:%Y-%m-%d %H:%M} UTC" if seen.reviewed_at else "never compared"
        )
        if seen.review_error:
            print(f"    {seen.review_error}")
        return 1 if seen.failing or seen.review_error else 0

    return await _connected(till, settings, act)


async def _connected(till: Stripe, settings: Settings, act: Callable[[], Coroutine[Any, Any, int]]) -> int:
    with database(settings) as url:
        if await pending(url):
            tell("palier billing: this database is not at the current schema: palier migrate")
            return 2
        await connect(url, WORKER, maxsize=2)
        try:
            return await act()
        finally:
            await disconnect()
            await till.close()


_ACTS: dict[str, Callable[[Stripe, Settings, argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "prices": _prices,
    "review": _review,
    "status": _status,
}
