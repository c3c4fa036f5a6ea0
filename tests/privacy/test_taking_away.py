"""What is held about a person, and everything of an organisation, in one file: fetched by who asked, and by nobody else."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.clock import now
from palier.foundation.database import reading, select, transaction
from palier.foundation.files import shelves
from palier.foundation.settings import Settings
from palier.privacy import store
from palier.privacy.flows import asking, keeping, packing
from palier.privacy.packing import Box, TooBig
from palier.privacy.rules.keeping import Kept, terms_of
from palier.privacy.rules.letters import without_codes
from tests.conftest import Browser, Cast
from tests.privacy.test_erasing_people import submitted_round
from tests.roles import as_the_worker

RunJobs = Callable[[], Awaitable[None]]


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        return {name: box.read(name) for name in box.namelist()}


async def test_a_person_takes_what_is_held_about_them_and_nothing_of_others(
    claire: acting.Actor, malik: acting.Actor, settings: Settings, visit: Browser, run_jobs: RunJobs
) -> None:
    slug = await submitted_round(claire)
    async with visit(malik) as browser:
        assert (await browser.send_form("/account/data/export")).status_code == 303
        async with as_the_worker(settings):
            await run_jobs()
        page = (await browser.get("/account/data")).text
        assert "/account/data/parcels/" in page
        address = page.split('href="/account/data/parcels/')[1].split('"')[0]
        reply = await browser.get(f"/account/data/parcels/{address}")
        assert reply.headers["cache-control"] == "private, no-store"
        found = unpacked(reply.content)
    everything = b"".join(found.values()).decode()
    assert "malik@example.org" in everything
    assert "Claire" not in everything
    assert slug not in json.loads(found.get("data/answer_event.json", b"[]"))
    assert "password" not in json.loads(found["data/person.json"])[0]
    async with visit(claire) as browser:
        assert (await browser.get(f"/account/data/parcels/{address}")).status_code == 404


async def test_an_organisation_is_taken_away_whole_by_the_owner_who_asked(
    claire: acting.Actor,
    malik: acting.Actor,
    nora: acting.Actor,
    settings: Settings,
    visit: Browser,
    run_jobs: RunJobs,
) -> None:
    slug = await submitted_round(claire)
    home = "/o/transports-du-val/settings/data"
    async with visit(malik) as browser:
        assert (await browser.send_form(f"{home}/export")).status_code == 403
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{home}/export")).status_code == 303
        async with as_the_worker(settings):
            await run_jobs()
        address = (await browser.get(home)).text.split(f'action="{home}/parcels/')[1].split('"')[0]
        found = unpacked((await browser.send_form(f"{home}/parcels/{address}")).content)
    listed = {one["name"]: one for one in json.loads(found["manifest.json"])["files"]}
    assert {
        f"rounds/{slug}.json",
        f"rounds/{slug}-answers.csv",
        "data/answer.json",
        "data/people.csv",
    } <= set(listed)
    assert set(found) - set(listed) == {"manifest.json", "index.html"}
    assert "fingerprint" not in found["data/answer.json"].decode()
    async with visit(nora) as browser:
        assert (
            await browser.send_form(f"/o/clinique-du-lac/settings/data/parcels/{address}")
        ).status_code == 404
        assert (await browser.send_form(f"{home}/parcels/{address}")).status_code == 404


async def test_a_parcel_goes_after_a_week(claire: acting.Actor, settings: Settings) -> None:
    shelf = shelves(settings)
    row = await asking.ask_own(claire.person)
    with pytest.raises(asking.StillPacking):
        await asking.ask_own(claire.person)
    async with as_the_worker(settings):
        await packing.pack(row.id, shelf, "http://palier.test")
        clock.freeze(now() + timedelta(days=8))
        assert await packing.clear(shelf) == 1
    async with reading(claire.person):
        assert await store.Parcel.all() == []


def test_a_box_refuses_more_than_it_holds_and_names_no_file_twice(tmp_path: Any) -> None:
    box = Box(tmp_path / "box.zip", largest=6)
    assert [box.put("a.txt", b"123"), box.put("a.txt", b"123")] == ["a.txt", "a-2.txt"]
    with pytest.raises(TooBig):
        box.put("b.txt", b"1")


def test_a_letter_shown_again_opens_nothing() -> None:
    said = without_codes(
        "Ouvrez https://palier.example/reset/AbCdEfGhIjKlMnOpQrStUvWx_-0 puis https://palier.example/signin."
    )
    assert said == "Ouvrez https://palier.example/reset/… puis https://palier.example/signin."


async def test_terms_are_chosen_within_bounds_and_looked_at_before(
    claire: acting.Actor, visit: Browser, cast: Cast
) -> None:
    home = "/o/transports-du-val/settings/data"
    days = {str(kept): str(number) for kept, number in terms_of({}).items()}
    async with visit(claire) as browser:
        wrong = await browser.send_form(f"{home}/terms", days | {"trail": "3"})
        assert wrong.status_code == 422
        assert (await browser.send_form(f"{home}/terms", days | {"look": "yes"})).status_code == 200
        assert (await browser.send_form(f"{home}/terms", days | {"drafts": "180"})).status_code == 303
    async with reading(claire):
        assert terms_of(await store.retention_of(claire.organisation_id))[Kept.DRAFTS] == 180


async def test_the_night_deletes_what_is_past_its_time_and_says_how_much(
    claire: acting.Actor, settings: Settings, owner: Any
) -> None:
    await owner.execute(
        "insert into assessment (id, organisation_id, slug, name, questionnaire, version, definition_hash, opens_on, state, created_by, "
        "created_at, submitted_name, receipt, result_hash, engine_version, audit_head) values "
        "($1, $2, 'vieux', 'x', 'FL', '1.0.0', 'x', '2015-01-01', 'draft', $3, '2015-01-01', '', '', '', '', '')",
        uuid4(), claire.organisation_id, claire.person_id,
    )  # fmt: skip
    assert (await keeping.foresee(claire, terms_of({})))[Kept.DRAFTS] == 1
    async with as_the_worker(settings):
        assert await keeping.purge(claire.organisation_id) == {"drafts": 1}
        assert await keeping.purge(claire.organisation_id) == {}
    assert await owner.fetchval("select count(*) from assessment") == 0
    assert (
        await owner.fetchval("select details from audit_entry where verb = 'privacy.purged'")
        == '{"drafts": 1}'
    )


async def test_details_of_the_trail_are_forgotten_no_earlier_than_after_a_year(claire: acting.Actor) -> None:
    async with transaction(claire):
        with pytest.raises(Exception, match="permission denied"):
            await select(
                "select forget_old_details($1, now() - interval '2 years', 5)", claire.organisation_id
            )
