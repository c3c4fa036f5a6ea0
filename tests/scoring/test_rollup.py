"""The units of a parent, rolled up: bounded, the same in any order, and silent about what is missing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.scoring.rules.rollup import Part, roll_up, weights

POINTS = st.fractions(0, 100, max_denominator=400)
WEIGHTS = st.integers(1, 5000).map(Fraction)
PARTS = st.lists(st.builds(Part, st.none() | POINTS, WEIGHTS), max_size=12)


@given(PARTS)
def test_the_figure_lies_between_the_lowest_and_the_highest_unit(parts: list[Part]) -> None:
    rolled = roll_up(parts)
    scores = [part.score for part in parts if part.score is not None]
    assert (rolled.counted, rolled.units) == (len(scores), len(parts))
    if not scores:
        assert rolled.score is rolled.lowest is rolled.highest is rolled.spread is None
        return
    assert rolled.score is not None
    assert min(scores) == rolled.lowest <= rolled.score <= rolled.highest == max(scores)
    assert rolled.spread == max(scores) - min(scores)


@given(PARTS, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_unit_of_the_weights_matters(parts: list[Part], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roll_up(shuffled) == roll_up(parts)
    assert roll_up([Part(part.score, part.weight * 7) for part in parts]) == roll_up(parts)


@given(st.lists(POINTS, min_size=1, max_size=12), WEIGHTS)
def test_equal_weights_are_the_plain_mean(scores: list[Fraction], weight: Fraction) -> None:
    assert roll_up([Part(score, weight) for score in scores]).score == sum(scores) / len(scores)


@given(PARTS, WEIGHTS)
def test_a_unit_without_a_score_is_missing_not_zero(parts: list[Part], weight: Fraction) -> None:
    without, beside = roll_up(parts), roll_up([*parts, Part(None, weight)])
    assert (beside.score, beside.lowest, beside.highest, beside.counted) == (
        without.score, without.lowest, without.highest, without.counted,
    )  # fmt: skip
    assert beside.units == without.units + 1


def test_a_worked_example() -> None:
    rolled = roll_up(
        [Part(Fraction(60), Fraction(300)), Part(Fraction(45), Fraction(100)), Part(None, Fraction(900))]
    )
    assert (rolled.score, rolled.spread, rolled.counted, rolled.units) == (Fraction(225, 4), 15, 2, 3)


def test_weights_count_only_where_every_unit_has_one() -> None:
    assert weights({"a": 30, "b": 70}) == {"a": 30, "b": 70}
    assert weights({"a": 30, "b": None}) == {"a": 1, "b": 1}
    assert weights({}) == {}


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="weighs"):
        roll_up([Part(Fraction(1), Fraction(0))])
