"""A second campaign of the large network: one member in three on the six pillars, so that its families stand side by side."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from palier.assessments.store import Campaign
from palier.benchmarks.flows.publishing import publish_campaign
from palier.demo.networks import Planted, at_nine
from palier.demo.planting import contribute, plant_round
from palier.demo.rules.answers import answers
from palier.demo.rules.members import Member
from palier.foundation import clock
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import Organisation
from palier.questionnaires.catalogue import latest

EVERY = 3
"""One member in so many takes part."""


async def plant_pillars(
    planted: Planted, members: Sequence[Member], actors: Mapping[str, Actor], always: Member
) -> None:
    """The campaign of last spring, the rounds of those who take part, `always` among them, and its edition."""
    campaign = await _campaign(planted)
    for member in [always, *members[::EVERY]]:
        if member.slug in actors:
            await _take_part(campaign, member, actors[member.slug])
    await publish_campaign(str(campaign.id), on=(campaign.closes_on + timedelta(days=17)).isoformat())


async def _campaign(planted: Planted) -> Campaign:
    year, pillars = clock.today().year - 1, latest("P6")
    async with transaction(OnDuty(network_id=planted.row.id)):
        return await Campaign.create(
            id=new_id(), network_id=planted.row.id, name=str(year), questionnaire=pillars.id,
            major=int(pillars.version.partition(".")[0]), opens_on=date(year, 3, 2), closes_on=date(year, 5, 15),
        )  # fmt: skip


async def _take_part(campaign: Campaign, member: Member, actor: Actor) -> None:
    pillars = latest(campaign.questionnaire)
    given = answers(pillars, member.maturity, member.slug, member.progress)
    opened = at_nine(campaign.opens_on + timedelta(days=3 + len(member.slug) % 20))
    async with transaction(actor):
        round_ = await plant_round(
            actor, pillars, given, name=campaign.name, opened=opened, submitted=opened + timedelta(days=12),
            closes_on=campaign.closes_on, campaign=campaign,
        )  # fmt: skip
        await contribute(actor, round_, campaign, await Organisation.get(id=actor.organisation_id))
