"""An organisation with two people, a network that compares it and rounds to answer, in the database of a served product."""

import asyncio
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
from tortoise.context import TortoiseContext

from palier.accounts import sessions
from palier.action_plans.flows.planning import open_plan
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Campaign
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import WEB, configuration, reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.conftest import plant_member, plant_organisation, plant_person

QUESTIONNAIRE = latest("FL")
CODES = [criterion.code for criterion in QUESTIONNAIRE.criteria]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the siege takes place. `sessions` are secrets of the owner's and the contributor's cookies.

    `answered` are rounds with every criterion answered, each of a campaign of its own; `submitted` is submitted,
    and `plan` is an empty plan made from it.
    """

    organisation: UUID
    slug: str
    sessions: tuple[str, str]
    open_round: str
    answered: tuple[str, ...]
    submitted: str
    plan: str


def plant(url: str, administrator: str, answered: int) -> Place:
    """Plant all of it and say where it is."""
    with psycopg.connect(administrator) as connection:
        network = _plant_network(connection)
        campaigns = [_plant_campaign(connection, network, 2000 + n) for n in range(answered)]
    return asyncio.run(_plant(url, administrator, network, campaigns))


def broken_links(administrator: str, chain: UUID) -> list[int]:
    """What the product itself says of an audit chain."""

    async def ask() -> list[int]:
        async with TortoiseContext() as context:
            await context.init(config=configuration(administrator))
            return await audit.broken_links(chain)

    return asyncio.run(ask())


async def _plant(url: str, administrator: str, network: UUID, campaigns: list[UUID]) -> Place:
    async with TortoiseContext() as context:
        await context.init(config=configuration(url, WEB))
        claire = await plant_person("Claire Lambert", "claire@example.org", locale="en")
        malik = await plant_person("Malik Ouali", "malik@example.org", locale="en")
        organisation = await plant_organisation("Transports du Val", "transports-du-val", claire)
        owner = Actor(claire, organisation, Role.OWNER)
        await plant_member(owner, malik, Role.CONTRIBUTOR)
        with psycopg.connect(administrator) as connection:
            _enrol(connection, network, organisation.id)
        opened = await open_assessment(
            owner, QUESTIONNAIRE, name="open", opens_on=date(2026, 1, 1), closes_on=None
        )
        answered = [await _plant_answered(owner, f"round {n}", each) for n, each in enumerate(campaigns)]
        submitted = await _plant_answered(owner, "submitted")
        await submit(owner, submitted, name="Claire Lambert")
        plan = await open_plan(owner, submitted, "Plan 2027", 2027, new_id())
        async with transaction(None):
            secrets = [await sessions.open_session(person.person_id, "siege") for person in (claire, malik)]
    return Place(
        organisation.id,
        organisation.slug,
        (secrets[0], secrets[1]),
        opened.slug,
        tuple(answered),
        submitted,
        plan,
    )


async def _plant_answered(owner: Actor, name: str, campaign: UUID | None = None) -> str:
    async with reading(None):
        found = await Campaign.get_or_none(id=campaign)
    opened = await open_assessment(
        owner, QUESTIONNAIRE, name=name, opens_on=date(2026, 1, 1), closes_on=None, campaign=found
    )  # fmt: skip
    for code in CODES:
        draft = Draft(state=State.ANSWERED, level=3)
        await answer_criterion(owner, opened.slug, code, draft, op=new_id(), base=0)
    return opened.slug


def _plant_network(connection: psycopg.Connection) -> UUID:
    network = new_id()
    connection.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values (%s, 'siege', 'Siege', 5, true, now())",
        [network],
    )
    return network


def _plant_campaign(connection: psycopg.Connection, network: UUID, year: int) -> UUID:
    campaign, major = new_id(), int(QUESTIONNAIRE.version.partition(".")[0])
    connection.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, opens_on, closes_on) "
        "values (%s, %s, %s, %s, %s, '2026-01-01', '2099-12-31')",
        [campaign, network, str(year), QUESTIONNAIRE.id, major],
    )
    return campaign


def _enrol(connection: psycopg.Connection, network: UUID, organisation: UUID) -> None:
    connection.execute(
        "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values (%s, %s, %s, '2024-01-01', now())",
        [new_id(), network, organisation],
    )
