"""Answers as plain data, read strictly: a value that its kind does not know is refused, never guessed.

Source: docs/method.md#answers.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from palier.questionnaires.rules import Criterion, Grade, Questionnaire
from palier.scoring.rules.kinds import Reading, read_value
from palier.scoring.rules.numbers import whole

PLAIN_KEYS = frozenset({"code", "value", "level", "state", "reason", "evidence"})

LATER: Mapping[str, Any] = {"later": True}
"""Marks a field the record did not always have: written only where it says something (docs/method.md#record)."""


class State(StrEnum):
    """Where an answer stands; only `answered` has points of its own. `hidden` is the engine's own, never given."""

    ANSWERED = "answered"
    NA = "na"
    DK = "dk"
    BLANK = "blank"
    HIDDEN = "hidden"


LEAVING = frozenset({State.NA, State.HIDDEN})
"""States that leave numerator and denominator alike."""


class BadAnswer(ValueError):
    """An answer that cannot be used; `code` names its criterion when it has one."""

    def __init__(self, code: str | None, reason: str) -> None:
        super().__init__(f"{code}: {reason}" if code else reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """The agreed answer to one criterion. `level` counts from 1; `points` are 0 to 100.

    `value` is what was answered where that is no rung, as canonical JSON; `level` is then the highest rung worth
    no more than the points. A blank answer may hold the value somebody has begun.
    """

    code: str
    state: State
    level: int | None = None
    points: Fraction | None = None
    grade: Grade = Grade.NONE
    reason: str | None = None
    value: str | None = field(default=None, metadata=LATER)

    @property
    def plain_value(self) -> Any:
        """`value` as the plain data it was read from; None where a rung was chosen."""
        return None if self.value is None else json.loads(self.value)


PlainAnswers = Mapping[str, Any] | Iterable[Mapping[str, Any]]
"""Rows with a `code`, or rows by code; keys: code, value, level, state, reason, evidence (grade)."""

_ROW = (dict, Mapping)  # asking for any mapping at once takes ten times as long
_STATES = {state.value: state for state in State if state is not State.HIDDEN}
_GRADES = {grade.value: grade for grade in Grade}


def read_answers(questionnaire: Questionnaire, answers: PlainAnswers) -> dict[str, Answer]:
    """One Answer per criterion, in the questionnaire's order; criteria without a row are blank.

    A questionnaire narrowed to a scope leaves out what it does not ask. Raises BadAnswer: unknown or repeated
    code, unknown key, a value its kind does not know, N/A without a reason.
    """
    given: dict[str, Answer] = {}
    for code, row in _rows(answers):
        if code in given:
            raise BadAnswer(code, "answered twice")
        criterion = _criterion(questionnaire, code)
        if criterion:
            given[code] = read_answer(criterion, row)
    return {c.code: given.get(c.code) or Answer(c.code, State.BLANK) for c in questionnaire.criteria}


def read_answer(criterion: Criterion, row: Mapping[str, Any]) -> Answer:
    """The answer `row` gives to `criterion`. Raises BadAnswer."""
    code = criterion.code
    if not row.keys() <= PLAIN_KEYS:
        unknown = sorted(str(key) for key in set(row) - PLAIN_KEYS)
        raise BadAnswer(code, f"unknown column {unknown[0]!r}")
    try:
        grade = _named(_GRADES, row.get("evidence") or Grade.NONE, "Grade")
        reading = _reading(criterion, row)
        state = _named(_STATES, row.get("state") or (State.ANSWERED if reading else State.BLANK), "State")
        reason = _words(row.get("reason"))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise BadAnswer(code, str(error)) from error
    _check_state(code, state, reading, reason)
    if reading is None:
        return Answer(code, state, None, None, grade, reason)
    return Answer(code, state, reading.level, reading.points, grade, reason, reading.value)


def _rows(answers: PlainAnswers) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if isinstance(answers, Mapping):
        for code, row in answers.items():
            yield code, row if isinstance(row, _ROW) else {"value": row}
        return
    for row in answers:
        if not isinstance(row, _ROW) or not row.get("code"):
            raise BadAnswer(None, "a row names its criterion in `code`")
        yield str(row["code"]), row


def _criterion(questionnaire: Questionnaire, code: str) -> Criterion | None:
    """The criterion `code`; None for one outside the scope."""
    place = questionnaire.index.positions.get(code)
    if place is not None:
        return questionnaire.criteria[place]
    if questionnaire.scope:
        return None
    raise BadAnswer(code, f"not a criterion of {questionnaire.key}")


def _named(known: Mapping[str, Any], given: Any, what: str) -> Any:
    found = known.get(given) if isinstance(given, str) else None
    if found is None:
        raise ValueError(f"{str(given)[:40]!r} is not a valid {what}; there are {', '.join(known)}")
    return found


def _reading(criterion: Criterion, row: Mapping[str, Any]) -> Reading | None:
    """What `level`, `value`, or both when they agree, say; None where nothing is said."""
    level, value = row.get("level"), row.get("value")
    said = None if _is_nothing(value) else read_value(criterion, value)
    if _is_nothing(level):
        return said
    number = whole(level)
    points = criterion.scale.points(number)
    if said is None:
        # A level instead of a value: its rung, whatever the kind.
        return Reading(points, number, None)
    if said.level != number and not said.missing:
        raise ValueError(f"level {number} and value {str(value)[:40]} are not the same rung")
    return said


def _words(given: Any) -> str | None:
    """What somebody wrote, None where that is nothing. Raises ValueError for half of a character."""
    words = str(given or "").strip()
    try:
        words.encode()
    except UnicodeEncodeError:
        raise ValueError("the reason is not text") from None
    return words or None


def _is_nothing(given: Any) -> bool:
    return given is None or (isinstance(given, str) and not given.strip())


def _check_state(code: str, state: State, reading: Reading | None, reason: str | None) -> None:
    if reading and reading.missing:
        if state is State.ANSWERED:
            raise BadAnswer(code, f"answered, but incomplete: {', '.join(reading.missing)} missing")
        if state is not State.BLANK:
            raise BadAnswer(code, f"state {state} carries no value")
    elif state is State.ANSWERED and reading is None:
        raise BadAnswer(code, "answered, but without a value")
    elif state is not State.ANSWERED and reading is not None:
        raise BadAnswer(code, f"state {state} carries no value")
    if state is State.NA and reason is None:
        raise BadAnswer(code, "not applicable needs a reason")
