"""An answers file: code, value or level, state, reason, evidence; as CSV, XLSX, YAML or JSON.

Reads rows and remembers their lines; what the rows are worth is for `rules`. Source: docs/method.md#answers.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from palier.foundation.spreadsheets import BadWorkbook, first_sheet
from palier.questionnaires.yaml_text import Parsed, parse

COLUMNS = ("code", "value", "level", "state", "reason", "evidence")
ENDINGS = ".csv, .xlsx, .json, .yaml or .yml"

Placed = list[tuple[int, dict[str, Any]]]
"""Rows with the line each starts on."""


class BadAnswersFile(ValueError):
    """A file that holds no answers: where and why, in one line."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {' '.join(reason.split())}")


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """Rows for `score`, and the line each criterion's row starts on (from 1)."""

    file: Path
    rows: tuple[dict[str, Any], ...]
    lines: Mapping[str, int]

    def fault(self, code: str | None, reason: str) -> BadAnswersFile:
        """`reason` told at the line of criterion `code`."""
        named = f"{code}: {reason}" if code else reason
        return BadAnswersFile(self.file, self.lines.get(code or "", 1), named)


def read_answers_file(file: Path) -> AnswersFile:
    """The rows of `file`, by its ending. Raises BadAnswersFile, OSError."""
    return _without_repeats(file, _placed_rows(file))


def _placed_rows(file: Path) -> Placed:
    ending = file.suffix.lower()
    if ending == ".xlsx":
        return _sheet_rows(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadAnswersFile(file, 1, "is not UTF-8 text") from None
    match ending:
        case ".csv":
            return _csv_rows(file, text)
        case ".json":
            return _json_rows(file, text)
        case ".yaml" | ".yml":
            return _yaml_rows(file, text)
        case _:
            raise BadAnswersFile(file, 1, f"must end in {ENDINGS}")


def _without_repeats(file: Path, placed: Placed) -> AnswersFile:
    lines: dict[str, int] = {}
    for line, row in placed:
        code = str(row.get("code") or "").strip()
        if not code:
            raise BadAnswersFile(file, line, "a row names its criterion in `code`")
        if code in lines:
            raise BadAnswersFile(file, line, f"{code}: answered twice (first on line {lines[code]})")
        row["code"] = code
        lines[code] = line
    return AnswersFile(file, tuple(row for _, row in placed), lines)


def _csv_rows(file: Path, text: str) -> Placed:
    """Rows under a header; comma or semicolon, as spreadsheets in French write it, with their decimal comma."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise BadAnswersFile(file, reader.line_num, str(error)) from error
    if delimiter == ";":
        lines = [(place, [_with_point(cell) for cell in cells]) for place, cells in lines]
    return _table(file, lines)


def _with_point(cell: str) -> str:
    """ "12,5" as 12.5: between semicolons a comma inside a number is the decimal one."""
    return cell.replace(",", ".") if re.fullmatch(r"\s*-?[0-9]+,[0-9]+\s*", cell) else cell


def _sheet_rows(file: Path) -> Placed:
    """Rows of a workbook's first sheet, under a header; cells left empty at the end of a row are empty."""
    try:
        lines = first_sheet(file)
    except BadWorkbook as error:
        raise BadAnswersFile(file, 1, str(error)) from error
    width = len(lines[0]) if lines else 0
    padded = [cells + [""] * (width - len(cells)) for cells in lines]
    return _table(file, [(place, cells) for place, cells in enumerate(padded, 1) if any(cells)])


def _table(file: Path, lines: Iterable[tuple[int, Sequence[str]]]) -> Placed:
    """Rows by column, from lines of cells: the first names the columns."""
    placed: Placed = []
    columns: list[str] = []
    for place, cells in lines:
        if not columns:
            columns = [name.strip().lower() for name in cells]
            _check_columns(file, columns)
        elif len(cells) != len(columns):
            raise BadAnswersFile(file, place, f"{len(columns)} columns wanted")
        else:
            named = zip(columns, cells, strict=True)
            placed.append((place, {name: cell.strip() for name, cell in named}))
    if not columns:
        _check_columns(file, columns)
    return placed


def _check_columns(file: Path, columns: list[str]) -> None:
    if "code" not in columns:
        raise BadAnswersFile(file, 1, f"the first line names the columns: {', '.join(COLUMNS)}")
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise BadAnswersFile(file, 1, f"unknown column {unknown[0]!r}; there are {', '.join(COLUMNS)}")
    if len(set(columns)) < len(columns):
        raise BadAnswersFile(file, 1, "a column is named twice")


def _json_rows(file: Path, text: str) -> Placed:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadAnswersFile(file, error.lineno, f"not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise BadAnswersFile(file, 1, "not JSON that anybody would write") from error
    # JSON is YAML once tabs (allowed there only between values) are spaces: that gives the lines.
    return _rows(file, Parsed(data, parse(text.replace("\t", " ")).lines, ()))


def _yaml_rows(file: Path, text: str) -> Placed:
    parsed = parse(text)
    if parsed.problems:
        problem = parsed.problems[0]
        raise BadAnswersFile(file, parsed.line(problem.path), problem.reason)
    return _rows(file, parsed)


def _rows(file: Path, parsed: Parsed) -> Placed:
    """A list of rows, or rows by code; either may stand under the key `answers`."""
    data = parsed.data
    top: tuple[str, ...] = ()
    if isinstance(data, Mapping) and set(data) == {"answers"}:
        data, top = data["answers"], ("answers",)
    if isinstance(data, Mapping):
        named = [(key, row if isinstance(row, Mapping) else {"value": row}) for key, row in data.items()]
        return [(parsed.line((*top, key)), {**row, "code": key}) for key, row in named]
    if not isinstance(data, list):
        raise BadAnswersFile(file, 1, "holds no list of answers")
    for place, row in enumerate(data):
        if not isinstance(row, Mapping):
            raise BadAnswersFile(file, parsed.line((*top, place)), "a row is a group of named fields")
    return [(parsed.line((*top, place)), dict(row)) for place, row in enumerate(data)]
