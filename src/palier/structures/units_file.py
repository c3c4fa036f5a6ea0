"""The table of units as a file, for spreadsheets or programs: the very figures the page shows."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction

from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file, workbook_file
from palier.scoring.rules.record import rounded
from palier.structures import wording
from palier.structures.rules.overview import Line, Overview


def units_table(overview: Overview, names: Mapping[str, str]) -> list[Sequence[Cell]]:
    """One line a figure: whose, which code, points; then the units together, and the parent's own round."""
    head = [
        _("Unit"), _("Kind of unit"), _("Town or place"), _("Weight"), _("Round"), _("Code"), _("Label"), _("Score"),
        _("Lowest unit"), _("Highest unit"), _("Units counted"),
    ]  # fmt: skip
    own = [overview.own] if overview.own else []
    together = [_line_together(overview, code, names[code]) for code in overview.codes]
    units = [one for line in overview.lines for one in _lines(line, overview.codes, names)]
    return [head, *units, *together, *(one for line in own for one in _lines(line, overview.codes, names))]


def _lines(line: Line, codes: Sequence[str], names: Mapping[str, str]) -> list[Sequence[Cell]]:
    kind, named = wording.unit_kinds().get(line.kind, ""), line.shown.name if line.shown else None
    return [
        [
            line.name,
            kind,
            line.place,
            line.weight,
            named,
            code,
            names[code],
            line.score(code),
            None,
            None,
            None,
        ]
        for code in codes
    ]


def _line_together(overview: Overview, code: str, name: str) -> Sequence[Cell]:
    one = overview.rolled(code)
    return [
        _("All units"), "", "", None, str(overview.year), code, name, one.score, one.lowest, one.highest,
        wording.coverage(one),
    ]  # fmt: skip


def units_csv(table: Sequence[Sequence[Cell]]) -> bytes:
    """The table for any spreadsheet."""
    return csv_file(table, decimals=1)


def units_workbook(table: Sequence[Sequence[Cell]]) -> bytes:
    """The same table as an .xlsx file."""
    return workbook_file(_("Units"), table, decimals=1)


def units_json(overview: Overview) -> bytes:
    """The same figures with one decimal; null where there is none. `weighted`: whether weights count."""
    content = {
        "questionnaire": overview.questionnaire.id, "year": overview.year, "weighted": overview.weighted,
        "units": [_entry(line, overview) for line in overview.lines],
        "together": {code: _together(overview, code) for code in overview.codes},
        "parent": _entry(overview.own, overview) if overview.own else None,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _entry(line: Line, overview: Overview) -> dict[str, object]:
    return {
        "name": line.name, "kind": line.kind, "place": line.place, "weight": line.weight,
        "round": line.shown.name if line.shown else None, "level": line.shown.level if line.shown else None,
        "change": _figure(line.change), "scores": {code: _figure(line.score(code)) for code in overview.codes},
    }  # fmt: skip


def _together(overview: Overview, code: str) -> dict[str, object]:
    one = overview.rolled(code)
    return {
        "score": _figure(one.score), "lowest": _figure(one.lowest), "highest": _figure(one.highest),
        "counted": one.counted, "units": one.units,
    }  # fmt: skip


def _figure(value: Fraction | None) -> float | None:
    return None if value is None else float(rounded(value))
