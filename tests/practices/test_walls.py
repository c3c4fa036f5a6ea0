"""As if the queries forgot: row-level security alone keeps practices, comments, adoptions and levers where they belong."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import BaseORMException

from palier.action_plans.flows.sharing import NoPlan, adopt_practice
from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.practices.flows import levers, moderating, talking, writing
from palier.practices.rules.lever_sheets import LeverSheet, Words
from palier.practices.rules.sheets import Served
from palier.practices.store import LeverState
from palier.questionnaires.catalogue import latest
from tests.practices.conftest import Circle, a_sheet, publish

TABLES = (
    "practice", "practice_version", "shared_practice", "practice_comment", "comment_report", "practice_adoption", "network_lever",
)  # fmt: skip
REFUSED = (asyncpg.PostgresError, BaseORMException)


async def count(tenant: Actor | NetworkActor, table: str) -> int:
    async with reading(tenant):
        return int((await select(f"select count(*) as n from {table}"))[0]["n"])


async def force(tenant: Actor | NetworkActor, sql: str, *values: Any) -> None:
    async with transaction(tenant):
        await select(sql, *values)


async def touched(tenant: Actor | NetworkActor, sql: str, *values: Any) -> int:
    """How many rows a statement without any condition of ours reaches."""
    async with transaction(tenant):
        return len(await select(f"{sql} returning 1", *values))


@pytest.fixture
async def busy(circle: Circle, owner: Any) -> UUID:
    """One published practice, one draft, a comment that is reported, an adoption, a published lever and a draft one."""
    practice = await publish(circle, circle.valley)
    await writing.begin(circle.valley, circle.network_id, a_sheet(title="Un brouillon"), "fr", new_id())
    await talking.comment(circle.clinic, practice, "Et le dimanche ?", new_id())
    comment = await owner.fetchval("select id from practice_comment")
    await talking.report(circle.valley, practice, comment, "Hors sujet", new_id())
    await owner.execute(
        "insert into practice_adoption (id, practice_id, organisation_id, adopted_at) values ($1, $2, $3, now())",
        new_id(), practice, circle.clinic.organisation_id,
    )  # fmt: skip
    words = {"fr": Words("Un levier du réseau", ("Commencer",), "Délai", "jours")}
    sheet = LeverSheet(words, (Served("FL", "FL1", "FL1.1.1", 1, 3),))
    shown = await levers.write(circle.staff, latest("FL"), sheet, new_id())
    await levers.set_state(circle.staff, shown, LeverState.PUBLISHED)
    await levers.write(circle.staff, latest("FL"), sheet, new_id())
    return practice


async def test_a_stranger_sees_no_row_of_any_table(circle: Circle, busy: UUID) -> None:
    assert {table: await count(circle.mill, table) for table in TABLES} == dict.fromkeys(TABLES, 0)


async def test_a_member_sees_what_is_published_and_nothing_of_how_it_came(circle: Circle, busy: UUID) -> None:
    assert {table: await count(circle.clinic, table) for table in TABLES} == {
        "practice": 0, "practice_version": 0, "shared_practice": 1, "practice_comment": 1, "comment_report": 0,
        "practice_adoption": 1, "network_lever": 1,
    }  # fmt: skip


async def test_the_author_does_not_see_who_adopted(circle: Circle, busy: UUID) -> None:
    assert await count(circle.valley, "practice_adoption") == 0


async def test_the_staff_sees_neither_drafts_nor_adoptions(circle: Circle, busy: UUID) -> None:
    assert await count(circle.staff, "practice_version") == 1
    assert await count(circle.staff, "practice_adoption") == 0
    assert await count(circle.staff, "network_lever") == 2


@pytest.mark.parametrize("table", TABLES)
async def test_a_stranger_changes_and_removes_nothing(
    circle: Circle, busy: UUID, table: str, owner: Any
) -> None:
    before = await owner.fetch(f"select * from {table} order by id")
    assert await touched(circle.mill, f"update {table} set id = id") == 0
    assert await touched(circle.mill, f"delete from {table}") == 0
    assert await owner.fetch(f"select * from {table} order by id") == before


async def test_another_member_changes_nothing_of_a_practice(circle: Circle, busy: UUID) -> None:
    for table in ("practice", "practice_version", "shared_practice"):
        assert await touched(circle.clinic, f"update {table} set id = id") == 0
        assert await touched(circle.clinic, f"delete from {table}") == 0


async def test_an_author_does_not_publish_without_the_staff(circle: Circle) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    with pytest.raises(REFUSED):
        await force(circle.valley, "update practice_version set state = 'published'")
    with pytest.raises(REFUSED):
        await force(
            circle.valley,
            "insert into shared_practice (id, network_id, version, locale, title, content, topics, organisation_name, family, sector, size, "
            "measured, adopters, first_published_at, published_at) "
            "values ($1, $2, 1, 'fr', 'x', '{}', '[]', 'x', '', '', '', false, 0, now(), now())",
            practice, circle.network_id,
        )  # fmt: skip


async def test_the_staff_does_not_put_words_into_an_author_s_mouth(circle: Circle) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    await writing.propose(circle.valley, practice, new_id())
    with pytest.raises(REFUSED):
        await force(circle.staff, "update practice_version set title = 'Autre chose', state = 'published'")


async def test_what_was_judged_is_never_rewritten_even_by_its_author(circle: Circle) -> None:
    await publish(circle, circle.valley)
    with pytest.raises(REFUSED):
        await force(circle.valley, "update practice_version set state = 'draft', title = 'Autre'")


async def test_a_member_speaks_in_no_other_name(circle: Circle, busy: UUID) -> None:
    insert = (
        "insert into practice_comment (id, practice_id, network_id, organisation_id, organisation_name, person_id, person_name, text, at, "
        "hidden_reason) values ($1, $2, $3, $4, 'x', $5, 'x', 'x', now(), '')"
    )
    us, them = circle.clinic, circle.valley
    for organisation, person in ((them.organisation_id, us.person_id), (us.organisation_id, them.person_id)):
        with pytest.raises(REFUSED):
            await force(us, insert, new_id(), busy, circle.network_id, organisation, person)
    with pytest.raises(REFUSED):
        await force(
            circle.mill,
            insert,
            new_id(),
            busy,
            circle.network_id,
            circle.mill.organisation_id,
            circle.mill.person_id,
        )


async def test_a_member_adopts_for_nobody_else_and_no_practice_it_cannot_read(
    circle: Circle, busy: UUID
) -> None:
    insert = "insert into practice_adoption (id, practice_id, organisation_id, adopted_at) values ($1, $2, $3, now())"
    with pytest.raises(REFUSED):
        await force(circle.valley, insert, new_id(), busy, circle.clinic.organisation_id)
    with pytest.raises(REFUSED):
        await force(circle.mill, insert, new_id(), busy, circle.mill.organisation_id)


async def test_a_hidden_comment_is_read_by_its_organisation_and_the_staff_only(
    circle: Circle, busy: UUID, owner: Any
) -> None:
    await moderating.hide(
        circle.staff, await owner.fetchval("select id from practice_comment"), "Nommait un usager"
    )
    assert await count(circle.valley, "practice_comment") == 0
    assert await count(circle.clinic, "practice_comment") == 1
    assert await count(circle.staff, "practice_comment") == 1


async def test_leaving_the_network_closes_its_practices_and_silences(
    circle: Circle, busy: UUID, owner: Any
) -> None:
    await owner.execute(
        "update network_member set left_on = now() where organisation_id = $1", circle.clinic.organisation_id
    )
    assert await count(circle.clinic, "shared_practice") == 0
    assert await count(circle.clinic, "network_lever") == 0


async def test_without_a_plan_nothing_is_adopted(circle: Circle) -> None:
    practice = await publish(circle, circle.valley)
    with pytest.raises(NoPlan):
        await adopt_practice(circle.clinic, practice, new_id())
    assert await count(circle.clinic, "practice_adoption") == 0
