"""Editions: frozen, the same for the same members, readable from what is stored, comparable with the last."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks import rules
from palier.benchmarks.rules import Edition, Standing, publish
from palier.benchmarks.rules.composition import composition
from palier.benchmarks.rules.contributions import ContributionError
from palier.benchmarks.rules.edition import correct, rebuild
from palier.benchmarks.rules.movement import movers
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import Figure
from tests.benchmarks.attacks import exchanged, observe
from tests.benchmarks.networks import NETWORK, members, next_year, questions


def test_the_room_offers_three_names() -> None:
    assert set(rules.__all__) == {"publish", "Edition", "Standing"}
    assert isinstance(publish(NETWORK, members(8), None).standing("m000", {}), Standing)


def test_a_figure_has_no_minimum_maximum_mean_or_rank() -> None:
    assert set(Figure.__slots__) == {"n", "p10", "q1", "median", "q3", "p90", "quarter"}


@given(st.integers(0, 10**6), st.integers(0, 130))
def test_the_order_of_arrival_is_of_no_consequence(seed: int, count: int) -> None:
    given = members(count, seed)
    shuffled = random.Random(seed).sample(given, count)
    assert publish(NETWORK, given, None) == publish(NETWORK, shuffled, None)
    assert publish(NETWORK, given, None).fingerprint() == publish(NETWORK, shuffled, None).fingerprint()


@given(st.integers(0, 10**6), st.sampled_from([20, 60, 130]))
def test_exchanging_batch_mates_leaves_the_edition_as_it_is(seed: int, count: int) -> None:
    given = members(count, seed)
    edition = publish(NETWORK, given, None)
    batch = [seat.member for seat in edition.seats if seat.batch == 1]
    assert publish(NETWORK, exchanged(given, batch), None) == edition


@given(st.integers(0, 10**6))
def test_figures_are_ordered_whole_points_of_the_scale(seed: int) -> None:
    for row in publish(NETWORK, members(130, seed), None).rows():
        shown = [one for one in (row.p10, row.q1, row.median, row.q3, row.p90) if one is not None]
        assert shown == sorted(shown)
        assert all(0 <= one <= 100 for one in shown)
        assert bool(shown) == bool(row.n_band)


@given(st.integers(0, 10**6), st.sampled_from([7, 20, 60, 130]))
def test_an_edition_is_read_back_from_rows_and_seats_without_a_score(seed: int, count: int) -> None:
    given = members(count, seed)
    edition = publish(NETWORK, given, None)
    back = rebuild(edition.rows(), edition.seats, k=edition.k, priority=edition.priority)
    assert back.fingerprint() == edition.fingerprint()
    assert not back.own_scores
    renewed = next_year(given, seed)
    assert publish(NETWORK, renewed, back) == publish(NETWORK, renewed, edition)
    if count > 7:
        asked = questions(given)[:40]
        assert observe(back, asked) == observe(edition, asked)


def test_the_fingerprint_tells_one_changed_figure() -> None:
    edition = publish(NETWORK, members(40), None)
    given = [one | {"scores": one["scores"] | {"SX": 100}} for one in members(40)]
    assert edition.fingerprint() != publish(NETWORK, given, None).fingerprint()


def test_who_waits_is_in_no_row_and_adds_no_variable() -> None:
    first = members(40)
    edition = publish(NETWORK, first, None)
    stranger = members(1, seed=9, prefix="z")[0] | {"scores": {"ZZ9": 10}}
    assert publish(NETWORK, [*first, stranger], edition) == edition


def test_an_edition_never_lowers_k() -> None:
    careful = publish(NETWORK, members(99), None)
    assert careful.k == 8
    assert publish(NETWORK, members(140), careful).k == 8
    assert publish(NETWORK, members(140), None).k == 5


def test_an_erratum_keeps_the_batches_of_the_edition_it_corrects() -> None:
    given = members(40)
    edition = publish(NETWORK, given, None)
    corrected = [one | {"scores": {"SX": 90.0}} for one in given]
    erratum = correct(edition, corrected + members(20, seed=4, prefix="late"))
    assert erratum.seats == edition.seats
    assert erratum.standing("m001", {}).figures["SX"].median == 90
    with pytest.raises(ValueError, match="m000"):
        correct(edition, given[1:])


def test_decimals_fractions_and_floats_are_the_same_scores() -> None:
    given = members(40)
    for kind in (Decimal, Fraction):
        exact = [one | {"scores": {v: kind(str(s)) for v, s in one["scores"].items()}} for one in given]
        assert publish(NETWORK, exact, None).fingerprint() == publish(NETWORK, given, None).fingerprint()


def test_a_contribution_is_rounded_half_up_to_a_tenth_at_sealing() -> None:
    def shown(score: float | Fraction) -> str:
        return publish(NETWORK, [one | {"scores": {"SX": score}} for one in members(40)], None).fingerprint()

    assert shown(62.45) == shown(Fraction(6245, 100)) == shown(62.5)
    assert shown(62.449) == shown(62.4) != shown(62.5)


@pytest.mark.parametrize("score", [-0.1, 100.1, float("nan"), float("inf"), "50", "", [50], True])
def test_a_score_off_the_scale_is_an_error_that_names_it_without_its_value(score: object) -> None:
    given = members(40)
    given[3]["scores"] = {"SX": 50, "SX1": score}
    with pytest.raises(ContributionError, match="^member m003: SX1 is not a number from 0 to 100, nor None$"):
        publish(NETWORK, given, None)


@pytest.mark.parametrize("key", ["group", "family", "sector", "size", "country", "legal_kind", "scores"])
def test_a_missing_key_is_an_error(key: str) -> None:
    given = members(40)
    del given[3][key]
    with pytest.raises(ContributionError, match=f"^member m003 lacks {key}$"):
        publish(NETWORK, given, None)


@pytest.mark.parametrize("member", [None, ""])
def test_a_contribution_of_nobody_is_an_error(member: str | None) -> None:
    with pytest.raises(ContributionError, match="names no member"):
        publish(NETWORK, [*members(40), members(1)[0] | {"member": member}], None)


@pytest.mark.parametrize("value", [None, 3, ["FR"]])
def test_an_attribute_that_is_not_text_is_an_error(value: object) -> None:
    with pytest.raises(ContributionError, match="member m000: country is not text"):
        publish(NETWORK, [members(1)[0] | {"country": value}], None)


def test_an_attribute_that_is_not_known_is_empty_text_and_puts_its_member_in_no_cohort_of_it() -> None:
    given = [one | {"country": ""} for one in members(120)]
    edition = publish(NETWORK, given, None)
    assert not any("country" in key for key in edition.releases)
    assert edition.standing("m001", {"country": "FR"}).cohort == {}


@pytest.mark.parametrize("scores", [None, [50], {1: 50}])
def test_scores_are_a_mapping_of_variables(scores: object) -> None:
    with pytest.raises(ContributionError, match="m000: scores are not a mapping"):
        publish(NETWORK, [members(1)[0] | {"scores": scores}], None)


@pytest.mark.parametrize("wrong", [{"k": "five"}, {"k": 5.5}, {"k": None}, {"k": True}, {"members": "many"}])
def test_a_network_of_no_whole_numbers_is_an_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="(k|members) of the network is not a whole number"):
        publish(NETWORK | wrong, members(40), None)


def test_two_contributions_of_one_member_are_an_error() -> None:
    with pytest.raises(ContributionError, match="m000 contributes twice"):
        publish(NETWORK, [*members(40), members(1)[0]], None)


def test_an_unknown_dimension_in_the_priority_is_an_error() -> None:
    with pytest.raises(ValueError, match="priority"):
        publish({"k": 5, "priority": ["sector", "postcode"]}, members(40), None)


def test_nobody_gives_an_edition_that_shows_nothing() -> None:
    edition = publish(NETWORK, [], None)
    assert list(edition.rows()) == []
    assert edition.standing("anyone", {}).cohort is None


def test_movers_compare_published_figures_of_one_cohort() -> None:
    given = members(40)
    higher = [one | {"scores": one["scores"] | {"SX1": 100.0}} for one in given]
    first = publish(NETWORK, given, None)
    second = publish(NETWORK, higher, first)
    before, after = first.standing("x", {}), second.standing("x", {})
    moved = movers(before, after)
    assert [one.variable for one in moved] == ["SX1", "SX", "SX2"]
    assert moved[0].median == after.figures["SX1"].median - before.figures["SX1"].median
    assert movers(before, second.standing("x", {"family": "mobility"})) == ()


def test_composition_names_only_values_that_k_groups_share() -> None:
    edition = publish(NETWORK, members(40), None)
    bands = composition(edition.seats, edition.k)
    assert set(bands) == {"family", "size", "country"}
    counts = [
        sum(seat.attributes["country"] == country for seat in edition.seats) for country in ("FR", "BE", "LU")
    ]
    assert ("LU" in bands["country"]) == (counts[2] >= 8)
    assert bands["country"]["FR"] == "20-39"


@pytest.mark.long
def test_five_thousand_organisations_and_eighty_variables_keep_every_promise() -> None:
    rng = random.Random(5)
    given = [
        one | {"scores": {f"v{n}": rng.choice([None, *range(101)]) for n in range(80)}}
        for one in members(5000)
    ]
    edition: Edition = publish(NETWORK, given, None)
    sizes = [sum(1 for _ in mates) for mates in _batches(edition)]
    assert min(sizes) >= edition.k
    assert sum(sizes) == 5000


def _batches(edition: Edition) -> list[list[Seat]]:
    found: dict[int, list[Seat]] = {}
    for seat in edition.seats:
        found.setdefault(seat.batch, []).append(seat)
    return list(found.values())
