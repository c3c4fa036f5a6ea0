"""The benchmark page as a file, for spreadsheets or programs: one line per variable, the very figures the page shows."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from palier.benchmarks.rules.contributions import half_up
from palier.benchmarks.rules.lines import Line, index
from palier.benchmarks.rules.standing import Standing
from palier.benchmarks.wording import band_in_words, quarter_in_words
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file, workbook_file


def benchmark_table(
    lines: Iterable[Line],
    named: Callable[[str], str],
    group: str,
    edition: str,
    indexed: Collection[str] = (),
) -> list[Sequence[Cell]]:
    """`lines` with their names; `group` and `edition` stand on every line, so that a line can be quoted alone.

    `indexed`: variables also told as an index from 0 to 10, in two more columns.
    """
    head = [
        _("Code"), _("Label"), _("You"), _("Organisations"), _("P10"), _("Q1"), _("Median"), _("Q3"), _("P90"), _("Gap"),
        _("Quarter"), _("Note"), _("Peer group"), _("Edition"), *((_("Index, you"), _("Index, median")) if indexed else ()),
    ]  # fmt: skip
    rows = [[*_line(one, named), group, edition, *(_index(one, indexed) if indexed else ())] for one in lines]
    return [head, *rows]


def benchmark_csv(table: Iterable[Sequence[Cell]]) -> bytes:
    """The table for any spreadsheet."""
    return csv_file(table, decimals=1)


def benchmark_workbook(table: Iterable[Sequence[Cell]]) -> bytes:
    """The same table as an .xlsx file."""
    return workbook_file(_("Benchmark"), table, decimals=1)


def _index(one: Line, indexed: Collection[str]) -> Sequence[Cell]:
    return (index(one.score), index(one.figure.median)) if one.code in indexed else (None, None)


def _line(one: Line, named: Callable[[str], str]) -> Sequence[Cell]:
    figure = one.figure
    return (
        one.code, named(one.code), one.score, band_in_words(figure.n or ""), figure.p10, figure.q1, figure.median,
        figure.q3, figure.p90, one.gap, quarter_in_words(figure.quarter) if figure.quarter else "",
        _("Hidden: group too small") if one.hidden else "",
    )  # fmt: skip


def benchmark_data(
    lines: Iterable[Line],
    named: Callable[[str], str],
    standing: Standing,
    edition: str,
    published_on: date,
    indexed: Collection[str] = (),
) -> bytes:
    """The same lines as JSON: published figures as whole points, the own score with one decimal, null where hidden.

    `asked` is the group of peers the address named, `cohort` the one that is answered; {} is the whole network.
    `indexed`: variables that also have an "index" from 0 to 10.
    """
    content = {
        "edition": edition, "published_on": published_on.isoformat(), "asked": dict(standing.asked),
        "cohort": dict(standing.cohort or {}), "figures": [_entry(one, named) | _index_entry(one, indexed) for one in lines],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _entry(one: Line, named: Callable[[str], str]) -> dict[str, object]:
    figure = one.figure
    return {
        "code": one.code, "label": named(one.code), "you": None if one.score is None else half_up(one.score, 10) / 10,
        "n": figure.n, "p10": figure.p10, "q1": figure.q1, "median": figure.median, "q3": figure.q3, "p90": figure.p90,
        "gap": one.gap, "quarter": figure.quarter,
    }  # fmt: skip


def _index_entry(one: Line, indexed: Collection[str]) -> dict[str, object]:
    if one.code not in indexed:
        return {}
    figure = one.figure
    figures = {"q1": figure.q1, "median": figure.median, "q3": figure.q3}
    own = None if one.score is None else half_up(one.score / 10, 10) / 10
    return {"index": {"you": own} | {name: None if it is None else it / 10 for name, it in figures.items()}}
