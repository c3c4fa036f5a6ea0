"""What everybody said of one criterion, and what may stand without a word being exchanged about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from palier.assessments.rules.drafts import LONGEST, Draft
from palier.questionnaires.rules import Criterion, Grade
from palier.scoring.rules.answers import Answer, State, read_answer
from palier.scoring.rules.respondents import RUNGS, WIDE, Tally, Voice, tally

STRENGTH = {grade: place for place, grade in enumerate(Grade)}
"""How much each grade of evidence shows, nothing first."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One person's answer to one criterion, and the role they gave it in."""

    person: UUID
    name: str
    role: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Opened:
    """One criterion with everything said about it, the person with the lowest answer first."""

    criterion: Criterion
    spoken: tuple[Spoken, ...]
    tally: Tally

    @property
    def one_level(self) -> bool:
        """Whether the answers lie one usual rung apart and nothing else stands in the way of their median."""
        rungs = self.criterion.answer.kind in RUNGS
        return (
            rungs
            and self.tally.spread == WIDE
            and not self.tally.split
            and self.tally.proposal.level is not None
        )

    @property
    def between(self) -> bool:
        """Whether the median lies between two rungs: adopting it means the lower one."""
        level, points = self.tally.proposal.level, self.tally.proposal.points
        return level is not None and points != self.criterion.scale.points(level)


def opened(criterion: Criterion, spoken: Iterable[Spoken]) -> Opened:
    """`spoken` side by side. Answers taken back do not count."""
    said = [one for one in spoken if one.draft.state is not State.BLANK]
    voices = voices_of(criterion, said)
    points = {voice.person: voice.answer.points for voice in voices}
    said.sort(
        key=lambda one: (points[str(one.person)] is None, points[str(one.person)] or Fraction(0), one.name)
    )
    return Opened(criterion, tuple(said), tally(criterion, voices))


def voices_of(criterion: Criterion, spoken: Iterable[Spoken]) -> list[Voice]:
    """`spoken` as the engine hears them."""
    return [Voice(str(one.person), one.role, answer_in(criterion, one.draft)) for one in spoken]


def answer_in(criterion: Criterion, draft: Draft) -> Answer:
    """`draft` on the criterion's own scale."""
    return read_answer(criterion, row_of(draft))


def row_of(draft: Draft) -> dict[str, Any]:
    """A draft as the engine reads answers."""
    return {
        "state": draft.state.value, "level": draft.level, "reason": draft.reason, "value": draft.value,
        "evidence": draft.evidence_grade.value,
    }  # fmt: skip


def shared(one: Opened) -> Draft | None:
    """The answer everybody gave, with all their words; None where two differ or nobody spoke."""
    choices = {(each.draft.state, each.draft.level, str(each.draft.value)) for each in one.spoken}
    if len(choices) != 1:
        return None
    first = one.spoken[0].draft
    reason = _joined((each.draft.reason for each in one.spoken), "; ", LONGEST["reason"])
    return with_words(replace(first, reason=reason, rationale="", to_review=False), one.spoken)


def median(one: Opened) -> Draft:
    """What the roles say in the middle, on the rung at or under it. Raises ValueError where there is no rung."""
    if one.tally.proposal.level is None:
        raise ValueError("no level to adopt")
    return with_words(Draft(State.ANSWERED, one.tally.proposal.level), one.spoken)


def with_words(draft: Draft, spoken: Sequence[Spoken]) -> Draft:
    """`draft` with the evidence everybody named and, where it has none of its own, the rationales of its own side."""
    own_side = [
        each for each in spoken if each.draft.state is draft.state and each.draft.level == draft.level
    ]
    grade = max((each.draft.evidence_grade for each in spoken), key=STRENGTH.__getitem__, default=Grade.NONE)
    rationale = draft.rationale or _joined(
        (each.draft.rationale for each in own_side), "\n\n", LONGEST["rationale"]
    )
    return replace(
        draft, rationale=rationale, evidence_grade=grade,
        evidence=_joined((each.draft.evidence for each in spoken), "\n", LONGEST["evidence"]),
        evidence_link=next((each.draft.evidence_link for each in spoken if each.draft.evidence_link), ""),
    )  # fmt: skip


def _joined(texts: Iterable[str], between: str, most: int) -> str:
    """Each text once, as long as there is room: what does not fit stays with the individual answers."""
    kept = ""
    for text in dict.fromkeys(text.strip() for text in texts if text.strip()):
        longer = f"{kept}{between}{text}" if kept else text
        kept = longer if len(longer) <= most else kept
    return kept
