"""Harrell-Davis figures: against SciPy, against worked examples, and by their properties."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks.rules.quartiles import harrell_davis, rank_weights, shown_weights, whole_points

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "quartiles.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_examples(case: dict[str, Any]) -> None:
    scores = np.sort(np.array(case["scores"], dtype=float))
    exact = scores @ shown_weights(len(scores))
    assert exact == pytest.approx(case["exact"], abs=1e-6)
    assert whole_points(exact * 10).tolist() == case["shown"]


@pytest.fixture(scope="module")
def hdquantiles() -> Callable[..., Any]:
    """SciPy's own, brought in where it is needed: every process would pay for it otherwise."""
    return import_module("scipy.stats.mstats").hdquantiles


@given(tenths=st.lists(st.integers(0, 1000), min_size=5, max_size=120), p=st.sampled_from([0.25, 0.5, 0.75]))
def test_quartiles_match_scipy_to_a_millionth_of_a_point(
    hdquantiles: Callable[..., Any], tenths: list[int], p: float
) -> None:
    ranked = np.sort(np.array(tenths) / 10)
    assert harrell_davis(ranked, p) == pytest.approx(float(hdquantiles(ranked, [p])[0]), abs=1e-6)


@pytest.mark.parametrize("n", [40, 41, 46, 49, 53, 79, 160, 999, 5000])
def test_tails_match_scipy_where_they_are_shown(hdquantiles: Callable[..., Any], n: int) -> None:
    ranked = np.sort(np.random.default_rng(n).uniform(0, 100, n))
    for p in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert harrell_davis(ranked, p) == pytest.approx(float(hdquantiles(ranked, [p])[0]), abs=1e-6)


@pytest.mark.parametrize("n", range(5, 25))
def test_every_member_weighs_in_every_quartile_and_none_is_shown_alone(n: int) -> None:
    for p in (0.25, 0.5, 0.75):
        weights = rank_weights(n, p)
        assert weights.sum() == pytest.approx(1)
        assert weights.min() > 0
        assert weights.max() < 0.5


def test_ties_are_rounded_upwards_whatever_the_last_bit() -> None:
    assert whole_points(np.array([624.9, 625.0, 625.0 - 1e-11, 0.0, 1000.0])).tolist() == [62, 63, 63, 0, 100]


def test_tails_appear_at_forty_answers() -> None:
    assert shown_weights(39).shape == (39, 3)
    assert shown_weights(40).shape == (40, 5)
