"""What if: actions and suggestions ticked, and where the rounds would stand, by the engine."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans.flows.overview import moves_in
from palier.action_plans.pages.desk import READ, Desk, open_desk, shared
from palier.action_plans.rules.suggestions import Moves
from palier.action_plans.rules.what_if import Outlook, outlook
from palier.assessments.flows.rounds import Round
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.language import points, signed
from palier.foundation.web import is_htmx, page
from palier.scoring.rules.result import TOTAL


@dataclass(frozen=True, slots=True)
class Chance:
    """A line to tick: an action of the plan or a suggestion, with the levels it reaches for."""

    name: str
    moves: Moves
    ticked: bool


class WhatIf(Controller):
    """`/o/{org}/plans/{plan}/what-if`"""

    path = "/o/{org:str}/plans/{plan:str}/what-if"
    opt = READ

    @get("/")
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Template:
        """The lines and where they lead; on the first visit the plan's own actions are ticked."""
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        asked = "asked" in request.query_params
        wanted = set(request.query_params.getall("tick", []))
        chances = list(_chances(desk, wanted if asked else None))
        outlooks = _outlooks(desk, [one.moves for one in chances if one.ticked])
        return page(
            request, "action_plans/outlook.html" if is_htmx(request) else "action_plans/what_if.html",
            ticked={one.name for one in chances if one.ticked}, outlooks=outlooks,
            told=_told(outlooks[0][1]), **shared(request, actor, desk),
        )  # fmt: skip


def _chances(desk: Desk, wanted: set[str] | None) -> Iterator[Chance]:
    for action in desk.view.actions:
        name = str(action.row.id)
        yield Chance(name, moves_in(action.row), wanted is None or name in wanted)
    for one in desk.suggestions:
        yield Chance(one.lever.id, one.moves, wanted is not None and one.lever.id in wanted)


def _outlooks(desk: Desk, moves: list[Moves]) -> list[tuple[Round, Outlook]]:
    """Each round the plan draws on, beside what is published of its peers."""
    beside = [desk.peers, *[desk.further.get(one.assessment.slug) for one in desk.view.rounds[1:]]]
    figures = [view.figures.get(TOTAL) if view else None for view in beside]
    return [
        (round_, outlook(round_.questionnaire, round_.result, moves, figure))
        for round_, figure in zip(desk.view.rounds, figures, strict=True)
    ]


def _told(seen: Outlook) -> str:
    """The result in a sentence, for those who do not see it change."""
    if seen.after.score is None:
        return ""
    told = _("Overall maturity would be %(score)s, %(gain)s points")
    return told % {"score": points(seen.after.score), "gain": signed(seen.gain)}


PAGES = [WhatIf]
