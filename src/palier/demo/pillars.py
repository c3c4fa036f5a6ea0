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
) -> Campaign:
    """The campaign of the spring before last, the rounds of those who take part, `always` among them, and its edition."""
    campaign = await plant_pillar_campaign(planted, [always, *members], actors, clock.today().year - 1)
    await publish_campaign(str(campaign.id), on=(campaign.closes_on + timedelta(days=17)).isoformat())
    return campaign


async def plant_pillar_campaign(
    planted: Planted, members: Sequence[Member], actors: Mapping[str, Actor], year: int
) -> Campaign:
    """One spring's campaign on the pillars and the rounds of those who take part: the first, and one in EVERY."""
    campaign = await _campaign(planted, year)
    turn = 1 + year - (clock.today().year - 1)
    for member in [members[0], *members[1::EVERY]]:
        if member.slug in actors:
            await _take_part(campaign, member, actors[member.slug], turn)
    return campaign


async def _campaign(planted: Planted, year: int) -> Campaign:
    pillars = latest("P6")
    async with transaction(OnDuty(network_id=planted.row.id)):
        return await Campaign.create(
            id=new_id(), network_id=planted.row.id, name=str(year), questionnaire=pillars.id,
            major=int(pillars.version.partition(".")[0]), version=pillars.version, opens_on=date(year, 3, 2), closes_on=date(year, 5, 15),
        )  # fmt: skip


async def _take_part(campaign: Campaign, member: Member, actor: Actor, turn: int) -> None:
    pillars = latest(campaign.questionnaire)
    given = answers(pillars, member.maturity, member.slug, member.progress * turn)
    opened = at_nine(campaign.opens_on + timedelta(days=3 + len(member.slug) % 20))
    async with transaction(actor):
        round_ = await plant_round(
            actor, pillars, given, name=campaign.name, opened=opened, submitted=opened + timedelta(days=12),
            closes_on=campaign.closes_on, campaign=campaign,
        )  # fmt: skip
        await contribute(actor, round_, campaign, await Organisation.get(id=actor.organisation_id))
