"""Everybody acts on the places of one network in any order, beside a model that can be read in a minute."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from palier.billing.flows import place_answering, place_clock, place_giving
from palier.billing.flows.places import NoneLeft
from palier.billing.rules.places import Count, NotNow, Place, Sponsor, Step, When, end_of, last_day, step
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from tests.billing.sponsors import OFFERS, Stand, entitlement_of, houses, stand
from tests.conftest import Cast

WHO = st.integers(0, 3)


@dataclass
class Kept:
    """A place as it ought to be. `open_until`: when what it opens ends, None while no end is known."""

    id: UUID
    state: str = "invited"
    ends_on: date | None = None
    why: str = ""
    open_until: datetime | None = None
    opened: bool = False


class Places(RuleBasedStateMachine):
    """Four members, a network that pays or not, and days that pass."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    owner: ClassVar[asyncpg.Connection]
    manager: ClassVar[Person]
    members: ClassVar[list[Actor]]
    number: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        Places.number += 1
        self.at = clock.now()
        self.held, self.paying = 2, True
        self.stand: Stand = self.do(stand(self.owner, self.manager, self.members, slug=f"r{self.number}"))
        self.kept: dict[int, Kept] = {}
        self.past: list[Kept] = []
        self.the_network_offers({0, 1})
        self.accept(0)

    def do(self, work: Awaitable[Any]) -> Any:
        """On the loop of the test, on the day of the story."""

        async def then() -> Any:
            only_reading.set(False)
            clock.freeze(self.at)
            return await work

        return asyncio.run_coroutine_threadsafe(then(), self.loop).result(30)

    def refused(self, work: Awaitable[Any], error: type[Exception]) -> None:
        try:
            self.do(work)
        except error:
            return
        raise AssertionError("this ought to have been refused")

    @property
    def today(self) -> date:
        return self.at.astimezone(end_of(date(2026, 1, 1)).tzinfo).date()

    @property
    def places(self) -> int:
        return self.held if self.paying else 0

    def one_of(self, number: int) -> int:
        """A member that has a place or was offered one: no act is wasted on the others."""
        return sorted(self.kept)[number % len(self.kept)]

    def active(self) -> int:
        return sum(one.state == "active" for one in self.kept.values())

    def close(self, who: int, state: str) -> None:
        one = self.kept.pop(who)
        one.state = state
        self.past.append(one)

    @rule(who=st.sets(WHO, min_size=1))
    def the_network_offers(self, who: set[int]) -> None:
        asked = [self.members[one].organisation_id for one in who]
        fresh = sorted(who - self.kept.keys())
        work = place_giving.invite(self.stand.manager, asked, OFFERS, new_id())
        if len(self.kept) + len(fresh) > self.places and fresh:
            self.refused(work, NoneLeft)
            return
        assert self.do(work) == len(fresh)
        sql = (
            "select id from sponsorship where network_id = $1 and organisation_id = $2 and state = 'invited'"
        )
        for one in fresh:
            member = self.members[one].organisation_id
            self.kept[one] = Kept(self.do(self.owner.fetchval(sql, self.stand.planted.id, member)))
        assert len(self.kept) <= self.places or not fresh

    @rule()
    def everybody_offered_one_accepts(self) -> None:
        for who in sorted(self.kept):
            self.accept(who)

    @precondition(lambda self: self.kept)
    @rule(who=WHO)
    def a_member_accepts(self, who: int) -> None:
        self.accept(self.one_of(who))

    def accept(self, who: int) -> None:
        if (one := self.kept.get(who)) is None:
            return
        work = place_answering.accept(self.members[who], one.id, OFFERS)
        if one.state == "invited" and self.active() >= self.places:
            self.refused(work, NoneLeft)
            return
        self.do(work)
        one.state, one.opened = "active", True

    @precondition(lambda self: self.kept)
    @rule(who=WHO)
    def a_member_declines(self, who: int) -> None:
        who = self.one_of(who)
        if one := self.kept.get(who):
            work = place_answering.decline(self.members[who], one.id)
            if one.state == "active":
                self.refused(work, NotNow)
                return
            self.do(work)
            self.close(who, "declined")

    @precondition(lambda self: self.kept)
    @rule(who=WHO)
    def a_member_gives_it_back(self, who: int) -> None:
        who = self.one_of(who)
        if one := self.kept.get(who):
            work = place_answering.leave(self.members[who], one.id)
            if one.state == "invited":
                self.refused(work, NotNow)
                return
            self.do(work)
            one.open_until = min(self.at, one.open_until or self.at)
            self.close(who, "ended")

    @precondition(lambda self: self.kept)
    @rule(who=WHO)
    def the_network_takes_an_offer_back(self, who: int) -> None:
        who = self.one_of(who)
        if one := self.kept.get(who):
            work = place_giving.withdraw(self.stand.manager, one.id)
            if one.state == "active":
                self.refused(work, NotNow)
                return
            self.do(work)
            self.close(who, "withdrawn")

    @precondition(lambda self: self.kept)
    @rule(who=WHO, when=st.sampled_from(When))
    def the_network_ends_one(self, who: int, when: When) -> None:
        who = self.one_of(who)
        if one := self.kept.get(who):
            work = place_giving.end(self.stand.manager, one.id, when, OFFERS)
            if one.state == "invited":
                self.refused(work, NotNow)
                return
            self.do(work)
            if when is When.NOW:
                one.open_until = self.at + timedelta(days=OFFERS.grace_days)
                self.close(who, "ended")
            else:
                one.ends_on, one.why = last_day(when, self.today), "network"
                one.open_until = end_of(one.ends_on)

    @precondition(lambda self: self.kept)
    @rule(who=WHO)
    def the_network_lets_it_go_on(self, who: int) -> None:
        who = self.one_of(who)
        if one := self.kept.get(who):
            work = place_giving.keep(self.stand.manager, one.id)
            if one.state != "active" or one.why != "network":
                self.refused(work, NotNow)
                return
            self.do(work)
            one.ends_on, one.why, one.open_until = None, "", None

    @rule(places=st.sampled_from([1, 1, 2, 3, 0]))
    def the_network_holds_another_number(self, places: int) -> None:
        self.held = places
        self.do(self.stand.set("quantity", places))

    @rule(paying=st.sampled_from([True, True, False]))
    def the_network_pays_or_not(self, paying: bool) -> None:
        self.paying = paying
        self.do(self.stand.set("valid_to", None if paying else self.at - timedelta(seconds=1)))

    @rule(days=st.sampled_from([1, 9, 20]))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)
        for _ in range(2):  # the second look finds nothing more to do
            self.do(place_clock.look_at(self.stand.planted.id, OFFERS))
        for who, one in list(self.kept.items()):
            self.look(who, one)

    def look(self, who: int, one: Kept) -> None:
        """What a night does to one place."""
        last = self.today + timedelta(days=OFFERS.grace_days)
        if one.state == "invited":
            if not self.places:
                self.close(who, "withdrawn")
        elif one.ends_on and one.ends_on < self.today:
            self.close(who, "ended")
        elif not self.places and one.why != "sponsor" and not (one.ends_on and one.ends_on <= last):
            one.ends_on, one.why, one.open_until = last, "sponsor", end_of(last)
        elif self.places and one.why == "sponsor":
            one.ends_on, one.why, one.open_until = None, "", None

    @invariant()
    def what_stands_is_what_was_done(self) -> None:
        self.do(self.compare())

    async def compare(self) -> None:
        rows = await self.owner.fetch(
            "select * from sponsorship where network_id = $1", self.stand.planted.id
        )
        found = {
            row["id"]: (row["state"], row["ends_on"] if row["state"] == "active" else None) for row in rows
        }
        every = [*self.kept.values(), *self.past]
        assert found == {one.id: (one.state, one.ends_on if one.state == "active" else None) for one in every}
        for one in every:
            opens = one.opened and (one.open_until is None or self.at < one.open_until)
            assert await entitlement_of(self.owner, one.id, self.at) is opens, one


async def play(owner: asyncpg.Connection, cast: Cast, *, shrink: bool = True) -> None:
    Places.loop, Places.owner = asyncio.get_running_loop(), owner
    Places.manager, Places.members = cast.people["ines"], await houses(4)
    chosen = settings(
        max_examples=25 if shrink else 40, stateful_step_count=20, report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, Places, settings=chosen)


async def test_places_are_what_everybody_did(owner: asyncpg.Connection, cast: Cast) -> None:
    await play(owner, cast)


@pytest.mark.long
@pytest.mark.parametrize(
    "fault",
    ["whoever is offered one may accept", "offers do not count", "a sponsor that is gone is not noticed"],
)
async def test_the_story_would_tell(
    owner: asyncpg.Connection, cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Planted faults."""
    if fault.startswith("whoever"):
        monkeypatch.setattr(Count, "may_accept", property(lambda count: True))
    elif fault.startswith("offers"):
        monkeypatch.setattr(Count, "used", property(lambda count: count.active))
    else:
        monkeypatch.setattr(place_clock, "step", _never_telling)
    with pytest.raises(Exception):  # noqa: B017, PT011  (hypothesis tells of one failure, or of several together)
        await play(owner, cast, shrink=False)


def _never_telling(place: Place, sponsor: Sponsor, today: date, grace_days: int) -> Step:
    found = step(place, sponsor, today, grace_days)
    return Step.NOTHING if found is Step.TELL else found
