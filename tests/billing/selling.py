"""The stage of billing: Palier that sells, the Stripe it sells through, and the way from the one to the other.

`stripe_peer` is a fresh account at Stripe; `selling` is Palier beside it, with its prices made. When a test ends, nothing may have
been asked that Stripe does not know, and nothing answered that Stripe would not say.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe
from litestar import Litestar

from palier.app import create_app
from palier.billing.flows import pricing
from palier.billing.stripe import Stripe, till_from
from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.jobs import queue
from palier.foundation.settings import Settings
from palier.foundation.working import closing
from palier.jobs import jobs
from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer import time as peer_time
from tests.billing.stripe_peer.app import Peer
from tests.billing.stripe_peer.post import Post
from tests.billing.stripe_peer.world import Trouble, World
from tests.conftest import Visitor
from tests.roles import as_the_worker

KEY, SECRET, FORMER_SECRET = "sk_test_palier", "whsec_palier_now", "whsec_palier_before"
HOOK = "/webhooks/stripe"
ADDRESS = "http://palier.test"


class Wire(httpx.AsyncBaseTransport):
    """Where the till's calls go: to the Stripe of the test that runs."""

    end: httpx.AsyncBaseTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.end, "this test asks Stripe: let it ask for `stripe_peer`"
        return await self.end.handle_async_request(request)


@dataclass
class Selling:
    """Palier that sells. `world` is what Stripe holds, `post` brings its events."""

    app: Litestar
    till: Stripe
    world: World
    post: Post
    settings: Settings
    run_jobs: Callable[[], Awaitable[None]]
    """Do all the work that waits, as the worker would."""
    _answers: list[httpx.Response] = field(default_factory=list)

    @asynccontextmanager
    async def visit(self, who: acting.Actor | acting.Person | None) -> AsyncIterator[Visitor]:
        """A browser before the pages of Palier that sells, signed in as somebody or nobody."""
        person = who.person if isinstance(who, acting.Actor) else who
        transport = httpx.ASGITransport(app=self.app)
        async with Visitor(transport=transport, base_url=ADDRESS, headers={"accept-language": "fr"}) as browser:  # fmt: skip
            if person:
                await browser.sign_in(person)
            yield browser

    @asynccontextmanager
    async def at_stripe(self) -> AsyncIterator[httpx.AsyncClient]:
        """A browser before Stripe's own pages."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Peer(self.world)), base_url=self.world.base) as browser:  # fmt: skip
            yield browser

    async def pay(self, url: str, number: str, **told: str) -> httpx.Response:
        """Fill in the payment page at `url`. 303: paid, and where the browser is sent; 402: the page says why not."""
        fields = {"iban" if number[:2].isalpha() else "card": number, "do": "pay", **told}
        async with self.at_stripe() as browser:
            return await browser.post(url, data=fields)

    async def deliver(self, *, times: int = 1, shuffle: int | None = None, drop: Iterable[str] = (), only: Iterable[str] = ()) -> list[httpx.Response]:  # fmt: skip
        """Bring Palier the events that wait; they are followed by `run_jobs`."""
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=ADDRESS) as client:
            return await self.post.deliver(client, HOOK, times=times, shuffle=shuffle, drop=drop, only=only)

    async def told(self, **how: Any) -> None:
        """Events come, and the worker follows them."""
        assert {answer.status_code for answer in await self.deliver(**how)} <= {200}
        await self.run_jobs()

    def days_pass(self, days: float) -> None:
        """At Stripe and at Palier; what falls due at Stripe happens."""
        until = int((clock.now() + timedelta(days=days)).timestamp())
        peer_time.forward(self.world, to=until)
        clock.freeze(datetime.fromtimestamp(until, UTC))

    def in_trouble(self, *troubles: Trouble) -> None:
        """What happens to the next calls, one after the other."""
        self.world.troubles += troubles


# --- fixtures -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def selling_settings(settings: Settings) -> Settings:
    """Settings of a Palier that sells."""
    return replace(settings, billing=True, stripe_key=KEY, stripe_webhook_secrets=(SECRET, FORMER_SECRET))


@pytest.fixture(scope="session")
def wire() -> Wire:
    return Wire()


@pytest.fixture(scope="session")
async def till(selling_settings: Settings, wire: Wire) -> AsyncIterator[Stripe]:
    """The way to Stripe that Palier uses, ending at the peer of the test that runs."""
    till = till_from(selling_settings, wire)
    assert till
    yield till
    await till.close()


@pytest.fixture(scope="session")
def selling_app(app: Litestar, selling_settings: Settings, till: Stripe) -> Litestar:
    """The application as it sells, made once a run: making it takes more than a second. It shares the pool of `app`."""
    return create_app(selling_settings, till=till)


@pytest.fixture
def stripe_peer(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A new account at Stripe, without anything in it; the till leads there."""
    if not spec.available():
        pytest.skip(spec.MISSING)

    async def at_once(self: Any, seconds: float) -> None:
        """Between two tries of a call nobody waits."""

    monkeypatch.setattr(stripe.HTTPXClient, "sleep_async", at_once)
    world = World(lambda: clock.now().timestamp(), at=int(clock.now().timestamp()))
    wire.end = httpx.ASGITransport(app=Peer(world, KEY))
    yield world
    wire.end = None
    assert world.faults == [], "\n".join(world.faults)
    assert world.slips == [], "Palier asked for what Stripe does not know"


@pytest.fixture
async def selling(stage: Litestar, selling_app: Litestar, stripe_peer: World, till: Stripe, selling_settings: Settings) -> Selling:  # fmt: skip
    """Palier that sells, its prices made at a fresh Stripe; rows are wiped afterwards."""
    stripe_peer.at = int(clock.now().timestamp())
    return await beside(stripe_peer, selling_app, till, selling_settings)


async def beside(world: World, app: Litestar, till: Stripe, settings: Settings) -> Selling:
    """Palier at the Stripe its till leads to; the prices are made. `world` holds the events that are brought."""

    async def run() -> None:
        known = jobs(settings, till=till)
        worker = queue(str(settings.database_url), known, by_the_clock=False)
        closed = [
            job for job in known if not job.name.startswith("billing.")
        ]  # the till outlives a worker here
        async with as_the_worker(settings), closing(closed), worker.open_async():
            await worker.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )

    await pricing.make(till)
    return Selling(app, till, world, Post(world, SECRET), settings, run)


Visit = Callable[[acting.Actor | acting.Person | None], AbstractAsyncContextManager[Visitor]]
