"""Palier that sells, without a till: who holds what is written by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.entitlements.catalogue import offers_in
from palier.entitlements.flows.granting import grant
from palier.entitlements.flows.holding import rights_of
from palier.entitlements.rules.offers import Kind, Offers, Source
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import WORKER, only_reading, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.applications import application
from tests.conftest import Browser, Cast, Visitor

Give = Callable[..., Awaitable[None]]


@pytest.fixture
def offers() -> Offers:
    return offers_in()


@pytest.fixture(scope="session")
def shop(settings: Settings) -> Litestar:
    """The application as it is where something is sold."""
    return application(replace(settings, billing=True))


@pytest.fixture
def at_shop(shop: Litestar, stage: Litestar) -> Browser:
    """`async with at_shop(claire) as browser:` as `visit`, where something is sold."""

    @asynccontextmanager
    async def open_browser(who: Actor | Person | None) -> AsyncIterator[Visitor]:
        person = who.person if isinstance(who, Actor) else who
        transport = ASGITransport(app=shop)
        async with Visitor(transport=transport, base_url="http://palier.test", headers={"accept-language": "fr"}) as browser:  # fmt: skip
            if person:
                await browser.sign_in(person, second_factor=True)
            yield browser

    return open_browser


@dataclass(frozen=True)
class Holding:
    """Whoever holds something, as `grant` names them."""

    kind: Kind
    id: UUID


def holding(who: Actor | NetworkActor | Person) -> Holding:
    if isinstance(who, Actor):
        return Holding(Kind.ORGANISATION, who.organisation_id)
    if isinstance(who, NetworkActor):
        return Holding(Kind.NETWORK, who.network_id)
    return Holding(Kind.PERSON, who.person_id)


async def give(
    who: Actor | NetworkActor | Person,
    offer: str,
    *,
    quantity: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    ref: str = "by hand",
) -> None:
    """Let somebody hold an offer, as an agreement by hand would."""
    only_reading.set(False)
    held = holding(who)
    async with transaction(who):
        await select("select set_config('role', $1, true)", WORKER)  # nobody agrees with themselves
        await grant(held.kind, held.id, offer, Source.MANUAL, ref, quantity=quantity, valid_from=since, valid_to=until)  # fmt: skip


async def as_sold(actor: Actor, offers: Offers) -> Actor:
    """An actor with the rights the entrance of a shop would give."""
    async with reading(actor):
        return replace(actor, rights=await rights_of(Kind.ORGANISATION, actor.organisation_id, offers))


@pytest.fixture
def hugo(cast: Cast) -> Person:
    return cast.people["hugo"]


@pytest.fixture
async def manager(cast: Cast, owner: asyncpg.Connection) -> NetworkActor:
    """Inès, of a network's staff."""
    ines, net = cast.people["ines"], new_id()
    await owner.execute("insert into network (id, slug, name, k, fictive, created_at) values ($1, 'cercle', 'Cercle', 5, false, now())", net)  # fmt: skip
    await owner.execute("insert into network_manager (id, network_id, person_id) values ($1, $2, $3)", new_id(), net, ines.person_id)  # fmt: skip
    return NetworkActor(ines, net, "cercle", "Cercle")
