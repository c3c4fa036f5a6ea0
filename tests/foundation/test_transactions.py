"""A transaction says for whom it runs before anything else can be asked, and what one page asks twice is asked once."""

import asyncpg
import pytest

from palier.foundation.database import Tenant, once, reading, select, transaction

pytestmark = pytest.mark.database

WHO = "select coalesce(current_setting('app.org', true), '') as organisation, current_setting('transaction_read_only') as locked"


async def test_a_transaction_runs_for_its_tenant_and_leaves_nothing_behind(claire: Tenant, nora: Tenant):
    for one in (claire, nora, claire):
        async with reading(one):
            assert await select(WHO) == [{"organisation": str(one.organisation_id), "locked": "on"}]
        async with transaction(one):
            assert await select(WHO) == [{"organisation": str(one.organisation_id), "locked": "off"}]
        assert await select(WHO) == [{"organisation": "", "locked": "on"}]


async def test_beginning_and_saying_for_whom_is_one_round_trip(
    claire: Tenant, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    execute = asyncpg.Connection.execute

    async def listening(self: asyncpg.Connection, query: str, *args: object, **options: object) -> str:
        said.append(query)
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "execute", listening)
    async with reading(claire):
        await select(WHO)
    assert len(said) == 2
    assert said[0].startswith("BEGIN;set transaction read only; select set_config('app.org'")
    assert said[1] == "COMMIT;"


async def test_what_a_page_asks_twice_is_asked_once(claire: Tenant):
    asked = []

    async def ask() -> int:
        asked.append(1)
        return len(asked)

    async with reading(claire):
        assert [await once("it", ask), await once("it", ask)] == [1, 1]
    async with reading(claire):
        assert await once("it", ask) == 2
    async with transaction(claire):
        assert [await once("it", ask), await once("it", ask)] == [3, 4]
