"""The best choice of levers within the room there is, with the engine as the judge. Source: docs/method.md#capacity.

A linear programme proposes, the engine computes what the proposal is worth, and as long as the programme promised more it is
told so and asked again. It never promises too little, so the first promise that is kept is the best there is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from palier.action_plans.rules.capacity import Problem, Proposal, Schedule, effort_of
from palier.action_plans.rules.left_out import explain
from palier.action_plans.rules.linear import Column, Linear, Program, Row, Solution, Solver, added, at_most
from palier.action_plans.rules.patterns import Pattern, patterns
from palier.action_plans.rules.score_model import Peak
from palier.action_plans.rules.suggestions import gain_of
from palier.action_plans.rules.timetable import Names, Timetable

EXACT = 1e-6
"""Points that count as none: a hundred-thousandth of the last digit shown."""

MOST_TURNS = 60
"""How often the engine corrects the programme before the best found so far is given, as not proven."""

MOST_PATTERNS = 64
"""How many patterns are gone through before the best found so far is given, as not proven."""

SOON = Fraction(1, 100)
"""Points added to each lever's own gain when quarters are chosen, so that one without any comes early as well."""


def propose(problem: Problem, solver: Solver) -> Proposal:
    """What to carry out and when: most points by the engine, then least effort, then soonest."""
    desk = _Desk(Timetable(problem), solver)
    every = patterns(problem)
    cases = [desk.case(pattern) for pattern in islice(every, MOST_PATTERNS) if pattern.possible]
    desk.keep_pinned([case.pattern for case in cases])
    found = [(case, best) for case in cases if (best := case.most())]
    proven = all(case.proven for case in cases) and next(every, None) is None
    if not found:
        return Proposal({}, Fraction(0), explain(problem, {}), proven and not cases, Fraction(0))
    most = max(best.points for _, best in found)
    level = [case.thriftiest(best) for case, best in found if best.points >= most - EXACT]
    names = min(level, key=lambda names: effort_of(problem, names))
    schedule = desk.soonest(names)
    gain = gain_together(problem, names)
    above = Fraction(max(0.0, max(case.ceiling for case in cases) - most))
    return Proposal(schedule, gain, explain(problem, schedule), proven, gain + above)


def gain_together(problem: Problem, names: Collection[str]) -> Fraction:
    """Points these levers add to the totals of the rounds, above the actions already in the plan."""
    chosen = [problem.by_name[name].moves for name in names]
    gained = Fraction(0)
    for questionnaire, result in problem.rounds:
        ahead = gain_of(questionnaire, result, problem.fixed)
        gained += gain_of(questionnaire, result, [*problem.fixed, *chosen]) - ahead
    return gained


@dataclass(frozen=True, slots=True)
class _Set:
    """Levers and what the rounds are worth with them, in points."""

    names: Names
    points: float


@dataclass(slots=True)
class _Desk:
    """Where questions about one problem are put to the solver."""

    timetable: Timetable
    solver: Solver
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = [*self.timetable.rows]

    def ask(
        self, goal: Linear, rows: Sequence[Row] = (), columns: Mapping[str, Column] | None = None
    ) -> Solution | None:
        """The best by `goal`, within `rows` as well."""
        known = self.timetable.columns | dict(columns or {})
        if not known:
            return Solution({}, float(goal.constant))
        return self.solver(Program(known, [*self.rows, *rows], goal))

    def keep_pinned(self, possible: Sequence[Pattern]) -> None:
        """From now on as many of the pinned levers as fit are carried out, whatever they bring."""
        pinned = [one for one in self.timetable.problem.candidates if one.choice.pinned]
        kept = self.timetable.count(pinned)
        if pinned:
            found = [self.ask(kept, [*pattern.rows(self.timetable)]) for pattern in possible]
            most = max((round(kept.at(one.values)) for one in found if one), default=0)
            self.rows.append(at_most(Linear(constant=most), kept))

    def case(self, pattern: Pattern) -> "_Case":
        """The programme of one pattern."""
        models = pattern.models(self.timetable)
        return _Case(
            self,
            pattern,
            added(model.total for model in models),
            {name: column for model in models for name, column in model.columns.items()},
            [*pattern.rows(self.timetable), *[row for model in models for row in model.rows]],
            [peak for model in models for peak in model.peaks],
        )

    def soonest(self, names: Names) -> Schedule:
        """The quarters of these levers: what gains most is over first."""
        problem = self.timetable.problem
        weight = {name: float(max(gain_together(problem, [name]), Fraction(0)) + SOON) for name in names}
        late = self.timetable.lateness(names, weight)
        found = self.ask(late.times(-1), [*self.timetable.exactly(names)])
        return self.timetable.schedule(found.values) if found else {}


@dataclass(slots=True)
class _Case:
    """One pattern: its total in linear terms, with all the engine has told of it so far."""

    desk: _Desk
    pattern: Pattern
    total: Linear
    columns: Mapping[str, Column]
    rows: list[Row]
    peaks: list[Peak]
    proven: bool = False
    ceiling: float = 0.0

    def most(self) -> _Set | None:
        """The set worth most; None where the pattern cannot be had."""
        best: _Set | None = None
        seen: set[Names] = set()
        while len(seen) < MOST_TURNS and (found := self.desk.ask(self.total, self.rows, self.columns)):
            one = self._judged(found)
            best = one if best is None or one.points > best.points else best
            self.ceiling = max(found.bound, best.points)
            self.proven = self.ceiling - best.points <= EXACT
            if self.proven or one.names in seen:  # proposed again: the solver has reached its own limit
                return best
            seen.add(one.names)
        self.proven = best is None
        return best

    def thriftiest(self, best: _Set) -> Names:
        """Of the sets worth as much, the one that takes the least effort."""
        enough = at_most(Linear(constant=best.points - EXACT / 2), self.total)
        for _ in range(MOST_TURNS):
            found = self.desk.ask(self.desk.timetable.effort().times(-1), [*self.rows, enough], self.columns)
            if found is None:
                break
            one = self._judged(found)
            if one.points >= best.points - EXACT:
                return one.names
        return best.names

    def _judged(self, found: Solution) -> _Set:
        """The set proposed as the engine sees it, which the programme is told."""
        names = self.desk.timetable.names(found.values)
        points = self.pattern.points(names)
        for result in self.pattern.results(names):
            self.rows += [
                peak.tangent(result) for peak in self.peaks if peak.questionnaire == result.questionnaire
            ]
        self.rows.append(self._no_better_within(names, points))
        return _Set(names, points)

    def _no_better_within(self, names: Names, points: float) -> Row:
        """No part of a set is worth more than the set: it takes a lever from outside it."""
        others = [one for one in self.pattern.allowed if one.name not in names]
        more = self.desk.timetable.count(others).times(max(self.pattern.everything - points, 0.0))
        return at_most(self.total, more + Linear(constant=points + EXACT / 10))
