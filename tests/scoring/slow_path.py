"""The engine as it was before it was made fast, kept to prove that not a byte of any record has changed.

One fraction at a time, every figure by its formula, one logarithm for each score, the record by asking every value
what it is. It knows what results of the first questionnaires needed: choices, one missing policy, no conditions.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, reduce
from typing import Any, NamedTuple, get_type_hints

from palier.questionnaires.rules import (
    Aggregation,
    Criterion,
    Dimension,
    Element,
    Gate,
    Level,
    Missing,
    Pyramid,
    PyramidStep,
    Questionnaire,
)  # fmt: skip
from palier.scoring.rules.answers import Answer, PlainAnswers, State, read_answers
from palier.scoring.rules.result import (
    TOTAL,
    GateStanding,
    Kind,
    Maturity,
    Node,
    PyramidStanding,
    PyramidStepStanding,
    Result,
    Withheld,
)  # fmt: skip

ENGINE_VERSION = "1"
FREE_TEXT = frozenset({"reason"})
LATER = frozenset({"scope", "value"})


def slow_score(questionnaire: Questionnaire, answers: PlainAnswers) -> Result:
    return score_answers(questionnaire, read_answers(questionnaire, answers))


def slow_plain(result: Result) -> dict[str, Any]:
    return _plain(result, leave_out=LATER)


def slow_hash(result: Result) -> str:
    plain = _plain(result, leave_out=FREE_TEXT | LATER)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# --- record ---


def _plain(value: Any, *, leave_out: frozenset[str]) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item, leave_out=leave_out) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: _plain(getattr(value, name), leave_out=leave_out)
            for name in _field_types(type(value))
            if name not in leave_out
        }
    return value


@cache
def _field_types(kind: type) -> dict[str, Any]:
    """Fields that make up a record, with their types; what a class derives by itself is left out."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind) if item.init}


# --- aggregation ---

Part = tuple[Fraction, Fraction]
"""A child as (weight, score)."""

QUANTUM = Decimal("1e-12")
FLOOR = Fraction(1)
"""Geometric means lift scores to one point: a single zero would wipe out all the rest."""

_PRECISE = Context(prec=50, rounding=ROUND_HALF_EVEN)


def combine(method: Aggregation, parts: Sequence[Part]) -> Fraction:
    """The parent's score in points. `parts` holds at least one child."""
    match method:
        case Aggregation.WEIGHTED_MEAN:
            return weighted_mean(parts)
        case Aggregation.GEOMETRIC_MEAN:
            return geometric_mean(parts)
        case Aggregation.MINIMUM:
            return min(score for _, score in parts)
        case Aggregation.SUM:
            return _weighted_sum(parts)


def contributions(method: Aggregation, parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """What each child brings to `combine(method, parts)`; the parts add up to it exactly."""
    match method:
        case Aggregation.WEIGHTED_MEAN:
            whole = weight_of(parts)
            return tuple(weight * score / whole for weight, score in parts)
        case Aggregation.GEOMETRIC_MEAN:
            return _log_shares(parts)
        case Aggregation.MINIMUM:
            return _all_on_the_weakest(parts)
        case Aggregation.SUM:
            return tuple(weight * score for weight, score in parts)


def total(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum."""
    return _sum_of_ratios(item.as_integer_ratio() for item in numbers)


def _weighted_sum(parts: Sequence[Part]) -> Fraction:
    return _sum_of_ratios((w.numerator * s.numerator, w.denominator * s.denominator) for w, s in parts)


def _sum_of_ratios(ratios: Iterable[tuple[int, int]]) -> Fraction:
    """Σ a/b, reduced once at the end: `sum` of fractions reduces at every step, twice the time."""
    numerator, denominator = 0, 1
    for a, b in ratios:
        if b == denominator:
            numerator += a
        else:
            numerator, denominator = numerator * b + a * denominator, denominator * b
    return Fraction(numerator, denominator)


def weighted_mean(parts: Sequence[Part]) -> Fraction:
    """Σ w·s / Σ w."""
    return _weighted_sum(parts) / weight_of(parts)


def weight_of(parts: Sequence[Part]) -> Fraction:
    """Σ w."""
    return total(weight for weight, _ in parts)


def geometric_mean(parts: Sequence[Part]) -> Fraction:
    """exp(Σ w·ln max(s, 1) / Σ w), to 1e-12, never outside the range of the lifted scores."""
    lifted = [max(score, FLOOR) for _, score in parts]
    whole = _decimal(weight_of(parts))
    logarithm = _PRECISE.divide(_precise_sum(_logarithms(parts)), whole)
    mean = Fraction(_PRECISE.exp(logarithm).quantize(QUANTUM, context=_PRECISE))
    return min(max(mean, min(lifted)), max(lifted))


def balance(parts: Sequence[Part]) -> Fraction:
    """Geometric over arithmetic mean of the lifted scores: 1 when all are equal, lower the further apart."""
    lifted = [(weight, max(score, FLOOR)) for weight, score in parts]
    ratio = _decimal(geometric_mean(lifted) / weighted_mean(lifted))
    return min(Fraction(ratio.quantize(QUANTUM, context=_PRECISE)), Fraction(1))


def _decimal(exact: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _precise_sum(numbers: Iterable[Decimal]) -> Decimal:
    """A sum in our own context: the built-in would round by that of the calling thread."""
    return reduce(_PRECISE.add, numbers, Decimal(0))


def _logarithms(parts: Sequence[Part]) -> list[Decimal]:
    """w·ln max(s, 1) of each child; never negative."""
    return [
        _PRECISE.multiply(_decimal(weight), _PRECISE.ln(_decimal(max(score, FLOOR))))
        for weight, score in parts
    ]


def _log_shares(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """The mean split by each child's part in its logarithm; the last child takes the remainder."""
    mean = geometric_mean(parts)
    logs = _logarithms(parts)
    # All at one point or less: no logarithm to split by, so weights do it.
    shares = logs if any(logs) else [_decimal(weight) for weight, _ in parts]
    whole = _PRECISE.divide(_precise_sum(shares), _decimal(mean))
    first = [
        Fraction(_PRECISE.divide(share, whole).quantize(QUANTUM, context=_PRECISE)) for share in shares[:-1]
    ]
    return (*first, mean - total(first))


def _all_on_the_weakest(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    weakest = min(score for _, score in parts)
    ties = sum(score == weakest for _, score in parts)
    return tuple(weakest / ties if score == weakest else Fraction(0) for _, score in parts)


# --- maturity ---


def level_at(levels: Sequence[Level], points: Fraction | None) -> int | None:
    """The highest level that starts at or under `points` (the first below them all); None without."""
    if points is None:
        return None
    return max((level.level for level in levels if points >= level.start), default=levels[0].level)


def maturity(questionnaire: Questionnaire, answers: Mapping[str, Answer], score: Fraction | None) -> Maturity:
    """The level of `score` (points), lowered to the level below the first gate that fails.

    N/A criteria leave the gates; don't know and blank fail them.
    """
    gates = tuple(_gate(gate, questionnaire.tagged(gate.tag), answers) for gate in questionnaire.gates)
    by_score = level_at(questionnaire.levels, score)
    failed = [gate for gate in gates if not gate.passed and by_score is not None and gate.level <= by_score]
    if by_score is None or not failed:
        return Maturity(by_score, by_score, (), gates)
    lowest = min(failed, key=lambda gate: gate.level)
    return Maturity(lowest.level - 1, by_score, lowest.failing, gates)


def _gate(gate: Gate, criteria: Sequence[Criterion], answers: Mapping[str, Answer]) -> GateStanding:
    failing = [c.code for c in criteria if _fails(answers[c.code], gate.at_least)]
    return GateStanding(gate.level, gate.tag, gate.at_least, tuple(failing))


def _fails(answer: Answer, at_least: Fraction) -> bool:
    return answer.state is not State.NA and (answer.points is None or answer.points < at_least)


def pyramid(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> PyramidStanding | None:
    """How far up the pyramid: step k needs the means of steps 1 to k. None when there is no pyramid.

    A step's mean (by criterion weight) is withheld under the nodes' coverage threshold, and then not reached.
    """
    if questionnaire.pyramid is None:
        return None
    steps: list[PyramidStepStanding] = []
    for step in questionnaire.pyramid.steps:
        below = not steps or steps[-1].reached
        steps.append(_step(step, questionnaire, questionnaire.pyramid, answers, below=below))
    return PyramidStanding(sum(step.reached for step in steps), questionnaire.pyramid.at_least, tuple(steps))


def _step(
    step: PyramidStep,
    questionnaire: Questionnaire,
    whole: Pyramid,
    answers: Mapping[str, Answer],
    *,
    below: bool,
) -> PyramidStepStanding:
    tagged = [(c.weight, answers[c.code]) for c in questionnaire.tagged(step.tag)]
    applicable = total(weight for weight, answer in tagged if answer.state is not State.NA)
    parts = [(weight, answer.points) for weight, answer in tagged if answer.points is not None]
    coverage = weight_of(parts) / applicable if applicable else None
    enough = bool(parts) and coverage is not None and coverage >= questionnaire.coverage.node
    mean = weighted_mean(parts) if enough else None
    reached = below and mean is not None and mean >= whole.at_least
    return PyramidStepStanding(step.tag, mean, coverage, reached)


# --- engine ---


def score_answers(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], known: Result | None = None
) -> Result:
    """As `score`, from answers already read: one per criterion.

    Elements whose answers are those of `known`, a result of this questionnaire, are taken from it.
    """
    top = _total(questionnaire, answers, known.nodes if known else {})
    parts = [(child.weight, child.score) for child in top.children if child.score is not None]
    elements = [e for d in top.children for e in d.children if e.score is not None]
    weakest = min(elements, key=lambda element: element.score or Fraction(0), default=None)
    return Result(
        engine=ENGINE_VERSION,
        questionnaire=questionnaire.id,
        version=questionnaire.version,
        content_hash=questionnaire.content_hash,
        total=top,
        maturity=maturity(questionnaire, answers, top.score),
        pyramid=pyramid(questionnaire, answers),
        balance=balance(parts) if parts else None,
        weakest_element=weakest.code if weakest else None,
    )


class _Place(NamedTuple):
    """What the definition says of a node above the criteria."""

    code: str
    kind: Kind
    weight: Fraction
    method: Aggregation
    threshold: Fraction


_Answers = Mapping[str, Answer]
_Known = Mapping[str, Node]


def _total(questionnaire: Questionnaire, answers: _Answers, known: _Known) -> Node:
    children = tuple(_dimension(questionnaire, item, answers, known) for item in questionnaire.dimensions)
    threshold = questionnaire.coverage.total
    place = _Place(TOTAL, Kind.TOTAL, Fraction(1), questionnaire.aggregation, threshold)
    top = _parent(questionnaire, place, children)
    return replace(top, share=Fraction(1), contribution=top.score)


def _dimension(questionnaire: Questionnaire, item: Dimension, answers: _Answers, known: _Known) -> Node:
    children = tuple(_element(questionnaire, element, answers, known) for element in item.elements)
    threshold = questionnaire.coverage.node
    place = _Place(item.code, Kind.DIMENSION, item.weight, item.aggregation, threshold)
    return _parent(questionnaire, place, children)


def _element(questionnaire: Questionnaire, item: Element, answers: _Answers, known: _Known) -> Node:
    same = known.get(item.code)
    if same and all(answers[child.code] is child.answer for child in same.children):
        return replace(same, share=None, contribution=None)
    children = tuple(_leaf(questionnaire, criterion, answers[criterion.code]) for criterion in item.criteria)
    threshold = questionnaire.coverage.node
    place = _Place(item.code, Kind.ELEMENT, item.weight, item.aggregation, threshold)
    return _parent(questionnaire, place, children)


def _leaf(questionnaire: Questionnaire, criterion: Criterion, answer: Answer) -> Node:
    """A criterion: its points, and those its evidence supports; `missing: zero` makes no answer worth 0."""
    points = answer.points
    if points is None and answer.state is not State.NA and questionnaire.missing is Missing.ZERO:
        points = Fraction(0)
    cap = questionnaire.evidence_caps.of(answer.grade)
    applies = answer.state is not State.NA
    return Node(
        code=criterion.code,
        kind=Kind.CRITERION,
        weight=criterion.weight,
        score=points,
        supported=None if points is None else min(points, cap),
        level=answer.level,
        answered=criterion.weight if answer.state is State.ANSWERED else Fraction(0),
        applicable=criterion.weight if applies else Fraction(0),
        asked=criterion.weight,
        withheld=None if applies else Withheld.NOTHING_APPLICABLE,
        answer=answer,
    )


def _parent(questionnaire: Questionnaire, place: _Place, children: tuple[Node, ...]) -> Node:
    """A node over its children: score or the reason it is withheld, and what each child brings."""
    asked = total(child.asked for child in children)
    applicable = asked if _whole(children, "applicable") else total(c.applicable for c in children)
    answered = asked if _whole(children, "answered") else total(c.answered for c in children)
    covered = questionnaire.missing is Missing.ZERO or answered >= place.threshold * applicable
    withheld = _withheld(place.method, children, applicable=applicable, covered=covered)
    points = None if withheld else combine(place.method, _parts(children))
    return Node(
        code=place.code,
        kind=place.kind,
        weight=place.weight,
        score=points,
        supported=None if withheld else combine(place.method, _supported_parts(children)),
        level=level_at(questionnaire.levels, points),
        answered=answered,
        applicable=applicable,
        asked=asked,
        withheld=withheld,
        low_comparability=any(child.low_comparability for child in children)
        or (place.kind is Kind.DIMENSION and asked - applicable > questionnaire.low_comparability * asked),
        method=place.method,
        children=children if withheld else _contributing(place.method, children),
    )


def _whole(children: Sequence[Node], part: str) -> bool:
    """Whether `part` is all that is asked, which is then the same object: nothing to add up again."""
    return all(getattr(child, part) is child.asked for child in children)


def _withheld(
    method: Aggregation, children: Sequence[Node], *, applicable: Fraction, covered: bool
) -> Withheld | None:
    if not applicable:
        return Withheld.NOTHING_APPLICABLE
    if not covered:
        return Withheld.COVERAGE
    if all(child.score is None for child in children):
        return Withheld.NO_SCORED_CHILD
    # A sum without one of its applicable parts would count that part as zero.
    if method is Aggregation.SUM and any(child.score is None and child.applicable for child in children):
        return Withheld.INCOMPLETE_SUM
    return None


def _parts(children: Sequence[Node]) -> list[tuple[Fraction, Fraction]]:
    return [(child.weight, child.score) for child in children if child.score is not None]


def _supported_parts(children: Sequence[Node]) -> list[tuple[Fraction, Fraction]]:
    return [(child.weight, child.supported) for child in children if child.supported is not None]


def _contributing(method: Aggregation, children: Sequence[Node]) -> tuple[Node, ...]:
    """The children with their share of the weight and their contribution, where they have a score."""
    parts = _parts(children)
    whole = weight_of(parts)
    brought = iter(contributions(method, parts))
    return tuple(
        child
        if child.score is None
        else replace(child, share=child.weight / whole, contribution=next(brought))
        for child in children
    )
