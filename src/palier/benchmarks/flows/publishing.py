"""Publishing an edition: seal the campaign's contributions, freeze the figures, forget the scores. The worker does it."""

from datetime import date
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.freezing import insert_rows, insert_seats
from palier.benchmarks.flows.kept_text import keep_text
from palier.benchmarks.flows.sealing import keep_draft, locked, previous_edition, read_again, seal
from palier.benchmarks.rules import Edition
from palier.benchmarks.rules.again import Corrected
from palier.foundation import audit, jobs
from palier.foundation.actor import OnDuty
from palier.foundation.clock import today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id


class DraftDiffers(RuntimeError):
    """What would be published is not what was looked at. Nothing is published."""


async def publish_campaign(campaign_id: str, published_by: str | None = None, on: str | None = None) -> None:
    """Publish the edition of a campaign: its draft, or what is sealed now where nobody asked for one.

    Once: a campaign that has its edition, or whose draft was set aside, is left alone.
    `on`: ISO date of publication, today by default. Raises DraftDiffers.
    """
    async with transaction(None):
        campaign, network = await locked(UUID(campaign_id))
        draft = await store.EditionDraft.get_or_none(campaign_id=campaign.id)
        if await store.is_published(campaign) or (draft and draft.set_aside_at):
            return
        sealed = await read_again(draft) if draft else await seal(network, campaign)
        if sealed is None:
            return  # too few for one batch: they wait, and the staff may ask again
        draft = draft or await keep_draft(sealed, campaign, published_by)
        if sealed.edition.fingerprint() != draft.hash:
            raise DraftDiffers(draft.id)
        day = date.fromisoformat(on) if on else today()
        previous = await previous_edition(campaign)
        row = await write(
            sealed.edition,
            campaign,
            day,
            name=campaign.name,
            published_by=published_by,
            previous_id=previous.id if previous else None,
        )
        await store.Contribution.filter(campaign_id=campaign.id).update(scores=None)
        await store.erase_draft(draft)
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.published", f"edition {row.name}", hash=row.hash, k=row.k,
            batches=len({seat.batch for seat in sealed.edition.seats}), asked_by=published_by, edition=row.id,
        )  # fmt: skip


async def write(
    edition: Edition,
    campaign: Campaign,
    on: date,
    *,
    name: str,
    published_by: str | None,
    previous_id: UUID | None,
) -> store.Edition:
    """Freeze an edition: its rows and its seats, and the text of the rows for its erratum, in the caller's transaction."""
    row = await store.Edition.create(
        id=new_id(), network_id=campaign.network_id, campaign_id=campaign.id, name=name, questionnaire=campaign.questionnaire,
        major=campaign.major, k=edition.k, priority=list(edition.priority), published_on=on,
        published_by=UUID(published_by) if published_by else None, hash=edition.fingerprint(), previous_id=previous_id,
    )  # fmt: skip
    await insert_rows("release_row", row.id, campaign.network_id, edition.releases.values())
    await insert_seats("batch_member", row.id, campaign.network_id, edition.seats)
    await keep_text(row.id, campaign.network_id, edition.told())
    return row


async def write_erratum(
    original: store.Edition, corrected: Corrected, on: date, *, reason: str, published_by: str | None
) -> store.Edition:
    """Freeze an erratum: the rows of the cohorts that changed. All others, and the seats, are those of the original."""
    row = await store.Edition.create(
        id=new_id(), network_id=original.network_id, campaign_id=original.campaign_id, name=original.name,
        questionnaire=original.questionnaire, major=original.major, k=original.k, priority=original.priority, published_on=on,
        published_by=UUID(published_by) if published_by else None, hash=corrected.fingerprint, previous_id=original.previous_id,
        corrects_id=original.id, reason=reason,
    )  # fmt: skip
    await insert_rows("release_row", row.id, original.network_id, corrected.changed.values())
    await jobs.enqueue("benchmarks.write_out", edition_id=row.id)
    return row
