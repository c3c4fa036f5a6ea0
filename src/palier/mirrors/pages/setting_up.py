"""The mirror of a round, for the organisation that asks: setting it up, its links and posters, its figures."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from palier.assessments import mirrored_wording
from palier.assessments.pages.answering import round_path
from palier.assessments.pages.brought import op_in
from palier.foundation import clock, qr
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.mirrors.flows import asking
from palier.mirrors.flows.asking import Plan
from palier.mirrors.flows.reading import Board, load_board
from palier.network.store import organisation_of
from palier.network.wording import people_in_plural
from palier.scoring.rules.mirror import Audience

READ, RUN = needs(Permission.READ), needs(Permission.RUN_ASSESSMENT)
USUAL, LONGEST = timedelta(days=30), timedelta(days=366)
"""How long a mirror is proposed to be open, and may be."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The link of one audience as it is handed out."""

    audience: Audience
    address: str
    drawing: Markup


class MirrorPages(Controller):
    """`/o/{org}/e/{assessment}/mirror`"""

    path = "/o/{org:str}/e/{assessment:str}/mirror"

    @get("/", opt=READ)
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
    ) -> Template:
        """Before there is a mirror, what may be asked; then its links and its figures."""
        async with reading(actor):
            board = await load_board(actor, assessment)
        return await _shown(request, actor, settings, board)

    @post("/", opt=RUN | sold_with(Feature.MIRRORS))
    async def open_one(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
    ) -> Response | Template:
        form = list((await request.form()).multi_items())
        raw = await form_of(request)
        async with reading(actor):
            board = await load_board(actor, assessment)
        plan, errors = _plan(board, raw, form)
        if plan is None or errors:
            return await _shown(request, actor, settings, board, _typed(raw, form), errors)
        await asking.open_mirror(actor, assessment, plan, op_in(raw))
        return see_other(
            _address(actor, assessment), notice=_("The links are ready. Hand each to its audience.")
        )

    @post("/close", opt=RUN)
    async def close(self, actor: NamedDependency[Actor], assessment: FromPath[str]) -> Response:
        await asking.close_mirror(actor, assessment)
        return see_other(_address(actor, assessment), notice=_("The mirror takes no more answers."))

    @post("/reopen", opt=RUN | sold_with(Feature.MIRRORS))
    async def reopen(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
    ) -> Response | Template:
        """Open again, or open for longer."""
        raw = await form_of(request)
        until, errors = _day(raw, "until")
        today = clock.today(actor.person.time_zone)
        if until and not today <= until <= today + LONGEST:
            errors = {"until": _("Choose a day from today on, within a year")}
        if until is None or errors:
            async with reading(actor):
                board = await load_board(actor, assessment)
            return await _shown(request, actor, settings, board, _typed(raw, []), errors)
        await asking.reopen_mirror(actor, assessment, until)
        return see_other(_address(actor, assessment), notice=_("The mirror takes answers."))

    @post("/delete", opt=RUN)
    async def delete(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
    ) -> Response | Template:
        """Asked to be sure: what is deleted cannot be counted again."""
        raw = await form_of(request)
        if raw.get("sure") != "yes":
            async with reading(actor):
                board = await load_board(actor, assessment)
            errors = {"sure": _("Tick the box to delete the answers for good")}
            return await _shown(request, actor, settings, board, _typed(raw, []), errors)
        await asking.delete_mirror(actor, assessment)
        return see_other(_address(actor, assessment), notice=_("The mirror and all its answers are deleted."))

    @get("/{audience:str}", opt=READ)
    async def poster(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
        audience: FromPath[str],
    ) -> Template:
        """A page to print and hang up."""
        board, printed = await _printed(actor, settings, assessment, audience)
        return page(
            request, "mirrors/poster.html", nav="assessments", **_shared(actor, board), printed=printed
        )

    @get("/{audience:str}/qr.svg", opt=READ)
    async def drawn(
        self,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
        audience: FromPath[str],
    ) -> Response[bytes]:
        _board, printed = await _printed(actor, settings, assessment, audience)
        return _kept("image/svg+xml", f"{assessment}-{audience}.svg", qr.svg_file(printed.address))

    @get("/{audience:str}/qr.png", opt=READ)
    async def painted(
        self,
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
        assessment: FromPath[str],
        audience: FromPath[str],
    ) -> Response[bytes]:
        _board, printed = await _printed(actor, settings, assessment, audience)
        return _kept("image/png", f"{assessment}-{audience}.png", qr.png_file(printed.address))


def _address(actor: Actor, slug: str) -> str:
    return f"{round_path(actor, slug)}/mirror"


def _kept(media_type: str, name: str, content: bytes) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def _printed(actor: Actor, settings: Settings, slug: str, audience: str) -> tuple[Board, Printed]:
    async with reading(actor):
        board = await load_board(actor, slug)
    for one in _links(board, settings):
        if one.audience == audience:
            return board, one
    raise NotFoundException


def _links(board: Board, settings: Settings) -> list[Printed]:
    addresses = {who: f"{settings.public_url}/m/{link.code}" for who, link in board.links.items()}
    return [Printed(who, address, qr.svg(address)) for who, address in addresses.items()]


async def _shown(
    request: Request, actor: Actor, settings: Settings, board: Board, values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> Template:  # fmt: skip
    today = clock.today(actor.person.time_zone)
    if board.mirror is None:
        values = {**_proposed(board, today), **(values or {})}
    async with reading(actor):
        people = people_in_plural((await organisation_of(actor)).people_word)
    return page(
        request, "mirrors/mirror.html", nav="assessments", status_code=422 if errors else 200, **_shared(actor, board),
        printed=_links(board, settings), values=values or {}, errors=errors or {}, op=new_id(), today=today, people=people,
        until=max(today, board.mirror.closes_on) if board.mirror else None, audiences=list(Audience),
    )  # fmt: skip


def _shared(actor: Actor, board: Board) -> dict[str, Any]:
    today = clock.today(actor.person.time_zone)
    return {
        "board": board,
        "assessment": board.assessment,
        "questionnaire": board.questionnaire,
        "mirror_view": board.view,
        "mirror_words": mirrored_wording,
        "taking": board.open_on(today),
        "may_run": actor.may(Permission.RUN_ASSESSMENT),
    }


# --- the form ---------------------------------------------------------------------------------------------------------


def _proposed(board: Board, today: date) -> dict[str, Any]:
    return {
        "audiences": [*Audience], "themes": [theme.id for theme in board.asked.themes], "opens": today, "closes": today + USUAL,
    }  # fmt: skip


def _typed(raw: dict[str, str], form: list[tuple[str, Any]]) -> dict[str, Any]:
    """The form as it was sent, to be shown again."""
    dates = {
        name: tuple(raw.get(f"{name}-{part}", "") for part in ("day", "month", "year"))
        for name in ("opens", "closes", "until")
        if f"{name}-day" in raw
    }
    return {"audiences": _ticked(form, "audiences"), "themes": _ticked(form, "themes")} | dates


def _ticked(form: list[tuple[str, Any]], name: str) -> list[str]:
    return [value for key, value in form if key == name and isinstance(value, str)]


def _plan(
    board: Board, raw: dict[str, str], form: list[tuple[str, Any]]
) -> tuple[Plan | None, dict[str, str]]:
    audiences = [one for one in Audience if one.value in _ticked(form, "audiences")]
    themes = [theme.id for theme in board.asked.themes if theme.id in _ticked(form, "themes")]
    opens, wrong_opening = _day(raw, "opens")
    closes, wrong_closing = _day(raw, "closes")
    errors = {} if audiences else {"audiences": _("Choose at least one audience")}
    errors |= {} if themes else {"themes": _("Choose at least one theme")}
    errors |= wrong_opening | wrong_closing
    if opens and closes and not opens <= closes <= opens + LONGEST:
        errors["closes"] = _("Choose a closing date after the opening date, within a year")
    return (Plan(audiences, themes, opens, closes) if opens and closes else None), errors


def _day(raw: dict[str, str], name: str) -> tuple[date | None, dict[str, str]]:
    typed = [raw.get(f"{name}-{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*map(int, typed)), {}
    except ValueError:
        return None, {name: _("This date does not exist. Write it like 28 11 2026")}


PAGES: list[ControllerRouterHandler] = [MirrorPages]
