"""Every attack comes back empty-handed from the sealed engine, and with something from a naive one."""

import random
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.benchmarks.rules import Edition, publish
from tests.benchmarks import attacks, naive
from tests.benchmarks.networks import NETWORK, SECTORS, Given, members, next_year

THIRTY_TWO = members(32)
FORTY = members(40)
MANY = members(120, seed=2)


def batches_of(contributions: list[Given]) -> list[list[str]]:
    found = defaultdict(list)
    for seat in publish(NETWORK, contributions, None).seats:
        found[seat.batch].append(seat.member)
    return list(found.values())


def portfolio(contributions: list[Given], family: str) -> list[str]:
    """Clients: everyone in a family but two."""
    return [one["member"] for one in contributions if one["family"] == family][2:]


def test_no_member_moves_a_set_of_figures_alone() -> None:
    assert attacks.influence(publish, FORTY, 8) == []
    assert len(attacks.influence(naive.publish, FORTY, 5)) > 20


def test_the_sealed_figures_do_move_so_that_the_attack_sees_something() -> None:
    assert all(attacks.signatures(publish, FORTY).values())


def test_a_sealed_engine_that_forgets_the_consultant_is_caught() -> None:
    def forgetful(network: dict[str, Any], contributions: list[Given], previous: object) -> SimpleNamespace:
        edition = publish(network, contributions, previous)
        return SimpleNamespace(standing=lambda viewer, cohort: edition.standing("nobody", cohort))

    assert any(attacks.consultant(forgetful, FORTY, portfolio(FORTY, family), 8) for family in SECTORS)


@pytest.mark.long
def test_no_contribution_is_exposed_by_two_campaigns_with_joiners_leavers_and_skippers() -> None:
    assert attacks.influence_over_two_campaigns(publish, THIRTY_TWO, next_year(THIRTY_TWO), 8) == []
    assert len(attacks.influence_over_two_campaigns(naive.publish, THIRTY_TWO, next_year(THIRTY_TWO), 5)) > 30


def test_fewer_than_k_newcomers_move_nothing() -> None:
    assert attacks.newcomers(publish, FORTY, members(7, seed=5, prefix="n")) == []
    assert attacks.newcomers(publish, MANY, members(4, seed=5, prefix="n")) == []
    assert attacks.newcomers(naive.publish, FORTY, members(7, seed=5, prefix="n")) == [1, 2, 3, 4, 5, 6, 7]


def test_newcomers_who_take_the_network_over_a_threshold_move_nothing_either() -> None:
    for size in (27, 97):
        base = members(size, seed=6)
        assert attacks.newcomers(publish, base, members(4, seed=5, prefix="n")) == []


def test_resubmitting_and_leaving_show_nowhere_before_the_next_campaign() -> None:
    assert attacks.between_campaigns(publish, FORTY) == []
    assert attacks.between_campaigns(naive.publish, FORTY) == ["resubmission", "own resubmission", "leaving"]


def test_a_holding_is_one_contribution_however_many_daughters_it_sends() -> None:
    assert attacks.holding(publish, MANY, 5) == []
    assert attacks.holding(naive.publish, MANY, 5) == ["a sector of three groups", "more daughters"]


@pytest.mark.long
def test_surrounding_a_member_with_sybils_of_one_group_leaves_it_in_company() -> None:
    assert attacks.sybils(publish, FORTY, 8) == []
    assert attacks.sybils(naive.publish, FORTY, 5) == ["m000", "m032"]


@pytest.mark.parametrize(
    "family", [pytest.param(one, marks=pytest.mark.long if turn else ()) for turn, one in enumerate(SECTORS)]
)
def test_a_consultant_never_narrows_a_figure_to_fewer_than_k_minus_one_strangers(family: str) -> None:
    clients = portfolio(FORTY, family)
    assert attacks.consultant(publish, FORTY, clients, 8) == []
    assert attacks.consultant(naive.publish, FORTY, clients, 5) != []


def test_trying_every_score_tells_four_positions_at_most() -> None:
    assert attacks.ranks(publish, FORTY) == []
    assert len(attacks.ranks(naive.publish, FORTY)) > 20


def test_every_figure_is_a_whole_point() -> None:
    assert attacks.unrounded(publish, MANY) == []
    assert attacks.unrounded(naive.publish, MANY) != []


def test_what_is_refused_does_not_depend_on_scores() -> None:
    assert attacks.refusals(publish, MANY) == []
    assert attacks.refusals(naive.publish, MANY) != []


@pytest.mark.long
def test_exchanging_whole_contributions_of_batch_mates_changes_nothing() -> None:
    batches = batches_of(MANY)
    assert attacks.permutation(publish, MANY, batches) == []
    assert len(attacks.permutation(naive.publish, MANY, batches)) > len(batches) / 2


@given(st.integers(0, 10**6), st.sampled_from([9, 20, 34, 60, 130]), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_no_exchange_within_any_batches_of_two_campaigns_changes_either_edition(
    seed: int, count: int, rng: random.Random
) -> None:
    """The theorem as a property: every batch of both campaigns permuted at random, missing answers included."""
    first = [one | {"scores": with_gaps(one["scores"], rng)} for one in members(count, seed)]
    second = [one | {"scores": with_gaps(one["scores"], rng)} for one in next_year(first, seed)]
    editions, again = in_turn(first, second), in_turn(first, second, rng)
    assert again == editions
    assert [one.fingerprint() for one in again] == [one.fingerprint() for one in editions]


@pytest.mark.parametrize("seed", range(5))
def test_exchanges_across_batches_do_change_an_edition(seed: int) -> None:
    everyone = members(130, seed)
    exchanged = attacks.exchanged(everyone, [one["member"] for one in everyone])
    assert publish(NETWORK, exchanged, None) != publish(NETWORK, everyone, None)


def with_gaps(scores: dict[str, float], rng: random.Random) -> dict[str, float | None]:
    return {name: None if rng.random() < 0.15 else value for name, value in scores.items()}


def in_turn(first: list[Given], second: list[Given], rng: random.Random | None = None) -> list[Edition]:
    """The editions of two campaigns; with `rng`, whole contributions are exchanged within each batch before."""
    found: list[Edition] = []
    for given_ in (first, second):
        previous = found[-1] if found else None
        edition = publish(NETWORK, given_, previous)
        if rng:
            batches = [
                [one.member for one in edition.seats if one.batch == n]
                for n in {s.batch for s in edition.seats}
            ]
            edition = publish(NETWORK, exchanged_at_random(given_, batches, rng), previous)
        found.append(edition)
    return found


def exchanged_at_random(given_: list[Given], batches: list[list[str]], rng: random.Random) -> list[Given]:
    of_member = {one["member"]: one["scores"] for one in given_}
    turned = {a: b for batch in batches for a, b in zip(batch, rng.sample(batch, len(batch)), strict=True)}
    return [one | {"scores": of_member[turned.get(one["member"], one["member"])]} for one in given_]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("size", "k"), [(20, 8), (50, 8), (120, 5)])
def test_influence_is_shared_at_every_size(size: int, k: int, seed: int) -> None:
    first = members(size, seed=100 + seed)
    assert attacks.influence(publish, first, k) == []
    assert attacks.influence_over_two_campaigns(publish, first, next_year(first, seed), k) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_newcomers_are_invisible_at_every_size(seed: int) -> None:
    for size, joining in ((20, 7), (28, 7), (60, 7), (98, 7), (120, 4), (297, 4)):
        base = members(size, seed=200 + seed)
        assert attacks.newcomers(publish, base, members(joining, seed=300 + seed, prefix="n")) == []
