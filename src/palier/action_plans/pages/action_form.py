"""The form of an action, read strictly; what cannot be read comes back as it was typed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from palier.action_plans import wording
from palier.action_plans.pages.forms import (
    Errors,
    Raw,
    read_date,
    read_figure,
    read_owner,
    read_whole,
    typed_date,
)
from palier.action_plans.rules.life import ActionStatus, Channel, Facts, Kpi, Stage
from palier.action_plans.rules.reviews import next_review
from palier.foundation.language import current, decimal_mark
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Questionnaire

ROWS = 3
"""How many criteria the form of an action offers at least; one more than it serves."""

TEXTS = (
    "title", "finding", "cause", "evidence", "owner", "sponsor_id", "sponsor", "sponsor_email", "status", "progress",
    "effort", "impact", "cost", "stage", "blocked", "blocked_reason", "review_every_months", "kpi_name", "kpi_unit",
    "kpi_direction", "kpi_baseline", "kpi_target", "kpi_source",
)  # fmt: skip
"""The fields that are one text; dates, criteria and channels are more."""

Values = Mapping[str, Any]
"""What the form shows, by field: as stored, or as typed when it was not accepted."""


def read_facts(raw: Raw, questionnaire: Questionnaire, today: date) -> tuple[Facts, Errors]:
    """The form of an action, with what could not be read. A rhythm of reviews without a date begins from `today`."""
    errors: Errors = {}
    facts = Facts(
        title=raw.get("title", ""),
        finding=raw.get("finding", ""),
        cause=raw.get("cause", ""),
        evidence=raw.get("evidence", ""),
        serves=read_serves(raw, questionnaire, errors),
        owner=read_owner(raw, "owner", errors),
        sponsor_id=read_owner(raw, "sponsor_id", errors),
        sponsor=raw.get("sponsor", ""),
        sponsor_email=raw.get("sponsor_email", ""),
        starts_on=read_date(raw, "start", errors),
        due_on=read_date(raw, "due", errors),
        next_review_on=read_date(raw, "next_review_on", errors),
        channels=tuple(one.value for one in Channel if raw.get(f"channel-{one.value}")),
        blocked=bool(raw.get("blocked")),
        blocked_reason=raw.get("blocked_reason", ""),
        kpi=_read_kpi(raw, errors),
    )
    facts = _with_figures(facts, raw, errors)
    if (
        facts.next_review_on is None
        and "next_review_on" not in errors
        and 0 < (facts.review_every_months or 0) <= 24
    ):
        facts = replace(facts, next_review_on=next_review(facts.review_every_months, today))
    return facts, errors


def _with_figures(facts: Facts, raw: Raw, errors: Errors) -> Facts:
    cost = read_figure(raw, "cost", errors)
    return replace(
        facts,
        status=_one_of(ActionStatus, raw.get("status"), ActionStatus.PLANNED),
        stage=_one_of(Stage, raw.get("stage"), Stage.PLAN),
        progress=read_whole(raw, "progress", 0),
        effort=read_whole(raw, "effort", 2),
        impact=read_whole(raw, "impact", 0) or None,
        cost=None if cost is None else round(cost, 2),
        review_every_months=read_whole(raw, "review_every_months", 0) or None,
    )


def _one_of(kind: Any, sent: str | None, usual: Any) -> Any:
    return kind(sent) if sent in set(kind) else usual


def _read_kpi(raw: Raw, errors: Errors) -> Kpi:
    return Kpi(
        raw.get("kpi_name", ""),
        raw.get("kpi_unit", ""),
        "down" if raw.get("kpi_direction") == "down" else "up",
        read_figure(raw, "kpi_baseline", errors),
        read_figure(raw, "kpi_target", errors),
        raw.get("kpi_source", ""),
    )


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


def shown(facts: Facts) -> Values:
    """The form filled with what stands."""
    kpi = facts.kpi
    texts = {name: getattr(facts, name) for name in TEXTS if not name.startswith("kpi_")} | {
        "kpi_name": kpi.name, "kpi_unit": kpi.unit, "kpi_direction": kpi.direction, "kpi_baseline": kpi.baseline,
        "kpi_target": kpi.target, "kpi_source": kpi.source,
    }  # fmt: skip
    return {name: _as_text(value) for name, value in texts.items()} | {
        "serves": padded([(code, str(level)) for code, level in facts.serves.items()]),
        "start": facts.starts_on, "due": facts.due_on, "next_review_on": facts.next_review_on, "channels": facts.channels,
    }  # fmt: skip


def typed(raw: Raw) -> Values:
    """The form as it was sent."""
    dates = {name: typed_date(raw, name) for name in ("start", "due", "next_review_on")}
    channels = [one.value for one in Channel if raw.get(f"channel-{one.value}")]
    return {name: raw.get(name, "") for name in TEXTS} | dates | {
        "serves": padded(_rows(raw)), "channels": channels, "steps": raw.get("steps", ""),
    }  # fmt: skip


def padded(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows, and empty ones up to what the form offers."""
    filled = [row for row in rows if row[0]]
    return filled + [("", "")] * max(1, ROWS - len(filled))


def _as_text(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case Decimal():
            return f"{value.normalize():f}".replace(".", decimal_mark())
        case _:
            return str(value)


def choices(questionnaire: Questionnaire) -> dict[str, Any]:
    """What the selects of an action's form offer."""
    longest = max(len(criterion.scale.values) for criterion in questionnaire.criteria)
    return {
        "criteria": [
            (
                element.label.in_(current()),
                [(c.code, f"{c.code} {c.label.in_(current())}") for c in element.criteria],
            )
            for element in questionnaire.elements
        ],
        "levels": [(str(n), _("Level %(n)s") % {"n": n}) for n in range(2, longest + 1)],
        "efforts": wording.effort_choices(),
        "impacts": wording.effort_choices(),
        "stages": wording.stage_choices(),
        "reached": wording.channel_choices(),
        "rhythms": wording.rhythm_choices(),
    }
