"""Nobody learns what one person answered: not by a page, not by a query, not by subtracting figures."""

import asyncio
import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from palier.foundation.actor import Actor
from palier.foundation.database import LinkHolder, reading, select, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.mirrors.flows.answering import NoSuchLink, NotNow, answer, look
from palier.mirrors.flows.asking import close_mirror, delete_mirror
from palier.mirrors.flows.reading import load_board, mirror_beside
from palier.scoring.rules.mirror import Audience
from tests.mirrors.conftest import SLUG, THEMES, Say

pytestmark = pytest.mark.database

HIDDEN = ("mirror_answer", "mirror_given", "mirror_batch")


async def told(actor: Actor) -> tuple[dict[Audience, int], dict[tuple[Audience, str], Fraction]]:
    """All that the organisation may know: people counted, and points by audience and element's theme."""
    async with reading(actor):
        view = (await load_board(actor, SLUG)).view
    assert view is not None
    points = {(who, row.name.in_("en")): value for row in view.rows for who, value in row.points.items()}
    return dict(view.counted), points


async def test_nothing_is_told_before_five_people_of_an_audience_answered(
    claire: Actor, say: Say, codes: Mapping[Audience, str]
) -> None:
    nothing = await told(claire)
    for _ in range(4):
        await say(Audience.STAFF, 100, 0)
        assert await told(claire) == nothing
    await say(Audience.STAFF, 0, 0)
    people, points = await told(claire)
    assert people == {Audience.CUSTOMERS: 0, Audience.STAFF: 5, Audience.LEADERS: 0}
    assert points == {
        (Audience.STAFF, "Promises kept"): 80,
        (Audience.STAFF, "Time to listen"): 0,
    }


async def test_figures_move_by_whole_batches_only(claire: Actor, say: Say) -> None:
    seen: list[Any] = []
    for count in range(1, 16):
        await say(Audience.CUSTOMERS, random.Random(count).choice((0, 25, 50, 75, 100)), 50)
        now = await told(claire)
        if not seen or now != seen[-1]:
            seen.append(now)
            assert count in (1, 5, 10, 15)
        assert now[0][Audience.CUSTOMERS] == count // 5 * 5


async def test_a_theme_few_answered_waits_for_batches_that_hold_five_answers_to_it(
    claire: Actor, say: Say
) -> None:
    """Three of the first five, one of the second, one of the third: told together, at the third batch."""
    for batch, silent in enumerate((2, 4, 4)):
        for place in range(5):
            await say(Audience.STAFF, 50, None if place < silent else 25 * (batch + 1))
        _people, points = await told(claire)
        assert ((Audience.STAFF, "Time to listen") in points) == (batch == 2)
    assert points[Audience.STAFF, "Time to listen"] == Fraction(3 * 25 + 50 + 75, 5)


async def test_swapping_two_people_of_a_batch_changes_nothing_that_is_ever_told(
    claire: Actor, round_asked: Any, say: Say, owner: asyncpg.Connection
) -> None:
    """The theorem of sealed batches, tried: the same people in another order within each batch leave the same trail."""
    people = [
        (random.Random(n).choice((0, 25, 50, 75, 100)), random.Random(-n).choice((None, 0, 100)))
        for n in range(10)
    ]
    trails = []
    for seed in range(3):
        order = [*random.Random(seed).sample(people[:5], 5), *random.Random(seed).sample(people[5:], 5)]
        await owner.execute("delete from mirror_batch; delete from mirror_answer; delete from mirror_given")
        trail = []
        for one in order:
            await say(Audience.STAFF, *one)
            trail.append(await told(claire))
        trails.append(trail)
    assert trails[0] == trails[1] == trails[2]


async def test_the_answers_of_a_batch_are_gone_from_the_database(
    claire: Actor, say: Say, owner: asyncpg.Connection
) -> None:
    for _ in range(7):
        await say(Audience.STAFF, 100, 0)
    assert await owner.fetchval("select count(*) from mirror_answer") == 2
    assert (
        await owner.fetchval("select sums::text from mirror_batch")
        == '{"time": [5, 0], "promises": [5, 500]}'
    )
    columns = await owner.fetch(
        "select column_name, data_type from information_schema.columns where table_name = any ($1)", HIDDEN
    )
    assert {c["column_name"] for c in columns} == {"id", "link_id", "given", "number", "sums"}
    assert not any("time" in c["data_type"] or c["data_type"] == "date" for c in columns)
    assert await owner.fetchval(
        "select count(*) from audit_entry where verb like 'mirrors.%' and verb <> 'mirrors.opened'"
    ) == 0  # fmt: skip


@pytest.mark.parametrize("table", HIDDEN)
async def test_a_query_that_forgets_everything_reads_no_answer(
    claire: Actor, say: Say, codes: Mapping[Audience, str], owner: asyncpg.Connection, table: str
) -> None:
    """Neither as the organisation nor as the holder of the link; not even if a grant were given back by mistake."""
    for _ in range(6):
        await say(Audience.STAFF, 100, 0)
    for who in (claire, LinkHolder(fingerprint(codes[Audience.STAFF])), None):
        with pytest.raises(Exception, match="permission denied"):
            async with reading(who):
                await select(f"select * from {table}")
    await owner.execute(f"grant select, insert, delete on {table} to palier_web")
    try:
        for who in (claire, LinkHolder(fingerprint(codes[Audience.STAFF])), None):
            async with reading(who):
                assert await select(f"select * from {table}") == []
    finally:
        await owner.execute(f"revoke all on {table} from palier_web")


async def test_the_figures_are_the_organisation_s_own(
    claire: Actor, nora: Actor, round_asked: Any, say: Say, codes: Mapping[Audience, str]
) -> None:
    for _ in range(5):
        await say(Audience.STAFF, 100, 0)
    async with reading(claire):
        mirror = await select("select id from mirror")
    for who in (nora, LinkHolder(fingerprint(codes[Audience.STAFF])), None):
        async with reading(who):
            assert await select("select * from mirror_figures($1)", mirror[0]["id"]) == []
    async with reading(nora):
        assert await mirror_beside(nora, round_asked) is None
        assert await select("select * from mirror") == await select("select * from mirror_link") == []


async def test_whoever_holds_a_link_sees_one_link_and_its_questions(codes: Mapping[Audience, str]) -> None:
    async with reading(LinkHolder(fingerprint(codes[Audience.STAFF]))):
        links = await select("select audience from mirror_link")
        mirrors = await select("select organisation_name from mirror")
        assert await select("select * from assessment") == []
    assert [row["audience"] for row in links] == ["staff"]
    assert len(mirrors) == 1
    sheet = await look(codes[Audience.STAFF])
    assert [theme.id for theme in sheet.asked.themes] == list(THEMES)


async def test_the_same_form_sent_twice_counts_once_even_when_its_batch_is_made(
    claire: Actor, say: Say, codes: Mapping[Audience, str], owner: asyncpg.Connection
) -> None:
    op = new_id()
    for _ in range(3):
        await answer(codes[Audience.STAFF], op, {"promises": 100})
    assert await owner.fetchval("select count(*) from mirror_answer") == 1
    for _ in range(4):
        await say(Audience.STAFF, 0, None)
    await answer(codes[Audience.STAFF], op, {"promises": 100})
    assert (await told(claire))[1] == {(Audience.STAFF, "Promises kept"): 20}
    assert await owner.fetchval("select count(*) from mirror_answer") == 0
    assert str(op) not in str(await owner.fetch("select * from mirror_given"))


@pytest.mark.parametrize(
    "given", [{}, {"unknown": 50}, {"promises": 60}, {"promises": -25}, {"promises": "50"}]
)
async def test_what_the_mirror_does_not_ask_is_refused_by_the_database(
    codes: Mapping[Audience, str], given: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match="not an answer"):
        await answer(codes[Audience.STAFF], new_id(), given)


async def test_a_closed_or_deleted_mirror_takes_nothing(
    claire: Actor, say: Say, codes: Mapping[Audience, str], owner: asyncpg.Connection
) -> None:
    for _ in range(6):
        await say(Audience.STAFF, 100, 0)
    before = await told(claire)
    await close_mirror(claire, SLUG)
    with pytest.raises(NotNow):
        await say(Audience.STAFF, 0, 0)
    with pytest.raises(NotNow):
        await look(codes[Audience.STAFF])
    assert await told(claire) == before
    await delete_mirror(claire, SLUG)
    for code in (codes[Audience.STAFF], "nothing"):
        with pytest.raises(NoSuchLink):
            await answer(code, new_id(), {"promises": 0})
        with pytest.raises(NoSuchLink):
            await look(code)
    for table in HIDDEN:
        assert await owner.fetchval(f"select count(*) from {table}") == 0


async def test_people_who_answer_at_once_are_counted_once_each(
    claire: Actor, say: Say, owner: asyncpg.Connection
) -> None:
    await asyncio.gather(*(say(Audience.STAFF, 100, 0) for _ in range(12)))
    assert (await told(claire))[0][Audience.STAFF] == 10
    batches = await owner.fetch("select number, sums::text from mirror_batch order by number")
    assert [tuple(row) for row in batches] == [(n, '{"time": [5, 0], "promises": [5, 500]}') for n in (1, 2)]
    assert await owner.fetchval("select count(*) from mirror_answer") == 2


async def test_a_throw_away_copy_takes_its_mirror_with_it(
    claire: Actor, say: Say, owner: asyncpg.Connection
) -> None:
    for _ in range(6):
        await say(Audience.STAFF, 100, 0)
    await owner.execute(
        "set session_replication_role = replica; update organisation set sandbox_until = now(); set session_replication_role = origin"
    )
    async with transaction(claire):
        await select("select erase_sandbox($1)", claire.organisation_id)
    for table in ("mirror", "mirror_link", *HIDDEN):
        assert await owner.fetchval(f"select count(*) from {table}") == 0


async def test_a_public_answer_cannot_be_written_around_the_door(claire: Actor, codes: Any) -> None:
    for table in HIDDEN:
        with pytest.raises(Exception, match="permission denied"):
            async with transaction(claire):
                await select(f"delete from {table} returning id")
    async with reading(claire):
        link = (await select("select id from mirror_link limit 1"))[0]["id"]
    with pytest.raises(Exception, match="permission denied"):
        async with transaction(claire):
            await select("insert into mirror_answer values ($1, '{}', $2) returning id", uuid4(), link)
