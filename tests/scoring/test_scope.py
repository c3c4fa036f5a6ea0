"""All dimensions or only some: what is scored, what the result says, what was answered elsewhere."""

from fractions import Fraction

import pytest

from palier.scoring.rules import score
from palier.scoring.rules.answers import BadAnswer
from palier.scoring.rules.record import from_plain, result_hash, to_plain


def test_only_the_dimensions_asked_are_scored_and_the_result_says_so(hand, all_at):
    result = score(hand, all_at(3, B_1_1={"level": 5}), ["B"])
    assert (result.scope, [node.code for node in result.dimensions]) == (("B",), ["B"])
    assert result.score == result.node("B").score == Fraction(250, 4)
    assert result.node("B").share == 1
    assert (result.coverage, result.pyramid) == (1, None)
    assert result.content_hash == hand.content_hash
    assert from_plain(to_plain(result)) == result


def test_a_dimension_stands_alone_as_it_stands_in_the_whole(hand, all_at):
    answers = all_at(3, A_2_2={"level": 5})
    assert score(hand, answers, ["A"]).node("A.2").score == score(hand, answers).node("A.2").score


@pytest.mark.parametrize("scope", [(), ["A", "B"], ["B", "A"]])
def test_none_or_all_is_the_whole(hand, all_at, scope):
    result = score(hand, all_at(4), scope)
    assert result == score(hand, all_at(4))
    assert "scope" not in to_plain(result)


def test_gates_look_at_the_criteria_asked(hand, all_at):
    answers = all_at(5, A_1_1={"level": 2})
    assert score(hand, answers, ["A"]).maturity.capped_by == ("A.1.1",)
    assert score(hand, answers, ["B"]).level == 5


def test_a_questionnaire_already_narrowed_leaves_out_what_it_does_not_ask(hand, all_at):
    narrowed = hand.within(["B"])
    assert score(narrowed, all_at(4)) == score(hand, all_at(4), ["B"])


def test_an_answer_or_a_scope_nobody_knows_is_refused(hand, all_at):
    with pytest.raises(BadAnswer, match="not a criterion"):
        score(hand, all_at(4) | {"Z": {"level": 1}}, ["B"])
    with pytest.raises(ValueError, match="Z is not a dimension of HAND"):
        score(hand, all_at(4), ["Z"])


def test_the_scope_is_in_the_hash(hand, all_at):
    whole, part = score(hand, all_at(4)), score(hand, all_at(4), ["B"])
    assert result_hash(whole) != result_hash(part)
    assert to_plain(part)["scope"] == ["B"]


def test_a_record_with_an_empty_scope_written_out_is_refused(hand, all_at):
    with pytest.raises(ValueError, match="says nothing"):
        from_plain({**to_plain(score(hand, all_at(4))), "scope": []})


# --- missing, node by node -------------------------------------------------------------------------------------------


def element(code: str, **more: object) -> dict:
    return {"code": code, "criteria": [{"code": f"{code}.{n}"} for n in range(2)]} | more


def test_a_missing_answer_counts_zero_only_where_the_definition_says_so():
    definition = {"dimensions": [{"code": "D", "elements": [element("z", missing="zero"), element("x")]}]}
    result = score(definition, {"z.0": 100, "x.0": 100, "x.1": 50})
    assert [result.node(code).score for code in ("z", "x", "D")] == [50, 75, Fraction(125, 2)]
    assert [result.node(code).coverage for code in ("z", "x", "D")] == [Fraction(1, 2), 1, Fraction(3, 4)]
    assert result.score == Fraction(125, 2)


def test_what_counts_zero_meets_the_threshold_and_what_is_left_out_does_not():
    definition = {"dimensions": [{"code": "D", "elements": [element("z", missing="zero"), element("x")]}]}
    result = score(definition, {"z.0": 100, "x.0": 100})
    assert result.node("z").score == 50
    assert result.node("x").withheld == "coverage"
    assert result.total.withheld == "coverage"


def test_a_criterion_may_differ_from_its_questionnaire():
    rows = [{"code": "a"}, {"code": "b", "missing": "exclude"}, {"code": "c"}]
    definition = {
        "missing": "zero",
        "dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": rows}]}],
    }
    result = score(definition, {"a": 100})
    assert result.node("E").score == 50
    assert result.node("b").score is None


def test_criteria_may_have_scales_of_their_own():
    rows = [{"code": "a"}, {"code": "b", "scale": "four"}]
    definition = {
        "scales": {"four": {"values": ["0", "100/3", "200/3", "100"]}},
        "dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": rows}]}],
    }
    assert score(definition, {"a": {"level": 3}, "b": {"level": 3}}).score == Fraction(175, 3)
    with pytest.raises(BadAnswer, match="level 5 is not on the scale four"):
        score(definition, {"b": {"level": 5}})
