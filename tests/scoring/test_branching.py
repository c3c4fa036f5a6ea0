"""Criteria asked only if others reached a level: what is hidden, what a move shows, what nobody can come to."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.rules import Questionnaire
from palier.questionnaires.rules.branching import highest_level, unreachable
from palier.scoring.rules import score
from palier.scoring.rules.answers import BadAnswer, State
from palier.scoring.rules.branching import hidden
from palier.scoring.rules.effects import answers_in, gain_of_moves, moved, one_step_gain, step_gains, what_if
from palier.scoring.rules.record import from_plain, result_hash, to_plain
from palier.scoring.rules.rounds import LeftOut, compare

NA = {"state": "na", "reason": "not here"}


def asks(*conditions: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"shown_if": [{"criterion": code, "level": level} for code, level in conditions], **more}


def plain(*criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    coded = [{"code": code} | row for code, row in zip("abcdefgh", criteria, strict=False)]
    return {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": coded}]}]} | more


def questionnaire(*criteria: dict[str, Any], **more: Any) -> Questionnaire:
    return questionnaire_from(plain(*criteria, **more))


CHAIN = plain({}, asks(("a", 3)), asks(("b", 2)), {})


def states(result: Any) -> str:
    letters = {"answered": "A", "na": "N", "dk": "D", "blank": "B", "hidden": "h"}
    return "".join(letters[node.answer.state] for node in result.criteria)


@pytest.mark.parametrize(
    ("a", "b", "seen"),
    [
        ({"level": 3}, {"level": 2}, "AAAA"),
        ({"level": 2}, {"level": 5}, "AhhA"),
        ({"level": 5}, {"level": 1}, "AAhA"),
        (NA, {"level": 5}, "NhhA"),
        ({"state": "dk"}, {"level": 5}, "DhhA"),
        ({"state": "blank"}, {"level": 5}, "BhhA"),
        ({"level": 4}, NA, "ANhA"),
    ],
)
def test_a_criterion_is_hidden_unless_the_one_before_reached_its_level(a, b, seen):
    result = score(CHAIN, {"a": a, "b": b, "c": {"level": 5}, "d": {"level": 1}})
    assert states(result) == seen


def test_what_is_hidden_leaves_score_coverage_and_what_was_asked():
    result = score(CHAIN, {"a": {"level": 2}, "c": {"level": 5}, "d": {"level": 4}})
    assert (result.score, result.coverage) == (50, 1)
    assert (result.total.asked, result.total.applicable, result.total.answered) == (2, 2, 2)
    node = result.node("b")
    assert (node.score, node.asked, node.share, node.answer.state) == (None, 0, None, State.HIDDEN)
    assert from_plain(to_plain(result)) == result


def test_what_is_hidden_is_no_low_comparability_unlike_what_does_not_apply():
    assert not score(CHAIN, {"a": {"level": 1}, "d": {"level": 4}}).total.low_comparability
    assert score(CHAIN, {"a": {"level": 3}, "b": NA, "d": NA}).total.low_comparability


def test_what_is_hidden_leaves_gates_and_pyramid():
    definition = plain({}, asks(("a", 3), tags=["K", "Y1"]), {"tags": ["Y1"]},
        gates=[{"level": 4, "tag": "K", "at_least": "50"}], pyramid={"at_least": "60", "steps": [{"tag": "Y1"}]})  # fmt: skip
    answers = {"a": {"level": 5}, "b": {"level": 1}, "c": {"level": 5}}
    assert score(definition, answers).maturity.gates[0].failing == ("b",)
    result = score(definition, answers | {"a": {"level": 2}})
    assert result.maturity.gates[0].passed
    assert (result.pyramid.steps[0].mean, result.pyramid.steps[0].coverage) == (100, 1)


def test_hidden_is_never_given():
    with pytest.raises(BadAnswer, match="not a valid State"):
        score(CHAIN, {"b": {"state": "hidden"}})


def test_every_condition_must_hold_and_other_kinds_decide_by_their_level():
    decided = questionnaire(
        {"answer": {"kind": "range", "from": "0", "to": "10"}}, {}, asks(("a", 3), ("b", 2))
    )
    assert states(score(decided, {"a": 5, "b": {"level": 2}, "c": {"level": 2}})) == "AAA"
    assert states(score(decided, {"a": 4.9, "b": {"level": 2}, "c": {"level": 2}})) == "AAh"
    assert states(score(decided, {"a": 5, "b": {"level": 1}, "c": {"level": 2}})) == "AAh"


def test_a_missing_answer_that_counts_as_zero_still_hides_what_follows():
    result = score(CHAIN | {"missing": "zero"}, {"d": {"level": 5}})
    assert states(result) == "BhhA"
    assert result.score == 50


def test_a_move_that_shows_a_criterion_leaves_it_blank():
    answers = {"a": {"level": 2}, "b": {"level": 5}, "c": {"level": 5}, "d": {"level": 4}}
    then = what_if(CHAIN, answers, {"a": 3})
    assert states(then) == "ABhA"
    assert (then.coverage, then.score) == (Fraction(2, 3), None)
    assert one_step_gain(CHAIN, answers, "a") is None
    assert one_step_gain(CHAIN, answers, "b") is None
    assert one_step_gain(CHAIN, answers, "d") == Fraction(25, 2)


def test_a_move_answers_what_another_move_shows_and_leaves_what_stays_hidden():
    answers = {"a": {"level": 2}, "d": {"level": 4}}
    assert states(what_if(CHAIN, answers, {"a": 3, "b": 4, "c": 4})) == "AAAA"
    assert states(what_if(CHAIN, answers, {"a": 3, "c": 4})) == "ABhA"
    assert states(what_if(CHAIN, answers, {"b": 4})) == "AhhA"


def test_a_criterion_seen_in_one_round_only_takes_no_part_in_their_comparison():
    before = score(CHAIN, {"a": {"level": 2}, "d": {"level": 2}})
    after = score(CHAIN, {"a": {"level": 3}, "b": {"level": 1}, "d": {"level": 3}})
    assert compare(before, after).left_out == {"b": LeftOut.NOT_SCORED_BEFORE, "c": LeftOut.NOT_SCORED_BEFORE}


# --- what holds for every tree of conditions -------------------------------------------------------------------------

rows = st.one_of(
    st.builds(lambda level: {"level": level}, st.integers(1, 5)), st.sampled_from([NA, {"state": "dk"}, {"state": "blank"}])
)  # fmt: skip


@st.composite
def branching(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, Any]]:
    """Up to eight criteria that may ask for any before them, and answers."""
    criteria = []
    for place in range(draw(st.integers(1, 8))):
        before = st.sampled_from("abcdefgh"[:place]) if place else st.nothing()
        named = draw(st.lists(st.tuples(before, st.integers(1, 5)), max_size=2)) if place else []
        criteria.append(asks(*named) if named else {})
    missing, method = (
        draw(st.sampled_from(["exclude", "zero"])),
        draw(st.sampled_from(["weighted_mean", "minimum"])),
    )
    asked = questionnaire(*criteria, missing=missing, aggregation=method)
    return asked, {c.code: draw(rows) for c in asked.criteria}


@given(branching())
def test_hidden_criteria_equal_absent_ones(one):
    asked, answers = one
    result = score(asked, answers)
    gone = {node.code for node in result.criteria if node.answer.state is State.HIDDEN}
    left = [{"code": c.code} for c in asked.criteria if c.code not in gone]
    same = plain(*left, missing=asked.missing, aggregation=asked.aggregation)
    same["dimensions"][0]["elements"][0]["criteria"] = left
    without = score(same, {code: row for code, row in answers.items() if code not in gone})
    assert (result.score, result.coverage, result.level) == (without.score, without.coverage, without.level)
    assert hidden(asked, {node.code: node.answer for node in result.criteria}) == gone


@given(branching(), st.data())
def test_plans_and_steps_are_the_engines_own(one, data):
    asked, answers = one
    now = score(asked, answers)
    assert score(asked, answers_in(now)) == now
    moves = data.draw(st.dictionaries(st.sampled_from(sorted(answers)), st.integers(1, 5)))
    then = what_if(asked, answers, moves)
    assert moved(asked, now, moves) == then
    assert result_hash(moved(asked, now, moves)) == result_hash(then)
    gain = None if None in (now.score, then.score) else then.score - now.score
    assert gain_of_moves(asked, now, moves) == gain
    for code, step in step_gains(asked, answers).items():
        level = now.node(code).level
        after = what_if(asked, answers, {code: level + 1}).score if level and level < 5 else None
        assert step == (None if None in (now.score, after) else after - now.score)


@given(branching())
def test_the_highest_answers_show_everything_that_can_be_reached(one):
    asked, _ = one
    result = score(asked, {c.code: {"level": 5} for c in asked.criteria})
    assert unreachable(asked) == {}
    assert states(result) == "A" * len(asked.criteria)


# --- the proof -------------------------------------------------------------------------------------------------------

TICKS = {"kind": "options", "options": [{"id": "x"}, {"id": "y", "weight": "1", "exclusive": True}]}
STEPS = {"kind": "range", "from": "0", "to": "10", "step": "4"}


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ([{}, asks(("a", 5))], {}),
        ([{}, asks(("z", 2))], {"b": "z is not a criterion"}),
        ([asks(("b", 2)), {}], {"a": "b does not stand before it"}),
        ([asks(("a", 2))], {"a": "a does not stand before it"}),
        ([{}, asks(("a", 6))], {"b": "a has no level 6: its scale ladder5 has 5"}),
        ([{}, asks(("a", 6)), asks(("b", 1))], {"b": "a has no level 6: its scale ladder5 has 5", "c": "b is itself never asked"}),
        ([{"answer": TICKS}, asks(("a", 4))], {"b": "a never stands at level 4: its answers reach 3 at most"}),
        ([{"answer": STEPS}, asks(("a", 5))], {"b": "a never stands at level 5: its answers reach 4 at most"}),
        ([{"answer": STEPS | {"inverted": True}}, asks(("a", 5))], {}),
    ],
)  # fmt: skip
def test_a_criterion_nobody_can_come_to_is_named_with_the_reason(criteria, told):
    assert unreachable(questionnaire(*criteria)) == told


@given(
    st.lists(st.tuples(st.integers(-3, 4), st.booleans()), max_size=5),
    st.integers(1, 12),
    st.integers(13, 40),
)
def test_the_highest_level_is_that_of_the_best_answer_there_is(options, step, top):
    rows = [{"id": f"o{n}", "weight": str(w), "exclusive": alone} for n, (w, alone) in enumerate(options)] + [
        {"id": "p"}
    ]
    ticks = questionnaire({"answer": {"kind": "options", "options": rows}})
    together = [row["id"] for row in rows if not row.get("exclusive")]
    choices = [
        [one for place, one in enumerate(together) if bits >> place & 1] for bits in range(2 ** len(together))
    ]
    choices += [[row["id"]] for row in rows if row.get("exclusive")]
    assert highest_level(ticks.criteria[0]) == max(
        score(ticks, {"a": {"value": one}}).node("a").level for one in choices
    )
    steps = questionnaire({"answer": {"kind": "range", "from": "0", "to": str(top), "step": str(step)}})
    reached = [score(steps, {"a": value}).node("a").level for value in range(0, top + 1, step)]
    assert highest_level(steps.criteria[0]) == max(reached)
