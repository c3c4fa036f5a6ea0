"""Presets: keeping the order's form under a name, changing it, taking it away."""

from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.action_plans.pages.forms import op_of
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.reports.flows import presets
from palier.reports.pages import keeping
from palier.reports.pages.ordering import show_form
from palier.reports.rules.presets import LONGEST_NAME
from palier.reports.store import NameTaken

KEEP = needs(Permission.RUN_ASSESSMENT)


class Presets(Controller):
    """`/o/{org}/reports/presets`"""

    path = "/o/{org:str}/reports/presets"

    @get("/", opt=needs(Permission.EXPORT))
    async def every_preset(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        choices = await keeping.choices(actor)
        return page(request, "reports/presets.html", nav="reports", presets=choices)

    @post("/", opt=KEEP)
    async def keep(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        """A new preset of what the form holds; the form comes back filled from it."""
        raw = await form_of(request)
        if errors := _errors(raw):
            return await show_form(request, actor, raw, errors)
        try:
            preset = await presets.keep(actor, _name(raw), raw, op_of(raw))
        except NameTaken:
            return await show_form(request, actor, raw, {"preset-name": _taken()})
        except presets.TooMany:
            return await show_form(
                request, actor, raw, {"preset-name": _("Delete a preset first: no more can be kept")}
            )
        return _back(actor, preset, raw)

    @post("/{preset:uuid}", opt=KEEP)
    async def change(
        self, request: Request, actor: NamedDependency[Actor], preset: FromPath[UUID]
    ) -> Response:
        """The preset as the form is now, under the name it gives."""
        raw = await form_of(request)
        if errors := _errors(raw):
            return await show_form(request, actor, raw, errors)
        try:
            await presets.change(actor, preset, _name(raw), raw)
        except NameTaken:
            return await show_form(request, actor, raw, {"preset-name": _taken()})
        return _back(actor, preset, raw)

    @post("/{preset:uuid}/delete", opt=KEEP)
    async def delete(self, actor: NamedDependency[Actor], preset: FromPath[UUID]) -> Redirect:
        await presets.delete(actor, preset)
        return see_other(f"/o/{actor.organisation.slug}/reports/presets", _("The preset is deleted."))


def _name(raw: dict[str, str]) -> str:
    return " ".join(raw.get("preset-name", "").split())


def _errors(raw: dict[str, str]) -> dict[str, str]:
    name = _name(raw)
    if not name:
        return {"preset-name": _("Give the preset a name")}
    if len(name) > LONGEST_NAME:
        return {"preset-name": _("Use at most %(n)s characters") % {"n": LONGEST_NAME}}
    return {}


def _taken() -> str:
    return _("Another preset has this name. Choose another, or use that one and change it")


def _back(actor: Actor, preset: UUID, raw: dict[str, str]) -> Redirect:
    about = urlencode({name: raw.get(name, "") for name in ("assessment", "plan")})
    return see_other(
        f"/o/{actor.organisation.slug}/reports/new?preset={preset}&{about}", _("The preset is saved.")
    )


PAGES: list[ControllerRouterHandler] = [Presets]
