"""Whoever came in a moment ago saves in one statement, which asks who they are; whoever may no longer, saves nothing."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from litestar import Litestar

from palier.assessments.flows import answering
from palier.assessments.store import AnswerEvent, Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.presumed import Presumed, Unproved, presuming
from tests.assessments.test_answering_pages import FIRST, form, patch

pytestmark = pytest.mark.database

Visit = Callable[..., Any]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database is asked, by the first words of each statement."""
    heard: list[str] = []
    execute = asyncpg.Connection._do_execute

    async def listening(self: asyncpg.Connection, query: str, *args: Any, **options: Any) -> Any:
        heard.append(query.partition("(")[0])
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_do_execute", listening)
    return heard


@pytest.fixture
def inside(visit: Visit, round_2026: Assessment) -> Callable[[Actor], Any]:
    """`async with inside(malik) as browser:` somebody who has saved level 3 on the first criterion, and has come in."""

    @asynccontextmanager
    async def come_in(who: Actor) -> Any:
        async with visit(who) as browser:
            assert (await patch(browser, FIRST, form("3"))).status_code == 200
            yield browser

    return come_in


async def levels(actor: Actor) -> list[int]:
    async with reading(actor):
        return [event.after["level"] for event in await AnswerEvent.all().order_by("revision")]


async def test_a_save_and_who_saves_are_one_statement(inside: Any, claire: Actor, said: list[str]) -> None:
    async with inside(claire) as browser:
        said.clear()
        assert (await patch(browser, FIRST, form("4", rev="1"))).status_code == 200
        assert said == ["call save_answer_now"]
    assert await levels(claire) == [3, 4]


Change = Callable[[asyncpg.Connection, Actor], Awaitable[Any]]


async def leaves(owner: asyncpg.Connection, who: Actor) -> None:
    await owner.execute("delete from membership where person_id = $1", who.person_id)


async def signs_out(owner: asyncpg.Connection, who: Actor) -> None:
    await owner.execute("delete from session where person_id = $1", who.person_id)


async def runs_out(owner: asyncpg.Connection, who: Actor) -> None:
    await owner.execute("update session set expires_at = now() where person_id = $1", who.person_id)


async def only_reads(owner: asyncpg.Connection, who: Actor) -> None:
    await owner.execute("update membership set role = 'reader' where person_id = $1", who.person_id)


@pytest.mark.parametrize(
    ("change", "status"), [(leaves, 404), (signs_out, 401), (runs_out, 401), (only_reads, 403)]
)
@pytest.mark.parametrize("answer", ["4", "9", "", None])
async def test_whoever_may_no_longer_saves_nothing_and_is_told_nothing(
    inside: Any, malik: Actor, claire: Actor, owner: asyncpg.Connection, change: Change, status: int, answer: str | None
) -> None:  # fmt: skip
    """Whatever the form: sound, refused, emptied, or none of ours."""
    async with inside(malik) as browser:
        await change(owner, malik)
        sent = {"op": "?"} if answer is None else form(answer, rev="1")
        told = await patch(browser, FIRST, sent)
        assert told.status_code == status
        assert "hx-swap-oob" not in told.text
    assert await levels(claire) == [3]


async def test_whoever_has_another_part_by_now_saves_in_that(
    inside: Any, malik: Actor, claire: Actor, owner: asyncpg.Connection
) -> None:
    async with inside(malik) as browser:
        await owner.execute("update membership set role = 'lead' where person_id = $1", malik.person_id)
        await owner.execute("update person set name = 'Malik O.' where id = $1", malik.person_id)
        assert (await patch(browser, FIRST, form("4", rev="1"))).status_code == 200
    assert await levels(claire) == [3, 4]
    assert await owner.fetchval("select person_name from answer_event where revision = 2") == "Malik O."
    assert await owner.fetchval("select role from audit_entry where verb = 'assessments.answered' order by seq desc limit 1") == "lead"  # fmt: skip


async def test_a_form_without_its_token_is_refused(inside: Any, claire: Actor) -> None:
    async with inside(claire) as browser:
        told = await browser.patch(FIRST, data=form("4", rev="1"), headers={"hx-request": "true"})
        assert told.status_code == 403
    assert await levels(claire) == [3]


async def test_what_this_process_no_longer_knows_is_asked_by_the_book(
    inside: Any, claire: Actor, said: list[str]
) -> None:
    async with inside(claire) as browser:
        answering._used.clear()
        said.clear()
        assert (await patch(browser, FIRST, form("4", rev="1"))).status_code == 200
        assert said[0] == "select * from entering"
    assert await levels(claire) == [3, 4]


async def test_a_refused_form_is_answered_by_the_book(inside: Any, claire: Actor, said: list[str]) -> None:
    async with inside(claire) as browser:
        said.clear()
        assert (await patch(browser, FIRST, form("9", rev="1"))).status_code == 422
        assert said == ["select * from entering"]


async def test_a_conflict_is_told_in_one_statement_too(inside: Any, claire: Actor, said: list[str]) -> None:
    async with inside(claire) as browser:
        said.clear()
        assert (await patch(browser, FIRST, form("4", rev="0"))).status_code == 409
        assert said == ["call save_answer_now"]


async def test_a_session_that_has_to_be_noted_comes_in_by_the_book(
    inside: Any, claire: Actor, owner: asyncpg.Connection, stage: Litestar, said: list[str]
) -> None:
    async with inside(claire) as browser:
        await owner.execute("update session set seen_at = now() - interval '1 hour' where person_id = $1", claire.person_id)  # fmt: skip
        await browser.get(FIRST)
        said.clear()
        assert (await patch(browser, FIRST, form("4", rev="1"))).status_code == 200
        assert "select * from entering" in said


async def test_nothing_else_opens_to_somebody_presumed(claire: Actor, round_2026: Assessment) -> None:
    with presuming(Presumed("", "", sold=False, mark="")):
        with pytest.raises(Unproved):
            async with reading(claire):
                pass
        with pytest.raises(Unproved):
            async with transaction(claire):
                pass
