"""What the forms of plans send, read strictly; what cannot be read comes back as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException

from palier.action_plans import wording
from palier.action_plans.flows.acting import Unacceptable
from palier.action_plans.flows.suggesting import Wish
from palier.action_plans.rules.life import ActionStatus, Facts, Fault, Kpi
from palier.foundation.language import decimal_mark
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Questionnaire

Raw = Mapping[str, str]
Errors = dict[str, str]

ROWS = 3
"""How many criteria the form of an action offers at least; one more than it serves."""


def op_of(raw: Raw) -> UUID:
    """The form's operation id. Raises NotFoundException for a form that is not ours."""
    return uuid_of(raw, "op")


def uuid_of(raw: Raw, name: str) -> UUID:
    """A hidden id. Raises NotFoundException."""
    try:
        return UUID(raw[name])
    except (KeyError, ValueError):
        raise NotFoundException from None


def revision_of(raw: Raw) -> int:
    """The revision the page showed. Raises NotFoundException."""
    try:
        return int(raw["rev"])
    except (KeyError, ValueError):
        raise NotFoundException from None


def status_of(raw: Raw) -> ActionStatus:
    """The status chosen. Raises NotFoundException for one that is not offered."""
    try:
        return ActionStatus(raw.get("status", ""))
    except ValueError:
        raise NotFoundException from None


def read_date(raw: Raw, name: str, errors: Errors) -> date | None:
    """The date in three boxes or one (`name`, ISO); None when all are empty, or with an error noted."""
    iso = raw.get(name)
    parts = tuple(iso.split("-"))[::-1] if iso else typed_date(raw, name)
    if not any(parts):
        return None
    try:
        found = date(int(parts[2]), int(parts[1]), int(parts[0]))
    except (ValueError, IndexError, OverflowError):
        errors[name] = _("This is not a date: day, month and year in figures")
        return None
    if not 2000 <= found.year <= 2100:
        errors[name] = _("Write the year with four figures")
        return None
    return found


def typed_date(raw: Raw, name: str) -> tuple[str, str, str]:
    """Day, month, year as typed."""
    return raw.get(f"{name}-day", ""), raw.get(f"{name}-month", ""), raw.get(f"{name}-year", "")


def read_owner(raw: Raw, name: str, errors: Errors) -> UUID | None:
    """The person chosen; None for nobody."""
    try:
        return UUID(raw[name]) if raw.get(name) else None
    except ValueError:
        errors[name] = unknown_owner()
        return None


def unknown_owner() -> str:
    """Told when somebody left the organisation meanwhile."""
    return _("Choose somebody of the list")


def read_figure(raw: Raw, name: str, errors: Errors) -> Decimal | None:
    """A number with a comma or a point."""
    text = (
        raw.get(name, "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    )
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or abs(value) >= Decimal("1e11"):
        errors[name] = _("Write a number")
        return None
    return round(value, 3)


def read_whole(raw: Raw, name: str, default: int) -> int:
    """A whole number; what is none is out of every range and told so by the rules."""
    text = raw.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        return -1


def read_wish(raw: Raw, prefix: str, errors: Errors) -> Wish:
    """Owner, start and due date of one suggestion; fields are named `prefix` + owner, start, due."""
    wish = Wish(
        read_owner(raw, f"{prefix}owner", errors),
        read_date(raw, f"{prefix}start", errors),
        read_date(raw, f"{prefix}due", errors),
    )
    if wish.starts_on and wish.due_on and wish.due_on < wish.starts_on:
        errors[f"{prefix}due"] = wording.fault_words(Fault("due", "order"))
    return wish


def read_facts(raw: Raw, questionnaire: Questionnaire) -> tuple[Facts, Errors]:
    """The form of an action, with what could not be read."""
    errors: Errors = {}
    kpi = Kpi(
        raw.get("kpi_name", ""),
        raw.get("kpi_unit", ""),
        "down" if raw.get("kpi_direction") == "down" else "up",
        read_figure(raw, "kpi_baseline", errors),
        read_figure(raw, "kpi_target", errors),
    )
    facts = Facts(
        title=raw.get("title", ""),
        finding=raw.get("finding", ""),
        serves=read_serves(raw, questionnaire, errors),
        owner=read_owner(raw, "owner", errors),
        sponsor=raw.get("sponsor", ""),
        starts_on=read_date(raw, "start", errors),
        due_on=read_date(raw, "due", errors),
        status=ActionStatus(raw["status"])
        if raw.get("status") in set(ActionStatus)
        else ActionStatus.PLANNED,
        progress=read_whole(raw, "progress", 0),
        effort=read_whole(raw, "effort", 2),
        kpi=kpi,
    )
    return facts, errors


def read_serves(raw: Raw, questionnaire: Questionnaire, errors: Errors) -> dict[str, int]:
    """The criteria chosen with the level to reach, in the order of the form."""
    serves: dict[str, int] = {}
    for code, level in _rows(raw):
        if not code:
            continue
        if code not in questionnaire.index.positions:
            errors["criterion-1"] = _("Choose a criterion of the list")
        elif not level.isdigit() or not 1 <= int(level) <= len(questionnaire.criterion(code).scale.values):
            errors["criterion-1"] = _("Say which level %(code)s should reach") % {"code": code}
        else:
            serves[code] = int(level)
    return serves


def _rows(raw: Raw) -> list[tuple[str, str]]:
    count = sum(name.startswith("criterion-") for name in raw)
    return [(raw.get(f"criterion-{n}", ""), raw.get(f"level-{n}", "")) for n in range(1, min(count, 40) + 1)]


def field_errors(refused: Unacceptable) -> Errors:
    """What the rules refuse, by form field."""
    return {fault.field: wording.fault_words(fault) for fault in refused.faults}


@dataclass(frozen=True, slots=True)
class Shown:
    """The values an action's form shows: as stored, or as typed when they were not accepted."""

    title: str
    finding: str
    serves: list[tuple[str, str]]
    owner: str
    sponsor: str
    start: Any
    due: Any
    status: str
    progress: str
    effort: str
    kpi_name: str
    kpi_unit: str
    kpi_direction: str
    kpi_baseline: str
    kpi_target: str


def shown(facts: Facts) -> Shown:
    """The form filled with what stands."""
    kpi = facts.kpi
    return Shown(
        facts.title, facts.finding, padded([(code, str(level)) for code, level in facts.serves.items()]),
        str(facts.owner or ""), facts.sponsor, facts.starts_on, facts.due_on, facts.status.value,
        str(facts.progress), str(facts.effort), kpi.name, kpi.unit, kpi.direction, _typed(kpi.baseline),
        _typed(kpi.target),
    )  # fmt: skip


def typed(raw: Raw) -> Shown:
    """The form as it was sent."""
    texts = {
        name: raw.get(name, "")
        for name in (
            "title", "finding", "owner", "sponsor", "status", "progress", "effort", "kpi_name", "kpi_unit",
            "kpi_direction", "kpi_baseline", "kpi_target",
        )
    }  # fmt: skip
    return Shown(
        serves=padded(_rows(raw)), start=typed_date(raw, "start"), due=typed_date(raw, "due"), **texts
    )


def padded(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows, and empty ones up to what the form offers."""
    filled = [row for row in rows if row[0]]
    return filled + [("", "")] * max(1, ROWS - len(filled))


def _typed(value: Decimal | None) -> str:
    text = "" if value is None else f"{value.normalize():f}"
    return text.replace(".", decimal_mark())
