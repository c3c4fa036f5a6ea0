"""An answers file: code, value (points) or level, state, reason, evidence; as CSV, YAML or JSON.

Reads rows and remembers their lines; what the rows are worth is for `rules`. Source: docs/method.md#answers.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from palier.questionnaires.yaml_text import Parsed, parse

COLUMNS = ("code", "value", "level", "state", "reason", "evidence")


class BadAnswersFile(ValueError):
    """A file that holds no answers: where and why, in one line."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")


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
    """The rows of `file`, by its ending: .csv, .json, .yaml, .yml. Raises BadAnswersFile, OSError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadAnswersFile(file, 1, "is not UTF-8 text") from None
    match file.suffix.lower():
        case ".csv":
            placed = _csv_rows(file, text)
        case ".json":
            placed = _json_rows(file, text)
        case ".yaml" | ".yml":
            placed = _yaml_rows(file, text)
        case _:
            raise BadAnswersFile(file, 1, "must end in .csv, .json, .yaml or .yml")
    return _without_repeats(file, placed)


def _without_repeats(file: Path, placed: list[tuple[int, dict[str, Any]]]) -> AnswersFile:
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


def _csv_rows(file: Path, text: str) -> list[tuple[int, dict[str, Any]]]:
    """Rows under a header; comma or semicolon, as spreadsheets in French write it."""
    header = text.partition("\n")[0]
    reader = csv.DictReader(
        text.splitlines(keepends=True), delimiter=";" if ";" in header else ",", strict=True
    )
    placed: list[tuple[int, dict[str, Any]]] = []
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        _check_columns(file, columns)
        reader.fieldnames = columns
        for row in reader:
            if None in row or None in row.values():
                raise BadAnswersFile(file, reader.line_num, f"{len(columns)} columns wanted")
            placed.append((reader.line_num, {key: value.strip() for key, value in row.items()}))
    except csv.Error as error:
        raise BadAnswersFile(file, reader.reader.line_num, str(error)) from error
    return placed


def _check_columns(file: Path, columns: list[str]) -> None:
    if "code" not in columns:
        raise BadAnswersFile(file, 1, f"the first line names the columns: {', '.join(COLUMNS)}")
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise BadAnswersFile(file, 1, f"unknown column {unknown[0]!r}; there are {', '.join(COLUMNS)}")
    if len(set(columns)) < len(columns):
        raise BadAnswersFile(file, 1, "a column is named twice")


def _json_rows(file: Path, text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadAnswersFile(file, error.lineno, f"not JSON: {error.msg}") from error
    # JSON is YAML once tabs (allowed there only between values) are spaces: that gives the lines.
    return _rows(file, Parsed(data, parse(text.replace("\t", " ")).lines, ()))


def _yaml_rows(file: Path, text: str) -> list[tuple[int, dict[str, Any]]]:
    parsed = parse(text)
    if parsed.problems:
        problem = parsed.problems[0]
        raise BadAnswersFile(file, parsed.line(problem.path), problem.reason)
    return _rows(file, parsed)


def _rows(file: Path, parsed: Parsed) -> list[tuple[int, dict[str, Any]]]:
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
