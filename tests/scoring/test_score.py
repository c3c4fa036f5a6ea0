"""States, levels, gates, pyramid, evidence: the score of a small questionnaire followed by hand."""

from fractions import Fraction

import pytest

from palier.scoring.rules import score
from palier.scoring.rules.answers import BadAnswer

NA = {"state": "na", "reason": "not here"}
DK = {"state": "dk"}


def test_weights_of_elements_and_criteria_make_the_dimension(hand, all_at):
    result = score(hand, all_at(3, A_1_1={"level": 5}, A_2_1={"level": 1}))
    assert result.node("A.1").score == Fraction(100 + 50 + 50, 3)
    assert result.node("A.2").score == Fraction(3 * 0 + 50, 4)
    assert result.node("A").score == (result.node("A.1").score + 2 * result.node("A.2").score) / 3
    assert result.score == Fraction(60, 100) * result.node("A").score + Fraction(40, 100) * 50


def test_plain_data_and_a_questionnaire_score_alike(hand, all_at):
    plain = {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": [{"code": "c"}]}]}]}
    assert score(plain, {"c": {"value": 75}}).score == score(plain, [{"code": "c", "level": 4}]).score == 75
    assert score(plain, {"c": 75}).score == 75


def test_under_eighty_percent_the_total_is_withheld_and_says_why(hand, all_at):
    result = score(hand, all_at(4, A_2_1=DK))
    assert result.coverage == Fraction(8, 11)
    assert (result.score, result.level, result.total.withheld) == (None, None, "coverage")
    assert result.node("A.2").withheld == "coverage"
    assert result.node("B").score == 75


def test_eighty_percent_is_enough():
    plain = {
        "dimensions": [
            {"code": "D", "elements": [{"code": "E", "criteria": [{"code": f"c{n}"} for n in range(5)]}]}
        ]
    }
    result = score(plain, {f"c{n}": 50 for n in range(4)})
    assert (result.coverage, result.score) == (Fraction(4, 5), 50)


def test_more_than_thirty_percent_not_applicable_is_low_comparability(hand, all_at):
    fine = score(hand, all_at(4, B_1_1=NA))
    assert not fine.node("B").low_comparability
    low = score(hand, all_at(4, B_1_1=NA, B_1_2=NA))
    assert low.node("B").low_comparability
    assert low.total.low_comparability
    assert not low.node("A").low_comparability


@pytest.mark.parametrize(("level", "maturity"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)])
def test_all_at_a_level_is_that_maturity_level(hand, all_at, level, maturity):
    assert score(hand, all_at(level)).level == maturity


@pytest.mark.parametrize(
    ("core", "level", "by_score", "capped"),
    [
        pytest.param({"level": 2}, 3, 5, ("A.1.1",), id="core under 50: no level 4"),
        pytest.param({"level": 3}, 4, 5, ("A.1.1",), id="core at 50: level 4, not 5"),
        pytest.param({"level": 4}, 5, 5, (), id="core at 75: level 5"),
        pytest.param(DK, 3, 5, ("A.1.1",), id="don't know fails the gate"),
        pytest.param({"state": "blank"}, 3, 5, ("A.1.1",), id="blank fails the gate"),
        pytest.param(NA, 5, 5, (), id="not applicable leaves the gate"),
    ],
)
def test_a_gate_caps_the_level_and_names_the_criterion(hand, all_at, core, level, by_score, capped):
    result = score(hand, all_at(5, A_1_1=core))
    assert (result.level, result.maturity.by_score, result.maturity.capped_by) == (level, by_score, capped)


def test_a_gate_does_not_lower_what_is_already_below_it(hand, all_at):
    result = score(hand, all_at(3, A_1_1={"level": 1}))
    assert (result.level, result.maturity.capped_by) == (3, ())
    assert [gate.passed for gate in result.maturity.gates] == [False, False]


@pytest.mark.parametrize(
    ("rows", "reached", "means"),
    [
        pytest.param({}, 2, [75, 75], id="both steps"),
        pytest.param({"A_1_3": {"level": 3}}, 1, [75, 50], id="second too low"),
        pytest.param({"A_1_1": {"level": 1}}, 0, [Fraction(75, 2), 75], id="a step needs those below it"),
        pytest.param({"A_1_1": DK}, 0, [None, 75], id="half a step answered is too little"),
        pytest.param({"A_1_1": NA}, 2, [75, 75], id="not applicable leaves the mean"),
        pytest.param({"A_1_3": NA}, 1, [75, None], id="a step without criteria is not reached"),
    ],
)
def test_the_pyramid_is_climbed_from_the_bottom(hand, all_at, rows, reached, means):
    pyramid = score(hand, all_at(4, **rows)).pyramid
    assert (pyramid.reached, [step.mean for step in pyramid.steps]) == (reached, means)


def test_no_pyramid_no_gate_when_the_questionnaire_has_none():
    plain = {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": [{"code": "c"}]}]}]}
    result = score(plain, {"c": 100})
    assert (result.pyramid, result.maturity.gates, result.level) == (None, (), 5)


@pytest.mark.parametrize(
    ("grade", "supported"),
    [("none", 40), ("declared", 60), ("documented", 80), ("measured", 100), ("verified", 100)],
)
def test_evidence_caps_what_an_answer_supports(hand, all_at, grade, supported):
    rows = {code: {**row, "evidence": grade} for code, row in all_at(5).items()}
    result = score(hand, rows)
    assert (result.score, result.supported, result.gap) == (100, supported, 100 - supported)


def test_a_cap_never_lifts_an_answer(hand, all_at):
    result = score(hand, {code: {**row, "evidence": "verified"} for code, row in all_at(2).items()})
    assert (result.supported, result.gap) == (25, 0)


def test_balance_and_the_weakest_element(hand, all_at):
    assert score(hand, all_at(4)).balance == 1
    uneven = score(hand, all_at(5, B_1_1={"level": 1}, B_1_2={"level": 1}, B_1_3={"level": 1}))
    assert uneven.weakest_element == "B.1"
    assert 0 < uneven.balance < 1


def test_the_path_explains_a_criterion_from_the_total_down(hand, all_at):
    result = score(hand, all_at(3))
    assert [node.code for node in result.path("A.2.1")] == ["total", "A", "A.2", "A.2.1"]
    assert [node.share for node in result.path("A.2.1")] == [
        1,
        Fraction(3, 5),
        Fraction(2, 3),
        Fraction(3, 4),
    ]
    assert result.part_of_total("A.2.1") == Fraction(3, 5) * Fraction(2, 3) * Fraction(3, 4) * 50


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"X.1": 50}, "X.1: not a criterion of HAND/1.0.0"),
        ({"A.1.1": 60}, r"A.1.1: 60 is not on the scale ladder5 \(0, 25, 50, 75, 100\)"),
        ({"A.1.1": 3}, "A.1.1: 3 is not on the scale"),
        ({"A.1.1": {"level": 6}}, "level 6 is not on the scale"),
        ({"A.1.1": {"level": 2.5}}, "a level is a whole number"),
        ({"A.1.1": {"level": True}}, "not a number"),
        ({"A.1.1": {"level": 2, "value": 75}}, "not the same rung"),
        ({"A.1.1": {"value": "many"}}, "not a number: 'many'"),
        ({"A.1.1": {"state": "answered"}}, "without a value"),
        ({"A.1.1": {"state": "dk", "value": 50}}, "state dk carries no value"),
        ({"A.1.1": {"state": "na", "reason": " "}}, "not applicable needs a reason"),
        ({"A.1.1": {"state": "maybe"}}, "'maybe' is not a valid State"),
        ({"A.1.1": {"value": 50, "evidence": "hearsay"}}, "'hearsay' is not a valid Grade"),
        ({"A.1.1": {"valeur": 50}}, "unknown column 'valeur'"),
        ([{"value": 50}], "names its criterion"),
        ([{"code": "A.1.1", "value": 50}, {"code": "A.1.1", "value": 50}], "answered twice"),
        ([50], "names its criterion"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(hand, answers, reason):
    with pytest.raises(BadAnswer, match=reason):
        score(hand, answers)
