"""What every page of a plan shows around its own content: the summary, the filters, the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Request

from palier.action_plans import wording
from palier.action_plans.flows.overview import PlannedAction, PlanView, load_plan
from palier.action_plans.flows.owners import possible_owners
from palier.action_plans.flows.suggesting import suggestions_for
from palier.action_plans.rules.life import ActionStatus
from palier.action_plans.rules.suggestions import Order, Suggestion
from palier.assessments.flows.sheets import people_to_ask
from palier.assessments.rules.peers import Peers, PeerView
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import own_path
from palier.practices.flows.reading import practices_by_topic
from palier.scoring.rules.result import TOTAL

READ, EDIT = needs(Permission.READ), needs(Permission.EDIT_PLAN)

MINE = "/actions"
"""The signed-in person's own actions, over every organisation."""

NOBODY = "nobody"
"""The owner filter for actions without one."""

SORTS = ("due", "title", "owner", "status", "effort", "gain")

WORDS = {
    "status_words": wording.status_words,
    "column_words": wording.column_words,
    "effort_words": wording.effort_words,
    "gain_words": wording.gain_words,
    "quadrant_words": wording.quadrant_words,
    "term_words": wording.term_words,
    "figure": wording.figure,
    "initials": wording.initials,
}
"""What templates ask for, row by row."""


@dataclass(frozen=True, slots=True)
class Query:
    """How the reader looks at the plan; `sort` starts with a minus for the last first."""

    view: str = "board"
    element: str = ""
    owner: str = ""
    sort: str = "due"

    @property
    def key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    def address(self, path: str, **changes: str) -> str:
        """`path` with this query and `changes`; what is as usual is left out."""
        usual = Query()
        asked = {
            name: changes.get(name, getattr(self, name)) for name in ("view", "element", "owner", "sort")
        }
        told = {name: value for name, value in asked.items() if value != getattr(usual, name)}
        return f"{path}?{urlencode(told)}" if told else path


def query_of(values: Mapping[str, str]) -> Query:
    """The query as asked; what nobody offers falls back to what is usual."""
    sort = values.get("sort", "due")
    return Query(
        "list" if values.get("view") == "list" else "board",
        values.get("element", ""),
        values.get("owner", ""),
        sort if sort.removeprefix("-") in SORTS else "due",
    )


def query_behind(raw: Mapping[str, str]) -> Query:
    """The query of the page a form stands on, from its hidden field `back`."""
    return query_of(dict(parse_qsl(urlsplit(raw.get("back", "")).query)))


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

    @property
    def shown(self) -> list[PlannedAction]:
        """The actions the filters leave, in the order asked for."""
        left = [action for action in self.view.actions if self._passes(action)]
        return sorted(
            left, key=lambda action: _sort_key(action, self.query.key), reverse=self.query.descending
        )

    @property
    def columns(self) -> list[tuple[str, list[PlannedAction]]]:
        """The board: each status with its actions, the soonest due first."""
        left = [action for action in self.view.actions if self._passes(action)]
        return [(status.value, [a for a in left if a.row.status is status]) for status in ActionStatus]

    @property
    def proposed(self) -> list[Suggestion]:
        """The suggestions that serve the element filtered on."""
        element, questionnaire = self.query.element, self.view.round.questionnaire
        if not element:
            return self.suggestions
        return [
            one
            for one in self.suggestions
            if any(questionnaire.criterion(code).element_code == element for code in one.moves)
        ]

    def _passes(self, action: PlannedAction) -> bool:
        questionnaire, wanted = self.view.round.questionnaire, self.query
        if wanted.element and not any(
            questionnaire.criterion(code).element_code == wanted.element for code in action.criteria
        ):
            return False
        return wanted.owner in ("", str(action.row.owner_id or NOBODY))

    @property
    def owner_filter(self) -> list[tuple[str, str]]:
        """People who own an action of this plan."""
        named = {str(a.row.owner_id): a.row.owner_name for a in self.view.actions if a.row.owner_id}
        return sorted(named.items(), key=lambda pair: pair[1].casefold())


def _sort_key(action: PlannedAction, key: str) -> Any:
    row = action.row
    match key:
        case "title":
            return row.title.casefold()
        case "owner":
            return (not row.owner_name, row.owner_name.casefold())
        case "status":
            return list(ActionStatus).index(row.status)
        case "effort":
            return row.effort
        case "gain":
            return action.gain
        case _:
            return (row.due_on is None, str(row.due_on))


async def open_desk(
    actor: Actor, slug: str, peers: Peers, query: Query | None = None, order: Order = Order.BALANCE
) -> Desk:
    """The plan `slug` with its suggestions. Call inside `reading`. Raises DoesNotExist."""
    view = await load_plan(actor, slug)
    figures = await peers(actor, view.plan.assessment)

    suggestions = suggestions_for(view, figures, order)
    ask = [] if actor.may(Permission.EDIT_PLAN) else await people_to_ask(actor)
    return Desk(
        view,
        figures,
        suggestions,
        query or Query(),
        await possible_owners(actor),
        ask,
        await practices_by_topic(actor),
    )


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
        "questionnaire": round_.questionnaire,
        "result": round_.result,
        "median": figure.median if figure else None,
        "org": f"/o/{actor.organisation.slug}",
        "path": path,
        "back": desk.query.address(path),
        "editable": actor.may(Permission.EDIT_PLAN),
        "ask": desk.ask,
        "statuses": wording.status_choices(),
        "new_op": new_id,
        **WORDS,
    }
