"""Networks planted straight into the database: members, campaigns, contributions; and the worker that seals them."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, Campaign
from palier.benchmarks.flows.publishing import publish_campaign
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.answers import State
from tests.roles import as_the_worker

SECTORS = (
    ("transport", "passenger_transport"), ("transport", "rail"), ("commerce", "retail"), ("housing", "social_housing"),
)  # fmt: skip
SIZES = ("50-249", "250-999", "1000-4999")
COUNTRIES = ("FR", "FR", "FR", "BE", "LU")


@dataclass
class Planted:
    """A network and whom it holds."""

    id: UUID
    slug: str
    members: list[UUID] = field(default_factory=list)


def variables(questionnaire: str = "FL") -> list[str]:
    found = latest(questionnaire)
    parts = [*found.dimensions, *found.elements, *found.criteria]
    return sorted({"total", *(part.code for part in parts)})


async def plant_network(
    owner: asyncpg.Connection,
    count: int,
    *,
    k: int = 5,
    slug: str = "excellence",
    seed: int = 1,
    fictive: bool = False,
) -> Planted:
    """A network of `count` verified members, the same for the same seed."""
    rng, network = random.Random(seed), Planted(new_id(), slug)
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, $2, $3, $4, $5, now())",
        network.id, slug, f"Réseau {slug}", k, fictive,
    )  # fmt: skip
    for number in range(count):
        family, sector = rng.choices(SECTORS, weights=(4, 2, 2, 2))[0]
        organisation = new_id()
        await owner.execute(
            "insert into organisation (id, slug, name, family, sector, size, country, legal_kind, legal_group, registration, "
            "people_word, accent, created_at) values ($1, $2, $3, $4, $5, $6, $7, 'private_company', '', '', 'client', '', now())",
            organisation, f"{slug}-{number}", f"Canari {slug} {number}", family, sector, rng.choice(SIZES), rng.choice(COUNTRIES),
        )  # fmt: skip
        await enrol(owner, network, organisation)
        network.members.append(organisation)
    return network


async def enrol(
    owner: asyncpg.Connection, network: Planted, organisation: UUID, *, verified: bool = True
) -> None:
    await owner.execute(
        "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values ($1, $2, $3, $4, $5)",
        new_id(), network.id, organisation, date(2024, 1, 1), datetime(2024, 1, 2, tzinfo=UTC) if verified else None,
    )  # fmt: skip


async def plant_campaign(
    owner: asyncpg.Connection, network: Planted, name: str = "2026", questionnaire: str = "FL"
) -> Campaign:
    year, campaign = int(name), new_id()
    await owner.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, opens_on, closes_on) values ($1, $2, $3, $4, $5, $6, $7)",
        campaign, network.id, name, questionnaire, int(latest(questionnaire).version.partition(".")[0]),
        date(year, 9, 1), date(year, 11, 15),
    )  # fmt: skip
    async with reading(None):
        return await Campaign.get(id=campaign)


async def contribute(
    owner: asyncpg.Connection,
    network: Planted,
    campaign: Campaign,
    members: Sequence[UUID] | None = None,
    seed: int = 1,
    **fixed: str | None,
) -> None:
    """Scores of every member as if their rounds had been collected; `fixed` gives every member the same score."""
    rng = random.Random(seed)
    for member in network.members if members is None else members:
        row = await owner.fetchrow(
            "select family, sector, size, country, legal_kind from organisation where id = $1", member
        )
        level = rng.gauss(55, 15)
        scores = {
            one: str(round(min(100, max(0, rng.gauss(level, 8))), 1))
            for one in variables(campaign.questionnaire)
        } | fixed
        await owner.execute(
            "insert into contribution (id, network_id, campaign_id, organisation_id, assessment_id, attributes, scores, given_at) "
            "values ($1, $2, $3, $4, $5, $6, $7, now())",
            new_id(), network.id, campaign.id, member, new_id(), json.dumps({"group": str(member), **dict(row)}), json.dumps(scores),
        )  # fmt: skip


async def submit_round(
    actor: Actor,
    campaign: Campaign | None,
    level: int = 3,
    *,
    consent: bool | None = True,
    name: str = "",
    not_applicable: Sequence[str] = (),
    dont_know: Sequence[str] = (),
    asked: Questionnaire | None = None,
) -> Assessment:
    """A round on the campaign's questionnaire, the flash one without, every criterion at `level`, submitted.

    `asked`: another version of it, or some of its dimensions only.
    """
    only_reading.set(False)  # a visit before in this task has answered a GET
    questionnaire = asked or latest(campaign.questionnaire if campaign else "FL")
    opened = await open_assessment(
        actor, questionnaire, name=name or (campaign.name if campaign else "2026"),
        opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15), campaign=campaign
    )  # fmt: skip
    for criterion in questionnaire.criteria:
        draft = Draft(state=State.ANSWERED, level=level)
        if criterion.code in not_applicable:
            draft = Draft(state=State.NA, reason="Sans objet ici")
        elif criterion.code in dont_know:
            draft = Draft(state=State.DK)
        await answer_criterion(actor, opened.slug, criterion.code, draft, op=new_id(), base=0)
    return await submit(actor, opened.slug, name=actor.person.name, consent=consent)


async def publish(settings: Settings, campaign: Campaign, on: str | None = None) -> None:
    async with as_the_worker(settings):
        await publish_campaign(str(campaign.id), on=on or f"{campaign.name}-12-15")
