"""How far a round is: what is answered, what is left, what comes next. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from palier.questionnaires.rules import Criterion, Element, Questionnaire
from palier.scoring.rules.answers import State


class Standing(NamedTuple):
    """An answer in short: its state, whether it is marked to review, its level where it has one."""

    state: str = State.BLANK
    to_review: bool = False
    level: int | None = None


NOTHING = Standing()

States = Mapping[str, Standing]
"""Where every answer on record stands, by criterion code."""


class Only(StrEnum):
    """A walk through part of the criteria."""

    BLANK = "blank"
    REVIEW = "review"
    MINE = "mine"
    """Without an answer, among those assigned to whoever walks."""


@dataclass(frozen=True, slots=True)
class Count:
    """Criteria with an answer (any, "don't know" included) out of those asked, and how many are flagged."""

    answered: int
    asked: int
    to_review: int = 0

    @property
    def left(self) -> int:
        return self.asked - self.answered

    @property
    def complete(self) -> bool:
        return self.answered == self.asked

    @property
    def percent(self) -> int:
        """Whole percentage answered, rounded down: 100 only when nothing is left."""
        return 100 * self.answered // self.asked if self.asked else 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The counts of a round: overall and by element code."""

    total: Count
    elements: Mapping[str, Count]


def progress(questionnaire: Questionnaire, states: States) -> Progress:
    """Where the round stands."""
    elements = {element.code: _count(element.criteria, states) for element in questionnaire.elements}
    counts = elements.values()
    total = Count(
        sum(one.answered for one in counts), sum(one.asked for one in counts), sum(one.to_review for one in counts)
    )  # fmt: skip
    return Progress(total, elements)


def _count(criteria: Sequence[Criterion], states: States) -> Count:
    found = [states[criterion.code] for criterion in criteria if criterion.code in states]
    blank = len([one for one in found if one.state == State.BLANK])
    return Count(len(found) - blank, len(criteria), len([one for one in found if one.to_review]))


def wanted(states: States, code: str, only: Only, mine: Collection[str] = ()) -> bool:
    """Whether the walk `only` stops at `code`. `mine`: what is assigned to whoever walks."""
    standing = states.get(code, NOTHING)
    if only is Only.REVIEW:
        return standing.to_review
    return standing.state == State.BLANK and (only is Only.BLANK or code in mine)


def next_stop(
    questionnaire: Questionnaire,
    states: States,
    after: str,
    only: Only = Only.BLANK,
    mine: Collection[str] = (),
) -> str | None:
    """The next criterion of the walk behind `after`, starting over at the end; None when no other is left."""
    place = questionnaire.position(after)
    codes = [criterion.code for criterion in questionnaire.criteria]
    rotated = codes[place:] + codes[: place - 1]
    return next((code for code in rotated if wanted(states, code, only, mine)), None)


def first_stop(
    questionnaire: Questionnaire, states: States, only: Only = Only.BLANK, mine: Collection[str] = ()
) -> str | None:
    """Where the walk begins; None when nothing is left."""
    return next((c.code for c in questionnaire.criteria if wanted(states, c.code, only, mine)), None)


def left_among(states: States, mine: Iterable[str]) -> int:
    """How many of the criteria `mine` have no answer."""
    return sum(wanted(states, code, Only.BLANK) for code in mine)


def entry(element: Element, states: States) -> str:
    """Where somebody who opens `element` starts: its first criterion without an answer, else its first."""
    blank = (c.code for c in element.criteria if wanted(states, c.code, Only.BLANK))
    return next(blank, element.criteria[0].code)


def minutes_left(questionnaire: Questionnaire, count: Count) -> int:
    """Estimated minutes to answer the rest at the questionnaire's own pace, rounded up."""
    return -(-questionnaire.minutes * count.left // count.asked) if count.asked else 0
