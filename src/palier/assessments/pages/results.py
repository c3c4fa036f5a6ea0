"""Results: the overview, one element, why a score is what it is, and the figures as a file."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from palier.assessments import mirrored_wording, store
from palier.assessments import results_wording as wording
from palier.assessments.flows.backing import load_backing
from palier.assessments.flows.ranges import range_of
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.results_file import results_file
from palier.assessments.rules.chain import chain
from palier.assessments.rules.confidence import confidence
from palier.assessments.rules.drafts import draft_from
from palier.assessments.rules.mirrored import Mirrored
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.rules.practised import Practised
from palier.assessments.rules.priorities import priorities, strengths, weights_in_total
from palier.assessments.rules.reading import Order, Row, Table, extremes, profile, sort_elements, tabulate
from palier.assessments.value_wording import value_words
from palier.foundation.actor import Actor
from palier.foundation.charts.drawing import Box
from palier.foundation.charts.shapes import Axis
from palier.foundation.charts.shapes import Round as TrendPoint
from palier.foundation.database import reading
from palier.foundation.fragments import Fragment
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.upload_wording import weight
from palier.foundation.web import is_htmx, page
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.effects import gains_of


def box_of(row: Row) -> Box | None:
    """What is published of peers, as the charts take it."""
    figure = row.peers
    return Box(figure.q1, figure.median, figure.q3, figure.p10, figure.p90) if figure else None


WORDS: dict[str, Any] = {
    "grade_words": wording.grade_words,
    "state_words": wording.state_words,
    "share_words": wording.share_words,
    "band_words": wording.band_words,
    "named": wording.named,
    "box_of": box_of,
    "value_words": value_words,
}
"""What templates ask for, row by row."""

LATEST_IN_TREND = 4


@dataclass(frozen=True)
class Opened:
    """A round beside last round and peers, ready to be read."""

    round: Round
    peers: PeerView | None

    @cached_property
    def table(self) -> Table:
        """Every part of the questionnaire with its figures."""
        last = self.round.previous
        before = (last.questionnaire, last.result) if last else None
        return tabulate(self.round.questionnaire, self.round.result, self.peers, before)

    @property
    def head(self) -> dict[str, Any]:
        """What stands above the figures."""
        return {
            "nav": "assessments",
            "assessment": self.round.assessment,
            "questionnaire": self.round.questionnaire,
            "round": self.round,
        }

    @property
    def shared(self) -> dict[str, Any]:
        """What every page of the results shows."""
        return {
            **self.head,
            "result": self.round.result,
            "table": self.table,
            "peers": self.peers,
            "withheld": wording.withheld_reason(self.round.result.total, self.round.questionnaire),
            **WORDS,
        }


async def opened(actor: Actor, slug: str, peers: Peers, *, with_answers: bool = True) -> Opened:
    """The round `slug`. An open one has no peers: a benchmark never judges answers that may still change."""
    one = await load_round(actor, slug, with_answers=with_answers)
    view = None if one.provisional else await peers(actor, one.assessment)
    return Opened(one, view)


class Results(Controller):
    """What a round is worth."""

    path = "/o/{org:str}/e/{slug:str}"
    opt = needs(Permission.READ)

    @get("/results")
    async def overview(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        mirrored: NamedDependency[Mirrored], slug: FromPath[str], sort: FromQuery[str] = "order",
    ) -> Template:  # fmt: skip
        """The whole result; for htmx the element table alone, sorted anew."""
        async with reading(actor):
            shown = await opened(actor, slug, peers, with_answers=False)
            trend = [] if is_htmx(request) else await trend_of(actor, shown, peers)
            beside = None if is_htmx(request) else await mirrored(actor, shown.round.assessment)
        if is_htmx(request):
            table = element_table(shown.table, sort)
            return page(request, "assessments/results_sorted.html", **shown.shared, **table)
        return page(
            request,
            "assessments/results.html",
            **shown.head,
            **figures_of(actor, shown, trend, sort),
            mirror_view=beside,
            mirror_words=mirrored_wording,
        )

    @get("/results.csv")
    async def file(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], slug: FromPath[str]
    ) -> Response[bytes]:
        """Every figure of the result, for a spreadsheet."""
        async with reading(actor):
            shown = await opened(actor, slug, peers)
        content = results_file(shown.round.questionnaire, shown.round.result, shown.table)
        headers = {"content-disposition": f'attachment; filename="{shown.round.assessment.slug}.csv"'}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    @get("/results/{element:str}")
    async def element(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        slug: FromPath[str], element: FromPath[str],
    ) -> Template:  # fmt: skip
        """One element and its criteria."""
        async with reading(actor):
            shown = await opened(actor, slug, peers)
        return page(request, "assessments/results_element.html", **shown.shared, **element_of(shown, element))

    @get("/why/{code:str}")
    async def why(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        practised: NamedDependency[Practised], slug: FromPath[str], code: FromPath[str],
    ) -> Template:  # fmt: skip
        """How one criterion counts; "total" shows the whole sum, criterion by criterion."""
        async with reading(actor):
            shown = await opened(actor, slug, peers)
            practices = (await practised(actor)).get(f"{shown.round.questionnaire.id}/{code}", 0)
            events = await store.history_of(shown.round.assessment.id, code)
            backing = await load_backing(actor, shown.round.assessment, code)
        if code == "total":
            return page(request, "assessments/results_sum.html", **shown.shared, **sum_of(shown))
        return page(
            request,
            "assessments/results_why.html",
            **shown.shared,
            **why_of(shown, code),
            events=moves(events),
            practices=practices,
            backing=backing,
            weight=weight,
        )


_hero = Fragment("assessments/results_hero.html", most=96)
_figures = Fragment("assessments/results_figures.html", most=96)


def figures_of(actor: Actor, shown: Opened, trend: list[TrendPoint], sort: str) -> dict[str, Any]:
    """The sections of figures. While a round stays as it is they are drawn once for all who read it in one language."""
    assessment, asked = shown.round.assessment, _order(sort)
    here = f"/o/{actor.organisation.slug}/e/{assessment.slug}"
    rounds = [(one.provisional, one.name, one.questionnaire, one.result) for one in shown.round.history]
    facts = (here, rounds, shown.peers, trend)

    @cache
    def context() -> dict[str, Any]:
        table = element_table(shown.table, sort)
        said = {**shown.shared, **table, **overview_of(shown), **line_of(trend)}
        return said | {"here": here, "locale": current()}

    return {
        "hero": _hero.show(assessment.id, facts, context),
        "figures": _figures.show((assessment.id, *asked), facts, context),
    }


async def trend_of(actor: Actor, shown: Opened, peers: Peers) -> list[TrendPoint]:
    """The last scored rounds with the peers' median of each, oldest first."""
    scored = [one for one in shown.round.history if one.result.score is not None][-LATEST_IN_TREND:]
    points = []
    for one in scored:
        view = shown.peers if one is shown.round else await peers(actor, one.assessment)
        figure = view.figures.get("total") if view else None
        points.append(TrendPoint(one.name, one.result.score or 0, figure.median if figure else None))
    return points


def line_of(trend: list[TrendPoint]) -> dict[str, Any]:
    """The line over the rounds and what it says in words."""
    return {"trend": trend, "trend_label": wording.trend_label(trend)}


def element_table(table: Table, sort: str) -> dict[str, Any]:
    """The element table by `sort`: an Order, with a leading minus for the highest first."""
    order, descending = _order(sort)
    return {
        "order": order,
        "descending": descending,
        "elements": sort_elements(table, order, descending=descending),
        "elements_title": wording.elements_title(table),
    }


def _order(sort: str) -> tuple[Order, bool]:
    """What the elements are ordered by, and whether the highest comes first."""
    name = sort.removeprefix("-")
    return Order(name) if name in set(Order) else Order.OWN, sort.startswith("-")


def overview_of(shown: Opened) -> dict[str, Any]:
    """What only the overview shows."""
    questionnaire, result, table = shown.round.questionnaire, shown.round.result, shown.table
    axes = profile(table)
    sure, drawn = confidence(result), range_of(shown.round)
    return {
        **_ladder(questionnaire, result),
        "sentence": wording.reading_sentence(table),
        "axes": [Axis(row.code, wording.short_name(row), row.score, box_of(row)) for row in axes],
        "profile_label": wording.profile_label(axes, *extremes(axes)),
        "strengths": strengths(table),
        "priorities": priorities(questionnaire, result, table),
        "calculation": wording.calculation_words(questionnaire, result),
        "score_range": wording.range_words(drawn),
        "range_sentence": wording.range_sentence(drawn),
        "balance": wording.balance_sentence(result),
        "confidence": sure,
        "climbs": result.pyramid is not None and any(step.mean is not None for step in result.pyramid.steps),
        "trust": wording.trust_words(sure.trust),
        "evidence_title": wording.evidence_title(result),
    }


def _ladder(questionnaire: Questionnaire, result: Result) -> dict[str, Any]:
    return {
        "level_names": [level.name.in_(current()) for level in questionnaire.levels],
        "thresholds": [level.start for level in questionnaire.levels[1:]],
        "ladder_label": wording.ladder_label(questionnaire, result),
    }


def element_of(shown: Opened, code: str) -> dict[str, Any]:
    """What only the page of the element `code` shows. Raises NotFoundException."""
    questionnaire, result = shown.round.questionnaire, shown.round.result
    try:
        row = shown.table.element(code)
    except KeyError:
        raise NotFoundException from None
    criteria = [shown.table.criteria[node.code] for node in row.node.children]
    return {
        "row": row,
        "criteria": criteria,
        "part_of_total": result.part_of_total(code),
        "most": max((c.node.contribution for c in criteria if c.node.contribution), default=0),
        "gains": gains_of(questionnaire, result),
        "element_withheld": wording.withheld_reason(row.node, questionnaire),
        **_neighbours(shown.table, code),
        "levers": questionnaire.element(code).levers,
        "levels": levels_of(result),
    }


def _neighbours(table: Table, code: str) -> dict[str, Row | None]:
    codes = [row.code for row in table.elements]
    place = codes.index(code)
    return {
        "before": table.elements[place - 1] if place else None,
        "after": table.elements[place + 1] if place + 1 < len(codes) else None,
    }


def why_of(shown: Opened, code: str) -> dict[str, Any]:
    """What only the page of the criterion `code` shows. Raises NotFoundException."""
    questionnaire = shown.round.questionnaire
    if code not in shown.table.criteria:
        raise NotFoundException
    row = shown.table.criteria[code]
    return {
        "row": row,
        "criterion": questionnaire.criterion(code),
        "element": questionnaire.element_of(code),
        "answer": shown.round.answers.get(code),
        "chain": chain(questionnaire, shown.round.result, code),
        "labels": labels(shown),
        "earlier": earlier_levels(shown.round, code),
        "levers": questionnaire.levers_for(code),
        "levels": levels_of(shown.round.result),
        "withheld_of": lambda node: wording.withheld_reason(node, questionnaire),
    }


def earlier_levels(latest: Round, code: str) -> list[tuple[str, int | None]]:
    """Name and level of the criterion `code` in the rounds before that asked it, oldest first."""
    earlier = latest.history[:-1]
    return [(one.name, one.result.nodes[code].level) for one in earlier if code in one.result.nodes]


def levels_of(result: Result) -> dict[str, int | None]:
    """Where each criterion stands now, counted from 1."""
    return {node.code: node.level for node in result.criteria}


def moves(events: list[store.AnswerEvent]) -> list[dict[str, Any]]:
    """The saved changes of an answer, newest first, each with what it was and what it became."""
    return [
        {
            "who": event.person_name,
            "at": event.at,
            "source": event.source,
            "before": draft_from(event.before) if event.before else None,
            "after": draft_from(event.after),
        }
        for event in events
    ]


def sum_of(shown: Opened) -> dict[str, Any]:
    """What only the whole sum shows."""
    result = shown.round.result
    return {
        "weights": weights_in_total(result),
        "calculation": wording.calculation_words(shown.round.questionnaire, result),
        "labels": labels(shown),
    }


def labels(shown: Opened) -> dict[str, str]:
    """Every node's name, by code, in the reader's language."""
    rows = [
        *shown.table.criteria.values(),
        *shown.table.elements,
        *(group.row for group in shown.table.groups),
    ]
    return {row.code: row.part.label.in_(current()) for row in rows if row.part}


PAGES = [Results]
