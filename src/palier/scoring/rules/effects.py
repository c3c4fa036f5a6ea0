"""What would change the score: one level more, or the moves of a plan.

All of it is the engine's own arithmetic, never a formula beside it. Source: docs/method.md#effects.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.aggregation import combine
from palier.scoring.rules.answers import Answer, BadAnswer, PlainAnswers, State, read_answers
from palier.scoring.rules.branching import asked, deciding
from palier.scoring.rules.engine import Definition, as_questionnaire, score_answers
from palier.scoring.rules.result import Kind, Node, Result


def what_if(definition: Definition, answers: PlainAnswers, moves: Mapping[str, int]) -> Result:
    """The result once each criterion of `moves` stands at the level given (from 1), evidence unchanged.

    A criterion that does not apply stays so; one without an answer becomes answered; one that is hidden stays so
    unless other moves show it; one that they show and that does not move is blank, whatever was answered there
    before it was hidden. A level is its rung's points, whatever the kind.
    Raises BadAnswer for an unknown criterion or level.
    """
    questionnaire = as_questionnaire(definition)
    now = asked(questionnaire, read_answers(questionnaire, answers))
    return score_answers(questionnaire, _with_moves(questionnaire, now, moves))


def moved(questionnaire: Questionnaire, result: Result, moves: Mapping[str, int]) -> Result:
    """As `what_if`, from a result of this questionnaire: only the elements that move are computed again."""
    answers = {node.code: node.answer for node in result.criteria if node.answer}
    return score_answers(questionnaire, _with_moves(questionnaire, answers, moves), known=result)


def _with_moves(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], moves: Mapping[str, int]
) -> dict[str, Answer]:
    after = dict(answers)
    for code, level in moves.items():
        if code not in after:
            raise BadAnswer(code, f"not a criterion of {questionnaire.key}")
        after[code] = _moved(questionnaire, after[code], level)
    return after


def _moved(questionnaire: Questionnaire, answer: Answer, level: int) -> Answer:
    if answer.state is State.NA:
        return answer
    try:
        points = questionnaire.criterion(answer.code).scale.points(level)
    except ValueError as error:
        raise BadAnswer(answer.code, str(error)) from error
    return replace(answer, state=State.ANSWERED, level=level, points=points, value=None)


def answers_in(result: Result) -> dict[str, dict[str, Any]]:
    """The answers a result was made of, as plain data for the engine; hidden criteria have none."""
    return {
        node.code: plain_answer(node.answer)
        for node in result.criteria
        if node.answer is not None and node.answer.state is not State.HIDDEN
    }


def plain_answer(answer: Answer) -> dict[str, Any]:
    """One answer as the engine reads it."""
    row = {
        "state": answer.state,
        "level": answer.level,
        "reason": answer.reason,
        "evidence": answer.grade,
    }
    return row if answer.value is None else row | {"value": answer.plain_value}


def gain_of_moves(questionnaire: Questionnaire, result: Result, moves: Mapping[str, int]) -> Fraction | None:
    """Points the total gains when the criteria of `moves` stand at the levels given; None without a total.

    The same figure as `what_if`. Where every one of them has a level already and shows no other criterion,
    coverage cannot change and only their branches are computed again. Raises BadAnswer as `what_if`.
    """
    nodes = [result.nodes.get(code) for code in moves]
    stays = all(node is not None and node.level is not None for node in nodes)
    if result.score is None or not stays or not deciding(questionnaire).isdisjoint(moves):
        after = moved(questionnaire, result, moves).score
        return None if result.score is None or after is None else after - result.score
    points = {
        node.code: _moved(questionnaire, node.answer, moves[node.code]).points
        for node in nodes
        if node is not None and node.answer is not None
    }
    touched = {node.code for code in points for node in result.path(code)}
    return (_after(result.total, points, touched) or Fraction(0)) - result.score


def _after(node: Node, points: Mapping[str, Fraction | None], touched: Collection[str]) -> Fraction | None:
    """The score of `node` when the criteria of `points` are worth that much; untouched branches keep theirs."""
    if node.kind is Kind.CRITERION:
        return points.get(node.code, node.score)
    if node.code not in touched or node.score is None or node.method is None:
        return node.score
    scored = [(child.weight, _after(child, points, touched)) for child in node.children]
    return combine(node.method, [(weight, score) for weight, score in scored if score is not None])


def one_step_gain(definition: Definition, answers: PlainAnswers, code: str) -> Fraction | None:
    """Points the total gains when criterion `code` stands one level higher: see `step_gains`.

    Raises BadAnswer for an unknown criterion.
    """
    questionnaire = as_questionnaire(definition)
    if code not in questionnaire.index.positions:
        raise BadAnswer(code, f"not a criterion of {questionnaire.key}")
    return step_gains(questionnaire, answers)[code]


def step_gains(definition: Definition, answers: PlainAnswers) -> dict[str, Fraction | None]:
    """Points the total gains by one level more, for each criterion on its own.

    None where there is no such step: not answered, already at the top, or no total score.
    The same figures as `what_if` with one move, but only the branch of each criterion is computed again.
    """
    questionnaire = as_questionnaire(definition)
    return gains_of(questionnaire, score_answers(questionnaire, read_answers(questionnaire, answers)))


def gains_of(questionnaire: Questionnaire, result: Result) -> dict[str, Fraction | None]:
    """As `step_gains`, from a result of this questionnaire."""
    gains: dict[str, Fraction | None] = {}
    showing = deciding(questionnaire)
    for dimension in result.dimensions:
        for element in dimension.children:
            for criterion in element.children:
                chain = (result.total, dimension, element, criterion)
                points = _next_points(questionnaire, criterion)
                gains[criterion.code] = (
                    _gain_by_all(questionnaire, result, criterion)
                    if points is not None and criterion.code in showing
                    else _gain(chain, points)
                )
    return gains


def _gain_by_all(questionnaire: Questionnaire, result: Result, criterion: Node) -> Fraction | None:
    """One level more of a criterion that may show others: they are blank then, so everything counts anew."""
    after = moved(questionnaire, result, {criterion.code: (criterion.level or 0) + 1}).score
    return None if after is None or result.score is None else after - result.score


def _next_points(questionnaire: Questionnaire, criterion: Node) -> Fraction | None:
    """Points of the next rung, None when there is none to climb."""
    scale = questionnaire.criterion(criterion.code).scale
    if criterion.level is None or criterion.level == len(scale.values):
        return None
    return scale.points(criterion.level + 1)


def _gain(chain: Sequence[Node], points: Fraction | None) -> Fraction | None:
    """What the top of `chain` gains when its last node is worth `points`, all other branches unchanged."""
    total = chain[0].score
    if points is None or total is None:
        return None
    raised = points
    for parent, child in zip(chain[-2::-1], chain[:0:-1], strict=True):
        if parent.score is None or parent.method is None:
            return Fraction(0)
        raised = combine(
            parent.method,
            [
                (sibling.weight, raised if sibling is child else sibling.score)
                for sibling in parent.children
                if sibling.score is not None
            ],
        )
    return raised - total
