"""What the worker does about people's data."""

from uuid import UUID

from palier.billing.stripe import Stripe, till_from
from palier.foundation import files
from palier.foundation.database import reading
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.privacy import store
from palier.privacy.flows import asking, erasing, keeping, packing, trail_nightly


def jobs(settings: Settings, till: Stripe | None = None) -> list[Job]:
    """Parcels, erasures on their day, and every night what is past its time. `till` defaults to what the settings say."""
    till = till or till_from(settings)

    async def pack(parcel: str) -> None:
        await packing.pack(UUID(parcel), files.shelves(settings), settings.public_url)

    async def erase(erasure: str) -> None:
        await erasing.carry_out(UUID(erasure), files.shelves(settings), till)

    async def erase_due() -> None:
        """Those whose own job was lost, or that had to wait."""
        async with reading(None):
            due = await store.due_erasures()
        for one in due:
            await erasing.carry_out(one.id, files.shelves(settings), till)

    async def verify_trail() -> None:
        await trail_nightly.look_at_all(settings)

    async def anchor_trail() -> None:
        await trail_nightly.anchor_all(settings)

    async def clear() -> None:
        await packing.clear(files.shelves(settings))

    return [
        Job(asking.PACK, pack),
        Job(erasing.DUE, erase, attempts=5, close=till.close if till else None),
        Job("privacy.verify_trail", verify_trail, cron="20 1 * * *"),
        Job("privacy.anchor_trail", anchor_trail, attempts=8, cron="40 1 * * *"),
        Job("privacy.erase_due", erase_due, cron="50 1 * * *"),
        Job("privacy.clear_parcels", clear, cron="10 2 * * *"),
        Job("privacy.purge", keeping.purge_everything, cron="20 2 * * *"),
    ]
