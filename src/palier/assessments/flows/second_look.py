"""What to look at again in a round before it is submitted. Only reads: call it inside `reading(actor)`."""

from fractions import Fraction

from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.finished import FinishedWork
from palier.foundation.actor import Actor
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules.flags import Flag, flags


async def quality_flags(actor: Actor, slug: str, finished: FinishedWork) -> tuple[Flag, ...]:
    """The flags of the round `slug`; rises that a finished action explains are none. Raises DoesNotExist."""
    one = await load_round(actor, slug)
    answers = {node.code: node.answer for node in one.result.criteria if node.answer}
    if one.previous is None or one.previous.assessment.submitted_at is None:
        return flags(one.questionnaire, answers)
    acted_on = await finished(actor, one.previous.assessment.submitted_at)
    return flags(one.questionnaire, answers, _points_before(one, one.previous), acted_on)


def _points_before(one: Round, previous: Round) -> dict[str, Fraction]:
    """The points of the round before, of the criteria it asked in the same words."""
    changed = changed_between(previous.questionnaire, one.questionnaire)
    answers = [node.answer for node in previous.result.criteria if node.answer and node.code not in changed]
    return {answer.code: answer.points for answer in answers if answer.points is not None}
