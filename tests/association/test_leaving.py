"""A member leaves by itself: told first what it means, at once for what it reads, never for what was sealed."""

import json

import asyncpg

from palier.association.flows import leaving
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.benchmarks.planting import Planted, enrol
from tests.conftest import Browser
from tests.roles import as_the_worker

LEAVE = "/o/transports-du-val/network/excellence/leave"


async def test_a_member_that_leaves_reads_nothing_more_and_its_staff_are_told(
    visit: Browser,
    network: Planted,
    claire: Actor,
    owner: asyncpg.Connection,
    settings: Settings,
) -> None:
    await enrol(owner, network, claire.organisation_id)
    await owner.execute(
        "insert into directory_listing (id, network_id, organisation_id, name, sector, size, country, contact, listed_at) "
        "values ($1, $2, $3, 'Transports du Val', 'rail', 'lt50', 'FR', '', now())",
        new_id(), network.id, claire.organisation_id,
    )  # fmt: skip
    await owner.execute(
        "insert into register_entry (id, network_id, organisation_id, key, name, registration, contact, email, family, sector, "
        "size, country, legal_kind, legal_group, confirmed_name) values ($1, $2, $3, 'x', 'Transports du Val', '', '', '', '', '', '', '', '', '', '')",
        new_id(), network.id, claire.organisation_id,
    )  # fmt: skip
    async with visit(claire) as browser:
        assert LEAVE in (await browser.get("/o/transports-du-val/settings")).text
        page = (await browser.get(LEAVE)).text
        assert "retirée de l’annuaire" in page
        refused = await browser.send_form(LEAVE)
        assert refused.status_code == 422
        assert await owner.fetchval("select count(*) from network_member where left_on is not null") == 0
        assert (await browser.send_form(LEAVE, {"understood": "yes"})).status_code == 303
        assert (await browser.get(LEAVE)).status_code == 404
        assert (await browser.get("/o/transports-du-val/network/excellence/directory")).status_code == 404
    assert await owner.fetchval("select count(*) from directory_listing") == 0
    chains = await owner.fetch("select chain, verb from audit_entry where verb like 'association.%left'")
    assert {tuple(row) for row in chains} == {
        (claire.organisation_id, "association.network_left"), (network.id, "association.member_left"),
    }  # fmt: skip
    told = json.loads(
        await owner.fetchval("select args from procrastinate_jobs where task_name = $1", leaving.TOLD)
    )
    async with as_the_worker(settings):
        told.pop("_request", None)  # the number of the request, which no handler sees
        await leaving.tell_staff(**told, site="http://palier.test")
    mail = await owner.fetchrow("select * from mail")
    assert mail["recipient"] == "ines@example.org"
    assert mail["subject"].startswith("Transports du Val a quitté")
    assert await owner.fetchval("select organisation_id from register_entry") is None


async def test_a_request_is_taken_back_and_may_be_made_again(
    visit: Browser, network: Planted, claire: Actor, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        await browser.send_form("/o/transports-du-val/settings/networks", {"network": "excellence"})
        assert "Retirer la demande" in (await browser.get(LEAVE)).text
        await browser.send_form(LEAVE, {"understood": "yes"})
        await browser.send_form("/o/transports-du-val/settings/networks", {"network": "excellence"})
    row = await owner.fetchrow(
        "select left_on, verified_at from network_member where organisation_id = $1", claire.organisation_id
    )
    assert tuple(row) == (None, None)


async def test_only_an_owner_leaves(
    visit: Browser, network: Planted, claire: Actor, malik: Actor, owner: asyncpg.Connection
) -> None:
    await enrol(owner, network, claire.organisation_id)
    async with visit(malik) as browser:
        assert (await browser.get(LEAVE)).status_code == 403
        assert (await browser.send_form(LEAVE, {"understood": "yes"})).status_code == 403
    assert (
        await owner.fetchval(
            "select left_on from network_member where organisation_id = $1", claire.organisation_id
        )
        is None
    )
