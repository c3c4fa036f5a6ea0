"""Answers a workbook brings back, read line by line: what each says, and every fault by line and column. Pure.

Source: docs/data.md#answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from palier.assessments.rules.drafts import CHOOSABLE, Draft, faults, settled
from palier.assessments.rules.value_fields import number_in
from palier.foundation.filled_sheets import FilledLine, FilledSheet, Trouble, folded
from palier.questionnaires.rules import Criterion, Grade, Questionnaire
from palier.questionnaires.rules.kinds import Kind
from palier.scoring.rules.answers import State
from palier.scoring.rules.kinds import canonical

COLUMNS = (
    "code", "section", "criterion", "asked", "level", "value", "state", "reason", "rationale", "evidence", "evidence_text",
    "evidence_link", "to_review", "updated_by", "updated_at", "mark",
)  # fmt: skip
"""The columns of a round's answers, in their order."""

CHOICE = ("level", "value", "state")
"""What was chosen stands in these three; `reason` belongs to "not applicable"."""

WRITTEN = (*CHOICE, "reason", "rationale", "evidence", "evidence_text", "evidence_link", "to_review")
"""What is read back."""

FIGURES = frozenset({Kind.RANGE, Kind.KPI, Kind.NPS})


class Reason(StrEnum):
    """Why a cell, a line or a file is refused."""

    NO_CODE_COLUMN = "no code column"
    REPEATED_COLUMN = "repeated column"
    NO_CODE = "no code"
    UNKNOWN_CODE = "unknown code"
    REPEATED = "repeated"
    FORMULA = "formula"
    DATE = "date"
    ERROR = "error"
    TOO_LONG = "too long"
    NOT_A_LEVEL = "not a level"
    UNREADABLE = "unreadable"
    UNKNOWN_STATE = "unknown state"
    NOTHING_CHOSEN = "nothing chosen"
    CHOSEN_BESIDE_STATE = "chosen beside state"
    TWO_ANSWERS = "two answers"
    UNKNOWN_GRADE = "unknown grade"
    NO_REASON = "no reason"
    NOT_A_LINK = "not a link"
    NOT_YES_OR_NO = "not yes or no"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place: line and column as the file has them; `code` names the criterion where it is known."""

    line: int
    column: str
    reason: Reason
    value: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Which folded texts stand for a state, a grade, yes and no: our keys and our words, in every language."""

    states: Mapping[str, State]
    grades: Mapping[str, Grade]
    truths: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line: the answer it gives, the parts it speaks of, and the revision it was taken away at (None: unknown)."""

    number: int
    code: str
    draft: Draft
    parts: Mapping[str, Any]
    revision: int | None


def mark_of(round_mark: str, revision: int) -> str:
    """What a line is known by when it comes back: the round and the revision of the answer."""
    return f"{round_mark}.{revision}"


def revision_in(mark: str, round_mark: str) -> int | None:
    """The revision a mark of this round names; None for another round's, or for none."""
    named, _, revision = mark.partition(".")
    return int(revision) if named == round_mark and revision.isascii() and revision.isdecimal() else None


def parts_of(draft: Draft) -> dict[str, Any]:
    """An answer as the parts two people may change apart. The choice is one: its level, value, state and reason."""
    value = None if draft.value is None else canonical(draft.value)
    return {
        "choice": (draft.state.value, draft.level, value, draft.reason.strip()),
        "rationale": draft.rationale.strip(),
        "evidence": draft.evidence_grade.value,
        "evidence_text": draft.evidence.strip(),
        "evidence_link": draft.evidence_link.strip(),
        "to_review": draft.to_review,
    }


def with_parts(stands: Draft, brought: Draft, names: tuple[str, ...]) -> Draft:
    """`stands` with the parts `names` of `brought`."""
    taken: dict[str, Any] = {}
    for name in names:
        match name:
            case "choice":
                taken |= {one: getattr(brought, one) for one in ("state", "level", "value", "reason")}
            case "evidence":
                taken["evidence_grade"] = brought.evidence_grade
            case "evidence_text":
                taken["evidence"] = brought.evidence
            case _:
                taken[name] = getattr(brought, name)
    return replace(stands, **taken)


def read_lines(
    sheet: FilledSheet,
    asked: Questionnaire,
    stands: Mapping[str, Draft],
    words: Words,
    round_mark: str,
) -> tuple[list[AnswerLine], list[Fault]]:
    """The answers of `sheet`, and every fault; a line with one is left out.

    `stands` are the answers as they are now: a column the file has not, it says nothing of.
    """
    if wrong := _head_faults(sheet):
        return [], wrong
    good: dict[str, AnswerLine] = {}
    found: list[Fault] = []
    for line in sheet.lines:
        reading = _Reading(line, words)
        if one := reading.answer(asked, stands, round_mark):
            if first := good.get(one.code):
                reading.fault("code", Reason.REPEATED, str(first.number))
            else:
                good[one.code] = one
        found += reading.faults
    return list(good.values()), found


def _head_faults(sheet: FilledSheet) -> list[Fault]:
    if "code" not in sheet.columns or not set(sheet.columns) & set(WRITTEN):
        return [Fault(1, "code", Reason.NO_CODE_COLUMN)]
    return [Fault(1, column, Reason.REPEATED_COLUMN) for column in sheet.repeated]


class _Reading:
    """One line as it is read; its faults gather here."""

    def __init__(self, line: FilledLine, words: Words) -> None:
        self.line, self.words, self.code = line, words, ""
        self.faults: list[Fault] = []

    def fault(self, column: str, reason: Reason, value: str = "") -> None:
        """Note what is wrong."""
        self.faults.append(Fault(self.line.number, column, reason, value[:80], self.code))

    def cell(self, column: str) -> str:
        """The text of a cell; "" where the file has no such column."""
        return self.line.cells.get(column, "")

    def answer(self, asked: Questionnaire, stands: Mapping[str, Draft], round_mark: str) -> AnswerLine | None:
        """What the line says; None with its faults noted, and for a line that names nothing and says nothing."""
        self.code = self.cell("code")
        if not self.code:
            if any(self.cell(column) for column in WRITTEN):
                self.fault("code", Reason.NO_CODE)
            return None
        if self.code not in asked.index.positions:
            self.fault("code", Reason.UNKNOWN_CODE, self.code)
            return None
        self._check_troubles()
        criterion = asked.criterion(self.code)
        draft = self._draft(criterion, stands.get(self.code, Draft()))
        if self.faults:
            return None
        said = set(self._parts())
        parts = {name: part for name, part in parts_of(draft).items() if name in said}
        revision = revision_in(self.cell("mark"), round_mark)
        return AnswerLine(self.line.number, self.code, draft, parts, revision)

    def _parts(self) -> Iterator[str]:
        """The parts whose columns the file has."""
        if any(column in self.line.cells for column in CHOICE):
            yield "choice"
        yield from (column for column in WRITTEN[4:] if column in self.line.cells)

    def _check_troubles(self) -> None:
        for column, trouble in self.line.troubles.items():
            if column in WRITTEN:
                self.fault(
                    column, Reason(trouble.value), self.cell(column) if trouble is Trouble.DATE else ""
                )

    def _draft(self, criterion: Criterion, stands: Draft) -> Draft:
        draft = stands
        if any(column in self.line.cells for column in CHOICE):
            draft = self._chosen(criterion, draft)
        draft = replace(
            draft,
            rationale=self._text("rationale", draft.rationale),
            evidence=self._text("evidence_text", draft.evidence),
            evidence_link=self._text("evidence_link", draft.evidence_link),
            evidence_grade=self._grade(draft.evidence_grade),
            to_review=self._truth(draft.to_review),
        )
        if not self.faults:
            self._check_rules(draft, criterion)
        return draft

    def _text(self, column: str, stands: str) -> str:
        return self.line.cells.get(column, stands)

    def _grade(self, stands: Grade) -> Grade:
        if "evidence" not in self.line.cells:
            return stands
        text = self.cell("evidence")
        grade = self.words.grades.get(folded(text)) if text else Grade.NONE
        if grade is None or (grade not in CHOOSABLE and grade is not stands):
            self.fault("evidence", Reason.UNKNOWN_GRADE, text)
        return grade or stands

    def _truth(self, stands: bool) -> bool:
        if "to_review" not in self.line.cells:
            return stands
        text = self.cell("to_review")
        if text and folded(text) not in self.words.truths:
            self.fault("to_review", Reason.NOT_YES_OR_NO, text)
        return self.words.truths.get(folded(text), False)

    def _chosen(self, criterion: Criterion, draft: Draft) -> Draft:
        """`draft` with what the level, the value and the state choose."""
        level, value = self.cell("level"), self.cell("value")
        state = self._state()
        bare = replace(draft, state=State.BLANK, level=None, value=None, reason="")
        if state in (State.NA, State.DK):
            if level or value:
                self.fault("state", Reason.CHOSEN_BESIDE_STATE, self.cell("state"))
            reason = self.cell("reason") if "reason" in self.line.cells else draft.reason
            return replace(bare, state=state, reason=reason if state is State.NA else "")
        if not (level or value):
            if state is State.ANSWERED:
                self.fault("level", Reason.NOTHING_CHOSEN)
            return bare
        return self._answered(criterion, bare, level, value)

    def _state(self) -> State | None:
        text = self.cell("state")
        state = self.words.states.get(folded(text)) if text else None
        if text and state is None:
            self.fault("state", Reason.UNKNOWN_STATE, text)
        return state

    def _answered(self, criterion: Criterion, bare: Draft, level: str, value: str) -> Draft:
        chosen = self._level(criterion, level) if level else None
        if not value:
            return replace(bare, state=State.ANSWERED, level=chosen)
        try:
            told = number_in(value, "fr") if criterion.answer.kind in FIGURES and "=" not in value else value
            found = settled(replace(bare, value=told), criterion)
        except (ValueError, TypeError, ArithmeticError):
            self.fault("value", Reason.UNREADABLE, value)
            return bare
        if level and found.level != chosen:
            self.fault("level", Reason.TWO_ANSWERS, level)
        return found

    def _level(self, criterion: Criterion, text: str) -> int | None:
        if text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= len(criterion.scale.values):
            return int(text)
        self.fault("level", Reason.NOT_A_LEVEL, text)
        return None

    def _check_rules(self, draft: Draft, criterion: Criterion) -> None:
        columns = {"evidence": "evidence_text", "answer": "level"}
        reasons = {"too_long": Reason.TOO_LONG, "missing": Reason.NO_REASON, "not_a_link": Reason.NOT_A_LINK}
        for one in faults(draft, criterion):
            self.fault(columns.get(one.field, one.field), reasons.get(one.rule, Reason.UNREADABLE))
