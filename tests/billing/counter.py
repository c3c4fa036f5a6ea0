"""Buying in tests: somebody pays, and what the tables say then, row-level security aside."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from palier.billing.flows import buying
from palier.billing.payers import Payer
from palier.billing.rules.orders import Order
from palier.entitlements.rules.offers import Interval
from palier.foundation import clock
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from tests.billing.selling import ADDRESS, Selling
from tests.billing.stripe_peer.methods import GOOD
from tests.billing.stripe_peer.world import Thing

MEMBER = Order("organisation", Interval.YEAR, 25)
TRIAL = Order("organisation", Interval.MONTH, 25, trial=True)


async def bought(
    selling: Selling, payer: Payer, order: Order = MEMBER, number: str = GOOD, **told: str
) -> str:
    """An order, paid for at Stripe and come back from; the subscription's id."""
    only_reading.set(False)
    url = await buying.begin(payer, selling.till, order, ADDRESS)
    answer = await selling.pay(url, number, **told) if number else await tried(selling, url)
    assert answer.status_code == 303, answer.text
    checkout = await buying.returned(payer, selling.till, UUID(answer.headers["location"].rpartition("/")[2]))
    return checkout.subscription_id


async def tried(selling: Selling, url: str) -> Any:
    """A trial begun without a card."""
    async with selling.at_stripe() as browser:
        return await browser.post(url, data={"do": "pay"})


def at_stripe(selling: Selling, subscription: str) -> Thing:
    """The subscription there."""
    return selling.world.get("subscription", subscription)


class Tables:
    """What stands in the tables, as their administrator sees it."""

    def __init__(self, owner: asyncpg.Connection) -> None:
        self._owner = owner

    async def count(self, table: str, where: str = "true") -> int:
        return int(await self._owner.fetchval(f"select count(*) from {table} where {where}"))

    async def one(self, table: str, where: str = "true") -> asyncpg.Record:
        rows = await self._owner.fetch(f"select * from {table} where {where}")
        assert len(rows) == 1, f"{len(rows)} rows of {table}"
        return rows[0]

    async def run(self, sql: str, *values: Any) -> None:
        await self._owner.execute(sql, *values)

    async def network(self, slug: str) -> UUID:
        """A network, which nobody founds on the web."""
        ident = new_id()
        sql = "insert into network (id, slug, name, k, fictive, created_at) values ($1, $2, $2, 5, false, now())"
        await self.run(sql, ident, slug)
        return ident

    async def held(self) -> list[tuple[str, str]]:
        """What opens something at this moment by the frozen clock: source and offer."""
        return [(row["source"], row["offer"]) for row in await self._held()]

    async def _held(self) -> list[asyncpg.Record]:
        found = await self._owner.fetch("select * from entitlement order by source")
        return [row for row in found if _opens(row)]

    async def trail(self) -> list[str]:
        """What the trail tells of billing, in order."""
        rows = await self._owner.fetch(
            "select verb from audit_entry where verb like 'billing.%' order by at, seq"
        )
        return [row["verb"] for row in rows]

    async def waiting(self) -> list[asyncpg.Record]:
        return list(
            await self._owner.fetch("select * from stripe_event where processed_at is null order by created")
        )


def _opens(row: asyncpg.Record) -> bool:
    last: datetime | None = row["valid_to"] and (row["grace_until"] or row["valid_to"])
    return last is None or clock.now() < last
