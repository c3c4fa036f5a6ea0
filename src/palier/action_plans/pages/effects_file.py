"""A plan's effects as a file for a spreadsheet: one line per action and criterion it aimed at."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from palier.action_plans.flows.effects import ActionOutcome, Outcome
from palier.action_plans.wording import status_words
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file


def effects_file(outcome: Outcome) -> bytes:
    """Every action of the plan; one that aims at nothing compared has a line of its own."""
    return csv_file([_head(outcome), *(line for one in outcome.actions for line in _lines(outcome, one))])


def _head(outcome: Outcome) -> list[str]:
    before, after = outcome.pair.before.name, outcome.pair.after.name
    return [
        _("Action"), _("Status"), _("Finished on"), _("Finished between the rounds"), _("Expected gain"), _("Seen on its criteria"),
        _("Criterion"), _("Label"), _("Level %(name)s") % {"name": before}, _("Level aimed at"),
        _("Level %(name)s") % {"name": after}, _("Finished actions that aimed at it"), _("Indicator"), _("Baseline"),
        _("Last measure"),
    ]  # fmt: skip


def _lines(outcome: Outcome, one: ActionOutcome) -> Iterator[Sequence[Cell]]:
    row, kpi = one.row, one.kpi
    action: tuple[Cell, ...] = (
        row.title, status_words(row.status), row.done_at.date().isoformat() if row.done_at else "",
        _("yes") if one.finished else _("no"), one.effect.expected, one.effect.seen,
    )  # fmt: skip
    indicator: tuple[Cell, ...] = (
        row.kpi_name,
        Fraction(kpi[0]) if kpi else None,
        Fraction(kpi[1]) if kpi else None,
    )
    asked = outcome.pair.before.questionnaire
    for aimed in one.effect.criteria:
        label = (
            asked.criterion(aimed.code).label.in_(current()) if aimed.code in asked.index.positions else ""
        )
        yield (*action, aimed.code, label, aimed.before, aimed.aim, aimed.after, aimed.sharers, *indicator)
    if not one.effect.criteria:
        yield (*action, *(("",) * 2), *((None,) * 4), *indicator)
