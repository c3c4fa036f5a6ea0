"""Criteria asked only if others reached a level: which are hidden, given the answers.

Source: docs/method.md#branching.
"""

from collections.abc import Mapping

from palier.questionnaires.rules import Criterion, Questionnaire
from palier.scoring.rules.answers import Answer, State


def asked(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """`answers` with `hidden` in place of those to criteria that are not shown.

    A criterion is shown if each one it names stands at the level named or above: one that does not apply, that
    nobody answered or that is hidden itself stands nowhere. What was hidden and is shown now is blank.
    """
    if not any(criterion.shown_if for criterion in questionnaire.criteria):
        return answers
    seen: dict[str, Answer] = {}
    for criterion in questionnaire.criteria:
        seen[criterion.code] = _seen(criterion, answers[criterion.code], seen)
    return seen


def deciding(questionnaire: Questionnaire) -> frozenset[str]:
    """Codes of the criteria that show or hide others."""
    return frozenset(
        condition.criterion for criterion in questionnaire.criteria for condition in criterion.shown_if
    )


def hidden(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Codes of the criteria that `answers` hide."""
    return frozenset(
        code for code, answer in asked(questionnaire, answers).items() if answer.state is State.HIDDEN
    )


def _seen(criterion: Criterion, answer: Answer, before: Mapping[str, Answer]) -> Answer:
    if all(_holds(before.get(c.criterion), c.level) for c in criterion.shown_if):
        return answer if answer.state is not State.HIDDEN else Answer(criterion.code, State.BLANK)
    return answer if answer.state is State.HIDDEN else Answer(criterion.code, State.HIDDEN)


def _holds(deciding: Answer | None, level: int) -> bool:
    return deciding is not None and deciding.level is not None and deciding.level >= level
