"""What is new asks for the offer that holds it, at every address that says so; reading and taking away ask for none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
from litestar import Litestar

from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.clock import now
from palier.foundation.rights import Feature
from tests.conftest import Browser, Cast, plant_organisation
from tests.entitlements.conftest import give

HOLDING = {"organisation": "organisation", "network": "network", "person": "consultant"}
"""The offer of each kind that holds all there is to hold."""


def gated(app: Litestar) -> Iterator[tuple[str, str, Feature]]:
    """Method, address and feature of every route that asks for one."""
    for route in app.routes:
        for method, (handler, _) in sorted(getattr(route, "route_handler_map", {}).items(), key=str):
            if method not in ("OPTIONS", "HEAD") and (feature := handler.opt.get("feature")):
                yield str(method), route.path, feature


def filled(route: str, known: dict[str, str]) -> str:
    """The route with an id nobody has wherever it is not the house's own."""
    made_up = {"uuid": lambda: str(uuid4()), "int": lambda: "1"}
    return re.sub(
        r"\{(\w+):(\w+)\}", lambda part: known.get(part[1]) or made_up.get(part[2], lambda: "none")(), route
    )


FORMS = {
    "/n/{net:str}/campaigns/new",
    "/o/{org:str}/a/{action:uuid}/indicators",
    "/o/{org:str}/plans/new",
    "/o/{org:str}/plans/{plan:str}/actions/new",
    "/o/{org:str}/plans/{plan:str}/data/{brought:uuid}",
    "/o/{org:str}/plans/{plan:str}/generate",
    "/o/{org:str}/plans/{plan:str}/settings",
    "/o/{org:str}/territories/{territory:uuid}/agree",
    "/o/{org:str}/units/new",
}
"""Pages that are nothing but the form of something new."""

LISTS = {"/portfolio/clients.csv"}
"""The consultant's list as a file: figures of clients, who each take their own away; the page shows the same lines."""


def test_no_page_that_reads_or_exports_asks_for_an_offer(shop: Litestar) -> None:
    asking = {route for method, route, _ in gated(shop) if method == "GET"}
    assert asking == FORMS | LISTS
    forms = {route for method, route, _ in gated(shop) if method == "POST"}
    answered = {"/o/{org:str}/plans/{plan:str}/data/{brought:uuid}"}
    assert FORMS - answered <= forms, "a form whose answer is not gated gates reading"


async def everything_written(owner: asyncpg.Connection) -> dict[str, int]:
    """How many rows each table has, but those of sessions."""
    tables = await owner.fetch("select tablename from pg_tables where schemaname = 'public' and tablename not like 'session%'")  # fmt: skip
    return {row[0]: await owner.fetchval(f'select count(*) from "{row[0]}"') for row in tables}


async def test_every_gate_is_shut_without_an_offer_and_open_with_one(
    shop: Litestar, at_shop: Browser, claire: Actor, manager: NetworkActor, hugo: Person, owner: asyncpg.Connection
) -> None:  # fmt: skip
    spots = list(gated(shop))
    assert {feature for _, _, feature in spots} >= {*Feature} - {
        Feature.BENCHMARK,
        Feature.BRANDING,
        Feature.SINGLE_SIGN_ON,
    }
    holders: dict[str, Any] = {"/o/": claire, "/n/": manager, "/portfolio": hugo}
    known = {"org": claire.organisation.slug, "net": manager.network_slug}

    async def status(method: str, route: str, *, htmx: bool) -> int:
        who = next(holder for start, holder in holders.items() if route.startswith(start))
        person = who if isinstance(who, Person) else who.person
        headers = {"hx-request": "true"} if htmx else {}
        async with at_shop(person) as browser:
            address = filled(route, known)
            answer = await (browser.get(address, headers=headers) if method == "GET" else browser.send_form(address, headers=headers))  # fmt: skip
        if answer.status_code == 403:
            assert "Pas dans votre offre" in answer.text, f"{method} {route} refuses in other words"
            assert ("hx-retarget" in answer.headers) is htmx
        return int(answer.status_code)

    before = await everything_written(owner)
    shut = {
        (method, route): await status(method, route, htmx=turn % 2 == 1)
        for turn, (method, route, _) in enumerate(spots)
    }
    assert {spot: found for spot, found in shut.items() if found != 403} == {}
    assert await everything_written(owner) == before

    for who, offer in ((claire, "organisation"), (manager, "network"), (hugo, "consultant")):
        await give(who, offer, ref=offer)
    opened = {(method, route): await status(method, route, htmx=False) for method, route, _ in spots}
    assert {spot: found for spot, found in opened.items() if found in (401, 403, 500)} == {}


async def test_nothing_is_asked_where_nothing_is_sold(stage: Litestar, visit: Browser, claire: Actor) -> None:
    async with visit(claire) as browser:
        for method, route, _ in gated(stage):
            if route.startswith("/o/"):
                address = filled(route, {"org": claire.organisation.slug})
                answer = await (browser.get(address) if method == "GET" else browser.send_form(address))
                assert answer.status_code != 403 or "Pas dans votre offre" not in answer.text, route
        assert "siège" not in (await browser.get("/o/transports-du-val/people")).text
        chooser = (await browser.get("/o/transports-du-val/assessments/new")).text
    assert "dans votre offre" not in chooser


async def test_the_refusal_names_the_offers_and_who_changes_them(
    at_shop: Browser, claire: Actor, malik: Actor
) -> None:
    async with at_shop(claire) as browser:
        told = await browser.get("/o/transports-du-val/plans/new", headers={"referer": "http://palier.test/o/transports-du-val/plans"})  # fmt: skip
    assert told.status_code == 403
    assert "« Plans d’action » n’est pas dans votre offre." in told.text.replace("\xa0", " ")
    assert "« Membre » et « Organisation »" in told.text.replace("\xa0", " ")
    assert 'href="/o/transports-du-val/billing"' in told.text
    assert 'href="/o/transports-du-val/plans"' in told.text
    async with at_shop(malik) as browser:
        told = await browser.get("/o/transports-du-val/plans/new", headers={"accept-language": "en", "referer": "https://elsewhere.example/x"})  # fmt: skip
    assert "/o/transports-du-val/billing" not in told.text
    assert 'href="/fr/offers"' in told.text
    assert "Un propriétaire de l’organisation" in told.text
    assert "elsewhere" not in told.text


async def test_a_right_that_ends_shuts_what_is_new_and_leaves_the_pages(
    at_shop: Browser, claire: Actor
) -> None:
    await give(claire, "member", since=now() - timedelta(days=9))
    async with at_shop(claire) as browser:
        assert "Pas dans votre offre" not in (await browser.get("/o/transports-du-val/plans/new")).text
        assert "n’est pas dans votre offre" not in (await browser.get("/o/transports-du-val/plans")).text
        await give(claire, "member", until=now() - timedelta(seconds=1))
        assert (await browser.get("/o/transports-du-val/plans/new")).status_code == 403
        page = await browser.get("/o/transports-du-val/plans")
        assert page.status_code == 200
        assert "n’est pas dans votre offre" in page.text
        assert "/plans/new" not in page.text


async def test_a_demonstration_holds_everything_whatever_is_sold(at_shop: Browser, cast: Cast) -> None:
    nora = cast.people["nora"]
    await plant_organisation("Essai", "demo-0123456789ab", nora, sandbox_until=now() + timedelta(days=1))
    async with at_shop(nora) as browser:
        chooser = await browser.get("/o/demo-0123456789ab/assessments/new")
    assert chooser.status_code == 200
    assert "dans votre offre" not in chooser.text
