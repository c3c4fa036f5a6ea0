"""The members' directory: by consent, for members, about nothing but who they are."""

import asyncpg
import pytest

from palier.association.flows import listing
from palier.association.flows.listing import NotVerified
from palier.association.rules.directory import Contact
from palier.association.store import DirectoryListing
from palier.foundation import clock
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted, enrol
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser


def directory(actor: Actor) -> str:
    return f"/o/{actor.organisation.slug}/network/excellence/directory"


async def test_a_member_is_listed_once_its_owner_agrees_and_gone_when_revoked(
    visit: Browser, network: Planted, owner: asyncpg.Connection, claire: Actor, nora: Actor, ines: Person
) -> None:
    for one in (claire, nora):
        await enrol(owner, network, one.organisation_id)
    async with visit(nora) as browser:
        assert "Personne n’est encore inscrit" in plain((await browser.get(directory(nora))).text)
    async with visit(claire) as browser:
        typed = {"op": str(new_id()), "contact": "Zoé Accueil", "email": "Zoe@Example.org"}
        assert (await browser.send_form(directory(claire), typed)).status_code == 303
        assert (await browser.send_form(directory(claire), typed)).status_code == 303
    async with visit(nora) as browser:
        seen = plain((await browser.get(directory(nora))).text)
        assert claire.organisation.name in seen
        assert "Zoé Accueil" in seen
        assert "zoe@example.org" in seen
        assert claire.person.email not in seen
    async with visit(ines) as browser:
        assert "Inscrit dans l’annuaire" in plain(
            (await browser.get(f"{NET}/members?q={claire.organisation.name}")).text
        )
    async with visit(claire) as browser:
        await browser.send_form(f"{directory(claire)}/revoke", {"op": str(new_id())})
    async with visit(nora) as browser:
        assert "zoe@example.org" not in (await browser.get(directory(nora))).text
    verbs = {row["verb"] for row in await owner.fetch("select verb from audit_entry")}
    assert {"association.listing_agreed", "association.listing_revoked"} <= verbs


async def test_strangers_and_the_unverified_find_no_directory(
    visit: Browser, network: Planted, owner: asyncpg.Connection, claire: Actor, nora: Actor
) -> None:
    await enrol(owner, network, nora.organisation_id, verified=False)
    for one in (claire, nora):
        async with visit(one) as browser:
            assert (await browser.get(directory(one))).status_code == 404
            assert (await browser.send_form(directory(one), {"op": str(new_id())})).status_code == 404


async def test_only_an_owner_agrees_and_only_with_an_address(
    visit: Browser, network: Planted, owner: asyncpg.Connection, claire: Actor, sophie: Actor
) -> None:
    await enrol(owner, network, claire.organisation_id)
    async with visit(sophie) as browser:
        assert "J’accepte" not in (await browser.get(directory(sophie))).text
        assert (await browser.send_form(directory(sophie))).status_code == 403
    async with visit(claire) as browser:
        assert (await browser.send_form(directory(claire), {"email": "zoe"})).status_code == 422
    assert await owner.fetchval("select count(*) from directory_listing") == 0


async def test_a_visitor_of_a_demonstration_network_is_not_listed(
    network: Planted, owner: asyncpg.Connection, claire: Actor
) -> None:
    await owner.execute("update network set fictive = true")
    await enrol(owner, network, claire.organisation_id, verified=False)
    with pytest.raises(NotVerified):
        await listing.agree(claire, network.slug, Contact("x", "x@example.org"), new_id())


async def test_a_query_that_forgets_the_network_lists_nobody_to_strangers(
    network: Planted, owner: asyncpg.Connection, claire: Actor, nora: Actor
) -> None:
    await enrol(owner, network, claire.organisation_id)
    await listing.agree(claire, network.slug, Contact(), new_id())
    for somebody in (nora, nora.person, NetworkActor(nora.person, new_id(), "x", "")):
        async with reading(somebody):
            assert await select("select id from directory_listing") == []
        async with transaction(somebody):
            assert await DirectoryListing.all().delete() == 0
            assert await DirectoryListing.all().update(contact="Intrus") == 0
    for place in (claire.organisation_id, nora.organisation_id):
        with pytest.raises(Exception, match="row-level security"):
            async with transaction(nora):
                await DirectoryListing.create(
                    id=new_id(), network_id=network.id, organisation_id=place, name="Intrus", sector="rail", size="lt50",
                    country="FR", listed_at=clock.now(),
                )  # fmt: skip


async def test_a_query_that_forgets_the_address_shows_no_choice_about_mail(
    network: Planted, owner: asyncpg.Connection, manager: NetworkActor, claire: Actor
) -> None:
    await owner.execute(
        "insert into letter_choice (id, topic, email, fingerprint) values ($1, $2, 'a@example.org', 'x')",
        new_id(), str(network.id),
    )  # fmt: skip
    for somebody in (manager, claire, claire.person, None):
        async with reading(somebody):
            assert await select("select id from letter_choice") == []
