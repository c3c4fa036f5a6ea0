"""The network's own levers: written by the staff in French, in English or in both."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.practices import store, wording
from palier.practices.flows import levers
from palier.practices.flows.writing import ChangedMeanwhile, Unacceptable
from palier.practices.pages.forms import (
    Errors,
    Raw,
    errors_of,
    lines,
    one_line,
    op_of,
    read_serves,
    serves_typed,
    whole,
)
from palier.practices.rules.lever_sheets import MOST_SERVED, LeverSheet, Words, from_plain
from palier.practices.store import LeverState, NetworkLever
from palier.questionnaires.flows.offering import offered
from palier.questionnaires.rules import Questionnaire


class Levers(Controller):
    """`/n/{net}/levers`"""

    path = "/n/{net:str}/levers"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def every(self, network_actor: NamedDependency[NetworkActor]) -> Redirect:
        """They stand on the page of practices."""
        return see_other(f"/n/{network_actor.network_slug}/practices#levers")

    @get("/new")
    async def blank(
        self,
        request: Request,
        network_actor: NamedDependency[NetworkActor],
        questionnaire: FromQuery[str] = "",
    ) -> Template:
        """First the questionnaire, then the lever."""
        known = await _known(network_actor)
        chosen = known.get(questionnaire)
        if chosen is None:
            choices = [(one.id, one.title.in_(current())) for one in known.values()]
            return page(
                request,
                "association/lever_questionnaire.html",
                nav="network",
                tab="practices",
                choices=choices,
            )
        return _form(request, chosen, _typed(LeverSheet()), None)

    @post("/new")
    async def write(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        raw, known = await form_of(request), await _known(network_actor)
        chosen = known.get(raw.get("questionnaire", ""))
        if chosen is None:
            raise NotFoundException
        sheet, errors = _read(raw, chosen)
        try:
            if not errors:
                await levers.write(network_actor, chosen, sheet, op_of(raw))
                return see_other(
                    f"/n/{network_actor.network_slug}/practices#levers",
                    notice=_("The lever is kept as a draft. Members’ plans propose it once you publish it."),
                )
        except Unacceptable as refused:
            errors |= errors_of(refused)
        return _form(request, chosen, raw, None, errors)

    @get("/{lever:uuid}/edit")
    async def edit(
        self, request: Request, network_actor: NamedDependency[NetworkActor], lever: FromPath[UUID]
    ) -> Template:
        row, chosen = await _lever(network_actor, lever)
        return _form(request, chosen, _typed(from_plain(row.content, row.questionnaire)), row)

    @post("/{lever:uuid}/edit")
    async def rewrite(
        self, request: Request, network_actor: NamedDependency[NetworkActor], lever: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        row, chosen = await _lever(network_actor, lever)
        sheet, errors = _read(raw, chosen)
        try:
            if not errors:
                await levers.rewrite(network_actor, lever, chosen, sheet, whole(raw, "rev", 0))
                return see_other(
                    f"/n/{network_actor.network_slug}/practices#levers", notice=_("The lever is changed.")
                )
        except Unacceptable as refused:
            errors |= errors_of(refused)
        except ChangedMeanwhile:
            errors["title-fr"] = _(
                "A colleague changed this lever meanwhile. Compare, then save again to keep your words."
            )
        return _form(request, chosen, raw, row, errors)

    @post("/{lever:uuid}/publish")
    async def publish(self, network_actor: NamedDependency[NetworkActor], lever: FromPath[UUID]) -> Redirect:
        await levers.set_state(network_actor, lever, LeverState.PUBLISHED)
        return see_other(
            f"/n/{network_actor.network_slug}/practices#levers",
            notice=_("Members’ plans propose the lever now."),
        )

    @post("/{lever:uuid}/withdraw")
    async def withdraw(self, network_actor: NamedDependency[NetworkActor], lever: FromPath[UUID]) -> Redirect:
        await levers.set_state(network_actor, lever, LeverState.WITHDRAWN)
        return see_other(
            f"/n/{network_actor.network_slug}/practices#levers",
            notice=_("Plans no longer propose the lever. Actions born from it stay."),
        )


async def _known(actor: NetworkActor) -> dict[str, Questionnaire]:
    async with reading(actor):
        return {one.id: one for one in await offered(actor)}


async def _lever(actor: NetworkActor, lever: UUID) -> tuple[NetworkLever, Questionnaire]:
    """A lever and its questionnaire. Raises DoesNotExist; NotFoundException when that is no longer offered."""
    async with reading(actor):
        row = await store.lever_by_id(actor, lever)
    known = await _known(actor)
    if row.questionnaire not in known:
        raise NotFoundException
    return row, known[row.questionnaire]


def _read(raw: Raw, questionnaire: Questionnaire) -> tuple[LeverSheet, Errors]:
    errors: Errors = {}
    words = {
        locale: Words(
            one_line(raw.get(f"title-{locale}", "")), lines(raw, f"steps-{locale}"),
            one_line(raw.get(f"kpi_name-{locale}", "")), one_line(raw.get(f"kpi_unit-{locale}", "")),
        )
        for locale in LOCALES
    }  # fmt: skip
    serves = read_serves(raw, {questionnaire.id: questionnaire}, errors)
    requires = tuple(name for name in (raw.get("requires", ""),) if name)
    direction = "down" if raw.get("direction") == "down" else "up"
    return LeverSheet(
        words, serves, whole(raw, "effort", 2), whole(raw, "months", 3), direction, requires
    ), errors


def _typed(sheet: LeverSheet) -> dict[str, Any]:
    """The lever as the form's fields hold it."""
    values: dict[str, Any] = {"effort": sheet.effort, "months": sheet.months, "direction": sheet.direction}
    values["requires"] = sheet.requires[0] if sheet.requires else ""
    for locale, words in sheet.words.items():
        values |= {
            f"title-{locale}": words.title, f"steps-{locale}": "\n".join(words.steps),
            f"kpi_name-{locale}": words.kpi_name, f"kpi_unit-{locale}": words.kpi_unit,
        }  # fmt: skip
    return values | serves_typed(sheet.serves)


def _form(
    request: Request, questionnaire: Questionnaire, values: Mapping[str, Any], row: NetworkLever | None,
    errors: Errors | None = None,
) -> Template:  # fmt: skip
    one = {questionnaire.id: questionnaire}
    return page(
        request, "association/lever.html", status_code=422 if errors else 200, nav="network", tab="practices",
        questionnaire=questionnaire, values=values, errors=errors or {}, lever=row, most_served=MOST_SERVED,
        criteria=wording.criterion_choices(one)[0][1], levels=[(str(n), _("Level %(n)s") % {"n": n}) for n in range(1, 6)],
        efforts=wording.effort_choices(), others=[(lever.id, lever.title.in_(current())) for lever in questionnaire.levers],
        languages=wording.language_choices(), new_op=new_id(),
    )  # fmt: skip


PAGES = [Levers]
