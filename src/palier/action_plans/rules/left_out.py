"""Why a lever is not in the choice. Source: docs/method.md#capacity."""

from fractions import Fraction

from palier.action_plans.rules.capacity import Candidate, LeftOut, Problem, Reason, Schedule
from palier.action_plans.rules.suggestions import gain_of, projected


def explain(problem: Problem, schedule: Schedule) -> tuple[LeftOut, ...]:
    """Each lever that is not in `schedule`, with the first reason that holds, in the order of the candidates."""
    return tuple(_why(problem, schedule, one) for one in problem.candidates if one.name not in schedule)


def _why(problem: Problem, schedule: Schedule, one: Candidate) -> LeftOut:
    if one.choice.excluded:
        return LeftOut(one.name, Reason.EXCLUDED)
    if not problem.starts(one):
        return LeftOut(one.name, Reason.TOO_LATE)
    if missing := _out_of_reach(problem, one):
        return LeftOut(one.name, Reason.NEEDS, missing)
    if problem.earliest(one) is None:
        return LeftOut(one.name, Reason.TOO_LATE)
    ahead = tuple(name for name in _behind(problem, one) if name not in schedule and name != one.name)
    if _withholds(problem, {*schedule, one.name, *ahead}):
        return LeftOut(one.name, Reason.WITHHOLDS, ahead)
    more = _gain_above(problem, schedule, {one.name, *ahead})
    if more <= 0 and not one.choice.pinned:
        return LeftOut(one.name, Reason.NOTHING_MORE, ahead)
    return LeftOut(one.name, Reason.NO_ROOM, ahead, more)


def _out_of_reach(problem: Problem, one: Candidate) -> tuple[str, ...]:
    """What it requires and cannot have, whatever the room."""
    return tuple(other.name for other in problem.requirements(one) if problem.earliest(other) is None)


def _behind(problem: Problem, one: Candidate) -> dict[str, None]:
    """All it requires, and all that requires, then itself."""
    names: dict[str, None] = {}
    for other in problem.requirements(one):
        names |= _behind(problem, other)
    return names | {one.name: None}


def _withholds(problem: Problem, names: set[str]) -> bool:
    """Whether these levers would cost a round its total."""
    moves = [*problem.fixed, *[problem.by_name[name].moves for name in sorted(names)]]
    return any(
        result.score is not None and projected(questionnaire, result, moves).score is None
        for questionnaire, result in problem.rounds
    )


def _gain_above(problem: Problem, schedule: Schedule, names: set[str]) -> Fraction:
    """Points these levers would add to those of the schedule."""
    inside = [*problem.fixed, *[problem.by_name[name].moves for name in sorted(schedule)]]
    more = [*inside, *[problem.by_name[name].moves for name in sorted(names)]]
    gained = Fraction(0)
    for questionnaire, result in problem.rounds:
        gained += gain_of(questionnaire, result, more) - gain_of(questionnaire, result, inside)
    return gained
