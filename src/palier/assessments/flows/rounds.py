"""A round as everybody above reads it: the assessment, what was asked, what was answered, what it is worth.

Plans, reports and benchmarks build on `load_round` and `rounds_of`. Both only read: call them inside
`reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from palier.assessments import store
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.submitting import as_row
from palier.assessments.store import Assessment, Written
from palier.foundation.actor import Actor
from palier.foundation.kept import Kept
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.record import from_plain

_kept: Kept[UUID, tuple[Any, Result]] = Kept(256)
"""Stored results as read last, each with what it was read from."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one organisation.

    `result` is the stored one once submitted, else computed from the answers so far (`provisional`).
    `answers` holds the rows by criterion code; earlier rounds, reached by `previous`, come without: their
    result tells level, state and grade of every answer. `previous` is the round submitted before this one.
    """

    assessment: Assessment
    questionnaire: Questionnaire
    result: Result
    answers: Mapping[str, Written] = field(default_factory=dict)
    previous: "Round | None" = None

    @property
    def provisional(self) -> bool:
        """Whether answers may still change, or never came to be submitted."""
        return self.assessment.submitted_at is None

    @property
    def name(self) -> str:
        """What people call it: "2026"."""
        return self.assessment.name

    @property
    def history(self) -> tuple["Round", ...]:
        """This round and those before it, oldest first."""
        return (*(self.previous.history if self.previous else ()), self)


async def load_round(actor: Actor, slug: str, *, with_answers: bool = True) -> Round:
    """The round `slug` with its answers, its result and the rounds before it.

    A frozen result needs no answers: whoever reads figures alone can do without.

    Raises DoesNotExist where there is none, or none that `actor` may see.
    """
    assessment, submitted = await store.rounds_beside(actor, slug)
    needed = with_answers or assessment.submitted_at is None
    answers = await store.answers_of(assessment.id) if needed else {}
    rounds = await _rounds(submitted)
    for one in rounds:
        if one.assessment.id == assessment.id:
            return replace(one, answers=answers)
    questionnaire = await definition_of(assessment)
    result = _result(assessment, questionnaire, answers)
    earlier = rounds[: len(store.before(assessment, submitted))]
    return Round(assessment, questionnaire, result, answers, earlier[-1] if earlier else None)


async def rounds_of(actor: Actor, questionnaire: str) -> list[Round]:
    """The submitted rounds on `questionnaire` ("SX"), oldest first, each with its `previous`."""
    return await _rounds(await store.submitted_rounds(actor, questionnaire))


async def _rounds(submitted: Iterable[Assessment]) -> list[Round]:
    rounds: list[Round] = []
    for assessment in submitted:
        definition = await definition_of(assessment)
        previous = rounds[-1] if rounds else None
        rounds.append(Round(assessment, definition, stored_result(assessment), previous=previous))
    return rounds


def _result(assessment: Assessment, questionnaire: Questionnaire, answers: Mapping[str, Written]) -> Result:
    if assessment.submitted_at is None:
        return score(questionnaire, [as_row(answer) for answer in answers.values()])
    return stored_result(assessment)


def stored_result(assessment: Assessment) -> Result:
    """The frozen result of a submitted round. Reading one costs more than a page's queries, so it is kept.

    What is kept is used only while it equals what the row holds now: an erased reason is gone at once.
    """
    known = _kept.get(assessment.id)
    if known is None or known[0] != assessment.result:
        known = _kept.put(assessment.id, (assessment.result, from_plain(assessment.result)))
    return known[1]
