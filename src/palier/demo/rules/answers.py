"""What an invented organisation answers: its level, its strengths, what everybody finds hard, and some chance."""

from dataclasses import dataclass
from random import Random

from palier.questionnaires.rules import Criterion, Grade, Questionnaire
from palier.scoring.rules.answers import State

_HARD = {"Y1": 0.35, "Y2": 0.1, "Y3": -0.15, "Y4": -0.45, "R": -0.2}
"""How much easier than the average a criterion with this tag is, in levels."""


@dataclass(frozen=True, slots=True)
class Given:
    """One invented answer."""

    code: str
    state: State
    level: int | None
    grade: Grade
    reason: str = ""


def share_answered(seed: str) -> float:
    """How far an organisation is in the running campaign, 0 to 1: most have not begun, one in five has submitted."""
    random = Random(f"{seed} this year")
    fate = random.random()
    return 1.0 if fate < 0.2 else random.uniform(0.1, 0.9) if fate < 0.45 else 0.0


def answers(questionnaire: Questionnaire, maturity: float, seed: str, progress: float = 0.0) -> list[Given]:
    """An answer for every criterion. `seed` names the organisation, so that its strengths stay the same over the years.

    `maturity` is the level (1-5) in the first year; `progress`, in levels, moves some criteria and leaves others.
    """
    lasting, passing = Random(seed), Random(f"{seed} {progress:.3f}")
    leanings = {dimension.code: lasting.gauss(0, 0.35) for dimension in questionnaire.dimensions}
    return [
        _answer(
            criterion,
            maturity + leanings[criterion.dimension_code] + lasting.gauss(0, 0.55),
            progress,
            lasting,
            passing,
        )
        for criterion in questionnaire.criteria
    ]


def _answer(criterion: Criterion, start: float, progress: float, lasting: Random, passing: Random) -> Given:
    ease = sum(_HARD.get(tag, 0) for tag in criterion.tags)
    moves = lasting.random()
    aside = lasting.random()
    if aside < 0.012 and not criterion.is_core:
        return Given(criterion.code, State.NA, None, Grade.NONE, "Sans objet dans notre organisation")
    if passing.random() < 0.02:
        return Given(criterion.code, State.DK, None, Grade.NONE)
    reached = start + ease + progress * (2.2 if moves < 0.4 else 0.3) + passing.gauss(0, 0.12)
    level = min(5, max(1, round(reached)))
    return Given(criterion.code, State.ANSWERED, level, _grade(level, passing))


def _grade(level: int, random: Random) -> Grade:
    """Higher answers are better documented; about half of them."""
    chance = random.random()
    if chance < 0.12 * level:
        return Grade.MEASURED if level >= 4 and chance < 0.25 else Grade.DOCUMENTED
    return Grade.DECLARED if chance < 0.8 else Grade.NONE
