"""Which levers would move what, and in which order to propose them.

Candidates, gain and priority: docs/method.md#plans. Every gain is the engine's own (`what_if`), never a formula beside it.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from statistics import median

from palier.foundation.kept import Kept
from palier.questionnaires.rules import Lever, Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.answers import State
from palier.scoring.rules.effects import gain_of_moves, moved

WEIGHTS = {
    "gain": Fraction(5, 10),
    "peer_gap": Fraction(2, 10),
    "strategy": Fraction(2, 10),
    "evidence_gap": Fraction(1, 10),
}
"""How much each term counts in the priority. Source: docs/method.md#plans."""

QUICK_EFFORT = 2
"""Up to this effort (1-5) an action is a quick win or a fill-in, above it a project or one to drop.

Its other half: a gain of at least the median of the candidates.
"""

Moves = Mapping[str, int]
"""Levels to reach, by criterion code."""


class Quadrant(StrEnum):
    """Gain against effort, relative to the other candidates."""

    QUICK_WIN = "quick_win"
    PROJECT = "project"
    FILL_IN = "fill_in"
    DROP = "drop"


class Order(StrEnum):
    """How a person wants the suggestions sorted."""

    BALANCE = "balance"
    GAIN = "gain"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the priority: its raw value, the largest among the candidates, and the weight it counts with.

    `raw` is None where it is not known (peers hidden); the weight is then zero and the others carry it.
    """

    raw: Fraction | None
    largest: Fraction
    weight: Fraction

    @property
    def relative(self) -> Fraction:
        """The raw value divided by the largest, 0 to 1; 0 when all are 0 or this one is hidden."""
        return (self.raw or Fraction(0)) / self.largest if self.largest else Fraction(0)

    @property
    def part(self) -> Fraction:
        """What the term brings to the priority before it is divided by the effort."""
        return self.weight * self.relative


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A lever worth proposing: the levels it would reach, what the total gains (points), and why it ranks there."""

    lever: Lever
    moves: Moves
    gain: Fraction
    opens_gate: bool
    """Whether it moves a core criterion that caps the maturity level now."""
    terms: Mapping[str, Term]
    quadrant: Quadrant
    questionnaire: str = ""
    """Whose lever it is ("SX"): a plan may draw on several assessments."""

    @property
    def value(self) -> Fraction:
        """.5 gain + .2 peer gap + .2 strategy + .1 evidence gap, each term relative to its maximum: 0 to 1."""
        return sum((term.part for term in self.terms.values()), Fraction(0))

    @property
    def priority(self) -> Fraction:
        """The value per point of effort."""
        return self.value / self.lever.effort


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an organisation stands and what it wants.

    `peer_q3`: published top-quarter edge by criterion code (whole points), absent where hidden. `strategy`: 0-3 by
    dimension code, 1 where not said. `targets`: points to reach by criterion code, the next rung where not said.
    `shared`: levers from outside the questionnaire (the network's own, practices of other members), ranked alike.
    """

    questionnaire: Questionnaire
    result: Result
    peer_q3: Mapping[str, int]
    strategy: Mapping[str, int]
    targets: Mapping[str, Fraction]
    shared: Sequence[Lever] = ()


def suggest(
    situation: Situation, left_out: Collection[str] = (), order: Order = Order.BALANCE
) -> list[Suggestion]:
    """Every lever that would move something, but those `left_out` (adopted or dismissed), best first.

    Levers that open a gate come first, whatever the order asked for.
    """
    return suggest_among([situation], left_out, order)


def suggest_among(
    situations: Iterable[Situation], left_out: Collection[str] = (), order: Order = Order.BALANCE
) -> list[Suggestion]:
    """As `suggest`, the levers of several assessments in one ranking: each gain in points of its own total."""
    found = [
        (situation, lever, moves)
        for situation in situations
        for lever in (*situation.questionnaire.levers, *situation.shared)
        if lever.id not in left_out and (moves := moves_of(situation, lever))
    ]
    raws = [_raw_terms(situation, moves) for situation, _, moves in found]
    largest = {name: max((raw[name] or Fraction(0) for raw in raws), default=Fraction(0)) for name in WEIGHTS}
    middle = median([raw["gain"] or Fraction(0) for raw in raws]) if raws else Fraction(0)
    suggestions = [
        Suggestion(
            lever,
            moves,
            raw["gain"] or Fraction(0),
            _opens_gate(situation.result, moves),
            _terms(raw, largest),
            _quadrant(raw, lever, middle),
            situation.questionnaire.id,
        )
        for (situation, lever, moves), raw in zip(found, raws, strict=True)
    ]
    return sorted(suggestions, key=lambda one: (not one.opens_gate, *_rank(one, order), one.lever.id))


def moves_of(situation: Situation, lever: Lever) -> Moves:
    """The levels `lever` would bring its criteria to: as far as the target and its own step reach, never down.

    A criterion moves when it stands inside the lever's step and under its target; the target is the next rung unless
    the organisation set one.
    """
    moves: dict[str, int] = {}
    for step in lever.serves:
        level = situation.result.node(step.criterion).level
        if level is None or not step.applies(level):
            continue
        reached = min(step.to_level, _target_level(situation, step.criterion, level))
        if reached > level:
            moves[step.criterion] = reached
    return moves


def _target_level(situation: Situation, code: str, level: int) -> int:
    """The first rung worth the target or more: points between two rungs ask for the upper one."""
    scale = situation.questionnaire.criterion(code).scale
    wanted = situation.targets.get(code)
    if wanted is None:
        return min(level + 1, len(scale.values))
    return next((rung for rung, points in enumerate(scale.values, 1) if points >= wanted), len(scale.values))


def gain_of(questionnaire: Questionnaire, result: Result, moves: Iterable[Moves]) -> Fraction:
    """Points the total gains when all `moves` are made together: effects are never summed. 0 without a total."""
    made = together(result, moves)
    key = (id(result), *sorted(made.items()))
    known = _gains.get(key)
    if known is None or known[0] is not result or known[1] is not questionnaire:
        gain = gain_of_moves(questionnaire, result, made) or Fraction(0)
        known = _gains.put(key, (result, questionnaire, gain))
    return known[2]


_gains: Kept[Hashable, tuple[Result, Questionnaire, Fraction]] = Kept(4096)
"""Gains of the results read lately: a result that is kept is asked the same by every page of its plan."""


def projected(questionnaire: Questionnaire, result: Result, moves: Iterable[Moves]) -> Result:
    """The result once all `moves` are made."""
    made = together(result, moves)
    key = (id(result), *sorted(made.items()))
    known = _led.get(key)
    if known is None or known[0] is not result or known[1] is not questionnaire:
        known = _led.put(key, (result, questionnaire, moved(questionnaire, result, made)))
    return known[2]


_led: Kept[Hashable, tuple[Result, Questionnaire, Result]] = Kept(256)
"""Where plans lead the results read lately."""


def together(result: Result, moves: Iterable[Moves]) -> dict[str, int]:
    """All `moves` as one: the higher level counts where two reach for one criterion, and none is ever lowered.

    A criterion the round does not ask, or that does not apply, is left out.
    """
    levels: dict[str, int] = {}
    for one in moves:
        for code, level in one.items():
            node = result.nodes.get(code)
            if node is not None and node.answer is not None and node.answer.state is not State.NA:
                levels[code] = max(level, levels.get(code, 0), node.level or 0)
    return levels


def _raw_terms(situation: Situation, moves: Moves) -> dict[str, Fraction | None]:
    nodes = [situation.result.node(code) for code in moves]
    peers = [
        max(Fraction(0), situation.peer_q3[n.code] - n.score)
        for n in nodes
        if n.code in situation.peer_q3 and n.score is not None
    ]
    strategy = [
        Fraction(situation.strategy.get(situation.questionnaire.dimension_of(code).code, 1)) for code in moves
    ]
    return {
        "gain": gain_of(situation.questionnaire, situation.result, [moves]),
        "peer_gap": _mean(peers) if peers else None,
        "strategy": _mean(strategy),
        "evidence_gap": _mean([node.gap or Fraction(0) for node in nodes]),
    }


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _terms(raw: Mapping[str, Fraction | None], largest: Mapping[str, Fraction]) -> dict[str, Term]:
    """The weights of hidden terms are shared among the known ones in proportion."""
    known = sum((WEIGHTS[name] for name, value in raw.items() if value is not None), Fraction(0))
    return {
        name: Term(value, largest[name], Fraction(0) if value is None else WEIGHTS[name] / known)
        for name, value in raw.items()
    }


def _opens_gate(result: Result, moves: Moves) -> bool:
    return bool(set(result.maturity.capped_by) & set(moves))


def _quadrant(raw: Mapping[str, Fraction | None], lever: Lever, middle: Fraction | float) -> Quadrant:
    gain = raw["gain"] or Fraction(0)
    strong, quick = gain > 0 and gain >= middle, lever.effort <= QUICK_EFFORT
    if strong:
        return Quadrant.QUICK_WIN if quick else Quadrant.PROJECT
    return Quadrant.FILL_IN if quick else Quadrant.DROP


def _rank(suggestion: Suggestion, order: Order) -> tuple[Fraction | int, ...]:
    match order:
        case Order.GAIN:
            return (-suggestion.gain, suggestion.lever.effort)
        case Order.EFFORT:
            return (suggestion.lever.effort, -suggestion.gain)
        case _:
            return (-suggestion.priority, suggestion.lever.effort)
