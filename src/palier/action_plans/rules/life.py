"""The life of an action: what may be said of it, what a move changes, when it is late.

Source: docs/method.md#actions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from palier.accounts.rules import is_email

LONGEST = {
    "title": 200, "finding": 4000, "cause": 4000, "evidence": 4000, "sponsor": 120, "blocked_reason": 500,
    "kpi_name": 160, "kpi_unit": 40, "kpi_source": 200,
}  # fmt: skip
"""Characters a text may have."""

EFFORTS = range(1, 6)
"""Effort and impact are judged from 1 to 5."""

RHYTHMS = range(1, 25)
"""Months from one review to the next."""

DEAREST = Decimal("1e10")
"""No action costs more."""

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
    source: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What people may change of an action. `serves` are the levels to reach by criterion code; `progress` 0-100.

    The sponsor is a member (`sponsor_id` alone) or somebody outside with a name and perhaps an address.
    """

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
    cause: str = ""
    evidence: str = ""
    impact: int | None = None
    cost: Decimal | None = None
    currency: str = "EUR"
    stage: Stage = Stage.PLAN
    blocked: bool = False
    blocked_reason: str = ""
    channels: tuple[str, ...] = ()
    sponsor_id: UUID | None = None
    sponsor_email: str = ""
    review_every_months: int | None = None
    next_review_on: date | None = None


def settled(facts: Facts) -> Facts:
    """`facts` without contradictions: the progress and the stage follow the status, a reason needs a block."""
    blocked = facts.blocked and facts.status is not ActionStatus.DONE
    return replace(
        facts, progress=_progress(facts), stage=_stage(facts), blocked=blocked,
        blocked_reason=facts.blocked_reason if blocked else "",
        channels=tuple(one.value for one in Channel if one in facts.channels),
        sponsor="" if facts.sponsor_id else facts.sponsor, sponsor_email="" if facts.sponsor_id else facts.sponsor_email,
    )  # fmt: skip


def _progress(facts: Facts) -> int:
    """None while planned, all when done, less than all between."""
    match facts.status:
        case ActionStatus.PLANNED:
            return 0
        case ActionStatus.DONE:
            return 100
        case ActionStatus.IN_PROGRESS:
            return facts.progress if facts.progress < 100 else 0


def _stage(facts: Facts) -> Stage:
    """Planned actions are planned; what is under way is at least carried out, what is done at least to be checked."""
    match facts.status:
        case ActionStatus.PLANNED:
            return Stage.PLAN
        case ActionStatus.DONE:
            return facts.stage if facts.stage in (Stage.CHECK, Stage.ACT) else Stage.CHECK
        case ActionStatus.IN_PROGRESS:
            return Stage.DO if facts.stage is Stage.PLAN else facts.stage


def is_late(status: str, due_on: date | None, today: date) -> bool:
    """Due before today and not done."""
    return due_on is not None and due_on < today and status != ActionStatus.DONE


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule a field breaks: missing, too_long, order, out_of_range, wrong_way, unknown."""

    field: str
    rule: str


def faults(facts: Facts) -> list[Fault]:
    """Everything wrong with `facts`; empty when they may be written."""
    return [
        *_text_faults(facts), *_people_faults(facts), *_figure_faults(facts), *_block_faults(facts), *_kpi_faults(facts.kpi),
    ]  # fmt: skip


def _text_faults(facts: Facts) -> list[Fault]:
    told = by_field(facts)
    found = [Fault(name, "too_long") for name, most in LONGEST.items() if len(told[name]) > most]
    return found if facts.title.strip() else [Fault("title", "missing"), *found]


def _people_faults(facts: Facts) -> list[Fault]:
    if facts.sponsor_id or not facts.sponsor_email:
        return []
    found = [] if is_email(facts.sponsor_email) else [Fault("sponsor_email", "unknown")]
    return found if facts.sponsor else [Fault("sponsor", "missing"), *found]


def _block_faults(facts: Facts) -> list[Fault]:
    waits = facts.blocked and facts.status is not ActionStatus.DONE
    return [Fault("blocked_reason", "missing")] if waits and not facts.blocked_reason else []


def _figure_faults(facts: Facts) -> list[Fault]:
    found = []
    if facts.starts_on and facts.due_on and facts.due_on < facts.starts_on:
        found.append(Fault("due", "order"))
    if not 0 <= facts.progress <= 100:
        found.append(Fault("progress", "out_of_range"))
    ranges = {"effort": EFFORTS, "impact": EFFORTS, "review_every_months": RHYTHMS}
    figures = by_field(facts)
    found += [
        Fault(name, "out_of_range")
        for name, allowed in ranges.items()
        if figures[name] is not None and figures[name] not in allowed
    ]
    if facts.cost is not None and not 0 <= facts.cost <= DEAREST:
        found.append(Fault("cost", "out_of_range"))
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
    old, new = by_field(before), by_field(after)
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


def by_field(facts: Facts) -> dict[str, Any]:
    """The facts by name; the indicator's parts as `kpi_name`, `kpi_unit` and so on."""
    flat = {
        item.name: getattr(facts, item.name) for item in fields(facts) if item.name not in ("kpi", "serves")
    }
    parts = {f"kpi_{item.name}": getattr(facts.kpi, item.name) for item in fields(facts.kpi)}
    return flat | {"serves": dict(facts.serves)} | parts


def merged(theirs: Facts, mine: Facts, untouched: Collection[str]) -> Facts:
    """`mine`, with what I left as I found it (fields named as by `differences`) as it stands now."""
    now = by_field(theirs)
    flat = {name: now[name] if name in untouched else value for name, value in by_field(mine).items()}
    kpi = Kpi(**{item.name: flat.pop(f"kpi_{item.name}") for item in fields(Kpi)})
    return Facts(kpi=kpi, **flat)
