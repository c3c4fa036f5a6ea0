"""The total of a round as a function of the levers carried out, in linear terms. Source: docs/method.md#capacity.

Means and sums are linear in the levels reached, a minimum is at most each of its parts, and a geometric mean lies under
each of its tangents: so the model is exact for the first three, and never too low for the last, which the engine judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from palier.action_plans.rules.linear import Column, Linear, Number, Row, added, at_most
from palier.questionnaires.rules import Aggregation, Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.result import Kind, Node

FLOOR = Fraction(1)
"""A geometric mean lifts what is below one point. Source: docs/method.md#methods."""

_SLACK = 1e-9
"""Tangents are laid this much above the mean: their slopes are floats."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A geometric mean of the model: its column and its parts, each with its weight, as they are lifted."""

    column: str
    questionnaire: str
    code: str
    parts: tuple[tuple[str, Fraction, Linear], ...]

    def tangent(self, result: Result) -> Row:
        """The mean is at most its tangent where `result` stands."""
        total = float(sum(weight for _, weight, _ in self.parts))
        mean = float(result.node(self.code).score or FLOOR)
        slopes = [
            float(weight) / total * mean / float(max(result.node(code).score or FLOOR, FLOOR))
            for code, weight, _ in self.parts
        ]
        above = added(lifted.times(slope) for slope, (_, _, lifted) in zip(slopes, self.parts, strict=True))
        return at_most(Linear({self.column: 1}), above + Linear(constant=_SLACK))


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """`total` in points within `rows`; `peaks` take a tangent wherever the engine looked."""

    total: Linear
    columns: Mapping[str, Column]
    rows: Sequence[Row]
    peaks: Sequence[Peak]


def model_of(
    questionnaire: Questionnaire, base: Result, best: Result, movers: Mapping[str, Mapping[int, Linear]]
) -> ScoreModel:
    """The total of `base` once levers are carried out.

    `movers`: by criterion and level to reach, how many of the levers carried out reach that level or more. `best` is the
    result once all are. Both results have a total.
    """
    under_way = _Building(questionnaire, best, movers)
    total = under_way.value(base.total)
    rows = [*under_way.rows]
    for peak in under_way.peaks:
        rows += [peak.tangent(base), peak.tangent(best)]
    return ScoreModel(total, under_way.columns, rows, under_way.peaks)


@dataclass(slots=True)
class _Building:
    questionnaire: Questionnaire
    best: Result
    movers: Mapping[str, Mapping[int, Linear]]
    columns: dict[str, Column] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    peaks: list[Peak] = field(default_factory=list)

    def value(self, node: Node) -> Linear:
        """The score of `node`, which has one."""
        if node.kind is Kind.CRITERION:
            return self._criterion(node, Fraction(0))
        if node.score == self.best.node(node.code).score:
            return Linear(constant=node.score or 0)
        children = [child for child in node.children if child.score is not None]
        match node.method:
            case Aggregation.MINIMUM:
                return self._minimum(node, children)
            case Aggregation.GEOMETRIC_MEAN:
                return self._geometric(node, children)
            case method:
                whole = 1 if method is Aggregation.SUM else sum(child.weight for child in children)
                return added(self.value(child).times(child.weight / whole) for child in children)

    def _criterion(self, node: Node, floor: Fraction) -> Linear:
        """Its points (`floor` at least): those of today and, for each rung reached, what it adds."""
        scale = self.questionnaire.criterion(node.code).scale
        points = max(node.score or Fraction(0), floor)
        whole = Linear(constant=points)
        for level, count in sorted(self.movers.get(node.code, {}).items()):
            if node.level is None or level <= node.level:
                continue
            rung = f"reached {node.code} {level}"
            if rung not in self.columns:
                self.columns[rung] = Column()
                self.rows.append(at_most(Linear({rung: 1}), count))
            there = max(scale.points(level), floor)
            whole += Linear({rung: there - points})
            points = there
        return whole

    def _between(self, node: Node) -> str:
        """A column for the score of `node`, up to the best."""
        name = f"score {self.questionnaire.id} {node.code}"
        self.columns[name] = Column(0.0, float(self.best.node(node.code).score or 0) + _SLACK)
        return name

    def _minimum(self, node: Node, children: Sequence[Node]) -> Linear:
        score = Linear({self._between(node): 1})
        self.rows += [at_most(score, self.value(child)) for child in children]
        return score

    def _geometric(self, node: Node, children: Sequence[Node]) -> Linear:
        column = self._between(node)
        parts = tuple((child.code, child.weight, self._lifted(child)) for child in children)
        self.peaks.append(Peak(column, self.questionnaire.id, node.code, parts))
        return Linear({column: 1})

    def _lifted(self, node: Node) -> Linear:
        """The score, one point at least; for a node that starts below one, the chord up to its best: never too low."""
        if node.kind is Kind.CRITERION:
            return self._criterion(node, FLOOR)
        start, end = node.score or Fraction(0), Fraction(self.best.node(node.code).score or 0)
        if start >= FLOOR:
            return self.value(node)
        if end <= FLOOR:
            return Linear(constant=FLOOR)
        slope: Number = (end - FLOOR) / (end - start)
        return Linear(constant=FLOOR - slope * start) + self.value(node).times(slope)
