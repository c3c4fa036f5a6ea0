"""What Stripe posts to an endpoint: signed, at any time, in any order, twice if it likes."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx
import stripe

from tests.billing.stripe_peer.world import Thing, World


def body_of(event: Thing) -> str:
    """As it is signed and posted: indented, as Stripe does."""
    return json.dumps(event, indent=2)


def signed(body: str, secret: str, at: int | None = None) -> dict[str, str]:
    """The headers of a delivery."""
    more = {} if at is None else {"timestamp": at}
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, **more)
    return {"stripe-signature": signature, "content-type": "application/json; charset=utf-8"}


@dataclass
class Post:
    """Takes events round. Each is delivered once, unless somebody asks for more; what is dropped never comes."""

    world: World
    secret: str
    _taken: int = field(default=0)

    def waiting(self) -> list[Thing]:
        """Events that were not taken round yet."""
        return self.world.events[self._taken :]

    def take(self, *, drop: Iterable[str] = (), only: Iterable[str] = ()) -> list[Thing]:
        """Take what waits, without those `drop` names, or only those named."""
        found, self._taken = self.waiting(), len(self.world.events)
        wanted = set(only)
        return [
            row for row in found if row["type"] not in set(drop) and (not wanted or row["type"] in wanted)
        ]

    async def deliver(self, client: httpx.AsyncClient, address: str, *, times: int = 1, shuffle: int | None = None,
                      drop: Iterable[str] = (), only: Iterable[str] = ()) -> list[httpx.Response]:  # fmt: skip
        """
        :param shuffle: a seed; None keeps the order.
        """
        events = self.take(drop=drop, only=only) * times
        if shuffle is not None:
            random.Random(shuffle).shuffle(events)
        return [await self.hand(client, address, event) for event in events]

    async def hand(self, client: httpx.AsyncClient, address: str, event: Thing) -> httpx.Response:
        """One event, once more or for the first time."""
        body = body_of(event)
        return await client.post(
            address, content=body, headers=signed(body, self.secret, int(self.world.clock()))
        )
