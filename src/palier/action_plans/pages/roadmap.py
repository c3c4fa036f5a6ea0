"""The plan along the quarters: by element or by channel, with what waits for what in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from palier.action_plans import wording
from palier.action_plans.flows.overview import PlannedAction, PlanView
from palier.action_plans.rules.life import Channel
from palier.action_plans.rules.roadmap import Horizon, Quarter, horizon, quarter_of, rows_by, stretch
from palier.foundation.language import current
from palier.foundation.language import gettext as _

BY_CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Lane:
    """One action on the roadmap: where it begins and ends (0-100), how far it is, and what it waits for."""

    action: PlannedAction
    starts_on: date
    due_on: date
    start: Fraction
    end: Fraction
    after: tuple[str, ...]

    @property
    def mood(self) -> str:
        """How it is drawn."""
        return "late" if self.action.late else self.action.row.status.value


@dataclass(frozen=True, slots=True)
class Roadmap:
    """The quarters, today's place among them, the lanes under their headings, and the actions without a due date."""

    horizon: Horizon
    today: Fraction
    groups: list[tuple[str, list[Lane]]]
    lanes: list[Lane]
    undated: list[PlannedAction]

    @property
    def quarters(self) -> list[tuple[Fraction, str]]:
        """Where each quarter begins and what it is called; when there are many, only the first of a year is named."""
        shown = self.horizon.quarters
        crowded = len(shown) > 8
        return [
            (
                self.horizon.at(one.first),
                quarter_words(one) if not crowded or one.number == 1 or one == shown[0] else "",
            )
            for one in shown
        ]

    @property
    def by_quarter(self) -> list[tuple[str, list[Lane]]]:
        """The lanes under the quarter they are due in, for the table."""
        due: dict[Quarter, list[Lane]] = {}
        for lane in sorted(self.lanes, key=lambda lane: lane.due_on):
            due.setdefault(quarter_of(lane.due_on), []).append(lane)
        return [(quarter_words(quarter), lanes) for quarter, lanes in due.items()]


def quarter_words(quarter: Quarter) -> str:
    """A quarter of a year: "Q4 2026"."""
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}


def roadmap_of(
    view: PlanView, shown: Iterable[PlannedAction], titles: Mapping[UUID, str], by: str, today: date
) -> Roadmap:
    """The actions `shown` of the plan as a roadmap `by` element or channel; `titles` name what they may wait for."""
    dated, undated = [], []
    for action in shown:
        span = stretch(action.row.starts_on, action.row.due_on)
        undated.append(action) if span is None else dated.append((action, span))
    ahead = horizon([day for _action, span in dated for day in span], today)
    lanes = {
        str(action.row.id): Lane(
            action, *span, ahead.at(span[0]), ahead.at(span[1]),
            tuple(titles[one] for one in action.requires if one in titles),
        )
        for action, span in dated
    }  # fmt: skip
    names = _headings(view, by)
    rows = rows_by([(key, _groups(view, lane.action, by)) for key, lane in lanes.items()], list(names))
    groups = [(names.get(name) or _rest(by), [lanes[key] for key in keys]) for name, keys in rows.items()]
    return Roadmap(ahead, ahead.at(today), groups, list(lanes.values()), undated)


def _headings(view: PlanView, by: str) -> dict[str, str]:
    if by == BY_CHANNEL:
        return dict(wording.channel_choices())
    return {
        element.code: f"{element.code} {element.label.in_(current())}"
        for element in view.questionnaire.elements
    }


def _groups(view: PlanView, action: PlannedAction, by: str) -> list[str]:
    """The channels or the elements an action belongs to."""
    if by == BY_CHANNEL:
        return [code for code in action.row.channels if code in set(Channel)]
    questionnaire = view.questionnaire
    known = questionnaire.index.positions
    return [questionnaire.criterion(code).element_code for code in action.criteria if code in known]


def _rest(by: str) -> str:
    return _("Whatever the channel") if by == BY_CHANNEL else _("Other actions")
