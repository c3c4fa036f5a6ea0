"""A consultant sees each client's standing, and nothing of those who ended the mandate."""

from datetime import timedelta

import asyncpg
import pytest

from palier.action_plans import store as plans
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.portfolio.flows.clients import Client, load_portfolio
from tests.assessments.rounds import LEVELS_2025, LEVELS_2026, drafts, plant
from tests.conftest import Browser, Cast, plant_mandate
from tests.network.test_organisations import picture


@pytest.fixture
def hugo(cast: Cast) -> Person:
    return cast.people["hugo"]


async def plant_actions(actor: Actor) -> None:
    """A plan with one action that is late, one late and done, one due tomorrow."""
    submitted = await plant(actor, "2025", drafts(LEVELS_2025))
    today = clock.today()
    async with transaction(actor):
        plan = await plans.ActionPlan.create(
            organisation_id=actor.organisation_id,
            slug="plan",
            title="Plan",
            assessment_id=submitted.id,
            created_by=actor.person_id,
        )
        for days, status in ((-1, "planned"), (-1, "done"), (1, "in_progress")):
            await plans.Action.create(
                id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, title=f"{status} {days}", status=status,
                due_on=today + timedelta(days=days), created_by=actor.person_id,
            )  # fmt: skip


async def only_client(person: Person) -> Client:
    clients = await load_portfolio(person)
    assert len(clients) == 1
    return clients[0]


async def test_a_client_shows_round_progress_score_change_and_late_actions(
    claire: Actor, hugo: Person
) -> None:
    await plant_actions(claire)
    await plant(claire, "2026", drafts(LEVELS_2026))
    await plant(claire, "2027", drafts("433 32"), submitted=False)
    await plant_mandate(claire, hugo)
    standing = (await only_client(hugo)).standing
    assert standing
    assert standing.round
    assert standing.score
    assert standing.count
    assert (standing.round.name, standing.count.answered, standing.count.asked) == ("2027", 5, 34)
    assert standing.score.round_name == "2026"
    assert standing.score.points is not None
    assert standing.score.change is not None
    assert standing.score.change > 0
    assert standing.late == 1


async def test_a_client_without_a_round_shows_nothing_yet(
    claire: Actor, hugo: Person, visit: Browser
) -> None:
    await plant_mandate(claire, hugo)
    standing = (await only_client(hugo)).standing
    assert standing
    assert (standing.round, standing.score, standing.late) == (None, None, 0)
    async with visit(hugo) as browser:
        assert 'href="/o/transports-du-val"' in (await browser.get("/portfolio")).text


async def test_a_client_who_ended_the_mandate_stays_named_with_the_day_and_nothing_else(
    claire: Actor, hugo: Person, visit: Browser, owner: asyncpg.Connection
) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026))
    await plant_mandate(claire, hugo)
    await owner.execute("update mandate set revoked_at = now()")
    assert (await only_client(hugo)).standing is None
    async with visit(hugo) as browser:
        text = (await browser.get("/portfolio")).text
        assert "Transports du Val" in text
        assert "Le client a mis fin au mandat" in text
        assert 'href="/o/transports-du-val' not in text


async def test_a_mandate_granted_again_counts_once(
    claire: Actor, hugo: Person, owner: asyncpg.Connection
) -> None:
    await plant_mandate(claire, hugo)
    await owner.execute("update mandate set revoked_at = now()")
    await plant_mandate(claire, hugo)
    assert (await only_client(hugo)).standing is not None


async def test_each_client_is_read_as_its_own(
    claire: Actor, nora: Actor, hugo: Person, visit: Browser
) -> None:
    await plant(nora, "2026", drafts(LEVELS_2026))
    await plant_mandate(claire, hugo)
    await plant_mandate(nora, hugo)
    clients = await load_portfolio(hugo)
    rounds = {client.organisation.slug: client.standing and client.standing.round for client in clients}
    assert rounds["transports-du-val"] is None
    assert rounds["clinique-du-lac"] is not None


async def test_a_member_s_portfolio_is_empty(nora: Actor, visit: Browser) -> None:
    async with visit(nora) as browser:
        text = (await browser.get("/portfolio")).text
        assert "Pas encore de client" in text
        assert "Transports du Val" not in text


async def test_late_actions_of_another_organisation_are_not_counted(claire: Actor, nora: Actor) -> None:
    await plant_actions(claire)
    async with reading(nora):
        assert await plans.late_count(nora, clock.today()) == 0


async def test_the_firm_has_a_name_a_colour_and_a_logo(hugo: Person, nora: Actor, visit: Browser) -> None:
    async with visit(hugo) as browser:
        assert (await browser.get("/portfolio/logo")).status_code == 404
        assert (
            await browser.send_form("/portfolio/firm", {"name": "Martin Conseil", "accent": "#FFD700"})
        ).status_code == 422
        assert (
            await browser.send_form("/portfolio/firm", {"name": "Martin Conseil", "accent": "#7A1F3D"})
        ).status_code == 303
        await browser.send_form(
            "/portfolio/firm/logo", files={"logo": ("x.png", picture("PNG"), "image/png")}
        )
        assert (await browser.get("/portfolio/logo")).headers["content-type"] == "image/png"
        text = (await browser.get("/portfolio/firm")).text
        assert "Martin Conseil" in text
        assert "#7a1f3d" in text
    async with visit(nora) as browser:
        assert (await browser.get("/portfolio/logo")).status_code == 404
