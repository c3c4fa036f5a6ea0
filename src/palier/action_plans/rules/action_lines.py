"""Actions a workbook brings, read line by line: what each says, and every fault by line and column. Pure.

Source: docs/data.md#actions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from palier.action_plans.rules import life
from palier.action_plans.rules.checklist import checklist_fault, steps_in
from palier.foundation.filled_sheets import FilledLine, FilledSheet, Trouble, date_in, folded
from palier.questionnaires.rules import Questionnaire

TEXTS = (
    "title", "finding", "cause", "evidence", "owner", "sponsor", "sponsor_email", "blocked_reason", "kpi_name", "kpi_unit",
    "kpi_source",
)  # fmt: skip
DATES = ("starts_on", "due_on", "next_review_on")
WHOLE = ("progress", "effort", "impact", "review_every_months")
FIGURES = {"cost": 2, "kpi_baseline": 3, "kpi_target": 3}
"""Columns of numbers, with the decimals that are kept."""

NEVER_EMPTY = frozenset({"status", "stage", "progress", "effort", "kpi_direction", "blocked"})
"""Where something must stand, an empty cell says nothing."""

WRITTEN = (
    "title", "serves", "finding", "cause", "evidence", "owner", "sponsor", "sponsor_email", "starts_on", "due_on", "status",
    "progress", "effort", "impact", "cost", "stage", "blocked", "blocked_reason", "channels", "review_every_months",
    "next_review_on", "kpi_name", "kpi_unit", "kpi_direction", "kpi_baseline", "kpi_target", "kpi_source", "steps",
)  # fmt: skip
"""What is read back, in the order of the columns."""

TOLD = ("currency", "waits_for", "late", "gain", "last_measure", "lever")
COLUMNS = (*WRITTEN, *TOLD, "mark")
MOST_LINES = 1_000


class Reason(StrEnum):
    """Why a cell, a line or a file is refused; RULE: by a rule of the life of actions."""

    NO_TITLE_COLUMN = "no title column"
    REPEATED_COLUMN = "repeated column"
    TOO_MANY_LINES = "too many lines"
    REPEATED = "repeated"
    GONE = "gone"
    FORMULA = "formula"
    DATE = "date"
    ERROR = "error"
    TOO_LONG = "too long"
    NOT_A_DATE = "not a date"
    NOT_A_NUMBER = "not a number"
    UNKNOWN_WORD = "unknown word"
    UNKNOWN_CRITERION = "unknown criterion"
    UNKNOWN_PERSON = "unknown person"
    SEVERAL_PEOPLE = "several people"
    STEPS = "steps"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place: line and column as the file has them; `rule` where a rule of actions is broken."""

    line: int
    column: str
    reason: Reason
    value: str = ""
    rule: life.Fault | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Which folded texts stand for what, by column: our keys and our words, in every language."""

    closed: Mapping[str, Mapping[str, Any]]

    def meaning(self, column: str, text: str) -> Any:
        """What `text` stands for in `column`; None for nothing known."""
        return self.closed[column].get(folded(text))


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a line was taken away: its action, at which revision, with which words of its steps."""

    action: UUID
    revision: int
    seal: str


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One line: the facts it speaks of by field (people by name), and where it was taken away; None for a new action."""

    number: int
    values: Mapping[str, Any]
    mark: Mark | None

    @property
    def title(self) -> str:
        """What the action is called in the file."""
        return str(self.values.get("title", ""))


def mark_text(mark: Mark) -> str:
    """A mark as its cell holds it."""
    return f"{mark.action}.{mark.revision}.{mark.seal}"


def mark_in(text: str) -> Mark | None:
    """The mark a cell holds; None for anything else."""
    action, _, rest = text.partition(".")
    revision, _, seal = rest.partition(".")
    try:
        return Mark(UUID(action), int(revision), seal)
    except ValueError:
        return None


def read_lines(
    sheet: FilledSheet, asked: Questionnaire, words: Words
) -> tuple[list[ActionLine], list[Fault]]:
    """The actions of `sheet`, and every fault; a line with one is left out."""
    if "title" not in sheet.columns:
        return [], [Fault(1, "title", Reason.NO_TITLE_COLUMN)]
    if sheet.repeated:
        return [], [Fault(1, column, Reason.REPEATED_COLUMN) for column in sheet.repeated]
    good: dict[Any, ActionLine] = {}
    found: list[Fault] = []
    for line in sheet.lines[:MOST_LINES]:
        one, faults = _Reading(line, asked, words).everything()
        key = one.mark.action if one.mark else folded(one.title)
        if not faults and key in good:
            faults = [Fault(line.number, "title", Reason.REPEATED, str(good[key].number))]
        found += faults
        if not faults and any(line.cells.values()):
            good[key] = one
    if len(sheet.lines) > MOST_LINES:
        found.append(Fault(sheet.lines[MOST_LINES].number, "", Reason.TOO_MANY_LINES, str(MOST_LINES)))
    return list(good.values()), found


class _Reading:
    """One line as it is read; its faults gather here."""

    def __init__(self, line: FilledLine, asked: Questionnaire, words: Words) -> None:
        self.line, self.asked, self.words = line, asked, words
        self.faults: list[Fault] = []

    def everything(self) -> tuple[ActionLine, list[Fault]]:
        """The line with its faults."""
        values = {}
        for column in WRITTEN:
            if column in self.line.cells and not self._troubled(column):
                text = self.line.cells[column]
                if text or column not in NEVER_EMPTY:
                    values[column] = self._value(column, text)
        return ActionLine(self.line.number, values, mark_in(self.line.cells.get("mark", ""))), self.faults

    def fault(self, column: str, reason: Reason, value: str = "") -> None:
        """Note what is wrong."""
        self.faults.append(Fault(self.line.number, column, reason, value[:80]))

    def _troubled(self, column: str) -> bool:
        trouble = self.line.troubles.get(column)
        if trouble is None or (trouble is Trouble.DATE and column in DATES):
            return False
        self.fault(column, Reason(trouble.value))
        return True

    def _value(self, column: str, text: str) -> Any:
        if column in TEXTS:
            return text
        if column in DATES:
            return self._attempt(column, text, _date, Reason.NOT_A_DATE)
        if column in WHOLE:
            return self._attempt(column, text, _whole, Reason.NOT_A_NUMBER)
        if column in FIGURES:
            return self._attempt(column, text, lambda t: _figure(t, FIGURES[column]), Reason.NOT_A_NUMBER)
        match column:
            case "serves":
                return self._attempt(column, text, self._serves, Reason.UNKNOWN_CRITERION)
            case "channels":
                return self._channels(text)
            case "steps":
                return self._steps(text)
        return self._word(column, text)

    def _attempt(self, column: str, text: str, read: Callable[[str], Any], reason: Reason) -> Any:
        try:
            return read(text) if text else ({} if column == "serves" else None)
        except (ValueError, InvalidOperation, KeyError):
            self.fault(column, reason, text)
            return None

    def _word(self, column: str, text: str) -> Any:
        found = self.words.meaning(column, text)
        if found is None:
            self.fault(column, Reason.UNKNOWN_WORD, text)
        return found

    def _serves(self, text: str) -> dict[str, int]:
        """ "SX1.1.1=3; SX1.2.1=4": levels to reach by criterion. Raises ValueError, KeyError."""
        serves = {}
        for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
            found = re.fullmatch(r"(\S+?)\s*(?:=|\u2192|:)\s*(\d{1,2})", part)
            if found is None:
                raise ValueError(part)
            code, level = found[1], int(found[2])
            if not 1 <= level <= len(self.asked.criterion(code).scale.values):
                raise ValueError(part)
            serves[code] = level
        return serves

    def _channels(self, text: str) -> tuple[str, ...]:
        found = [self._word("channels", part) for part in re.split(r"\s*[;,\n]\s*", text) if part]
        return tuple(one.value for one in life.Channel if one in found)

    def _steps(self, text: str) -> tuple[str, ...]:
        steps = steps_in(text)
        if rule := checklist_fault(steps):
            self.fault("steps", Reason.STEPS, rule)
        return tuple(steps)


def _date(text: str) -> date:
    found = date_in(text)
    if not 2000 <= found.year <= 2100:
        raise ValueError(text)
    return found


def _whole(text: str) -> int:
    value = Decimal(text)
    if value != value.to_integral_value() or abs(value) > 1_000:
        raise ValueError(text)
    return int(value)


def _figure(text: str, decimals: int) -> Decimal:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-").replace(",", ".")
    value = Decimal(plain)
    if not value.is_finite() or abs(value) >= Decimal("1e11"):
        raise ValueError(text)
    return round(value, decimals)
