"""Places of a network: what holds whoever is quicker, whatever the network pays, and whoever looks."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.billing.flows import place_answering, place_clock, place_giving, places
from palier.billing.payers import payer_of
from palier.billing.rules.places import NotNow, When
from palier.billing.store import Sponsorship
from palier.entitlements.rules.offers import Kind
from palier.entitlements.rules.resolving import rights_from
from palier.entitlements.store import Entitlement, open_of
from palier.foundation import audit, clock
from palier.foundation.actor import Actor, NetworkActor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.rights import Feature, Rights
from palier.foundation.rights import Standing as HowHeld
from palier.foundation.settings import Settings
from tests.billing.sponsors import OFFERS, Stand, entitlement_of, houses, offered, place_row, stand
from tests.conftest import Cast
from tests.roles import as_the_worker


@pytest.fixture
async def members(cast: Cast, claire: Actor) -> list[Actor]:
    return [claire, *await houses(3)]


@pytest.fixture
async def excellence(owner: asyncpg.Connection, cast: Cast, members: list[Actor]) -> Stand:
    """Two places for four members."""
    return await stand(owner, cast.people["ines"], members)


async def rights_of(actor: Actor) -> Rights:
    async with reading(actor):
        held = await open_of(Kind.ORGANISATION, actor.organisation_id)
    return rights_from(held, Kind.ORGANISATION, OFFERS, now())


async def night(settings: Settings, days: int = 1) -> None:
    """So many days later, the worker looks at the places, as it does every morning."""
    clock.freeze(now() + timedelta(days=days))
    async with as_the_worker(settings):
        await place_clock.look_through(OFFERS)


async def mails(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await owner.fetch("select recipient, kind from mail order by created_at, recipient")
    return [(row["recipient"], row["kind"]) for row in rows]


async def test_an_accepted_place_opens_the_offer_and_both_trails_say_so(
    excellence: Stand, claire: Actor, owner: asyncpg.Connection
) -> None:
    assert (await rights_of(claire)).standing is HowHeld.FREE
    place = await excellence.offer(claire)
    assert (await rights_of(claire)).standing is HowHeld.FREE, "an offer opens nothing yet"
    await place_answering.accept(claire, place, OFFERS)
    rights = await rights_of(claire)
    assert (rights.offer, rights.source, Feature.BENCHMARK in rights.features) == ("member", "sponsor", True)
    told = await owner.fetch(
        "select chain, verb, person_id from audit_entry where verb like 'billing.place%' order by at"
    )
    by_chain = {chain: [(row["verb"], row["person_id"]) for row in told if row["chain"] == chain]
                for chain in (claire.organisation_id, excellence.planted.id)}  # fmt: skip
    ines = excellence.manager.person_id
    assert by_chain == {
        claire.organisation_id: [
            ("billing.place_offered", None),
            ("billing.place_accepted", claire.person_id),
        ],
        excellence.planted.id: [("billing.place_offered", ines), ("billing.place_accepted", None)],
    }, "each side reads what was done, not who did it on the other"
    async with reading(OnDuty(claire.organisation_id, excellence.planted.id)):
        for chain in by_chain:
            assert await audit.broken_links(chain) == []


async def test_the_last_place_has_one_winner(
    excellence: Stand, members: list[Actor], owner: asyncpg.Connection
) -> None:
    await excellence.give(members[0])
    rivals = [
        place_giving.invite(excellence.manager, [one.organisation_id], OFFERS, new_id())
        for one in members[1:]
    ]
    told = await asyncio.gather(*rivals, return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["NoneLeft", "NoneLeft", "int"]
    assert await owner.fetchval("select count(*) from sponsorship") == 2


async def test_several_are_offered_together_or_none(
    excellence: Stand, members: list[Actor], owner: asyncpg.Connection
) -> None:
    everybody = [one.organisation_id for one in members]
    with pytest.raises(places.NoneLeft) as none:
        await place_giving.invite(excellence.manager, everybody, OFFERS, new_id())
    assert none.value.free == 2
    assert await owner.fetchval("select count(*) from sponsorship") == 0
    assert await place_giving.invite(excellence.manager, everybody[:2], OFFERS, new_id()) == 2
    assert await place_giving.invite(excellence.manager, everybody[:2], OFFERS, new_id()) == 0, (
        "they have one already"
    )


async def test_only_verified_members_are_offered_one(
    excellence: Stand, members: list[Actor], nora: Actor, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "update network_member set verified_at = null where organisation_id = $1", members[1].organisation_id
    )
    await owner.execute(
        "update network_member set left_on = now() where organisation_id = $1", members[2].organisation_id
    )
    for other in (nora, members[1], members[2]):
        with pytest.raises(places.Unknown):
            await place_giving.invite(excellence.manager, [other.organisation_id], OFFERS, new_id())


async def test_accepting_twice_is_accepting_once(
    excellence: Stand, claire: Actor, owner: asyncpg.Connection
) -> None:
    place = await excellence.offer(claire)
    await asyncio.gather(*(place_answering.accept(claire, place, OFFERS) for _ in range(3)))
    assert await owner.fetchval("select count(*) from entitlement where source = 'sponsor'") == 1
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'billing.place_accepted'") == 2


async def test_an_offer_taken_back_meanwhile_is_not_accepted(
    excellence: Stand, claire: Actor, owner: asyncpg.Connection
) -> None:
    place = await excellence.offer(claire)
    told = await asyncio.gather(
        place_giving.withdraw(excellence.manager, place), place_answering.accept(claire, place, OFFERS), return_exceptions=True
    )  # fmt: skip
    assert sum(isinstance(one, NotNow) for one in told) == 1, told
    state = await excellence.state(place)
    assert state in ("withdrawn", "active")
    assert await entitlement_of(owner, place, now()) is (state == "active")


async def test_who_declined_may_be_asked_again(
    excellence: Stand, claire: Actor, owner: asyncpg.Connection
) -> None:
    first = await excellence.offer(claire)
    await place_answering.decline(claire, first)
    for act in (place_answering.decline(claire, first), place_answering.accept(claire, first, OFFERS)):
        with pytest.raises(NotNow):
            await act
    second = await excellence.give(claire)
    assert second != first
    assert [await excellence.state(one) for one in (first, second)] == ["declined", "active"]


async def test_fewer_places_than_members_throws_nobody_out_and_adds_nobody(
    excellence: Stand, members: list[Actor], settings: Settings, owner: asyncpg.Connection
) -> None:
    one, two = await excellence.give(members[0]), await excellence.offer(members[1])
    await excellence.set("quantity", 1)
    async with reading(excellence.manager):
        count = (await places.of(excellence.manager, OFFERS)).count
    assert (count.held, count.used, count.free, count.over) == (1, 2, 0, 1)
    await night(settings)
    assert [await excellence.state(each) for each in (one, two)] == ["active", "invited"]
    with pytest.raises(places.NoneLeft):
        await place_giving.invite(excellence.manager, [members[2].organisation_id], OFFERS, new_id())
    with pytest.raises(places.NoneLeft):
        await place_answering.accept(members[1], two, OFFERS)
    await place_giving.end(excellence.manager, one, When.NOW, OFFERS)
    await place_answering.accept(members[1], two, OFFERS)
    assert [await excellence.state(each) for each in (one, two)] == ["ended", "active"]
    assert await entitlement_of(owner, one, now() + timedelta(days=13)), (
        "ended at once leaves the usual grace"
    )
    assert not await entitlement_of(owner, one, now() + timedelta(days=15))


@pytest.mark.parametrize("ending", ["cancelled", "unpaid after its grace"])
async def test_when_the_network_pays_no_more_its_places_end_on_a_day_that_was_told(
    excellence: Stand, members: list[Actor], settings: Settings, owner: asyncpg.Connection, ending: str
) -> None:
    held, asked = await excellence.give(members[0]), await excellence.offer(members[1])
    await excellence.set(
        "valid_to", now() - timedelta(days=15 if ending.startswith("unpaid") else 0, seconds=1)
    )
    if ending.startswith("unpaid"):
        await excellence.set("grace_until", now() + timedelta(hours=1))
        async with as_the_worker(settings):
            await place_clock.look_through(OFFERS)
        assert (await place_row(owner, held))["ends_on"] is None, (
            "a payment that is late is nobody else's business"
        )
    await night(settings)
    row = await place_row(owner, held)
    assert (row["state"], row["ends_on"], row["ended_why"]) == (
        "active",
        clock.today() + timedelta(days=14),
        "sponsor",
    )
    assert await excellence.state(asked) == "withdrawn"
    assert (await rights_of(members[0])).standing is HowHeld.ENDING
    await night(settings, 14)
    assert await excellence.state(held) == "active", "the last day is one of its days"
    assert (await rights_of(members[0])).offer == "member"
    await night(settings)
    assert await excellence.state(held) == "ended"
    assert (await rights_of(members[0])).standing is HowHeld.FREE


async def test_a_network_that_pays_again_in_time_keeps_its_places(
    excellence: Stand, claire: Actor, settings: Settings, owner: asyncpg.Connection
) -> None:
    place = await excellence.give(claire)
    await excellence.set("valid_to", now() - timedelta(seconds=1))
    await night(settings)
    await excellence.set("valid_to", None)
    await night(settings, 3)
    row = await place_row(owner, place)
    assert (row["state"], row["ends_on"], row["ended_why"]) == ("active", None, "")
    assert (await rights_of(claire)).standing is HowHeld.FULL


async def test_an_end_with_the_month_is_told_and_can_be_taken_back(
    excellence: Stand, claire: Actor, settings: Settings
) -> None:
    clock.freeze(now().replace(day=12))
    place = await excellence.give(claire)
    await place_giving.end(excellence.manager, place, When.MONTH, OFFERS)
    rights = await rights_of(claire)
    assert rights.standing is HowHeld.ENDING
    assert rights.until is not None
    assert rights.until.astimezone(now().tzinfo).month in (now().month, now().month % 12 + 1)
    await place_giving.keep(excellence.manager, place)
    assert (await rights_of(claire)).standing is HowHeld.FULL
    with pytest.raises(NotNow):
        await place_giving.keep(excellence.manager, place)
    await place_giving.end(excellence.manager, place, When.MONTH, OFFERS)
    await night(settings, 25)
    assert await excellence.state(place) == "ended"
    assert (await rights_of(claire)).standing is HowHeld.FREE


@pytest.mark.parametrize("gone", ["left", "erased"])
async def test_a_member_that_is_gone_frees_its_place(
    excellence: Stand, members: list[Actor], settings: Settings, owner: asyncpg.Connection, gone: str
) -> None:
    held, asked = await excellence.give(members[1]), await excellence.offer(members[2])
    for member in members[1:3]:
        if gone == "left":
            await owner.execute(
                "update network_member set left_on = now() where organisation_id = $1", member.organisation_id
            )
        else:
            await owner.execute("set session_replication_role = replica")
            await owner.execute("delete from organisation where id = $1", member.organisation_id)
    before = await owner.fetchval(
        "select count(*) from audit_entry where chain = $1", members[1].organisation_id
    )
    if gone == "left":
        with pytest.raises(NotNow):
            await place_answering.accept(members[2], asked, OFFERS)
    await night(settings)
    assert [await excellence.state(one) for one in (held, asked)] == ["ended", "withdrawn"]
    row = await owner.fetchrow(
        "select valid_to, grace_until from entitlement where source_ref = $1", str(held)
    )
    assert (row["grace_until"] is not None) is (gone == "left")
    after = await owner.fetchval(
        "select count(*) from audit_entry where chain = $1", members[1].organisation_id
    )
    assert (after > before) is (gone == "left"), "who was erased has no trail any more"
    await place_giving.invite(
        excellence.manager, [members[0].organisation_id, members[3].organisation_id], OFFERS, new_id()
    )


async def test_of_two_sponsors_and_what_one_pays_oneself_the_best_counts(
    excellence: Stand, claire: Actor, cast: Cast, owner: asyncpg.Connection
) -> None:
    other = await stand(owner, cast.people["hugo"], [claire], places=1, slug="cercle")
    one, two = await excellence.give(claire), await other.give(claire)
    await owner.execute(
        "insert into entitlement (id, organisation_id, offer, source, source_ref, valid_from, created_at, updated_at) "
        "values ($1, $2, 'organisation', 'stripe', 'sub_1', now(), now(), now())",
        new_id(), claire.organisation_id,
    )  # fmt: skip
    assert (await rights_of(claire)).offer == "organisation"
    async with reading(claire):
        told = await place_answering.read(claire, one)
        assert [place.id for place in told.others] == [two]
        assert {place.id for place in await places.of_organisation(payer_of(claire))} == {one, two}
    await owner.execute("update entitlement set valid_to = now() where source_ref = 'sub_1'")
    await place_answering.leave(claire, one)
    rights = await rights_of(claire)
    assert (rights.offer, rights.standing) == ("member", HowHeld.FULL), "the other network's place goes on"


async def test_nobody_else_sees_or_touches_a_place(
    excellence: Stand, members: list[Actor], nora: Actor, cast: Cast, owner: asyncpg.Connection
) -> None:
    place = await excellence.give(members[0])
    stranger = (await stand(owner, cast.people["hugo"], [nora], slug="cercle")).manager
    for who in (nora, members[1], stranger, cast.people["hugo"], None):
        async with reading(who):
            assert await Sponsorship.all() == []
            assert [row for row in await Entitlement.all() if row.source_ref == str(place)] == []
            count = await places.count_of(excellence.planted.id, 9)
            assert (count.invited, count.active) == (0, 0)
    for act in (place_answering.leave(nora, place), place_answering.accept(members[1], place, OFFERS)):
        with pytest.raises(places.Unknown):
            await act
    for other in (
        place_giving.end(stranger, place, When.NOW, OFFERS),
        place_giving.withdraw(stranger, place),
    ):
        with pytest.raises(places.Unknown):
            await other
    async with transaction(stranger):
        assert await Sponsorship.filter(id=place).update(state="ended") == 0
        assert await Entitlement.filter(source_ref=str(place)).update(offer="flash") == 0
    with pytest.raises(Exception, match="row-level security"):
        await _offer_in_anothers_name(stranger, excellence.planted.id, nora)
    assert await excellence.state(place) == "active"


async def _offer_in_anothers_name(actor: NetworkActor, network: UUID, to: Actor) -> None:
    async with transaction(actor):
        await Sponsorship.create(
            id=new_id(), network_id=network, network_name="x", organisation_id=to.organisation_id, organisation_name="x",
            offer="member", invited_by=actor.person_id, invited_at=now(),
        )  # fmt: skip


async def test_letters_go_once_to_whom_they_concern_in_their_language(
    excellence: Stand, members: list[Actor], settings: Settings, owner: asyncpg.Connection, run_jobs: Any
) -> None:
    clock.freeze(now().replace(day=1, hour=9))
    await owner.execute("update person set locale = 'en' where email = 'd0@example.org'")
    one, two = await excellence.give(members[0]), await offered(excellence, members[1])
    await place_answering.decline(members[1], two)
    await place_giving.end(excellence.manager, one, When.MONTH, OFFERS)
    for _ in range(2):
        async with as_the_worker(settings):
            await run_jobs()
    told = await mails(owner)
    assert sorted(told) == [
        ("claire@example.org", "place_ends"), ("ines@example.org", "place_answered"), ("ines@example.org", "place_answered"),
    ], "an offer that was answered before the letter left needs none"  # fmt: skip
    for days in (3, 16, 5):
        await night(settings, days)
        async with as_the_worker(settings):
            await run_jobs()
    assert [kind for who, kind in await mails(owner) if who == "claire@example.org"] == [
        "place_ends",
        "place_soon",
    ]
    await offered(excellence, members[1])
    async with as_the_worker(settings):
        await run_jobs()
    subject = await owner.fetchval("select subject from mail where recipient = 'd0@example.org'")
    assert subject == "Réseau excellence offers Régie 0 a place"
