"""Maturity level with its gates, and the pyramid. Source: docs/method.md#maturity."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from palier.questionnaires.rules import Criterion, Gate, Level, Pyramid, PyramidStep, Questionnaire
from palier.scoring.rules.aggregation import weight_of, weighted_mean
from palier.scoring.rules.answers import LEAVING, Answer
from palier.scoring.rules.numbers import reaches, total
from palier.scoring.rules.result import GateStanding, Maturity, PyramidStanding, PyramidStepStanding


def level_at(levels: Sequence[Level], points: Fraction | None) -> int | None:
    """The highest level that starts at or under `points` (the first below them all); None without."""
    if points is None:
        return None
    above, below = points.as_integer_ratio()
    reached = [
        level.level for level in levels if above * level.start.denominator >= level.start.numerator * below
    ]
    return max(reached, default=levels[0].level)


def maturity(questionnaire: Questionnaire, answers: Mapping[str, Answer], score: Fraction | None) -> Maturity:
    """The level of `score` (points), lowered to the level below the first gate that fails.

    Criteria that do not apply or are hidden leave the gates; don't know and blank fail them.
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
    return answer.state not in LEAVING and (answer.points is None or not reaches(answer.points, at_least))


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
    applicable = total(weight for weight, answer in tagged if answer.state not in LEAVING)
    parts = [(weight, answer.points) for weight, answer in tagged if answer.points is not None]
    coverage = weight_of(parts) / applicable if applicable else None
    enough = bool(parts) and coverage is not None and reaches(coverage, questionnaire.coverage.node)
    mean = weighted_mean(parts) if enough else None
    reached = below and mean is not None and reaches(mean, whole.at_least)
    return PyramidStepStanding(step.tag, mean, coverage, reached)
