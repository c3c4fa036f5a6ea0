"""Cells of the campaign sealed last, and of no other; a draft is computed from them again without a score."""

import asyncpg
import pytest
from benchmarks.invented import edition as invented

from benchmarks.networks import USUAL, contributions, drawn
from palier.benchmarks.flows.publishing import DraftDiffers, publish_campaign
from palier.benchmarks.flows.sealing import seal_draft, set_draft_aside
from palier.benchmarks.rules import publish
from palier.foundation.settings import Settings
from tests.benchmarks.direct import direct
from tests.benchmarks.networks import NETWORK
from tests.benchmarks.planting import Planted, contribute, plant_campaign, plant_network
from tests.roles import as_the_worker


@pytest.fixture
async def network(owner: asyncpg.Connection) -> Planted:
    return await plant_network(owner, 20)


async def _sealed(settings: Settings, owner: asyncpg.Connection, network: Planted, year: str) -> str:
    campaign = await plant_campaign(owner, network, year)
    await contribute(owner, network, campaign, seed=int(year))
    async with as_the_worker(settings):
        await seal_draft(str(campaign.id))
    return str(campaign.id)


async def test_a_draft_is_published_from_its_cells_though_the_scores_are_gone(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await _sealed(settings, owner, network, "2024")
    looked_at = await owner.fetchval("select hash from edition_draft")
    async with as_the_worker(settings):
        await set_draft_aside(campaign)
        await owner.execute("update contribution set scores = null")
        await seal_draft(campaign)
        await publish_campaign(campaign, on="2024-12-15")
    assert await owner.fetchval("select hash from edition") == looked_at


async def test_cells_of_one_campaign_at_most_are_there(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    first = await _sealed(settings, owner, network, "2024")
    async with as_the_worker(settings):
        await publish_campaign(first, on="2024-12-15")
    assert {str(row[0]) for row in await owner.fetch("select distinct campaign_id from batch_cell")} == {
        first
    }
    second = await _sealed(settings, owner, network, "2026")
    assert {str(row[0]) for row in await owner.fetch("select distinct campaign_id from batch_cell")} == {
        second
    }


async def test_cells_that_were_changed_publish_nothing(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await _sealed(settings, owner, network, "2024")
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await owner.execute("update batch_cell set cells = ''")
    await owner.execute(
        "set session_replication_role = replica; update batch_cell set cells = ''; set session_replication_role = default"
    )
    async with as_the_worker(settings):
        with pytest.raises(DraftDiffers):
            await publish_campaign(campaign, on="2024-12-15")
    assert await owner.fetchval("select count(*) from edition") == 0


def test_networks_drawn_at_once_are_those_of_a_kind_and_publish_as_any_other() -> None:
    edition = invented(200, ["a", "b"], USUAL)
    made = drawn(200, 2, shape=USUAL)
    given = [
        {"member": seat.member, "group": seat.group, **seat.attributes, "scores": _scores(made.tenths[:, int(seat.member[-6:], 16) - 1])}
        for seat in edition.seats
    ]  # fmt: skip
    assert edition.fingerprint() == publish(NETWORK, given, None).fingerprint()
    assert direct(edition, given).fingerprint() == edition.fingerprint()
    sectors = {one["sector"] for one in contributions(200, shape=USUAL)}
    assert {seat.attributes["sector"] for seat in edition.seats} == sectors


def _scores(tenths: list[int]) -> dict[str, float | None]:
    return {
        name: None if tenth > 1000 else tenth / 10 for name, tenth in zip("ab", map(int, tenths), strict=True)
    }
