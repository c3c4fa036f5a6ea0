"""The choice of levers within a capacity: never worse than trying out everything, and every reason true."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.action_plans import planner
from palier.action_plans.rules.capacity import (
    Candidate,
    Choice,
    Problem,
    Reason,
    Schedule,
    effort_of,
    fits,
)
from palier.action_plans.rules.proposing import SOON, gain_together, propose
from palier.action_plans.rules.suggestions import projected
from palier.action_plans.solving import solve
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score

METHODS = ("weighted_mean", "geometric_mean", "minimum", "sum")
CODES = ("a", "b", "c", "d", "e")
CLOSE = Fraction(1, 10**6)


def small(total: str = "weighted_mean", dimension: str = "weighted_mean", element: str = "weighted_mean", asked_if: int = 0, identifier: str = "CAP") -> Questionnaire:  # fmt: skip
    """Five criteria of unequal weight in three elements; `asked_if`: b is asked only if a stands at that level."""
    return questionnaire_from(
        {
            "id": identifier, "version": "1.0.0", "aggregation": total, "coverage": {"node": "1/2", "total": "1/2"},
            "levels": [{"level": n, "from": str(20 * n - 20)} for n in range(1, 6)],
            "dimensions": [
                {"code": "A", "aggregation": dimension, "elements": [
                    {"code": "A1", "aggregation": element, "criteria": [
                        {"code": "a", "weight": "2"},
                        {"code": "b"} | ({"shown_if": [{"criterion": "a", "level": asked_if}]} if asked_if else {}),
                    ]},
                    {"code": "A2", "weight": "3", "aggregation": element, "criteria": [{"code": "c"}]},
                ]},
                {"code": "B", "aggregation": dimension, "elements": [
                    {"code": "B1", "aggregation": element, "criteria": [{"code": "d"}, {"code": "e", "weight": "5/2"}]},
                ]},
            ],
        }
    )  # fmt: skip


def round_at(questionnaire: Questionnaire, levels: tuple[int, ...]) -> tuple[Questionnaire, Result]:
    return questionnaire, score(
        questionnaire, {code: {"level": level} for code, level in zip(CODES, levels, strict=True)}
    )


def candidate(name: str, moves: dict[str, int], effort: int = 2, months: int = 3, **more: Any) -> Candidate:
    return Candidate(name, moves, effort, months, **more)


def problem_of(candidates: list[Candidate], room: tuple[int, ...] = (4, 4), **more: Any) -> Problem:
    rounds = more.pop("rounds", (round_at(small(), (1, 2, 1, 2, 1)),))
    return Problem(rounds, tuple(candidates), tuple(map(Fraction, room)), **more)


# --- never worse than trying out everything -------------------------------------------------------------------


def every_schedule(problem: Problem) -> Iterator[Schedule]:
    """All that keeps to the room, the deadlines and the order."""
    starts = [[None, *problem.starts(one)] for one in problem.candidates]
    for quarters in product(*starts):
        chosen = zip(problem.candidates, quarters, strict=True)
        schedule = {one.name: quarter for one, quarter in chosen if quarter is not None}
        if fits(problem, schedule) and not costs_a_total(problem, schedule):
            yield schedule


def costs_a_total(problem: Problem, schedule: Schedule) -> bool:
    moves = [*problem.fixed, *[problem.by_name[name].moves for name in schedule]]
    return any(
        result.score is not None and projected(questionnaire, result, moves).score is None
        for questionnaire, result in problem.rounds
    )


def by_trying(problem: Problem) -> tuple[int, Fraction, int]:
    """The most pinned levers kept, the most points with them, the least effort for those."""
    worth: dict[frozenset[str], Fraction] = {}
    ranked = []
    for schedule in every_schedule(problem):
        names = frozenset(schedule)
        if names not in worth:
            worth[names] = gain_together(problem, names)
        ranked.append((pinned_in(problem, schedule), worth[names], schedule))
    kept = max(pinned for pinned, _, _ in ranked)
    most = max(points for pinned, points, _ in ranked if pinned == kept)
    level = [s for pinned, points, s in ranked if pinned == kept and points >= most - CLOSE]
    return kept, most, min(effort_of(problem, schedule) for schedule in level)


def pinned_in(problem: Problem, schedule: Schedule) -> int:
    return sum(problem.by_name[name].choice.pinned for name in schedule)


def lateness(problem: Problem, schedule: Schedule) -> Fraction:
    return sum(
        (
            (max(gain_together(problem, [name]), Fraction(0)) + SOON)
            * (start + problem.by_name[name].quarters)
            for name, start in schedule.items()
        ),
        Fraction(0),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five levers with everything that may be said of them, in up to three quarters, on one or two rounds."""
    methods = [draw(st.sampled_from(METHODS)) for _ in range(3)]
    branching = draw(st.sampled_from((0, 0, 2, 3)))
    rounds = [round_at(small(*methods, branching), tuple(draw(st.tuples(*[st.integers(1, 4)] * 5))))]
    quarters = draw(st.integers(1, 3))
    known = [code for code in CODES if rounds[0][1].node(code).level is not None]
    candidates = []
    for number in range(draw(st.integers(1, 5))):
        codes = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        moves = {
            code: min(5, (rounds[0][1].node(code).level or 0) + draw(st.integers(1, 3))) for code in codes
        }
        choice = Choice(
            pinned=draw(st.sampled_from((False, False, True))),
            excluded=draw(st.sampled_from((False, False, False, True))),
            quarter=draw(st.sampled_from((None, None, 0, quarters - 1))),
            by=draw(st.sampled_from((None, None, 0, quarters - 1))),
        )
        candidates.append(
            candidate(
                f"l{number}", moves, draw(st.integers(1, 5)), draw(st.integers(1, 7)),
                requires=tuple(draw(st.lists(st.sampled_from([f"l{n}" for n in range(number)] or ["x"]), max_size=1))),
                ready=draw(st.sampled_from((0, 0, 1))), choice=choice,
            )
        )  # fmt: skip
    fixed = draw(st.sampled_from(((), ({known[-1]: 4},))))
    return problem_of(candidates, tuple(draw(st.lists(st.integers(0, 8), min_size=quarters, max_size=quarters))), rounds=tuple(rounds), fixed=fixed)  # fmt: skip


@settings(max_examples=30)
@given(problems())
def test_no_choice_is_better_than_the_one_proposed(problem: Problem) -> None:
    tried_out(problem)


@pytest.mark.long
@settings(max_examples=600)
@given(problems())
def test_no_choice_is_better_in_many_more_problems(problem: Problem) -> None:
    tried_out(problem)


def tried_out(problem: Problem) -> None:
    """What is proposed stands against every choice and every quarter, judged by the engine."""
    proposal = propose(problem, solve)
    kept, most, effort = by_trying(problem)
    assert fits(problem, proposal.schedule)
    assert proposal.proven
    assert pinned_in(problem, proposal.schedule) == kept
    assert proposal.gain == gain_together(problem, proposal.schedule)
    assert abs(proposal.gain - most) <= CLOSE
    assert effort_of(problem, proposal.schedule) == effort
    sooner = [s for s in every_schedule(problem) if s.keys() == proposal.schedule.keys()]
    assert lateness(problem, proposal.schedule) <= min(lateness(problem, s) for s in sooner) + CLOSE
    assert propose(problem, solve) == proposal


# --- why a lever is out ---------------------------------------------------------------------------------------


def reasons(problem: Problem) -> dict[str, tuple[Reason, tuple[str, ...]]]:
    return {one.name: (one.reason, one.names) for one in propose(problem, solve).left_out}


def test_the_example_of_the_method() -> None:
    questionnaire = questionnaire_from(
        {
            "id": "EX", "version": "1.0.0", "levels": [{"level": 1, "from": "0"}],
            "dimensions": [{"code": "A", "elements": [{"code": "A1", "criteria": [{"code": "a"}, {"code": "b"}]}]}],
        }
    )  # fmt: skip
    result = score(questionnaire, {"a": {"level": 1}, "b": {"level": 1}})
    levers = [candidate("a", {"a": 2}, 1), candidate("b", {"a": 3}, 3), candidate("c", {"b": 2}, 3)]
    problem = problem_of(levers, (3, 3), rounds=((questionnaire, result),))
    proposal = propose(problem, solve)
    assert proposal.schedule == {"b": 0, "c": 1}
    assert proposal.gain == Fraction(75, 2)
    assert reasons(problem) == {"a": (Reason.NOTHING_MORE, ())}


def test_each_reason_is_told() -> None:
    levers = [
        candidate("best", {"c": 5}, 4),
        candidate("out", {"a": 2}, choice=Choice(excluded=True)),
        candidate("behind", {"b": 3}, requires=("out",)),
        candidate("long", {"d": 4}, months=9),
        candidate("same", {"c": 3}, 1),
        candidate("large", {"e": 2}, 9),
    ]
    assert reasons(problem_of(levers, (4, 4))) == {
        "out": (Reason.EXCLUDED, ()),
        "behind": (Reason.NEEDS, ("out",)),
        "long": (Reason.TOO_LATE, ()),
        "same": (Reason.NOTHING_MORE, ()),
        "large": (Reason.NO_ROOM, ()),
    }


def test_a_solution_the_solver_s_presolve_lost() -> None:
    rounds = (round_at(small(element="minimum"), (1, 1, 1, 1, 1)),)
    levers = [
        candidate("both", {"a": 2, "b": 2}, 1, 1, choice=Choice(by=0)),
        candidate("one", {"a": 2}, 1, 1),
        candidate("kept", {"a": 2}, 2, 1, choice=Choice(pinned=True)),
    ]
    assert propose(problem_of(levers, (2, 2), rounds=rounds), solve).schedule == {"both": 0, "kept": 1}


def test_what_is_kept_is_in_though_something_else_gains_more() -> None:
    levers = [
        candidate("kept", {"a": 2}, 4, choice=Choice(pinned=True, quarter=1)),
        candidate("more", {"c": 5}, 4),
    ]
    assert propose(problem_of(levers, (0, 4)), solve).schedule == {"kept": 1}


def test_levers_that_wait_for_each_other_are_out() -> None:
    levers = [candidate("x", {"a": 2}, requires=("y",)), candidate("y", {"b": 3}, requires=("x",))]
    assert {reason for reason, _ in reasons(problem_of(levers)).values()} == {Reason.NEEDS}


def test_a_lever_that_would_cost_the_total_is_out_even_if_kept() -> None:
    questionnaire = small("sum", "sum", "sum", asked_if=2)
    rounds = (round_at(questionnaire, (1, 1, 1, 1, 1)),)
    levers = [candidate("shows", {"a": 2}, 1, choice=Choice(pinned=True)), candidate("fine", {"c": 2}, 1)]
    problem = problem_of(levers, rounds=rounds)
    assert propose(problem, solve).schedule == {"fine": 0}
    assert reasons(problem) == {"shows": (Reason.WITHHOLDS, ())}


def test_two_rounds_count_together() -> None:
    other = questionnaire_from(
        {
            "id": "OTHER", "version": "1.0.0", "levels": [{"level": 1, "from": "0"}],
            "dimensions": [{"code": "Z", "elements": [{"code": "Z1", "criteria": [{"code": "z"}]}]}],
        }
    )  # fmt: skip
    rounds = (round_at(small(), (1, 2, 1, 2, 1)), (other, score(other, {"z": {"level": 1}})))
    problem = problem_of([candidate("one", {"c": 5}, 4), candidate("two", {"z": 2}, 4)], (4,), rounds=rounds)
    proposal = propose(problem, solve)
    assert proposal.schedule == {"one": 0}
    assert proposal.gain == gain_together(problem, ["one"]) > gain_together(problem, ["two"]) == 25


def test_no_lever_and_no_room_are_no_problem() -> None:
    assert propose(problem_of([]), solve).schedule == {}
    assert propose(problem_of([candidate("a", {"a": 2})], (0,)), solve).schedule == {}


# --- the solver stays where it is -----------------------------------------------------------------------------


async def test_a_solver_that_dies_or_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of([candidate("alone", {"a": 2})])
    monkeypatch.setattr(planner, "SOLVER", "palier.nothing_of_the_kind")
    with pytest.raises(planner.NotSolved):
        await planner.ask(problem)
    monkeypatch.setattr(planner, "SOLVER", "palier.action_plans.solving")
    monkeypatch.setattr(planner, "LONGEST", 0)
    with pytest.raises(planner.NotSolved):
        await planner.ask(problem)


def test_no_process_but_its_own_loads_the_solver() -> None:
    sources = (Path(planner.__file__).parents[1]).rglob("*.py")
    loading = {path.stem for path in sources if "action_plans.solving import" in path.read_text()}
    assert loading == set()
