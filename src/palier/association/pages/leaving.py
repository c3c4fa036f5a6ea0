"""The page by which a member leaves a network: what it means first, then a box to tick and a button."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.association.flows import leaving
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other


class Leaving(Controller):
    """`/o/{org}/network/{network}/leave`"""

    path = "/o/{org:str}/network/{network:str}/leave"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get()
    async def show(self, request: Request, actor: NamedDependency[Actor], network: FromPath[str]) -> Template:
        return await _leaving(request, actor, network, {})

    @post()
    async def leave(
        self, request: Request, actor: NamedDependency[Actor], network: FromPath[str]
    ) -> Response:
        if (await form_of(request)).get("understood") != "yes":
            return await _leaving(
                request, actor, network, {"understood": _("Tick the box to say that you have read this")}
            )
        seat = await leaving.leave(actor, network)
        said = (
            _("Your organisation has left %(network)s. Its staff are told.")
            if seat.verified
            else _("The request to join %(network)s is taken back. Its staff are told.")
        )
        return see_other(f"/o/{actor.organisation.slug}/settings", said % {"network": seat.name})


async def _leaving(request: Request, actor: Actor, network: str, errors: dict[str, str]) -> Template:
    async with reading(actor):
        seat = await leaving.seat_of(actor, network)
    return page(
        request, "association/leave.html", status_code=422 if errors else 200, seat=seat, errors=errors
    )


PAGES = [Leaving]
