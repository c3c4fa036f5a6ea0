"""A member's benchmark: its position in a group of peers, and the same figures as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Controller, MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup

from palier.assessments.scope_wording import scope_in_words
from palier.assessments.store import AssessmentState, visible_assessments
from palier.benchmarks import unseen_wording, wording
from palier.benchmarks.benchmark_file import (
    benchmark_csv,
    benchmark_data,
    benchmark_table,
    benchmark_workbook,
)
from palier.benchmarks.flows.comparing import own_cohort
from palier.benchmarks.flows.viewing import Obstacle, UnknownEdition, View, dimensions_of, view_benchmark
from palier.benchmarks.pages.choosing import Asked, Query, asked_of, fields
from palier.benchmarks.rules.cohorts import NEAREST
from palier.benchmarks.rules.lines import Line, index, movers, sort_lines
from palier.foundation.actor import Actor
from palier.foundation.charts.drawing import Box
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.fragments import Fragment
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.spreadsheets import Cell
from palier.foundation.web import is_htmx, page
from palier.network.wording import label
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.result import TOTAL

INDEXED = frozenset({"P6"})
"""Questionnaires whose dimensions are also shown as an index from 0 to 10. Source: docs/method.md#benchmarks."""


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Benchmark(Controller):
    """`/o/{org}/e/{slug}/benchmark`"""

    path = "/o/{org:str}"
    opt = needs(Permission.READ)

    @get("/benchmark")
    async def latest(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        """The benchmark of the round submitted last."""
        async with reading(actor):
            rounds = visible_assessments(actor).filter(state=AssessmentState.SUBMITTED)
            last = await rounds.order_by("-submitted_at").first()
        if last is None:
            return page(
                request, "benchmarks/none.html", nav="benchmark", may_run=actor.may(Permission.RUN_ASSESSMENT)
            )
        return Redirect(f"/o/{actor.organisation.slug}/e/{last.slug}/benchmark", status_code=302)

    @get("/e/{slug:str}/benchmark")
    async def show(self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]) -> Template:
        """The whole page; for htmx everything under the head."""
        asked = asked_of(request)
        async with reading(actor):
            view = await _view(actor, slug, asked)
            own = await own_cohort(actor)
        context = {
            "nav": "benchmark",
            **_shared(view),
            **(_compared(actor, view, asked, own) if view.comparison else {}),
        }
        if view.obstacle or not is_htmx(request):
            return page(request, "benchmarks/benchmark.html", **context)
        return page(request, "benchmarks/swapped.html", **context)

    @get("/e/{slug:str}/benchmark.csv")
    async def file(
        self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]
    ) -> Response[bytes]:
        """The figures of the page, for any spreadsheet."""
        content = benchmark_csv(await _table(request, actor, slug))
        return _attached(content, f"{slug}-benchmark.csv", "text/csv; charset=utf-8")

    @get("/e/{slug:str}/benchmark.xlsx")
    async def workbook(
        self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]
    ) -> Response[bytes]:
        """The same lines as a workbook."""
        content = benchmark_workbook(await _table(request, actor, slug))
        return _attached(content, f"{slug}-benchmark.xlsx", WORKBOOK)

    @get("/e/{slug:str}/benchmark.json")
    async def data(
        self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]
    ) -> Response[bytes]:
        """The figures of the page, for a program."""
        view = await _comparable(request, actor, slug)
        names, edition, standing = names_of(view), view.shown.edition, view.shown.standing
        content = benchmark_data(
            view.lines(list(names)),
            names.__getitem__,
            standing,
            edition.name,
            edition.published_on,
            _indexed(view),
        )
        return _attached(content, f"{slug}-benchmark.json", MediaType.JSON)


def _attached(content: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def _table(request: Request, actor: Actor, slug: str) -> list[Sequence[Cell]]:
    view = await _comparable(request, actor, slug)
    names = names_of(view)
    return benchmark_table(
        view.lines(list(names)), names.__getitem__, _group(view), view.shown.edition.name, _indexed(view)
    )


async def _comparable(request: Request, actor: Actor, slug: str) -> View:
    """What the page of the same address compares; NotFoundException where nothing is."""
    async with reading(actor):
        view = await _view(actor, slug, asked_of(request))
    if view.obstacle:
        raise NotFoundException
    return view


async def _view(actor: Actor, slug: str, asked: Asked) -> View:
    try:
        return await view_benchmark(actor, slug, asked.edition, asked.cohort)
    except UnknownEdition:
        raise NotFoundException from None


def names_of(view: View) -> dict[str, str]:
    """Every variable of the round with its name, the whole first, in order. Part of a questionnaire has no whole."""
    questionnaire, locale = view.round.questionnaire, current()
    names = {} if questionnaire.scope else {TOTAL: wording.overall()}
    for dimension in questionnaire.dimensions:
        names[dimension.code] = dimension.label.in_(locale)
        for element in dimension.elements:
            names[element.code] = element.label.in_(locale)
            names |= {criterion.code: criterion.label.in_(locale) for criterion in element.criteria}
    return names


def _indexed(view: View) -> frozenset[str]:
    """The dimensions also told as an index; none for most questionnaires."""
    questionnaire = view.round.questionnaire
    return frozenset(dimension.code for dimension in questionnaire.dimensions if questionnaire.id in INDEXED)


def box_of(line: Line) -> Box | None:
    """What is published of a line, as the charts take it: whole points."""
    figure = line.figure
    if figure.q1 is None or figure.median is None or figure.q3 is None:
        return None
    return Box(figure.q1, figure.median, figure.q3, figure.p10, figure.p90)


def _group(view: View) -> str:
    return wording.cohort_in_words(view.shown.standing.cohort or {})


def _shared(view: View) -> dict[str, Any]:
    networks = [edition.network for edition in view.editions] or [
        member.network for member in view.memberships
    ]
    return {
        "view": view, "round": view.round, "assessment": view.round.assessment, "Obstacle": Obstacle,
        "questionnaire": view.round.questionnaire, "today": today(), "fictive": any(n.fictive for n in networks),
    }  # fmt: skip


def _compared(actor: Actor, view: View, asked: Asked, own: Mapping[str, str]) -> dict[str, Any]:
    """Everything around the figures of one group, and the figures."""
    standing, edition = view.shown.standing, view.shown.edition
    chosen = asked.cohort if asked.cohort is not None else standing.cohort or {}
    around = {
        "edition": edition, "total": view.total, "words": wording, "group": _group(view), "sort": asked.sort,
        "query": Query(chosen, edition.id, asked.sort), "here": f"{_round_at(actor, view)}/benchmark",
    }  # fmt: skip
    return {
        **around, "nearest": NEAREST in chosen, "own": own,
        "fallback": wording.fallback_in_words(standing) if asked.cohort is not None else "",
        "fields": fields(own if NEAREST in chosen else chosen, own, view.shown.families),
        **({} if view.obstacle else {"figures": _figures_of(actor, view, around)}),
    }  # fmt: skip


def _round_at(actor: Actor, view: View) -> str:
    return f"/o/{actor.organisation.slug}/e/{view.round.assessment.slug}"


_figures = Fragment("benchmarks/figures.html", most=96)


def _figures_of(actor: Actor, view: View, around: Mapping[str, Any]) -> Markup:
    """The figures of one group: of a frozen round in a frozen edition, drawn once for all who read them in one language."""
    shown, query, at = view.shown, around["query"], _round_at(actor, view)
    facts = (
        at, query, view.round.result, view.round.questionnaire, shown.standing, shown.own, shown.wider, shown.composition,
        view.before, view.last and view.last.name, view.rungs, view.across, view.changed, view.asked,
    )  # fmt: skip

    def context() -> dict[str, Any]:
        names = names_of(view)
        return {
            **_shared(view), **around, "round_at": at, "locale": current(), "comparison": shown, "standing": shown.standing,
            "names": names, "unseen": unseen_wording, "box_of": box_of, "index": index, "network_label": label,
            "position_title": wording.position_title(view.total), "scope_words": scope_in_words(view.round.questionnaire),
            **_tables(view, around["sort"], names), **_beside(view, names),
        }  # fmt: skip

    return _figures.show((view.round.assessment.id, shown.edition.id, repr(query)), facts, context)


def _tables(view: View, sort: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The lines of dimensions, elements and criteria. Where a dimension is one element, it is not shown twice."""
    questionnaire = view.round.questionnaire
    indexed = bool(_indexed(view))
    single = len(questionnaire.dimensions) == len(questionnaire.elements)
    dimensions = view.lines([dimension.code for dimension in questionnaire.dimensions])
    elements = view.lines([element.code for element in questionnaire.elements])
    rows = dimensions if indexed else elements
    criteria = view.lines([criterion.code for criterion in questionnaire.criteria])
    moved = movers(rows)
    return {
        "indexed": indexed, "dimensions": [] if single else dimensions, "elements": sort_lines(rows, sort),
        "criteria": criteria, "movers": moved, "movers_title": wording.movers_title(moved, pillars=indexed),
        "elements_title": wording.elements_title(rows, names.__getitem__, pillars=indexed), "address_of": _addresses(questionnaire),
        "hidden": [line for line in (*(() if single else dimensions), *rows, *criteria) if line.hidden],
    }  # fmt: skip


def _addresses(questionnaire: Questionnaire) -> dict[str, str]:
    """The results page of each element, and of each dimension that is one element."""
    found = {element.code: element.code for element in questionnaire.elements}
    singles = (one for one in questionnaire.dimensions if len(one.elements) == 1)
    return found | {dimension.code: dimension.elements[0].code for dimension in singles}


def _beside(view: View, names: Mapping[str, str]) -> dict[str, Any]:
    """The families of sectors side by side, the whole first, then dimension by dimension."""
    if view.across is None:
        return {}
    codes = dimensions_of(view.round.questionnaire)
    here = {code: figure.median for code, figure in view.shown.standing.figures.items()}
    summit = view.across.farthest(codes, here)
    return {
        "across": view.across, "across_lines": view.lines(codes),
        "across_title": wording.across_title(summit, view.across, names.__getitem__),
    }  # fmt: skip


PAGES = [Benchmark]
