"""Cells of the batches a campaign was sealed into: what figures are computed from again, without anybody's score.

The worker alone may read them. They stand from sealing until the campaign's erratum is out or the next campaign is sealed, and are
gone as soon as a member takes back what it gave (migration 0039). docs/benchmarks.md#cells.
"""

from collections.abc import Sequence
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.kept_text import forget_text
from palier.benchmarks.rules.cells import Cells, read_cells


async def keep_cells(campaign: Campaign, cells: Sequence[Cells]) -> None:
    """Keep the cells of a campaign sealed now, and none of the campaigns before it on the same questionnaire."""
    earlier = Campaign.filter(
        network_id=campaign.network_id, questionnaire=campaign.questionnaire, major=campaign.major
    )
    await _forget([one.id for one in await earlier.only("id")])
    await store.BatchCell.bulk_create(
        (
            store.BatchCell(
                network_id=campaign.network_id, campaign_id=campaign.id, batch=number, cells=one.stored()
            )
            for number, one in enumerate(cells, start=1)
        ),
        batch_size=500,
    )


async def cells_kept(campaign_id: UUID, batches: int) -> tuple[Cells, ...]:
    """The cells of each batch of a campaign, in order; none at all unless those of all its batches are there."""
    rows = (
        await store.BatchCell.filter(campaign_id=campaign_id).order_by("batch").values_list("batch", "cells")
    )
    if [number for number, _ in rows] != list(range(1, batches + 1)):
        return ()
    return tuple(read_cells(bytes(stored)) for _, stored in rows)


async def forget_cells(campaign_id: UUID) -> None:
    """Nothing will be computed from them again, nor from the text of the edition's rows."""
    await _forget([campaign_id])


async def _forget(campaigns: Sequence[UUID]) -> None:
    await store.BatchCell.filter(campaign_id__in=campaigns).delete()
    await forget_text(campaigns)
