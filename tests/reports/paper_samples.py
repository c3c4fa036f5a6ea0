"""What goes on paper alone, to print in tests: a certificate and a questionnaire of every kind of answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

from palier.assessments.store import Answer, AnswerState
from palier.foundation.language import speaking
from palier.questionnaires.rules import Criterion, Questionnaire
from palier.reports.flows.from_questionnaire import NOTHING_BEFORE, LastAnswers, paper_of
from palier.reports.rules.certificates import AnswerCount, Attested, Certificate
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire
from tests.assessments.every_kind import EVERY_KIND, VALUES
from tests.reports import samples

PARIS_IN_WINTER = timezone(timedelta(hours=1))


def certificate(locale: str, **changes: Any) -> Certificate:
    """A certificate without a score."""
    whole = Certificate(
        samples.cover(locale), datetime(2026, 11, 20, 10, 4, tzinfo=PARIS_IN_WINTER), "Claire Lambert", "2026-7KQ4-M2XD",
        Fraction(97, 100), AnswerCount(34, 32, 1, 1), samples.provenance(),
    )  # fmt: skip
    return replace(whole, **changes)


def attested(locale: str) -> Attested:
    """A result that somebody chose to show."""
    return Attested(Fraction(562, 10), samples.levels(locale)[2])


def crowded_certificate(words: str) -> Certificate:
    """A certificate whose every text is `words`, with a result."""
    issuer = replace(samples.cover("fr").issuer, name=words, logo=None)
    face = samples.cover(
        "fr", organisation=words, questionnaire=words, round=words, scope=words, issuer=issuer
    )
    level = replace(samples.levels("fr")[2], name=words)
    return certificate("fr", cover=face, submitted_by=words, result=Attested(Fraction(100), level))


def last_answers(asked: Questionnaire) -> LastAnswers:
    """Every criterion answered last year."""
    return LastAnswers("2025", {one.code: _last(one) for one in asked.criteria})


def _last(criterion: Criterion) -> Answer:
    row = Answer(
        code=criterion.code, state=AnswerState.ANSWERED, level=3, rationale="Vu en comité de mars, sur pièces.",
        updated_at=datetime(2025, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    row.value = VALUES.get(criterion.code)  # a value given to the constructor would be read as JSON
    return row


def paper(
    locale: str, asked: Questionnaire = EVERY_KIND, *, last: bool = False, **changes: Any
) -> PaperQuestionnaire:
    """A questionnaire on paper, blank or with the answers of 2025 beside."""
    with speaking(locale):
        face = samples.cover(locale, questionnaire=asked.title.in_(locale), round="2026")
        return replace(paper_of(asked, face, last_answers(asked) if last else NOTHING_BEFORE), **changes)
