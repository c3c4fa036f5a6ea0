"""The audit trail says who did what, and shows when somebody rewrote it."""

import pytest

from palier.foundation import audit
from palier.foundation.database import reading, transaction


async def test_every_entry_is_linked_to_the_one_before(claire):
    async with transaction(claire):
        first = await audit.record(claire, "plans.created", "plan 2027", title="Plan 2027")
        second = await audit.record(claire, "plans.renamed", "plan é “quoted” 2027", before="a", after="b")
    async with reading(claire):
        assert await audit.broken_links(claire.organisation_id) == []
    assert first != second


async def test_a_rewritten_entry_is_seen(claire, owner):
    async with transaction(claire):
        await audit.record(claire, "plans.created", "plan 2027", title="Plan 2027")
        await audit.record(claire, "plans.renamed", "plan 2027", before="a", after="b")
    await owner.execute(
        "set session_replication_role = replica; update audit_entry set subject = 'plan 2028' where seq = 1"
    )
    async with reading(claire):
        assert await audit.broken_links(claire.organisation_id) == [1]


async def test_the_web_process_cannot_rewrite_it(claire):
    async with transaction(claire):
        await audit.record(claire, "plans.created", "plan 2027")
    with pytest.raises(Exception, match="permission denied|never changed"):
        async with transaction(claire) as connection:
            await connection.execute_query("update audit_entry set subject = 'x'")


async def test_nothing_is_recorded_when_the_change_is_undone(claire, owner):
    with pytest.raises(RuntimeError):
        async with transaction(claire):
            await audit.record(claire, "plans.created", "plan 2027")
            raise RuntimeError
    assert await owner.fetchval("select count(*) from audit_entry") == 0


async def test_a_stranger_does_not_see_the_chain(claire, nora):
    async with transaction(claire):
        await audit.record(claire, "plans.created", "plan 2027")
    async with reading(nora) as connection:
        assert (await connection.execute_query_dict("select count(*) as n from audit_entry"))[0]["n"] == 0
