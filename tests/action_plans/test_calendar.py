"""My actions everywhere, and the calendar that reads them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from asyncpg import Connection
from icalendar import Calendar
from tortoise.exceptions import OperationalError

from palier.action_plans.calendar_file import Appointment, calendar_file
from palier.action_plans.flows import acting
from palier.action_plans.flows.mine import actors_of, everything_of
from palier.action_plans.flows.planning import open_plan
from palier.action_plans.flows.subscribing import open_feed, subscriber
from palier.action_plans.rules.agenda import Span, by_span, span_of
from palier.action_plans.rules.life import ActionStatus, Facts
from palier.action_plans.store import CalendarFeed
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import only_reading, reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from tests.action_plans.conftest import plant_round
from tests.action_plans.test_pages import fields
from tests.conftest import Browser, Cast, plant_mandate, plant_member

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("due", "span"),
    [
        (None, Span.UNDATED), (date(2026, 11, 21), Span.LATE), (SUNDAY, Span.THIS_WEEK), (date(2026, 11, 23), Span.SOON),
        (date(2026, 12, 22), Span.SOON), (date(2026, 12, 23), Span.LATER),
    ],
)  # fmt: skip
def test_a_due_date_falls_in_one_span(due: date | None, span: Span) -> None:
    assert span_of(due, SUNDAY) is span


def test_spans_without_anything_are_left_out_and_the_rest_is_in_order() -> None:
    entries = [Facts("b", due_on=date(2026, 12, 24)), Facts("undated"), Facts("a", due_on=date(2026, 12, 23))]
    spans = by_span(entries, SUNDAY)
    assert {span: [one.title for one in rows] for span, rows in spans.items()} == {
        Span.LATER: ["a", "b"],
        Span.UNDATED: ["undated"],
    }


def test_what_people_type_stays_one_line_of_one_event() -> None:
    """The parser of the library reads back what was written; no line of the file is longer than 75 bytes."""
    hostile = "Répondre, vite; ici\nEND:VEVENT\r\nBEGIN:VALARM\x0b" + "é\\" * 90
    day = Appointment(
        "due-1@palier", SUNDAY, hostile, hostile, "https://palier.example/o/x/a/1", "A, B; C", 7
    )
    content = calendar_file("p@palier", [day], datetime(2026, 11, 1, 12, tzinfo=UTC))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    read = Calendar.from_ical(content)
    assert read.errors == []
    [event] = read.walk("VEVENT")
    assert read.walk("VALARM") == []
    assert event.errors == []
    assert str(event["SUMMARY"]).replace("\r", "") == hostile.replace("\x0b", "").replace("\r", "")
    assert (event.start, event.end) == (SUNDAY, SUNDAY + timedelta(days=1))
    assert (str(event["UID"]), event.sequence, event.categories) == ("due-1@palier", 7, ["A, B; C"])


async def give(actor: Actor, slug: str, title: str, **facts: Any) -> None:
    wanted = Facts(title, owner=actor.person_id, due_on=today() + timedelta(days=3))
    await acting.add(actor, slug, replace(wanted, **facts), new_id())


@pytest.fixture
async def two_places(claire: Actor, plan: str, nora: Actor) -> Actor:
    """Claire carries an action at home, and one at the clinic, where she only reads."""
    await give(claire, plan, "Chez nous")
    await give(claire, plan, "Finie", status=ActionStatus.DONE)
    await give(claire, plan, "De Malik", owner=None)
    await plant_round(nora)
    theirs = await open_plan(nora, "fl-2026", "Plan", 2027, new_id())
    await plant_member(nora, claire.person, Role.READER)
    await give(nora, theirs, "À la clinique", owner=claire.person_id)
    await give(nora, theirs, "De Nora")
    return claire


async def test_my_actions_come_from_everywhere_under_the_rights_of_each_place(
    two_places: Actor, visit: Browser
) -> None:
    only_reading.set(False)
    found = {one.row.title: one.editable for one in await everything_of(two_places.person)}
    assert found == {"Chez nous": True, "À la clinique": False}
    async with visit(two_places) as browser:
        page = (await browser.get("/actions")).text
        assert page.count("/status") == 1
        assert "Clinique du Lac" in page
        assert "De Nora" not in page
        narrowed = (await browser.get("/actions?org=clinique-du-lac")).text
        assert ("À la clinique" in narrowed, "Chez nous" in narrowed) == (True, False)
        form = fields(page, re.search(r'action="(/o/[^"]*/status)"', page)[1])
        moved = await browser.send_form(
            re.search(r'action="(/o/[^"]*/status)"', page)[1], form | {"status": "done"}
        )
        assert (moved.status_code, moved.headers["location"]) == (303, "/actions")
        assert (
            "Chez nous"
            not in (await browser.get("/actions")).text.partition("<main")[2].partition("</h1>")[2]
        )


async def test_a_mandate_counts_while_it_lasts(
    claire: Actor, plan: str, cast: Cast, owner: Connection
) -> None:
    hugo = cast.people["hugo"]
    assert await everything_of(hugo) == []
    mandate = await plant_mandate(claire, hugo)
    await give(claire, plan, "Animer les ateliers", owner=hugo.person_id)
    [one] = await everything_of(hugo)
    assert (one.row.title, one.organisation.slug, one.editable) == (
        "Animer les ateliers",
        "transports-du-val",
        True,
    )
    await owner.execute("update mandate set ends_on = current_date - 3 where id = $1", mandate)
    assert await actors_of(hugo) == []


async def opened(browser: Any) -> str:
    """The path of a calendar address somebody opens now."""
    form = fields((await browser.get("/actions/calendar")).text, "/actions/calendar/open")
    page = await browser.send_form("/actions/calendar/open", form)
    assert page.status_code == 200
    address = unescape(re.search(r"<code[^>]*>([^<]*)</code>", page.text)[1])
    again = await browser.send_form("/actions/calendar/open", form)
    assert (again.status_code, again.headers["location"]) == (303, "/actions/calendar")
    assert address not in (await browser.get("/actions/calendar")).text
    return urlsplit(address).path


async def test_a_calendar_reads_at_its_secret_address_until_it_is_replaced_or_closed(
    two_places: Actor, visit: Browser
) -> None:
    async with visit(two_places) as browser, visit(None) as program:
        first = await opened(browser)
        answer = await program.get(first)
        assert answer.headers["content-type"].startswith("text/calendar")
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert {str(event["SUMMARY"]) for event in events} == {
            "Échéance\u00a0: Chez nous", "Échéance\u00a0: À la clinique"
        }  # fmt: skip
        second = await opened(browser)
        assert (await program.get(first)).status_code == 404
        assert (await program.get(second)).status_code == 200
        await browser.send_form("/actions/calendar/close")
        assert (await program.get(second)).status_code == 404
    assert await subscriber("nothing") is None


async def test_a_forgotten_query_shows_nobody_elses_calendar_address(claire: Actor, nora: Actor) -> None:
    only_reading.set(False)
    secret = await open_feed(claire.person, new_id())
    for who, seen in ((claire.person, 1), (claire, 1), (nora.person, 0), (nora, 0), (None, 0)):
        async with reading(who):
            assert await CalendarFeed.all().count() == seen
    with pytest.raises(OperationalError, match="row-level security"):
        async with transaction(nora.person):
            await CalendarFeed.create(id=new_id(), person_id=claire.person_id, fingerprint="x")
    async with transaction(nora.person):
        assert await CalendarFeed.all().delete() == 0
    assert (await subscriber(secret)).person_id == claire.person_id
