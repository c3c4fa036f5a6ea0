"""Reminders: each letter once, at the reader's hour and in their language; links that ask before they act."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.accounts.rules import is_awake
from palier.action_plans.flows import reminding
from palier.action_plans.rules.reminders import (
    Kind,
    Task,
    digest_of,
    may_be_put_off_to,
    owner_is_told,
    sponsor_is_told,
    usual_dates,
    week_of,
)
from palier.action_plans.store import SentReminder
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.conftest import Browser
from tests.postman import Deliver, Postman
from tests.roles import as_the_worker

DUE = date(2026, 12, 3)  # a Thursday
SITE = "http://palier.test"


# --- the calendar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (-8, None), (-7, Kind.SOON), (-5, Kind.SOON), (-4, None), (0, None), (1, Kind.LATE), (3, Kind.LATE), (4, None),
    ],
)  # fmt: skip
def test_the_owner_is_told_a_week_before_and_the_day_after_or_soon_when_nothing_ran(
    days: int, kind: Kind | None
) -> None:
    assert owner_is_told(DUE, DUE + timedelta(days=days)) is kind


@pytest.mark.parametrize(("days", "told"), [(13, False), (14, True), (16, True), (17, False)])
def test_the_sponsor_is_told_two_weeks_after(days: int, told: bool) -> None:
    assert sponsor_is_told(DUE, DUE + timedelta(days=days)) is told


def test_a_digest_is_monday_s_and_comes_by_wednesday_at_the_latest() -> None:
    week = [digest_of(date(2026, 11, 30) + timedelta(days=n)) for n in range(7)]
    assert week == [date(2026, 11, 30)] * 3 + [None] * 4


def test_nobody_is_written_to_before_seven() -> None:
    assert not is_awake(datetime(2026, 12, 3, 6, 59, tzinfo=UTC))
    assert is_awake(datetime(2026, 12, 3, 7, 0, tzinfo=UTC))


def test_a_digest_tells_one_s_own_and_to_those_who_lead_what_others_are_late_with() -> None:
    me, other = new_id(), new_id()
    late, near, far, theirs, nobody_s = (
        Task(new_id(), owner, DUE + timedelta(days=days))
        for owner, days in ((me, -1), (me, 14), (me, 15), (other, -3), (None, -2))
    )
    tasks = [far, near, nobody_s, theirs, late]
    mine = week_of(me, tasks, DUE, leads=False)
    assert (mine.late, mine.near, mine.others_late) == ((late.id,), (near.id,), ())
    assert week_of(me, tasks, DUE, leads=True).others_late == (theirs.id, nobody_s.id)
    assert not week_of(other, [far, near], DUE, leads=True)


def test_dates_offered_start_where_there_is_still_time() -> None:
    assert usual_dates(DUE, DUE - timedelta(days=7))[0] == DUE + timedelta(days=7)
    assert usual_dates(DUE, DUE + timedelta(days=20))[0] == DUE + timedelta(days=27)
    assert not may_be_put_off_to(DUE, DUE, DUE - timedelta(days=3))
    assert not may_be_put_off_to(DUE + timedelta(days=1), DUE, DUE + timedelta(days=2))
    assert may_be_put_off_to(DUE + timedelta(days=1), DUE, DUE + timedelta(days=1))
    assert not may_be_put_off_to(DUE + timedelta(days=900), DUE, DUE)


# --- the letters ----------------------------------------------------------------------------------------------------

Plant = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def plant(owner: asyncpg.Connection, claire: Actor) -> Plant:
    """Put an action of Transports du Val into the database, in a plan of its own kind; its id."""
    plan = new_id()
    await owner.execute("set session_replication_role = replica")
    await owner.execute(
        "insert into action_plan (id, organisation_id, slug, title, assessment_id, strategic_weights, targets, created_by, created_at) "
        "values ($1, $2, 'plan-2027', 'Plan 2027', $3, '{}', '{}', $4, now())",
        plan, claire.organisation_id, new_id(), claire.person_id,
    )  # fmt: skip

    async def put(who: Actor | None, due_on: date | None = DUE, **values: Any) -> UUID:
        facts = {
            "id": new_id(), "organisation_id": claire.organisation_id, "plan_id": plan, "title": "Afficher les délais",
            "owner_id": who.person_id if who else None, "owner_name": who.person.name if who else "", "due_on": due_on,
            "created_by": claire.person_id, "lever": "", "finding": "", "serves": "[]", "status": "in_progress",
            "progress": 10, "sponsor": "", "effort": 2, "months": 3, "kpi_name": "", "kpi_unit": "",
            "kpi_direction": "up", "expected_gain": "0", "priority": "0", "revision": 1, "created_at": clock.now(),
        } | values  # fmt: skip
        marks = ", ".join(f"${n}" for n in range(1, len(facts) + 1))
        await owner.execute(f"insert into action ({', '.join(facts)}) values ({marks})", *facts.values())
        return UUID(str(facts["id"]))

    return put


async def send(settings: Settings, day: date, hour: int = 9) -> None:
    async with as_the_worker(settings):
        clock.freeze(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        await reminding.send_due(SITE, settings.secret)


async def letters(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    return await owner.fetch("select * from mail order by created_at, recipient")


def links(text: str, errand: str) -> list[str]:
    return re.findall(rf"{SITE}(/reminders/\S+/{errand})", text)


async def test_an_owner_gets_one_letter_for_the_day_in_their_language_and_never_again(
    plant: Plant, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant(malik)
    await plant(malik, title="Former l’accueil", blocked=True, blocked_reason="Budget")
    await plant(malik, DUE + timedelta(days=30))
    await plant(malik, title="Finie", status="done")
    await owner.execute("update person set locale = 'en' where id = $1", malik.person_id)
    for _ in range(2):
        await send(settings, DUE - timedelta(days=7))
    (mail,) = await letters(owner)
    assert (mail["recipient"], mail["locale"], mail["subject"]) == (
        "malik@example.org",
        "en",
        "2 actions due soon",
    )
    assert "in 7 days" in mail["text"]
    assert "Blocked: Budget" in mail["text"]
    assert "Finie" not in mail["text"] + mail["html"]
    assert len(links(mail["text"], "done")) == len(links(mail["text"], "postpone")) == 2
    for address in re.findall(rf"{SITE}/\S+", mail["text"]):
        assert f'href="{address}"' in mail["html"]
    assert mail["refuse"].startswith(f"{SITE}/reminders/stop/")


async def test_a_mail_server_gets_the_letter_as_text_and_dressed_up_with_its_own_way_out(
    plant: Plant, malik: Actor, settings: Settings, server: tuple[Postman, str], deliver: Deliver
) -> None:
    await plant(malik)
    for _ in range(2):
        await send(settings, DUE - timedelta(days=7))
    await deliver()
    (message,) = server[0].taken
    assert message["Subject"] == "Échéance le 3 décembre 2026 : Afficher les délais"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = [part.get_content() for part in message.iter_parts()]
    assert message["List-Unsubscribe"].strip("<>") in text
    assert "dans 7\u00a0jours" in text.replace("7 jours", "7\u00a0jours")
    assert "<h1>Cette action que vous portez arrive à échéance</h1>" in html


async def test_letters_wait_for_seven_in_the_morning_where_the_reader_lives(
    plant: Plant, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant(malik)
    await owner.execute(
        "update person set time_zone = 'Indian/Reunion' where id = $1", malik.person_id
    )  # UTC+4
    await send(settings, DUE - timedelta(days=7), hour=2)
    assert await letters(owner) == []
    await send(settings, DUE - timedelta(days=7), hour=3)
    assert [mail["kind"] for mail in await letters(owner)] == ["soon"]


async def test_a_sponsor_is_written_to_at_their_address_or_as_a_member(
    plant: Plant, claire: Actor, malik: Actor, sophie: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant(malik, sponsor="Direction générale", sponsor_email="dg@example.com")
    await plant(malik, title="Deuxième", sponsor_id=sophie.person_id)
    await plant(malik, title="La sienne", sponsor_id=malik.person_id)
    for _ in range(2):
        await send(settings, DUE + timedelta(days=15))
    outside, member = sorted(await letters(owner), key=lambda mail: mail["recipient"])
    assert (outside["recipient"], outside["kind"]) == ("dg@example.com", "sponsor")
    assert "Bonjour Direction générale," in outside["text"]
    assert "Malik Ouali" in outside["text"]
    assert "/o/" not in outside["text"] + outside["html"]
    assert member["recipient"] == "sophie@example.org"
    assert "Deuxième" in member["subject"]
    assert "/o/transports-du-val/a/" in member["text"]


async def test_a_digest_says_the_week_once_and_nothing_when_there_is_nothing(
    plant: Plant, claire: Actor, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    monday = date(2026, 11, 30)
    await plant(malik, monday - timedelta(days=5))
    await plant(malik, monday + timedelta(days=13), title="Bientôt")
    for day in (monday, monday + timedelta(days=1)):
        await send(settings, day)
    ours, his = sorted(await letters(owner), key=lambda mail: mail["recipient"])
    assert (ours["recipient"], his["recipient"]) == ("claire@example.org", "malik@example.org")
    assert "En retard, portées par d’autres" in ours["text"]
    assert "Malik Ouali" in ours["text"]
    assert "Bientôt" not in ours["text"]
    assert "Bientôt" in his["text"]


async def test_throw_away_copies_and_those_who_left_are_not_written_to(
    plant: Plant, malik: Actor, nora: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant(nora)
    await plant(malik)
    await owner.execute("update organisation set sandbox_until = '2099-01-01'")
    await send(settings, DUE - timedelta(days=7))
    assert await letters(owner) == []
    await owner.execute("update organisation set sandbox_until = null")
    await send(settings, DUE - timedelta(days=7))
    assert [mail["recipient"] for mail in await letters(owner)] == ["malik@example.org"]


# --- the links ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def reminded(
    plant: Plant, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> tuple[UUID, str]:
    """Malik's action due on 3 December, and the address of the link in the letter of 26 November, up to the verb."""
    action = await plant(malik)
    await send(settings, DUE - timedelta(days=7))
    ((link,),) = [links(mail["text"], "done") for mail in await letters(owner)]
    return action, link.removesuffix("/done")


async def test_opening_a_link_changes_nothing_and_its_button_does_once(
    reminded: tuple[UUID, str], visit: Browser, owner: asyncpg.Connection
) -> None:
    action, link = reminded
    async with visit(None) as nobody:
        page = (await nobody.get(f"{link}/done")).text
        assert "Afficher les délais" in page
        assert await owner.fetchval("select status from action") == "in_progress"
        reply = await nobody.send_form(f"{link}/done", {"rev": "1"})
        assert reply.status_code == 303
        row = await owner.fetchrow("select status, progress, revision from action where id = $1", action)
        assert tuple(row) == ("done", 100, 2)
        assert "Cette action est terminée" in (await nobody.get(f"{link}/postpone")).text
        assert (
            await nobody.send_form(f"{link}/postpone", {"rev": "2", "to": "2027-01-07"})
        ).status_code == 409
    trail = await owner.fetch(
        "select verb, person_id from audit_entry where subject = $1", f"action {action}"
    )
    assert "action_plans.reminder_answered" in {row["verb"] for row in trail}


async def test_putting_off_asks_for_a_later_day(
    reminded: tuple[UUID, str], visit: Browser, owner: asyncpg.Connection
) -> None:
    action, link = reminded
    async with visit(None) as nobody:
        for wrong in ({}, {"to": "other"}, {"to": "2026-12-02"}, {"to": "2099-01-01"}, {"to": "x"}):
            reply = await nobody.send_form(f"{link}/postpone", {"rev": "1", **wrong})
            assert reply.status_code == 422, wrong
            assert "Erreur" in reply.text
        typed = {"to": "other", "to-day": "7", "to-month": "1", "to-year": "2027"}
        assert (await nobody.send_form(f"{link}/postpone", {"rev": "1", **typed})).status_code == 303
        assert await owner.fetchval("select due_on from action where id = $1", action) == date(2027, 1, 7)
        assert "a changé depuis" in (await nobody.get(f"{link}/done")).text


async def test_a_change_made_meanwhile_is_shown_before_anything_is_done(
    reminded: tuple[UUID, str], visit: Browser, owner: asyncpg.Connection
) -> None:
    _, link = reminded
    await owner.execute("update action set title = 'Autre titre', revision = 2")
    async with visit(None) as nobody:
        reply = await nobody.send_form(f"{link}/done", {"rev": "1"})
        assert reply.status_code == 409
        assert "Autre titre" in reply.text
    assert await owner.fetchval("select status from action") == "in_progress"


@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("update action set owner_id = gen_random_uuid()", 200),
        ("update membership set role = 'reader'", 200),
        ("delete from membership", 404),
        ("update sent_reminder set sent_at = sent_at - interval '31 days'", 410),
        ("delete from action", 404),
    ],
)
async def test_a_link_ends_with_what_it_was_given_for(
    sql: str, status: int, reminded: tuple[UUID, str], visit: Browser, owner: asyncpg.Connection
) -> None:
    _, link = reminded
    await owner.execute("set session_replication_role = origin")
    await owner.execute(sql)
    async with visit(None) as nobody:
        assert (await nobody.get(f"{link}/done")).status_code == status
        assert (await nobody.send_form(f"{link}/done", {"rev": "1"})).status_code in (404, 409, 410)
    assert await owner.fetchval("select count(*) from action where status = 'done'") == 0


async def test_an_invented_link_opens_nothing(stage: object, visit: Browser) -> None:
    async with visit(None) as nobody:
        for place in ("/reminders/x/done", "/reminders/x/postpone", "/reminders/stop/x"):
            assert (await nobody.get(place)).status_code == 404


async def test_a_reader_who_may_not_change_the_plan_gets_no_links(
    plant: Plant, sophie: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant(sophie)
    await send(settings, DUE - timedelta(days=7))
    (mail,) = await letters(owner)
    assert links(mail["text"], "done") == []
    assert "/o/transports-du-val/a/" in mail["text"]


# --- wanted or not --------------------------------------------------------------------------------------------------


async def test_each_kind_is_refused_by_itself_by_the_letter_or_on_the_account(
    reminded: tuple[UUID, str], visit: Browser, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    (mail,) = await letters(owner)
    stop = mail["refuse"].removeprefix(SITE)
    async with visit(None) as nobody:  # as a mail program does: no page opened, no token
        reply = await nobody.post(stop, data={"List-Unsubscribe": "One-Click"})
        assert reply.status_code == 200
        assert "ne reçoit pas" in (await nobody.get(stop)).text
    await owner.execute("delete from sent_reminder")
    await send(settings, DUE - timedelta(days=7))
    assert len(await letters(owner)) == 1
    await send(settings, DUE + timedelta(days=1))
    assert [mail["kind"] for mail in await letters(owner)] == ["soon", "late"]
    async with visit(malik) as browser:
        page = (await browser.get("/account/reminders")).text
        assert len(re.findall(r'type="checkbox"[^>]* checked', page)) == 5
        await browser.send_form("/account/reminders", {"soon": "yes"})
        page = (await browser.get("/account/reminders")).text
        assert re.findall(r'type="checkbox" id="(\w+)"[^>]* checked', page) == ["soon"]
    await owner.execute("delete from sent_reminder")
    await send(settings, DUE - timedelta(days=7))
    await send(settings, DUE + timedelta(days=1))
    assert sorted(mail["kind"] for mail in await letters(owner)) == ["late", "soon", "soon"]


async def test_a_query_that_forgets_the_organisation_shows_no_reminder_of_others(
    reminded: tuple[UUID, str], nora: Actor
) -> None:
    for somebody in (nora, nora.person, None):
        async with reading(somebody):
            assert await select("select id from sent_reminder") == []
    with pytest.raises(Exception, match="permission denied|row-level security"):
        async with transaction(nora):
            await SentReminder.create(
                id=new_id(), organisation_id=nora.organisation_id, email="x@example.org", kind="soon", due_on=DUE,
                sent_at=clock.now(),
            )  # fmt: skip
