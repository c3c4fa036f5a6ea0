"""An organisation is closed by an owner, after thirty days or not at all; then nothing of it is left but hashes."""

import asyncio
from typing import Any
from uuid import uuid4

from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.database import reading, transaction
from palier.foundation.files import keep, shelves
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.privacy.flows import erasing
from tests.conftest import Browser, Cast, plant_member
from tests.privacy.everywhere import NAME, dump_of, plant_everywhere
from tests.privacy.test_erasing_people import submitted_round
from tests.roles import as_the_worker

LEFT = {
    "audit_entry",
    "audit_head",
    "audit_anchor_leaf",
    "batch_member",
    "contribution",
    "draft_seat",
    "erasure",
    "procrastinate_jobs",
}
HOME = "/o/transports-du-val/settings/data"


async def make_due(owner: Any) -> None:
    await owner.execute("set session_replication_role = replica")
    await owner.execute("update erasure set due_at = now() - interval '1 minute'; delete from edition_draft")
    await owner.execute("set session_replication_role = origin")


async def test_an_organisation_that_was_closed_leaves_hashes_only(
    cast: Cast, claire: acting.Actor, settings: Settings, owner: Any, migrated: str, visit: Browser
) -> None:
    shelf = shelves(settings)
    await submitted_round(claire)
    async with transaction(claire):
        await keep(shelf, claire, claire.organisation_id, "preuve.txt", "text/plain", b"Preuve du val")
    await plant_everywhere(owner, claire.person_id, claire.organisation_id, uuid4())
    row = await erasing.ask_for_an_organisation(claire, "http://palier.test")
    await make_due(owner)
    async with as_the_worker(settings):
        await erasing.carry_out(row.id, shelf)

    dump, table, found = await asyncio.to_thread(dump_of, migrated), "", set()
    for line in dump.splitlines():
        table = line.split("public.")[1].split(" ")[0] if line.startswith("COPY public.") else table
        assert "Transports du Val" not in line, f"{table}: {line[:200]}"
        found |= {table} if str(claire.organisation_id) in line else set()
    assert found <= LEFT
    assert await owner.fetchval("select count(*) from contribution where scores is not null") == 0
    assert not [
        one
        for one in (settings.data_directory / "files").rglob("*")
        if one.is_file() and str(claire.organisation_id) in str(one)
    ]
    async with reading(claire):
        assert await audit.broken_links(claire.organisation_id) == []
    async with visit(claire) as browser:
        assert (await browser.get("/o/transports-du-val")).status_code == 404
    assert await owner.fetchval("select name from person where id = $1", claire.person_id) == "Claire Lambert"


async def test_closing_asks_for_the_name_tells_every_owner_and_is_stopped_by_any(
    cast: Cast, claire: acting.Actor, visit: Browser, owner: Any
) -> None:
    await plant_member(claire, cast.people["hugo"], Role.OWNER)
    hugo = cast.actor("hugo", "valley", Role.OWNER)
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{HOME}/close", {"name": "Transports"})).status_code == 422
        assert (await browser.send_form(f"{HOME}/close", {"name": "Transports du Val"})).status_code == 303
        assert (await browser.get("/o/transports-du-val")).status_code == 200
    letters = await owner.fetch(
        "select recipient, text from mail where kind = 'organisation_going' order by recipient"
    )
    assert [one["recipient"] for one in letters] == ["claire@example.org", "hugo@example.org"]
    async with visit(hugo) as browser:
        assert (await browser.send_form(f"{HOME}/keep")).status_code == 303
    assert await owner.fetchval("select stopped_at is not null from erasure")


async def test_the_last_owner_hands_over_first_and_a_letter_stops_it(
    claire: acting.Actor, malik: acting.Actor, visit: Browser, owner: Any
) -> None:
    async with visit(claire) as browser:
        refused = await browser.send_form("/account/data/delete", {"email": "claire@example.org"})
        assert refused.status_code == 422
        assert "/o/transports-du-val/people" in refused.text
    async with visit(malik) as browser:
        assert (await browser.send_form("/account/data/delete", {"email": "x"})).status_code == 422
        assert (
            await browser.send_form("/account/data/delete", {"email": "malik@example.org"})
        ).status_code == 303
    text = await owner.fetchval("select text from mail where kind = 'person_going'")
    link = next(word for word in text.split() if "/erasure/" in word).partition("/erasure/")[2]
    async with visit(None) as browser:
        assert (await browser.get(f"/erasure/{link}")).status_code == 200
        assert (await browser.send_form(f"/erasure/{link}")).status_code == 303
        assert (await browser.get(f"/erasure/{link}")).status_code == 404
    assert NAME not in text
    assert await owner.fetchval("select stopped_at is not null from erasure")
