"""Answers in, result tree out. Pure, exact, deterministic. Source: docs/method.md#scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import (
    Aggregation,
    Criterion,
    Dimension,
    Element,
    Missing,
    Questionnaire,
)
from palier.scoring.rules.aggregation import balance, combine, contributions
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


def score_answers(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Result:
    """As `score`, from answers already read: one per criterion."""
    total = _total(questionnaire, answers)
    parts = [(child.weight, child.score) for child in total.children if child.score is not None]
    elements = [e for d in total.children for e in d.children if e.score is not None]
    weakest = min(elements, key=lambda element: element.score or Fraction(0), default=None)
    return Result(
        engine=ENGINE_VERSION,
        questionnaire=questionnaire.id,
        version=questionnaire.version,
        content_hash=questionnaire.content_hash,
        total=total,
        maturity=maturity(questionnaire, answers, total.score),
        pyramid=pyramid(questionnaire, answers),
        balance=balance(parts) if parts else None,
        weakest_element=weakest.code if weakest else None,
    )


def _total(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Node:
    children = tuple(_dimension(questionnaire, dimension, answers) for dimension in questionnaire.dimensions)
    threshold = questionnaire.coverage.total
    total = _parent(questionnaire, TOTAL, Kind.TOTAL, questionnaire.aggregation, children, threshold, Fraction(1))
    low = any(child.low_comparability for child in children)
    return replace(total, low_comparability=low, share=Fraction(1), contribution=total.score)


def _dimension(questionnaire: Questionnaire, dimension: Dimension, answers: Mapping[str, Answer]) -> Node:
    children = tuple(_element(questionnaire, element, answers) for element in dimension.elements)
    return _branch(questionnaire, dimension, Kind.DIMENSION, children)


def _element(questionnaire: Questionnaire, element: Element, answers: Mapping[str, Answer]) -> Node:
    children = tuple(_leaf(questionnaire, criterion, answers[criterion.code]) for criterion in element.criteria)
    return _branch(questionnaire, element, Kind.ELEMENT, children)


def _branch(q: Questionnaire, item: Dimension | Element, kind: Kind, children: tuple[Node, ...]) -> Node:
    node = _parent(q, item.code, kind, item.aggregation, children, q.coverage.node, item.weight)
    low = kind is Kind.DIMENSION and node.asked - node.applicable > q.low_comparability * node.asked
    return replace(node, low_comparability=low)


def _leaf(questionnaire: Questionnaire, criterion: Criterion, answer: Answer) -> Node:
    """A criterion: its points, and those its evidence supports. Under `missing: zero` no answer is worth 0."""
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


def _parent(
    questionnaire: Questionnaire,
    code: str,
    kind: Kind,
    method: Aggregation,
    children: tuple[Node, ...],
    threshold: Fraction,
    weight: Fraction,
) -> Node:
    """A node over its children: score or the reason it is withheld, and what each child brings."""
    answered = sum((child.answered for child in children), Fraction(0))
    applicable = sum((child.applicable for child in children), Fraction(0))
    covered = questionnaire.missing is Missing.ZERO or answered >= threshold * applicable
    withheld = _withheld(method, children, applicable=applicable, covered=covered)
    scored = [] if withheld else [child for child in children if child.score is not None]
    points = combine(method, _parts(scored)) if scored else None
    return Node(
        code=code,
        kind=kind,
        weight=weight,
        score=points,
        supported=combine(method, _supported_parts(scored)) if scored else None,
        level=level_at(questionnaire.levels, points),
        answered=answered,
        applicable=applicable,
        asked=sum((child.asked for child in children), Fraction(0)),
        withheld=withheld,
        method=method,
        children=_contributing(method, children) if scored else children,
    )


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


def _parts(scored: Sequence[Node]) -> list[tuple[Fraction, Fraction]]:
    return [(child.weight, child.score) for child in scored if child.score is not None]


def _supported_parts(scored: Sequence[Node]) -> list[tuple[Fraction, Fraction]]:
    return [(child.weight, child.supported) for child in scored if child.supported is not None]


def _contributing(method: Aggregation, children: Sequence[Node]) -> tuple[Node, ...]:
    """The children with their share of the weight and their contribution, where they have a score."""
    parts = _parts(children)
    whole = sum((weight for weight, _ in parts), Fraction(0))
    brought = iter(contributions(method, parts))
    return tuple(
        child
        if child.score is None
        else replace(child, share=child.weight / whole, contribution=next(brought))
        for child in children
    )
