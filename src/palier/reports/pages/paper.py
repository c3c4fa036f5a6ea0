"""Asking for what goes on paper alone: the certificate of a submitted round, a questionnaire to be filled by hand."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, current, day, language_name, number
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, is_htmx, page, parse, see_other
from palier.reports.flows import asking
from palier.reports.flows.building import NotSubmitted
from palier.reports.flows.previewing import Previewer
from palier.reports.flows.printable import Printable, Shelves, find_printable, printables, submitted_names
from palier.reports.pages import letterhead, looking, options
from palier.reports.rules.wishes import Fill, Kind, Print, Wish

CHOSEN = "yes"
ROUND, OFFERED, OWN = "round", "offered", "own"

MOST_AT_ONCE = 120
"""Criteria of one file: what the press sets within its time, whatever else it does."""

MOST_IN_A_FORM = 80
"""The same with fields, each of which costs its place."""


class CertificateOrder(msgspec.Struct, frozen=True):
    """The form of a certificate, as a browser sends it."""

    op: UUID
    assessment: str
    locale: str
    score: str = ""


class PaperOrder(msgspec.Struct, frozen=True):
    """The form of a questionnaire on paper; a ticked dimension is a field `dimension-<code>`."""

    op: UUID
    what: str
    locale: str
    last: str = ""
    fill: str = Fill.HAND


class Certificates(Controller):
    """`/o/{org}/reports/certificate`"""

    path = "/o/{org:str}/reports/certificate"
    opt = needs(Permission.EXPORT)

    @get("/")
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromQuery[str] = ""
    ) -> Template:
        return await _certificate_form(request, actor, {"assessment": assessment})

    @post("/")
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Have the certificate made; the same again leads to the one that is there."""
        raw = await form_of(request)
        order, wish, errors = await _certificate_read(actor, raw)
        if order is None or wish is None:
            return await _certificate_form(request, actor, raw, errors)
        try:
            asked = await asking.ask_report(actor, wish, order.op, peers, shelf, settings.public_url)
        except NotSubmitted:
            raise NotFoundException from None
        return _found(actor, asked)

    @post("/preview", status_code=200)
    async def look(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        previewer: NamedDependency[Previewer],
    ) -> Response:  # fmt: skip
        """The page as it will be printed; it writes nothing."""
        raw = await form_of(request)
        _order, wish, errors = await _certificate_read(actor, raw)
        preview = await looking.drawn(request, previewer, actor, wish, errors, peers, shelf)
        if is_htmx(request):
            return looking.part(request, preview)
        return await _certificate_form(request, actor, raw, errors, preview)


class Papers(Controller):
    """`/o/{org}/reports/paper`"""

    path = "/o/{org:str}/reports/paper"
    opt = needs(Permission.EXPORT)

    @get("/")
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], what: FromQuery[str] = "", fill: FromQuery[str] = Fill.HAND
    ) -> Template:  # fmt: skip
        """What can be printed; once that is chosen, the form for it."""
        if what:
            return await _paper_form(request, actor, {"what": what, "fill": fill})
        async with reading(actor):
            shelves = await printables(actor)
        return page(request, "reports/paper.html", nav="reports", shelves=_addressed(shelves))

    @post("/")
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Have the questionnaire set in type as it stands; the same again leads to the one that is there."""
        raw = await form_of(request)
        order, wish, errors = await _paper_read(actor, raw)
        if order is None or wish is None:
            return await _paper_form(request, actor, raw, errors)
        asked = await asking.ask_report(actor, wish, order.op, peers, shelf, settings.public_url)
        return _found(actor, asked)

    @post("/preview", status_code=200)
    async def look(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        previewer: NamedDependency[Previewer],
    ) -> Response:  # fmt: skip
        """The pages as they will be printed; it writes nothing."""
        raw = await form_of(request)
        _order, wish, errors = await _paper_read(actor, raw)
        preview = await looking.drawn(request, previewer, actor, wish, errors, peers, shelf)
        if is_htmx(request):
            return looking.part(request, preview)
        return await _paper_form(request, actor, raw, errors, preview)


async def _certificate_read(
    actor: Actor, raw: dict[str, str]
) -> tuple[CertificateOrder | None, Wish | None, dict[str, str]]:
    """What the form asks for, or what is wrong with it by field."""
    order, errors = parse(CertificateOrder, raw)
    wish, wrong = _dressed(Wish(Kind.CERTIFICATE, raw.get("locale", "")), raw)
    async with reading(actor):
        known = dict(await submitted_names(actor))
    if raw.get("assessment", "") not in known:
        wrong["assessment"] = looking.no_such_round()
    if order is None or errors | wrong:
        return order, None, errors | wrong
    return order, replace(wish, assessment=order.assessment, score=order.score == CHOSEN), {}


async def _paper_read(
    actor: Actor, raw: dict[str, str]
) -> tuple[PaperOrder | None, Wish | None, dict[str, str]]:
    """What the form asks for, or what is wrong with it by field. Raises DoesNotExist."""
    order, errors = parse(PaperOrder, raw)
    wish, wrong = _dressed(_paper_wish(raw.get("what", ""), raw.get("locale", "")), raw)
    async with reading(actor):
        found = await find_printable(actor, wish)
    ticked = _ticked(raw, found)
    fill = raw.get("fill", Fill.HAND)
    if said := _too_little_or_much(ticked, found, MOST_AT_ONCE if fill == Fill.HAND else MOST_IN_A_FORM):
        wrong["dimensions"] = said
    if fill not in found.fills:
        wrong["fill"] = _("Choose how it is filled in")
    if order is None or errors | wrong:
        return order, None, errors | wrong
    chosen = replace(wish.paper, dimensions=ticked, last_answers=order.last == CHOSEN, fill=Fill(order.fill))
    return order, replace(wish, paper=chosen), {}


def _dressed(wish: Wish, raw: dict[str, str]) -> tuple[Wish, dict[str, str]]:
    """`wish` in the options and the letterhead of the form, and what is wrong with them by field."""
    chosen, wrong = options.from_form(raw)
    look, wrong_look = letterhead.from_form(raw)
    wrong |= wrong_look
    if wish.locale not in LOCALES:
        wrong["locale"] = _("Choose a language of the list")
    return replace(wish, options=replace(chosen, sections=()), look=look), wrong


def _paper_wish(what: str, locale: str) -> Wish:
    """What the address of a printable says. Raises NotFoundException where it says nothing."""
    kind, _colon, name = what.partition(":")
    wish = Wish(Kind.PAPER, locale)
    try:
        match kind:
            case "round" if name:
                return replace(wish, assessment=name)
            case "offered" if name:
                return replace(wish, paper=Print(offered=name))
            case "own":
                return replace(wish, paper=Print(own=UUID(name)))
    except ValueError:
        pass
    raise NotFoundException


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of what can be printed: its address on the form, its name, and what to know before."""

    what: str
    title: str
    said: str = ""


def _fill_words(fill: Fill) -> tuple[str, str]:
    """A way to fill a questionnaire in, and what to know of it."""
    return {
        Fill.HAND: (_("By hand"), _("Boxes to tick and room to write.")),
        Fill.SCREEN: (
            _("On screen, without an access"),
            _("A PDF with fields, empty. Whoever fills it in saves it and sends it back; you bring it in on the page “Data” of the round."),
        ),
        Fill.ANSWERS: (
            _("On screen, from the answers so far"),
            _("The same, with today’s answers in the fields. Whoever has the file can read them."),
        ),
    }[fill]  # fmt: skip


def _addressed(shelves: Shelves) -> list[tuple[str, list[Shown]]]:
    """What can be printed, under headings; those with nothing under them are left out."""
    groups = [
        (_("Your rounds"), [Shown(f"{ROUND}:{slug}", title) for slug, title in shelves.rounds]),
        (_("Questionnaires you may choose"), [Shown(f"{OFFERED}:{code}", title, said) for code, title, said in shelves.offered]),
        (_("Files of your own"), [Shown(f"{OWN}:{row}", title, said) for row, title, said in shelves.own]),
    ]  # fmt: skip
    return [(heading, lines) for heading, lines in groups if lines]


def _ticked(raw: dict[str, str], found: Printable) -> tuple[str, ...]:
    """Codes of the dimensions to print: all of them for a form that does not ask."""
    every = tuple(item.code for item in found.questionnaire.dimensions)
    return tuple(code for code in every if f"dimension-{code}" in raw) if "scoped" in raw else every


def _too_little_or_much(ticked: tuple[str, ...], found: Printable, most: int) -> str:
    """Why these dimensions cannot be printed at once; a single one always can."""
    if not ticked:
        return _("Choose at least one dimension")
    asked = sum(len(found.questionnaire.dimension(code).criteria) for code in ticked)
    if asked > most and len(ticked) > 1:
        told = _("Choose fewer dimensions: at most %(most)s criteria are printed at once")
        return told % {"most": number(most)}
    return ""


async def _certificate_form(
    request: Request, actor: Actor, values: dict[str, str], errors: dict[str, str] | None = None,
    preview: looking.Preview | None = None,
) -> Template:  # fmt: skip
    async with reading(actor):
        rounds = await submitted_names(actor)
    preview = preview or looking.Preview(f"/o/{actor.organisation.slug}/reports/certificate/preview")
    return await _form(
        request, actor, "reports/certificate.html", values, errors, rounds=rounds, preview=preview
    )


async def _paper_form(
    request: Request, actor: Actor, values: dict[str, str], errors: dict[str, str] | None = None,
    preview: looking.Preview | None = None,
) -> Template:  # fmt: skip
    async with reading(actor):
        found = await find_printable(actor, _paper_wish(values.get("what", ""), current()))
    return await _form(
        request, actor, "reports/paper_form.html", {"fill": found.fills[0].value} | values, errors, found=found,
        ticked=_ticked(values, found), fills=[(fill.value, *_fill_words(fill)) for fill in found.fills],
        preview=preview or looking.Preview(f"/o/{actor.organisation.slug}/reports/paper/preview"),
    )  # fmt: skip


async def _form(
    request: Request, actor: Actor, template: str, values: dict[str, str], errors: dict[str, str] | None, **context: Any
) -> Template:  # fmt: skip
    return page(
        request, template, nav="reports", status_code=422 if errors else 200, errors=errors or {}, new_op=new_id(),
        values=defaultdict(str, {"locale": current()} | values), tongues=[(each, language_name(each)) for each in LOCALES],
        options=replace(options.choices(), sections=[]), signs=await letterhead.choices(actor),
        proposal=letterhead.proposal(values), **context,
    )  # fmt: skip


def _found(actor: Actor, asked: asking.Asked) -> Redirect:
    told = _("Nothing has changed since this document was asked for on %(day)s.")
    return see_other(
        f"/o/{actor.organisation.slug}/reports/{asked.report}",
        told % {"day": day(asked.since)} if asked.since else "",
    )


PAGES: list[ControllerRouterHandler] = [Certificates, Papers]
