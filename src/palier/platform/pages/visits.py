"""Visits: the staff's list, and the page on which an organisation sees and decides them."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.actor import Actor, StaffActor
from palier.foundation.clock import now
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.platform import wording
from palier.platform.flows import deciding, reading, visiting
from palier.platform.pages.frame import STAFF, framed
from palier.platform.pages.tenants import as_visit
from palier.platform.rules.visits import state_of

READ, OWN = needs(Permission.READ), needs(Permission.MANAGE_ORGANISATION)


class Visits(Controller):
    """Everybody's visits, so that the staff watch each other; one's own are begun and ended here."""

    path = "/admin/visits"
    opt = STAFF

    @get()
    async def show(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        rows = await reading.visits(staff_actor)
        return framed(
            request, "platform/visits.html", "visits", states=wording.visit_states(), me=str(staff_actor.person_id),
            visits=[(row, state_of(as_visit(row), now())) for row in rows],
        )  # fmt: skip

    @post("/{visit:uuid}/begin")
    async def begin(self, staff_actor: NamedDependency[StaffActor], visit: FromPath[UUID]) -> Redirect:
        slug = await visiting.begin(staff_actor, visit)
        if slug is None:
            return see_other("/admin/visits", _("This visit can no longer begin. Ask for a new one."))
        return see_other(f"/o/{slug}", _("The visit has begun."))

    @post("/{visit:uuid}/end")
    async def end(self, staff_actor: NamedDependency[StaffActor], visit: FromPath[UUID]) -> Redirect:
        await visiting.end(staff_actor, visit)
        return see_other("/admin/visits", _("The visit is over."))


class HouseVisits(Controller):
    """Who of the platform looked in, when and why; and whether an owner has to agree first."""

    path = "/o/{org:str}/visits"

    @get(opt=READ)
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        rows, approval = await deciding.visits_of(actor)
        context: dict[str, Any] = {
            "visits": [(row, state_of(row, now())) for row in rows], "approval": approval,
            "states": wording.visit_states(), "owner": actor.may(Permission.MANAGE_ORGANISATION),
        }  # fmt: skip
        return page(request, "platform/house_visits.html", nav="people", **context)

    @post("/choice", opt=OWN)
    async def choose(self, request: Request, actor: NamedDependency[Actor]) -> Redirect:
        approval = (await form_of(request)).get("approval") == "yes"
        await deciding.choose(actor, approval=approval)
        return _back(actor, _("Your choice is saved. It holds for every visit from now on."))

    @post("/{visit:uuid}/agree", opt=OWN)
    async def agree(
        self, actor: NamedDependency[Actor], visit: FromPath[UUID], settings: NamedDependency[Settings]
    ) -> Response:
        done = await deciding.decide(actor, visit, agreed=True, site=settings.public_url)
        return _back(actor, _("You agreed to the visit.") if done else _too_late())

    @post("/{visit:uuid}/refuse", opt=OWN)
    async def refuse(
        self, actor: NamedDependency[Actor], visit: FromPath[UUID], settings: NamedDependency[Settings]
    ) -> Response:
        done = await deciding.decide(actor, visit, agreed=False, site=settings.public_url)
        return _back(actor, _("You refused the visit.") if done else _too_late())

    @post("/{visit:uuid}/end", opt=OWN)
    async def end(self, actor: NamedDependency[Actor], visit: FromPath[UUID]) -> Redirect:
        await deciding.end(actor, visit)
        return _back(actor, _("The visit is over."))


def _back(actor: Actor, notice: str) -> Redirect:
    return see_other(f"/o/{actor.organisation.slug}/visits", notice)


def _too_late() -> str:
    return _("This visit no longer waits for an answer.")


PAGES = [Visits, HouseVisits]
