"""Where a round would stand once chosen actions and levers have worked. Source: docs/method.md#what-if."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from palier.action_plans.rules.suggestions import Moves, projected
from palier.assessments.rules.peers import PeerFigure
from palier.benchmarks.rules.standing import quarter
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.result import Node


@dataclass(frozen=True, slots=True)
class GateChange:
    """The condition of a maturity level: the core criteria that fail it now, and those that still would."""

    level: int
    at_least: Fraction
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A round as it stands and as it would, by the engine, beside what is published of its peers."""

    before: Result
    after: Result
    peers: PeerFigure | None

    @property
    def gain(self) -> Fraction:
        """Points of the total; 0 without one."""
        return (self.after.score or Fraction(0)) - (self.before.score or Fraction(0))

    @property
    def gates(self) -> tuple[GateChange, ...]:
        """The conditions of the levels, lowest first."""
        pairs = zip(self.before.maturity.gates, self.after.maturity.gates, strict=True)
        return tuple(GateChange(a.level, a.at_least, a.failing, b.failing) for a, b in pairs)

    @property
    def quarters(self) -> tuple[int | None, int | None]:
        """The quarter of the peers the total lies in, now and then; None where they are hidden."""
        return self._quarter(self.before), self._quarter(self.after)

    def _quarter(self, result: Result) -> int | None:
        if self.peers is None:
            return None
        return quarter(result.score, self.peers.q1, self.peers.median, self.peers.q3)

    @property
    def moved(self) -> tuple[tuple[Node, Node], ...]:
        """The elements whose score changes, before and after."""
        pairs = ((node, self.after.node(node.code)) for node in self.before.elements)
        return tuple((before, after) for before, after in pairs if before.score != after.score)


def outlook(
    questionnaire: Questionnaire, result: Result, moves: Iterable[Moves], peers: PeerFigure | None
) -> Outlook:
    """The round once all `moves` have worked together."""
    return Outlook(result, projected(questionnaire, result, moves), peers)
