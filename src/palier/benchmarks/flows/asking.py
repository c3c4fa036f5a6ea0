"""What a network's staff asks of the worker: a draft, its publication, an erratum. The worker does each once."""

from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.foundation import audit, jobs, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.database import transaction


class NotReady(Exception):
    """This cannot be asked for now: the campaign is open, sealed or published already, or nothing may be corrected."""


def sealing_key(campaign_id: UUID) -> str:
    """The name under which at most one sealing of a campaign waits."""
    return f"seal {campaign_id}"


def publication_key(campaign_id: UUID) -> str:
    """The name under which at most one publication of a campaign waits."""
    return f"publish {campaign_id}"


def erratum_key(edition_id: UUID) -> str:
    """The name under which at most one erratum of an edition waits."""
    return f"correct {edition_id}"


async def ask_draft(actor: NetworkActor, campaign_id: UUID, op: UUID, *, ready: bool) -> None:
    """Have the worker seal the campaign and compute its draft. Raises AlreadyDone, NotReady, DoesNotExist.

    `ready`: what `preparing.load_preparation` found, in words on the page the staff confirmed.
    """
    async with transaction(actor):
        await _claim(actor, op, _publishing(actor, campaign_id), ready=ready)
        campaign = await store.campaign_of(actor.network_id, campaign_id)
        await _ask(actor, campaign, "draft_asked", "benchmarks.seal", sealing_key(campaign.id))


async def ask_to_set_aside(actor: NetworkActor, campaign_id: UUID, op: UUID) -> None:
    """Have the worker erase the figures of the draft. Raises AlreadyDone, DoesNotExist."""
    async with transaction(actor):
        await _claim(actor, op, _publishing(actor, campaign_id), ready=True)
        campaign = await store.campaign_of(actor.network_id, campaign_id)
        await _ask(actor, campaign, "set_aside_asked", "benchmarks.set_aside", sealing_key(campaign.id))


async def ask_publication(actor: NetworkActor, campaign_id: UUID, op: UUID, *, ready: bool) -> None:
    """Have the worker publish the draft. Raises AlreadyDone, NotReady, DoesNotExist."""
    async with transaction(actor):
        await _claim(actor, op, _publishing(actor, campaign_id), ready=ready)
        campaign = await store.campaign_of(actor.network_id, campaign_id)
        await audit.record(actor, "benchmarks.publication_asked", f"campaign {campaign.name}")
        await jobs.enqueue(
            "benchmarks.publish", once=publication_key(campaign.id), campaign_id=campaign.id,
            published_by=actor.person_id,
        )  # fmt: skip


async def _claim(actor: NetworkActor, op: UUID, location: str, *, ready: bool) -> None:
    """A form counts once: sent a second time it leads where it led, whatever has become possible or not since."""
    await operations.claim(op, actor.person_id, location)
    if not ready:
        raise NotReady  # and the claim goes with the transaction: the form may be sent again


def _publishing(actor: NetworkActor, campaign_id: UUID) -> str:
    return f"/n/{actor.network_slug}/campaigns/{campaign_id}/publish?asked=1"


async def _ask(actor: NetworkActor, campaign: Campaign, verb: str, job: str, key: str) -> None:
    await audit.record(actor, f"benchmarks.{verb}", f"campaign {campaign.name}")
    await jobs.enqueue(job, once=key, campaign_id=campaign.id, asked_by=actor.person_id)


async def ask_erratum(actor: NetworkActor, edition_id: UUID, reason: str, op: UUID, *, ready: bool) -> None:
    """Have the worker compute the edition again with the corrections that may be taken.

    Raises AlreadyDone, NotReady, DoesNotExist.
    """
    async with transaction(actor):
        location = f"/n/{actor.network_slug}/editions/{edition_id}?asked=1"
        await _claim(actor, op, location, ready=ready)
        edition = await store.Edition.get(id=edition_id, network_id=actor.network_id)
        await audit.record(actor, "benchmarks.erratum_asked", f"edition {edition.name}", reason=reason)
        await jobs.enqueue(
            "benchmarks.correct", once=erratum_key(edition.id), edition_id=edition.id, reason=reason,
            asked_by=actor.person_id,
        )  # fmt: skip
