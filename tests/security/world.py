"""The demonstration behind the application in this very process, and every route of it with real ids and a person who opens it.

A new route is swept without being asked: the addresses come from `app.routes`, the ids and the people from the atlas of
the browser tests.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from palier.accounts import sessions
from palier.app import create_app
from palier.foundation.database import only_reading, transaction
from palier.foundation.jobs import queue
from palier.foundation.settings import Settings
from palier.foundation.working import closing
from palier.jobs import jobs
from tests.browser import atlas
from tests.browser.staff import GAELLE, SESSION
from tests.demonstration import Demonstration

SAFE = ("GET", "HEAD")
SITE = "http://palier.test"

_OF_VALLEY = "t join organisation o on o.id = t.organisation_id where o.slug = 'transports-du-val'"
_MORE = {
    "membership": f"select t.id from membership {_OF_VALLEY} and t.role <> 'owner' limit 1",
    "invitation": f"select t.id from invitation {_OF_VALLEY} limit 1",
    "mandate": f"select t.id from mandate {_OF_VALLEY} limit 1",
    "link": f"select t.id from shared_link {_OF_VALLEY} limit 1",
    "inquiry": f"select t.id from asked_link {_OF_VALLEY} limit 1",
    "preset": f"select t.id from report_preset {_OF_VALLEY} limit 1",
    "reading": f"select t.id from kpi_reading {_OF_VALLEY} limit 1",
    "step": f"select t.id from checklist_item {_OF_VALLEY} limit 1",
    "comment": "select id from practice_comment limit 1",
    "event": "select id from stripe_event limit 1",
    "session": "select s.id from session s join person p on p.id = s.person_id where p.email like 'claire%' limit 1",
}
"""Ids that only unsafe routes need; a table that has no row leaves an id nobody has."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One method of one route, with its address filled in and who may ask it."""

    method: str
    address: str
    route: str
    who: str
    handler: HTTPRouteHandler = field(repr=False, compare=False)

    @property
    def safe(self) -> bool:
        return self.method in SAFE

    @property
    def keyed(self) -> bool:
        """Whether a code in the address decides alone, so that there is no token (nor a session) to ask for."""
        return bool(self.handler.opt.get("exclude_from_csrf"))

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


@dataclass(slots=True)
class World:
    """The application over a copy of the demonstration. `spots` are all its routes."""

    app: Litestar
    demonstration: Demonstration
    ids: dict[str, str]
    spots: tuple[Spot, ...]
    sessions: dict[str, str]
    settings: Settings

    async def work(self) -> None:
        """Do all the work that waits, as the worker would."""
        only_reading.set(False)
        known = jobs(self.settings)
        app = queue(str(self.settings.database_url), known, by_the_clock=False)
        async with closing(known), app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    async def look(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows as the administrator sees them."""
        async with atlas.connection(self.demonstration) as owner:
            return [dict(row) for row in await owner.fetch(sql, *values)]

    def unsafe(self) -> Iterator[Spot]:
        return (spot for spot in self.spots if not spot.safe)

    def pages(self) -> Iterator[Spot]:
        return (spot for spot in self.spots if spot.method == "GET")

    @asynccontextmanager
    async def visit(
        self, who: str, app: Litestar | None = None, site: str = SITE
    ) -> AsyncIterator["Browser"]:
        """A browser of `who` (an e-mail address of the demonstration, "guest", or "" for nobody)."""
        transport = ASGITransport(app=app or self.app, raise_app_exceptions=False)
        async with Browser(
            transport=transport, base_url=site, headers={"accept-language": "fr"}, timeout=60
        ) as browser:
            if who:
                if who in self.demonstration.passwords:  # junk may have ended the one before
                    self.sessions[who] = await _session_of(self.demonstration, who)
                name = sessions.COOKIES[0] if site.startswith("https") else sessions.COOKIES[1]
                browser.cookies.set(name, self.sessions[who], domain=site.partition("://")[2])
            yield browser


class Browser(AsyncClient):
    """A client that can send a form as our pages do."""

    async def token(self) -> str:
        """The token of this browser's forms, fetched once."""
        if (name := self._token_cookie()) is None:
            await self.get("/fr/")
            name = self._token_cookie()
        assert name, "no page handed out a token"
        return str(self.cookies[name])

    def _token_cookie(self) -> str | None:
        return next((name for name in self.cookies if "csrf" in name), None)

    async def send(self, *args: Any, **options: Any) -> Response:
        only_reading.set(False)
        return await super().send(*args, **options)

    async def submit(
        self, method: str, address: str, fields: dict[str, Any] | list[tuple[str, str]], **options: Any
    ) -> Response:
        """A form of ours, sent as its page would."""
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        data: dict[str, Any] = {}
        for name, value in [("_csrf_token", await self.token()), *pairs]:
            data.setdefault(name, []).append(value)
        return await self.request(method, address, data=data, **options)


async def draw(settings: Settings, demonstration: Demonstration) -> World:
    """Sign everybody in and fill in every route."""
    app, ids = create_app(settings), await ids_of(demonstration)
    world = World(app, demonstration, ids, (), {}, settings)
    for who in demonstration.passwords:
        world.sessions[who] = await _session_of(demonstration, who)
    world.sessions[GAELLE] = SESSION
    async with world.visit(atlas.VISITOR) as visitor:
        answer = await visitor.submit("POST", "/demo", {})
        assert answer.status_code == 303, answer.text
        world.sessions[atlas.GUEST] = visitor.cookies["session"]
        world.ids["sandbox"] = answer.headers["location"].split("/")[2]
    world.spots = tuple(_spots(app, world.ids))
    return world


async def _session_of(demonstration: Demonstration, email: str) -> str:
    async with atlas.connection(demonstration) as owner:
        person = await owner.fetchval("select id from person where email = $1", email)
    only_reading.set(False)
    async with transaction(None):
        return await sessions.open_session(person, "a sweep", second_factor=True)


def _spots(app: Litestar, ids: dict[str, str]) -> Iterator[Spot]:
    for route in app.routes:
        for method, (handler, _) in sorted(getattr(route, "route_handler_map", {}).items(), key=str):
            if method != "OPTIONS":
                who = atlas.opened_by(route.path, handler.opt)
                yield Spot(str(method), _address(route.path, ids), route.path, who, handler)


def _address(route: str, ids: dict[str, str]) -> str:
    """The route with its ids; one that no row has is made up, of its kind."""
    made_up = {"uuid": lambda: str(uuid4()), "int": lambda: "1", "path": lambda: "css/base.css"}
    known = dict(ids)
    for name, kind in re.findall(r"\{(\w+):(\w+)\}", route):
        if name in atlas.missing(route, known):
            key = atlas.key_of(route, name)
            known[key] = known.get(name) or made_up.get(kind, lambda: "nothing")()
    return atlas.address_of(route, known)


async def ids_of(demonstration: Demonstration) -> dict[str, str]:
    """Those of the atlas, and those of rows that only unsafe routes name."""
    found = await atlas.ids_of(demonstration)
    async with atlas.connection(demonstration) as owner:
        for name, sql in _MORE.items():
            value = await owner.fetchval(sql)
            if value is not None and name not in found:
                found[name] = str(value)
    return found
