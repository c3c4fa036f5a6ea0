"""Values and their points, kind by kind: worked by hand, refused with a reason, and what holds for all of them."""

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.answers import BadAnswer, State, read_answer
from palier.scoring.rules.effects import answers_in, step_gains, what_if
from palier.scoring.rules.kinds import read_value
from palier.scoring.rules.record import from_plain, result_hash, to_plain

RANGE = {"kind": "range", "from": "0", "to": "80"}
STEPS = {"kind": "range", "from": "1", "to": "10", "step": "3"}
TICKS = {
    "kind": "options",
    "options": [
        {"id": "a"},
        {"id": "b", "weight": "2"},
        {"id": "c", "weight": "-1"},
        {"id": "no", "weight": "0", "exclusive": True},
    ],
}
MATRIX = {"kind": "matrix", "rows": [{"id": "r1"}, {"id": "r2", "weight": "3"}]}
RISING = {"kind": "kpi", "floor": "20", "goal": "60"}
FALLING = {"kind": "kpi", "floor": "48", "goal": "4"}
LOG = {"kind": "kpi", "floor": "1", "goal": "100", "curve": "log"}
LOG_FALLING = LOG | {"floor": "100", "goal": "1"}
RATINGS = {str(n): 0 for n in range(11)} | {"10": 3, "9": 1, "8": 4, "0": 2}


def criterion(answer: dict[str, Any]) -> Any:
    return questionnaire_of(answer).criteria[0]


def questionnaire_of(answer: dict[str, Any], **more: Any) -> Any:
    rows = [{"code": "c", "answer": answer}]
    return questionnaire_from(
        {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": rows}]}]} | more
    )


@pytest.mark.parametrize(
    ("answer", "given", "points", "level", "value"),
    [
        (RANGE, 20, "25", 2, '"20"'),
        (RANGE, "12.5", "125/8", 1, '"12.5"'),
        (RANGE, "1/3", "5/12", 1, '"1/3"'),
        (RANGE, 0.1, "1/8", 1, '"0.1"'),
        (RANGE | {"inverted": True}, 20, "75", 4, '"20"'),
        (STEPS, 4, "100/3", 2, '"4"'),
        (TICKS, ["b", "a"], "100", 5, '["a","b"]'),
        (TICKS, "b; c", "100/3", 2, '["b","c"]'),
        (TICKS, ["c"], "0", 1, '["c"]'),
        (TICKS, "none", "0", 1, "[]"),
        (TICKS, [], "0", 1, "[]"),
        (TICKS, ["no"], "0", 1, '["no"]'),
        (MATRIX, {"r1": 5, "r2": 2}, "175/4", 2, '{"r1":5,"r2":2}'),
        (MATRIX, "r2=2; r1=5", "175/4", 2, '{"r1":5,"r2":2}'),
        ({"kind": "pdca"}, "plan=4; do=3; check=2; act=1", "75/2", 2, '{"act":1,"check":2,"do":3,"plan":4}'),
        ({"kind": "pdca"}, "plan=75%; do=50 %; check=25%; act=0%", "75/2", 2, '{"act":1,"check":2,"do":3,"plan":4}'),
        ({"kind": "results"}, {"trend": 5, "target": 4}, "175/2", 4, '{"target":4,"trend":5}'),
        ({"kind": "results", "comparison": True}, "trend=5;target=4;comparison=1", "175/3", 3, '{"comparison":1,"target":4,"trend":5}'),
        ({"kind": "ladder"}, [2, 3, 5], "50", 3, "[2,3,5]"),
        ({"kind": "ladder"}, "2; 3", "50", 3, "[2,3]"),
        ({"kind": "ladder"}, "3", "50", 3, "[2,3]"),
        ({"kind": "ladder"}, "3;", "0", 1, "[3]"),
        ({"kind": "ladder"}, 1, "0", 1, "[]"),
        ({"kind": "ladder"}, "none", "0", 1, "[]"),
        (RISING, 30, "25", 2, '"30"'),
        (RISING, -5, "0", 1, '"-5"'),
        (RISING, 61, "100", 5, '"61"'),
        (FALLING, 15, "75", 4, '"15"'),
        (FALLING, 50, "0", 1, '"50"'),
        (FALLING, 1, "100", 5, '"1"'),
        (LOG, 10, "50", 3, '"10"'),
        (LOG, 0, "0", 1, '"0"'),
        (LOG_FALLING, 10, "50", 3, '"10"'),
        (LOG_FALLING, -1, "100", 5, '"-1"'),
        (LOG, 2, "150514997831991/10000000000000", 1, '"2"'),
        ({"kind": "nps"}, 20, "60", 3, '"20"'),
        ({"kind": "nps"}, "-100", "0", 1, '"-100"'),
        ({"kind": "nps"}, "promoters=40; passives=30; detractors=30", "55", 3, '{"detractors":30,"passives":30,"promoters":40}'),
        ({"kind": "nps"}, RATINGS, "60", 3, '{"0":2,"10":3,"8":4,"9":1}'),
        ({"kind": "nps"}, {10: 1}, "100", 5, '{"10":1}'),
    ],
)  # fmt: skip
def test_a_value_by_hand(answer, given, points, level, value):
    reading = read_value(criterion(answer), given)
    if answer is LOG and given == 2:  # 100 · lg 2 / 2, to 1e-12
        assert abs(reading.points - Fraction("15.05149978319905976")) <= Fraction(1, 2 * 10**12)
        assert reading.points.denominator <= 10**12
    else:
        assert reading.points == Fraction(points)
    assert (reading.level, reading.value) == (level, value)


@pytest.mark.parametrize(
    ("answer", "given", "reason"),
    [
        (RANGE, 81, "81 is not between 0 and 80"),
        (RANGE, "12,5", "not a number: '12,5'"),
        (RANGE, "1e999999999", "not a number"),
        (RANGE, float("nan"), "not a number"),
        (RANGE, True, "not a number: True"),
        (RANGE, [20], "not a number"),
        (STEPS, 5, "5 is not one of the steps of 3 from 1"),
        (TICKS, ["z"], "there is no option 'z'; there are a, b, c, no"),
        (TICKS, ["a", "a"], "an option is named twice"),
        (TICKS, "a; no", "no excludes every other option"),
        (TICKS, 3, "a list of options, not 3"),
        (TICKS, [{}], "there is no option {}"),
        (MATRIX, {"r9": 1, "r1": 2, "r2": 2}, "there is no 'r9'; there are r1, r2"),
        (MATRIX, {"r1": 6, "r2": 2}, "level 6 is not on the scale ladder5"),
        (MATRIX, {"r1": 2.5, "r2": 2}, "a level is a whole number, not 2.5"),
        (MATRIX, "r1=60%; r2=75%", "60 is not on the scale ladder5"),
        (MATRIX, "r1=%; r2=75%", "not a number: ''"),
        (MATRIX, "r1", "'r1' is not written name=value"),
        (MATRIX, "r1=2; r1=3", "r1 is named twice"),
        (MATRIX, 4, "named parts such as r1=4, not 4"),
        (MATRIX, "r1=2", "answered, but incomplete: r2 missing"),
        ({"kind": "pdca"}, {"plan": 2, "act": None}, "answered, but incomplete: do, check, act missing"),
        ({"kind": "ladder"}, [2, 2], "a level is named twice"),
        ({"kind": "ladder"}, [9], "level 9 is not on the scale"),
        ({"kind": "ladder"}, 0, "level 0 is not on the scale"),
        ({"kind": "nps"}, 101, "101 is not between -100 and 100"),
        ({"kind": "nps"}, {"promoters": 3}, "answered, but incomplete: passives, detractors missing"),
        ({"kind": "nps"}, {"promoters": 3, "9": 2}, "either counts or ratings, not both 9 and promoters"),
        ({"kind": "nps"}, {"9": 0}, "nobody answered"),
        ({"kind": "nps"}, {"9": -1}, "a number of people, not -1"),
        ({"kind": "nps"}, {"11": 1}, "there is no '11'"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_with_one_reason(answer, given, reason):
    with pytest.raises(BadAnswer) as refused:
        read_answer(criterion(answer), {"value": given})
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_value_begun_is_kept_while_the_answer_is_blank():
    asked = criterion({"kind": "pdca"})
    begun = read_answer(asked, {"state": "blank", "value": {"plan": 4}})
    assert (begun.state, begun.points, begun.level, begun.value) == (State.BLANK, None, None, '{"plan":4}')
    result = score(questionnaire_of({"kind": "pdca"}), {"c": {"state": "blank", "value": {"plan": 4}}})
    assert result.score is None
    assert from_plain(to_plain(result)) == result
    for state in ("answered", "na", "dk"):
        with pytest.raises(BadAnswer):
            read_answer(asked, {"state": state, "reason": "why", "value": {"plan": 4}})
    with pytest.raises(BadAnswer, match="carries no value"):
        read_answer(asked, {"state": "blank", "value": "plan=4; do=3; check=2; act=1"})


def test_a_level_alone_stands_for_its_rung_and_must_agree_with_a_value():
    asked = criterion(RANGE)
    assert read_answer(asked, {"level": 3}).points == 50
    assert read_answer(asked, {"level": 3, "value": 45}).points == Fraction(225, 4)
    with pytest.raises(BadAnswer, match="level 4 and value 45 are not the same rung"):
        read_answer(asked, {"level": 4, "value": 45})


# --- what holds for all of them --------------------------------------------------------------------------------------

numbers = st.fractions(-200, 200, max_denominator=1000)
rungs = st.integers(1, 5)


@st.composite
def answered(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    """Any kind with a value of it."""
    low, span = draw(numbers), draw(st.fractions(Fraction(1, 100), 50))
    ids = [f"o{n}" for n in range(draw(st.integers(1, 5)))]
    rows = [{"id": f"r{n}", "weight": str(draw(rungs))} for n in range(draw(st.integers(1, 4)))]
    part = draw(st.fractions(0, 1))
    edges = {"from": text(low), "to": text(low + span), "inverted": draw(st.booleans())}
    floor, goal = draw(st.permutations([text(abs(low) + 1), text(abs(low) + 1 + span)]))
    curve = draw(st.sampled_from(["linear", "log"]))
    options = [{"id": one, "weight": str(draw(st.integers(-3, 4)))} for one in ids] + [{"id": "p"}]
    return draw(
        st.sampled_from([
            ({"kind": "range", **edges}, low + span * part),
            ({"kind": "options", "options": options}, draw(st.lists(st.sampled_from(ids), unique=True))),
            ({"kind": "matrix", "rows": rows}, {row["id"]: draw(rungs) for row in rows}),
            ({"kind": "ladder"}, draw(st.lists(rungs, unique=True))),
            ({"kind": "kpi", "floor": floor, "goal": goal, "curve": curve}, draw(numbers)),
            ({"kind": "nps"}, {str(n): draw(st.integers(0, 9)) for n in range(10)} | {"10": 1}),
            ({"kind": "nps"}, draw(st.fractions(-100, 100))),
        ])
    )  # fmt: skip


def text(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"


@given(answered())
def test_points_stay_within_bounds_and_the_level_is_the_highest_rung_reached(one):
    reading = read_value(criterion(one[0]), one[1])
    assert 0 <= reading.points <= 100
    assert reading.level == max(n for n in range(1, 6) if 25 * (n - 1) <= reading.points)


@given(answered(), st.sampled_from(["none", "measured"]))
def test_a_value_comes_back_from_its_record_and_from_its_own_canonical_text(one, grade):
    asked = questionnaire_of(one[0])
    result = score(asked, {"c": {"value": one[1], "evidence": grade}})
    assert from_plain(to_plain(result)) == result
    again = score(asked, answers_in(result))
    assert (again, result_hash(again)) == (result, result_hash(result))


@given(answered())
def test_one_level_more_gives_the_points_of_that_rung(one):
    asked, answers = questionnaire_of(one[0]), {"c": {"value": one[1]}}
    now = score(asked, answers)
    gain = step_gains(asked, answers)["c"]
    if now.node("c").level == 5:
        assert gain is None
    else:
        then = what_if(asked, answers, {"c": now.node("c").level + 1})
        assert then.node("c").answer.value is None
        assert then.score == 25 * now.node("c").level == now.score + gain
        assert score(asked, answers_in(then)) == then


@given(st.fractions(0, 80), st.fractions(0, 80))
def test_a_range_rises_and_its_inverse_is_a_hundred_less(one, other):
    asked, inverse = criterion(RANGE), criterion(RANGE | {"inverted": True})
    low, high = sorted((one, other))
    assert read_value(asked, low).points <= read_value(asked, high).points
    assert read_value(inverse, one).points == 100 - read_value(asked, one).points


@given(numbers, numbers, st.sampled_from([(RISING, 1), (FALLING, -1), (LOG, 1), (LOG_FALLING, -1)]))
def test_an_indicator_never_turns_back(one, other, asked):
    definition, direction = asked
    low, high = sorted((one, other))
    points = [read_value(criterion(definition), value).points for value in (low, high)]
    assert points[::direction] == sorted(points)


@given(
    st.lists(st.sampled_from("abc"), unique=True),
    st.permutations(TICKS["options"]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_options_and_of_ticks_does_not_count(ticked, options, random):
    shuffled = random.sample(ticked, len(ticked))
    plain = read_value(criterion(TICKS), ticked)
    moved = read_value(criterion(TICKS | {"options": options}), shuffled)
    assert moved.points == plain.points
    assert read_value(criterion(TICKS), shuffled) == plain


@given(st.lists(st.tuples(rungs, rungs), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count_and_a_better_row_never_lowers(given_rows, random):
    rows = [{"id": f"r{n}", "weight": str(weight)} for n, (weight, _) in enumerate(given_rows)]
    levels = {f"r{n}": level for n, (_, level) in enumerate(given_rows)}
    plain = read_value(criterion({"kind": "matrix", "rows": rows}), levels).points
    shuffled = random.sample(rows, len(rows))
    assert read_value(criterion({"kind": "matrix", "rows": shuffled}), levels).points == plain
    better = levels | {"r0": min(5, levels["r0"] + 1)}
    assert read_value(criterion({"kind": "matrix", "rows": rows}), better).points >= plain


@given(st.sets(st.integers(2, 5)), st.integers(2, 5))
def test_one_more_level_met_never_lowers_a_ladder(met, one):
    asked = criterion({"kind": "ladder"})
    assert read_value(asked, list(met | {one})).points >= read_value(asked, list(met)).points


@given(st.dictionaries(st.sampled_from([str(n) for n in range(11)]), st.integers(1, 50), min_size=1))
def test_counts_and_ratings_and_the_score_itself_agree(ratings):
    asked = criterion({"kind": "nps"})
    people = sum(ratings.values())
    promoters = sum(count for rating, count in ratings.items() if int(rating) >= 9)
    detractors = sum(count for rating, count in ratings.items() if int(rating) <= 6)
    counts = {"promoters": promoters, "detractors": detractors, "passives": people - promoters - detractors}
    by_score = read_value(asked, Fraction(100 * (promoters - detractors), people)).points
    assert read_value(asked, ratings).points == read_value(asked, counts).points == by_score


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["none", "a;b", "plan=4", "9=1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.sampled_from(
        [RANGE, TICKS, MATRIX, LOG, {"kind": "pdca"}, {"kind": "ladder"}, {"kind": "nps"}, {"kind": "choice"}]
    ),
    junk,
)
def test_anything_else_is_a_bad_answer_and_nothing_else(asked, given):
    with suppress(BadAnswer):
        assert read_answer(criterion(asked), {"value": given}).state in (State.ANSWERED, State.BLANK)
