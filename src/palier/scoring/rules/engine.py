"""Answers in, result tree out. Pure, exact, deterministic. Source: docs/method.md#scoring."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import (
    Aggregation,
    Criterion,
    Dimension,
    Element,
    EvidenceCaps,
    Missing,
    Questionnaire,
)
from palier.scoring.rules.aggregation import Part, Whole, aggregate, balance
from palier.scoring.rules.answers import LEAVING, Answer, PlainAnswers, State, read_answers
from palier.scoring.rules.branching import asked
from palier.scoring.rules.maturity import level_at, maturity, pyramid
from palier.scoring.rules.numbers import reaches, total
from palier.scoring.rules.result import TOTAL, Kind, Node, Result, Withheld

ENGINE_VERSION = "1"
"""Stored with every result. A change that could alter any figure is a new engine beside this one."""

Definition = Questionnaire | Mapping[str, Any]
"""A questionnaire, or the plain data of its file."""


NOTHING = Fraction(0)
WHOLE = Fraction(1)


def score(definition: Definition, answers: PlainAnswers, scope: Iterable[str] = ()) -> Result:
    """What `answers` are worth under `definition`: plain data in, no database, no clock.

    `definition` is a Questionnaire (faster: nothing to rebuild) or the plain data of a questionnaire file.
    `answers` are rows with a `code`, or rows by code: `{"SX1.1.1": {"level": 3, "evidence": "documented"}}`;
    keys value or level (from 1), state (answered, na, dk, blank), reason, evidence (grade).
    `scope` names the dimensions asked, none or all is the whole; answers outside it are left out.
    Raises BadDefinition, BadAnswer, and ValueError for a scope that names no dimension.
    Source: docs/method.md#scoring; worked examples in tests/scoring/cases/.
    """
    questionnaire = as_questionnaire(definition)
    read = read_answers(questionnaire, answers)
    return score_answers(questionnaire.within(scope) if scope else questionnaire, read)


def as_questionnaire(definition: Definition) -> Questionnaire:
    """`definition` itself, or the questionnaire its plain data describes. Raises BadDefinition."""
    return definition if isinstance(definition, Questionnaire) else questionnaire_from(definition)


def score_answers(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], known: Result | None = None
) -> Result:
    """As `score`, from answers already read: one per criterion.

    Elements whose answers are those of `known`, a result of this questionnaire, are taken from it.
    """
    seen = asked(questionnaire, answers)
    top = _total(questionnaire, seen, known.nodes if known else {})
    parts = _parts(top.children)
    return Result(
        engine=ENGINE_VERSION,
        questionnaire=questionnaire.id,
        version=questionnaire.version,
        content_hash=questionnaire.content_hash,
        total=top,
        maturity=maturity(questionnaire, seen, top.score),
        pyramid=pyramid(questionnaire, seen),
        balance=balance(parts) if parts else None,
        weakest_element=_weakest(top),
        scope=questionnaire.scope,
    )


def _weakest(top: Node) -> str | None:
    """The element with the lowest score, the first of equals."""
    weakest: Node | None = None
    for element in (element for dimension in top.children for element in dimension.children):
        if element.score is None:
            continue
        if weakest is None or weakest.score is None or not reaches(element.score, weakest.score):
            weakest = element
    return weakest.code if weakest else None


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
    place = _Place(TOTAL, Kind.TOTAL, WHOLE, questionnaire.aggregation, threshold)
    top = _parent(questionnaire, place, children)
    top.place(WHOLE, top.score)
    return top


def _dimension(questionnaire: Questionnaire, item: Dimension, answers: _Answers, known: _Known) -> Node:
    children = tuple(_element(questionnaire, element, answers, known) for element in item.elements)
    threshold = questionnaire.coverage.node
    place = _Place(item.code, Kind.DIMENSION, item.weight, item.aggregation, threshold)
    return _parent(questionnaire, place, children)


def _element(questionnaire: Questionnaire, item: Element, answers: _Answers, known: _Known) -> Node:
    same = known.get(item.code)
    if same and all(answers[child.code] is child.answer for child in same.children):
        return same.unplaced()
    caps = questionnaire.evidence_caps
    children = tuple([_leaf(caps, criterion, answers[criterion.code]) for criterion in item.criteria])
    threshold = questionnaire.coverage.node
    place = _Place(item.code, Kind.ELEMENT, item.weight, item.aggregation, threshold)
    return _parent(questionnaire, place, children)


def _leaf(caps: EvidenceCaps, criterion: Criterion, answer: Answer) -> Node:
    """A criterion: its points, and those its evidence supports; `missing: zero` makes no answer worth 0."""
    state, weight, points = answer.state, criterion.weight, answer.points
    applies = state not in LEAVING
    if points is None and applies and criterion.missing is Missing.ZERO:
        points = NOTHING
    return Node(
        criterion.code,
        Kind.CRITERION,
        weight,
        points,
        None if points is None else _capped(points, caps.of(answer.grade)),
        answer.level,
        weight if state is State.ANSWERED else NOTHING,
        weight if applies else NOTHING,
        NOTHING if state is State.HIDDEN else weight,
        None if applies else Withheld.NOTHING_APPLICABLE,
        answer=answer,
    )


def _capped(points: Fraction, cap: Fraction) -> Fraction:
    return points if reaches(cap, points) else cap


def _parent(questionnaire: Questionnaire, place: _Place, children: tuple[Node, ...]) -> Node:
    """A node over its children: score or the reason it is withheld, and what each child brings."""
    asked_for = total([child.asked for child in children])
    applicable = asked_for if _whole(children, "applicable") else total([c.applicable for c in children])
    answered = asked_for if _whole(children, "answered") else total([c.answered for c in children])
    covered = answered is applicable or reaches(answered, place.threshold * applicable)
    covered = covered or _held(place.threshold, children, applicable)
    withheld = _withheld(place.method, children, applicable=applicable, covered=covered)
    whole = None if withheld else aggregate(place.method, _parts(children), _supported(children))
    points = whole.score if whole else None
    return Node(
        place.code,
        place.kind,
        place.weight,
        points,
        whole.supported if whole else None,
        level_at(questionnaire.levels, points),
        answered,
        applicable,
        asked_for,
        withheld,
        any(child.low_comparability for child in children)
        or (place.kind is Kind.DIMENSION and _is_low(questionnaire, asked_for, applicable)),
        place.method,
        children=_placed(children, whole) if whole else children,
    )


def _whole(children: Sequence[Node], part: str) -> bool:
    """Whether `part` is all that is asked, which is then the same object: nothing to add up again."""
    return all(getattr(child, part) is child.asked for child in children)


def _is_low(questionnaire: Questionnaire, asked_for: Fraction, applicable: Fraction) -> bool:
    """Whether too much of what is asked does not apply for the node to be compared."""
    if applicable is asked_for:
        return False
    return not reaches(questionnaire.low_comparability * asked_for, asked_for - applicable)


def _held(threshold: Fraction, children: Sequence[Node], applicable: Fraction) -> bool:
    """Whether the threshold is met once criteria whose missing answer is worth 0 count as answered."""
    held = total(leaf.applicable for leaf in _leaves(children) if leaf.score is not None)
    return reaches(held, threshold * applicable)


def _leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind is Kind.CRITERION:
            yield node
        yield from _leaves(node.children)


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


def _parts(children: Sequence[Node]) -> list[Part]:
    return [(child.weight, child.score) for child in children if child.score is not None]


def _supported(children: Sequence[Node]) -> list[Fraction]:
    return [child.supported for child in children if child.supported is not None]


def _placed(children: tuple[Node, ...], whole: Whole) -> tuple[Node, ...]:
    """The children, each told its share of the weight and its contribution where it has a score."""
    brought = zip(whole.shares, whole.contributions, strict=True)
    for child in children:
        if child.score is not None:
            child.place(*next(brought))
    return children
