"""How a consultant's firm shows on documents."""

from typing import Annotated

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template

from palier.foundation.actor import Person
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.rights import Feature, sold_with
from palier.foundation.web import form_of, page, parse, see_other
from palier.network import store
from palier.network.flows import firms
from palier.network.logos import LogoRefused
from palier.network.pages.settling import colour_error, logo_sentence, picture, uploaded
from palier.network.rules.colour import nearest_readable


class FirmForm(msgspec.Struct):
    """What a consultant says of their firm."""

    name: Annotated[str, msgspec.Meta(max_length=160)]
    accent: str = ""


class Firm(Controller):
    """The consultant's firm: theirs alone, the same for all their clients."""

    path = "/portfolio"
    opt = SIGNED_IN

    @get("/firm")
    async def firm(self, request: Request, person: NamedDependency[Person]) -> Template:
        return await _firm(request, person)

    @post("/firm", opt=SIGNED_IN | sold_with(Feature.PORTFOLIO))
    async def present(self, request: Request, person: NamedDependency[Person]) -> Response:
        raw = await form_of(request)
        raw["accent"] = raw.get("accent", "").lower()
        form, errors = parse(FirmForm, raw)
        if error := colour_error(raw["accent"]):
            errors["accent"] = error
        if form is None or errors:
            return await _firm(request, person, errors, raw)
        await firms.present(person, form.name, form.accent)
        return see_other("/portfolio/firm", _("Your firm is saved."))

    @post("/firm/logo", opt=SIGNED_IN | sold_with(Feature.PORTFOLIO))
    async def show_logo(self, request: Request, person: NamedDependency[Person]) -> Response:
        try:
            await firms.show_logo(person, await uploaded(request, "logo"))
        except LogoRefused:
            return await _firm(request, person, {"logo": logo_sentence()})
        return see_other("/portfolio/firm", _("The logo is saved."))

    @post("/firm/logo/remove")
    async def hide_logo(self, person: NamedDependency[Person]) -> Redirect:
        await firms.hide_logo(person)
        return see_other("/portfolio/firm", _("The logo is removed."))

    @get("/logo")
    async def logo(self, person: NamedDependency[Person]) -> Response[bytes]:
        async with reading(person):
            firm = await store.firm_of(person)
        if firm is None or not firm.logo:
            raise NotFoundException
        return picture(firm.logo_media_type, bytes(firm.logo))


async def _firm(
    request: Request, person: Person, errors: dict[str, str] | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(person):
        row = await store.firm_of(person)
    saved = {"name": row.name if row else "", "accent": row.accent if row else ""}
    return page(
        request, "portfolio/firm.html", nav="portfolio", status_code=422 if errors else 200,
        values=saved | (raw or {}), errors=errors or {}, has_logo=bool(row and row.logo),
        proposal=nearest_readable((raw or {}).get("accent", "")),
    )  # fmt: skip


PAGES = [Firm]
