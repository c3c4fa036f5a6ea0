"""A campaign from draft to close: its calendar, its messages sent once, what the staff sees of it."""

import re
from datetime import UTC, date, datetime

import asyncpg
import pytest

from palier.association.flows import writing
from palier.association.rules.messages import Due, Kind, calendar, concerns, default_reminders, due, filled
from palier.association.rules.weeks import weeks
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted, enrol, plant_campaign
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser
from tests.roles import as_the_worker

OPENS, CLOSES = date(2026, 9, 15), date(2026, 11, 28)
USUAL = default_reminders(OPENS, CLOSES)


def test_the_usual_reminders_are_fourteen_seven_and_one_day_before_the_close() -> None:
    assert [day.isoformat() for day in USUAL] == ["2026-11-14", "2026-11-21", "2026-11-27"]
    assert [one.kind for one in calendar(OPENS, CLOSES, USUAL)] == [
        Kind.OPENING, Kind.REMINDER, Kind.REMINDER, Kind.LAST_DAYS,
    ]  # fmt: skip


def test_a_short_campaign_has_no_reminder_before_it_opens() -> None:
    assert default_reminders(date(2026, 11, 20), CLOSES) == [date(2026, 11, 21), date(2026, 11, 27)]
    assert calendar(OPENS, CLOSES, [date(2026, 9, 1), date(2026, 12, 1)]) == [Due(Kind.OPENING, OPENS)]


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2026, 9, 14), []),
        (OPENS, [Kind.OPENING, Kind.THANKS]),
        (date(2026, 9, 17), [Kind.OPENING, Kind.THANKS]),
        (date(2026, 9, 18), [Kind.THANKS]),
        (date(2026, 11, 14), [Kind.REMINDER, Kind.THANKS]),
        (CLOSES, [Kind.LAST_DAYS, Kind.THANKS]),
        (date(2026, 11, 29), [Kind.THANKS]),
        (date(2026, 12, 1), []),
    ],
)
def test_a_message_leaves_on_its_day_or_within_two_days_when_nothing_ran(
    today: date, kinds: list[Kind]
) -> None:
    assert [one.kind for one in due(OPENS, CLOSES, USUAL, today)] == kinds


def test_thanks_go_to_who_submitted_and_everything_else_to_who_did_not() -> None:
    assert concerns(Kind.THANKS, submitted=True)
    assert not concerns(Kind.THANKS, submitted=False)
    assert concerns(Kind.REMINDER, submitted=False)
    assert not concerns(Kind.BY_HAND, submitted=True)


def test_only_the_places_we_know_are_filled_in() -> None:
    assert (
        filled("{network} {organisation.slug} {x}", {"network": "Réseau"}) == "Réseau {organisation.slug} {x}"
    )


def test_weeks_count_what_came_so_far_beside_the_same_week_before() -> None:
    found = weeks(
        date(2026, 9, 1), date(2026, 9, 21), date(2026, 9, 9), [date(2026, 1, 1)] * 4,
        [date(2026, 9, 2), date(2026, 9, 9)], [date(2026, 9, 8)],
        (date(2025, 9, 1), date(2025, 9, 14), [date(2025, 9, 3), date(2025, 9, 10)]),
    )  # fmt: skip
    assert [(one.invited, one.started, one.submitted, one.last) for one in found] == [
        (4, 1, 0, 1), (4, 2, 1, 2), (None, None, None, None),
    ]  # fmt: skip


async def planned(owner: asyncpg.Connection, network: Planted) -> object:
    campaign = await plant_campaign(owner, network)
    await owner.execute("update campaign set opens_on = $1, closes_on = $2", OPENS, CLOSES)
    await owner.execute(
        "insert into campaign_plan (id, network_id, name, questionnaire, major, opens_on, closes_on, launched_at, messages, reminders) "
        "values ($1, $2, '2026', 'FL', 1, $3, $4, now(), '{}', '[\"2026-11-14\"]')",
        campaign.id, network.id, OPENS, CLOSES,
    )  # fmt: skip
    return campaign


async def send(settings: Settings, day: date) -> None:
    async with as_the_worker(settings):
        clock.freeze(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        await writing.send_due("http://palier.test", settings.secret)


async def sent(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await owner.fetch("select recipient, subject from mail order by created_at, recipient")
    return [(row["recipient"], row["subject"]) for row in rows]


async def test_a_reminder_goes_out_once_a_member_and_date_and_not_to_who_refused(
    visit: Browser, network: Planted, claire: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await enrol(owner, network, claire.organisation_id)
    await planned(owner, network)
    await owner.execute(
        "insert into network_look (id, name, accent, logo_media_type) values ($1, 'Cercle des Services', '', '')",
        network.id,
    )
    for _ in range(2):
        await send(settings, date(2026, 11, 14))
    mails = await sent(owner)
    assert [to for to, _ in mails] == ["claire@example.org"]
    assert "votre évaluation pour la campagne 2026" in mails[0][1]
    text = await owner.fetchval("select text from mail")
    assert "Transports du Val" in text
    assert text.startswith("Cercle des Services\n")
    assert "Réseau excellence" not in text
    assert "{" not in text
    link = re.search(r"http://palier.test(/letters/\S+)", text)
    assert link
    async with visit(None) as browser:
        assert "claire@example.org reçoit" in plain((await browser.get(link[1])).text)
        assert (await browser.get("/letters/" + "x" * 43)).status_code == 404
        await browser.send_form(link[1])
        assert "ne reçoit aucun message" in plain((await browser.get(link[1])).text)
    await owner.execute("update campaign_plan set reminders = '[\"2026-11-20\"]'")
    await send(settings, date(2026, 11, 20))
    assert len(await sent(owner)) == 1


async def test_a_draft_is_nobodys_business_and_its_launch_is_the_members(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    owner: asyncpg.Connection,
    settings: Settings,
) -> None:
    await enrol(owner, network, claire.organisation_id)
    newest = latest("FL").version
    form = {"op": str(new_id()), "name": "2099", "questionnaire": "FL", "opens-day": "1", "opens-month": "1", "opens-year": "2020",
            "closes-day": "1", "closes-month": "12", "closes-year": "2099"}  # fmt: skip
    async with visit(ines) as browser:
        here = (await browser.send_form(f"{NET}/campaigns/new", form)).headers["location"]
        assert "Brouillon" in plain((await browser.get(here)).text)
        assert await owner.fetchval("select count(*) from campaign") == 0
        assert f"Version posée {newest} La plus récente" in plain((await browser.get(here)).text)
        await browser.send_form(f"{here}/launch")
        assert await owner.fetchval("select version from campaign") == newest
        launched = plain((await browser.get(here)).text)
        assert f"Version posée {newest} " in launched
        assert "La plus récente" not in launched
        page = await browser.get(f"{here}/messages/opening")
        assert "la campagne 2099 est ouverte" in plain(page.text)
        assert "the campaign 2099 is open" in plain(page.text)
        texts = {
            f"{part}-{locale}": f"{part} {locale} {{network}}"
            for part in ("subject", "text")
            for locale in ("fr", "en")
        }
        assert (await browser.send_form(f"{here}/messages/opening", texts)).status_code == 303
        assert "subject fr Réseau excellence" in plain((await browser.get(f"{here}/messages/opening")).text)
        assert (await browser.send_form(f"{here}/messages/opening", {"subject-fr": "x"})).status_code == 422
        misspelt = await browser.send_form(
            f"{here}/messages/opening", {**texts, "text-fr": "Bonjour {nobody}"}
        )
        assert misspelt.status_code == 422
        assert "{nobody} parviendrait" in plain(misspelt.text)
        assert (await browser.get(f"{here}/messages/nonsense")).status_code == 404
    assert await owner.fetchval("select id::text from campaign") == here.rpartition("/")[2]


async def test_reminding_by_hand_reaches_each_member_once_a_day(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    owner: asyncpg.Connection,
    run_jobs,
    settings: Settings,
) -> None:  # type: ignore[no-untyped-def]
    await enrol(owner, network, claire.organisation_id)
    campaign = await plant_campaign(owner, network)
    here = f"{NET}/campaigns/{campaign.id}"
    await owner.execute("update campaign set opens_on = current_date - 10, closes_on = current_date + 2")
    async with visit(ines) as browser:
        assert (await browser.send_form(f"{here}/remind")).status_code == 303
        twice = await browser.send_form(f"{here}/remind")
        assert "Il ne reste personne" in plain((await browser.get(twice.headers["location"])).text)
        async with as_the_worker(settings):
            await run_jobs()
        again = await browser.send_form(f"{here}/remind", {"organisation": str(claire.organisation_id)})
        assert "Il ne reste personne" in plain((await browser.get(again.headers["location"])).text)
        overview = plain((await browser.get(NET)).text)
    assert [to for to, _ in await sent(owner)] == ["claire@example.org"]
    assert "21 adhérents risquent de ne pas répondre" in overview
    assert "jamais une réponse ni un score" in overview


async def test_days_of_reminders_are_chosen_inside_the_campaign(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    campaign = await plant_campaign(owner, network)
    await owner.execute("update campaign set opens_on = '2090-01-01', closes_on = '2090-03-31'")
    here = f"{NET}/campaigns/{campaign.id}"
    async with visit(ines) as browser:
        day = {"custom-day": "14", "custom-month": "2", "custom-year": "2090"}
        assert (await browser.send_form(f"{here}/reminders", {"before-7": "1", **day})).status_code == 303
        assert (
            await browser.send_form(f"{here}/reminders", {**day, "custom-year": "2091"})
        ).status_code == 422
        assert "14 février 2090" in plain((await browser.get(here)).text)
    assert await owner.fetchval("select reminders::text from campaign_plan") == '["2090-02-14", "2090-03-24"]'
