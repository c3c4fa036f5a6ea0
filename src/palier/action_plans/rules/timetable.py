"""When levers may start, as rows of a programme: one column a lever and quarter, 1 where it starts then."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from palier.action_plans.rules.capacity import Candidate, Problem, Schedule
from palier.action_plans.rules.linear import Column, Linear, Row, added, at_most

Names = frozenset[str]


def _start(one: Candidate, quarter: int) -> str:
    return f"start {one.name} {quarter}"


@dataclass(frozen=True)
class Timetable:
    """The columns of a problem, the rows every choice keeps, and how to read a solution."""

    problem: Problem

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every start there may be."""
        pairs = [(one, quarter) for one in self.problem.candidates for quarter in self.problem.starts(one)]
        return {_start(one, quarter): Column(whole=True) for one, quarter in pairs}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Once at most, within the room, and in order."""
        once = [at_most(self.chosen(one), Linear(constant=1)) for one in self.problem.candidates]
        return (*once, *self._room(), *self._order())

    def chosen(self, one: Candidate) -> Linear:
        """1 if the lever is carried out, else 0."""
        return Linear({_start(one, quarter): 1 for quarter in self.problem.starts(one)})

    def count(self, some: Iterable[Candidate]) -> Linear:
        """How many of these levers are carried out."""
        return added(self.chosen(one) for one in some)

    def effort(self) -> Linear:
        """Effort points of all that is carried out."""
        return added(self.chosen(one).times(one.effort) for one in self.problem.candidates)

    def lateness(self, names: Names, weight: Mapping[str, float]) -> Linear:
        """Σ weight × quarter in which a lever is over, of these levers."""
        some = [self.problem.by_name[name] for name in sorted(names)]
        return Linear({
            _start(one, quarter): weight[one.name] * (quarter + one.quarters)
            for one in some
            for quarter in self.problem.starts(one)
        })  # fmt: skip

    def exactly(self, names: Names) -> Iterator[Row]:
        """These levers are carried out, and no others."""
        for one in self.problem.candidates:
            if one.name in names:
                yield at_most(Linear(constant=1), self.chosen(one))
            else:
                yield Row(self.chosen(one))

    def names(self, values: Mapping[str, float]) -> Names:
        """The levers a solution carries out."""
        return frozenset(self.schedule(values))

    def schedule(self, values: Mapping[str, float]) -> Schedule:
        """When each lever of a solution starts."""
        return {
            one.name: quarter
            for one in self.problem.candidates
            for quarter in self.problem.starts(one)
            if values[_start(one, quarter)] > 0.5
        }

    def _room(self) -> Iterator[Row]:
        """No quarter takes more effort than it holds."""
        for quarter, room in enumerate(self.problem.room):
            running = {
                _start(one, start): one.load
                for one in self.problem.candidates
                for start in self.problem.starts(one)
                if quarter in one.runs(start)
            }
            yield at_most(Linear(running), Linear(constant=room))

    def _order(self) -> Iterator[Row]:
        """What a lever requires is carried out, and over before it starts."""
        for one in self.problem.candidates:
            for other in self.problem.requirements(one):
                for quarter in self.problem.starts(one):
                    begun = {_start(one, s): 1 for s in self.problem.starts(one) if s <= quarter}
                    over = [s for s in self.problem.starts(other) if s + other.quarters <= quarter]
                    yield at_most(Linear(begun), Linear({_start(other, s): 1 for s in over}))
