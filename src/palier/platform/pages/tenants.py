"""One organisation, as the staff see it: facts and names, a visit, its people's sessions."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from palier.foundation.actor import StaffActor
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, see_other
from palier.network import wording as network_wording
from palier.network.rules.visiting import LASTS, LONGEST_TICKET
from palier.platform import wording
from palier.platform.flows import acting, reading, visiting
from palier.platform.pages.frame import STAFF, framed, reason_in
from palier.platform.rules.visits import VisitState, state_of
from palier.platform.store import Visit


class Tenant(Controller):
    """An organisation: never its answers or scores."""

    path = "/admin/organisations/{slug:str}"
    opt = STAFF

    @get()
    async def show(
        self, request: Request, staff_actor: NamedDependency[StaffActor], slug: FromPath[str]
    ) -> Template:
        return await _tenant(request, staff_actor, slug)

    @post("/visits")
    async def visit(
        self, request: Request, staff_actor: NamedDependency[StaffActor], slug: FromPath[str],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Ask to read there."""
        raw, facts = await form_of(request), await _facts(staff_actor, slug)
        reason, error = reason_in(raw)
        ticket = raw.get("ticket", "")
        errors = ({"reason": error} if error else {}) | (
            {} if len(ticket) <= LONGEST_TICKET else {"ticket": _("A reference has at most 60 characters")}
        )
        if errors:
            return await _tenant(request, staff_actor, slug, errors, raw)
        try:
            state = await visiting.ask(
                staff_actor, facts, reason, ticket, _operation(raw), settings.public_url
            )
        except visiting.OwnHouse:
            sentence = _("You belong to this organisation: open it as yourself.")
            return await _tenant(request, staff_actor, slug, {"reason": sentence}, raw)
        except visiting.VisitUnderWay:
            sentence = _("A visit of yours is under way or waiting there.")
            return await _tenant(request, staff_actor, slug, {"reason": sentence}, raw)
        if state is VisitState.LIVE:
            return see_other(f"/o/{slug}", _("The visit has begun. The owners have been written to."))
        return see_other("/admin/visits", _("The owners have been asked. You will be written to."))

    @post("/sessions")
    async def end_sessions(
        self, request: Request, staff_actor: NamedDependency[StaffActor], slug: FromPath[str]
    ) -> Response:
        """Sign everybody out."""
        raw, facts = await form_of(request), await _facts(staff_actor, slug)
        reason, error = reason_in(raw)
        if error:
            return await _tenant(request, staff_actor, slug, {"end-reason": error}, {"end-reason": reason})
        ended = await acting.end_sessions_of_house(staff_actor, facts, reason)
        words = ngettext("%(num)s session is ended.", "%(num)s sessions are ended.", ended)
        return see_other(f"/admin/organisations/{slug}", words % {"num": ended})


async def _facts(actor: StaffActor, slug: str) -> dict[str, Any]:
    if (facts := await reading.organisation(actor, slug)) is None:
        raise NotFoundException
    return facts


async def _tenant(
    request: Request, actor: StaffActor, slug: str, errors: dict[str, str] | None = None,
    raw: dict[str, str] | None = None,
) -> Template:  # fmt: skip
    facts = await _facts(actor, slug)
    shown = [(row, state_of(as_visit(row), now())) for row in facts["visits"]]
    return framed(
        request, "platform/organisation.html", "organisations", facts=facts, visits=shown, size=wording.size,
        states=wording.visit_states(), roles=network_wording.roles(), label=network_wording.label,
        minutes=int(LASTS.total_seconds() // 60), errors=errors or {}, raw=raw or {}, new_op=new_id,
        status_code=422 if errors else 200,
    )  # fmt: skip


def as_visit(row: dict[str, Any]) -> Visit:
    """A row the database told as JSON, as the rules read it."""
    times = ("asked_at", "decided_at", "refused_at", "opened_at", "ends_at", "ended_at")
    return Visit(**{name: row[name] for name in times})


def _operation(raw: dict[str, str]) -> UUID:
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return new_id()


PAGES = [Tenant]
