"""Territory groups: openly named figures, each by its owner's decision, and nothing for whoever shows nothing."""

import json
import re
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.action_plans.store import Action, ActionPlan, KpiReading
from palier.assessments.flows.answering import open_assessment
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.questionnaires.catalogue import latest
from tests.benchmarks.planting import submit_round
from tests.conftest import Browser, Cast, plant_organisation, plant_person

VALLEY, CLINIC = "/o/transports-du-val/territories", "/o/clinique-du-lac/territories"


async def plant_indicator(actor: Actor, name: str, value: int) -> UUID:
    """An action with an indicator and one reading."""
    only_reading.set(False)  # a GET answered in this very context may have set it
    opened = await open_assessment(actor, latest("EX"), name="2026", opens_on=today(), closes_on=None)
    async with transaction(actor):
        shared = {"organisation_id": actor.organisation_id}
        plan = await ActionPlan.create(
            id=new_id(),
            slug="plan",
            title="Plan",
            assessment_id=opened.id,
            created_by=actor.person_id,
            **shared,
        )
        action = await Action.create(
            id=new_id(), plan_id=plan.id, title=f"Action secrète de {actor.organisation.name}", kpi_name=name, kpi_unit="jours", kpi_direction="down",
            kpi_baseline=20, kpi_target=5, created_by=actor.person_id, **shared,
        )  # fmt: skip
        await KpiReading.create(id=new_id(), action_id=action.id, on=today(), value=value, person_id=actor.person_id, **shared)  # fmt: skip
        return action.id


@pytest.fixture
async def territory(claire: Actor, nora: Actor, visit: Browser, owner: asyncpg.Connection) -> UUID:
    """The Valley made a group and joined it; the clinic was invited and joined."""
    async with visit(claire) as browser:
        made = {"op": str(new_id()), "name": "Bassin du lac", "kind": "living_area", "questionnaire": "FL"}
        agree = (await browser.send_form(VALLEY, made)).headers["location"]
        assert "Qui ne montre rien ne voit rien des autres" in (await browser.get(agree)).text
        here = (await browser.send_form(agree)).headers["location"]
        invited = {"op": str(new_id()), "email": "nora@example.org"}
        assert (await browser.send_form(f"{here}/invite", invited)).status_code == 303
    text = await owner.fetchval("select text from mail where recipient = 'nora@example.org' order by created_at desc limit 1")  # fmt: skip
    found = re.search(r"https?://[^/\s]+(/belong/\S+)", text)
    assert found
    async with visit(nora) as browser:
        assert "Bassin du lac" in (await browser.get(f"/o/clinique-du-lac{found[1]}")).text
        joined = await browser.send_form(f"/o/clinique-du-lac{found[1]}")
        assert joined.headers["location"] == here.replace("transports-du-val", "clinique-du-lac")
        assert (await browser.send_form(f"/o/clinique-du-lac{found[1]}")).status_code == 410
    return UUID(here.rpartition("/")[2])


async def test_figures_are_seen_by_members_that_show_some_and_gone_when_taken_back(
    territory: UUID, claire: Actor, nora: Actor, visit: Browser
) -> None:
    ours, theirs = (
        await plant_indicator(claire, "Délai de réponse", 9),
        await plant_indicator(nora, "Délai", 7),
    )
    await submit_round(nora, None, level=4)
    async with visit(claire) as browser:
        shown = {f"shown-{ours}": "yes", f"heading-{ours}": "Délai de réponse"}
        assert (await browser.send_form(f"{VALLEY}/{territory}/show", shown)).status_code == 303
        page = (await browser.get(f"{VALLEY}/{territory}")).text
        assert "Clinique du Lac" in page
    async with visit(nora) as browser:
        page = (await browser.get(f"{CLINIC}/{territory}")).text
        assert "Délai de réponse" not in page, "whoever shows nothing sees nothing"
        told = {f"shown-{theirs}": "yes", f"heading-{theirs}": "délai de réponse", "total": "yes"}
        assert (await browser.send_form(f"{CLINIC}/{territory}/show", told)).status_code == 303
        assert "Délai de réponse" in (await browser.get(f"{CLINIC}/{territory}")).text
    async with visit(claire) as browser:
        page = (await browser.get(f"{VALLEY}/{territory}")).text
        assert page.count("jours") >= 4
        assert "Action secrète de Clinique" not in page, "an indicator is shown, not the action behind it"
        assert "75,0" in page
    async with reading(claire):
        (scores,) = await select("select scores from territory_scores($1)", territory)
        assert set(json.loads(scores["scores"])) == {"total"}
    async with visit(nora) as browser:
        await browser.send_form(
            f"{CLINIC}/{territory}/show", {f"shown-{theirs}": "yes", f"heading-{theirs}": "x"}
        )
    async with reading(claire):
        assert await select("select * from territory_scores($1)", territory) == []
        known = await select("select known_through_structures() as id")
        assert nora.organisation_id in {row["id"] for row in known}, (
            "what was seen is known: benchmarks hide accordingly"
        )
    async with visit(nora) as browser:
        assert (await browser.send_form(f"{CLINIC}/{territory}/leave")).status_code == 303
        assert (await browser.get(f"{CLINIC}/{territory}")).status_code == 404
    async with visit(claire) as browser:
        assert "Clinique du Lac" not in (await browser.get(f"{VALLEY}/{territory}")).text


async def test_consents_and_choices_are_in_the_trail_with_before_and_after(
    territory: UUID, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    action = await plant_indicator(claire, "Délai", 9)
    async with visit(claire) as browser:
        await browser.send_form(
            f"{VALLEY}/{territory}/show", {f"shown-{action}": "yes", f"heading-{action}": "Délai"}
        )
    rows = await owner.fetch("select verb, details from audit_entry where chain = $1", claire.organisation_id)
    told = {row["verb"]: json.loads(row["details"] or "{}") for row in rows}
    assert told["structures.territory_joined"]["after"]["version"] == "1"
    assert told["structures.shown"]["before"]["indicators"] == {}
    assert told["structures.shown"]["after"]["indicators"] == {str(action): "Délai"}


async def test_the_database_shows_a_group_to_its_members_only_even_if_the_queries_forgot(
    territory: UUID, claire: Actor, nora: Actor, cast: Cast, visit: Browser
) -> None:
    ours, theirs = await plant_indicator(claire, "Délai", 9), await plant_indicator(nora, "Délai", 7)
    for actor, base, action in ((claire, VALLEY, ours), (nora, CLINIC, theirs)):
        async with visit(actor) as browser:
            await browser.send_form(
                f"{base}/{territory}/show", {f"shown-{action}": "yes", f"heading-{action}": "Délai"}
            )
    person = await plant_person("Étranger", "etranger@example.org")
    stranger = Actor(person, await plant_organisation("Étrangère", "etrangere", person), Role.OWNER)
    for actor, groups, figures in ((claire, 1, 2), (stranger, 0, 0)):
        async with reading(actor):
            assert len(await select("select * from territory")) == groups
            assert len(await select("select * from territory_indicators($1)", territory)) == figures
            assert len(await select("select * from territory_people($1)", territory)) == figures
            assert {row["organisation_id"] for row in await select("select * from territory_member")} <= {actor.organisation_id}  # fmt: skip
            assert {row["organisation_id"] for row in await select("select * from shared_indicator")} <= {actor.organisation_id}  # fmt: skip
            (mine,) = await select("select app_org() as id")
            assert mine["id"] == actor.organisation_id
    await _refused(stranger, "insert into territory_member (id, territory_id, organisation_id, consent_version, wording_hash, locale, signed_by, signed_name, consented_at, shows_total, shows_elements, left_name) values (gen_random_uuid(), $1, $2, '1', '', 'fr', $3, 'x', now(), false, false, '')", territory, stranger.organisation_id, person.person_id)  # fmt: skip
    await _refused(stranger, "insert into shared_indicator (id, territory_id, organisation_id, action_id, heading, shared_at, shared_name) values (gen_random_uuid(), $1, $2, $3, 'x', now(), 'x')", territory, stranger.organisation_id, ours)  # fmt: skip
    with pytest.raises(Exception, match="never changed"):
        async with transaction(claire):
            await select("update territory_member set consent_version = '2'")


async def _refused(actor: Actor, sql: str, *values: Any) -> None:
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(actor):
            await select(sql, *values)
