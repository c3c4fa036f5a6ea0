"""Nearest structural peers: whole batches, chosen by attributes alone, at least 2k groups, rows like any other."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks.rules import publish
from palier.benchmarks.rules.cohorts import NEAREST, cohort_key, cohort_of
from palier.benchmarks.rules.edition import rebuild
from palier.benchmarks.rules.nearest import nearest_batches, nearest_cohort
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import HIDDEN, Refusal
from tests.benchmarks.networks import DIMENSIONS, NETWORK, members, scores


def seats(*batches: str) -> list[Seat]:
    """One batch of ten for each text: its sector and size, or the sectors of its halves."""
    found = []
    for number, text in enumerate(batches, start=1):
        sector, size = text.split()
        halves = sector.split("+") * (2 if "+" not in sector else 1)
        found += [
            Seat(number, f"{number}-{n}", f"{number}-{n}", {"sector": halves[n // 5], "size": size})
            for n in range(10)
        ]
    return found


def chosen(found: list[Seat], k: int, **attributes: str) -> tuple[int, ...]:
    priority = ("sector", "size")
    of_key = {cohort_key(cohort): batches for cohort, batches in nearest_batches(found, priority, k)}
    return of_key[cohort_key(nearest_cohort(attributes, priority))]


@pytest.mark.parametrize(
    ("k", "batches"),
    [
        pytest.param(5, (4,), id="the batch like it in everything"),
        pytest.param(6, (2, 4), id="then the same sector"),
        pytest.param(11, (1, 2, 4), id="then half the same sector, which ties with the same size"),
        pytest.param(16, (1, 2, 3, 4), id="then the other of the two"),
        pytest.param(99, (1, 2, 3, 4, 5), id="the whole network where it holds no more"),
    ],
)
def test_batches_are_added_from_the_nearest_until_they_hold_2k_groups(
    k: int, batches: tuple[int, ...]
) -> None:
    found = seats("trams+shops small", "trams small", "shops large", "trams large", "shops small")
    assert chosen(found, k, sector="trams", size="large") == batches


@given(st.integers(0, 10**6), st.sampled_from([30, 60, 130, 200]))
def test_every_member_has_at_least_2k_nearest_peers_in_whole_batches_or_the_network(
    seed: int, count: int
) -> None:
    edition = publish(NETWORK, members(count, seed), None)
    sizes = Counter(seat.batch for seat in edition.seats)
    for seat in edition.seats:
        standing = edition.nearest(seat.member)
        assert standing.refusal is None
        batches = edition.releases[standing.key][0].batches
        held = sum(sizes[number] for number in batches)
        assert held >= 2 * edition.k or set(batches) == set(sizes)


@given(st.integers(0, 10**6))
def test_who_is_nearest_does_not_depend_on_scores(seed: int) -> None:
    rng, first = random.Random(seed), members(60, seed)
    other = [one | {"scores": scores(rng)} for one in first]
    one, two = (publish(NETWORK, given_, None) for given_ in (first, other))
    keys = {key for key in one.releases if key.startswith(NEAREST)}
    assert keys
    assert {key: one.releases[key][0].batches for key in keys} == {
        key: two.releases[key][0].batches for key in keys
    }


def test_the_figures_are_published_rows_with_the_viewers_quarter() -> None:
    given_ = members(120)
    edition = publish(NETWORK, given_, None)
    standing = edition.nearest("m007")
    row = next(row for row in edition.rows() if row.cohort_key == standing.key and row.variable == "SX")
    shown = standing.figures["SX"]
    assert (shown.n, shown.q1, shown.median, shown.q3) == (row.n_band, row.q1, row.median, row.q3)
    assert shown.quarter in (1, 2, 3, 4)
    assert cohort_of(standing.key) == {NEAREST: "own", **{one: given_[7][one] for one in DIMENSIONS}}
    back = rebuild(edition.rows(), edition.seats, k=edition.k, priority=edition.priority)
    assert back.nearest("m007", own_scores=given_[7]["scores"]) == standing


def test_a_small_network_has_no_nearest_peers_but_itself() -> None:
    standing = publish(NETWORK, members(29), None).nearest("m001")
    assert standing.cohort == {}
    assert standing.refusal is Refusal.TOO_FEW


def test_who_has_no_seat_is_shown_the_network_or_the_peers_of_given_attributes() -> None:
    edition = publish(NETWORK, members(120), None)
    assert edition.nearest("a stranger").cohort == {}
    attributes = edition.seats[0].attributes
    assert edition.nearest("a stranger", attributes).cohort == nearest_cohort(attributes, DIMENSIONS)
    assert edition.nearest("a stranger", {"sector": "nowhere"}).cohort == {}


def test_a_consultant_is_refused_nearest_batches_filled_by_clients() -> None:
    edition = publish(NETWORK, members(120), None)
    own = edition.nearest("m007")
    batches = set(edition.releases[own.key][0].batches)
    clients = [seat.member for seat in edition.seats if seat.batch in batches]
    seen = edition.nearest(clients, next(seat.attributes for seat in edition.seats if seat.member == "m007"))
    assert seen.cohort is None
    assert {one.reason for one in seen.refused} == {Refusal.PORTFOLIO}
    assert set(seen.figures.values()) == {HIDDEN}
