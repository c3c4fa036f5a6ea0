"""What a member or a consultant is shown, and what is offered instead when it may not be."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks.rules import publish
from palier.benchmarks.rules.cohorts import cohort_key, cohort_of, crossings, ladder
from palier.benchmarks.rules.contributions import half_up
from palier.benchmarks.rules.standing import (
    HIDDEN,
    Refusal,
    closed_batches,
    ladder_keys,
    quarter,
    standing_from_rows,
)
from palier.benchmarks.rules.thresholds import n_band
from tests.benchmarks.networks import DIMENSIONS, NETWORK, Given, member, members, questions

FAMILIES = {"railways": "mobility", "coaches": "mobility"}
RAILWAYS = {
    "family": "mobility",
    "sector": "railways",
    "size": "large",
    "country": "FR",
    "legal_kind": "company",
}


def alike(count: int, prefix: str = "r", **attributes: str) -> list[Given]:
    rng = random.Random(prefix)
    return [member(f"{prefix}{n}", rng, **(RAILWAYS | attributes)) for n in range(count)]


@pytest.mark.parametrize(
    ("asked", "rungs"),
    [
        ("sector size country", ["sector size country", "sector size", "sector", "family", ""]),
        ("sector country", ["sector country", "sector", "family", ""]),
        ("sector", ["sector", "family", ""]),
        ("family size", ["family size", "family", ""]),
        ("family sector size", ["family sector size", "family sector", "family", ""]),
        ("size", ["size", ""]),
        ("legal_kind", ["legal_kind", ""]),
        ("size country", ["size country", ""]),
        ("sector size country legal_kind", [
            "sector size country legal_kind", "sector size country", "sector size", "sector", "family", "",
        ]),
        ("", [""]),
    ],
)  # fmt: skip
def test_the_ladder_drops_the_last_dimension_first(asked: str, rungs: list[str]) -> None:
    cohort = {dimension: RAILWAYS[dimension] for dimension in asked.split()}
    assert [" ".join(rung) for rung in ladder(cohort, DIMENSIONS, FAMILIES)] == rungs


def test_the_ladder_follows_the_owners_priority() -> None:
    asked = {"sector": "railways", "size": "large", "country": "FR"}
    rungs = ladder(asked, ("country", "family", "sector", "size"), FAMILIES)
    assert list(map(list, rungs)) == [
        ["sector", "size", "country"],
        ["sector", "country"],
        ["sector"],
        ["family"],
        [],
    ]


@given(st.dictionaries(st.sampled_from(DIMENSIONS), st.text(min_size=1)))
def test_a_key_names_one_cohort(cohort: dict[str, str]) -> None:
    assert cohort_of(cohort_key(cohort)) == cohort


def test_the_whole_network_has_the_empty_key() -> None:
    assert cohort_key({}) == ""


def test_a_small_network_publishes_its_families_and_itself_only() -> None:
    assert crossings(DIMENSIONS, 29) == [(), ("family",)]
    assert ("sector", "size", "country") in crossings(DIMENSIONS, 30)
    standing = publish(NETWORK, members(29), None).standing("m001", {"sector": "coaches"})
    assert set(standing.cohort) <= {"family"}


@pytest.mark.parametrize(
    ("n", "k", "band"),
    [
        (4, 5, ""), (5, 5, "5-9"), (9, 5, "5-9"), (7, 8, ""), (8, 8, "8-9"), (10, 8, "10-19"),
        (19, 5, "10-19"), (20, 5, "20-39"), (40, 5, "40-79"), (80, 5, "80-159"), (159, 5, "80-159"),
        (160, 5, "160 and more"), (12, 12, "12-19"),
    ],
)  # fmt: skip
def test_n_is_a_band(n: int, k: int, band: str) -> None:
    assert n_band(n, k) == band


@pytest.mark.parametrize(
    ("score", "place"),
    [(39.4, 1), (39.5, 2), (40, 2), (49.4, 2), (49.5, 3), (59.4, 3), (59.5, 4), (100, 4), (None, None)],
)
def test_the_quarter_compares_a_rounded_score_with_published_figures(
    score: float | None, place: int | None
) -> None:
    assert quarter(score, 40, 50, 60) == place
    assert quarter(score, None, None, None) is None


@pytest.mark.parametrize(
    ("score", "tenths"), [(0.05, 1), (62.35, 624), (62.349, 623), (8.95, 90), (99.95, 1000)]
)
def test_ties_go_up_as_the_decimal_is_written(score: float, tenths: int) -> None:
    assert half_up(score, 10) == tenths


def test_a_cohort_of_whole_batches_is_answered_as_asked() -> None:
    edition = publish(NETWORK, alike(6, sector="trams") + members(100), None)
    standing = edition.standing("r1", {"sector": "trams", "size": "large", "legal_kind": "company"})
    assert (standing.rung, standing.refusal) == (0, None)
    assert standing.figures["SX"].p10 is None


def test_a_cohort_without_a_whole_batch_falls_back_and_says_why() -> None:
    edition = publish(NETWORK, alike(3, sector="trams") + members(100), None)
    standing = edition.standing("r1", {"sector": "trams"})
    assert standing.refusal is Refusal.TOO_FEW
    assert standing.cohort == {"family": "mobility"}
    assert standing.rung == 1


def test_a_cohort_held_by_half_outside_its_batches_is_not_representative() -> None:
    inside = alike(5, country="BE", prefix="a")
    outside = [one for s in range(3) for one in alike(4, prefix=f"b{s}", sector=f"s{s}", country="BE")]
    filler = [one for s in range(3) for one in alike(40, prefix=f"c{s}", sector=f"s{s}", country="FR")]
    edition = publish({"k": 5, "priority": ["sector", "country"]}, inside + outside + filler, None)
    assert edition.standing("x", {"country": "BE"}).refusal is Refusal.REPRESENTATION
    assert edition.standing("x", {"country": "BE"}).cohort == {}
    enough = publish({"k": 5, "priority": ["sector", "country"]}, inside + outside[:5] + filler, None)
    assert enough.standing("x", {"country": "BE"}).refusal is None


@pytest.mark.parametrize(
    "asked", [{"size": "large", "country": "FR"}, {"country": "FR", "legal_kind": "company"}]
)
def test_a_crossing_that_is_not_published_falls_straight_to_the_network(asked: dict[str, str]) -> None:
    standing = publish(NETWORK, alike(120), None).standing("r1", asked)
    assert standing.refusal is Refusal.NOT_PUBLISHED
    assert standing.cohort == {}


@pytest.mark.parametrize("asked", [{"member": "r1"}, {"group": "r1", "size": "large"}, {"postcode": ""}])
def test_a_cohort_of_an_unknown_attribute_is_an_error(asked: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no cohort is chosen by (member|group|postcode)"):
        publish(NETWORK, alike(40), None).standing("r1", asked)


def test_several_values_at_once_are_never_answered() -> None:
    edition = publish(NETWORK, members(120), None)
    assert edition.standing("m1", {"sector": ["coaches", "railways"]}).cohort == {}


def test_too_few_in_the_whole_network_shows_nothing_and_names_what_is_hidden() -> None:
    standing = publish(NETWORK, members(7), None).standing("m001", {"sector": "coaches"})
    assert standing.cohort is None
    assert standing.rung is None
    assert standing.figures == dict.fromkeys(["SX", "SX1", "SX2"], HIDDEN)


def test_a_variable_too_few_have_answered_is_hidden_alone() -> None:
    given = alike(120)
    for one in given[4:]:
        one["scores"] = one["scores"] | {"SX1": None}
    figures = publish(NETWORK, given, None).standing("r1", {}).figures
    assert figures["SX1"] == HIDDEN
    assert figures["SX"].n == "80-159"


def test_a_batch_counts_for_a_variable_only_with_k_answers_of_its_own() -> None:
    shy, open_ = alike(10, prefix="a", sector="shy"), alike(110, prefix="b", sector="open")
    for one in shy[4:]:
        one["scores"] = one["scores"] | {"SX": None}
    for one in shy[:4]:
        one["scores"] = one["scores"] | {"SX": 0.0}
    edition = publish(NETWORK, shy + open_, None)
    alone = publish(NETWORK, [one | {"scores": {"SX": None}} for one in shy] + open_, None)
    assert edition.standing("x", {}).figures["SX"] == alone.standing("x", {}).figures["SX"]


def test_tails_are_shown_from_forty_answers() -> None:
    assert publish(NETWORK, alike(39), None).standing("x", {}).figures["SX"].p90 is None
    assert publish(NETWORK, alike(40), None).standing("x", {}).figures["SX"].p90 is not None


def test_a_consultant_falls_back_where_clients_fill_a_batch() -> None:
    edition = publish(NETWORK, alike(6, sector="trams") + members(120), None)
    portfolio = ["r0", "r1", "r2"]
    assert edition.standing("r0", {"sector": "trams"}).rung == 0
    assert edition.standing(portfolio[:2], {"sector": "trams"}).rung == 0
    seen = edition.standing(portfolio, {"sector": "trams"})
    assert seen.cohort is None
    assert {one.reason for one in seen.refused} == {Refusal.PORTFOLIO}
    assert len(closed_batches(edition.seats, portfolio, 5)) == 1


def test_a_consultant_gets_a_quarter_for_the_client_being_looked_at() -> None:
    edition = publish(NETWORK, members(120), None)
    assert edition.standing(["m001", "m002"], {}).figures["SX"].quarter is None
    assert edition.standing(["m001", "m002"], {}, {"SX": 100}).figures["SX"].quarter == 4


@given(st.integers(0, 10**6), st.sampled_from([20, 40, 120]))
def test_stored_rows_and_own_scores_are_enough(seed: int, count: int) -> None:
    given = members(count, seed)
    edition = publish(NETWORK, given, None)
    rng = random.Random(seed)
    for asked in rng.sample(questions(given), 8):
        keys = ladder_keys(asked, edition.priority, edition.families)
        fetched = [row for row in edition.rows() if row.cohort_key in keys]
        read = standing_from_rows(
            fetched,
            asked,
            priority=edition.priority,
            families=edition.families,
            own_scores=given[0]["scores"],
            variables=edition.variables,
        )
        assert read == edition.standing(given[0]["member"], asked)
