"""Which criteria a round asks now: conditions hide some until others reach a level. Nothing answered is lost. Pure.

Source: docs/method.md#branching.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from palier.assessments.rules.progress import NOTHING, Standing, States
from palier.questionnaires.rules import Dimension, Element, Questionnaire
from palier.scoring.rules import branching
from palier.scoring.rules.answers import Answer, State


def hidden(questionnaire: Questionnaire, states: States) -> frozenset[str]:
    """Codes of the criteria that the answers so far hide."""
    if not any(criterion.shown_if for criterion in questionnaire.criteria):
        return frozenset()
    return branching.hidden(questionnaire, {c.code: _answer(c.code, states) for c in questionnaire.criteria})


def _answer(code: str, states: States) -> Answer:
    standing = states.get(code, NOTHING)
    return Answer(code, State(standing.state), standing.level)


def asked(questionnaire: Questionnaire, states: States) -> Questionnaire:
    """The questionnaire without the criteria hidden now, and without elements and dimensions left empty.

    For lists, counts and walks only: what a round is worth is always computed on the whole.
    """
    gone = hidden(questionnaire, states)
    return without(questionnaire, gone) if gone else questionnaire


def without(questionnaire: Questionnaire, gone: Collection[str]) -> Questionnaire:
    """The questionnaire without the criteria `gone`."""
    kept = (_dimension(dimension, gone) for dimension in questionnaire.dimensions)
    return replace(questionnaire, dimensions=tuple(dimension for dimension in kept if dimension.elements))


def _dimension(dimension: Dimension, gone: Collection[str]) -> Dimension:
    kept = (_element(element, gone) for element in dimension.elements)
    return replace(dimension, elements=tuple(element for element in kept if element.criteria))


def _element(element: Element, gone: Collection[str]) -> Element:
    return replace(element, criteria=tuple(c for c in element.criteria if c.code not in gone))


@dataclass(frozen=True, slots=True)
class Turn:
    """What one answer changed about what is asked: criteria asked from now on, and no longer; `left` has no answer."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed)


NO_TURN = Turn()


def turn(questionnaire: Questionnaire, states: States, code: str, before: Standing) -> Turn:
    """What the answer to `code` changed, which stood as `before`; `states` hold what it is now."""
    if code not in branching.deciding(questionnaire):
        return NO_TURN
    then, now = hidden(questionnaire, {**states, code: before}), hidden(questionnaire, states)
    opened = _in_order(questionnaire, then - now)
    left = tuple(one for one in opened if states.get(one, NOTHING).state == State.BLANK)
    return Turn(opened, _in_order(questionnaire, now - then), left)


def _in_order(questionnaire: Questionnaire, codes: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=questionnaire.index.positions.__getitem__))


def conditions(questionnaire: Questionnaire, code: str, states: States) -> Mapping[str, int]:
    """The levels that would show the criterion `code`, by the criteria that are not there yet."""
    wanted = questionnaire.criterion(code).shown_if
    return {c.criterion: c.level for c in wanted if (states.get(c.criterion, NOTHING).level or 0) < c.level}
