"""What may be said of an action, what waits for what, how a checklist is rewritten: pure rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.action_plans.rules.checklist import (
    LONGEST_STEP,
    MOST_STEPS,
    Step,
    checklist_fault,
    rewritten,
    steps_in,
)
from palier.action_plans.rules.life import (
    ActionStatus,
    Facts,
    Kpi,
    Stage,
    differences,
    faults,
    merged,
    settled,
)
from palier.action_plans.rules.reviews import next_review, reviewed
from palier.action_plans.rules.waiting import may_require, needed_by, offered

SOMEBODY = UUID(int=7)
DOING = ActionStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts("x", blocked=True), [("blocked_reason", "missing")]),
        (Facts("x", blocked=True, blocked_reason="grève"), []),
        (Facts("x", blocked=True, status=ActionStatus.DONE), []),
        (Facts("x", sponsor_email="a@example.org"), [("sponsor", "missing")]),
        (Facts("x", sponsor="Léa", sponsor_email="nulle part"), [("sponsor_email", "unknown")]),
        (Facts("x", sponsor="Léa", sponsor_email="lea@example.org"), []),
        (Facts("x", sponsor_id=SOMEBODY, sponsor_email="nulle part"), []),
        (Facts("x", impact=6), [("impact", "out_of_range")]),
        (Facts("x", cost=Decimal(-1)), [("cost", "out_of_range")]),
        (Facts("x", review_every_months=25), [("review_every_months", "out_of_range")]),
        (Facts("x", cause="x" * 4001), [("cause", "too_long")]),
        (Facts("x", kpi=Kpi("a", source="x" * 201)), [("kpi_source", "too_long")]),
    ],
)
def test_what_may_be_said_of_an_action(facts: Facts, expected: list[tuple[str, str]]) -> None:
    assert [(fault.field, fault.rule) for fault in faults(facts)] == expected


@pytest.mark.parametrize(
    ("status", "stage", "expected"),
    [
        (ActionStatus.PLANNED, Stage.ACT, Stage.PLAN),
        (DOING, Stage.PLAN, Stage.DO),
        (DOING, Stage.CHECK, Stage.CHECK),
        (ActionStatus.DONE, Stage.DO, Stage.CHECK),
        (ActionStatus.DONE, Stage.ACT, Stage.ACT),
    ],
)
def test_the_stage_follows_the_status_unless_people_are_further(
    status: ActionStatus, stage: Stage, expected: Stage
) -> None:
    assert settled(Facts("x", status=status, stage=stage)).stage is expected


def test_what_is_done_is_not_blocked_and_a_member_who_sponsors_needs_no_address() -> None:
    told = Facts(
        "x", status=DOING, blocked=True, blocked_reason="grève", channels=("web", "ailleurs", "counter")
    )
    assert settled(told).blocked_reason == "grève"
    assert settled(told).channels == ("counter", "web")
    assert settled(replace(told, status=ActionStatus.DONE)).blocked is False
    outside = Facts("x", sponsor="Léa", sponsor_email="lea@example.org")
    assert settled(outside) == outside
    inside = settled(replace(outside, sponsor_id=SOMEBODY))
    assert (inside.sponsor, inside.sponsor_email) == ("", "")


@given(st.sets(st.sampled_from(["title", "kpi_name", "cause", "due_on"])))
def test_a_merge_takes_theirs_where_i_touched_nothing_and_mine_elsewhere(untouched: set[str]) -> None:
    theirs = Facts("a", cause="parce que", due_on=date(2026, 3, 1), kpi=Kpi("a"))
    mine = Facts("b", effort=5)
    both = merged(theirs, mine, untouched)
    assert set(differences(mine, both)) <= untouched
    assert untouched.isdisjoint(differences(theirs, both))


def test_a_review_moves_the_stage_and_the_next_date() -> None:
    facts = Facts("x", status=DOING, review_every_months=3, next_review_on=date(2026, 1, 10))
    after = reviewed(facts, Stage.CHECK, date(2026, 1, 31))
    assert (after.stage, after.next_review_on) == (Stage.CHECK, date(2026, 4, 30))
    assert (
        reviewed(replace(facts, review_every_months=None), Stage.ACT, date(2026, 1, 31)).next_review_on
        is None
    )
    assert next_review(1, date(2026, 1, 31)) == date(2026, 2, 28)


# --- waiting ----------------------------------------------------------------------------------------------------


def circles(edges: dict[int, set[int]]) -> bool:
    """The slow way: whether some walk of as many steps as there are nodes is possible."""
    walks = set(edges)
    for _ in edges:
        walks = {start for start in walks if any(end in walks for end in edges[start])}
    return bool(walks)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_no_sequence_of_allowed_edges_closes_a_circle_and_every_refused_one_would(
    wanted: list[tuple[int, int]],
) -> None:
    edges: dict[int, set[int]] = {n: set() for n in range(5)}
    for action, required in wanted:
        would = {n: set(ends) for n, ends in edges.items()}
        would[action].add(required)
        assert may_require(edges, action, required) == (not circles(would))
        if may_require(edges, action, required):
            edges = would
    assert all(n not in needed_by(edges, n) for n in edges)


def test_only_what_would_not_close_a_circle_is_offered() -> None:
    edges = {"b": ["a"], "c": ["b"]}
    assert offered(edges, "a", "abcd") == ["d"]
    assert offered(edges, "c", "abcd") == ["a", "d"]
    assert [may_require(edges, *pair) for pair in product("a", "abcd")] == [False, False, False, True]


# --- checklist --------------------------------------------------------------------------------------------------


def steps(*texts: str) -> list[Step]:
    return [Step(uuid4(), text) for text in texts]


def test_a_step_that_keeps_its_words_stays_itself_wherever_it_goes() -> None:
    before = steps("un", "deux", "trois")
    after = rewritten(before, ["trois", "un", "quatre", "cinq"])
    assert [one.id for one in after] == [before[2].id, before[0].id, None, None]


def test_a_step_said_otherwise_stays_itself_when_nothing_else_changed() -> None:
    before = steps("un", "deux", "trois")
    assert [one.id for one in rewritten(before, ["un", "deux, vraiment", "trois"])] == [
        one.id for one in before
    ]


@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abcde"), max_size=6))
def test_no_step_is_used_twice_however_often_its_words_come(before: list[str], lines: list[str]) -> None:
    held = steps(*before)
    after = rewritten(held, lines)
    ids = [one.id for one in after if one.id]
    assert len(after) == len(lines)
    assert len(set(ids)) == len(ids)
    kept = sum(min(before.count(word), lines.count(word)) for word in set(before))
    assert sum(one.text == line for one, line in zip(after, lines, strict=True) if one.id) >= kept


def test_a_checklist_has_bounds_and_no_empty_lines() -> None:
    assert steps_in(" un \n\n  deux\n") == ["un", "deux"]
    assert checklist_fault(["x" * LONGEST_STEP]) is None
    assert checklist_fault(["x" * (LONGEST_STEP + 1)]) == "too_long"
    assert checklist_fault(["x"] * (MOST_STEPS + 1)) == "too_many"
