"""The life of an action: what may be said of it, what a move changes, when it is late.

Source: docs/method.md#actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

LONGEST = {"title": 200, "finding": 4000, "sponsor": 120, "kpi_name": 160, "kpi_unit": 40}
"""Characters a text may have."""

EFFORTS = range(1, 6)

MOST = Decimal("1e10")
"""No indicator is worth more, above or below zero."""


class ActionStatus(StrEnum):
    """Where an action stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class Stage(StrEnum):
    """The turn of the wheel an action is at: planned, carried out, checked, its lesson acted on."""

    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"


class Channel(StrEnum):
    """Where people meet the service: an action may touch several."""

    COUNTER = "counter"
    PHONE = "phone"
    MAIL = "mail"
    EMAIL = "email"
    WEB = "web"
    APP = "app"
    MESSAGING = "messaging"
    SOCIAL = "social"
    FIELD = "field"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Kpi:
    """The indicator that tells whether an action works; `direction` "up" or "down"; figures may be missing."""

    name: str = ""
    unit: str = ""
    direction: str = "up"
    baseline: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What people may change of an action. `serves` are the levels to reach by criterion code; `progress` 0-100."""

    title: str
    finding: str = ""
    serves: Mapping[str, int] = field(default_factory=dict)
    owner: UUID | None = None
    sponsor: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    status: ActionStatus = ActionStatus.PLANNED
    progress: int = 0
    effort: int = 2
    kpi: Kpi = Kpi()


def settled(facts: Facts) -> Facts:
    """`facts` with the progress their status implies: none while planned, all when done, less than all between."""
    match facts.status:
        case ActionStatus.PLANNED:
            return replace(facts, progress=0)
        case ActionStatus.DONE:
            return replace(facts, progress=100)
        case ActionStatus.IN_PROGRESS:
            return replace(facts, progress=facts.progress if facts.progress < 100 else 0)


def is_late(status: str, due_on: date | None, today: date) -> bool:
    """Due before today and not done."""
    return due_on is not None and due_on < today and status != ActionStatus.DONE


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule a field breaks: missing, too_long, order, out_of_range, wrong_way."""

    field: str
    rule: str


def faults(facts: Facts) -> list[Fault]:
    """Everything wrong with `facts`; empty when they may be written."""
    return [*_text_faults(facts), *_figure_faults(facts), *_kpi_faults(facts.kpi)]


def _text_faults(facts: Facts) -> list[Fault]:
    texts = {
        "title": facts.title, "finding": facts.finding, "sponsor": facts.sponsor,
        "kpi_name": facts.kpi.name, "kpi_unit": facts.kpi.unit,
    }  # fmt: skip
    found = [Fault(name, "too_long") for name, text in texts.items() if len(text) > LONGEST[name]]
    return found if facts.title.strip() else [Fault("title", "missing"), *found]


def _figure_faults(facts: Facts) -> list[Fault]:
    found = []
    if facts.starts_on and facts.due_on and facts.due_on < facts.starts_on:
        found.append(Fault("due", "order"))
    if not 0 <= facts.progress <= 100:
        found.append(Fault("progress", "out_of_range"))
    if facts.effort not in EFFORTS:
        found.append(Fault("effort", "out_of_range"))
    return found


def _kpi_faults(kpi: Kpi) -> list[Fault]:
    figures = {"kpi_baseline": kpi.baseline, "kpi_target": kpi.target}
    found = [
        Fault(name, "out_of_range")
        for name, value in figures.items()
        if value is not None and abs(value) > MOST
    ]
    if not kpi.name and any(value is not None for value in figures.values()):
        found.append(Fault("kpi_name", "missing"))
    if kpi.baseline is not None and kpi.target is not None:
        better = kpi.target > kpi.baseline if kpi.direction == "up" else kpi.target < kpi.baseline
        if not better:
            found.append(Fault("kpi_target", "wrong_way"))
    return found


def differences(before: Facts, after: Facts) -> dict[str, tuple[Any, Any]]:
    """What changed, by field: the value before and after. The indicator's parts count as fields of their own."""
    old, new = _flat(before), _flat(after)
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


def _flat(facts: Facts) -> dict[str, Any]:
    flat = {
        item.name: getattr(facts, item.name) for item in fields(facts) if item.name not in ("kpi", "serves")
    }
    parts = {f"kpi_{item.name}": getattr(facts.kpi, item.name) for item in fields(facts.kpi)}
    return flat | {"serves": dict(facts.serves)} | parts
