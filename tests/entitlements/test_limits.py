"""Seats and clients: what is there stays, nothing is added beyond, and the last one is given once."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from palier.entitlements.flows.granting import grant
from palier.entitlements.rules.offers import Kind, Offers, Source
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import only_reading, reading, transaction
from palier.foundation.permissions import Role
from palier.network.clients import NoClient
from palier.network.flows import inviting, mandating
from palier.network.seats import NoSeat, seats_of
from tests.conftest import Browser, Cast, plant_mandate, plant_member, plant_organisation, plant_person
from tests.entitlements.conftest import as_sold, give

SITE = "http://palier.test"


async def waiting(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch("select email from invitation where accepted_at is null and withdrawn_at is null order by email")  # fmt: skip
    return [row["email"] for row in rows]


# --- seats ----------------------------------------------------------------------------------------------------------


async def test_two_who_invite_for_the_last_seat_at_once_send_one_letter(cast: Cast, claire: Actor, offers: Offers, owner: asyncpg.Connection) -> None:  # fmt: skip
    await give(claire, "member", quantity=4)  # three are members
    sold = await as_sold(claire, offers)
    for turn in range(4):
        names = [f"first{turn}@example.org", f"second{turn}@example.org"]
        done = await asyncio.gather(
            *(inviting.invite(sold, [name], Role.READER, SITE) for name in names), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in done) == ["NoSeat", "int"]
        sent = await waiting(owner)
        assert len(sent) == 1
        assert await owner.fetchval("select count(*) from mail where recipient = any($1)", names) == 1
        await owner.execute("update invitation set withdrawn_at = now()")


async def test_the_page_counts_the_seats_and_says_what_to_do_when_they_are_taken(at_shop: Browser, claire: Actor, malik: Actor, cast: Cast, owner: asyncpg.Connection) -> None:  # fmt: skip
    await give(claire, "member", quantity=5)
    async with at_shop(claire) as browser:
        page = await browser.get("/o/transports-du-val/people")
        assert "3 sur 5 sièges" in page.text
        asked = await browser.send_form("/o/transports-du-val/people/invite", {"emails": "a@example.org b@example.org c@example.org", "role": "reader"})  # fmt: skip
        assert asked.status_code == 422
        assert "2 sièges sur 5 sont libres" in asked.text
        assert await waiting(owner) == []
        done = await browser.send_form("/o/transports-du-val/people/invite", {"emails": "a@example.org b@example.org", "role": "reader"})  # fmt: skip
        assert done.status_code == 303
        page = (await browser.get("/o/transports-du-val/people")).text
        assert "5 sur 5 sièges" in page
        assert "Tous les sièges sont pris" in page
        assert 'action="/o/transports-du-val/people/invite"' not in page
        assert "/o/transports-du-val/billing" in page
        again = await browser.send_form("/o/transports-du-val/people/invite", {"emails": "a@example.org", "role": "reader"})  # fmt: skip
        assert again.status_code == 303, "who waits already has a seat"


async def test_a_letter_sent_within_the_seats_is_good_after_they_are_fewer_and_nobody_is_removed(cast: Cast, claire: Actor, nora: Actor, offers: Offers, at_shop: Browser, owner: asyncpg.Connection) -> None:  # fmt: skip
    await give(claire, "member", quantity=4)
    await inviting.invite(await as_sold(claire, offers), ["nora@example.org"], Role.READER, SITE)
    letter = await owner.fetchval("select text from mail where recipient = 'nora@example.org'")
    path = letter.partition(SITE)[2].split()[0]
    await give(claire, "member", until=now() - timedelta(seconds=1))  # the free offer has three
    async with at_shop(nora) as browser:
        joined = await browser.send_form(path)
    assert joined.status_code == 303
    async with at_shop(claire) as browser:
        page = (await browser.get("/o/transports-du-val/people")).text
        assert "4 sur 3 sièges" in page
        assert "Il y a 1 personne ou invitation de plus que de sièges" in page
        assert (await browser.send_form("/o/transports-du-val/people/invite", {"emails": "x@example.org", "role": "reader"})).status_code == 422  # fmt: skip
    assert await owner.fetchval("select count(*) from membership m join organisation o on o.id = m.organisation_id where o.slug = 'transports-du-val'") == 4  # fmt: skip
    assert await waiting(owner) == []


async def test_neither_old_letters_nor_consultants_take_a_seat(cast: Cast, claire: Actor, offers: Offers, hugo: Person, owner: asyncpg.Connection) -> None:  # fmt: skip
    await give(claire, "member", quantity=4)
    sold = await as_sold(claire, offers)
    await plant_mandate(claire, hugo)
    await inviting.invite(sold, ["old@example.org"], Role.READER, SITE)
    with pytest.raises(NoSeat):
        await inviting.invite(sold, ["new@example.org"], Role.READER, SITE)
    await owner.execute("update invitation set expires_at = now() - interval '1 minute'")
    async with reading(sold):
        seats = await seats_of(sold)
    assert seats is not None
    assert (seats.taken, seats.left, seats.over) == (3, 1, 0)
    assert await inviting.invite(sold, ["new@example.org"], Role.READER, SITE) == 1


# --- clients --------------------------------------------------------------------------------------------------------


async def clients(hugo: Person, count: int) -> list[Actor]:
    """Organisations that each may give a mandate."""
    found = []
    for number in range(count):
        boss = await plant_person(f"Boss {number}", f"boss{number}@example.org")
        house = await plant_organisation(f"Client {number}", f"client-{number}", boss)
        found.append(Actor(boss, house, Role.OWNER))
    return found


def in_a_year() -> date:
    return (now() + timedelta(days=365)).date()


async def test_two_clients_who_grant_the_last_mandate_at_once_grant_one(cast: Cast, hugo: Person, offers: Offers, owner: asyncpg.Connection) -> None:  # fmt: skip
    first, second, third = [await as_sold(one, offers) for one in await clients(hugo, 3)]
    await mandating.grant(first, hugo.email, in_a_year(), SITE, offers)
    done = await asyncio.gather(
        *(mandating.grant(one, hugo.email, in_a_year(), SITE, offers) for one in (second, third)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Granted", "NoClient"]
    assert await owner.fetchval("select count(*) from mandate") == 2
    moved = await mandating.grant(first, hugo.email, in_a_year() + timedelta(days=1), SITE, offers)
    assert moved is mandating.Granted.MOVED, "a mandate that runs is no further client"
    await give(hugo, "consultant")
    left = second if isinstance(done[0], NoClient) else third
    assert await mandating.grant(left, hugo.email, in_a_year(), SITE, offers) is mandating.Granted.NEW
    await give(hugo, "consultant", until=now() - timedelta(seconds=1))
    assert await owner.fetchval("select count(*) from mandate where revoked_at is null") == 3, (
        "what runs stays"
    )


async def test_a_client_is_told_that_the_consultant_has_no_room(at_shop: Browser, claire: Actor, cast: Cast, hugo: Person, owner: asyncpg.Connection) -> None:  # fmt: skip
    for one in await clients(hugo, 2):
        await plant_mandate(one, hugo)
    day = in_a_year()
    form = {
        "consultant": hugo.email,
        "ends-day": str(day.day),
        "ends-month": str(day.month),
        "ends-year": str(day.year),
    }
    async with at_shop(claire) as browser:
        told = await browser.send_form("/o/transports-du-val/people/mandates", form)
        assert told.status_code == 422
        assert "n’a plus de place pour un client" in told.text
        await give(hugo, "consultant", quantity=3)
        assert (await browser.send_form("/o/transports-du-val/people/mandates", form)).status_code == 303
    assert await owner.fetchval("select count(*) from mandate where consultant_id = $1", hugo.person_id) == 3


async def test_nobody_counts_where_nothing_is_sold(cast: Cast, claire: Actor, hugo: Person, offers: Offers, owner: asyncpg.Connection) -> None:  # fmt: skip
    for one in await clients(hugo, 3):
        await mandating.grant(one, hugo.email, in_a_year(), SITE, offers)
    await plant_member(claire, hugo, Role.READER)
    assert await inviting.invite(claire, [f"p{n}@example.org" for n in range(9)], Role.READER, SITE) == 9


@pytest.mark.parametrize("source", [Source.MANUAL, Source.FREE, Source.SPONSOR])
async def test_nobody_gives_an_offer_to_themselves(claire: Actor, source: Source) -> None:
    """An agreement is the staff's to write, a place needs the network's offer; the database holds to it."""
    only_reading.set(False)
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await grant(Kind.ORGANISATION, claire.organisation_id, "organisation", source, "mine")
