"""Patterns in a round's answers that deserve a second look by the people who gave them.

A flag is a question, never an accusation, and changes nothing: no answer is deleted, no score is touched.
Source: docs/method.md#flags.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from math import isqrt

from palier.questionnaires.rules import Grade, Questionnaire
from palier.scoring.rules.agreement import variance
from palier.scoring.rules.answers import Answer, State

LONG_RUN = 10
"""Neighbouring answers with the same points: the "long string" of Johnson (2005) and Meade & Craig (2012).

Their limits are read off large samples; this one is Palier's. Where answers repeat their neighbour's level one time in
two, about one honest round of 46 criteria in thirty has such a run.
"""

TINY_SPREAD = 10
"""Standard deviation in points: the intra-individual response variability of Dunn et al. (2018).

Palier's limit: with rungs of 25 points, more than four answers in five stand on the same one.
"""

ENOUGH_ANSWERS = 10
"""Answers under which a spread says nothing."""

BIG_JUMP = 25
"""Points gained since the round before: more than one rung of the usual ladder."""

ASKED = frozenset({State.ANSWERED, State.NA, State.DK, State.BLANK})
"""States of criteria that were put to somebody."""


class FlagKind(StrEnum):
    """What was noticed."""

    LONG_RUN = "long_run"
    TINY_SPREAD = "tiny_spread"
    TOP_WITHOUT_EVIDENCE = "top_without_evidence"
    JUMP_WITHOUT_ACTION = "jump_without_action"
    MANY_NOT_APPLICABLE = "many_not_applicable"


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing noticed, with the criteria it is about, the figure, and the limit it passed.

    `figure` and `limit` are: answers in a row; points of standard deviation; answers (none is the limit); the most
    points gained; the share of weight, 0 to 1, of the dimension `part` that does not apply.
    """

    kind: FlagKind
    codes: tuple[str, ...]
    figure: Fraction
    limit: Fraction
    part: str = ""


def flags(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    before: Mapping[str, Fraction] | None = None,
    acted_on: Collection[str] = (),
) -> tuple[Flag, ...]:
    """What to look at again in `answers`, by criterion code, as `read_answers` gives them.

    `before` holds the points of the last round, of the criteria asked in the same words; `acted_on` the criteria that
    a finished action serves.
    """
    known = [answers[criterion.code] for criterion in questionnaire.criteria if criterion.code in answers]
    return (
        *_long_runs(known),
        *_tiny_spread(known),
        *_top_without_evidence(questionnaire, known),
        *_jumps(known, before or {}, acted_on),
        *_not_applicable(questionnaire, answers),
    )


def _long_runs(answers: Sequence[Answer]) -> Iterable[Flag]:
    for points, run in groupby(answers, key=lambda answer: answer.points):
        codes = _codes(run)
        if points is not None and len(codes) >= LONG_RUN:
            yield Flag(FlagKind.LONG_RUN, codes, Fraction(len(codes)), Fraction(LONG_RUN))


def _tiny_spread(answers: Sequence[Answer]) -> Iterable[Flag]:
    given = [answer for answer in answers if answer.points is not None]
    if len(given) < ENOUGH_ANSWERS:
        return
    square = variance([answer.points for answer in given if answer.points is not None])
    if square < TINY_SPREAD**2:
        yield Flag(FlagKind.TINY_SPREAD, _codes(given), _root(square), Fraction(TINY_SPREAD))


def _root(square: Fraction) -> Fraction:
    """The square root to four decimals, rounded down, from whole numbers alone."""
    return Fraction(isqrt(int(square * 10**8)), 10**4)


def _top_without_evidence(questionnaire: Questionnaire, answers: Iterable[Answer]) -> Iterable[Flag]:
    codes = _codes(
        answer
        for answer in answers
        if answer.points == questionnaire.criterion(answer.code).scale.values[-1]
        and answer.grade is Grade.NONE
    )
    if codes:
        yield Flag(FlagKind.TOP_WITHOUT_EVIDENCE, codes, Fraction(len(codes)), Fraction(0))


def _jumps(
    answers: Iterable[Answer], before: Mapping[str, Fraction], acted_on: Collection[str]
) -> Iterable[Flag]:
    gains = {
        answer.code: answer.points - before[answer.code]
        for answer in answers
        if answer.points is not None and answer.code in before and answer.code not in acted_on
    }
    big = {code: gain for code, gain in gains.items() if gain > BIG_JUMP}
    if big:
        yield Flag(FlagKind.JUMP_WITHOUT_ACTION, tuple(big), max(big.values()), Fraction(BIG_JUMP))


def _not_applicable(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Iterable[Flag]:
    """The rule of low comparability, told before it costs the benchmark."""
    limit = questionnaire.low_comparability
    for dimension in questionnaire.dimensions:
        asked = [
            one for one in dimension.criteria if one.code in answers and answers[one.code].state in ASKED
        ]
        left_out = [one for one in asked if answers[one.code].state is State.NA]
        whole = sum((one.weight for one in asked), Fraction(0))
        share = sum((one.weight for one in left_out), Fraction(0)) / whole if whole else Fraction(0)
        if share > limit:
            yield Flag(
                FlagKind.MANY_NOT_APPLICABLE,
                tuple(one.code for one in left_out),
                share,
                limit,
                dimension.code,
            )


def _codes(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(answer.code for answer in answers)
