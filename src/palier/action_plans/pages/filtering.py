"""How somebody looks at a plan: which view, which actions, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from palier.action_plans.flows.overview import PlannedAction
from palier.action_plans.rules.agenda import Span, span_of
from palier.action_plans.rules.life import ActionStatus, Channel
from palier.foundation.identifiers import searchable
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Questionnaire

NOBODY = "nobody"
"""The owner filter for actions without one."""

SORTS = ("due", "title", "owner", "status", "effort", "gain")
VIEWS = ("board", "list", "roadmap")
BLOCKED = "blocked"
NEAR = (Span.LATE, Span.SOON, Span.UNDATED)


@dataclass(frozen=True, slots=True)
class Query:
    """How the reader looks at the plan; `sort` starts with a minus for the last first.

    `when` is how near the due date is (late, soon, undated), or "blocked"; `by` groups the roadmap.
    """

    view: str = "board"
    element: str = ""
    owner: str = ""
    channel: str = ""
    when: str = ""
    text: str = ""
    sort: str = "due"
    by: str = "element"

    @property
    def key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def narrowed(self) -> bool:
        """Whether any filter is on."""
        return any((self.element, self.owner, self.channel, self.when, self.text))

    def address(self, path: str, **changes: str) -> str:
        """`path` with this query and `changes`; what is as usual is left out."""
        usual = Query()
        asked = {item.name: changes.get(item.name, getattr(self, item.name)) for item in fields(self)}
        told = {name: value for name, value in asked.items() if value != getattr(usual, name)}
        return f"{path}?{urlencode(told)}" if told else path

    def passes(self, action: PlannedAction, questionnaire: Questionnaire, today: date) -> bool:
        """Whether the filters leave `action`."""
        row = action.row
        return (
            self._serves(action, questionnaire)
            and self.owner in ("", str(row.owner_id or NOBODY))
            and (not self.channel or self.channel in row.channels)
            and (not self.text or searchable(self.text) in searchable(row.title))
            and self._is_near(action, today)
        )

    def _serves(self, action: PlannedAction, questionnaire: Questionnaire) -> bool:
        known = questionnaire.index.positions
        served = {questionnaire.criterion(code).element_code for code in action.criteria if code in known}
        return not self.element or self.element in served

    def _is_near(self, action: PlannedAction, today: date) -> bool:
        match self.when:
            case "":
                return True
            case "blocked":
                return bool(action.row.blocked) and not action.done
            case Span.LATE:
                return action.late
            case Span.SOON:
                near = span_of(action.row.due_on, today) in (Span.LATE, Span.THIS_WEEK, Span.SOON)
                return near and not action.done
            case _:
                return action.row.due_on is None


def query_of(values: Mapping[str, str]) -> Query:
    """The query as asked; what nobody offers falls back to what is usual."""
    sort, view, when = values.get("sort", "due"), values.get("view", ""), values.get("when", "")
    channel = values.get("channel", "")
    return Query(
        view=view if view in VIEWS else "board",
        element=values.get("element", ""),
        owner=values.get("owner", ""),
        channel=channel if channel in set(Channel) else "",
        when=when if when in (*NEAR, BLOCKED) else "",
        text=values.get("text", "").strip()[:100],
        sort=sort if sort.removeprefix("-") in SORTS else "due",
        by="channel" if values.get("by") == "channel" else "element",
    )


def query_behind(raw: Mapping[str, str]) -> Query:
    """The query of the page a form stands on, from its hidden field `back`."""
    return query_of(dict(parse_qsl(urlsplit(raw.get("back", "")).query)))


def when_choices() -> list[tuple[str, str]]:
    """What the filter on dates offers."""
    return [
        (Span.LATE.value, _("Overdue")), (Span.SOON.value, _("Due within 30 days")),
        (Span.UNDATED.value, _("Without a due date")), (BLOCKED, _("Blocked")),
    ]  # fmt: skip


def sort_key(action: PlannedAction, key: str) -> Any:
    """What a column of the list sorts by; nobody and no date come last."""
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
