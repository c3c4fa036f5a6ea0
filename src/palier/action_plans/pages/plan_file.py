"""The actions of a list as a file for a spreadsheet: one line per action, in the reader’s words."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from palier.action_plans import wording
from palier.action_plans.flows.overview import PlannedAction
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file


def plan_file(actions: Iterable[PlannedAction]) -> bytes:
    """CSV as `foundation.spreadsheets` writes it; the whole plan with columns that stay is `pages.data_file`."""
    return csv_file([_head(), *(_line(action) for action in actions)])


def _head() -> list[str]:
    names = (
        "title", "serves", "finding", "owner", "sponsor", "starts_on", "due_on", "status", "progress", "effort"
    )  # fmt: skip
    return [
        *(wording.field_words(name) for name in names),
        _("Late"), _("Estimated gain, in points"), _("Indicator"), _("Unit"), _("Baseline"), _("Target"),
        _("Last measure"), _("Lever"),
    ]  # fmt: skip


def _line(action: PlannedAction) -> Sequence[Cell]:
    row = action.row
    return [
        row.title, ", ".join(action.criteria), row.finding, row.owner_name, row.sponsor, row.starts_on, row.due_on,
        wording.status_words(row.status), row.progress, row.effort, _("yes") if action.late else _("no"),
        action.gain, row.kpi_name, row.kpi_unit, row.kpi_baseline, row.kpi_target, last_measure(action), row.lever,
    ]  # fmt: skip


def last_measure(action: PlannedAction) -> Decimal | None:
    """The last value of the indicator that was measured."""
    return action.readings[-1].value if action.readings else None
