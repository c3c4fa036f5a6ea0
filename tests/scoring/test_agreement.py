"""Agreement comes out as published, and as the definitions say when written out slowly."""

import statistics
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.scoring.rules.agreement import (
    LEAST_PERSONS,
    Metric,
    TooFew,
    alpha_of_covariances,
    average_deviation,
    cronbach_alpha,
    icc_a_k,
    krippendorff_alpha,
    mean,
    mean_squares,
    median,
    rwg,
    rwg_of_points,
    variance,
)
from palier.scoring.rules.record import rounded

CASES = yaml.safe_load((Path(__file__).parent / "cases/agreement.yaml").read_text("utf-8"))


def named(example):
    return example["name"]


@pytest.mark.parametrize("example", CASES["alpha"], ids=named)
def test_alpha_comes_out_as_published(example):
    for metric, printed in example["expected"].items():
        alpha = krippendorff_alpha(example["coders"], metric)
        assert str(rounded(alpha, example["digits"])) == printed, metric


@pytest.mark.parametrize("example", CASES["rwg"], ids=named)
def test_rwg_and_the_average_deviations_come_out_as_by_hand(example):
    levels = example["levels"]
    assert rwg(levels, example["options"]) == Fraction(example["expected"])
    assert average_deviation(levels, mean) == Fraction(example["ad_mean"])
    assert average_deviation(levels, median) == Fraction(example["ad_median"])


@pytest.mark.parametrize("example", CASES["icc"], ids=named)
def test_icc_comes_out_as_published(example):
    squares = mean_squares(example["table"])
    n, k = len(example["table"]), len(example["table"][0])
    assert [str(rounded(square, 2)) for square in squares] == example["mean_squares"]
    assert str(rounded(icc_a_k(example["table"]), 2)) == example["icc_a_k"]
    single = squares.rows + (k - 1) * squares.error + k * (squares.columns - squares.error) / n
    assert str(rounded((squares.rows - squares.error) / single, 2)) == example["icc_a_1"]
    assert str(rounded(1 - squares.error / squares.rows, 2)) == example["icc_c_k"]


@pytest.mark.parametrize("example", CASES["cronbach"], ids=named)
def test_cronbach_alpha_comes_out_as_published(example):
    rows = example["rows"]
    assert len(rows) == LEAST_PERSONS
    assert str(rounded(cronbach_alpha(rows), 2)) == example["expected"]
    without = [[row[:item] + row[item + 1 :] for row in rows] for item in range(len(rows[0]))]
    assert [str(rounded(cronbach_alpha(rest), 2)) for rest in without] == example["without"]


# --- refused, or nothing to measure -------------------------------------------------------------------------


def test_cronbach_alpha_is_refused_under_thirty_persons():
    with pytest.raises(TooFew, match="needs 30 persons, has 29"):
        cronbach_alpha([[1, 2], [2, 3]] * 14 + [[3, 3]])
    with pytest.raises(TooFew):
        cronbach_alpha([[1, 2]])
    with pytest.raises(TooFew):
        alpha_of_covariances([[1, 0], [0, 1]], persons=29)


def test_one_item_is_no_scale():
    with pytest.raises(ValueError, match="two items"):
        cronbach_alpha([[n] for n in range(30)])


def test_what_cannot_be_measured_is_none():
    assert rwg([3], options=5) is None
    assert rwg([1, 1], options=1) is None
    assert rwg_of_points([50]) is None
    assert krippendorff_alpha([[1, None], [None, 2]], "nominal") is None
    assert krippendorff_alpha([[2, 2], [2, 2]], "interval") is None
    assert cronbach_alpha([[1, 1]] * 30) is None
    assert icc_a_k([[1, 1], [1, 1]]) is None


def test_a_table_with_holes_or_one_row_is_refused():
    for table in ([[1, 2]], [[1], [2]], [[1, 2], [3]], []):
        with pytest.raises(ValueError, match="full table"):
            icc_a_k(table)


def test_a_ratio_scale_has_no_value_under_zero():
    with pytest.raises(ValueError, match="under zero"):
        krippendorff_alpha([[-1, 2], [1, 2]], Metric.RATIO)


# --- the definitions, written out ---------------------------------------------------------------------------

levels = st.integers(1, 5)
codings = st.integers(2, 4).flatmap(
    lambda units: st.lists(
        st.lists(st.one_of(st.none(), levels), min_size=units, max_size=units), min_size=2, max_size=4
    )
)
tables = st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(
    lambda size: st.lists(
        st.lists(levels, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def slow_alpha(coders, metric):
    """Straight from the coincidence matrix of Krippendorff 2011."""
    units = [[value for value in unit if value is not None] for unit in zip(*coders, strict=True)]
    values = sorted({value for unit in units for value in unit})
    o = {(c, k): Fraction(0) for c in values for k in values}
    for unit in units:
        for i, j in permutations(range(len(unit)), 2):
            o[unit[i], unit[j]] += Fraction(1, len(unit) - 1)
    n = {c: sum(o[c, k] for k in values) for c in values}

    def squared(c, k) -> Fraction | int:
        if metric == "nominal":
            return int(c != k)
        if metric == "ordinal":
            low, high = min(c, k), max(c, k)
            return (sum(n[g] for g in values if low <= g <= high) - (n[c] + n[k]) / 2) ** 2
        return (c - k) ** 2 if metric == "interval" else Fraction(c - k, c + k) ** 2

    observed = sum(o[c, k] * squared(c, k) for c in values for k in values)
    expected = sum(n[c] * n[k] * squared(c, k) for c in values for k in values)
    return 1 - (sum(n.values()) - 1) * observed / expected if expected else None


@given(codings, st.sampled_from(Metric))
def test_alpha_agrees_with_its_slow_definition_and_is_at_most_one(coders, metric):
    alpha = krippendorff_alpha(coders, metric)
    assert alpha == slow_alpha(coders, metric)
    assert alpha is None or alpha <= 1


@given(codings, st.sampled_from(Metric), st.randoms())
def test_alpha_does_not_depend_on_the_order_of_coders_or_units(coders, metric, chance):
    alpha = krippendorff_alpha(coders, metric)
    units = list(zip(*coders, strict=True))
    chance.shuffle(units)
    shuffled = list(zip(*units, strict=True))
    chance.shuffle(shuffled)
    assert krippendorff_alpha(shuffled, metric) == alpha


@given(codings)
def test_alpha_is_one_only_when_all_agree(coders):
    alpha = krippendorff_alpha(coders, "interval")
    units = [{value for value in unit if value is not None} for unit in zip(*coders, strict=True)]
    if alpha is not None:
        assert (alpha == 1) == all(len(unit) <= 1 for unit in units)


@given(st.lists(levels, min_size=2, max_size=9), st.randoms())
def test_rwg_stays_in_its_bounds_and_forgets_the_order(given_levels, chance):
    agreed = rwg(given_levels, 5)
    assert 0 <= agreed <= 1
    assert (agreed == 1) == (len(set(given_levels)) == 1)
    shuffled = list(given_levels)
    chance.shuffle(shuffled)
    assert rwg(shuffled, 5) == agreed
    assert variance(given_levels) == statistics.variance(map(Fraction, given_levels))
    assert median(given_levels) == statistics.median(map(Fraction, given_levels))


@given(tables)
def test_icc_agrees_with_variances_of_means_and_residuals(table):
    n, k = len(table), len(table[0])
    rows = k * statistics.variance(Fraction(sum(row), k) for row in table)
    columns = n * statistics.variance(Fraction(sum(column), n) for column in zip(*table, strict=True))
    grand = Fraction(sum(map(sum, table)), n * k)
    residuals = [
        x - Fraction(sum(row), k) - Fraction(sum(column), n) + grand
        for row in table
        for x, column in zip(row, zip(*table, strict=True), strict=True)
    ]
    error = sum(residual**2 for residual in residuals) / ((n - 1) * (k - 1))
    assert mean_squares(table) == (rows, columns, error)
    icc = icc_a_k(table)
    assert icc is None or icc <= 1


@given(st.lists(st.tuples(levels, levels, levels), min_size=30, max_size=36))
def test_cronbach_alpha_is_the_consistency_of_the_mean_of_the_items(rows):
    """ICC(C,k) = 1 - MSE/MSR is the same figure (McGraw & Wong 1996), and so is the textbook form."""
    alpha, squares = cronbach_alpha(rows), mean_squares(rows)
    if alpha is None:
        assert squares.rows == 0
    else:
        assert alpha == 1 - squares.error / squares.rows
        sums = variance([sum(row) for row in rows])
        assert alpha == Fraction(3, 2) * (1 - sum(map(variance, zip(*rows, strict=True))) / sums)
