"""Several respondents: what they say together, where they differ, and the consensus they reach.

Everybody answers blind first. A proposal is a starting point for people who talk, never an answer by itself.
Source: docs/method.md#respondents.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from palier.questionnaires.rules import Criterion, Questionnaire
from palier.questionnaires.rules.kinds import Kind
from palier.scoring.rules.agreement import mean, median, rwg, rwg_of_points
from palier.scoring.rules.answers import Answer, State

WIDE = Fraction(25)
"""Points between the lowest and the highest answer, one rung of the usual ladder, from which a criterion is listed."""

AGREED = Fraction(70, 100)
"""r_wg under which a criterion is to be discussed: the usual limit (James, Demaree & Wolf 1984; Lance et al. 2006)."""

RUNGS = frozenset({Kind.CHOICE, Kind.LADDER})
"""Kinds answered with a rung: agreement is measured on levels, for all others on points."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person answered in the role they were asked in. Never changed once the answers are opened."""

    person: str
    role: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one criterion side by side; points from 0 to 100, None where nobody gave any.

    `proposal` holds the mean of the roles' medians, exactly: points between two rungs stay there, and its level is the
    highest rung at or under them. `agreement` is r_wg, None under two answers.
    """

    code: str
    proposal: Answer
    by_role: Mapping[str, Fraction]
    low: Fraction | None
    high: Fraction | None
    agreement: Fraction | None
    states: Mapping[State, int]

    @property
    def spread(self) -> Fraction:
        """Points between the lowest and the highest answer; 0 under two answers."""
        return Fraction(0) if self.low is None or self.high is None else self.high - self.low

    @property
    def split(self) -> bool:
        """Whether some say it does not apply and others answered: no median can settle that."""
        return bool(self.states.get(State.NA) and self.states.get(State.ANSWERED))

    @property
    def listed(self) -> bool:
        """Whether it belongs on the consensus list."""
        return self.spread >= WIDE or self.split

    @property
    def to_discuss(self) -> bool:
        """Whether it needs more than a look: more than one usual rung apart, or too little agreement."""
        return self.spread > WIDE or self.split or (self.agreement is not None and self.agreement < AGREED)


def tally(criterion: Criterion, voices: Sequence[Voice]) -> Tally:
    """The answers of `voices` to `criterion`. Source: docs/method.md#respondents."""
    points = [points for _, points in _given(voices)]
    return Tally(
        code=criterion.code,
        proposal=_proposal(criterion, voices),
        by_role=_medians(voices),
        low=min(points, default=None),
        high=max(points, default=None),
        agreement=_agreement(criterion, voices),
        states={state: sum(v.answer.state is state for v in voices) for state in State},
    )


def tallies(questionnaire: Questionnaire, voices: Iterable[Voice]) -> dict[str, Tally]:
    """One tally per criterion, in the questionnaire's order. Raises KeyError for a code it does not have."""
    said: dict[str, list[Voice]] = {criterion.code: [] for criterion in questionnaire.criteria}
    for voice in voices:
        said[voice.answer.code].append(voice)
    return {criterion.code: tally(criterion, said[criterion.code]) for criterion in questionnaire.criteria}


def consensus_list(questionnaire: Questionnaire, counted: Mapping[str, Tally]) -> tuple[Tally, ...]:
    """What to talk about, the widest spread times weight in the total first, then in the questionnaire's order."""
    weights = weights_in_definition(questionnaire)
    listed = [one for one in counted.values() if one.listed]
    return tuple(sorted(listed, key=lambda one: -one.spread * weights[one.code]))


def weights_in_definition(questionnaire: Questionnaire) -> dict[str, Fraction]:
    """Each criterion's share of the total as the file has it, everything answered; they sum to 1."""
    shares: dict[str, Fraction] = {}
    top = sum((dimension.weight for dimension in questionnaire.dimensions), Fraction(0))
    for dimension in questionnaire.dimensions:
        middle = sum((element.weight for element in dimension.elements), Fraction(0))
        for element in dimension.elements:
            bottom = sum((criterion.weight for criterion in element.criteria), Fraction(0))
            above = dimension.weight / top * element.weight / middle
            shares |= {one.code: above * one.weight / bottom for one in element.criteria}
    return shares


# --- what they say together ---------------------------------------------------------------------------------


def _given(voices: Iterable[Voice]) -> list[tuple[str, Fraction]]:
    """Role and points of every answer that has points: N/A, don't know and blank have none to count."""
    return [(voice.role, voice.answer.points) for voice in voices if voice.answer.points is not None]


def _medians(voices: Iterable[Voice]) -> dict[str, Fraction]:
    by_role: dict[str, list[Fraction]] = {}
    for role, points in _given(voices):
        by_role.setdefault(role, []).append(points)
    return {role: median(points) for role, points in by_role.items()}


def _proposal(criterion: Criterion, voices: Sequence[Voice]) -> Answer:
    """Roles weigh equally, whoever many stand in them. Without any points: the state all of them can live with."""
    if medians := _medians(voices):
        points = mean(list(medians.values()))
        return Answer(criterion.code, State.ANSWERED, criterion.scale.level_reached(points), points)
    spoken = [voice.answer for voice in voices if voice.answer.state in (State.NA, State.DK)]
    if spoken and all(answer.state is State.NA for answer in spoken):
        reasons = dict.fromkeys(answer.reason for answer in spoken if answer.reason)
        return Answer(criterion.code, State.NA, reason="; ".join(reasons))
    return Answer(criterion.code, State.DK if spoken else State.BLANK)


def _agreement(criterion: Criterion, voices: Iterable[Voice]) -> Fraction | None:
    answers = [voice.answer for voice in voices]
    if criterion.answer.kind in RUNGS:
        levels = [answer.level for answer in answers if answer.level is not None]
        return rwg(levels, options=len(criterion.scale.values))
    return rwg_of_points([answer.points for answer in answers if answer.points is not None])


# --- consensus ----------------------------------------------------------------------------------------------


class NoConsensus(ValueError):
    """What is put forward cannot stand as the organisation's answer; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Dissent:
    """Somebody who keeps another view, in their words."""

    person: str
    words: str


@dataclass(frozen=True, slots=True)
class Consensus:
    """The answer agreed on, why, who keeps another view, and every individual answer as it was given."""

    answer: Answer
    reason: str
    dissent: tuple[Dissent, ...]
    tally: Tally
    voices: tuple[Voice, ...]

    @property
    def apart(self) -> tuple[str, ...]:
        """People whose own answer lies 25 points or more from the one agreed on, and who have not dissented."""
        agreed, heard = self.answer.points, {one.person for one in self.dissent}
        return tuple(
            voice.person
            for voice in self.voices
            if agreed is not None
            and voice.answer.points is not None
            and abs(voice.answer.points - agreed) >= WIDE
            and voice.person not in heard
        )


def settle(
    criterion: Criterion,
    voices: Sequence[Voice],
    answer: Answer,
    reason: str = "",
    dissent: Sequence[Dissent] = (),
) -> Consensus:
    """The consensus `answer` to `criterion`, read by `read_answer`: on the criterion's own scale.

    A reason is needed where the answers lay apart, and where `answer` is not what they say together: so a median
    between two rungs is never rounded in silence. Raises NoConsensus.
    """
    if answer.code != criterion.code or any(voice.answer.code != criterion.code for voice in voices):
        raise NoConsensus(f"every answer is to {criterion.code}")
    if answer.state is State.BLANK:
        raise NoConsensus("a consensus says something, if only that nobody knows")
    people = [voice.person for voice in voices]
    if not people or len(set(people)) < len(people):
        raise NoConsensus("needs the answers it is reached from, one a person")
    counted, reason = tally(criterion, voices), reason.strip()
    if not reason and (counted.listed or counted.to_discuss or _differs(answer, counted.proposal)):
        raise NoConsensus("needs a reason: answers lay apart, or it is not what they say together")
    _check_dissent(people, dissent)
    return Consensus(answer, reason, tuple(dissent), counted, tuple(voices))


def _differs(answer: Answer, proposal: Answer) -> bool:
    return (answer.state, answer.points) != (proposal.state, proposal.points)


def _check_dissent(people: Sequence[str], dissent: Sequence[Dissent]) -> None:
    dissenting = [one.person for one in dissent]
    if len(set(dissenting)) < len(dissenting) or not set(dissenting) <= set(people):
        raise NoConsensus("only those who answered dissent, once each")
    if not all(one.words.strip() for one in dissent):
        raise NoConsensus("a dissent says what it is about")
