"""What finished actions aimed at, and what was seen there in a later round. Never a cause: work aims, rounds tell.

A change of a criterion that several finished actions aimed at is divided equally among them: a rule of accounting.
All points are the engine's own, over the criteria common to both rounds. Source: docs/method.md#over-time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from palier.action_plans.rules.suggestions import Moves, projected
from palier.assessments.rules.over_time import realisation
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.rounds import Comparison, total_with


@dataclass(frozen=True)
class Ground:
    """Two rounds of one organisation: the one a plan was born from and a later one, compared."""

    questionnaire: Questionnaire
    before: Result
    after: Result
    comparison: Comparison

    @property
    def start(self) -> Fraction | None:
        """The total before, over common criteria."""
        return self.comparison.total.before

    @property
    def now(self) -> Fraction | None:
        """The total after, over common criteria."""
        return self.comparison.total.after

    def aim(self, moves: Iterable[Moves]) -> Fraction | None:
        """The total over common criteria if every one of `moves` had reached its levels, by the engine."""
        reached = projected(self.questionnaire, self.before, moves)
        points = {
            code: node.score
            for code in self.comparison.common
            if (node := reached.nodes.get(code)) is not None and node.score is not None
        }
        return total_with(self.before, self.after, self.comparison, points)

    def seen(self, shares: Mapping[str, Fraction]) -> Fraction | None:
        """Points of the total that pass through the change of these criteria, each by its share, all others held."""
        nodes = {code: (self.before.nodes.get(code), self.after.nodes.get(code)) for code in shares}
        points = {
            code: then.score + shares[code] * (now.score - then.score)
            for code, (then, now) in nodes.items()
            if then and now and then.score is not None and now.score is not None
        }
        return _minus(total_with(self.before, self.after, self.comparison, points), self.start)


@dataclass(frozen=True, slots=True)
class Work:
    """An action as its effects are read: the levels it aims at, and whether it was finished between the rounds."""

    key: str
    moves: Moves
    finished: bool


@dataclass(frozen=True, slots=True)
class Aimed:
    """A criterion an action aimed at: its level before, the level aimed at, the level seen; None where there is none.

    `sharers`: how many finished actions aimed at it. `compared` is False where the rounds share no such criterion.
    """

    code: str
    before: int | None
    aim: int
    after: int | None
    sharers: int
    compared: bool

    @property
    def rose(self) -> bool:
        """Whether the later level is above the earlier one."""
        return self.before is not None and self.after is not None and self.after > self.before

    @property
    def reached(self) -> bool:
        """Whether the level aimed at is reached."""
        return self.after is not None and self.after >= self.aim


@dataclass(frozen=True, slots=True)
class Effect:
    """An action's gain as expected and as seen, in points of the total over common criteria.

    `expected` is None where nothing it aims at is compared; `seen` also where it was not finished between the rounds.
    """

    work: Work
    criteria: tuple[Aimed, ...]
    expected: Fraction | None
    seen: Fraction | None

    @property
    def risen(self) -> tuple[Aimed, ...]:
        """The criteria whose level rose."""
        return tuple(one for one in self.criteria if one.rose)


@dataclass(frozen=True)
class Effects:
    """A plan after a later round. `others`: finished actions of other plans, which share the same changes."""

    ground: Ground
    works: Sequence[Work]
    others: Sequence[Work] = ()

    @cached_property
    def sharers(self) -> Counter[str]:
        """How many finished actions aimed at each criterion."""
        finished = (work for work in (*self.works, *self.others) if work.finished)
        return Counter(code for work in finished for code in work.moves)

    @cached_property
    def each(self) -> dict[str, Effect]:
        """Every action of the plan by its key."""
        return {work.key: self._effect(work) for work in self.works}

    @property
    def expected(self) -> Fraction | None:
        """Points the finished actions were to bring together: one run of the engine, never a sum."""
        return _minus(self.ground.aim([work.moves for work in self._finished]), self.ground.start)

    @property
    def seen(self) -> Fraction | None:
        """Points of the change on criteria the plan's finished actions aimed at; shared ones count by the plan's share."""
        shares: Counter[str] = Counter(code for work in self._finished for code in work.moves)
        return self.ground.seen({code: Fraction(n, self.sharers[code]) for code, n in shares.items()})

    @property
    def elsewhere(self) -> Fraction | None:
        """Points of the total's change that no finished action of this plan accounts for."""
        return _minus(self.ground.comparison.total.delta, self.seen)

    @property
    def target(self) -> Fraction | None:
        """The total if every action of the plan had reached its levels."""
        return self.ground.aim([work.moves for work in self.works])

    @property
    def realisation(self) -> Fraction | None:
        """Share of the way to the target gone, (S_t − S_0) / (T − S_0)."""
        return realisation(self.ground.start, self.ground.now, self.target)

    @property
    def _finished(self) -> list[Work]:
        return [work for work in self.works if work.finished]

    def _effect(self, work: Work) -> Effect:
        criteria = tuple(self._aimed(code, level) for code, level in work.moves.items())
        if not any(one.compared for one in criteria):
            return Effect(work, criteria, None, None)
        shares = {code: Fraction(1, self.sharers[code]) for code in work.moves} if work.finished else None
        return Effect(
            work, criteria, _minus(self.ground.aim([work.moves]), self.ground.start),
            None if shares is None else self.ground.seen(shares),
        )  # fmt: skip

    def _aimed(self, code: str, level: int) -> Aimed:
        then, now = self.ground.before.nodes.get(code), self.ground.after.nodes.get(code)
        return Aimed(
            code, then.level if then else None, level, now.level if now else None, self.sharers[code],
            code in self.ground.comparison.common,
        )  # fmt: skip


def _minus(later: Fraction | None, earlier: Fraction | None) -> Fraction | None:
    return None if later is None or earlier is None else later - earlier
