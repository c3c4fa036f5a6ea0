"""What to look at before a round is submitted: what says nothing blocks, everything else is for judgement. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from palier.assessments.rules.drafts import Draft
from palier.questionnaires.rules import Criterion, Element, Grade, Questionnaire
from palier.scoring.rules.answers import State

HIGH = 4
"""From this level on an answer is expected to be backed by evidence."""

JUMP = 2
"""Levels gained or lost since the last round that deserve a second look."""


class Remark(StrEnum):
    """Why a criterion is listed; those of `BLOCKING` keep the round from being submitted."""

    BLANK = "blank"
    UNEXPLAINED = "unexplained"
    """Not applicable, and nobody says why."""
    DONT_KNOW = "dk"
    UNBACKED = "unbacked"
    JUMPED = "jumped"
    EXPIRED = "expired"
    """Every piece of evidence attached to it has expired."""
    FLAGGED = "flagged"
    NOT_APPLICABLE = "na"


BLOCKING = (Remark.BLANK, Remark.UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class Checked:
    """One criterion with its answer, the level of the last round, and every remark about it."""

    criterion: Criterion
    answer: Draft
    before: int | None
    remarks: tuple[Remark, ...]

    @property
    def blocking(self) -> bool:
        """Whether the round cannot be submitted like this."""
        return any(remark in BLOCKING for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Section:
    """One element's criteria as checked."""

    element: Element
    criteria: tuple[Checked, ...]

    @property
    def answered(self) -> int:
        return sum(Remark.BLANK not in row.remarks for row in self.criteria)

    @property
    def remarked(self) -> tuple[Checked, ...]:
        """The criteria there is something to say about, besides what keeps the round from being submitted."""
        return tuple(row for row in self.criteria if row.remarks and not row.blocking)


def blocking(sections: Iterable[Section]) -> tuple[Checked, ...]:
    """The criteria that keep the round from being submitted, in order."""
    return tuple(row for section in sections for row in section.criteria if row.blocking)


def check(
    questionnaire: Questionnaire, answers: Mapping[str, Draft], levels_before: Mapping[str, int], expired: Collection[str] = ()
) -> tuple[Section, ...]:  # fmt: skip
    """Every section with its remarks; `levels_before` are the last round's levels where there were any.

    `expired`: the criteria nothing attached to which holds any more.
    """

    def checked(criterion: Criterion) -> Checked:
        answer, before = answers.get(criterion.code, Draft()), levels_before.get(criterion.code)
        remarks = tuple(_remarks(answer, before, ended=criterion.code in expired))
        return Checked(criterion, answer, before, remarks)

    return tuple(
        Section(element, tuple(map(checked, element.criteria))) for element in questionnaire.elements
    )


def _remarks(answer: Draft, before: int | None, *, ended: bool) -> Iterable[Remark]:
    if answer.state is State.BLANK:
        yield Remark.BLANK
    if answer.state is State.NA and not answer.reason.strip():
        yield Remark.UNEXPLAINED
    if answer.state is State.DK:
        yield Remark.DONT_KNOW
    if answer.level is not None and answer.level >= HIGH and answer.evidence_grade is Grade.NONE:
        yield Remark.UNBACKED
    if answer.level is not None and before is not None and abs(answer.level - before) >= JUMP:
        yield Remark.JUMPED
    if ended and answer.state is State.ANSWERED:
        yield Remark.EXPIRED
    if answer.to_review:
        yield Remark.FLAGGED
    if answer.state is State.NA and answer.reason.strip():
        yield Remark.NOT_APPLICABLE


def counts(sections: Iterable[Section]) -> dict[Remark, int]:
    """How often each remark was made."""
    every = [remark for section in sections for row in section.criteria for remark in row.remarks]
    return {remark: every.count(remark) for remark in Remark}
