"""What a page asks of the seats of an edition says the same as all of them would."""

import random
from collections.abc import Iterator

import asyncpg
import pytest

from palier.benchmarks import store
from palier.benchmarks.flows import editions, frozen
from palier.benchmarks.flows.seats import seats_beside
from palier.benchmarks.rules.cohorts import families_of
from palier.benchmarks.rules.composition import composition
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import closed_batches
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.settings import Settings
from tests.benchmarks.planting import enrol, plant_network
from tests.benchmarks.test_member_page import published_round
from tests.conftest import Cast


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    editions.forget()
    yield
    editions.forget()


async def test_a_few_seats_answer_what_all_of_them_would(
    owner: asyncpg.Connection, cast: Cast, claire: Actor, settings: Settings
) -> None:
    network = await plant_network(owner, 59)
    await enrol(owner, network, claire.organisation_id)
    round_ = await published_round(owner, network, claire, settings, "2026")
    async with reading(claire):
        (edition,) = await store.editions_for(claire, round_.questionnaire, 1)
        every = editions.as_seats(await frozen.seats_of(edition))
        found = await editions.published(edition)
        assert found.families == families_of(seat.attributes for seat in every)
        assert found.present == tuple(sorted({str(seat.attributes["family"]) for seat in every}))
        batches = {seat.batch for seat in every[:9]}
        inside = [seat for seat in every if seat.batch in batches]
        assert await editions.composition(edition, "any", batches) == composition(inside, edition.k)
        own = next(seat for seat in every if seat.member == str(claire.organisation_id))
        assert await editions.sealed_attributes(edition, claire.organisation_id) == own.attributes
        for known in _portfolios(every):
            assert await editions.closed_to(edition, known) == closed_batches(every, known, edition.k)
        beside = await seats_beside(edition, [own.member])
        assert {row["batch"] for row in beside} == {own.batch}
        rows = await frozen.rows_of(edition, ["", "family=transport", "sector=nonsense"])
        whole = [row for row in await frozen.rows_of(edition) if row["cohort"] in ("", "family=transport")]
        assert {(row["cohort"], row["variable"]): row for row in rows} == {
            (row["cohort"], row["variable"]): row for row in whole
        }


def _portfolios(seats: list[Seat]) -> list[set[str]]:
    rng = random.Random(4)
    return [{seat.member for seat in rng.sample(seats, size)} for size in (2, 5, 12, 30, 55)]
