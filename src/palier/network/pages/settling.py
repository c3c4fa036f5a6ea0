"""The organisation's settings: profile, words, logo and colour, networks."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network import store, wording
from palier.network.flows import organisations
from palier.network.flows.organisations import Unreadable
from palier.network.logos import HEAVIEST, LogoRefused
from palier.network.pages.welcoming import Errors, activity_in, identity_in, identity_of
from palier.network.rules.colour import READABLE, is_colour, nearest_readable
from palier.network.rules.taxonomy import PEOPLE_WORDS


class OrganisationSettings(Controller):
    """What an owner sets for the organisation."""

    path = "/o/{org:str}/settings"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get()
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        return await _settings(request, actor)

    @post("/profile")
    async def save_profile(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        raw = await form_of(request)
        identity, errors = identity_in(raw)
        activity, more = activity_in(raw)
        if raw.get("people_word") not in PEOPLE_WORDS:
            more["people_word"] = _("Choose a word of the list")
        if identity is None or activity is None or more:
            return await _settings(request, actor, errors | more, raw)
        await organisations.save_profile(actor, identity, activity, raw["people_word"])
        return _back(actor, _("The profile is saved."))

    @post("/colour")
    async def save_colour(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        raw = await form_of(request)
        accent = raw.get("accent", "").lower()
        if error := colour_error(accent):
            return await _settings(request, actor, {"accent": error}, raw)
        await organisations.colour(actor, accent)
        return _back(actor, _("The colour is saved."))

    @post("/logo")
    async def save_logo(
        self, request: Request, actor: NamedDependency[Actor], shelf: NamedDependency[Any]
    ) -> Response:
        try:
            await organisations.show_logo(actor, shelf, await uploaded(request, "logo"))
        except LogoRefused:
            return await _settings(request, actor, {"logo": logo_sentence()})
        return _back(actor, _("The logo is saved."))

    @post("/logo/remove")
    async def remove_logo(self, actor: NamedDependency[Actor]) -> Redirect:
        await organisations.hide_logo(actor)
        return _back(actor, _("The logo is removed."))

    @post("/networks")
    async def ask_to_join(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        wanted = (await form_of(request)).get("network", "")
        async with reading(actor):
            network = next((each for each in await store.networks() if each.slug == wanted), None)
        if network is None:
            return await _settings(request, actor, {"network": _("Choose a network of the list")})
        await organisations.ask_to_join(actor, network.id, today(actor.person.time_zone))
        return _back(actor, _("The request is recorded. The network verifies it before you take part."))


@get("/o/{org:str}/logo", opt=needs(Permission.READ))
async def logo(actor: NamedDependency[Actor], shelf: NamedDependency[Any]) -> Response[bytes]:
    """The organisation's logo, to whoever may read there."""
    if (found := await organisations.logo(actor, shelf)) is None:
        raise NotFoundException
    return picture(*found)


def picture(media_type: str, data: bytes) -> Response[bytes]:
    """An image somebody uploaded, shown and never run."""
    policy = "default-src 'none'; sandbox"
    return Response(data, media_type=media_type, headers={"content-security-policy": policy})


async def uploaded(request: Request, name: str) -> bytes:
    """The bytes of an uploaded file, no more than one over what a logo may weigh; none without a file."""
    file = (await request.form()).get(name)
    return await file.read(HEAVIEST + 1) if isinstance(file, UploadFile) else b""


def colour_error(accent: str) -> str:
    """Why a colour is refused; empty when it is taken. No colour at all is fine."""
    if accent and not is_colour(accent):
        return _("Write a colour as # and six digits or letters from a to f, such as #1e4d92")
    try:
        organisations.check_readable(accent)
    except Unreadable as error:
        values = {
            "ratio": number(error.ratio, 1),
            "least": number(READABLE, 1),
            "nearest": nearest_readable(accent),
        }
        return (
            _(
                "Too pale to be read on white: its contrast is %(ratio)s to 1, at least %(least)s is needed. "
                "The nearest that can be read is %(nearest)s."
            )
            % values
        )
    return ""


def logo_sentence() -> str:
    """Which logos are taken."""
    return _("Choose a PNG or JPEG picture of at most 300 kB")


async def _settings(
    request: Request, actor: Actor, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(actor):
        row = await store.organisation_of(actor)
        joined = await store.networks_of(actor)
        every = await store.networks()
    mine = {each.network.slug for each in joined}
    wanted = (raw or {}).get("accent", "").lower()
    saved = identity_of(row) | {
        "sector": row.sector, "size": row.size, "people_word": row.people_word, "accent": row.accent,
    }  # fmt: skip
    return page(
        request, "network/settings.html", status_code=422 if errors else 200, values=saved | (raw or {}),
        errors=errors or {}, proposal=nearest_readable(wanted), has_logo=row.logo_file_id is not None, joined=joined,
        others=[(each.slug, each.name) for each in every if each.slug not in mine],
        countries=wording.country_choices(), legal_kinds=wording.legal_kind_choices(), words=wording.people_word_choices(),
        sectors=wording.sector_choices(), sizes=wording.size_choices(),
    )  # fmt: skip


def _back(actor: Actor, notice: str) -> Redirect:
    return see_other(f"/o/{actor.organisation.slug}/settings", notice)


PAGES = [OrganisationSettings, logo]
