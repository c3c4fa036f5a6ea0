"""One mandate as the client's owner sees it: until when, what was done under it, another end, the end."""

from datetime import date
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import mandates, store
from palier.network.flows import mandating
from palier.network.flows.mandating import Granted
from palier.network.rules.mandates import is_long, mandate_may_end

OWNER = needs(Permission.MANAGE_ORGANISATION)
Errors = dict[str, str]


class Mandates(Controller):
    """A mandate of the organisation."""

    path = "/o/{org:str}/people/mandates/{mandate:uuid}"

    @get(opt=OWNER)
    async def show(
        self, request: Request, actor: NamedDependency[Actor], mandate: FromPath[UUID]
    ) -> Template:
        return await _mandate(request, actor, mandate)

    @post("/end", opt=OWNER | FRESH)
    async def change_end(
        self, request: Request, actor: NamedDependency[Actor], mandate: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        ends_on, errors = end_typed(raw, "ends", today(actor.person.time_zone))
        if ends_on is None or errors:
            return await _mandate(request, actor, mandate, errors, raw)
        granted = await mandating.change_end(actor, mandate, ends_on, settings.public_url)
        return see_other(_people(actor), said_of(granted, ends_on))

    @post("/revoke", opt=OWNER | FRESH)
    async def revoke(self, actor: NamedDependency[Actor], mandate: FromPath[UUID]) -> Redirect:
        await mandating.revoke(actor, mandate)
        return see_other(_people(actor), _("The mandate is ended. The consultant no longer has access."))


async def _mandate(
    request: Request,
    actor: Actor,
    mandate: UUID,
    errors: Errors | None = None,
    raw: dict[str, str] | None = None,
) -> Template:
    async with reading(actor):
        row = await store.mandate_granted(actor, mandate)
        acts = (await mandates.acts_under(actor, [row.id])).get(row.id)
    on = today(actor.person.time_zone)
    return page(
        request, "network/mandate.html", nav="people", status_code=422 if errors else 200, mandate=row, acts=acts,
        runs=row.revoked_at is None and row.ends_on >= on, errors=errors or {}, raw=raw or {},
        typed=typed_day(raw, "ends") if raw else row.ends_on,
    )  # fmt: skip


def end_typed(raw: dict[str, str], name: str, on: date) -> tuple[date | None, Errors]:
    """The last day of a mandate as typed on that day, and what is wrong with it; one far ahead must be meant."""
    try:
        typed_on, month, year = (int(part) for part in typed_day(raw, name))
        ends_on = date(year, month, typed_on)
    except ValueError:
        return None, {name: _("Write a day from today on, at most three years ahead")}
    if not mandate_may_end(ends_on, on):
        return None, {name: _("Write a day from today on, at most three years ahead")}
    if is_long(ends_on, on) and "meant" not in raw:
        words = _("%(day)s is more than two years ahead: confirm it or write another day")
        return ends_on, {"meant": words % {"day": day(ends_on)}}
    return ends_on, {}


def typed_day(raw: dict[str, str], name: str) -> tuple[str, str, str]:
    """The three boxes of a day as they were filled in."""
    return raw.get(f"{name}-day", ""), raw.get(f"{name}-month", ""), raw.get(f"{name}-year", "")


def said_of(granted: Granted, ends_on: date) -> str:
    """What an owner is told once a mandate is granted, or has another end."""
    match granted:
        case Granted.NEW:
            return _("The mandate is granted and the consultant has been told.")
        case Granted.MOVED:
            words = _("The mandate now ends on %(day)s and the consultant has been told.")
        case Granted.SAME:
            words = _("There is a mandate until %(day)s already: nothing has changed.")
    return words % {"day": day(ends_on)}


def _people(actor: Actor) -> str:
    return f"/o/{actor.organisation.slug}/people"


PAGES = [Mandates]
