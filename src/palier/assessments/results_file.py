"""The results as a file for a spreadsheet: one line per node, the figures the pages show, two decimals."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from palier.assessments.results_wording import (
    band_words,
    grade_words,
    kind_words,
    state_words,
    withheld_reason,
)
from palier.assessments.rules.peers import PeerFigure
from palier.assessments.rules.reading import Row, Table
from palier.assessments.rules.value_fields import cell_of
from palier.foundation.language import current, pgettext
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.answers import Answer


def results_file(questionnaire: Questionnaire, result: Result, table: Table) -> bytes:
    """One line per node, the total first, as `foundation.spreadsheets` writes them."""
    return csv_file(results_lines(questionnaire, result, table))


def results_lines(questionnaire: Questionnaire, result: Result, table: Table) -> list[Sequence[Cell]]:
    """The head, then one line per node, the total first."""
    return [_head(), *(_line(questionnaire, result, row) for row in _rows(table))]


def _head() -> list[str]:
    return [
        _("Kind"), _("Code"), _("Label"), _("Score"), _("Supported score"), _("Level"), _("State"),
        _("Answer"), _("Evidence"), _("Answered (%)"), _("Weight"), _("Share of its parent (%)"),
        _("Contribution to its parent"), _("Part of the total"), _("Earlier score"), pgettext("difference", "Change"),
        _("Peers"), _("Q1"), _("Median"), _("Q3"), _("Quarter"), _("Note"),
    ]  # fmt: skip


def _rows(table: Table) -> Iterator[Row]:
    yield table.total
    for group in table.groups:
        yield group.row
        for element in group.elements:
            yield element
            yield from (table.criteria[node.code] for node in element.node.children)


def _line(questionnaire: Questionnaire, result: Result, row: Row) -> Sequence[Cell]:
    node, answer, peers = row.node, row.node.answer, row.peers
    return (
        kind_words(node.kind), node.code,
        row.part.label.in_(current()) if row.part else _("Overall maturity"),
        node.score, node.supported, result.level if row.part is None else node.level,
        *(_said(answer) if answer else ("",) * 3),
        _hundred(node.coverage), node.weight, _hundred(node.share), node.contribution,
        result.part_of_total(node.code), row.before, row.delta,
        *(_published(peers) if peers else (None,) * 5),
        (answer.reason if answer else None) or withheld_reason(node, questionnaire),
    )  # fmt: skip


def _published(peers: PeerFigure) -> tuple[Cell, ...]:
    return band_words(peers.n_band), peers.q1, peers.median, peers.q3, peers.quarter


def _said(answer: Answer) -> tuple[str, str, str]:
    """State, value as an answers file writes it, and grade."""
    return state_words(answer.state), cell_of(answer.plain_value), grade_words(answer.grade)


def _hundred(share: Fraction | None) -> Fraction | None:
    return None if share is None else share * 100
