"""Where a criterion shows or hides others, a level more may lower a total: each way such criteria could stand is a case of
its own, within which more levers never bring less. Source: docs/method.md#capacity.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product

from palier.action_plans.rules.capacity import Candidate, Problem
from palier.action_plans.rules.linear import Linear, Row, at_most
from palier.action_plans.rules.score_model import ScoreModel, model_of
from palier.action_plans.rules.suggestions import Moves, projected
from palier.action_plans.rules.timetable import Timetable
from palier.scoring.rules import Result
from palier.scoring.rules.branching import deciding


@dataclass(frozen=True)
class Pattern:
    """One way in which the deciding criteria stand: the level of each that a lever moves."""

    problem: Problem
    levels: Moves

    def results(self, names: Collection[str]) -> list[Result]:
        """The rounds once these levers have worked, and the deciding criteria stand as the pattern says."""
        chosen = [self.problem.by_name[name].moves for name in names]
        return [
            projected(questionnaire, result, [*self.problem.fixed, self.levels, *chosen])
            for questionnaire, result in self.problem.rounds
        ]

    def points(self, names: Collection[str]) -> float:
        """Their totals, added up; a round without a total counts nothing."""
        return float(sum((one.score or Fraction(0) for one in self.results(names)), Fraction(0)))

    @property
    def possible(self) -> bool:
        """Whether no round loses its total: a criterion shown and not answered yet may cost the coverage."""
        plain = Pattern(self.problem, {}).results([])
        return all(
            b.score is not None or a.score is None for a, b in zip(plain, self.results([]), strict=True)
        )

    @cached_property
    def allowed(self) -> tuple[Candidate, ...]:
        """The levers that bring no deciding criterion higher than the pattern says."""
        return tuple(
            one
            for one in self.problem.candidates
            if all(level <= self.levels.get(code, level) for code, level in one.moves.items())
        )

    @cached_property
    def everything(self) -> float:
        """What all allowed levers together would be worth: no set is worth more."""
        return self.points([one.name for one in self.allowed])

    def rows(self, timetable: Timetable) -> Iterator[Row]:
        """The pattern is what the chosen levers make of it: none goes above it, and one at least gets there."""
        for one in self.problem.candidates:
            if one not in self.allowed:
                yield Row(timetable.chosen(one))
        for code, level in self.levels.items():
            if level > standing(self.problem, code):
                there = [one for one in self.allowed if one.moves.get(code) == level]
                yield at_most(Linear(constant=1), timetable.count(there))

    def models(self, timetable: Timetable) -> list[ScoreModel]:
        """The total of each round that has one, as a function of the levers."""
        every = [one.name for one in self.allowed]
        rounds = zip(self.problem.rounds, self.results([]), self.results(every), strict=True)
        return [
            model_of(questionnaire, base, best, self._movers(base, timetable))
            for (questionnaire, _), base, best in rounds
            if base.score is not None
        ]

    def _movers(self, base: Result, timetable: Timetable) -> Mapping[str, Mapping[int, Linear]]:
        movers: dict[str, dict[int, Linear]] = {}
        codes = {code for one in self.allowed for code in one.moves}
        for code in sorted((codes - self.levels.keys()) & base.nodes.keys()):
            for level in sorted({one.moves[code] for one in self.allowed if code in one.moves}):
                reaching = [one for one in self.allowed if one.moves.get(code, 0) >= level]
                movers.setdefault(code, {})[level] = timetable.count(reaching)
        return movers


def standing(problem: Problem, code: str) -> int:
    """The level the criterion reaches by the actions already in the plan; 0 without one."""
    for questionnaire, result in problem.rounds:
        if code in result.nodes:
            return projected(questionnaire, result, problem.fixed).node(code).level or 0
    return 0


def patterns(problem: Problem) -> Iterator[Pattern]:
    """Every pattern the levers could make; one without any level where they move no deciding criterion."""
    showing = frozenset[str]().union(*[deciding(questionnaire) for questionnaire, _ in problem.rounds])
    reach: dict[str, set[int]] = {}
    for one in problem.candidates:
        for code in one.moves.keys() & showing:
            today = standing(problem, code)
            reach.setdefault(code, {today}).add(max(one.moves[code], today))
    for levels in product(*[sorted(levels) for levels in reach.values()]):
        yield Pattern(problem, dict(zip(reach, levels, strict=True)))
