"""What to look at before a round is submitted: blanks block, everything else is for judgement. Pure."""

from collections.abc import Iterable, Mapping
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
    """Why a criterion is listed; only the first keeps the round from being submitted."""

    BLANK = "blank"
    DONT_KNOW = "dk"
    UNBACKED = "unbacked"
    JUMPED = "jumped"
    FLAGGED = "flagged"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Checked:
    """One criterion with its answer, the level of the last round, and every remark about it."""

    criterion: Criterion
    answer: Draft
    before: int | None
    remarks: tuple[Remark, ...]


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
        """The criteria there is something to say about."""
        return tuple(row for row in self.criteria if row.remarks)


def check(
    questionnaire: Questionnaire, answers: Mapping[str, Draft], levels_before: Mapping[str, int]
) -> tuple[Section, ...]:
    """Every section with its remarks; `levels_before` are the last round's levels where there were any."""
    return tuple(
        Section(
            element, tuple(_checked(c, answers.get(c.code, Draft()), levels_before) for c in element.criteria)
        )
        for element in questionnaire.elements
    )


def _checked(criterion: Criterion, answer: Draft, levels_before: Mapping[str, int]) -> Checked:
    before = levels_before.get(criterion.code)
    return Checked(criterion, answer, before, tuple(_remarks(answer, before)))


def _remarks(answer: Draft, before: int | None) -> Iterable[Remark]:
    if answer.state is State.BLANK:
        yield Remark.BLANK
    if answer.state is State.DK:
        yield Remark.DONT_KNOW
    if answer.level is not None and answer.level >= HIGH and answer.evidence_grade is Grade.NONE:
        yield Remark.UNBACKED
    if answer.level is not None and before is not None and abs(answer.level - before) >= JUMP:
        yield Remark.JUMPED
    if answer.to_review:
        yield Remark.FLAGGED
    if answer.state is State.NA:
        yield Remark.NOT_APPLICABLE


def counts(sections: Iterable[Section]) -> dict[Remark, int]:
    """How often each remark was made."""
    every = [remark for section in sections for row in section.criteria for remark in row.remarks]
    return {remark: every.count(remark) for remark in Remark}
