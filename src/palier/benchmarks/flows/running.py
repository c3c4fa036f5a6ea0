"""What a network's staff does: call for answers, close a campaign, ask for its edition."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.foundation import audit, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Call:
    """A campaign to open: the questionnaire's code and major version, and the days it runs, both included."""

    name: str
    questionnaire: str
    major: int
    opens_on: date
    closes_on: date


async def open_campaign(actor: NetworkActor, call: Call, op: UUID) -> Campaign:
    """Call the members to answer. Raises AlreadyDone for the form `op`."""
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/campaigns")
        campaign = await Campaign.create(
            id=new_id(), network_id=actor.network_id, name=call.name, questionnaire=call.questionnaire,
            major=call.major, opens_on=call.opens_on, closes_on=call.closes_on,
        )  # fmt: skip
        await audit.record(
            actor, "benchmarks.campaign_opened", f"campaign {call.name}", questionnaire=call.questionnaire
        )
    return campaign


async def close_campaign(actor: NetworkActor, campaign_id: UUID) -> None:
    """End a running campaign yesterday; rounds already open may still be submitted until the edition is sealed."""
    async with transaction(actor):
        campaign = await store.campaign_of(actor.network_id, campaign_id)
        if campaign.closes_on >= today():
            yesterday = today() - timedelta(days=1)
            await Campaign.filter(id=campaign.id).update(
                closes_on=yesterday, opens_on=min(campaign.opens_on, yesterday)
            )
            await audit.record(
                actor, "benchmarks.campaign_closed", f"campaign {campaign.name}", was=campaign.closes_on
            )
