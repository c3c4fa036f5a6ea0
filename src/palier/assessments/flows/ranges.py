"""The range of a round's score, drawn once for a result that cannot change any more."""

from palier.assessments.flows.rounds import Round
from palier.foundation.kept import Kept
from palier.scoring.rules.uncertainty import Uncertainty, uncertainty_of

_drawn: Kept[str, Uncertainty] = Kept(512)
"""Ranges by the hash of the result they were drawn from."""


def range_of(one: Round) -> Uncertainty | None:
    """How far the score of `one` would move; None where it has none. A millisecond at most, for an open round."""
    if one.provisional:
        return uncertainty_of(one.questionnaire, one.result)
    known = _drawn.get(one.assessment.result_hash)
    if known is None and (found := uncertainty_of(one.questionnaire, one.result)):
        known = _drawn.put(one.assessment.result_hash, found)
    return known
