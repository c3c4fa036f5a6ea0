"""Which levers are suggested and why: worked numbers, and what must hold for every result."""

from datetime import date
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.action_plans.rules.schedule import FIRST, add_months, generate
from palier.action_plans.rules.suggestions import (
    WEIGHTS,
    Order,
    Quadrant,
    Situation,
    gain_of,
    moves_of,
    projected,
    suggest,
    together,
)
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.effects import answers_in, gain_of_moves, what_if

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "suggestions.yaml").read_text())
FLASH, FULL = latest("FL"), latest("SX")
TODAY = date(2026, 11, 5)


def two_dimensions(levers: list[dict[str, Any]], aggregation: str = "weighted_mean") -> Questionnaire:
    """The questionnaire of the cases: a and b under A, c (core) under B."""
    return questionnaire_from(
        {
            "id": "TWO", "version": "1.0.0", "aggregation": aggregation,
            "coverage": {"node": "2/3", "total": "4/5"},
            "levels": [{"level": n, "from": str(20 * n - 20)} for n in range(1, 6)],
            "gates": [{"level": 3, "tag": "K", "at_least": "50"}],
            "evidence_caps": {"none": "0", "declared": "25", "documented": "80", "measured": "100", "verified": "100"},
            "dimensions": [
                {"code": "A", "elements": [{"code": "A1", "criteria": [{"code": "a"}, {"code": "b"}], "levers": levers}]},
                {"code": "B", "elements": [{"code": "B1", "criteria": [{"code": "c", "tags": ["K"]}]}]},
            ],
        }
    )  # fmt: skip


def lever(
    name: str, serves: dict[str, list[int]], effort: int = 1, requires: tuple[str, ...] = ()
) -> dict[str, Any]:
    steps = [{"criterion": code, "from": start, "to": end} for code, (start, end) in serves.items()]
    return {
        "id": name, "effort": effort, "months": 3, "title": {}, "steps": {}, "serves": steps,
        "kpi": {"name": {}, "unit": {}, "direction": "up"}, "requires": list(requires),
    }  # fmt: skip


def situation_of(case: dict[str, Any]) -> Situation:
    questionnaire = two_dimensions([lever(one["id"], one["serves"], one["effort"]) for one in case["levers"]])
    answers = {
        code: {"level": level, "evidence": case["grades"][code]} for code, level in case["levels"].items()
    }
    targets = {code: Fraction(points) for code, points in case.get("targets", {}).items()}
    return Situation(questionnaire, score(questionnaire, answers), case["peer_q3"], case["strategy"], targets)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_numbers(case: dict[str, Any]) -> None:
    found = {one.lever.id: one for one in suggest(situation_of(case))}
    assert list(found) == case["order"]
    assert [name for name, one in found.items() if one.opens_gate] == case.get("opens_gate", [])
    for name, expected in case["expect"].items():
        one = found[name]
        assert dict(one.moves) == expected["moves"]
        raw = {term: None if value is None else Fraction(value) for term, value in expected["raw"].items()}
        assert {term: value.raw for term, value in one.terms.items()} == raw
        assert one.priority == Fraction(expected["priority"])


# --- what holds for every result ------------------------------------------------------------------------------


def results(questionnaire: Questionnaire) -> st.SearchStrategy[Result]:
    """Rounds with every kind of answer, unanswered and not applicable included."""
    answer = st.one_of(
        st.builds(
            lambda n, g: {"level": n, "evidence": g},
            st.integers(1, 5),
            st.sampled_from(["none", "declared", "measured"]),
        ),
        st.just({"state": "dk"}),
        st.just({"state": "na", "reason": "sans objet"}),
    )
    usual = st.builds(lambda n: {"level": n, "evidence": "declared"}, st.integers(1, 5))
    codes = [criterion.code for criterion in questionnaire.criteria]
    rare = st.dictionaries(st.sampled_from(codes), answer, max_size=4)
    return st.builds(
        lambda rows, odd: score(questionnaire, dict(zip(codes, rows, strict=True)) | odd),
        st.lists(usual, min_size=len(codes), max_size=len(codes)),
        rare,
    )


def situations(questionnaire: Questionnaire = FLASH) -> st.SearchStrategy[Situation]:
    codes = [criterion.code for criterion in questionnaire.criteria]
    dimensions = [dimension.code for dimension in questionnaire.dimensions]
    return st.builds(
        lambda result, q3, weights, targets: Situation(
            questionnaire, result, q3, weights, {code: Fraction(points) for code, points in targets.items()}
        ),
        results(questionnaire),
        st.dictionaries(st.sampled_from(codes), st.integers(0, 100)),
        st.dictionaries(st.sampled_from(dimensions), st.integers(0, 3)),
        st.dictionaries(st.sampled_from(codes), st.integers(0, 100)),
    )


@given(situations())
def test_the_gain_of_every_suggestion_is_the_engine_s(situation: Situation) -> None:
    before = situation.result.score
    for one in suggest(situation):
        after = what_if(situation.questionnaire, answers_in(situation.result), one.moves).score
        assert one.gain == (0 if before is None else (after or 0) - before)
        assert one.gain >= 0


@given(situations(), st.data())
def test_the_combined_gain_is_the_engine_s_and_never_falls_with_one_more(
    situation: Situation, data: st.DataObject
) -> None:
    suggestions = suggest(situation)
    chosen = data.draw(st.lists(st.sampled_from(suggestions), max_size=6)) if suggestions else []
    gains = [
        gain_of(situation.questionnaire, situation.result, [one.moves for one in chosen[:count]])
        for count in range(len(chosen) + 1)
    ]
    assert gains == sorted(gains)
    after = projected(situation.questionnaire, situation.result, [one.moves for one in chosen])
    if situation.result.score is not None:
        assert gains[-1] == (after.score or 0) - situation.result.score
    if chosen:
        assert gains[-1] >= max(one.gain for one in chosen)


@given(st.sampled_from(["weighted_mean", "geometric_mean", "minimum"]), st.data())
def test_one_branch_computed_again_is_the_whole_engine(aggregation: str, data: st.DataObject) -> None:
    questionnaire = two_dimensions([], aggregation)
    levels = data.draw(st.fixed_dictionaries({code: st.integers(1, 5) for code in "abc"}))
    result = score(questionnaire, {code: {"level": level} for code, level in levels.items()})
    moves = data.draw(st.dictionaries(st.sampled_from("abc"), st.integers(1, 5)))
    after = what_if(questionnaire, answers_in(result), moves)
    assert gain_of_moves(questionnaire, result, moves) == (after.score or 0) - (result.score or 0)


def test_two_actions_on_one_criterion_are_not_added_up() -> None:
    questionnaire = two_dimensions([])
    result = score(questionnaire, {code: {"level": 2} for code in "abc"})
    assert gain_of(questionnaire, result, [{"a": 3}]) == Fraction(25, 4)
    assert gain_of(questionnaire, result, [{"a": 3}, {"a": 3}]) == Fraction(25, 4)
    assert gain_of(questionnaire, result, [{"a": 3}, {"a": 4}]) == Fraction(25, 2)


def test_a_move_never_lowers_and_never_touches_what_does_not_apply() -> None:
    questionnaire = two_dimensions([])
    result = score(
        questionnaire, {"a": {"level": 4}, "b": {"state": "na", "reason": "x"}, "c": {"state": "dk"}}
    )
    assert together(result, [{"a": 2}, {"b": 5}, {"c": 3}, {"gone": 4}]) == {"a": 4, "c": 3}


@given(situations())
def test_the_weights_always_share_one_whole(situation: Situation) -> None:
    for one in suggest(situation):
        assert sum(term.weight for term in one.terms.values()) == 1
        hidden = one.terms["peer_gap"].raw is None
        assert hidden == (not set(one.moves) & set(situation.peer_q3))
        if not hidden:
            assert {name: term.weight for name, term in one.terms.items()} == WEIGHTS
        elif one.terms["gain"].weight:
            assert one.terms["gain"].weight == Fraction(5, 8)
        assert all(0 <= term.relative <= 1 for term in one.terms.values())


@given(situations(FULL), st.sampled_from(list(Order)))
def test_gates_come_first_whatever_the_order(situation: Situation, order: Order) -> None:
    found = suggest(situation, order=order)
    opening = [one.opens_gate for one in found]
    assert opening == sorted(opening, reverse=True)
    capped = set(situation.result.maturity.capped_by)
    assert all(one.opens_gate == bool(capped & set(one.moves)) for one in found)


@given(situations())
def test_orders_sort_by_what_they_are_called(situation: Situation) -> None:
    for order, key in (
        (Order.GAIN, lambda one: -one.gain), (Order.EFFORT, lambda one: one.lever.effort),
        (Order.BALANCE, lambda one: -one.priority),
    ):  # fmt: skip
        for opens in (True, False):
            keys = [key(one) for one in suggest(situation, order=order) if one.opens_gate is opens]
            assert keys == sorted(keys)


@given(situations(), st.data())
def test_what_is_left_out_is_never_suggested_and_targets_are_never_passed(
    situation: Situation, data: st.DataObject
) -> None:
    levers = [one.id for one in situation.questionnaire.levers]
    left_out = data.draw(st.sets(st.sampled_from(levers)))
    for one in suggest(situation, left_out):
        assert one.lever.id not in left_out
        for code, level in one.moves.items():
            node = situation.result.node(code)
            assert node.level is not None
            assert node.level < level
            values = situation.questionnaire.criterion(code).scale.values
            target = situation.targets.get(code, values[node.level])
            assert node.score is not None
            assert node.score < target
            assert values[level - 2] < target


@given(situations())
def test_a_quick_win_gains_something_for_little(situation: Situation) -> None:
    for one in suggest(situation):
        if one.quadrant is Quadrant.QUICK_WIN:
            assert one.gain > 0
            assert one.lever.effort <= 2


@given(situations(FULL), st.integers(1, 8))
def test_a_draft_dates_requirements_first(situation: Situation, first: int) -> None:
    suggestions = suggest(situation)
    drafts = generate(suggestions, TODAY, first)
    assert len(drafts) <= first
    names = [draft.suggestion.lever.id for draft in drafts]
    assert len(set(names)) == len(names)
    open_ids = {one.lever.id for one in suggestions}
    by_name = dict(zip(names, drafts, strict=True))
    for draft in drafts:
        assert TODAY < draft.starts_on < draft.due_on
        assert draft.starts_on.weekday() == 0
        for required in set(draft.suggestion.lever.requires) & open_ids:
            assert names.index(required) < names.index(draft.suggestion.lever.id)
            assert by_name[required].due_on < draft.starts_on
    if len(suggestions) >= first and not any(one.lever.requires for one in suggestions):
        assert names == [one.lever.id for one in suggestions[:first]]


@pytest.mark.parametrize("order", list(permutations(["base", "middle", "top"])))
def test_a_chain_of_requirements_is_brought_along_or_left(order: tuple[str, ...]) -> None:
    needs = {"base": (), "middle": ("base",), "top": ("middle",)}
    efforts = {name: 1 + order.index(name) for name in order}
    questionnaire = two_dimensions([lever(n, {"a": [1, 5]}, efforts[n], needs[n]) for n in needs])
    result = score(questionnaire, {code: {"level": 2} for code in "abc"})
    suggestions = suggest(Situation(questionnaire, result, {}, {}, {}))
    assert [one.lever.id for one in suggestions] == list(order)
    assert [d.suggestion.lever.id for d in generate(suggestions, TODAY, 3)] == ["base", "middle", "top"]
    two = [d.suggestion.lever.id for d in generate(suggestions, TODAY, 2)]
    assert two == ["base", "middle"]


def test_a_ring_of_requirements_still_ends() -> None:
    questionnaire = two_dimensions(
        [lever("x", {"a": [1, 5]}, 1, ("y",)), lever("y", {"a": [1, 5]}, 1, ("x",))]
    )
    result = score(questionnaire, {code: {"level": 2} for code in "abc"})
    drafts = generate(suggest(Situation(questionnaire, result, {}, {}, {})), TODAY)
    assert {d.suggestion.lever.id for d in drafts} == {"x", "y"}


def test_nothing_is_suggested_at_the_top_or_without_answers() -> None:
    for row in ({"level": 5}, {"state": "dk"}):
        result = score(FLASH, {criterion.code: row for criterion in FLASH.criteria})
        assert suggest(Situation(FLASH, result, {}, {}, {})) == []


def test_a_lever_moves_only_inside_its_own_step() -> None:
    questionnaire = two_dimensions([lever("x", {"a": [2, 4], "b": [3, 5]})])
    result = score(questionnaire, {"a": {"level": 2}, "b": {"level": 2}, "c": {"level": 2}})
    far = {code: Fraction(100) for code in "abc"}
    assert moves_of(Situation(questionnaire, result, {}, {}, far), questionnaire.levers[0]) == {"a": 4}


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert FIRST == 5
