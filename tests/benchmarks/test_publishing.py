"""From a submitted round to a frozen edition, on a real database and with the roles of the two processes."""

import json
from collections import Counter, defaultdict
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from palier.benchmarks import store
from palier.benchmarks.flows.contributing import collect, collect_of_member
from palier.benchmarks.flows.publishing import publish_campaign
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.network.store import Organisation, as_confirmed
from palier.questionnaires.catalogue import latest
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.conftest import Cast
from tests.roles import as_the_worker


@pytest.fixture
async def network(owner: asyncpg.Connection, cast: Cast) -> Planted:
    """Thirty members and Transports du Val."""
    planted = await plant_network(owner, 30)
    await enrol(owner, planted, cast.organisations["valley"].id)
    return planted


async def contributions(owner: asyncpg.Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in await owner.fetch("select * from contribution")]


async def take(settings: Settings, assessment: Any) -> None:
    async with as_the_worker(settings):
        await collect(str(assessment.organisation_id), str(assessment.id))


async def test_a_shared_round_of_a_verified_member_is_taken_once(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    await take(settings, assessment)
    await take(settings, assessment)
    (row,) = await contributions(owner)
    assert json.loads(row["scores"])["total"] == "50"
    assert json.loads(row["attributes"])["sector"] == "passenger_transport"


async def test_a_round_that_was_not_shared_is_not_taken(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await take(settings, await submit_round(claire, campaign, consent=False))
    await take(settings, await submit_round(claire, None, consent=True, name="Essai"))
    assert await contributions(owner) == []


async def test_a_round_on_another_questionnaire_than_the_campaign_is_not_taken(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network, questionnaire="SX")
    await take(settings, await submit_round(claire, campaign, asked=latest("FL")))
    assert await contributions(owner) == []


async def test_too_many_unknown_answers_keep_a_round_out(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    unknown = [criterion.code for criterion in latest("FL").criteria[:3]]
    await take(settings, await submit_round(claire, await plant_campaign(owner, network), dont_know=unknown))
    assert await contributions(owner) == []


async def test_a_dimension_that_hardly_applies_leaves_with_the_total_and_the_rest_stays(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    dimension = latest("FL").dimensions[0]
    absent = [criterion.code for element in dimension.elements for criterion in element.criteria][:1]
    await take(
        settings, await submit_round(claire, await plant_campaign(owner, network), not_applicable=absent)
    )
    (row,) = await contributions(owner)
    scores = json.loads(row["scores"])
    assert scores["total"] is None
    assert scores[dimension.code] is None
    assert scores[latest("FL").dimensions[1].code] == "50"


async def test_an_unverified_member_is_taken_when_the_staff_verifies_it(
    owner: asyncpg.Connection, cast: Cast, claire: Actor, settings: Settings
) -> None:
    network = await plant_network(owner, 2)
    await enrol(owner, network, claire.organisation_id, verified=False)
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    await take(settings, assessment)
    assert await contributions(owner) == []
    await owner.execute("update network_member set verified_at = now()")
    async with as_the_worker(settings):
        await collect_of_member(str(claire.organisation_id), str(network.id))
    assert len(await contributions(owner)) == 1


async def test_a_throw_away_copy_is_never_taken(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    await owner.execute(
        "set session_replication_role = replica"
    )  # copies are born so; no trigger lets one become so
    await owner.execute(
        "update organisation set sandbox_until = now() + interval '1 day' where id = $1",
        claire.organisation_id,
    )
    await take(settings, assessment)
    assert await contributions(owner) == []


async def test_publishing_seals_once_forgets_the_scores_and_tells_the_audit_trail(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    first = await owner.fetch("select * from release_row order by id")
    await publish(settings, campaign, on="2027-01-01")
    assert await owner.fetch("select * from release_row order by id") == first
    edition = await owner.fetchrow("select * from edition")
    assert edition["k"] == 8
    assert {row["scores"] for row in await contributions(owner)} == {None}
    async with as_the_worker(settings), reading(None):
        assert await audit.broken_links(network.id) == []
    details = await owner.fetchval("select details from audit_entry where chain = $1", network.id)
    assert json.loads(details)["hash"] == edition["hash"]


async def test_no_seat_holds_a_score_and_no_batch_is_under_k(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    seats = await owner.fetch("select batch, attributes from batch_member")
    assert min(Counter(seat["batch"] for seat in seats).values()) >= 8
    assert set(json.loads(seats[0]["attributes"])) == {"family", "sector", "size", "country", "legal_kind"}


async def test_nothing_is_taken_or_changed_after_the_seal(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    await take(settings, await submit_round(claire, campaign))
    assert len(await contributions(owner)) == 30
    for table in ("edition", "release_row"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await owner.execute(f"update {table} set network_id = network_id")
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await owner.execute(f"delete from {table}")


async def test_too_few_contributions_publish_nothing_and_wait(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign, network.members[:7])
    await publish(settings, campaign)
    assert await owner.fetchval("select count(*) from edition") == 0
    assert all(row["scores"] for row in await contributions(owner))


async def test_who_left_before_the_seal_is_not_in_it(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await owner.execute(
        "update network_member set left_on = current_date where organisation_id = $1", network.members[0]
    )
    await owner.execute(
        "update network_member set verified_at = null where organisation_id = $1", network.members[1]
    )
    await publish(settings, campaign)
    seated = {row["organisation_id"] for row in await owner.fetch("select organisation_id from batch_member")}
    assert seated == set(network.members[2:])


async def test_one_bank_among_the_members_is_enough_for_a_careful_k(
    owner: asyncpg.Connection, cast: Cast, settings: Settings
) -> None:
    network = await plant_network(owner, 110)
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign, network.members[1:])
    await owner.execute(
        "update organisation set sector = 'bank', family = 'finance' where id = $1", network.members[0]
    )
    await publish(settings, campaign)
    assert await owner.fetchval("select k from edition") == 8


async def test_mates_stay_together_in_the_next_campaign(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    for name in ("2025", "2026"):
        campaign = await plant_campaign(owner, network, name)
        await contribute(owner, network, campaign, seed=int(name))
        await publish(settings, campaign)
    assert await batches(owner, "2025") == await batches(owner, "2026")
    assert await owner.fetchval("select previous_id from edition where name = '2026'") is not None


async def batches(owner: asyncpg.Connection, edition: str) -> set[frozenset[Any]]:
    rows = await owner.fetch(
        "select batch, organisation_id from batch_member m join edition e on e.id = m.edition_id where e.name = $1",
        edition,
    )
    found: dict[int, set[Any]] = defaultdict(set)
    for row in rows:
        found[row["batch"]].add(row["organisation_id"])
    return {frozenset(members) for members in found.values()}


async def test_the_set_of_stored_figures_a_member_moves_is_shared_by_a_whole_batch(
    owner: asyncpg.Connection, cast: Cast, settings: Settings
) -> None:
    """Black box through the database: everyone at 50, one member at 100, and what moved in release_row."""
    network = await plant_network(owner, 17, slug="petit")
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign, seed=2, **dict.fromkeys(("total", "FL1"), "50"))
    calm = await published(owner, settings, campaign)
    traces: Counter[frozenset[Any]] = Counter()
    for member in network.members:
        await owner.execute(
            'update contribution set scores = scores || \'{"total": "100"}\' where organisation_id = $1',
            member,
        )
        traces[frozenset(calm.items() ^ (await published(owner, settings, campaign)).items())] += 1
        await owner.execute(
            'update contribution set scores = scores || \'{"total": "50"}\' where organisation_id = $1',
            member,
        )
    assert calm
    assert all(company >= 8 for trace, company in traces.items() if trace)
    assert any(traces)


async def published(
    owner: asyncpg.Connection, settings: Settings, campaign: Any
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What an edition would hold: published, read, and its tables emptied again by the administrator."""
    kept = await owner.fetch("select id, scores from contribution")
    await publish(settings, campaign)
    rows = await owner.fetch("select cohort, variable, n_band, p10, q1, median, q3, p90 from release_row")
    await owner.execute(
        "set session_replication_role = replica; delete from release_row; delete from batch_member; "
        "delete from edition; delete from edition_draft; set session_replication_role = default"
    )
    await owner.executemany(
        "update contribution set scores = $2 where id = $1", [(row["id"], row["scores"]) for row in kept]
    )
    return {(row["cohort"], row["variable"]): tuple(row)[2:] for row in rows}


async def test_the_web_role_reads_neither_a_colleagues_contribution_nor_a_strangers_figures(
    owner: asyncpg.Connection, network: Planted, claire: Actor, nora: Actor, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    async with reading(claire):
        assert await store.ReleaseRow.all().count() > 0
        with pytest.raises(OperationalError, match="permission denied"):
            await store.Contribution.all().count()
    for outsider in (nora, None):
        async with reading(outsider):
            assert await store.ReleaseRow.all().count() == 0
            assert await store.Edition.all().count() == 0
            assert await store.BatchMember.all().count() == 0


@pytest.mark.parametrize("change", ["verified_at = null", "left_on = current_date"])
async def test_only_a_verified_present_member_reads_figures(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings, change: str
) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    await owner.execute(
        f"update network_member set {change} where organisation_id = $1", claire.organisation_id
    )
    async with reading(claire):
        assert await store.ReleaseRow.all().count() == 0
        assert await store.editions_for(claire, "FL", campaign.major) == []


async def test_the_web_process_cannot_publish(owner: asyncpg.Connection, network: Planted) -> None:
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    with pytest.raises(Exception, match=r"permission denied|does not exist|DoesNotExist"):
        await publish_campaign(str(campaign.id))
    async with transaction(None):
        pass
    assert await owner.fetchval("select count(*) from edition") == 0


async def test_a_network_may_have_more_members_than_a_statement_takes_parameters(
    owner: asyncpg.Connection, network: Planted, settings: Settings
) -> None:
    confirmed = network.members[3]
    await owner.execute(
        "insert into register_entry (id, key, network_id, organisation_id, name, registration, family, sector, size, country, "
        "legal_kind, legal_group, email, contact, fingerprint, confirmed_name, confirmed_at) values ($1, 'a', $2, $3, 'A', '', 'health', "
        "'', '', '', '', '', '', '', '', '', now())",
        new_id(), network.id, confirmed,
    )  # fmt: skip
    many = [Organisation(id=new_id(), family="transport") for _ in range(33_000)]
    async with as_the_worker(settings), reading(None):
        found = await as_confirmed(
            network.id, [*many, Organisation(id=confirmed, family="transport", sector="rail")]
        )
    assert [(one.family, one.sector) for one in found if one.family != "transport"] == [("health", "rail")]
    assert len(found) == 33_001
