"""What every page of a plan shows around its own content: the summary, the filters, the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from palier.action_plans import wording
from palier.action_plans.flows.overview import PlannedAction, PlanView, load_plan, peers_beside
from palier.action_plans.flows.owners import possible_owners
from palier.action_plans.flows.suggesting import suggestions_for
from palier.action_plans.pages.filtering import Query, sort_key, when_choices
from palier.action_plans.rules.life import ActionStatus
from palier.action_plans.rules.suggestions import Order, Suggestion
from palier.assessments.flows.sheets import people_to_ask
from palier.assessments.rules.peers import Peers, PeerView
from palier.conversations.wording import initials
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, entitled, sold_with
from palier.foundation.web import own_path
from palier.practices.flows.reading import practices_by_topic
from palier.scoring.rules.result import TOTAL

READ, EDIT = needs(Permission.READ), needs(Permission.EDIT_PLAN)
MAKE = EDIT | sold_with(Feature.ACTION_PLANS)
"""What plans anew: an action, its words and dates, its steps. Saying how far it is, and taking it out, asks for EDIT alone."""


def makes(actor: Actor) -> bool:
    """Whether an actor may plan anew: by their role, and by the offer."""
    return actor.may(Permission.EDIT_PLAN) and entitled(actor, Feature.ACTION_PLANS)


MINE = "/actions"
"""The signed-in person's own actions, over every organisation."""

WORDS = {
    "status_words": wording.status_words,
    "column_words": wording.column_words,
    "effort_words": wording.effort_words,
    "gain_words": wording.gain_words,
    "quadrant_words": wording.quadrant_words,
    "term_words": wording.term_words,
    "figure": wording.figure,
    "initials": initials,
}
"""What templates ask for, row by row."""


def way_back(raw: Mapping[str, str], path: str) -> str:
    """Where a form came from, if it is a page of this plan or the list of one's own actions."""
    back = own_path(raw.get("back"), path)
    came_from = urlsplit(back).path
    return back if came_from.startswith(path) or came_from == MINE else path


@dataclass(frozen=True, slots=True)
class Desk:
    """A plan on the table, as one reader filters it."""

    view: PlanView
    peers: PeerView | None
    suggestions: list[Suggestion]
    query: Query
    owners: list[tuple[Any, str]]
    ask: list[str]
    topics: Mapping[str, int]
    on: date
    further: Mapping[str, PeerView | None]

    @property
    def left(self) -> list[PlannedAction]:
        """The actions the filters leave, the soonest due first."""
        questionnaire = self.view.questionnaire
        return [action for action in self.view.actions if self.query.passes(action, questionnaire, self.on)]

    @staticmethod
    def title(suggestion: Suggestion) -> str:
        """What its lever is called."""
        return suggestion.lever.title.in_(current())

    @property
    def shown(self) -> list[PlannedAction]:
        """The actions the filters leave, in the order asked for."""
        return sorted(
            self.left, key=lambda action: sort_key(action, self.query.key), reverse=self.query.descending
        )

    @property
    def columns(self) -> list[tuple[str, list[PlannedAction]]]:
        """The board: each status with its actions, the soonest due first."""
        return [(status.value, [a for a in self.left if a.row.status is status]) for status in ActionStatus]

    @property
    def proposed(self) -> list[Suggestion]:
        """The suggestions that serve the element filtered on."""
        element, questionnaire = self.query.element, self.view.questionnaire
        if not element:
            return self.suggestions
        return [
            one
            for one in self.suggestions
            if any(questionnaire.criterion(code).element_code == element for code in one.moves)
        ]

    @property
    def owner_filter(self) -> list[tuple[str, str]]:
        """People who own an action of this plan."""
        named = {str(a.row.owner_id): a.row.owner_name for a in self.view.actions if a.row.owner_id}
        return sorted(named.items(), key=lambda pair: pair[1].casefold())


async def open_desk(
    actor: Actor, slug: str, peers: Peers, query: Query | None = None, order: Order = Order.BALANCE
) -> Desk:
    """The plan `slug` with its suggestions. Call inside `reading`. Raises DoesNotExist."""
    view = await load_plan(actor, slug)
    figures = await peers(actor, view.plan.assessment)
    further = await peers_beside(actor, view, peers)
    suggestions = suggestions_for(view, figures, order, further)
    ask = [] if actor.may(Permission.EDIT_PLAN) else await people_to_ask(actor)
    return Desk(
        view,
        figures,
        suggestions,
        query or Query(),
        await possible_owners(actor),
        ask,
        await practices_by_topic(actor),
        today(actor.person.time_zone),
        further,
    )


def _channels(view: PlanView) -> list[tuple[str, str]]:
    """The channels the plan's actions are about, for the filter."""
    used = {code for action in view.actions for code in action.row.channels}
    return [(code, words) for code, words in wording.channel_choices() if code in used]


def plan_path(actor: Actor, slug: str) -> str:
    """Where the plan lives."""
    return f"/o/{actor.organisation.slug}/plans/{slug}"


def shared(request: Request, actor: Actor, desk: Desk) -> dict[str, Any]:
    """What the templates of a plan need."""
    round_, figure = desk.view.round, desk.peers.figures.get(TOTAL) if desk.peers else None
    path = plan_path(actor, desk.view.plan.slug)
    return {
        "nav": "plans",
        "desk": desk,
        "plan": desk.view.plan,
        "view": desk.view,
        "query": desk.query,
        "assessment": round_.assessment,
        "questionnaire": desk.view.questionnaire,
        "result": round_.result,
        "median": figure.median if figure else None,
        "org": f"/o/{actor.organisation.slug}",
        "path": path,
        "back": desk.query.address(path),
        "editable": actor.may(Permission.EDIT_PLAN),
        "makes": makes(actor),
        "ask": desk.ask,
        "statuses": wording.status_choices(),
        "whens": when_choices(),
        "channels": _channels(desk.view),
        "every_channel": wording.channel_choices(),
        "new_op": new_id,
        **WORDS,
    }
