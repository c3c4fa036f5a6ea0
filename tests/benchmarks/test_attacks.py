"""Every attack comes back empty-handed from the sealed engine, and with something from a naive one."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest

from palier.benchmarks.rules import publish
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

    caught = [attacks.consultant(forgetful, FORTY, portfolio(FORTY, family), 8) for family in SECTORS]
    assert any(caught)


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


@pytest.mark.parametrize("family", SECTORS)
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


def test_exchanging_whole_contributions_of_batch_mates_changes_nothing() -> None:
    batches = batches_of(MANY)
    assert attacks.permutation(publish, MANY, batches) == []
    assert len(attacks.permutation(naive.publish, MANY, batches)) > len(batches) / 2


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
