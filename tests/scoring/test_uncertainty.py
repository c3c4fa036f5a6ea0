"""The range of a score: by hand where a hand can, the same on every platform, and sane for any round."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import numpy as np
import pytest
import yaml
from hypothesis import given, settings

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import find_questionnaire
from palier.scoring.rules import score
from palier.scoring.rules.record import result_hash, rounded
from palier.scoring.rules.uncertainty import DRAWS, Uncertainty, uncertainty, uncertainty_of
from tests.scoring.test_invariants import assessments, levels, means

CASES = yaml.safe_load((Path(__file__).parent / "cases/uncertainty.yaml").read_text("utf-8"))


def one_element(example):
    given_ = example["answers"]
    weights = example.get("weights") or ["1"] * len(given_)
    criteria = [{"code": f"E.{n}", "weight": weight} for n, weight in enumerate(weights)]
    element = {"code": "E", "criteria": criteria, "aggregation": example.get("aggregation", "weighted_mean")}
    dimension = {"code": "D", "elements": [element]}
    definition = {"dimensions": [dimension], "coverage": {"node": "1/2", "total": "1/2"}}
    if "scale" in example:
        definition["scales"] = {"own": {"values": example["scale"]}}
        dimension["scale"] = "own"
    rows = {
        f"E.{n}": {"value": said} if isinstance(said, int) else {"state": said, "reason": "not here"}
        for n, said in enumerate(given_)
    }
    return definition, rows


def as_list(found):
    return [found.low, found.high, found.low_level, found.high_level]


@pytest.mark.parametrize("example", CASES["by_hand"], ids=lambda example: example["name"])
def test_the_range_is_what_a_hand_finds(example):
    found = uncertainty(*one_element(example))
    near = example.get("within", 0)
    assert found.low == pytest.approx(example["range"][0], abs=near)
    assert found.high == pytest.approx(example["range"][1], abs=near)
    assert [found.low_level, found.high_level] == example["range"][2:]
    assert found.missing == example["answers"].count("dk")


@pytest.mark.parametrize("example", CASES["pinned"], ids=lambda example: example["name"])
def test_the_range_is_what_it_was(example):
    assert as_list(uncertainty(*one_element(example))) == example["range"]


def test_the_raw_stream_is_the_published_generator():
    """Philox4x64-10, counter and key zero: first vector of Random123's kat_vectors (Salmon et al. 2011)."""
    before_zero = 2**256 - 1  # NumPy counts up first
    raw = np.random.Philox(key=0, counter=before_zero).random_raw(4)
    assert [f"{int(number):016x}" for number in raw] == [
        "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
    ]  # fmt: skip


def test_weights_swing_evenly_by_a_quarter():
    """Two criteria at 0 and 100: the score is w / (v + w), both weights even on 75 to 125; by a fine grid."""
    side = [Fraction(75 * 200 + 50 * (2 * n + 1), 200) for n in range(100)]
    grid = [float(100 * w / (v + w)) for v in side for w in side]
    cuts = quantiles(grid, n=20)
    found = uncertainty(*one_element({"answers": [0, 100]}))
    assert (found.low, found.high) == (pytest.approx(cuts[0], abs=1), pytest.approx(cuts[-1], abs=1))


# --- gates and what is withheld -----------------------------------------------------------------------------

GATED = {
    "coverage": {"node": "1/2", "total": "1/2"},
    "gates": [{"level": 4, "tag": "K", "at_least": "50"}, {"level": 5, "tag": "K", "at_least": "75"}],
    "dimensions": [
        {
            "code": "D",
            "elements": [
                {
                    "code": "E",
                    "criteria": [{"code": "k", "tags": ["K"]}] + [{"code": f"c{n}"} for n in range(9)],
                }
            ],
        }
    ],
}
REST = {f"c{n}": {"value": 100} for n in range(9)}


def test_a_core_criterion_that_is_too_low_caps_every_draw():
    found = uncertainty(GATED, {**REST, "k": {"value": 25}})
    assert (found.low_level, found.high_level) == (3, 3)
    assert found.low > 80
    found = uncertainty(GATED, {**REST, "k": {"value": 50}})
    assert (found.low_level, found.high_level) == (4, 4)


def test_a_core_criterion_nobody_answered_passes_its_gate_in_some_draws():
    found = uncertainty(GATED, {**REST, "k": {"state": "dk"}})
    assert score(GATED, {**REST, "k": {"state": "dk"}}).level == 3
    assert (found.low_level, found.high_level) == (3, 5)


def test_a_core_criterion_that_does_not_apply_leaves_the_gate():
    found = uncertainty(GATED, {**REST, "k": {"state": "na", "reason": "none"}})
    assert (found.low_level, found.high_level) == (5, 5)


def test_without_a_score_there_is_no_range():
    assert uncertainty(GATED, {}) is None
    assert uncertainty(GATED, {c: {"state": "na", "reason": "none"} for c in [*REST, "k"]}) is None


def test_missing_that_counts_zero_is_not_drawn():
    counted = GATED | {"missing": "zero", "gates": []}
    found = uncertainty(counted, {"c0": {"value": 100}})
    assert found.missing == 0
    assert found.high < 20


# --- for any round ------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(assessments())
def test_a_range_stays_on_the_scale_and_comes_out_twice_the_same(assessment):
    found = uncertainty(*assessment)
    result = score(*assessment)
    if result.score is None:
        assert found is None
        return
    assert found.low <= found.high
    assert 1 <= found.low_level <= found.high_level <= 5
    assert uncertainty(*assessment) == found
    if "sum" not in {node.method for node in result.total.walk()}:
        assert 0 <= found.low <= found.high <= 100


@settings(max_examples=60)
@given(assessments(row=levels, method=means))
def test_with_every_answer_given_the_range_lies_between_the_lowest_and_the_highest(assessment):
    result, found = score(*assessment), uncertainty(*assessment)
    points = [node.score for node in result.criteria]
    geometric = any(node.method == "geometric_mean" for node in result.total.walk())
    assert found.missing == 0
    assert rounded(min(points), 0) <= found.low
    assert found.high <= rounded(max(*points, Fraction(int(geometric))), 0)


@settings(max_examples=30)
@given(assessments())
def test_the_order_of_the_file_changes_nothing(assessment):
    definition, answers = assessment
    turned = definition | {
        "dimensions": [
            dimension | {"elements": list(reversed(dimension["elements"]))}
            for dimension in reversed(definition["dimensions"])
        ]
    }
    one, other = uncertainty(definition, answers), uncertainty(turned, answers)
    assert one is None or (one.low, one.high) == pytest.approx((other.low, other.high), abs=1)
    assert (one is None) == (other is None)


def test_answering_what_was_unknown_narrows_the_range():
    definition = questionnaire_from(GATED)
    wide = [uncertainty(definition, {f"c{n}": {"value": 50} for n in range(known)}) for known in range(5, 10)]
    assert all(one.high - one.low > other.high - other.low for one, other in pairwise(wide))


def test_it_leaves_the_result_alone():
    questionnaire = find_questionnaire("SX", "1.0.0")
    answers = {c.code: {"level": 1 + n % 5} for n, c in enumerate(questionnaire.criteria)}
    result = score(questionnaire, answers)
    before = result_hash(result)
    found = uncertainty_of(questionnaire, result)
    assert isinstance(found, Uncertainty)
    assert found.low <= result.score <= found.high
    assert result_hash(result) == before
    assert DRAWS == 2000


BRANCHED = {
    "coverage": {"node": "1/2", "total": "1/2"},
    "dimensions": [
        {
            "code": "D",
            "elements": [
                {
                    "code": "E",
                    "criteria": [
                        {"code": "a"},
                        {"code": "b", "shown_if": [{"criterion": "a", "level": 4}]},
                    ],
                }
            ],
        }
    ],
}


def test_a_criterion_that_is_not_asked_is_not_drawn():
    found = uncertainty(BRANCHED, {"a": {"value": 50}})
    assert (found.low, found.high, found.missing) == (50, 50, 0)
    found = uncertainty(BRANCHED, {"a": {"value": 75}, "b": {"state": "dk"}})
    assert found.missing == 1
    assert found.high - found.low > 30
