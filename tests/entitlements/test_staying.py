"""Nothing closes: what was begun is finished, what was read is read, and one's own is taken away, with nothing held."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import asyncpg
import pytest

from palier.benchmarks.flows.contributing import collect
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import rights_from
from palier.foundation import files
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.rights import NotOpened, NotSold
from palier.foundation.settings import Settings
from palier.network.store import ConsultantFirm, Organisation
from palier.questionnaires.catalogue import latest
from palier.reports.flows.letterhead import letterhead_of
from palier.reports.rules.accent import DEFAULT_ACCENT
from palier.reports.rules.letterheads import Letterhead, Look
from palier.single_sign_on.flows import configuring
from palier.single_sign_on.rules.profiles import Preset
from tests.benchmarks.planting import (
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.conftest import Browser, Cast, plant_mandate
from tests.entitlements.conftest import as_sold, give
from tests.roles import as_the_worker

BASE = "/o/transports-du-val"
TODAY = {"name": "2026", "opens-day": "1", "opens-month": "10", "opens-year": "2026"}


def set_up(code: str, **more: str) -> dict[str, str]:
    """The form that opens a round, all dimensions ticked."""
    ticked = {f"dimension-{item.code}": "yes" for item in latest(code).dimensions}
    return {**TODAY, "op": str(new_id()), "mode": "together", **ticked, **more}


async def test_a_round_is_started_with_what_the_offer_opens_and_finished_with_nothing(
    at_shop: Browser, claire: Actor, malik: Actor, owner: asyncpg.Connection, offers: Offers
) -> None:
    async with at_shop(claire) as browser:
        chooser = (await browser.get(f"{BASE}/assessments/new")).text
        assert f"{BASE}/assessments/new/FL" in chooser
        assert f"{BASE}/assessments/new/DT" not in chooser
        assert chooser.count("n’est pas dans votre offre") == 5
        assert (await browser.get(f"{BASE}/assessments/new/DT")).status_code == 403
        refused = await browser.send_form(f"{BASE}/assessments/new/DT", set_up("DT"))
        assert refused.status_code == 403
        assert latest("DT").title.in_("fr") in refused.text or "DT" in refused.text
        assert await owner.fetchval("select count(*) from assessment") == 0

        await give(claire, "member")
        opened = await browser.send_form(f"{BASE}/assessments/new/DT", set_up("DT"))
        assert opened.status_code == 303, opened.text
        here = opened.headers["location"]
        await give(claire, "member", until=now() - timedelta(seconds=1))

        for criterion in latest("DT").criteria:
            saved = await browser.send_form(
                f"{here}/q/{criterion.code}",
                {"answer": "3", "op": str(new_id()), "rev": "0", "tried": "", "grade": "none"},
            )
            assert saved.status_code == 303, saved.text
        added = await browser.send_form(
            f"{here}/team/add", {"op": str(new_id()), f"person-{malik.person_id}": "yes"}
        )
        assert added.status_code in (303, 422)
        assert (
            await browser.send_form(f"{here}/submit", {"name": "Claire Lambert", "consent": "no"})
        ).status_code == 303
        for tail in (
            "",
            "/results",
            "/results.csv",
            "/data",
            "/data.xlsx",
            "/history",
            "/receipt",
            "/team",
            "/benchmark",
        ):
            answer = await browser.get(f"{here}{tail}")
            assert answer.status_code == 200, f"{tail}: {answer.status_code}"
        for page in (
            "/plans",
            "/reports",
            f"/reports/new?assessment={here.rpartition('/')[2]}",
            "/questionnaires",
            "/units",
            "/territories",
            "/settings",
        ):
            assert (await browser.get(f"{BASE}{page}")).status_code == 200, page
    with pytest.raises(NotOpened):
        await submit_round(await as_sold(claire, offers), None, name="2027", asked=latest("OM"))


async def test_a_plan_is_read_exported_and_carried_to_its_end_with_nothing_held(
    at_shop: Browser, claire: Actor
) -> None:
    round_ = await submit_round(claire, None, level=2)
    await give(claire, "member")
    async with at_shop(claire) as browser:
        made = await browser.send_form(
            f"{BASE}/plans/new?assessment={round_.slug}",
            {"title": "Plan", "assessment": round_.slug, "op": str(new_id())},
        )
        assert made.status_code == 303, made.text
        plan = made.headers["location"].partition("?")[0].removesuffix("/generate")
        added = await browser.send_form(
            f"{plan}/actions/new",
            {"title": "Former", "status": "planned", "effort": "2", "op": str(new_id())},
        )
        assert added.status_code == 303, added.text
        await give(claire, "member", until=now() - timedelta(seconds=1))

        board = (await browser.get(plan)).text
        assert "n’est pas dans votre offre" in board
        assert "/actions/new" not in board
        assert "/adopt" not in board
        action = board.partition("/a/")[2].partition("/")[0].partition('"')[0]
        sheet = (await browser.get(f"{BASE}/a/{action}")).text
        assert f'action="{BASE}/a/{action}"' not in sheet, "a form nobody may send"
        for tail in (
            "",
            "?view=list",
            "?view=roadmap",
            "/suggestions",
            "/what-if",
            "/capacity",
            "/effects",
            "/data",
            "/data.xlsx",
            "/data.csv",
            "/data.json",
            "/actions.csv",
        ):
            assert (await browser.get(f"{plan}{tail}")).status_code == 200, tail
        done = await browser.send_form(
            f"{BASE}/a/{action}/status", {"status": "done", "rev": "1", "back": plan}
        )
        assert done.status_code == 303
        talked = await browser.send_form(
            f"{BASE}/a/{action}/comments", {"text": "Fait.", "op": str(new_id())}
        )
        assert talked.status_code == 303
        assert (
            await browser.send_form(f"{BASE}/a/{action}", {"title": "Autre", "rev": "2"})
        ).status_code == 403


async def test_editions_of_one_s_own_figures_and_those_open_before_stay_open(
    at_shop: Browser, claire: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    network = await plant_network(owner, 59, fictive=True)
    await enrol(owner, network, claire.organisation_id)
    rounds = []
    for name in ("2024", "2025", "2026"):
        campaign = await plant_campaign(owner, network, name)
        await contribute(owner, network, campaign, seed=int(name))
        if name == "2024":
            rounds.append(await submit_round(claire, campaign))
            async with as_the_worker(settings):
                await collect(str(claire.organisation_id), str(rounds[0].id))
        await publish(settings, campaign)
    editions = {row["name"]: str(row["id"]) for row in await owner.fetch("select id, name from edition")}
    here = f"{BASE}/e/{rounds[0].slug}/benchmark"

    async def opened() -> set[str]:
        async with at_shop(claire) as browser:
            return {
                name
                for name, key in editions.items()
                if (await browser.get(f"{here}?edition={key}")).status_code == 200
            }

    assert await opened() == {"2024"}, "its own figures are part of that one"
    async with at_shop(claire) as browser:
        page = (await browser.get(here)).text
        assert "2 éditions publiées depuis ne vous sont pas ouvertes" in page
        assert (await browser.get(f"{here}.csv")).status_code == 200
    await give(claire, "member")
    assert await opened() == {"2024", "2025", "2026"}
    await give(claire, "member", since=now() - timedelta(days=900), until=_moment(date(2026, 1, 2)))
    assert await opened() == {"2024", "2025"}, "what was published after the end is new"
    await owner.execute("delete from entitlement")
    assert await opened() == {"2024"}


def _moment(day: date) -> datetime:
    return now().replace(year=day.year, month=day.month, day=day.day)


async def test_documents_are_made_in_palier_s_colours_where_the_offer_holds_no_other(
    cast: Cast, claire: Actor, hugo: Person, offers: Offers, settings: Settings
) -> None:
    async with transaction(claire):
        await Organisation.filter(id=claire.organisation_id).update(accent="#7a1f4b")
    async with transaction(hugo):
        await ConsultantFirm.create(person_id=hugo.person_id, name="Cabinet Horizon", accent="#0b5a53")
    mandate = await plant_mandate(claire, hugo)
    shelf = files.shelves(settings)

    async def signed(actor: Actor, **look: object) -> tuple[str, str]:
        async with reading(actor):
            issuer, _ = await letterhead_of(actor, shelf, Look(**look))
        return issuer.name, issuer.accent

    await give(claire, "member")
    assert await signed(await as_sold(claire, offers), accent="#123456") == (
        "Transports du Val",
        DEFAULT_ACCENT,
    )
    free = Actor(
        _selling(hugo, offers),
        claire.organisation,
        Role.CONSULTANT,
        mandate,
        rights=(await as_sold(claire, offers)).rights,
    )
    assert await signed(free) == ("Hugo Martin", DEFAULT_ACCENT)
    await give(claire, "organisation")
    assert await signed(await as_sold(claire, offers)) == ("Transports du Val", "#7a1f4b")
    assert await signed(await as_sold(claire, offers), accent="#123456") == ("Transports du Val", "#123456")
    paying = Actor(hugo, claire.organisation, Role.CONSULTANT, mandate, rights=free.rights)
    assert await signed(paying) == ("Cabinet Horizon", "#0b5a53")
    assert await signed(paying, letterhead=Letterhead.CLIENT) == ("Cabinet Horizon", DEFAULT_ACCENT)


def _selling(person: Person, offers: Offers) -> Person:
    """The person as the entrance of a shop finds them, who holds nothing."""
    return replace(person, rights=rights_from([], Kind.PERSON, offers, now()))


async def test_a_new_provider_asks_for_the_offer_and_one_that_stands_is_changed_without(
    claire: Actor,
    offers: Offers,
    settings: Settings,
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answers(*_: object, **__: object) -> None:
        """Whoever is asked for the provider's own description finds it there."""

    monkeypatch.setattr(configuring.relying, "discover", answers)
    given = configuring.Registration(Preset.GENERIC, "Région", "https://door.example", "palier", "secret")
    with pytest.raises(NotSold):
        await configuring.register(await as_sold(claire, offers), given, settings)
    assert await owner.fetchval("select count(*) from identity_provider") == 0
    await give(claire, "organisation")
    await configuring.register(await as_sold(claire, offers), given, settings)
    await owner.execute("update identity_provider set state = 'optional', tested_at = now()")
    await give(claire, "organisation", until=now() - timedelta(seconds=1))
    await configuring.register(await as_sold(claire, offers), replace(given, name="La Région"), settings)
    row = await owner.fetchrow("select name, state from identity_provider")
    assert tuple(row) == ("La Région", "optional"), "nobody is locked out for money"
