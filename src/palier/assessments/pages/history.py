"""The history of a questionnaire: every round, and where they lead."""

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.assessments import results_wording as wording
from palier.assessments.flows.comparing import trends
from palier.assessments.flows.rounds import Round
from palier.assessments.over_time_wording import trend_words
from palier.assessments.pages.results import line_of, opened, trend_of
from palier.assessments.rules.peers import Peers
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
            rounds_shown=rounds, lines=lines, line_labels=labels, trends=trends(rounds, list(lines)),
            trend_words=trend_words,
        )  # fmt: skip


def dimension_trend(rounds: tuple[Round, ...], code: str) -> list[TrendPoint]:
    """The scored rounds of one dimension, oldest first."""
    nodes = [(one.name, one.result.nodes.get(code)) for one in rounds]
    return [
        TrendPoint(name, node.score) for name, node in nodes if node is not None and node.score is not None
    ]


PAGES = [History]
