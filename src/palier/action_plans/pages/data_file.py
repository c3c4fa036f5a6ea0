"""A plan to take away: as a workbook that comes back, as CSV and as JSON with columns that stay.

Source: docs/data.md.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from palier.action_plans.data_wording import choosable, heads
from palier.action_plans.flows.overview import PlannedAction, PlanView
from palier.action_plans.flows.stepping import seal_of
from palier.action_plans.pages.plan_file import last_measure
from palier.action_plans.rules.action_lines import COLUMNS, DATES, FIGURES, WHOLE, WRITTEN, Mark, mark_text
from palier.action_plans.wording import channel_words, direction_words, stage_words, status_words
from palier.foundation.actor import Organisation
from palier.foundation.clock import now
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.sheets import Column, Content, Format, Sheet, write_sheets
from palier.foundation.spreadsheets import Cell, csv_file
from palier.scoring.rules.record import rounded

FORMAT = "palier.plan/1"
"""What the JSON calls itself; a change that breaks its readers takes the next number."""

_WIDTHS = {
    "title": 40, "serves": 22, "finding": 40, "cause": 30, "evidence": 30, "owner": 20, "sponsor": 20, "sponsor_email": 24,
    "channels": 22, "kpi_name": 26, "kpi_source": 24, "steps": 44, "waits_for": 30, "blocked_reason": 26,
}  # fmt: skip

Titles = Mapping[UUID, str]
"""What the actions of the organisation are called: those of other plans may be waited for."""


def plan_workbook(organisation: Organisation, view: PlanView, titles: Titles) -> bytes:
    """The workbook: what it is, the actions to change and bring back, the measures to read."""
    return write_sheets([_about(organisation, view), _actions(view, titles), _measures(view)])


def _about(organisation: Organisation, view: PlanView) -> Sheet:
    facts = [
        (_("Organisation"), organisation.name), (_("Action plan"), view.plan.title),
        (_("Criteria"), ", ".join(one.questionnaire.key for one in view.rounds)), (_("Taken away on"), day(now())),
    ]  # fmt: skip
    rules = [
        _("The sheet “%(actions)s” has one line an action. Grey columns are for reading; the others come back.")
        % {"actions": _("Actions")},
        _("To add actions, fill in new lines under the others; only the title is needed."),
        _("Criteria stand with the level to reach: SX1.1.1=3; SX1.2.1=4. Steps stand one a line, channels with commas between."),
        _("Owners are members, by name. A sponsor is a member by name, or somebody outside with a name and an address."),
        _("Save as .xlsx and bring the workbook back on the page “Data” of the plan. What it would change is shown first."),
        _("An action a colleague changed meanwhile is never overwritten unseen: both versions are shown and you choose."),
        _("A line taken out deletes nothing. Keep the heads; their order, and that of the lines, does not matter."),
    ]  # fmt: skip
    rows = [*([name, text] for name, text in facts), [], *([str(n), text] for n, text in enumerate(rules, 1))]
    return Sheet(_("About"), (Column(_("About"), 26), Column("", 100)), rows, table=False)


def _actions(view: PlanView, titles: Titles) -> Sheet:
    named, words = heads(), choosable()
    columns = tuple(
        Column(
            named[key], _WIDTHS.get(key, 14), words.get(key, ()), _format(key), told=key not in WRITTEN,
            hidden=key == "mark",
        )
        for key in COLUMNS
    )  # fmt: skip
    rows = [_line(action, titles) for action in view.actions]
    return Sheet(_("Actions"), columns, rows, fixed=1)


def _format(key: str) -> Format:
    if key in DATES:
        return Format.DATE
    return Format.NUMBER if key in (*WHOLE, *FIGURES, "gain", "last_measure") else Format.TEXT


def _line(action: PlannedAction, titles: Titles) -> list[Content]:
    row = action.row
    stored = _stored(action, titles)
    shown: dict[str, Content] = {
        "status": status_words(row.status), "stage": stage_words(row.stage),
        "channels": ", ".join(channel_words(one) for one in row.channels),
        "kpi_direction": direction_words(row.kpi_direction), "blocked": _("yes") if row.blocked else _("no"),
        "late": _("yes") if action.late else _("no"), "gain": rounded(action.gain, 2),
        "mark": mark_text(Mark(row.id, row.revision, seal_of([one.text for one in action.checklist]))),
    }  # fmt: skip
    return [shown[key] if key in shown else stored[key] for key in COLUMNS]


def _stored(action: PlannedAction, titles: Titles) -> dict[str, Any]:
    """Every column but the mark, as it is stored."""
    row = action.row
    same = {key: getattr(row, key) for key in COLUMNS if key in _SAME}
    return same | {
        "serves": "; ".join(f"{step['criterion']}={step['to']}" for step in row.serves), "owner": row.owner_name,
        "status": row.status.value, "stage": row.stage.value, "channels": ", ".join(row.channels),
        "blocked": "yes" if row.blocked else "no", "steps": "\n".join(one.text for one in action.checklist),
        "waits_for": "; ".join(titles.get(one, "") for one in action.requires),
        "late": "yes" if action.late else "no", "gain": action.gain, "last_measure": last_measure(action),
    }  # fmt: skip


_SAME = frozenset(COLUMNS) - {
    "serves", "owner", "status", "stage", "channels", "blocked", "steps", "waits_for", "late", "gain", "last_measure", "mark",
}  # fmt: skip
"""Columns named as the facts are stored."""


def _measures(view: PlanView) -> Sheet:
    columns = (
        Column(_("Action"), 40, told=True), Column(_("Indicator"), 26, told=True), Column(_("Unit"), 14, told=True),
        Column(_("Date"), 14, format=Format.DATE, told=True), Column(_("Value"), 14, format=Format.NUMBER, told=True),
    )  # fmt: skip
    rows: list[list[Content]] = [
        [action.row.title, action.row.kpi_name, action.row.kpi_unit, one.on, one.value]
        for action in view.actions
        for one in action.readings
    ]
    return Sheet(_("Measures"), columns, rows)


# --- for other programs -----------------------------------------------------------------------------------------------

_STABLE = ("id", "revision", *(key for key in COLUMNS if key != "mark"))
"""The columns of the CSV: named in English whatever the reader's language, and never renamed."""


def actions_csv(view: PlanView, titles: Titles) -> bytes:
    """One line an action; words as they are stored, numbers with the reader's decimal mark."""
    return csv_file([list(_STABLE), *(_stable(action, titles) for action in view.actions)])


def _stable(action: PlannedAction, titles: Titles) -> Sequence[Cell]:
    stored = _stored(action, titles) | {"id": str(action.row.id), "revision": action.row.revision}
    return [stored[key] for key in _STABLE]


def plan_json(organisation: Organisation, view: PlanView, titles: Titles) -> bytes:
    """The plan, its actions with their steps and measures, gains exact."""
    return json.dumps(dict(_plain_plan(organisation, view, titles)), ensure_ascii=False, indent=1).encode()


def _plain_plan(organisation: Organisation, view: PlanView, titles: Titles) -> Iterator[tuple[str, Any]]:
    yield "format", FORMAT
    yield "taken_at", now().isoformat(timespec="seconds")
    yield "organisation", {"slug": organisation.slug, "name": organisation.name}
    yield "plan", {
        "slug": view.plan.slug, "title": view.plan.title, "strategic_weights": view.plan.strategic_weights,
        "targets": view.plan.targets, "rounds": [one.assessment.slug for one in view.rounds],
    }  # fmt: skip
    yield "actions", [_plain_action(action, titles) for action in view.actions]


def _plain_action(action: PlannedAction, titles: Titles) -> dict[str, Any]:
    row = action.row
    lists: dict[str, Any] = {
        "serves": row.serves, "channels": list(row.channels), "blocked": row.blocked, "late": action.late,
        "gain": str(action.gain), "done_at": row.done_at,
        "steps": [{"text": one.text, "done_at": one.done_at} for one in action.checklist],
        "waits_for": [{"id": str(one), "title": titles.get(one, "")} for one in action.requires],
        "measures": [{"on": one.on, "value": one.value} for one in action.readings],
    }  # fmt: skip
    stored = _stored(action, titles) | {"id": str(row.id), "revision": row.revision} | lists
    plain: dict[str, Any] = _plain({key: stored[key] for key in (*_STABLE, "done_at", "measures")})
    return plain


def _plain(value: Any) -> Any:
    """As JSON has it: decimals as exact text, moments and days as ISO text."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
    return value
