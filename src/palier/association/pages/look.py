"""The network's own name, logo and colour, set by its staff."""

from collections.abc import Mapping

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template

from palier.association import store
from palier.association.flows import looking
from palier.association.pages.forms import op_of
from palier.association.rules.look import SEEN, is_svg
from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network.logos import LogoRefused
from palier.network.pages.settling import logo_sentence, picture, uploaded
from palier.network.rules.colour import is_colour

LONGEST_NAME = 80


class Look(Controller):
    """`/n/{net}/look`"""

    path = "/n/{net:str}"
    opt = needs(Permission.MANAGE_NETWORK)

    @get("/look")
    async def show(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        return await _look(request, network_actor, {})

    @post("/look")
    async def present(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        raw = await form_of(request)
        name, accent = " ".join(raw.get("name", "").split()), raw.get("accent", "").strip().lower()
        errors = {"name": _("Write a shorter name")} if len(name) > LONGEST_NAME else {}
        if said := _colour_error(accent):
            errors["accent"] = said
        if errors:
            return await _look(request, network_actor, errors, {"name": name, "accent": accent})
        await looking.present(network_actor, name, accent, op_of(raw))
        return _back(network_actor, _("The name and the colour are saved."))

    @post("/look/logo")
    async def show_logo(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        data = await uploaded(request, "logo")
        if is_svg(data):
            said = _("SVG files are not taken: they can carry programs. Save the logo as PNG or JPEG.")
            return await _look(request, network_actor, {"logo": said})
        try:
            await looking.show_logo(network_actor, data, op_of(await form_of(request)))
        except LogoRefused:
            return await _look(request, network_actor, {"logo": logo_sentence()})
        return _back(network_actor, _("The logo is saved."))

    @post("/look/logo/remove")
    async def hide_logo(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Redirect:
        await looking.hide_logo(network_actor, op_of(await form_of(request)))
        return _back(network_actor, _("The logo is removed."))

    @get("/logo")
    async def logo(self, network_actor: NamedDependency[NetworkActor]) -> Response[bytes]:
        """The logo, to the staff."""
        async with reading(network_actor):
            look = await store.look_of(network_actor.network_id)
        if look.logo is None:
            raise NotFoundException
        return picture(look.logo_media_type, look.logo)


def _colour_error(accent: str) -> str:
    """Why a colour is refused, with its ratio; empty when it is taken."""
    if accent and not is_colour(accent):
        return _("Write a colour as # and six digits or letters from a to f, such as #1e4d92")
    try:
        looking.check_seen(accent)
    except looking.Faint as error:
        themes = {
            "light": _("Too pale for the light theme: its contrast is %(ratio)s to 1, at least %(least)s is needed."),
            "dark": _("Too dark for the dark theme: its contrast is %(ratio)s to 1, at least %(least)s is needed."),
        }  # fmt: skip
        return " ".join(
            themes[theme] % {"ratio": number(ratio, 1), "least": number(SEEN, 1)}
            for theme, ratio in error.ratios.items()
        )
    return ""


async def _look(
    request: Request,
    actor: NetworkActor,
    errors: Mapping[str, str],
    typed: Mapping[str, str] | None = None,
) -> Template:
    async with reading(actor):
        look = await store.look_of(actor.network_id)
    return page(
        request, "association/look.html", status_code=422 if errors else 200, nav="network", tab="look", errors=errors,
        values=typed or {"name": look.name, "accent": look.accent}, new_op=new_id(), other_op=new_id(), third_op=new_id(),
    )  # fmt: skip


def _back(actor: NetworkActor, notice: str) -> Redirect:
    return see_other(f"/n/{actor.network_slug}/look", notice)


PAGES = [Look]
