"""Reminders of rounds: by plan or by hand, once a day and an occasion, to whom something is left and who wants them."""

import re
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor, Organisation
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.network.flows.inviting import NotInADemonstration
from palier.questionnaires.catalogue import latest
from palier.respondents.rules import Rhythm
from palier.respondents.store import Respondent
from palier.scoring.rules.answers import State
from palier.team.flows import asking, reminding
from palier.team.flows.asking import Wish
from palier.team.flows.reminding import NothingLeft, RemindedToday
from tests.conftest import Browser
from tests.postman import Deliver, Postman
from tests.roles import as_the_worker

SITE, MONDAY = "http://palier.test", date(2026, 11, 23)
EVERYTHING = [criterion.code for criterion in latest("FL").criteria]


async def ask(actor: Actor, slug: str, *people: Actor, codes: tuple[str, ...] = ()) -> None:
    wish = Wish(frozenset(one.person_id for one in people), "", codes)
    await asking.add(actor, slug, wish, SITE, new_id())


async def respondent(actor: Actor, who: Actor, assessment: Assessment) -> Respondent:
    async with transaction(actor):
        return await Respondent.get(person_id=who.person_id, assessment_id=assessment.id)


async def send(settings: Settings, day: date, hour: int = 9) -> None:
    async with as_the_worker(settings):
        clock.freeze(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        await reminding.send_due(SITE, settings.secret)


async def letters(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    return await owner.fetch("select * from mail order by created_at, recipient")


async def answer(actor: Actor, slug: str, codes: list[str]) -> None:
    for code in codes:
        await answer_criterion(actor, slug, code, Draft(State.ANSWERED, 3), op=new_id(), base=0)


async def test_one_letter_on_monday_about_every_planned_round_however_often_the_job_runs(
    shared: Assessment,
    alone: Assessment,
    claire: Actor,
    malik: Actor,
    owner: asyncpg.Connection,
    settings: Settings,
) -> None:
    silent = await open_assessment(claire, latest("FL"), name="tu", opens_on=MONDAY, closes_on=None)
    await ask(claire, "fl-2026", malik, codes=("FL2.1",))
    for slug in ("fl-seul", silent.slug):
        await ask(claire, slug, malik)
    await reminding.plan(claire, "fl-2026", Rhythm.WEEKLY, 7)
    await reminding.plan(claire, "fl-seul", Rhythm.WEEKLY, 7)
    await answer(malik, "fl-2026", ["FL2.1.1"])
    await send(settings, MONDAY, hour=5)
    assert await letters(owner) == []  # before seven where he lives
    for hour in (8, 9, 10):
        await send(settings, MONDAY, hour)
    await send(settings, MONDAY + timedelta(days=1))
    (letter,) = await letters(owner)
    assert letter["recipient"] == "malik@example.org"
    assert "/e/fl-2026/q/FL2.1.2?only=mine" in letter["text"]
    assert "/e/fl-seul/q/FL1.1.1\n" in letter["text"]
    assert silent.slug not in letter["text"]  # nobody wants reminders of that one
    await send(settings, MONDAY + timedelta(days=7))
    assert len(await letters(owner)) == 2


async def test_before_a_date_it_is_one_s_own_or_the_round_s_and_nobody_who_is_done(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await ask(claire, "fl-2026", malik, claire)
    due, close = date(2026, 12, 3), date(2030, 12, 18)
    await owner.execute("update respondent set due_on = $1 where person_id = $2", due, malik.person_id)
    await reminding.plan(claire, "fl-2026", Rhythm.BEFORE, 5)
    await send(settings, due - timedelta(days=6))
    assert await letters(owner) == []
    await send(settings, due - timedelta(days=4))  # what a stopped worker missed
    await send(settings, due - timedelta(days=3))
    assert [row["recipient"] for row in await letters(owner)] == ["malik@example.org"]
    clock.freeze(None)
    await answer(malik, "fl-2026", EVERYTHING)
    await send(settings, close - timedelta(days=5))
    assert len(await letters(owner)) == 1


async def test_answered_alone_one_s_own_answers_count_and_opened_ones_end_the_reminders(
    alone: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await ask(claire, "fl-seul", malik, claire)
    await reminding.plan(claire, "fl-seul", Rhythm.WEEKLY, 7)
    await answer(malik, "fl-seul", EVERYTHING)
    await send(settings, MONDAY)
    assert [row["recipient"] for row in await letters(owner)] == ["claire@example.org"]
    await owner.execute("update assessment set answers_opened_at = now()")
    await send(settings, MONDAY + timedelta(days=7))
    assert len(await letters(owner)) == 1


async def test_whoever_left_or_may_only_read_by_now_gets_no_letter(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await ask(claire, "fl-2026", malik)
    await reminding.plan(claire, "fl-2026", Rhythm.WEEKLY, 7)
    await owner.execute("update membership set role = 'reader' where person_id = $1", malik.person_id)
    await send(settings, MONDAY)
    await owner.execute("delete from membership where person_id = $1", malik.person_id)
    await send(settings, MONDAY + timedelta(days=1))
    assert await letters(owner) == []


async def test_the_button_reminds_once_a_day_and_the_plan_does_not_add_to_it(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection, settings: Settings, deliver: Deliver,
    server: tuple[Postman, str],
) -> None:  # fmt: skip
    await ask(claire, "fl-2026", malik)
    row = await respondent(claire, malik, shared)
    assert await reminding.remind_now(claire, "fl-2026", row.id) == "Malik Ouali"
    with pytest.raises(RemindedToday):
        await reminding.remind_now(claire, "fl-2026", row.id)
    await deliver()
    await deliver()  # the job that writes, then the one that brings
    (letter,) = await letters(owner)
    reminder = await owner.fetchval("select id from round_reminder")
    async with as_the_worker(settings):
        await reminding.send_one(claire.organisation_id, reminder, SITE, settings.secret)
    assert len(await letters(owner)) == 1
    (message,) = server[0].taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(message["List-Unsubscribe"]).strip("<>") == letter["refuse"]
    await reminding.plan(claire, "fl-2026", Rhythm.WEEKLY, 7)
    await send(settings, clock.today(), hour=12)
    assert len(await letters(owner)) == 1


async def test_one_click_ends_these_letters_and_the_page_brings_them_back(
    shared: Assessment,
    claire: Actor,
    malik: Actor,
    visit: Browser,
    owner: asyncpg.Connection,
    settings: Settings,
) -> None:
    await ask(claire, "fl-2026", malik)
    await reminding.plan(claire, "fl-2026", Rhythm.WEEKLY, 7)
    await send(settings, MONDAY)
    (letter,) = await letters(owner)
    stop = re.search(r"(/reminders/stop/\S+)", letter["text"])
    assert stop
    clock.freeze(None)
    refused = "select count(*) from letter_choice where refused_at is not null"
    async with visit(None) as browser:
        shown = await browser.get(stop[1])
        assert shown.status_code == 200
        assert await owner.fetchval(refused) == 0  # looking changes nothing
        done = await browser.post(stop[1], data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, done.text) == (200, "done")
    await send(settings, MONDAY + timedelta(days=7))
    clock.freeze(None)
    row = await respondent(claire, malik, shared)
    await owner.execute("delete from round_reminder")
    await reminding.remind_now(claire, "fl-2026", row.id)
    reminder = await owner.fetchval("select id from round_reminder")
    async with as_the_worker(settings):
        await reminding.send_one(claire.organisation_id, reminder, SITE, settings.secret)
    assert len(await letters(owner)) == 1
    async with visit(malik) as browser:
        choices = await browser.get("/account/reminders")
        assert 'name="round" value="yes"' in choices.text
        assert 'name="round" value="yes" checked' not in choices.text


async def test_nobody_is_reminded_of_nothing_nor_from_a_demonstration(
    shared: Assessment, claire: Actor, malik: Actor
) -> None:
    await ask(claire, "fl-2026", malik, codes=("FL1.1",))
    await answer(claire, "fl-2026", ["FL1.1.1", "FL1.1.2"])
    row = await respondent(claire, malik, shared)
    with pytest.raises(NothingLeft):
        await reminding.remind_now(claire, "fl-2026", row.id)
    house = claire.organisation
    inside = Actor(claire.person, Organisation(house.id, house.slug, house.name, sandbox=True), claire.role)
    with pytest.raises(NotInADemonstration):
        await reminding.remind_now(inside, "fl-2026", row.id)
