"""A plan as a file for a spreadsheet: one line per action."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from palier.action_plans import wording
from palier.action_plans.flows.overview import PlannedAction
from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.spreadsheets import FORMULA

Cell = str | int | Fraction | date | None


def plan_file(actions: Iterable[PlannedAction]) -> bytes:
    """CSV as a spreadsheet opens it: byte order mark, semicolons, the decimal mark of the language, ISO dates."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_head())
    for action in actions:
        writer.writerow([_cell(value) for value in _line(action)])
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _head() -> list[str]:
    names = (
        "title", "serves", "finding", "owner", "sponsor", "starts_on", "due_on", "status", "progress", "effort"
    )  # fmt: skip
    return [
        *(wording.field_words(name) for name in names),
        _("Late"), _("Estimated gain, in points"), _("Indicator"), _("Unit"), _("Baseline"), _("Target"),
        _("Last measure"), _("Lever"),
    ]  # fmt: skip


def _line(action: PlannedAction) -> list[Cell]:
    row = action.row
    latest = action.readings[-1].value if action.readings else None
    return [
        row.title, ", ".join(action.criteria), row.finding, row.owner_name, row.sponsor, row.starts_on, row.due_on,
        wording.status_words(row.status), row.progress, row.effort, _("yes") if action.late else _("no"),
        action.gain, row.kpi_name, row.kpi_unit, *(_exact(v) for v in (row.kpi_baseline, row.kpi_target, latest)),
        row.lever,
    ]  # fmt: skip


def _exact(value: object) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def _cell(value: Cell) -> str:
    """Text that starts like a formula gets an apostrophe: a spreadsheet must not run what somebody typed."""
    match value:
        case None:
            return ""
        case Fraction():
            return number(value, 2).replace("\u2212", "-").replace("\u202f", "").replace("\u00a0", "")
        case date():
            return value.isoformat()
        case str():
            return f"'{value}" if value.lstrip().startswith(FORMULA) else value
        case _:
            return str(value)
