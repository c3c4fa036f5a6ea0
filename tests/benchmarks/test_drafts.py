"""A draft is sealed once, looked at by the staff as a member would, and published as it is or not at all."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows import publishing
from palier.benchmarks.flows.publishing import publish_campaign
from palier.benchmarks.flows.sealing import seal_draft, set_draft_aside
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    submit_round,
)
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser, Cast
from tests.roles import as_the_worker

NET = "/n/excellence"
HASH = "select hash from edition_draft"


@pytest.fixture
def ines(cast: Cast) -> Person:
    return cast.people["ines"]


@pytest.fixture
async def network(owner: asyncpg.Connection, ines: Person) -> Planted:
    planted = await plant_network(owner, 20)
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(), planted.id, ines.person_id,
    )  # fmt: skip
    return planted


async def sealed(settings: Settings, owner: asyncpg.Connection, network: Planted) -> str:
    campaign = await plant_campaign(owner, network, "2024")
    await contribute(owner, network, campaign)
    async with as_the_worker(settings):
        await seal_draft(str(campaign.id))
    return str(campaign.id)


async def test_a_draft_is_what_is_published_and_is_gone_afterwards(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await sealed(settings, owner, network)
    looked_at = await owner.fetch("select cohort, variable, q1, median, q3 from draft_row order by 1, 2")
    seen, seats = await owner.fetchval(HASH), await owner.fetchval("select count(*) from draft_seat")
    assert await owner.fetchval("select count(*) from edition") == 0
    async with as_the_worker(settings):
        await publish_campaign(campaign, on="2024-12-15")
    assert await owner.fetchval("select hash from edition") == seen
    assert looked_at == await owner.fetch(
        "select cohort, variable, q1, median, q3 from release_row order by 1, 2"
    )
    assert await owner.fetchval("select count(*) from batch_member") == seats > 0
    assert await owner.fetchval("select count(*) from draft_row") == 0
    assert await owner.fetchval("select count(*) from draft_seat") == 0
    assert await owner.fetchval("select count(*) from contribution where scores is not null") == 0


async def test_a_draft_set_aside_is_the_same_one_when_taken_up_again_whatever_happened_since(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await sealed(settings, owner, network)
    seen = await owner.fetchval(HASH)
    seats = await owner.fetch("select batch, organisation_id from draft_seat order by 1, 2")
    async with as_the_worker(settings):
        await set_draft_aside(campaign)
        assert await owner.fetchval("select count(*) from draft_row") == 0
        await publish_campaign(campaign)
        assert await owner.fetchval("select count(*) from edition") == 0, (
            "what was set aside is not published"
        )
    await owner.execute("update organisation set sector = 'rail', size = '50-249'")
    await owner.execute(
        "update network_member set left_on = current_date where organisation_id = $1", network.members[0]
    )
    async with as_the_worker(settings):
        await seal_draft(campaign)
        await seal_draft(campaign)
        assert await owner.fetchval("select count(*) from draft_row") > 0
        await publish_campaign(campaign)
    assert await owner.fetchval("select hash from edition") == seen
    assert seats == await owner.fetch("select batch, organisation_id from batch_member order by 1, 2")


async def test_a_worker_killed_while_publishing_leaves_the_draft_and_the_next_publishes_once(
    owner: asyncpg.Connection, network: Planted, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await sealed(settings, owner, network)

    async def killed(_draft: store.EditionDraft) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr(publishing.store, "erase_draft", killed)
        async with as_the_worker(settings):
            await publish_campaign(campaign)
    assert await owner.fetchval("select count(*) from edition") == 0
    assert await owner.fetchval("select count(*) from draft_row") > 0
    async with as_the_worker(settings):
        await asyncio.gather(publish_campaign(campaign), publish_campaign(campaign), seal_draft(campaign))
    assert await owner.fetchval("select count(*) from edition") == 1
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'benchmarks.published'") == 1


@pytest.mark.parametrize(
    ("tail", "verb"),
    [("/draft", "draft_asked"), ("/set-aside", "set_aside_asked"), ("", "publication_asked")],
)
async def test_a_double_click_counts_once_and_leads_where_the_first_led(
    visit: Browser, owner: asyncpg.Connection, network: Planted, ines: Person, settings: Settings,
    run_jobs: Callable[[], Awaitable[None]], tail: str, verb: str,
) -> None:  # fmt: skip
    """Twice at once, and once more when it is long done and could not be asked for any more."""
    campaign = await plant_campaign(owner, network, "2024")
    await contribute(owner, network, campaign)
    await _all_submitted(owner, network, campaign)
    if tail != "/draft":
        async with as_the_worker(settings):
            await seal_draft(str(campaign.id))
    here = f"{NET}/campaigns/{campaign.id}/publish"
    form = {"op": str(new_id()), "confirm": "2024"}
    async with visit(ines) as browser:
        await browser.get(here)
        both = await asyncio.gather(*[browser.send_form(f"{here}{tail}", form) for _ in range(2)])
        waiting = await owner.fetchval(
            "select count(*) from procrastinate_jobs where task_name like 'benchmarks.%'"
        )
        async with as_the_worker(settings):
            await run_jobs()
        late = await browser.send_form(f"{here}{tail}", form)
    assert {(one.status_code, one.headers["location"]) for one in (*both, late)} == {(303, f"{here}?asked=1")}
    assert waiting == 1
    asked = "select count(*) from audit_entry where verb = $1"
    assert await owner.fetchval(asked, f"benchmarks.{verb}") == 1
    done = {"/draft": "draft_sealed", "/set-aside": "draft_set_aside", "": "published"}[tail]
    assert await owner.fetchval(asked, f"benchmarks.{done}") == 1


async def _all_submitted(owner: asyncpg.Connection, network: Planted, campaign: Campaign) -> None:
    await owner.executemany(
        "insert into participation (id, network_id, campaign_id, organisation_id, started_at, submitted_at) "
        "values ($1, $2, $3, $4, now(), now())",
        [(new_id(), network.id, campaign.id, member) for member in network.members],
    )


async def test_nothing_sealed_or_published_is_changed_even_by_the_administrator(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await sealed(settings, owner, network)
    before = ("update edition_draft set k = 2", "delete from edition_draft", "update draft_row set median = 1",
              "delete from draft_seat", "delete from contribution", "update contribution set scores = '{}'")  # fmt: skip
    after = ("update edition set k = 2", "delete from edition", "update release_row set median = 1", "delete from release_row",
             "update batch_member set batch = 1", "delete from batch_member", "truncate batch_member")  # fmt: skip
    for statement in before:
        with pytest.raises(asyncpg.PostgresError, match=r"sealed|never changed|for good"):
            await owner.execute(statement)
    async with as_the_worker(settings):
        await publish_campaign(campaign)
    for statement in after:
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await owner.execute(statement)


async def test_a_draft_is_read_through_one_door_by_the_staff_alone(
    owner: asyncpg.Connection, network: Planted, ines: Person, claire: Actor, settings: Settings
) -> None:
    await enrol(owner, network, claire.organisation_id)
    await sealed(settings, owner, network)
    draft = await owner.fetchval("select id from edition_draft")
    staff = NetworkActor(ines, network.id, "excellence", "Réseau excellence")
    asked = "select * from draft_figures($1, '{\"\"}')"
    async with reading(staff) as connection:
        assert await connection.execute_query_dict(asked, [draft])
    for other in (claire, ines, None):
        async with reading(other) as connection:
            assert await connection.execute_query_dict(asked, [draft]) == []
            assert await store.DraftSeat.all().count() == 0
    async with reading(staff):
        with pytest.raises(OperationalError, match="permission denied"):
            await store.DraftRow.all().count()


async def test_the_checks_tell_no_figure_and_the_preview_only_what_a_member_would_see(
    visit: Browser, owner: asyncpg.Connection, network: Planted, ines: Person, settings: Settings
) -> None:
    campaign = await sealed(settings, owner, network)
    medians = {
        row["median"]
        for row in await owner.fetch("select distinct median from draft_row where median is not null")
    }
    here = f"{NET}/campaigns/{campaign}/publish"
    async with visit(ines) as browser:
        checks = await browser.get(here)
        seen = await browser.get(f"{here}/preview?member={network.members[3]}")
    assert checks.status_code == seen.status_code == 200
    text = plain(checks.text)
    assert "édiane" not in text
    assert "Ce qui sera montré et masqué, et pourquoi" in text
    shown = {int(one) for one in re.findall(r'data-l="Médiane">(\d+)<', seen.text)}
    assert shown
    assert shown <= medians
    assert "50,0" not in seen.text
    async with as_the_worker(settings):
        await publish_campaign(campaign)
    async with visit(ines) as browser:
        assert "Médiane" not in (await browser.get(f"{here}/preview")).text
        edition = await owner.fetchval("select id from edition")
        verified = plain((await browser.get(f"{NET}/editions/{edition}?verify=1")).text)
    assert "redonnent cette empreinte" in verified
    assert await owner.fetchval("select hash from edition") in verified


async def test_staff_who_know_members_elsewhere_are_shown_no_more_than_a_consultant(
    visit: Browser, owner: asyncpg.Connection, network: Planted, ines: Person, settings: Settings
) -> None:
    campaign = await sealed(settings, owner, network)
    await owner.executemany(
        "insert into membership (id, organisation_id, person_id, role, created_at) values ($1, $2, $3, 'reader', now())",
        [(new_id(), member, ines.person_id) for member in network.members[:18]],
    )
    async with visit(ines) as browser:
        seen = await browser.get(f"{NET}/campaigns/{campaign}/publish/preview?member={network.members[19]}")
    assert 'data-l="Médiane">' not in seen.text
    assert "Rien ne serait montré" in plain(seen.text)


async def test_every_page_stands_though_the_web_role_may_read_nothing_members_gave(
    visit: Browser,
    owner: asyncpg.Connection,
    network: Planted,
    ines: Person,
    claire: Actor,
    settings: Settings,
) -> None:
    """Not a right the code forgoes: a right it does not have."""
    campaign = await plant_campaign(owner, network, "2024")
    await enrol(owner, network, claire.organisation_id)
    own = await submit_round(claire, campaign)
    await contribute(owner, network, campaign)
    async with as_the_worker(settings):
        await publish_campaign(str(campaign.id))
    for table in ("contribution", "draft_row"):
        assert not await owner.fetchval(
            "select has_table_privilege('palier_web', $1, 'select, update, delete')", table
        )
    edition = await owner.fetchval("select id from edition")
    round_ = f"/o/transports-du-val/e/{own.slug}"
    async with visit(claire) as browser:
        for tail in ("/results", "/benchmark", "/benchmark.csv", "/receipt", "/sharing", "/history"):
            assert (await browser.get(f"{round_}{tail}")).status_code == 200, tail
    async with visit(ines) as browser:
        for tail in ("", "/campaigns", f"/campaigns/{campaign.id}/publish", f"/editions/{edition}?verify=1"):
            assert (await browser.get(f"{NET}{tail}")).status_code == 200, tail
