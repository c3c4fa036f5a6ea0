"""Rounds side by side: the history of a questionnaire, and two rounds compared."""

from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from palier.assessments import results_wording as wording
from palier.assessments import store
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.pages.results import WORDS, line_of, opened, trend_of
from palier.assessments.rules.changes import level_changes
from palier.assessments.rules.peers import Peers
from palier.assessments.rules.reading import tabulate
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.charts.shapes import Round as TrendPoint
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page


class History(Controller):
    """How an organisation moves from round to round."""

    path = "/o/{org:str}"
    opt = needs(Permission.READ)

    @get("/e/{slug:str}/history")
    async def history(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        slug: FromPath[str],
    ) -> Template:
        """Total and dimensions over the rounds."""
        async with reading(actor):
            shown = await opened(actor, slug, peers)
            trend = await trend_of(actor, shown, peers)
        rounds = shown.round.history
        lines = {group.row.code: dimension_trend(rounds, group.row.code) for group in shown.table.groups}
        labels = {code: wording.trend_label(line) for code, line in lines.items()}
        return page(
            request, "assessments/results_history.html", **shown.shared, **line_of(trend),
            rounds_shown=rounds, lines=lines, line_labels=labels,
        )  # fmt: skip

    @get("/compare")
    async def compare(
        self, request: Request, actor: NamedDependency[Actor], a: FromQuery[str] = "", b: FromQuery[str] = ""
    ) -> Template:
        """Two rounds on their common criteria: `a` the earlier, `b` the later; by default the last two."""
        async with reading(actor):
            choices = await store.visible_assessments(actor)
            a, b = chosen(choices, a, b)
            before = await load_round(actor, a) if a else None
            after = await load_round(actor, b) if b else None
        return page(
            request, "assessments/results_compare.html", nav="assessments", choices=choices, a=a, b=b,
            **comparison_of(before, after), **WORDS,
        )  # fmt: skip


def dimension_trend(rounds: tuple[Round, ...], code: str) -> list[TrendPoint]:
    """The scored rounds of one dimension, oldest first."""
    nodes = [(one.name, one.result.nodes.get(code)) for one in rounds]
    return [
        TrendPoint(name, node.score) for name, node in nodes if node is not None and node.score is not None
    ]


def chosen(choices: list[Assessment], a: str, b: str) -> tuple[str, str]:
    """The slugs to compare: those asked for, else the newest submitted round and the one before it."""
    submitted = [one for one in choices if one.submitted_at is not None]
    if not b:
        b = submitted[0].slug if submitted else ""
    if not a:
        later = next((one for one in submitted if one.slug == b), None)
        older = [
            one
            for one in submitted
            if later and one.questionnaire == later.questionnaire and one.opens_on < later.opens_on
        ]
        a = older[0].slug if older else ""
    return a, b


def comparison_of(before: Round | None, after: Round | None) -> dict[str, Any]:
    """The later round beside the earlier one; no table where they do not answer the same questionnaire."""
    shared = {"before": before, "after": after, "table": None}
    if not before or not after:
        return shared
    if before.questionnaire.id != after.questionnaire.id or before.assessment.id == after.assessment.id:
        return shared
    table = tabulate(after.questionnaire, after.result, None, (before.questionnaire, before.result))
    left_out = table.comparison.left_out if table.comparison else {}
    return shared | {
        "table": table,
        "title": wording.elements_title(table),
        "changes": level_changes(table, before.result, after.result),
        "left_out": [
            (code, _label(code, after, before), wording.left_out_words(why)) for code, why in left_out.items()
        ],
    }


def _label(code: str, *rounds: Round) -> Any:
    """What the criterion is called in the first of the rounds that asks it."""
    return next(
        one.questionnaire.criterion(code).label for one in rounds if code in one.questionnaire.index.positions
    )


PAGES = [History]
