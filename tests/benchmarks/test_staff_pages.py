"""What a network's staff can do, and all it can see."""

import re

import asyncpg
import pytest

from palier.assessments.store import Campaign
from palier.benchmarks.flows.publishing import publish_campaign
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser, Cast
from tests.roles import as_the_worker

NET = "/n/excellence"


@pytest.fixture
def ines(cast: Cast) -> Person:
    return cast.people["ines"]


@pytest.fixture
async def network(owner: asyncpg.Connection, ines: Person) -> Planted:
    planted = await plant_network(owner, 20)
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(),
        planted.id,
        ines.person_id,
    )
    return planted


async def took_part(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, submitted: int, started: int
) -> None:
    for number, member in enumerate(network.members[:started]):
        await owner.execute(
            "insert into participation (id, network_id, campaign_id, organisation_id, started_at, submitted_at) "
            "values ($1, $2, $3, $4, now(), $5)",
            new_id(), network.id, campaign.id, member, clock.now() if number < submitted else None,
        )  # fmt: skip


async def test_participation_is_three_counts_and_a_state_each(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    campaign = await plant_campaign(owner, network)
    await took_part(owner, network, campaign, submitted=6, started=9)
    async with visit(ines) as browser:
        text = plain((await browser.get(NET)).text)
    assert re.search(r"Invités 20 .*Commencés 9 .*Remis 6 ", text)
    assert "jamais une réponse ni un score" in text


async def test_staff_open_no_page_of_a_member_and_members_none_of_the_staff(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    owner: asyncpg.Connection,
    settings: Settings,
) -> None:
    await enrol(owner, network, claire.organisation_id)
    campaign = await plant_campaign(owner, network)
    assessment = await submit_round(claire, campaign)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    async with visit(ines) as browser:
        for tail in ("", "/results", "/benchmark", "/benchmark.csv", "/benchmark.json", "/history"):
            assert (await browser.get(f"/o/transports-du-val/e/{assessment.slug}{tail}")).status_code == 404
        every = "".join(
            [
                (await browser.get(f"{NET}{page}")).text
                for page in (
                    "",
                    "/members",
                    "/campaigns",
                    f"/campaigns/{campaign.id}",
                    f"/campaigns/{campaign.id}/publish",
                )
            ]
        )
    assert "50,0" not in every
    assert "édiane" not in every
    async with visit(claire) as browser:
        for page in (
            "",
            "/members",
            "/campaigns",
            "/campaigns/new",
            f"/campaigns/{campaign.id}",
            f"/campaigns/{campaign.id}/publish",
        ):
            assert (await browser.get(f"{NET}{page}")).status_code == 404
        assert (await browser.send_form(f"{NET}/campaigns/{campaign.id}/close")).status_code == 404


async def test_another_networks_rows_do_not_exist(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    other = await plant_network(owner, 3, slug="autre")
    campaign = await plant_campaign(owner, other)
    member = await owner.fetchval("select id from network_member where network_id = $1 limit 1", other.id)
    async with visit(ines) as browser:
        assert (await browser.get("/n/autre")).status_code == 404
        assert (await browser.get(f"{NET}/campaigns/{campaign.id}")).status_code == 404
        assert (await browser.get(f"{NET}/campaigns/{campaign.id}/publish/state")).status_code == 404
        for address in (
            f"/members/{member}/verify",
            f"/campaigns/{campaign.id}/close",
            f"/campaigns/{campaign.id}/publish",
        ):
            assert (await browser.send_form(f"{NET}{address}", {"confirm": "2026"})).status_code == 404


async def test_verifying_a_member_takes_what_it_has_submitted(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    owner: asyncpg.Connection,
    settings: Settings,
    run_jobs,
) -> None:  # type: ignore[no-untyped-def]
    await enrol(owner, network, claire.organisation_id, verified=False)
    await submit_round(claire, await plant_campaign(owner, network))
    member = await owner.fetchval("select id from network_member where verified_at is null")
    async with visit(ines) as browser:
        page = (await browser.get(f"{NET}/members")).text
        assert page.count("/verify") == 1
        assert (await browser.send_form(f"{NET}/members/{member}/verify")).status_code == 303
        await browser.send_form(f"{NET}/members/{member}/verify")
    async with as_the_worker(settings):
        await run_jobs()
    assert (
        await owner.fetchval(
            "select count(*) from contribution where organisation_id = $1", claire.organisation_id
        )
        == 1
    )
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'benchmarks.member_verified'")
        == 1
    )


def form(**changes: str) -> dict[str, str]:
    dates = {
        "opens-day": "1",
        "opens-month": "9",
        "opens-year": "2099",
        "closes-day": "15",
        "closes-month": "11",
        "closes-year": "2099",
    }
    return {"op": str(new_id()), "name": "2099", "questionnaire": "FL", **dates, **changes}


async def test_a_campaign_is_drafted_once_launched_and_closed(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    given = form(**{"opens-year": "2020"})
    async with visit(ines) as browser:
        first = await browser.send_form(f"{NET}/campaigns/new", given)
        await browser.send_form(f"{NET}/campaigns/new", given)
        assert await owner.fetchval("select count(*) from campaign_plan") == 1
        assert await owner.fetchval("select count(*) from campaign") == 0
        await browser.send_form(f"{first.headers['location']}/launch")
        await browser.send_form(f"{first.headers['location']}/launch")
        assert await owner.fetchval("select count(*) from campaign") == 1
        await browser.send_form(f"{first.headers['location']}/close")
        text = plain((await browser.get(first.headers["location"])).text)
    assert "Publier l’édition" in text
    assert await owner.fetchval("select closes_on from campaign") < clock.today()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"questionnaire": "ZZ"}, "questionnaire"),
        ({"closes-year": "2098"}, "closes"),
        ({"opens-day": "32"}, "opens"),
        ({"name": "x" * 61}, "name"),
    ],
)
async def test_a_faulty_campaign_is_told_what_is_wrong(
    visit: Browser,
    network: Planted,
    ines: Person,
    owner: asyncpg.Connection,
    changes: dict[str, str],
    field: str,
) -> None:
    async with visit(ines) as browser:
        answer = await browser.send_form(f"{NET}/campaigns/new", form(**changes))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "<title>Erreur" in answer.text
    assert await owner.fetchval("select count(*) from campaign") == 0


async def test_an_edition_is_asked_for_by_typing_its_name_and_made_by_the_worker(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    campaign = await plant_campaign(owner, network, "2024")
    await took_part(owner, network, campaign, submitted=20, started=20)
    await contribute(owner, network, campaign)
    here = f"{NET}/campaigns/{campaign.id}/publish"
    async with visit(ines) as browser:
        assert "8 organisations indépendantes" in plain((await browser.get(here)).text)
        assert (await browser.send_form(here, {"confirm": "oui"})).status_code == 422
        assert (await browser.send_form(here, {"confirm": "2024"})).status_code == 422, (
            "no draft was looked at"
        )
        assert (await browser.send_form(f"{here}/draft")).status_code == 303
        async with as_the_worker(settings):
            await run_jobs()
        asked = await browser.send_form(here, {"confirm": "2024"})
        assert asked.status_code == 303
        waiting = await browser.get(asked.headers["location"])
        assert 'hx-trigger="every 2s"' in waiting.text
        assert (await browser.get(f"{here}/state")).status_code == 200
        assert (await browser.send_form(here, {"confirm": "2024"})).status_code == 422
        async with as_the_worker(settings):
            await run_jobs()
        done = await browser.get(f"{here}/state")
        again = await browser.get(here)
    assert done.status_code == 286
    assert "hx-trigger" not in done.text
    assert "L’édition est publiée" in plain(again.text)
    assert await owner.fetchval("select published_by from edition") == ines.person_id


async def test_an_edition_waits_for_the_close_and_for_a_first_batch(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    open_one = await plant_campaign(owner, network, "2099")
    small = await plant_campaign(owner, network, "2024")
    for campaign, count in ((open_one, 20), (small, 7)):
        await took_part(owner, network, campaign, submitted=count, started=count)
        async with visit(ines) as browser:
            page = await browser.get(f"{NET}/campaigns/{campaign.id}/publish")
            assert 'name="confirm"' not in page.text
            assert (
                await browser.send_form(f"{NET}/campaigns/{campaign.id}/publish", {"confirm": campaign.name})
            ).status_code == 422
    assert (
        await owner.fetchval("select count(*) from procrastinate_jobs where task_name = 'benchmarks.publish'")
        == 0
    )


async def test_a_small_network_publishes_once_a_year(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection, settings: Settings
) -> None:
    first, second = await plant_campaign(owner, network, "2024"), await plant_campaign(owner, network, "2025")
    for campaign in (first, second):
        await took_part(owner, network, campaign, submitted=20, started=20)
    await contribute(owner, network, first)
    async with as_the_worker(settings):
        await publish_campaign(str(first.id))
    async with visit(ines) as browser:
        assert "Pas avant" in plain((await browser.get(f"{NET}/campaigns/{second.id}/publish")).text)
        assert (
            await browser.send_form(f"{NET}/campaigns/{second.id}/publish", {"confirm": "2025"})
        ).status_code == 422
