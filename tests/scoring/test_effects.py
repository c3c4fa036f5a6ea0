"""One level more, the moves of a plan, two rounds compared."""

from fractions import Fraction

import pytest

from palier.scoring.rules import score
from palier.scoring.rules.answers import BadAnswer
from palier.scoring.rules.effects import one_step_gain, step_gains, what_if
from palier.scoring.rules.rounds import LeftOut, compare

NA = {"state": "na", "reason": "not here"}


def test_one_level_more_on_one_criterion(hand, all_at):
    gain = one_step_gain(hand, all_at(3), "A.2.1")
    assert gain == 25 * Fraction(3, 4) * Fraction(2, 3) * Fraction(3, 5)


def test_there_is_no_step_above_the_top_nor_without_an_answer(hand, all_at):
    gains = step_gains(hand, all_at(4, A_1_1={"level": 5}, A_1_2=NA, B_1_1={"state": "dk"}))
    assert [code for code, gain in gains.items() if gain is None] == ["A.1.1", "A.1.2", "B.1.1"]


def test_a_step_inside_a_withheld_element_gains_nothing(hand, all_at):
    gains = step_gains(hand, all_at(4, A_1_1={"state": "dk"}, A_1_2={"state": "dk"}))
    assert gains["A.1.3"] == 0
    assert gains["A.2.2"] > 0


def test_the_moves_of_a_plan_count_together(hand, all_at):
    answers = all_at(3)
    moved = what_if(hand, answers, {"A.1.1": 4, "B.1.1": 5})
    assert moved.score == 50 + 25 * Fraction(1, 9) * Fraction(3, 5) + 50 * Fraction(1, 4) * Fraction(2, 5)
    assert answers["A.1.1"] == {"level": 3}


def test_a_move_lifts_the_cap_of_a_gate(hand, all_at):
    answers = all_at(5, A_1_1={"level": 2})
    assert score(hand, answers).level == 3
    assert what_if(hand, answers, {"A.1.1": 4}).level == 5


def test_a_move_answers_what_was_blank_and_leaves_what_does_not_apply(hand, all_at):
    answers = all_at(3, A_1_1={"state": "blank"}, A_1_2=NA)
    moved = what_if(hand, answers, {"A.1.1": 4, "A.1.2": 4})
    assert moved.node("A.1.1").level == 4
    assert moved.node("A.1.2").score is None


@pytest.mark.parametrize("moves", [{"X": 3}, {"A.1.1": 6}, {"A.1.1": 0}])
def test_an_impossible_move_is_refused(hand, all_at, moves):
    with pytest.raises(BadAnswer):
        what_if(hand, all_at(3), moves)


def test_two_rounds_are_compared_on_what_both_answered(hand, all_at):
    before = score(hand, all_at(3, B_1_1=NA))
    after = score(hand, all_at(3, B_1_1={"level": 5}, B_1_2={"level": 4}, A_1_1={"state": "dk"}))
    comparison = compare(before, after)
    assert comparison.left_out == {"A.1.1": LeftOut.NOT_SCORED_AFTER, "B.1.1": LeftOut.NOT_SCORED_BEFORE}
    assert len(comparison.common) == 7
    assert comparison.changes["B"].delta == Fraction(25, 3)
    assert comparison.changes["A"].delta == 0
    assert comparison.changes["B.1.1"].delta is None
    assert comparison.total.delta == Fraction(25, 3) * Fraction(40, 100)


def test_a_criterion_whose_wording_changed_is_left_out(hand, all_at):
    comparison = compare(
        score(hand, all_at(3)), score(hand, all_at(3, B_1_1={"level": 5})), changed={"B.1.1"}
    )
    assert comparison.left_out == {"B.1.1": LeftOut.CHANGED}
    assert comparison.total.delta == 0


def test_two_versions_are_compared_on_their_common_criteria():
    def version(*codes: str) -> dict:
        criteria = [{"code": code} for code in codes]
        return {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": criteria}]}]}

    before = score(version("kept", "dropped"), {"kept": 50, "dropped": 0})
    after = score(version("kept", "new"), {"kept": 75, "new": 100})
    comparison = compare(before, after)
    assert comparison.left_out == {"new": LeftOut.ONLY_AFTER, "dropped": LeftOut.ONLY_BEFORE}
    assert (comparison.total.before, comparison.total.after, comparison.total.delta) == (50, 75, 25)


def test_rounds_without_common_ground_have_no_difference(hand, all_at):
    nothing = {code: {"state": "blank"} for code in all_at(1)}
    comparison = compare(score(hand, nothing), score(hand, all_at(3)))
    assert (comparison.common, comparison.total.delta) == ((), None)
