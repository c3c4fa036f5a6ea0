"""A submitted round as its certificate, in the language in use: what is on record, carried over and never judged."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from palier.assessments.flows.rounds import Round
from palier.assessments.results_wording import withheld_reason
from palier.reports.flows.from_round import level_of, provenance_of
from palier.reports.rules.certificates import AnswerCount, Attested, Certificate
from palier.reports.rules.documents import Cover
from palier.reports.rules.options import Options, People
from palier.scoring.rules import Result
from palier.scoring.rules.answers import State


def certificate_of(
    round_: Round, cover: Cover, time_zone: str, options: Options, *, score: bool
) -> Certificate:
    """The certificate of `round_`, which is submitted; `score` shows its result, the clock is that of `time_zone`."""
    assessment = round_.assessment
    named = options.people is People.NAMES
    return Certificate(
        cover=cover,
        submitted_at=_on_the_clock(assessment.submitted_at or cover.as_of, time_zone),
        submitted_by=assessment.submitted_name if named else "",
        receipt=assessment.receipt,
        coverage=round_.result.coverage,
        answers=_counted(round_.result),
        provenance=provenance_of(round_),
        result=_attested(round_) if score else None,
    )


def _on_the_clock(moment: datetime, time_zone: str) -> datetime:
    """To the second, with its distance from UTC: what is printed can be read anywhere."""
    return moment.astimezone(ZoneInfo(time_zone)).replace(microsecond=0)


def _counted(result: Result) -> AnswerCount:
    states = Counter(node.answer.state for node in result.criteria if node.answer is not None)
    hidden = states.pop(State.HIDDEN, 0)
    return AnswerCount(
        asked=len(result.criteria) - hidden,
        answered=states[State.ANSWERED],
        not_applicable=states[State.NA],
        not_known=states[State.DK],
    )


def _attested(round_: Round) -> Attested:
    result = round_.result
    return Attested(
        score=result.score,
        level=level_of(round_.questionnaire, result.level),
        withheld=withheld_reason(result.total, round_.questionnaire),
    )
