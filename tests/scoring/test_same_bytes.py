"""The fast engine gives, byte for byte, what the plain one gives: no stored result ever changes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import find_questionnaire
from palier.scoring.rules import score
from palier.scoring.rules.aggregation import aggregate, balance, combine, contributions
from palier.scoring.rules.record import from_plain, result_hash, to_plain
from tests.scoring import slow_path
from tests.scoring.test_invariants import METHODS, assessments, rows


def assert_same(questionnaire, answers):
    fast, slow = score(questionnaire, answers), slow_path.slow_score(questionnaire, answers)
    written = json.dumps(to_plain(fast))
    assert written == json.dumps(slow_path.slow_plain(slow))
    assert result_hash(fast) == slow_path.slow_hash(slow)
    assert from_plain(json.loads(written)) == slow


@given(assessments())
def test_any_small_questionnaire(assessment):
    definition, answers = assessment
    assert_same(questionnaire_from(definition), answers)


@pytest.mark.parametrize("key", ["SX/1.0.0", "FL/1.0.0"])
@given(data=st.data())
def test_the_questionnaires_in_use(key, data):
    questionnaire = find_questionnaire(*key.split("/"))
    assert_same(questionnaire, {c.code: data.draw(rows) for c in questionnaire.criteria})


points = st.one_of(st.sampled_from([0, 25, 50, 75, 100]), st.fractions(0, 100, max_denominator=10**13))
weights = st.one_of(st.integers(1, 900), st.fractions(0, 9, max_denominator=1000).map(lambda w: w + 1))
parts = st.lists(st.tuples(weights, points), min_size=1, max_size=7)


@pytest.mark.parametrize("method", METHODS)
@given(given=parts)
def test_any_weights_and_points(method, given):
    weighted = [(slow_path.Fraction(weight), slow_path.Fraction(score)) for weight, score in given]
    assert combine(method, weighted) == slow_path.combine(method, weighted)
    assert contributions(method, weighted) == slow_path.contributions(method, weighted)
    assert balance(weighted) == slow_path.balance(weighted)
    halves = [score / 2 for _, score in weighted]
    whole = aggregate(method, weighted, halves)
    assert whole.score == slow_path.combine(method, weighted)
    assert whole.supported == slow_path.combine(method, [(w, s / 2) for w, s in weighted])
    assert tuple(whole.contributions) == slow_path.contributions(method, weighted)
    assert whole.shares == [weight / slow_path.weight_of(weighted) for weight, _ in weighted]
