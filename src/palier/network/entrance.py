"""Who comes in: the session cookie and the organisation in the address become an actor, or the door stays shut."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from palier.accounts.sessions import presented, seen_lately, touch_later
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import rights_from
from palier.entitlements.store import held_in
from palier.foundation import language
from palier.foundation.actor import Actor, NetworkActor, Organisation, Person, StaffActor
from palier.foundation.clock import now
from palier.foundation.database import look, reading, select
from palier.foundation.identifiers import fingerprint
from palier.foundation.kept import Kept
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, Role
from palier.foundation.presumed import Presumed
from palier.foundation.rights import EVERYTHING, Feature, NotSold, Rights, check_sold
from palier.foundation.web import SignInNeeded, language_in, page
from palier.network.duty import check_duty
from palier.network.presuming import Rehearsal, answered


class NotYours(Exception):
    """A member without the role for this act. The page says who can."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


class SignOnDue(Exception):
    """A member whose organisation opens to sessions begun with its identity provider only, and this one was not."""

    def __init__(self, slug: str, name: str, *, spare: bool) -> None:
        super().__init__(slug)
        self.slug = slug
        self.name = name
        self.spare = spare


class Entrance(ASGIMiddleware):
    """Resolves the person and, where the address names an organisation or a network, what they are there.

    A route declares its need in `opt`: `needs(Permission.…)`, SIGNED_IN or PUBLIC. A stranger, a revoked mandate and
    an unknown address are told the same 404. `offers` None: nothing is sold here, and everybody holds everything.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, secure: bool, offers: Offers | None = None) -> None:
        self._secure = secure
        self._offers = offers
        self._came_in: Kept[tuple[str, str], Mapping[str, Any]] = Kept(1024)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        state = scope.setdefault("state", {})
        connection: ASGIConnection = ASGIConnection(scope)
        opt = getattr(scope.get("route_handler"), "opt", {})
        if opt.get("audience") != "asset":
            secret = presented(connection.cookies, secure=self._secure)
            whose = "" if secret is None else fingerprint(secret)
            if opt.get("proves"):
                form = Rehearsal(receive)
                if await self._presumed(whose, scope, form.reading, send, next_app):
                    return
                receive = form.again
            await self._identify(whose, connection)
            await _check(state, opt)
            send = _taking_nothing_away(scope, receive, send)
        await next_app(scope, receive, send)

    async def _presumed(
        self, whose: str, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> bool:
        """Answer for whoever came in with this secret a moment ago, where the route's one act proves them again
        (`opt={"proves": True}`, ADR 0034). False: nothing was done, ask by the book."""
        slug = str(scope["path_params"].get("org", ""))
        row = self._came_in.get((whose, slug))
        if row is None or not seen_lately(row["seen_at"]):
            return False
        known = _come_in(scope, row, self._offers)
        who = Presumed(whose, slug, self._offers is not None, row["mark"])
        try:
            await _check(known, scope["route_handler"].opt)
            done = await answered(who, known, scope, receive, send, next_app)
        except (NotYours, NotSold):
            done = False
        if not done:
            self._came_in.forget((whose, slug))
        return done

    async def _identify(self, whose: str, connection: ASGIConnection) -> None:
        path = connection.scope.get("path_params", {})
        slug = str(path.get("org", ""))
        row = await look(_WHO, whose, slug, self._offers is not None) if whose else None
        if row is None or row["person_id"] is None:
            return
        state = connection.scope["state"]
        state.update(_come_in(connection.scope, row, self._offers))
        touch_later(row["session_id"], row["seen_at"])
        if row["role"] and not row["due"]:
            self._came_in.put((whose, slug), row)
        if "net" in path:
            state["network_actor"] = await _network_actor(state["person"], str(path["net"]), self._offers)


_WHO = "select * from entering($1, $2, $3)"
"""Everything the entrance asks, in one round trip. It looks up what depends on who comes in once that is known."""


def _come_in(scope: Scope, row: Mapping[str, Any], offers: Offers | None) -> dict[str, Any]:
    """Who it is and what they are there, for the rest of the request, which is answered in their language from here on."""
    person = _person(row, _rights(row["own"], Kind.PERSON, offers))
    language.use(language_in(scope["path"]) or person.locale, person.time_zone)
    if row["due"]:
        due = SignOnDue(row["slug"], row["organisation_name"], spare=row["due"] == "spare")
        return {"person": person, "due": due}
    if row["role"]:
        return {"person": person, "actor": _actor(person, row, offers)}
    return {"person": person} | ({"actor": _visitor(person, row["visit"])} if row["visit"] else {})


def _actor(person: Person, row: Mapping[str, Any], offers: Offers | None) -> Actor:
    """A member or consultant. A demonstration holds everything, whatever is sold."""
    organisation = _organisation(row)
    rights = EVERYTHING if organisation.sandbox else _rights(row["held"], Kind.ORGANISATION, offers)
    return Actor(person, organisation, Role(row["role"]), row["mandate_id"], rights=rights)


def _rights(held: Any, kind: Kind, offers: Offers | None) -> Rights:
    if offers is None:
        return EVERYTHING
    rows = json.loads(held) if isinstance(held, str) else held
    return rights_from(held_in(rows or []), kind, offers, now())


def _person(row: Mapping[str, Any], rights: Rights) -> Person:
    return Person(
        row["person_id"], row["name"], row["email"], row["locale"], row["theme"], row["time_zone"], row["shortcuts"],
        row["session_id"], row["method"], row["provider_id"], row["proved_at"], row["second_factor_at"],
        tuple(row["networks"]), row["on_duty_at"], rights,
    )  # fmt: skip


def _visitor(person: Person, told: str | dict[str, Any]) -> Actor:
    """Somebody of the platform's staff during a visit, as `visit_of` in SQL tells it."""
    visit = json.loads(told) if isinstance(told, str) else told
    organisation = Organisation(UUID(visit["organisation"]), visit["slug"], visit["name"], visit["sandbox"])
    until = datetime.fromisoformat(visit["until"])
    return Actor(person, organisation, Role.VISITOR, visit_id=UUID(visit["visit"]), visit_until=until)


def _taking_nothing_away(scope: Scope, receive: Receive, send: Send) -> Send:
    """A visitor of the platform reads pages: an answer that is to be saved as a file is refused, whatever its address."""
    actor: Actor | None = scope["state"].get("actor")
    if actor is None or actor.role is not Role.VISITOR:
        return send
    refused = False

    async def only_pages(message: Message) -> None:
        nonlocal refused
        if message["type"] == "http.response.start" and _is_file(message["headers"]):
            refused = True
            await _refuse_file(scope, receive, send)
        elif not refused:
            await send(message)

    return only_pages


async def _refuse_file(scope: Scope, receive: Receive, send: Send) -> None:
    request: Request = Request(scope)
    answer = page(
        request, "layout/error.html", status_code=403, status=403, title=_("A visit takes no file away"),
        advice=_("You read pages here. Ask the organisation to send you the file."),
    )  # fmt: skip
    await answer.to_asgi_response(app=None, request=request)(scope, receive, send)


def _is_file(headers: Any) -> bool:
    return any(
        name.lower() == b"content-disposition" and value.lower().startswith(b"attachment")
        for name, value in headers
    )


def _organisation(row: Mapping[str, Any]) -> Organisation:
    organisation_id: UUID = row["organisation_id"]
    return Organisation(organisation_id, row["slug"], row["organisation_name"], row["sandbox"])


async def _network_actor(person: Person, slug: str, offers: Offers | None) -> NetworkActor | None:
    sql = (
        "select n.id, n.slug, coalesce(nullif(l.name, ''), n.name) as name, coalesce(l.accent, '') as accent, "
        "l.logo is not null as has_logo, case when $3 then open_entitlements(null, n.id, null) end as held "
        "from network n join network_manager m on m.network_id = n.id "
        "left join network_look l on l.id = n.id where n.slug = $1 and m.person_id = $2"
    )
    async with reading(person):
        rows = await select(sql, slug, person.person_id, offers is not None)
    if not rows:
        return None
    row = rows[0]
    rights = _rights(row["held"], Kind.NETWORK, offers)
    return NetworkActor(person, row["id"], row["slug"], row["name"], row["accent"], row["has_logo"], rights)


async def _check(state: dict[str, Any], opt: dict[str, Any]) -> None:
    permission: Permission | None = opt.get("permission")
    if permission is None and opt.get("audience") == "public":
        return
    if "person" not in state:
        raise SignInNeeded
    if permission is Permission.MANAGE_NETWORK:
        if state.get("network_actor") is None:
            raise NotFoundException
    elif permission is Permission.RUN_PLATFORM:
        state["staff_actor"] = await _on_duty(state["person"])
    elif permission is not None:
        _check_actor(state.get("actor"), permission, state.get("due"))
    if (feature := opt.get("feature")) is not None:
        _check_sold(state, feature)


def _check_sold(state: dict[str, Any], feature: Feature) -> None:
    """Of whoever the address names: the organisation, the network, else the person alone. Raises NotSold."""
    check_sold(state.get("actor") or state.get("network_actor") or state["person"], feature)


async def _on_duty(person: Person) -> StaffActor:
    """Nobody else learns that these pages exist. Raises NotFoundException or SecondFactorNeeded."""
    if not person.staff:
        raise NotFoundException
    return await check_duty(person)


def _check_actor(actor: Actor | None, permission: Permission, due: SignOnDue | None = None) -> None:
    if actor is None:
        raise due or NotFoundException
    if not actor.may(permission):
        raise NotYours(permission)
