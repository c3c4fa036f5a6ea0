"""The benchmark page as a file: one line per variable, the very figures the page shows."""

from collections.abc import Callable, Iterable, Sequence

from palier.benchmarks.rules.lines import Line
from palier.benchmarks.wording import band_in_words, quarter_in_words
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file


def benchmark_file(lines: Iterable[Line], named: Callable[[str], str], group: str, edition: str) -> bytes:
    """`lines` with their names; `group` and `edition` stand on every line, so that a line can be quoted alone."""
    head = [
        _("Code"), _("Label"), _("You"), _("Organisations"), _("P10"), _("Q1"), _("Median"), _("Q3"), _("P90"), _("Gap"),
        _("Quarter"), _("Note"), _("Peer group"), _("Edition"),
    ]  # fmt: skip
    return csv_file([head, *([*_line(one, named), group, edition] for one in lines)], decimals=1)


def _line(one: Line, named: Callable[[str], str]) -> Sequence[Cell]:
    figure = one.figure
    return (
        one.code, named(one.code), one.score, band_in_words(figure.n or ""), figure.p10, figure.q1, figure.median,
        figure.q3, figure.p90, one.gap, quarter_in_words(figure.quarter) if figure.quarter else "",
        _("Hidden: group too small") if one.hidden else "",
    )  # fmt: skip
