"""Answers as plain data, read strictly: a value that is not a rung of the scale is refused, never guessed.

Source: docs/method.md#answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from palier.questionnaires.rules import Criterion, Grade, Questionnaire, Scale

PLAIN_KEYS = frozenset({"code", "value", "level", "state", "reason", "evidence"})


class State(StrEnum):
    """Where an answer stands; only `answered` has points of its own."""

    ANSWERED = "answered"
    NA = "na"
    DK = "dk"
    BLANK = "blank"


class BadAnswer(ValueError):
    """An answer that cannot be used; `code` names its criterion when it has one."""

    def __init__(self, code: str | None, reason: str) -> None:
        super().__init__(f"{code}: {reason}" if code else reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The agreed answer to one criterion. `level` counts from 1; `points` are those of the scale."""

    code: str
    state: State
    level: int | None = None
    points: Fraction | None = None
    grade: Grade = Grade.NONE
    reason: str | None = None


PlainAnswers = Mapping[str, Any] | Iterable[Mapping[str, Any]]
"""Rows with a `code`, or rows by code; keys: code, value (points), level, state, reason, evidence (grade)."""


def read_answers(questionnaire: Questionnaire, answers: PlainAnswers) -> dict[str, Answer]:
    """One Answer per criterion, in the questionnaire's order; criteria without a row are blank.

    Raises BadAnswer: unknown or repeated code, unknown key, value off the scale, N/A without a reason.
    """
    given: dict[str, Answer] = {}
    for code, row in _rows(answers):
        if code in given:
            raise BadAnswer(code, "answered twice")
        given[code] = read_answer(_criterion(questionnaire, code), row)
    return {c.code: given.get(c.code) or Answer(c.code, State.BLANK) for c in questionnaire.criteria}


def read_answer(criterion: Criterion, row: Mapping[str, Any]) -> Answer:
    """The answer `row` gives to `criterion`. Raises BadAnswer."""
    code = criterion.code
    if unknown := sorted(str(key) for key in set(row) - PLAIN_KEYS):
        raise BadAnswer(code, f"unknown column {unknown[0]!r}")
    try:
        grade = Grade(row.get("evidence") or Grade.NONE)
        level = _level(criterion.scale, row)
        state = State(row.get("state") or (State.BLANK if level is None else State.ANSWERED))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise BadAnswer(code, str(error)) from error
    reason = str(row.get("reason") or "").strip() or None
    _check_state(code, state, level, reason)
    points = None if level is None else criterion.scale.points(level)
    return Answer(code, state, level, points, grade, reason)


def _rows(answers: PlainAnswers) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(answers, Mapping):
        for code, row in answers.items():
            yield code, row if isinstance(row, Mapping) else {"value": row}
        return
    for row in answers:
        if not isinstance(row, Mapping) or not row.get("code"):
            raise BadAnswer(None, "a row names its criterion in `code`")
        yield str(row["code"]), row


def _criterion(questionnaire: Questionnaire, code: str) -> Criterion:
    try:
        return questionnaire.criterion(code)
    except KeyError:
        raise BadAnswer(code, f"not a criterion of {questionnaire.key}") from None


def _level(scale: Scale, row: Mapping[str, Any]) -> int | None:
    """The rung given by `level`, by `value` (points), or by both when they agree."""
    level, value = row.get("level"), row.get("value")
    by_level = None if level in (None, "") else _whole(level)
    by_value = None if value in (None, "") else scale.level(_exact(value))
    if by_level is not None:
        scale.points(by_level)
    if None not in (by_level, by_value) and by_level != by_value:
        raise ValueError(f"level {by_level} and value {value} are not the same rung")
    return by_value if by_level is None else by_level


def _exact(value: Any) -> Fraction:
    """A number as written: floats by their shortest text, so that 0.1 is 1/10."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | Fraction):
        raise TypeError(f"not a number: {value!r}")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    try:
        return Fraction(str(value))
    except ValueError:
        raise ValueError(f"not a number: {value!r}") from None


def _whole(level: Any) -> int:
    if type(level) is int:
        return level
    exact = _exact(level)
    if exact.denominator != 1:
        raise ValueError(f"a level is a whole number, not {level!r}")
    return exact.numerator


def _check_state(code: str, state: State, level: int | None, reason: str | None) -> None:
    if state is State.ANSWERED and level is None:
        raise BadAnswer(code, "answered, but without a value")
    if state is not State.ANSWERED and level is not None:
        raise BadAnswer(code, f"state {state} carries no value")
    if state is State.NA and reason is None:
        raise BadAnswer(code, "not applicable needs a reason")
