"""Sealed batches: who is in them, who waits, who stays together, who counts."""

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks.rules.contributions import Contribution, one_per_group, read_contributions
from palier.benchmarks.rules.sealing import Seat, seal, split
from palier.benchmarks.rules.thresholds import settled_k
from tests.benchmarks.networks import DIMENSIONS, members

Counted = tuple[Contribution, ...]

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "sealing.yaml").read_text())


def contributions(groups: list[dict[str, Any]]) -> tuple[Contribution, ...]:
    rows = [dict(one) for one in groups for _ in range(one["count"])]
    return some({**row, "member": f"m{number:03d}"} for number, row in enumerate(rows))


def some(given: Iterable[dict[str, Any]]) -> Counted:
    """Contributions of which only what matters is said."""
    blank = {"group": None, "scores": {}, **dict.fromkeys(DIMENSIONS, "")}
    return read_contributions(blank | one for one in given)


def seats_of(batches: Iterable[list[Contribution]]) -> list[Seat]:
    return [
        Seat(number, one.member, one.group, one.attributes)
        for number, batch in enumerate(batches)
        for one in batch
    ]


def names(batches: Iterable[list[Contribution]]) -> list[set[str]]:
    return [{one.member for one in batch} for batch in batches]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_examples(case: dict[str, Any]) -> None:
    counted = contributions(case["groups"])
    batches = seal(counted, (), ("family", "sector", "size"), case["k"])
    assert sorted(map(len, batches)) == case["batches"]
    assert len(counted) - sum(map(len, batches)) == case["waiting"]


drawn = st.builds(members, st.integers(0, 90), st.integers(0, 10**6)).map(
    lambda given: one_per_group(read_contributions(given), ())
)


@given(drawn, st.sampled_from([5, 8]), st.permutations(DIMENSIONS))
def test_batches_hold_k_groups_each_and_everyone_once_or_all_wait(
    counted: Counted, k: int, priority: list[str]
) -> None:
    batches = seal(counted, (), priority, k)
    assert all(len(batch) >= k for batch in batches)
    sealed = Counter(one.member for batch in batches for one in batch)
    assert sealed == (Counter(one.member for one in counted) if len(counted) >= k else {})


@given(drawn, st.sampled_from([5, 8]), st.integers(0, 1000))
def test_mates_stay_together_while_k_of_them_renew(counted: Counted, k: int, seed: int) -> None:
    batches = seal(counted, (), DIMENSIONS, k)
    rng = random.Random(seed)
    back = [one for one in counted if rng.random() < 0.8]
    again = names(seal(back, seats_of(batches), DIMENSIONS, k))
    for batch in batches:
        renewing = {one.member for one in batch} & {one.member for one in back}
        if len(renewing) >= k:
            assert renewing in again


def test_a_dissolved_batch_is_sealed_again_with_newcomers_or_waits() -> None:
    first = contributions([{"sector": "railways", "count": 5}, {"sector": "coaches", "count": 6}])
    batches = seal(first, (), ("sector",), 5)
    four = [one for one in first if one.member != "m000"]
    assert names(seal(four, seats_of(batches), ("sector",), 5)) == [{f"m{n:03d}" for n in range(5, 11)}]
    newcomer = some([{"member": "new", "sector": "shops"}])
    renewed = names(seal([*four, *newcomer], seats_of(batches), ("sector",), 5))
    assert {"m001", "m002", "m003", "m004", "new"} in renewed


def test_a_group_keeps_its_seat_when_another_daughter_contributes() -> None:
    first = some({"member": f"m{n}", "group": f"g{n}"} for n in range(5))
    batches = seal(first, (), DIMENSIONS, 5)
    sister = some({"member": f"m{n}" if n else "sister", "group": f"g{n}"} for n in range(5))
    assert names(seal(sister, seats_of(batches), DIMENSIONS, 5)) == [{"sister", "m1", "m2", "m3", "m4"}]


def test_a_sister_is_not_added_to_the_batch_of_a_daughter_who_was_sold_and_stays() -> None:
    first = some({"member": f"m{n}", "group": f"g{n}"} for n in range(6))
    batches = seal(first, (), DIMENSIONS, 5)
    sold = [{"member": f"m{n}", "group": f"g{n}" if n else "buyer"} for n in range(6)]
    later = some([*sold, {"member": "sister", "group": "g0"}])
    assert names(seal(later, seats_of(batches), DIMENSIONS, 5)) == [{f"m{n}" for n in range(6)}]


def test_one_daughter_speaks_for_a_group_and_goes_on_speaking() -> None:
    daughters = some({"member": name, "group": "Holding"} for name in ("b", "a", "c"))
    assert [one.member for one in one_per_group(daughters, ())] == ["a"]
    assert [one.member for one in one_per_group(daughters, {"c"})] == ["c"]


def test_the_parent_and_its_daughters_are_one_group() -> None:
    family = some([{"member": "parent"}, {"member": "a", "group": "parent"}])
    assert len(one_per_group(family, ())) == 1


def test_splitting_pools_what_is_too_small_for_any_priority() -> None:
    pool = list(contributions([{"size": size, "count": 2} for size in "abcde"]))
    assert len(split(pool, ("size",), 5)) == 1


@pytest.mark.parametrize(
    ("wish", "count", "extra", "previous", "k"),
    [
        pytest.param(5, 99, {}, None, 8, id="under 100 members"),
        pytest.param(5, 100, {}, None, 5, id="100 members"),
        pytest.param(5, 140, {"sector": "retail-bank"}, None, 8, id="a bank"),
        pytest.param(5, 140, {"legal_kind": "banque"}, None, 8, id="une banque"),
        pytest.param(
            5, 140, {"family": "Santé", "legal_kind": "public body"}, None, 8, id="a public hospital"
        ),
        pytest.param(5, 140, {"family": "health", "legal_kind": "company"}, None, 5, id="a private clinic"),
        pytest.param(6, 140, {}, None, 6, id="raised by the owner"),
        pytest.param(2, 140, {}, None, 5, id="never under five"),
        pytest.param(5, 140, {}, 8, 8, id="never lowered"),
    ],
)
def test_k_is_settled_once_for_the_network(
    wish: int, count: int, extra: dict[str, str], previous: int | None, k: int
) -> None:
    attributes = [{"family": "mobility"}] * (count - 1) + [extra]
    assert settled_k({"k": wish}, attributes, previous) == k


def test_members_who_did_not_contribute_count_when_the_network_tells_them() -> None:
    assert settled_k({"k": 5, "members": 160}, [{}] * 60) == 5
