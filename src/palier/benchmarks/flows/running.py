"""What a network's staff does: verify members, call for answers, close a campaign, ask for its edition."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.foundation import audit, jobs, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember


class NotReady(Exception):
    """The campaign cannot be published now: it is open, published, or its network published too lately."""


@dataclass(frozen=True, slots=True)
class Call:
    """A campaign to open: the questionnaire's code and major version, and the days it runs, both included."""

    name: str
    questionnaire: str
    major: int
    opens_on: date
    closes_on: date


async def verify_member(actor: NetworkActor, member_id: UUID) -> str:
    """Confirm that an organisation is a member, take what it has submitted already, and return its name.

    Raises DoesNotExist.
    """
    async with transaction(actor):
        rows = NetworkMember.filter(id=member_id, network_id=actor.network_id, left_on=None)
        member = await rows.select_related("organisation").get()
        if member.verified_at is None:
            await NetworkMember.filter(id=member.id).update(verified_at=now())
            await audit.record(
                actor, "benchmarks.member_verified", f"organisation {member.organisation.slug}"
            )
            await jobs.enqueue(
                "benchmarks.member_verified",
                organisation_id=member.organisation_id,
                network_id=actor.network_id,
            )
    name: str = member.organisation.name
    return name


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


def publication_key(campaign_id: UUID) -> str:
    """The name under which at most one publication of a campaign waits."""
    return f"publish {campaign_id}"


async def ask_publication(actor: NetworkActor, campaign_id: UUID, *, ready: bool) -> None:
    """Have the worker seal and publish. Raises NotReady, DoesNotExist.

    `ready`: what `preparing.load_preparation` found, in words on the page the staff confirmed.
    """
    if not ready:
        raise NotReady
    async with transaction(actor):
        campaign = await store.campaign_of(actor.network_id, campaign_id)
        await audit.record(actor, "benchmarks.publication_asked", f"campaign {campaign.name}")
        await jobs.enqueue(
            "benchmarks.publish",
            once=publication_key(campaign.id),
            campaign_id=campaign.id,
            published_by=actor.person_id,
        )
