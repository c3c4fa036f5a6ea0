"""The mirror: symmetry between customers and staff, and audits that all must stand."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.scoring.rules.mirror import PASS_EACH, PASS_MEAN, mirror

CASES = yaml.safe_load((Path(__file__).parent / "cases/mirror.yaml").read_text("utf-8"))


@pytest.mark.parametrize("example", CASES, ids=lambda example: example["name"])
def test_a_mirror_comes_out_as_by_hand(example):
    seen, expected = mirror(example["asked"]), example["expected"]
    assert seen.symmetry == (Fraction(expected["symmetry"]) if expected["symmetry"] else None)
    assert seen.mean == Fraction(expected["mean"])
    assert seen.passed is expected["passed"]
    assert list(seen.under) == expected["under"]


def test_an_audience_it_does_not_know_and_points_off_the_scale_are_refused():
    with pytest.raises(ValueError, match="visitors"):
        mirror({"visitors": {"welcome": 50}})
    with pytest.raises(ValueError, match="between 0 and 100"):
        mirror({"staff": {"welcome": 101}})


def test_nobody_asked_is_no_mirror():
    seen = mirror({})
    assert (seen.themes, seen.mean, seen.symmetry, seen.passed) == ((), None, None, None)


themes = st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(0, 100)))


@given(themes, themes)
def test_a_mirror_reads_the_same_from_either_side(customers, staff):
    one = mirror({"customers": customers, "staff": staff})
    other = mirror({"customers": staff, "staff": customers})
    assert (one.symmetry, one.mean, one.passed) == (other.symmetry, other.mean, other.passed)
    assert one.symmetry is None or 0 <= one.symmetry <= 100
    if one.passed:
        assert one.mean > PASS_MEAN
        assert min(one.audits.values()) >= PASS_EACH
    assert mirror({"customers": customers, "staff": customers}).symmetry in (100, None)
