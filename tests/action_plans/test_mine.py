"""What one person has to do, wherever they are: asked for at once, and of each place under its own rules alone."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from palier.action_plans import store
from palier.action_plans.flows.mine import everything_of
from palier.action_plans.store import Action
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading, select, transaction
from tests.conftest import Browser, Cast, plant_mandate, plant_person
from tests.portfolio.many import copy_clients, counting
from tests.portfolio.test_portfolio import plant_actions

ASKED = "select (found.one).id from actions_involving($1, $2) found"


@pytest.fixture
def hugo(cast: Cast) -> Person:
    return cast.people["hugo"]


@pytest.fixture
async def busy(claire: Actor, nora: Actor, hugo: Person) -> tuple[Actor, Actor]:
    """Hugo carries what is planned at one client, and sponsors what is under way; at the other likewise."""
    for one in (claire, nora):
        await plant_actions(one)
        await plant_mandate(one, hugo)
        async with transaction(one):
            await Action.filter(organisation_id=one.organisation_id, title="planned -1").update(
                owner_id=hugo.person_id
            )
            await Action.filter(organisation_id=one.organisation_id, title="done -1").update(
                owner_id=hugo.person_id
            )
            await Action.filter(organisation_id=one.organisation_id, title="in_progress 1").update(
                sponsor_id=hugo.person_id
            )
    return claire, nora


async def test_every_place_is_asked_at_once_however_many_there_are(
    busy: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    async def asked() -> tuple[int, int]:
        with counting() as listening:
            found = await everything_of(hugo)
        return listening.statements, len(found)

    few, actions = await asked()
    assert actions == 4
    await copy_clients(owner, 1, 5)
    assert await asked() == (few, 24)


async def test_the_list_is_what_each_place_says_by_itself(busy: tuple[Actor, Actor], hugo: Person) -> None:
    """In order of the places' names, the soonest due first; what is done is left out."""
    found = await everything_of(hugo)
    expected = []
    for one in sorted(busy, key=lambda actor: actor.organisation.name.casefold()):
        async with reading(one):
            rows = [
                row for row in await store.unfinished(one) if hugo.person_id in (row.owner_id, row.sponsor_id)
            ]
            expected += [
                (row.id, row.plan.slug, row.plan.title, row.due_on, row.serves, row.revision) for row in rows
            ]
    told = [
        (one.row.id, one.plan.slug, one.plan.title, one.due_on, one.row.serves, one.row.revision)
        for one in found
    ]
    assert told == expected
    assert [(one.row.title, one.sponsored, one.late) for one in found[:2]] == [
        ("planned -1", False, True), ("in_progress 1", True, False),
    ]  # fmt: skip


async def test_naming_a_place_does_not_open_it(
    busy: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    """Somebody else's place, one whose mandate is over, and another person's actions in one's own."""
    claire, nora = busy
    stranger = await plant_person("Max Weber", "max@example.org")
    places = [claire.organisation_id, nora.organisation_id]

    async def read(person: Person) -> set[UUID]:
        async with reading(person):
            found = {row["id"] for row in await select(ASKED, clock.today(), places)}
            assert await Action.all().count() == 0  # what was said before holds again
        return found

    assert len(await read(hugo)) == 4
    assert await read(stranger) == set()
    assert await read(claire.person) == set()  # a member, but none of these is theirs
    await owner.execute(
        "update mandate set revoked_at = now() where organisation_id = $1", nora.organisation_id
    )
    assert len(await read(hugo)) == 2
    await owner.execute("update mandate set ends_on = current_date - 1")
    assert await read(hugo) == set()
    async with reading(stranger):
        assert await select(ASKED, clock.today() - timedelta(days=400), places) == []


async def test_the_page_links_to_each_plan(busy: tuple[Actor, Actor], hugo: Person, visit: Browser) -> None:
    async with visit(hugo) as browser:
        text = (await browser.get("/actions")).text
    for place in ("transports-du-val", "clinique-du-lac"):
        assert f'href="/o/{place}/plans/plan">Plan</a>' in text
