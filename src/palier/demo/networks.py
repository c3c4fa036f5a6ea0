"""Planting the two invented networks: members year by year, their campaigns, their published editions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from palier.accounts import store as accounts
from palier.assessments.store import Campaign
from palier.benchmarks.flows.publishing import publish_campaign
from palier.demo.planting import PlantedRound, contribute, plant_round
from palier.demo.rules.answers import answers, share_answered
from palier.demo.rules.members import Member
from palier.foundation import clock
from palier.foundation.actor import Actor, OnDuty, Organisation, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.questionnaires.rules import Questionnaire

ROUNDS = 3
"""Submitted and published yearly rounds before the running one."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A network that stands, with its campaigns, oldest first; the last one is running."""

    row: network.Network
    questionnaire: Questionnaire
    campaigns: tuple[Campaign, ...]


async def plant_network(name: str, slug: str, k: int, questionnaire: Questionnaire) -> Planted:
    """The network and its campaigns: one for each of the last three years, and one that closes in 25 days."""
    today = clock.today()
    row = await _network(name, slug, k)
    async with transaction(OnDuty(network_id=row.id)):
        campaigns = [
            await _campaign(row, questionnaire, today.year - ROUNDS + turn) for turn in range(ROUNDS)
        ]
        campaigns.append(await _running(row, questionnaire, today))
    return Planted(row, questionnaire, tuple(campaigns))


async def _network(name: str, slug: str, k: int) -> network.Network:
    async with transaction(None):
        return await network.Network.create(id=new_id(), slug=slug, name=name, k=k, fictive=True)


async def _campaign(row: network.Network, questionnaire: Questionnaire, year: int) -> Campaign:
    return await Campaign.create(
        id=new_id(), network_id=row.id, name=str(year), questionnaire=questionnaire.id, major=_major(questionnaire),
        version=questionnaire.version, opens_on=date(year, 9, 15), closes_on=date(year, 11, 28),
    )  # fmt: skip


async def _running(row: network.Network, questionnaire: Questionnaire, today: date) -> Campaign:
    return await Campaign.create(
        id=new_id(), network_id=row.id, name=str(today.year), questionnaire=questionnaire.id, major=_major(questionnaire),
        version=questionnaire.version, opens_on=today - timedelta(days=40), closes_on=today + timedelta(days=25),
    )  # fmt: skip


def _major(questionnaire: Questionnaire) -> int:
    return int(questionnaire.version.partition(".")[0])


async def plant_members(planted: Planted, members: Sequence[Member]) -> dict[str, Actor]:
    """Every member with its owner and its yearly rounds; the actors by slug."""
    people = await _people(members)
    actors = {}
    for member, person in zip(members, people, strict=True):
        actors[member.slug] = await plant_member(planted, member, person)
    return actors


async def _people(members: Sequence[Member]) -> list[Person]:
    """One owner each, who never signs in."""
    rows = [
        accounts.Person(
            id=new_id(), email=f"direction@{member.slug}.example", name=f"Direction, {member.name}"[:120],
            email_confirmed_at=clock.now(), created_at=clock.now(),
        )
        for member in members
    ]  # fmt: skip
    async with transaction(None):
        await accounts.Person.bulk_create(rows)
    return [Person(row.id, row.name, row.email) for row in rows]


async def plant_member(planted: Planted, member: Member, person: Person) -> Actor:
    """One member: organisation, verified membership, and a submitted round for each year it takes part."""
    actor = Actor(person, Organisation(new_id(), member.slug, member.name), Role.OWNER)
    async with transaction(actor):
        organisation = await found(actor, member)
        await network.NetworkMember.create(
            id=new_id(), network_id=planted.row.id, organisation_id=organisation.id, joined_on=planted.campaigns[0].opens_on,
            verified_at=clock.now(),
        )  # fmt: skip
        for turn in range(ROUNDS):
            if member.takes_part[turn]:
                await plant_year(actor, planted, member, turn, organisation)
    return actor


async def found(actor: Actor, member: Member) -> network.Organisation:
    """The organisation and the actor's membership, in the caller's transaction."""
    organisation = await network.Organisation.create(
        id=actor.organisation_id, slug=member.slug, name=member.name, family=member.family, sector=member.sector,
        size=member.size, country=member.country, legal_kind=member.legal_kind,
    )  # fmt: skip
    await network.Membership.create(
        id=new_id(), organisation_id=actor.organisation_id, person_id=actor.person_id, role=actor.role
    )
    return organisation


async def plant_year(
    actor: Actor, planted: Planted, member: Member, turn: int, organisation: network.Organisation
) -> None:
    """The round of year `turn` (0 = the first), submitted and given to the campaign."""
    campaign = planted.campaigns[turn]
    round_ = await plant_past_round(actor, planted, member, turn)
    await contribute(actor, round_, campaign, organisation)


async def plant_past_round(
    actor: Actor, planted: Planted, member: Member, turn: int, *, in_campaign: bool = True
) -> PlantedRound:
    """The round of year `turn`, submitted; a throw-away copy answers no campaign."""
    campaign = planted.campaigns[turn]
    given = answers(planted.questionnaire, member.maturity, member.slug, member.progress * turn)
    opened = at_nine(campaign.opens_on + timedelta(days=3 + len(member.slug) % 20))
    return await plant_round(
        actor, planted.questionnaire, given, name=campaign.name, opened=opened, submitted=opened + timedelta(days=15, hours=6),
        closes_on=campaign.closes_on, campaign=campaign if in_campaign else None,
    )  # fmt: skip


async def plant_running(planted: Planted, members: Sequence[Member], actors: Mapping[str, Actor]) -> None:
    """The running campaign: about one member in five has submitted, one in four is answering, the others have not begun."""
    for member in members:
        share = share_answered(member.slug)
        if share and member.slug in actors:
            async with transaction(actors[member.slug]):
                await _plant_this_year(actors[member.slug], planted, member, share)


async def _plant_this_year(actor: Actor, planted: Planted, member: Member, share: float) -> None:
    campaign = planted.campaigns[-1]
    given = answers(planted.questionnaire, member.maturity, member.slug, member.progress * ROUNDS)
    opened = at_nine(campaign.opens_on + timedelta(days=3 + len(member.slug) % 20))
    done = share >= 1
    round_ = await plant_round(
        actor, planted.questionnaire, given[: max(1, round(share * len(given)))], name=campaign.name, opened=opened,
        submitted=opened + timedelta(days=14, hours=5) if done else None, closes_on=campaign.closes_on, campaign=campaign,
    )  # fmt: skip
    if done:
        await contribute(actor, round_, campaign, await network.Organisation.get(id=actor.organisation_id))


async def publish_years(planted: Planted) -> None:
    """The edition of every past campaign, oldest first, two weeks after it closed."""
    for campaign in planted.campaigns[:ROUNDS]:
        await publish_campaign(str(campaign.id), on=(campaign.closes_on + timedelta(days=17)).isoformat())


def at_nine(day: date) -> datetime:
    """Nine in the morning, UTC."""
    return datetime.combine(day, time(9), UTC)
