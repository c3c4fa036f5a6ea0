"""An erratum: the same batches, from frozen results, and never one member's correction by itself."""

import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import OperationalError

from palier.assessments.store import Assessment, Campaign
from palier.benchmarks.flows import correcting, frozen
from palier.benchmarks.flows.contributing import comparable_scores, scores_of
from palier.benchmarks.flows.correcting import publish_erratum
from palier.benchmarks.flows.editions import as_rows
from palier.benchmarks.flows.writing_out import write_out
from palier.benchmarks.rules.edition import correct, publish, rebuild
from palier.benchmarks.rules.erratum import taken
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.store import Edition
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading, select
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from palier.scoring.rules import Result, score
from palier.scoring.rules.record import from_plain, result_hash, to_plain
from tests.benchmarks import planting
from tests.benchmarks.attacks import exchanged
from tests.benchmarks.direct import direct
from tests.benchmarks.networks import NETWORK, members
from tests.benchmarks.planting import Planted, plant_campaign, plant_network
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser, Cast
from tests.roles import as_the_worker

WHY = "Une question était mal traduite."


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=60), st.integers(2, 8))
def test_a_batch_takes_at_least_k_corrections_and_leaves_at_least_k_or_nobody(
    drawn: list[tuple[int, bool]], k: int
) -> None:
    seats = [Seat(batch, str(number), "", {}) for number, (batch, _) in enumerate(drawn)]
    corrected = {str(number) for number, (_, filed) in enumerate(drawn) if filed}
    found = taken(seats, corrected, k)
    assert found <= corrected
    for batch in {seat.batch for seat in seats}:
        mates = {seat.member for seat in seats if seat.batch == batch}
        changed, left = mates & found, mates - found
        assert not changed or (changed == mates & corrected and len(changed) >= k)
        assert not changed or not left or len(left) >= k


def test_original_and_erratum_together_hide_who_is_who_on_each_side_of_a_batch() -> None:
    """Exchanging what two corrected mates gave before and after, at once, changes neither edition."""
    before = members(60)
    edition = publish(NETWORK, before, None)
    batch = [seat.member for seat in edition.seats if seat.batch == 1]
    after = [
        one | {"scores": {v: min(100.0, s + 7) for v, s in one["scores"].items()}}
        if one["member"] in batch
        else one
        for one in before
    ]
    erratum = correct(edition, after)
    assert erratum.fingerprint() != edition.fingerprint()
    assert publish(NETWORK, exchanged(before, batch), None) == edition
    assert correct(edition, exchanged(after, batch)).fingerprint() == erratum.fingerprint()


def scored(level: int) -> Result:
    rows = [{"code": one.code, "state": "answered", "level": level} for one in latest("FL").criteria]
    return score(latest("FL"), rows)


async def plant_round(
    owner: asyncpg.Connection, member: UUID, level: int, campaign: Campaign | None, name: str
) -> UUID:
    """A submitted round, every criterion at `level`, as if it had been answered."""
    result, row = scored(level), new_id()
    await owner.execute(
        "insert into assessment (id, organisation_id, slug, name, questionnaire, version, definition_hash, scope, campaign_id, opens_on, "
        "state, created_by, created_at, submitted_at, submitted_by, submitted_name, receipt, benchmark_consent, result, result_hash, "
        "engine_version, audit_head) values ($1, $2, $3, $3, 'FL', $4, $5, '[]', $6, $7, 'submitted', $1, now(), now(), $1, 'Qui', $8, "
        "true, $9, $10, $11, '')",
        row, member, name, latest("FL").version, latest("FL").content_hash, campaign.id if campaign else None, date(2026, 10, 1),
        f"2026-{str(row)[-4:]}", json.dumps(to_plain(result)), result_hash(result), result.engine,
    )  # fmt: skip
    return row


async def file_corrections(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, who: Sequence[UUID], level: int = 5
) -> None:
    for member in who:
        later = await plant_round(owner, member, level, None, "corrected")
        await owner.execute(
            "insert into correction (id, network_id, campaign_id, organisation_id, assessment_id, reason, said_by, said_name, said_at) "
            "values ($1, $2, $3, $4, $5, 'Erreur de lecture', $1, 'Qui', now())",
            new_id(), network.id, campaign.id, member, later,
        )  # fmt: skip


@pytest.fixture
async def network(owner: asyncpg.Connection, cast: Cast, request: pytest.FixtureRequest) -> Planted:
    planted = await plant_network(owner, getattr(request, "param", 20))
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(), planted.id, cast.people["ines"].person_id,
    )  # fmt: skip
    return planted


@pytest.fixture
async def campaign(owner: asyncpg.Connection, network: Planted, settings: Settings) -> Campaign:
    """A published campaign of rounds that are still there."""
    planted = await plant_campaign(owner, network)
    await planting.contribute(owner, network, planted)
    for number, member in enumerate(network.members):
        level = 1 + number % 4
        row = await plant_round(owner, member, level, planted, "first")
        await owner.execute(
            "update contribution set assessment_id = $2, scores = $3 where organisation_id = $1",
            member, row, json.dumps(scores_of(scored(level))),
        )  # fmt: skip
    await planting.publish(settings, planted)
    return planted


async def batch_of(owner: asyncpg.Connection) -> list[UUID]:
    rows = await owner.fetch("select organisation_id from batch_member where batch = 1 order by 1")
    return [row["organisation_id"] for row in rows]


async def ask(owner: asyncpg.Connection, settings: Settings, times: int = 1) -> None:
    edition = await owner.fetchval("select id from edition where corrects_id is null")
    async with as_the_worker(settings):
        for _ in range(times):
            await publish_erratum(str(edition), WHY, on="2027-01-10")


async def test_an_erratum_stands_beside_its_original_over_the_same_batches_once(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings
) -> None:
    await file_corrections(owner, network, campaign, await batch_of(owner))
    await ask(owner, settings, times=2)
    original, erratum = await owner.fetch("select * from edition order by corrects_id nulls first")
    assert (erratum["corrects_id"], erratum["reason"]) == (original["id"], WHY)
    assert erratum["hash"] != original["hash"]
    assert erratum["previous_id"] is None
    assert await _seats(settings, original["id"]) == await _seats(settings, erratum["id"])
    median = "select median from release_row where edition_id = $1 and cohort = '' and variable = 'total'"
    assert await owner.fetchval(median, erratum["id"]) > await owner.fetchval(median, original["id"])
    assert await owner.fetchval("select count(*) from contribution where scores is not null") == 0


@pytest.mark.parametrize("kept", [True, False])
async def test_an_erratum_is_the_same_from_cells_kept_and_from_everybodys_results(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings, *, kept: bool
) -> None:
    batch = await batch_of(owner)
    await file_corrections(owner, network, campaign, batch)
    if not kept:
        await owner.execute("delete from batch_cell")
    expected = await _expected(owner, set(batch))
    before = await _figures(owner, settings)
    await ask(owner, settings)
    assert await owner.fetchval("select hash from edition where corrects_id is not null") == expected
    after = await _figures(owner, settings)
    assert {cohort for cohort, *_ in after} == {cohort for cohort, *_ in before}
    assert len(after) == len(before)
    assert after != before
    assert await owner.fetchval("select count(*) from batch_cell") == 0
    assert await owner.fetchval("select count(*) from release_text") == 0


async def _figures(owner: asyncpg.Connection, settings: Settings) -> set[tuple[object, ...]]:
    """Of the newest edition, as whatever reads it whole is told."""
    newest = await owner.fetchval("select id from edition order by corrects_id nulls last limit 1")
    async with as_the_worker(settings), reading(None):
        rows = await frozen.rows_of(await Edition.get(id=newest))
    return {tuple(row.values()) for row in rows}


async def _seats(settings: Settings, edition: UUID) -> list[tuple[int, UUID]]:
    async with as_the_worker(settings), reading(None):
        seats = await frozen.seats_of(await Edition.get(id=edition))
    return sorted((seat["batch"], seat["organisation_id"]) for seat in seats)


COLUMNS = "cohort, variable, n_band, p10, q1, median, q3, p90, batches"
OWN = f"select {COLUMNS} from release_row where edition_id = $1 order by cohort, variable"


@pytest.mark.parametrize("network", [48], indirect=True)
@pytest.mark.parametrize("kept", [True, False])
async def test_an_erratum_writes_down_the_cohorts_that_changed_and_stands_on_the_others(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings, *, kept: bool
) -> None:
    batch = await batch_of(owner)
    await file_corrections(owner, network, campaign, batch)
    if not kept:
        await owner.execute("delete from release_text")
    await ask(owner, settings)
    original, erratum = await owner.fetch("select id from edition order by corrects_id nulls first")
    first = {tuple(row) for row in await owner.fetch(OWN, original["id"])}
    own = {tuple(row) for row in await owner.fetch(OWN, erratum["id"])}
    changed = {cohort for cohort, *_ in own}
    assert "" in changed
    assert all(1 in json.loads(row[-1]) for row in own)
    stands_on = {row for row in first if row[0] not in changed}
    assert stands_on
    async with as_the_worker(settings), reading(None):
        edition = await Edition.get(id=erratum["id"])
        whole = as_rows(await frozen.rows_of(edition))
        some = as_rows(await frozen.rows_of(edition, sorted({row[0] for row in stands_on})))
        sizes = await frozen.sizes_of(edition)
    assert {astuple(row) for row in whole} == {
        (*row[:-1], tuple(json.loads(row[-1]))) for row in own | stands_on
    }
    assert {row.cohort_key for row in some} == {row[0] for row in stands_on}
    assert sizes["rows"] == len(first)
    assert sizes["cohorts"] == len({row[0] for row in first})
    assert sizes["sealed"] == len(network.members)


@pytest.mark.parametrize("network", [48], indirect=True)
async def test_the_release_before_finds_every_row_and_seat_under_the_erratum_itself(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    """Old code asks for `edition_id = the erratum` and knows of no other: what it would be shown gives the fingerprint."""
    await file_corrections(owner, network, campaign, await batch_of(owner))
    await ask(owner, settings)
    original, erratum = await owner.fetch("select * from edition order by corrects_id nulls first")
    async with as_the_worker(settings):
        await write_out(str(erratum["id"]))
        await run_jobs()
        await write_out(str(original["id"]))
    columns = "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = $1 order by 1, 2"
    assert await owner.fetch(columns, erratum["id"]) == await owner.fetch(columns, original["id"])
    rows = [Row(*row[:-1], tuple(json.loads(row[-1]))) for row in await owner.fetch(OWN, erratum["id"])]
    whole = rebuild(rows, (), k=erratum["k"], priority=json.loads(erratum["priority"]))
    assert whole.fingerprint() == erratum["hash"]
    assert len(rows) == len(await owner.fetch(OWN, original["id"]))


async def _expected(owner: asyncpg.Connection, corrected: set[UUID]) -> str:
    """The fingerprint of the same batches from everybody's scores, those `corrected` at level 5: without a line of the flow."""
    edition = await owner.fetchrow("select id, k, priority from edition")
    rows = await owner.fetch(
        "select * from batch_member where edition_id = $1 order by batch, organisation_id", edition["id"]
    )
    seats = [
        Seat(one["batch"], str(one["organisation_id"]), one["legal_group"], json.loads(one["attributes"]))
        for one in rows
    ]
    levels = dict(await owner.fetch("select organisation_id, result from assessment where name = 'first'"))
    given = [
        {
            "member": seat.member, "group": seat.group, **seat.attributes,
            "scores": comparable_scores(scored(5) if UUID(seat.member) in corrected else from_plain(json.loads(levels[UUID(seat.member)]))),
        }
        for seat in seats
    ]  # fmt: skip
    frozen = rebuild((), seats, k=edition["k"], priority=json.loads(edition["priority"]))
    return direct(frozen, given).fingerprint()


async def test_an_erratum_from_cells_reads_the_results_of_the_corrected_batches_alone(
    owner: asyncpg.Connection,
    network: Planted,
    campaign: Campaign,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = await batch_of(owner)
    await file_corrections(owner, network, campaign, batch)
    read: list[UUID] = []

    async def noted(organisation: UUID, assessment: UUID | None) -> Assessment:
        read.append(organisation)
        return await inner(organisation, assessment)

    inner = correcting._round_of
    monkeypatch.setattr(correcting, "_round_of", noted)
    await ask(owner, settings)
    assert await owner.fetchval("select count(*) from edition") == 2
    assert sorted(read) == batch
    assert len(batch) < len(network.members)


async def test_cells_that_are_not_what_was_published_stop_the_erratum(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings
) -> None:
    """Somebody with the keys to the database exchanges the cells of a batch that was not corrected."""
    await file_corrections(owner, network, campaign, await batch_of(owner))
    await owner.execute(
        "set session_replication_role = replica; "
        "update batch_cell set cells = (select cells from batch_cell where batch = 1) where batch = 2; "
        "set session_replication_role = default"
    )
    await ask(owner, settings)
    assert await owner.fetchval("select count(*) from edition") == 1
    refused = "select details from audit_entry where verb = 'benchmarks.erratum_refused'"
    assert "do not give the edition again" in await owner.fetchval(refused)


@pytest.mark.parametrize("gone", ["a result", "a consent"])
async def test_cells_go_with_the_first_result_or_consent_taken_back(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, gone: str
) -> None:
    assert await owner.fetchval("select count(*) from batch_cell") == 2
    member = network.members[3]
    first = await owner.fetchval("select id from assessment where organisation_id = $1", member)
    if gone == "a result":
        await owner.execute("delete from assessment where id = $1", first)
    else:
        await owner.execute(
            "insert into consent (id, organisation_id, network_id, campaign_id, assessment_id, given, in_time, version, wording_hash, "
            "locale, said_by, said_name, said_at) values ($1, $2, $3, $4, $5, false, false, '1', '', 'fr', $1, 'Qui', now())",
            new_id(), member, network.id, campaign.id, first,
        )  # fmt: skip
    assert await owner.fetchval("select count(*) from batch_cell") == 0


async def test_text_that_is_not_what_was_published_stops_the_erratum(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings
) -> None:
    """Text is written once; and where somebody with the keys to the database changed it, the fingerprint tells."""
    await file_corrections(owner, network, campaign, await batch_of(owner))
    forged = "update release_text set lines = replace(lines, '\"total\"', '\"TOTAL\"') where cohort <> ''"
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await owner.execute(forged)
    await owner.execute(
        f"set session_replication_role = replica; {forged}; set session_replication_role = default"
    )
    await ask(owner, settings)
    assert await owner.fetchval("select count(*) from edition") == 1
    refused = "select details from audit_entry where verb = 'benchmarks.erratum_refused'"
    assert "do not give the edition again" in await owner.fetchval(refused)


async def test_the_web_process_reads_no_cell_whoever_asks(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, cast: Cast, claire: Actor
) -> None:
    staff = NetworkActor(cast.people["ines"], network.id, network.slug, "Excellence")
    for actor in (None, claire, staff):
        async with reading(actor):
            with pytest.raises(OperationalError, match="permission denied"):
                await select("select cells from batch_cell")
        async with reading(actor):
            with pytest.raises(OperationalError, match="permission denied"):
                await select("select lines from release_text")


@pytest.mark.parametrize("obstacle", ["one alone", "all but one", "taken back", "erased"])
async def test_an_erratum_is_refused_where_it_would_tell_one_member_or_lacks_a_consent(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, settings: Settings, obstacle: str
) -> None:
    batch = await batch_of(owner)
    filed = {"one alone": batch[:1], "all but one": batch[:-1]}.get(obstacle, batch)
    await file_corrections(owner, network, campaign, filed)
    other = next(one for one in network.members if one not in batch)
    first = await owner.fetchval(
        "select id from assessment where organisation_id = $1 and name = 'first'", other
    )
    if obstacle == "taken back":
        await owner.execute(
            "insert into consent (id, organisation_id, network_id, campaign_id, assessment_id, given, in_time, version, wording_hash, "
            "locale, said_by, said_name, said_at) values ($1, $2, $3, $4, $5, false, false, '1', '', 'fr', $1, 'Qui', now())",
            new_id(), other, network.id, campaign.id, first,
        )  # fmt: skip
    elif obstacle == "erased":
        await owner.execute("delete from assessment where id = $1", first)
    await ask(owner, settings)
    assert await owner.fetchval("select count(*) from edition") == 1
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'benchmarks.erratum_refused'")
        == 1
    )


@pytest.mark.parametrize(
    ("said", "errata"), [((False, True), 1), ((True, False), 0), ((False, True, False), 0)]
)
async def test_the_last_word_about_a_round_decides_whether_its_batch_may_be_read_again(
    owner: asyncpg.Connection,
    network: Planted,
    campaign: Campaign,
    settings: Settings,
    said: tuple[bool, ...],
    errata: int,
) -> None:
    batch = await batch_of(owner)
    await file_corrections(owner, network, campaign, batch)
    other = next(one for one in network.members if one not in batch)
    first = await owner.fetchval(
        "select id from assessment where organisation_id = $1 and name = 'first'", other
    )
    for number, yes in enumerate(said):
        await owner.execute(
            "insert into consent (id, organisation_id, network_id, campaign_id, assessment_id, given, in_time, version, wording_hash, "
            "locale, said_by, said_name, said_at) values ($1, $2, $3, $4, $5, $6, false, '1', '', 'fr', $1, 'Qui', now() + $7 * "
            "interval '1 minute')",
            new_id(), other, network.id, campaign.id, first, yes, number,
        )  # fmt: skip
    await ask(owner, settings)
    assert await owner.fetchval("select count(*) from edition where corrects_id is not null") == errata


async def test_staff_ask_for_an_erratum_with_a_reason_once_enough_members_filed_theirs(
    visit: Browser,
    owner: asyncpg.Connection,
    network: Planted,
    campaign: Campaign,
    settings: Settings,
    cast: Cast,
    run_jobs,
) -> None:  # type: ignore[no-untyped-def]
    ines: Person = cast.people["ines"]
    edition = await owner.fetchval("select id from edition")
    here = f"/n/excellence/editions/{edition}"
    batch = await batch_of(owner)
    async with visit(ines) as browser:
        await file_corrections(owner, network, campaign, batch[:1])
        assert 'name="reason"' not in (await browser.get(here)).text
        assert (await browser.send_form(f"{here}/correct", {"reason": WHY})).status_code == 422
        await file_corrections(owner, network, campaign, batch[1:])
        assert (await browser.send_form(f"{here}/correct", {"reason": ""})).status_code == 422
        twice = {"reason": WHY, "op": str(new_id())}
        for _click in range(2):
            assert (await browser.send_form(f"{here}/correct", twice)).status_code == 303
        asked = "select count(*) from audit_entry where verb = 'benchmarks.erratum_asked'"
        assert await owner.fetchval(asked) == 1
        async with as_the_worker(settings):
            await run_jobs()
        text = plain((await browser.get(here)).text)
        erratum = await owner.fetchval("select id from edition where corrects_id is not null")
        corrected = plain((await browser.get(f"/n/excellence/editions/{erratum}?verify=1")).text)
    assert "Remplacée par une édition corrigée" in text
    assert WHY in corrected
    assert "redonnent cette empreinte" in corrected


async def test_a_member_reads_that_an_edition_is_corrected_and_which_it_replaces(
    visit: Browser,
    owner: asyncpg.Connection,
    network: Planted,
    campaign: Campaign,
    settings: Settings,
    claire: Actor,
) -> None:
    await planting.enrol(owner, network, claire.organisation_id)
    own = await planting.submit_round(claire, campaign)
    await file_corrections(owner, network, campaign, await batch_of(owner))
    await ask(owner, settings)
    original = await owner.fetchval("select id from edition where corrects_id is null")
    here = f"/o/transports-du-val/e/{own.slug}/benchmark"
    async with visit(claire) as browser:
        corrected = plain((await browser.get(here)).text)
        before = await browser.get(f"{here}?edition={original}")
    assert f"qui reste lisible. {WHY}" in corrected
    assert before.status_code == 200
    assert WHY not in before.text


async def test_a_query_that_forgets_shows_corrections_to_their_member_and_the_staff_alone(
    owner: asyncpg.Connection, network: Planted, campaign: Campaign, cast: Cast, claire: Actor
) -> None:
    await planting.enrol(owner, network, claire.organisation_id)
    await file_corrections(owner, network, campaign, [network.members[0], claire.organisation_id])

    async def seen(actor: Actor | NetworkActor) -> set[UUID]:
        async with reading(actor):
            return {row["organisation_id"] for row in await select("select organisation_id from correction")}

    assert await seen(claire) == {claire.organisation_id}
    stranger = NetworkActor(cast.people["nora"], new_id(), "autre", "Autre")
    assert await seen(stranger) == set()
