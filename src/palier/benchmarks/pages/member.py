"""A member's benchmark: its position in a group of peers, and the same figures as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.assessments.store import AssessmentState, visible_assessments
from palier.benchmarks import wording
from palier.benchmarks.benchmark_file import benchmark_data, benchmark_file
from palier.benchmarks.flows.comparing import own_cohort
from palier.benchmarks.flows.viewing import Obstacle, UnknownEdition, View, view_benchmark
from palier.benchmarks.rules.cohorts import Cohort
from palier.benchmarks.rules.lines import movers, sort_lines
from palier.foundation.actor import Actor
from palier.foundation.charts.drawing import Box
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import is_htmx, page
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, FAMILY_OF, LEGAL_KINDS, SIZES
from palier.network.wording import families, label, sectors
from palier.scoring.rules.result import TOTAL

ASKED = ("sector", "size", "country", "legal_kind")
"""The fields of the cohort chooser; "sector" takes a sector or a family."""

_VALUES = {"size": SIZES, "country": COUNTRIES, "legal_kind": LEGAL_KINDS}
SORTS = ("gap", "-gap", "score", "-score", "order")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `cohort` None: nothing was chosen yet."""

    cohort: Mapping[str, str] | None
    edition: UUID | None
    sort: str


def asked_of(request: Request) -> Asked:
    """The cohort, edition and order of the address. Unknown values of a closed list count as not given."""
    query = request.query_params
    cohort: dict[str, str] = {}
    kind = query.get("sector", "")
    if kind in FAMILY_OF:
        cohort["sector"] = kind
    elif kind in FAMILIES:
        cohort["family"] = kind
    cohort |= {name: value for name, known in _VALUES.items() if (value := query.get(name)) in known}
    sort = query.get("sort", "gap")
    return Asked(
        cohort if any(name in query for name in ASKED) else None, _edition(query.get("edition")),
        sort if sort in SORTS else "gap",
    )  # fmt: skip


def _edition(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFoundException from None


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
            **(_compared(view, asked, own) if view.comparison else {}),
        }
        if view.obstacle or not is_htmx(request):
            return page(request, "benchmarks/benchmark.html", **context)
        return page(request, "benchmarks/swapped.html", **context)

    @get("/e/{slug:str}/benchmark.csv")
    async def file(
        self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]
    ) -> Response[bytes]:
        """The figures of the page, for a spreadsheet."""
        asked = asked_of(request)
        async with reading(actor):
            view = await _view(actor, slug, asked)
        if view.obstacle:
            raise NotFoundException
        names = names_of(view)
        content = benchmark_file(
            view.lines(list(names)), names.__getitem__, _group(view), view.shown.edition.name
        )
        headers = {
            "content-disposition": f'attachment; filename="{view.round.assessment.slug}-benchmark.csv"'
        }
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    @get("/e/{slug:str}/benchmark.json")
    async def data(
        self, request: Request, actor: NamedDependency[Actor], slug: FromPath[str]
    ) -> Response[bytes]:
        """The figures of the page, for a program."""
        asked = asked_of(request)
        async with reading(actor):
            view = await _view(actor, slug, asked)
        if view.obstacle:
            raise NotFoundException
        names, edition, standing = names_of(view), view.shown.edition, view.shown.standing
        content = benchmark_data(
            view.lines(list(names)), names.__getitem__, standing, edition.name, edition.published_on
        )
        headers = {
            "content-disposition": f'attachment; filename="{view.round.assessment.slug}-benchmark.json"'
        }
        return Response(content, media_type=MediaType.JSON, headers=headers)


async def _view(actor: Actor, slug: str, asked: Asked) -> View:
    try:
        return await view_benchmark(actor, slug, asked.edition, asked.cohort)
    except UnknownEdition:
        raise NotFoundException from None


def names_of(view: View) -> dict[str, str]:
    """Every variable of the questionnaire with its name, the whole first, in order."""
    names = {TOTAL: wording.overall()}
    for dimension in view.round.questionnaire.dimensions:
        names[dimension.code] = dimension.label.in_(current())
        for element in dimension.elements:
            names[element.code] = element.label.in_(current())
            names |= {criterion.code: criterion.label.in_(current()) for criterion in element.criteria}
    return names


def box_of(line: Any) -> Box | None:
    """What is published of a line, as the charts take it: whole points."""
    figure = line.figure
    return None if line.hidden else Box(figure.q1, figure.median, figure.q3, figure.p10, figure.p90)


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


def _compared(view: View, asked: Asked, own: Mapping[str, str]) -> dict[str, Any]:
    """Everything around the figures of one group."""
    standing, names = view.shown.standing, names_of(view)
    questionnaire = view.round.questionnaire
    elements = view.lines([element.code for element in questionnaire.elements])
    shown = asked.cohort if asked.cohort is not None else standing.cohort or {}
    moved = movers(elements)
    return {
        "comparison": view.shown, "edition": view.shown.edition, "standing": standing, "total": view.total,
        "names": names, "elements": sort_lines(elements, asked.sort), "sort": asked.sort, "words": wording,
        "criteria": view.lines([criterion.code for criterion in questionnaire.criteria]), "movers": moved,
        "fallback": wording.fallback_in_words(standing) if asked.cohort is not None else "", "group": _group(view),
        "position_title": wording.position_title(view.total), "box_of": box_of, "network_label": label,
        "elements_title": wording.elements_title(elements, names.__getitem__),
        "movers_title": wording.movers_title(moved), "fields": _fields(shown, own, view.shown.families),
        "query": _Query(shown, view.shown.edition.id, asked.sort),
    }  # fmt: skip


def _fields(shown: Cohort, own: Mapping[str, str], present: tuple[str, ...]) -> dict[str, Any]:
    """The chooser: the families of the edition and the own one with all their sectors, and what is chosen."""
    inside = {
        family: FAMILIES[family]
        for family in FAMILIES
        if family in present or family == FAMILY_OF.get(own.get("sector", ""))
    }
    kinds = [
        (
            families()[family],
            [(family, wording.whole_family(family)), *((one, sectors()[one]) for one in every)],
        )
        for family, every in inside.items()
    ]
    return {
        "kinds": kinds, "sector": shown.get("sector") or shown.get("family", ""), "size": shown.get("size", ""),
        "country": shown.get("country", ""), "legal_kind": shown.get("legal_kind", ""),
        "sizes": [(one, label("size", one)) for one in SIZES],
        "countries": [(one, label("country", one)) for one in COUNTRIES],
        "legal_kinds": [(one, label("legal_kind", one)) for one in LEGAL_KINDS],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Query:
    """The query of this page, with something changed."""

    cohort: Cohort
    edition: UUID
    order: str

    def with_(self, cohort: Cohort | None = None, sort: str = "", file: bool = False) -> str:
        """The query with another cohort or another order; everything else stays."""
        chosen = self.cohort if cohort is None else cohort
        asked = {name: chosen.get(name, "") for name in ASKED}
        asked["sector"] = chosen.get("sector") or chosen.get("family", "")
        rest = {"edition": str(self.edition)} | ({} if file else {"sort": sort or self.order})
        return urlencode(asked | rest)


PAGES = [Benchmark]
