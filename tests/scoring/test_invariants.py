"""What holds for every questionnaire and every set of answers. Source: docs/method.md#invariants."""

import copy
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.aggregation import combine, contributions
from palier.scoring.rules.effects import answers_in, gain_of_moves, moved, one_step_gain, step_gains, what_if
from palier.scoring.rules.numbers import QUANTUM
from palier.scoring.rules.record import from_plain, result_hash, rounded, to_plain
from palier.scoring.rules.result import Kind
from palier.scoring.rules.rounds import compare

METHODS = ("weighted_mean", "geometric_mean", "minimum", "sum")
weights = st.builds(lambda a, b: f"{a}/{b}", st.integers(1, 9), st.integers(1, 9))
methods = st.sampled_from(METHODS)
means = st.sampled_from(("weighted_mean", "geometric_mean", "minimum"))
rows = st.one_of(
    st.builds(
        lambda level, grade: {"level": level, "evidence": grade},
        st.integers(1, 5),
        st.sampled_from(("none", "declared", "documented", "measured", "verified")),
    ),
    st.sampled_from(({"state": "na", "reason": "not here"}, {"state": "dk"}, {"state": "blank"})),
)
levels = st.builds(lambda level: {"level": level}, st.integers(1, 5))


@st.composite
def definitions(draw: st.DrawFn, method: st.SearchStrategy[str] = methods) -> dict[str, Any]:
    """Up to 3 dimensions of up to 3 elements of up to 4 criteria, any weights and methods."""
    dimensions = []
    for d in range(draw(st.integers(1, 3))):
        elements = []
        for e in range(draw(st.integers(1, 3))):
            criteria = [
                {
                    "code": f"{d}.{e}.{c}",
                    "weight": draw(weights),
                    "tags": draw(st.sampled_from(([], ["K"], ["Y1"]))),
                }
                for c in range(draw(st.integers(1, 4)))
            ]
            elements.append(
                {
                    "code": f"{d}.{e}",
                    "weight": draw(weights),
                    "aggregation": draw(method),
                    "criteria": criteria,
                }
            )
        dimensions.append(
            {"code": f"{d}", "weight": draw(weights), "aggregation": draw(method), "elements": elements}
        )
    return {
        "aggregation": draw(method),
        "missing": draw(st.sampled_from(("exclude", "zero"))),
        "gates": [{"level": 4, "tag": "K", "at_least": "50"}],
        "pyramid": {"at_least": "60", "steps": [{"tag": "Y1"}]},
        "dimensions": dimensions,
    }


def codes(definition: dict[str, Any]) -> list[str]:
    return [criterion.code for criterion in questionnaire_from(definition).criteria]


@st.composite
def assessments(
    draw: st.DrawFn, row: st.SearchStrategy[Any] = rows, method: st.SearchStrategy[str] = methods
) -> tuple[dict[str, Any], dict[str, Any]]:
    definition = draw(definitions(method))
    return definition, {code: draw(row) for code in codes(definition)}


@given(assessments())
def test_contributions_add_up_exactly_at_every_node(assessment):
    for node in score(*assessment).total.walk():
        scored = [child for child in node.children if child.contribution is not None]
        if node.children and node.score is not None:
            assert sum(child.contribution for child in scored) == node.score
            assert sum(child.share for child in scored) == 1
        else:
            assert not scored


@given(assessments())
def test_the_criteria_together_bring_exactly_the_total(assessment):
    result = score(*assessment)
    parts = [result.part_of_total(node.code) for node in result.criteria]
    if result.score is None:
        assert set(parts) == {None}
    else:
        assert sum(part for part in parts if part is not None) == result.score


@given(st.lists(st.tuples(st.fractions(0, 9), st.fractions(0, 100)), min_size=1, max_size=6), methods)
def test_contributions_add_up_for_any_fractions(parts, method):
    weighted = [(weight + 1, points) for weight, points in parts]
    brought = contributions(method, weighted)
    assert sum(brought) == combine(method, weighted)
    # The last child of a geometric mean takes what rounding the others left: a quantum each, either way.
    assert all(part >= 0 for part in brought[:-1])
    assert brought[-1] >= -len(parts) * Fraction(QUANTUM)


@given(assessments(method=means))
def test_a_score_stays_between_the_lowest_and_the_highest_below_it(assessment):
    for node in score(*assessment).total.walk():
        below = [child.score for child in node.children if child.score is not None]
        if node.score is not None and below:
            lift = 1 if node.method == "geometric_mean" else 0
            assert min(below) <= node.score <= max(*below, lift, Fraction(0))
            assert 0 <= node.supported <= node.score <= 100


@given(assessments(), st.data())
def test_a_better_answer_never_lowers_any_score(assessment, data):
    definition, answers = assessment
    climbing = [code for code, row in answers.items() if row.get("level", 5) < 5]
    if climbing:
        code = data.draw(st.sampled_from(climbing))
        before, after = (
            score(definition, answers),
            what_if(definition, answers, {code: answers[code]["level"] + 1}),
        )
        for old, new in zip(before.total.walk(), after.total.walk(), strict=True):
            if old.score is not None:
                assert new.score >= old.score
                assert new.supported >= old.supported
        assert (after.level or 0) >= (before.level or 0)


@given(assessments(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_count(assessment, random):
    definition, answers = assessment
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    listed = [{"code": code, **row} for code, row in shuffled]
    assert result_hash(score(definition, listed)) == result_hash(score(definition, answers))


@given(assessments(method=means), st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_change_a_score(assessment, random):
    definition, answers = assessment
    moved = copy.deepcopy(definition)
    random.shuffle(moved["dimensions"])
    for dimension in moved["dimensions"]:
        random.shuffle(dimension["elements"])
        for element in dimension["elements"]:
            random.shuffle(element["criteria"])
    before, after = score(definition, answers), score(moved, answers)
    assert {code: node.score for code, node in before.nodes.items()} == {
        code: node.score for code, node in after.nodes.items()
    }


@given(assessments(method=st.just("weighted_mean")), st.integers(2, 50))
def test_multiplying_all_weights_changes_nothing(assessment, factor):
    definition, answers = assessment
    scaled = copy.deepcopy(definition)
    for dimension in scaled["dimensions"]:
        for node in (
            dimension,
            *dimension["elements"],
            *(c for e in dimension["elements"] for c in e["criteria"]),
        ):
            node["weight"] = str(Fraction(node["weight"]) * factor)
    before, after = score(definition, answers), score(scaled, answers)
    assert [n.score for n in before.total.walk()] == [n.score for n in after.total.walk()]
    assert [n.coverage for n in before.total.walk()] == [n.coverage for n in after.total.walk()]


@given(assessments())
def test_a_criterion_that_does_not_apply_equals_one_that_is_absent(assessment):
    definition, answers = assessment
    without = copy.deepcopy(definition)
    gone = {code for code, row in answers.items() if row.get("state") == "na"}
    for dimension in without["dimensions"]:
        for element in dimension["elements"]:
            element["criteria"] = [c for c in element["criteria"] if c["code"] not in gone]
    left = {code: row for code, row in answers.items() if code not in gone}
    before, after = score(definition, answers), score(without, left)
    assert {code: node.score for code, node in before.nodes.items() if code not in gone} == {
        code: node.score for code, node in after.nodes.items()
    }
    assert (before.level, before.coverage) == (after.level, after.coverage)


@given(definitions(means), st.integers(2, 5))
def test_all_the_same_gives_the_same(definition, level):
    result = score(definition, {code: {"level": level} for code in codes(definition)})
    assert {node.score for node in result.total.walk()} == {Fraction(25 * (level - 1))}


@given(definitions(means))
def test_all_at_the_top_gives_a_hundred_and_level_five(definition):
    result = score(definition, {code: {"level": 5, "evidence": "verified"} for code in codes(definition)})
    assert (result.score, result.supported, result.level, result.coverage) == (100, 100, 5, 1)


@given(assessments())
def test_the_same_again_and_on_any_thread_settings(assessment):
    first = score(*assessment)
    with localcontext() as context:
        context.prec = 5
        again = score(*assessment)
    assert getcontext().prec != 5
    assert result_hash(first) == result_hash(again)
    assert first == again


@given(assessments())
def test_a_stored_result_comes_back_as_it_was(assessment):
    result = score(*assessment)
    assert from_plain(to_plain(result)) == result
    assert result_hash(from_plain(to_plain(result))) == result_hash(result)


@given(assessments())
def test_a_quick_gain_is_the_engines_own(assessment):
    definition, answers = assessment
    now = score(definition, answers)
    for code, gain in step_gains(definition, answers).items():
        level = answers[code].get("level", 5)
        if now.score is None or level == 5:
            assert gain is None
        else:
            assert gain == what_if(definition, answers, {code: level + 1}).score - now.score
            assert gain == one_step_gain(definition, answers, code)


@given(assessments(), st.data())
def test_a_plan_worked_out_from_a_result_equals_one_from_its_answers(assessment, data):
    definition, answers = assessment
    moves = data.draw(st.dictionaries(st.sampled_from(sorted(answers)), st.integers(1, 5)))
    quick = moved(questionnaire_from(definition), score(definition, answers), moves)
    assert result_hash(quick) == result_hash(what_if(definition, answers, moves))
    assert quick == what_if(definition, answers, moves)


@given(assessments(), st.data())
def test_the_gain_of_a_plan_is_the_engines_own(assessment, data):
    definition, answers = assessment
    moves = data.draw(st.dictionaries(st.sampled_from(sorted(answers)), st.integers(1, 5)))
    now, then = score(definition, answers), what_if(definition, answers, moves)
    gain = gain_of_moves(questionnaire_from(definition), now, moves)
    assert gain == (None if None in (now.score, then.score) else then.score - now.score)


@given(assessments())
def test_the_answers_in_a_result_make_the_same_result(assessment):
    result = score(*assessment)
    assert score(assessment[0], answers_in(result)) == result


@given(assessments())
def test_coverage_is_answered_over_applicable_by_criterion_weight(assessment):
    definition, answers = assessment
    result = score(definition, answers)
    applicable = [n for n in result.criteria if answers[n.code].get("state") != "na"]
    answered = [n for n in applicable if "level" in answers[n.code]]
    if applicable:
        assert result.coverage == sum(n.weight for n in answered) / sum(n.weight for n in applicable)
    else:
        assert result.coverage is None


@given(assessments(row=levels))
def test_a_round_compared_with_itself_has_not_moved(assessment):
    result = score(*assessment)
    comparison = compare(result, result)
    assert comparison.left_out == {}
    assert comparison.total.after == result.score
    assert {change.delta for change in comparison.changes.values()} == {0}


@given(assessments(row=levels), st.data())
def test_two_whole_rounds_differ_by_the_difference_of_their_totals(assessment, data):
    definition, answers = assessment
    later = {code: data.draw(levels) for code in answers}
    before, after = score(definition, answers), score(definition, later)
    assert compare(before, after).total.delta == after.score - before.score


@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_rounding_is_half_away_from_zero(value, decimals):
    shown = rounded(value, decimals)
    assert abs(Fraction(shown) - value) <= Fraction(1, 2 * 10**decimals)
    assert -shown == rounded(-value, decimals)
    assert -shown.as_tuple().exponent == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [("0.05", 1, "0.1"), ("-0.05", 1, "-0.1"), ("-0.04", 1, "0.0"), ("62.45", 1, "62.5"), ("2/3", 2, "0.67"),
     ("99.95", 1, "100.0"), ("0.5", 0, "1"), ("1/3", 0, "0")],
)  # fmt: skip
def test_rounding_by_example(value, decimals, shown):
    assert str(rounded(Fraction(value), decimals)) == shown


@given(assessments(method=st.just("geometric_mean"), row=levels))
def test_a_geometric_mean_is_carried_on_to_twelve_decimals(assessment):
    for node in score(*assessment).total.walk():
        if node.kind is not Kind.CRITERION:
            assert (node.score / Fraction(Decimal(QUANTUM))).denominator == 1
