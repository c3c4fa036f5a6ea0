"""The register: what the staff writes down, confirms and freezes; what the database refuses when a query forgets."""

import asyncpg
import pytest

from palier.association.flows.healing import load_health
from palier.association.rules.health import Party, merge_proposals, missing
from palier.foundation import clock
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.network.store import RegisterEntry
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted, enrol, plant_campaign, plant_network
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser

FACTS = {"contact": "Zoé", "email": "zoe@example.org", "sector": "rail", "size": "5000+", "country": "BE",
         "legal_kind": "public_company", "legal_group": ""}  # fmt: skip


async def took_part(owner: asyncpg.Connection, network: Planted, campaign: object, count: int) -> None:
    for member in network.members[:count]:
        await owner.execute(
            "insert into participation (id, network_id, campaign_id, organisation_id, started_at, submitted_at) "
            "values ($1, $2, $3, $4, now(), $5)",
            new_id(), network.id, campaign.id, member, clock.now(),  # type: ignore[attr-defined]
        )  # fmt: skip


async def test_what_the_staff_confirms_chooses_the_peers(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection, manager: NetworkActor
) -> None:
    member = await owner.fetchval(
        "select id from network_member where organisation_id = $1", network.members[0]
    )
    async with visit(ines) as browser:
        assert (await browser.send_form(f"{NET}/members/{member}", FACTS)).status_code == 303
        page = plain((await browser.get(f"{NET}/members/{member}")).text)
    assert "Confirmé le" in page
    assert "par Inès Caron" in page
    async with reading(manager):
        parties = (await load_health(manager)).alone["country"]
    assert "BE" in parties
    declared = await owner.fetchval("select size from organisation where id = $1", network.members[0])
    assert declared != "5000+"


async def test_what_chooses_peers_is_frozen_from_submission_to_edition(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    await took_part(owner, network, await plant_campaign(owner, network), 1)
    member = await owner.fetchval(
        "select id from network_member where organisation_id = $1", network.members[0]
    )
    async with visit(ines) as browser:
        assert (await browser.send_form(f"{NET}/members/{member}", FACTS)).status_code == 422
        await browser.send_form(f"{NET}/members/{member}/unverify")
    assert await owner.fetchval("select count(*) from register_entry") == 0
    assert await owner.fetchval("select verified_at is not null from network_member where id = $1", member)


async def test_who_verified_and_when_is_said_and_can_be_taken_back(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection, claire: Actor
) -> None:
    await enrol(owner, network, claire.organisation_id, verified=False)
    member = await owner.fetchval("select id from network_member where verified_at is null")
    async with visit(ines) as browser:
        assert "1 organisation demande à rejoindre" in plain((await browser.get(f"{NET}/members")).text)
        await browser.send_form(f"{NET}/members/{member}/verify")
        assert "par Inès Caron" in plain((await browser.get(f"{NET}/members?q=transports")).text)
        await browser.send_form(f"{NET}/members/{member}/unverify")
    assert await owner.fetchval("select verified_at from network_member where id = $1", member) is None


async def test_a_member_taken_out_leaves_editions_and_the_round_it_gave_alone(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    await took_part(owner, network, await plant_campaign(owner, network), 1)
    member = await owner.fetchval(
        "select id from network_member where organisation_id = $1", network.members[0]
    )
    async with visit(ines) as browser:
        await browser.send_form(f"{NET}/members/{member}/remove")
        assert (await browser.get(f"{NET}/members/{member}")).status_code == 404
    assert await owner.fetchval("select count(*) from participation") == 1
    assert await owner.fetchval("select left_on is not null from network_member where id = $1", member)


async def test_somebody_is_added_once_and_invited_by_the_worker(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    form = {**FACTS, "name": "Régie", "registration": "", "invite": "1", "op": str(new_id())}
    async with visit(ines) as browser:
        assert (await browser.send_form(f"{NET}/members/new", form)).status_code == 303
        assert (await browser.send_form(f"{NET}/members/new", form)).status_code == 303
        again = await browser.send_form(f"{NET}/members/new", {**form, "op": str(new_id())})
    assert again.status_code == 422
    assert await owner.fetchval("select count(*) from register_entry") == 1
    assert await owner.fetchval("select count(*) from mail where recipient = 'zoe@example.org'") == 1


@pytest.mark.parametrize(
    "table", ["register_entry", "member_import", "campaign_plan", "sent_notice", "bulletin", "network_door"]
)
async def test_a_query_that_forgets_the_network_shows_nobody_elses_rows(
    network: Planted, owner: asyncpg.Connection, manager: NetworkActor, claire: Actor, table: str
) -> None:
    async with transaction(manager):
        await RegisterEntry.create(id=new_id(), network_id=network.id, key="name:x", name="Canari")
    other = await plant_network(owner, 1, slug="autre")
    stranger = NetworkActor(claire.person, other.id, "autre", "Autre")
    for somebody in (stranger, claire, NetworkActor(claire.person, network.id, network.slug, "")):
        async with reading(somebody):
            assert await select(f"select id from {table}") == []


async def test_only_the_staff_of_this_network_writes_its_register(
    network: Planted, owner: asyncpg.Connection, claire: Actor
) -> None:
    for somebody in (claire, NetworkActor(claire.person, network.id, network.slug, "")):
        with pytest.raises(Exception, match="row-level security"):
            async with transaction(somebody):
                await RegisterEntry.create(id=new_id(), network_id=network.id, key="name:x", name="Intrus")


def party(number: int, present: bool, **attributes: str) -> Party:
    return Party(
        str(number), f"Membre {number}", {"family": "transport", "sector": "rail", **attributes}, present
    )


def test_who_is_missing_counts_groups_and_names_who_could_come() -> None:
    parties = [party(n, n < 3, size="250-999") for n in range(6)]
    found = missing(parties, [{"sector": "rail", "size": "250-999"}], 5, lambda cell, more: True)
    assert [(one.needed, one.candidates) for one in found] == [(2, ("Membre 3", "Membre 4", "Membre 5"))]


def test_a_holding_counts_once_among_those_who_came() -> None:
    parties = [party(n, n < 4, size="lt50", group="holding" if n < 4 else "") for n in range(9)]
    assert missing(parties, [{"size": "lt50"}], 5, lambda cell, more: True)[0].needed == 4


def test_a_cohort_no_member_could_bring_is_not_promised() -> None:
    parties = [party(n, n < 3, size="lt50") for n in range(4)]
    assert missing(parties, [{"size": "lt50"}], 5, lambda cell, more: True) == []
    parties = [party(n, n < 3, size="lt50") for n in range(9)]
    assert missing(parties, [{"size": "lt50"}], 5, lambda cell, more: False) == []


def test_the_smallest_sectors_of_a_family_are_proposed_together_and_no_more_than_needed() -> None:
    counts = {"rail": 2, "air_sea": 3, "passenger_transport": 4, "freight_logistics": 9}
    parties = [
        party(n * 100 + i, present=True, sector=s)
        for n, (s, c) in enumerate(counts.items())
        for i in range(c)
    ]
    assert merge_proposals(parties, 5) == {"transport": (("rail", "air_sea"), 5)}


async def test_the_health_page_shows_bands_and_never_a_score(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    await took_part(owner, network, await plant_campaign(owner, network), 12)
    async with visit(ines) as browser:
        for by in ("size", "country", "legal_kind", "nonsense"):
            page = plain((await browser.get(f"{NET}/cohorts?by={by}")).text)
            assert "12 adhérents vérifiés sur 20" in page
    assert "Qui manque" in page
