"""Bulletins of published editions: made by a network's staff, taken away by its members."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.association.flows import bulletins
from palier.association.pages.forms import op_of
from palier.association.store import Bulletin
from palier.benchmarks.store import Edition
from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.language import LOCALES
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.web import form_of, page, see_other


class Making(Controller):
    """`/n/{net}`: the bulletins of an edition, for the staff."""

    path = "/n/{net:str}"
    opt = needs(Permission.MANAGE_NETWORK)

    @get("/editions/{edition:uuid}/bulletin")
    async def show(
        self, request: Request, network_actor: NamedDependency[NetworkActor], edition: FromPath[UUID]
    ) -> Template:
        """One line per language: made, being made, or to be asked for."""
        async with reading(network_actor):
            found = await Edition.get(id=edition, network_id=network_actor.network_id)
            rows = await Bulletin.filter(edition_id=found.id).only("id", "locale", "state", "made_at")
            allowed = await bulletins.may_take(network_actor, found)
        made = {row.locale: row for row in rows}
        return page(
            request, "association/bulletin.html", nav="network", tab="campaigns", edition=found, allowed=allowed,
            lines=[(each, made.get(each), new_id()) for each in LOCALES],
        )  # fmt: skip

    @post(
        "/editions/{edition:uuid}/bulletin",
        opt=needs(Permission.MANAGE_NETWORK) | sold_with(Feature.CAMPAIGNS),
    )
    async def ask(
        self, request: Request, network_actor: NamedDependency[NetworkActor], edition: FromPath[UUID]
    ) -> Redirect:
        raw = await form_of(request)
        locale = raw.get("locale", "")
        if locale not in LOCALES:
            raise NotFoundException
        await bulletins.ask_bulletin(network_actor, edition, locale, op_of(raw))
        return see_other(f"/n/{network_actor.network_slug}/editions/{edition}/bulletin")

    @get("/bulletins/{bulletin:uuid}")
    async def file(
        self, network_actor: NamedDependency[NetworkActor], bulletin: FromPath[UUID]
    ) -> Response[bytes]:
        """The PDF, unless this person knows too many members elsewhere."""
        async with reading(network_actor):
            rows = Bulletin.filter(id=bulletin, network_id=network_actor.network_id)
            row = await rows.select_related("edition", "network").get()
            if not await bulletins.may_take(network_actor, row.edition):
                raise NotFoundException
        return _pdf(row)


class Taking(Controller):
    """`/o/{org}/bulletins`: those of the organisation's networks."""

    path = "/o/{org:str}/bulletins"
    opt = needs(Permission.READ)

    @get()
    async def every(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        async with reading(actor):
            shelf = await bulletins.bulletins_for(actor)
        return page(request, "association/bulletins.html", nav="benchmark", shelf=shelf)

    @get("/{bulletin:uuid}")
    async def file(self, actor: NamedDependency[Actor], bulletin: FromPath[UUID]) -> Response[bytes]:
        """The PDF of one that is on the list."""
        async with reading(actor):
            shelf = await bulletins.bulletins_for(actor)
            if bulletin not in {row.id for row in shelf.shown}:
                raise NotFoundException
            row = await Bulletin.get(id=bulletin).select_related("edition", "network")
        return _pdf(row)


def _pdf(row: Bulletin) -> Response[bytes]:
    if row.state != bulletins.DONE or row.document is None:
        raise NotFoundException
    name = slugify(f"{row.network.name} bulletin {row.edition.name} {row.locale}")
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(bytes(row.document), media_type="application/pdf", headers=headers)


PAGES = [Making, Taking]
