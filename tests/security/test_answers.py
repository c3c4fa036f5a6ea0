"""Every answer of every route, with the headers it owes: signed in or not, refusals and faults too, on http and https."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import asyncpg
import pytest
from httpx import Response
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from palier.app import create_app
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Environment, Settings, read_settings
from tests.browser.atlas import CLAIRE, VISITOR
from tests.security.world import World

NAME = "palier.example"
HTTPS = f"https://{NAME}"
COOKIE = re.compile(r"^(?P<name>[^=]+)=[^;]*(?P<flags>.*)$")


@pytest.fixture(scope="module")
def production(world: World) -> Settings:
    read = read_settings(world.demonstration.environment())
    return replace(read, environment=Environment.PRODUCTION, public_url=HTTPS)


@pytest.fixture(scope="module")
def secured(production: Settings) -> Litestar:
    """The application as it runs for others, by https."""
    return create_app(production)


def faults(answer: Response, *, known: bool, https: bool = False) -> Iterator[str]:
    """What an answer fails to say. `known` when somebody was signed in."""
    yield from _faults_of_policy(answer.headers.get("content-security-policy", ""))
    for name, allowed in _OWED.items():
        if answer.headers.get(name) not in allowed:
            yield f"{name}: {answer.headers.get(name)}"
    yield from _faults_of_keeping(answer, known=known)
    if https and "strict-transport-security" not in answer.headers:
        yield "may be asked again without https"
    for name in answer.headers:
        if name.startswith("access-control-") or name in ("server", "x-powered-by"):
            yield f"{name} is said"


_OWED = {
    "x-content-type-options": ("nosniff",),
    "referrer-policy": ("same-origin", "no-referrer"),
    "cross-origin-opener-policy": ("same-origin",),
    "cross-origin-resource-policy": ("same-origin",),
}


def _faults_of_policy(policy: str) -> Iterator[str]:
    said = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    if "unsafe" in policy or "*" in policy or "http" in policy:
        yield f"the policy lets too much in: {policy}"
    none = (
        ("default-src",)
        if "sandbox" in said
        else ("default-src", "object-src", "base-uri", "frame-ancestors")
    )
    own = () if "sandbox" in said else ("script-src", "style-src", "form-action", "connect-src")
    for part, wanted in [*((part, "'none'") for part in none), *((part, "'self'") for part in own)]:
        if said.get(part) != wanted:
            yield f"{part} is {said.get(part)}"


def _faults_of_keeping(answer: Response, *, known: bool) -> Iterator[str]:
    kept = answer.headers.get("cache-control", "")
    if answer.request.url.path.startswith("/static/") and answer.status_code == 200:
        return
    if ((known or answer.status_code >= 400) and "no-store" not in kept) or not kept:
        yield f"cache-control: {kept!r}"


def loose(answer: Response, *, https: bool) -> Iterator[str]:
    """What is wrong with the cookies an answer sets."""
    for cookie in answer.headers.get_list("set-cookie"):
        written = COOKIE.match(cookie)
        assert written
        flags = written["flags"].lower()
        wanted = ["httponly", "samesite=lax", "path=/"] + (["secure"] if https else [])
        for flag in wanted:
            if not re.search(rf";\s*{flag}(;|$)", flags):
                yield f"{written['name']} without {flag}"
        if "domain" in flags:
            yield f"{written['name']} is for a whole domain"
        if https and not written["name"].startswith("__Host-"):
            yield f"{written['name']} could be planted by a neighbour"


async def test_every_page_says_what_browsers_may_do_with_it(world: World) -> None:
    told, seen = [], 0
    for who in sorted({spot.who for spot in world.pages()}):
        async with world.visit(who) as browser:
            for spot in world.pages():
                if spot.who == who:
                    answer = await browser.get(spot.address)
                    seen += answer.status_code == 200
                    found = [*faults(answer, known=bool(who)), *loose(answer, https=False)]
                    told += [f"{spot}: {fault}" for fault in found]
    assert seen > 150
    assert told == []


async def test_every_route_refuses_with_the_same_manners(world: World, secured: Litestar) -> None:
    """Asked by nobody, by https: the sign-in redirects, the refusals, what each method not foreseen is told."""
    told, cookies, statuses = [], set(), set()
    async with world.visit(VISITOR, secured, HTTPS) as nobody:
        for spot in world.spots:
            for method in {spot.method, "DELETE", "OPTIONS"}:
                nobody.cookies.clear()
                answer = await nobody.request(method, spot.address)
                statuses.add(answer.status_code)
                cookies |= {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")}
                found = [*faults(answer, known=False, https=True), *loose(answer, https=True)]
                told += [f"{method} {spot.route} {answer.status_code}: {fault}" for fault in found]
    assert told == []
    assert {200, 303, 403, 404, 405} <= statuses
    assert "__Host-csrftoken" in cookies


async def test_the_cookies_of_every_form_are_bound_to_the_host(world: World, secured: Litestar) -> None:
    """Signing in, asking for a letter, changing the language, signing out: whatever sets a cookie."""
    password = world.demonstration.passwords[CLAIRE]
    forms = (
        ("/language", {"locale": "en"}), ("/signup", {"name": "Zoé Blanc", "email": "zoe@palier.example", "password": "une phrase bien à elle"}),
        ("/forgotten", {"email": CLAIRE}), ("/signin", {"email": CLAIRE, "password": password}),
        ("/account/preferences", {"name": "Claire Lambert", "locale": "fr", "theme": "auto", "time_zone": "Europe/Paris"}), ("/signout", {}),
    )  # fmt: skip
    names: set[str] = set()
    async with world.visit(VISITOR, secured, HTTPS) as browser:
        for address, fields in forms:
            answer = await browser.submit("POST", address, fields, headers={"origin": HTTPS})
            assert answer.status_code in (200, 303), f"{address}: {answer.status_code}"
            assert list(loose(answer, https=True)) == [], address
            names |= {cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")}
    assert names >= {"__Host-session", "__Host-locale", "__Host-notice", "__Host-asked"}


async def test_on_https_no_cookie_of_a_neighbour_is_read(world: World, secured: Litestar) -> None:
    async with world.visit(VISITOR, secured, HTTPS) as browser:
        browser.cookies.set("session", world.sessions[CLAIRE], domain=NAME)
        browser.cookies.set("notice", "planted", domain=NAME)
        answer = await browser.get("/home")
        assert answer.status_code == 303
        assert "planted" not in (await browser.get("/signin")).text
        browser.cookies.set("__Host-session", world.sessions[CLAIRE], domain=NAME)
        assert (await browser.get("/account")).status_code == 200


# --- refusals and faults ----------------------------------------------------------------------------------------------


@get("/raise/{kind:str}", opt=PUBLIC)
async def raising(kind: FromPath[str]) -> None:
    if kind == "away":
        raise asyncpg.CannotConnectNowError("starting up: secret detail")
    if kind == "http":
        raise HTTPException("secret detail", status_code=502)
    raise RuntimeError("secret detail")


@pytest.mark.parametrize(("kind", "status"), [("fault", 500), ("http", 500), ("away", 503)])
async def test_a_fault_tells_nothing_and_keeps_its_manners(world: World, kind: str, status: int) -> None:
    app = create_app(read_settings(world.demonstration.environment()))
    app.register(raising)
    async with world.visit(CLAIRE, app) as browser:
        answer = await browser.get(f"/raise/{kind}")
    assert answer.status_code == status
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert list(faults(answer, known=True)) == []


async def test_what_is_too_large_is_refused_with_manners(world: World) -> None:
    async with world.visit(CLAIRE) as browser:
        token = await browser.token()
        for headers in ({}, {"content-length": str(200_000_000)}):
            answer = await browser.post("/signin", content=_drip(token), headers={"content-type": "application/x-www-form-urlencoded", **headers})  # fmt: skip
            assert answer.status_code == 413
            assert list(faults(answer, known=False)) == []


async def _drip(token: str) -> AsyncIterator[bytes]:
    yield f"_csrf_token={token}&email=".encode()
    for _ in range(12):
        yield b"a" * 1_000_000


# --- host, methods, origins, machinery ----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "palier.example.evil.example", "evil.example:443", "palier.example@evil.example", "PALIER.example.", "127.0.0.1", "xpalier.example", ""])  # fmt: skip
async def test_a_foreign_host_is_refused_and_never_echoed(world: World, secured: Litestar, host: str) -> None:
    async with world.visit(VISITOR, secured, HTTPS) as browser:
        for address in ("/fr/", "/signin", "/healthz", "/static/css/base.css", "/no/such/page"):
            answer = await browser.get(address, headers={"host": host})
            assert answer.status_code == 400, address
            assert "evil" not in answer.text + str(answer.headers)
            assert list(faults(answer, known=False, https=True)) == []


async def test_no_page_nor_letter_takes_its_address_from_the_request(world: World, secured: Litestar) -> None:
    """In development every host answers; what a page says of its own address still comes from the setting."""
    forged = {"x-forwarded-host": "evil.example", "x-forwarded-for": "6.6.6.6", "forwarded": "host=evil.example", "x-original-url": "/evil.example", "x-host": "evil.example"}  # fmt: skip
    for app, site, host in ((secured, HTTPS, NAME), (world.app, "http://palier.test", "evil.example")):
        async with world.visit(VISITOR, app, site) as browser:
            for spot in world.pages():
                if spot.who == VISITOR:
                    answer = await browser.get(spot.address, headers=forged | {"host": host})
                    assert "evil.example" not in answer.text + str(answer.headers), f"{spot}"
            form = {"email": "malik.ouali@palier.example"}
            answer = await browser.submit("POST", "/forgotten", form, headers=forged | {"host": host})
            assert answer.status_code == 303
            assert "evil" not in answer.headers["location"]
    await world.work()
    letters = "\n".join(row["text"] + row["html"] for row in await world.look("select text, html from mail"))
    assert f"{world.settings.public_url}/reset/" in letters
    assert "evil.example" not in letters


async def test_no_method_echoes_a_request(world: World) -> None:
    async with world.visit(CLAIRE) as browser:
        for address in sorted({spot.address for spot in world.spots}):
            answer = await browser.request("TRACE", address, headers={"x-probe": "echo-me"})
            assert answer.status_code in (403, 405), f"TRACE {address}: {answer.status_code}"
            assert "echo-me" not in answer.text
        for method in ("TRACK", "CONNECT", "PROPFIND"):
            assert (await browser.request(method, "/signin")).status_code == 405


async def test_no_other_origin_is_let_in_to_read(world: World) -> None:
    async with world.visit(CLAIRE) as browser:
        for spot in list(world.pages())[::7]:
            for origin in ("https://evil.example", "null"):
                asked = {"origin": origin, "access-control-request-method": "GET"}
                for method in ("GET", "OPTIONS"):
                    answer = await browser.request(method, spot.address, headers=asked)
                    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_the_machinery_is_closed(world: World) -> None:
    assert world.app.debug is False
    assert world.app.openapi_config is None
    async with world.visit(CLAIRE) as browser:
        for address in (
            "/schema", "/schema/openapi.json", "/docs", "/openapi.json", "/.git/config", "/.env", "/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml",
            "/static/..%2fpyproject.toml", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/", "/static/css", "/debug", "/metrics",
        ):  # fmt: skip
            answer = await browser.get(address)
            assert answer.status_code in (403, 404, 405), f"{address}: {answer.status_code}"
            assert "flit_core" not in answer.text
            assert "root:" not in answer.text
