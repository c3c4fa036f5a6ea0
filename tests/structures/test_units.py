"""Units under a parent: made or taken in by agreement, rolled up, and closed to everybody else."""

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.foundation import actor as acting
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network import store as network
from tests.benchmarks.planting import submit_round
from tests.conftest import Browser, Cast, plant_organisation, plant_person

VALLEY = "/o/transports-du-val"


@dataclass
class Family:
    """Claire's organisation with two units: the depot made by her, the lake line taken in."""

    depot: Actor
    lake: Actor


async def mailed(owner: asyncpg.Connection, recipient: str) -> str:
    text = await owner.fetchval(
        "select text from mail where recipient = $1 order by created_at desc limit 1", recipient
    )
    found = re.search(r"https?://[^/\s]+(/belong/\S+)", text)
    assert found
    return found[1]


async def _actor(slug: str, person: acting.Person, owner: asyncpg.Connection) -> Actor:
    row = await owner.fetchrow("select id, name from organisation where slug = $1", slug)
    return Actor(person, acting.Organisation(row["id"], slug, row["name"]), Role.OWNER)


@pytest.fixture
async def family(cast: Cast, claire: Actor, nora: Actor, visit: Browser, owner: asyncpg.Connection) -> Family:
    async with visit(claire) as browser:
        made = {
            "op": str(new_id()),
            "name": "Dépôt nord",
            "kind": "site",
            "place": "Annecy",
            "lead": "lea@example.org",
        }
        assert (await browser.send_form(f"{VALLEY}/units/new", made)).status_code == 303
        asked = {"op": str(new_id()), "email": "nora@example.org", "kind": "branch", "place": "Évian"}
        assert (await browser.send_form(f"{VALLEY}/units/ask", asked)).status_code == 303
    link = await mailed(owner, "nora@example.org")
    async with visit(nora) as browser:
        assert "/o/clinique-du-lac/belong/" in (await browser.get(link)).text
        page = (await browser.get(f"/o/clinique-du-lac{link}")).text
        assert "Transports du Val" in page
        assert (await browser.send_form(f"/o/clinique-du-lac{link}")).headers[
            "location"
        ] == "/o/clinique-du-lac/units"
        assert (await browser.send_form(f"/o/clinique-du-lac{link}")).status_code == 410
    return Family(await _actor("depot-nord", claire.person, owner), nora)


async def test_a_parent_reads_scores_of_submitted_rounds_and_progress_of_open_ones(
    family: Family, claire: Actor, sophie: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    await submit_round(family.depot, None, level=4)
    lake = await submit_round(family.lake, None, level=2)
    async with visit(sophie) as browser:
        page = (await browser.get(f"{VALLEY}/units")).text
        assert "75,0" in page
        assert "25,0" in page
        assert "50,0" in page
        assert "2 unités sur 2" in page
        table = list(csv.reader(io.StringIO((await browser.get(f"{VALLEY}/units/table.csv")).content.decode("utf-8-sig")), delimiter=";"))  # fmt: skip
        assert [line[7] for line in table if line[5] == "total"] == ["25,0", "75,0", "50,0"]
        data = json.loads((await browser.get(f"{VALLEY}/units/table.json")).content)
        assert data["together"]["total"] == {
            "score": 50.0,
            "lowest": 25.0,
            "highest": 75.0,
            "counted": 2,
            "units": 2,
        }
        assert data["parent"] is None
        assert (await browser.get(f"{VALLEY}/units/table.xlsx")).content[:2] == b"PK"
        units = {row["name"]: row["id"] for row in await owner.fetch("select u.id, o.name from unit u join organisation o on o.id = u.organisation_id")}  # fmt: skip
        # The unit taken in keeps its answers; the one made here shows them, and only what was chosen.
        assert (
            await browser.get(f"{VALLEY}/units/{units['Clinique du Lac']}/answers/{lake.id}")
        ).status_code == 404
        assert (
            await browser.get(f"{VALLEY}/units/{units['Dépôt nord']}/answers/{lake.id}")
        ).status_code == 404
        depot = await owner.fetchval("select id from assessment where organisation_id = $1", family.depot.organisation_id)  # fmt: skip
        assert (await browser.get(f"{VALLEY}/units/{units['Dépôt nord']}/answers/{depot}")).status_code == 200
        # No membership is implied: the unit's own pages stay shut.
        assert (await browser.get("/o/clinique-du-lac")).status_code == 404
        assert (await browser.send_form(f"{VALLEY}/units/new", {"name": "x"})).status_code == 403
    async with visit(family.lake) as browser:
        assert (
            await browser.send_form("/o/clinique-du-lac/units/answers", {"opened": "yes"})
        ).status_code == 303
        assert "Transports du Val" in (await browser.get("/o/clinique-du-lac/units")).text
    async with visit(sophie) as browser:
        assert (
            await browser.get(f"{VALLEY}/units/{units['Clinique du Lac']}/answers/{lake.id}")
        ).status_code == 200


async def test_weights_count_once_every_unit_has_one_and_the_own_round_stands_beside(
    family: Family, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    await submit_round(family.depot, None, level=4)
    await submit_round(family.lake, None, level=2)
    await submit_round(claire, None, level=5)
    rows = await owner.fetch(
        "select u.id, o.slug from unit u join organisation o on o.id = u.organisation_id"
    )
    units = {row["slug"]: row["id"] for row in rows}
    async with visit(claire) as browser:

        async def together() -> Any:
            return json.loads((await browser.get(f"{VALLEY}/units/table.json")).content)

        weigh = {"kind": "site", "place": "", "weight": "300"}
        await browser.send_form(f"{VALLEY}/units/{units['depot-nord']}", weigh)
        assert (await together())["together"]["total"]["score"] == 50.0
        await browser.send_form(f"{VALLEY}/units/{units['clinique-du-lac']}", weigh | {"weight": "100"})
        found = await together()
        assert (found["weighted"], found["together"]["total"]["score"]) == (True, 62.5)
        assert found["parent"]["scores"]["total"] == 100.0
        refused = await browser.send_form(f"{VALLEY}/units/{units['depot-nord']}", weigh | {"weight": "-3"})
        assert refused.status_code == 422


async def test_letting_go_and_leaving_end_what_is_seen_and_are_told_in_both_trails(
    family: Family, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    await submit_round(family.depot, None)
    await submit_round(family.lake, None)
    async with visit(family.lake) as browser:
        assert (await browser.send_form("/o/clinique-du-lac/units/leave")).status_code == 303
    depot = await owner.fetchval(
        "select id from unit where organisation_id = $1", family.depot.organisation_id
    )
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{VALLEY}/units/{depot}/let-go")).status_code == 303
        page = (await browser.get(f"{VALLEY}/units")).text
        assert "Clinique du Lac" not in page
        assert (await browser.get(f"{VALLEY}/units/table.json")).status_code == 404
    for organisation in (claire, family.lake, family.depot):
        verbs = await owner.fetch(
            "select verb from audit_entry where chain = $1", organisation.organisation_id
        )
        assert {"affiliations.joined", "affiliations.left"} <= {row["verb"] for row in verbs}
    assert await owner.fetchval("select count(*) from unit where left_at is not null") == 2


async def test_a_unit_has_no_units_and_one_parent(
    family: Family, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(family.lake) as browser:
        made = {"op": str(new_id()), "name": "Sous-unité", "kind": "site"}
        assert (await browser.send_form("/o/clinique-du-lac/units/new", made)).status_code == 422
    assert await owner.fetchval("select count(*) from organisation where name = 'Sous-unité'") == 0
    with pytest.raises(asyncpg.PostgresError, match="one parent"):
        await owner.execute(
            "insert into unit (id, organisation_id, parent_id, kind, place, answers_open, made_here, joined_at, joined_name, left_name) "
            "values (gen_random_uuid(), $1, $2, 'site', '', false, false, now(), 'x', '')",
            claire.organisation_id, family.depot.organisation_id,
        )  # fmt: skip


async def _ids(sql: str, *values: object) -> set[UUID]:
    return {next(iter(row.values())) for row in await select(sql, *values)}


async def test_the_database_shows_units_to_nobody_else_even_if_the_queries_forgot(
    family: Family, claire: Actor, cast: Cast, owner: asyncpg.Connection
) -> None:
    await submit_round(family.depot, None)
    lake = await submit_round(family.lake, None)
    stranger_person = await plant_person("Étranger", "etranger@example.org")
    stranger = Actor(
        stranger_person, await plant_organisation("Étrangère", "etrangere", stranger_person), Role.OWNER
    )
    us, depot, far = claire.organisation_id, family.depot.organisation_id, family.lake.organisation_id
    for actor, organisations, units, rounds in (
        (claire, {us, depot, far}, 2, 2), (family.depot, {us, depot}, 1, 0), (stranger, {stranger.organisation_id}, 0, 0),
    ):  # fmt: skip
        async with reading(actor):
            if actor is not claire and actor is not family.depot:
                assert await _ids("select id from organisation") == organisations
            else:
                assert organisations <= await _ids("select id from organisation")
            assert len(await select("select * from unit")) == units
            assert len(await select("select * from unit_rounds()")) == rounds
            assert len(await select("select * from unit_scores('FL')")) == rounds
            assert (await _ids("select organisation_id from assessment")) <= {actor.organisation_id}
            assert (
                await select("select * from answer where organisation_id <> $1", actor.organisation_id) == []
            )
            assert await select("select * from open_result((select id from unit limit 1), $1)", lake.id) == []
            assert await _ids("select app_org()") == {actor.organisation_id}, (
                "a function came back to its caller"
            )
    async with reading(family.depot):
        assert far not in await _ids("select id from organisation where id = $1", far)
    async with reading(claire):
        scores = (await select("select scores from unit_scores('FL')"))[0]["scores"]
        assert "FL1.1.1" not in scores


async def test_nobody_makes_themselves_a_unit_or_opens_somebody_else_s_answers(
    family: Family, claire: Actor, cast: Cast
) -> None:
    stranger_person = await plant_person("Étranger", "etranger@example.org")
    stranger = Actor(
        stranger_person, await plant_organisation("Étrangère", "etrangere", stranger_person), Role.OWNER
    )
    insert = (
        "insert into unit (id, organisation_id, parent_id, kind, place, answers_open, made_here, joined_at, joined_name, left_name) "
        "values (gen_random_uuid(), $1, $2, 'site', '', true, false, now(), 'x', '')"
    )
    for unit, parent in (
        (stranger.organisation_id, claire.organisation_id), (claire.organisation_id, stranger.organisation_id),
    ):  # fmt: skip
        with pytest.raises(Exception, match="row-level security|one parent"):
            async with transaction(stranger):
                await select(insert, unit, parent)
    for actor, change in (
        (claire, "answers_open = true"),
        (family.lake, "weight = 9"),
        (family.lake, "made_here = true"),
    ):
        with pytest.raises(Exception, match="not yours"):
            async with transaction(actor):
                await select(
                    f"update unit set {change} where organisation_id = $1", family.lake.organisation_id
                )
    async with transaction(stranger):
        await select("update unit set left_at = now()")
    async with reading(claire):
        assert len(await select("select * from unit where left_at is null")) == 2
    assert await network.Organisation.filter(id=stranger.organisation_id).count() in (0, 1)
