"""Networks of 20, 200, 5,000 and 100,000: the same promises for all, and as little to read for one as for another."""

from collections import Counter

import pytest

from benchmarks.networks import USUAL, contributions
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.cohorts import NEAREST
from palier.benchmarks.rules.standing import ladder_keys
from tests.benchmarks.networks import NETWORK

LARGE = [pytest.param(5_000, marks=pytest.mark.long), pytest.param(100_000, marks=pytest.mark.long)]


@pytest.mark.parametrize("count", [20, 200, *LARGE])
def test_every_promise_is_kept_at_every_size(count: int) -> None:
    edition = publish(NETWORK, contributions(count, variables=3), None)
    sizes = Counter(seat.batch for seat in edition.seats)
    assert sum(sizes.values()) == count
    assert min(sizes.values()) >= edition.k == (8 if count < 100 else 5)
    _assert_whole(edition, sizes)
    for row in edition.rows():
        shown = [one for one in (row.p10, row.q1, row.median, row.q3, row.p90) if one is not None]
        assert shown == sorted(shown)
        assert all(type(one) is int and 0 <= one <= 100 for one in shown)


def _assert_whole(edition: Edition, sizes: Counter[int]) -> None:
    """A cohort's batches hold nobody outside it; nearest peers are 2k groups at least."""
    of_batch: dict[int, list[dict[str, str | None]]] = {}
    for seat in edition.seats:
        of_batch.setdefault(seat.batch, []).append(dict(seat.attributes))
    for key, (row, *_) in edition.releases.items():
        if key.startswith(NEAREST):
            assert sum(sizes[batch] for batch in row.batches) >= 2 * edition.k
        else:
            asked = dict(part.split("=") for part in key.replace("+", " ").split("&") if part)
            assert all(
                one[name] == value
                for batch in row.batches
                for one in of_batch[batch]
                for name, value in asked.items()
            )


@pytest.mark.parametrize("count", [20, 200, *LARGE])
def test_a_standing_reads_one_ladder_of_cohorts_and_one_row_of_each(count: int) -> None:
    edition = publish(NETWORK, contributions(count, shape=USUAL), None)
    for seat in edition.seats[:50]:
        keys = ladder_keys(seat.attributes, edition.priority, edition.families)
        fetched = [row for key in keys for row in edition.releases.get(key, ())]
        assert len(keys) <= len(edition.priority) + 2
        assert len(fetched) <= len(keys)
