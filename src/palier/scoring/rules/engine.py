"""Answers in, result tree out. Pure, exact, deterministic. Source: docs/method.md#scoring."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import (
    Aggregation,
    Criterion,
    Dimension,
    Element,
    Missing,
    Questionnaire,
)
from palier.scoring.rules.aggregation import balance, combine, contributions, total, weight_of
from palier.scoring.rules.answers import Answer, PlainAnswers, State, read_answers
from palier.scoring.rules.maturity import level_at, maturity, pyramid
from palier.scoring.rules.result import TOTAL, Kind, Node, Result, Withheld

ENGINE_VERSION = "1"
"""Stored with every result. A change that could alter any figure is a new engine beside this one."""

Definition = Questionnaire | Mapping[str, Any]
"""A questionnaire, or the plain data of its file."""


def score(definition: Definition, answers: PlainAnswers) -> Result:
    """What `answers` are worth under `definition`: plain data in, no database, no clock.

    `definition` is a Questionnaire (faster: nothing to rebuild) or the plain data of a questionnaire file.
    `answers` are rows with a `code`, or rows by code: `{"SX1.1.1": {"level": 3, "evidence": "documented"}}`;
    keys value (points) or level (from 1), state (answered, na, dk, blank), reason, evidence (grade).
    Raises BadDefinition, BadAnswer. Source: docs/method.md#scoring; worked examples in tests/scoring/cases/.
    """
    questionnaire = as_questionnaire(definition)
    return score_answers(questionnaire, read_answers(questionnaire, answers))


def as_questionnaire(definition: Definition) -> Questionnaire:
    """`definition` itself, or the questionnaire its plain data describes. Raises BadDefinition."""
    return definition if isinstance(definition, Questionnaire) else questionnaire_from(definition)


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
    return top.within(Fraction(1), top.score)


def _dimension(questionnaire: Questionnaire, item: Dimension, answers: _Answers, known: _Known) -> Node:
    children = tuple(_element(questionnaire, element, answers, known) for element in item.elements)
    threshold = questionnaire.coverage.node
    place = _Place(item.code, Kind.DIMENSION, item.weight, item.aggregation, threshold)
    return _parent(questionnaire, place, children)


def _element(questionnaire: Questionnaire, item: Element, answers: _Answers, known: _Known) -> Node:
    same = known.get(item.code)
    if same and all(answers[child.code] is child.answer for child in same.children):
        return same.within(None, None)
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
        child if child.score is None else child.within(child.weight / whole, next(brought))
        for child in children
    )
