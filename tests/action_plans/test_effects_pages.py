"""The effects of a plan on the screen, in the file, told as a practice; what stands between two rounds on the compare page."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from palier.action_plans.flows import acting
from palier.action_plans.flows.effects import finished_between
from palier.action_plans.flows.planning import open_plan
from palier.action_plans.rules.life import ActionStatus, Facts
from palier.action_plans.store import Action, KpiReading
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading, transaction
from palier.foundation.identifiers import new_id
from palier.practices.store import PracticeVersion
from tests.assessments.rounds import drafts, plant
from tests.conftest import Browser
from tests.practices.conftest import join, plant_network

HOME = "/o/transports-du-val"
EFFECTS = f"{HOME}/plans/plan-2026/effects"
BEFORE, AFTER = "222333222333", "333333222322"
"""Levels of the twelve criteria of the flash: three rise (FL1.1.1, FL1.1.2, FL2.1.1), two fall (FL6.1.1, FL6.1.2)."""


async def finish(actor: Actor, title: str, serves: dict[str, int], on: datetime | None) -> UUID:
    """An action of the plan, finished that day, with its steps; or under way."""
    clock.freeze(on or datetime(2026, 1, 10, 9, tzinfo=UTC))
    status = ActionStatus.DONE if on else ActionStatus.IN_PROGRESS
    facts = Facts(title, "Les appels restaient sans suite", serves, starts_on=date(2026, 1, 5), status=status)
    row = await acting.add(actor, "plan-2026", facts, new_id(), ["Compter", "Rappeler"])
    clock.freeze(None)
    return row.id


@pytest.fixture
async def actions(claire: Actor) -> dict[str, UUID]:
    """A plan born from 2025; in 2026 two of its actions are finished, one is not; one was finished after the round."""
    await plant(claire, "2025", drafts(BEFORE, "FL"), questionnaire="FL")
    await open_plan(claire, "fl-2025", "Plan d’action 2026", 2026, new_id())
    made = {
        "alone": await finish(
            claire, "Nommer un garant", {"FL1.1.1": 3}, datetime(2026, 3, 1, 9, tzinfo=UTC)
        ),
        "shared": await finish(
            claire, "Former les agents", {"FL1.1.1": 4, "FL2.1.1": 4}, datetime(2026, 6, 1, 9, tzinfo=UTC)
        ),
        "open": await finish(claire, "Mesurer l’effort", {"FL2.1.2": 4}, None),
    }
    await plant(claire, "2026", drafts(AFTER, "FL"), questionnaire="FL")
    made["late"] = await finish(
        claire, "Refondre le site", {"FL1.1.2": 3}, datetime(2026, 11, 21, tzinfo=UTC)
    )
    return made


async def text_of(visit: Browser, who: Actor, path: str) -> str:
    async with visit(who) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", answer.text)))


async def test_before_a_later_round_the_page_says_what_it_waits_for(claire: Actor, visit: Browser) -> None:
    await plant(claire, "2025", drafts(BEFORE, "FL"), questionnaire="FL")
    await open_plan(claire, "fl-2025", "Plan", 2026, new_id())
    assert "Pas encore de campagne suivante" in await text_of(visit, claire, EFFECTS)
    async with visit(claire) as browser:
        assert (await browser.get(f"{EFFECTS}.csv")).status_code == 404


async def test_expected_stands_beside_seen_and_nothing_is_called_a_cause(
    actions: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    page = await text_of(visit, claire, EFFECTS)
    assert "2 actions du plan ont été terminées entre les deux campagnes." in page
    assert "Rien ici ne prouve qu’une action a causé une évolution." in page
    assert "FL1.1.1 2 → 4, constaté 3 (partagé par 2 actions)" in page
    unfinished = page.partition("Non terminées entre les deux campagnes")[2]
    assert "Mesurer l’effort" in unfinished
    assert "Refondre le site" in unfinished


async def test_the_file_has_a_line_for_each_criterion_aimed_at(
    actions: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        answer = await browser.get(f"{EFFECTS}.csv?by=fl-2026")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 5
    first = next(row for row in rows if row["Action"] == "Nommer un garant")
    assert (first["Niveau 2025"], first["Niveau visé"], first["Niveau 2026"]) == ("2", "3", "3")
    assert first["Terminée entre les campagnes"] == "oui"
    expected, seen = (
        Decimal(first[name].replace(",", ".")) for name in ("Gain estimé", "Constaté sur ses critères")
    )
    assert abs(expected - 2 * seen) <= Decimal(
        "0.01"
    )  # it reached its level, and another action aimed there too


async def test_work_is_between_two_rounds_from_one_submission_to_the_other(
    actions: dict[str, UUID], claire: Actor
) -> None:
    async with reading(claire):
        done = await finished_between(
            claire, datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)
        )
    assert [deed.title for deed in done] == ["Former les agents"]


async def test_the_page_of_an_action_tells_its_own_effect(
    actions: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    page = await text_of(visit, claire, f"{HOME}/a/{actions['alone']}")
    assert "Constaté sur les critères visés" in page
    assert "rien ne prouve qu’elle a causé l’évolution" in page
    assert "son effet éventuel se verra" in await text_of(visit, claire, f"{HOME}/a/{actions['late']}")


async def test_a_stranger_finds_no_effects(actions: dict[str, UUID], nora: Actor, visit: Browser) -> None:
    async with visit(nora) as browser:
        for path in (
            EFFECTS,
            f"{EFFECTS}.csv",
            f"{HOME}/compare.csv",
            "/o/clinique-du-lac/plans/plan-2026/effects",
        ):
            assert (await browser.get(path)).status_code == 404


# --- two rounds ------------------------------------------------------------------------------------------------------


async def test_two_rounds_list_their_differences_and_what_was_finished_between(
    actions: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    page = await text_of(visit, claire, f"{HOME}/compare?a=fl-2025&b=fl-2026")
    assert "5 critères, ceux qui ont bougé" in page
    between = page.partition("Actions terminées entre les deux campagnes")[2]
    assert "Nommer un garant" in between
    assert "Refondre le site" not in between
    turned = await text_of(visit, claire, f"{HOME}/compare?a=fl-2026&b=fl-2025")
    assert "De 2025 à 2026" in turned


RISEN, FALLEN = ["FL1.1.1", "FL1.1.2", "FL2.1.1"], ["FL6.1.1", "FL6.1.2"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", RISEN + FALLEN),
        ("&sort=change", FALLEN + RISEN),
        ("&sort=-change", RISEN + FALLEN),
        ("&sort=before", RISEN + FALLEN),
        ("&sort=-before", FALLEN + RISEN),
        ("&sort=-code", FALLEN[::-1] + RISEN[::-1]),
        ("&sort=nonsense", RISEN + FALLEN),
    ],
)
async def test_differences_are_sorted_as_asked(
    asked: str, expected: list[str], actions: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        listed = (await browser.get(f"{HOME}/compare?a=fl-2025{asked}")).text.partition('id="differences"')[2]
        everything = (await browser.get(f"{HOME}/compare?which=all")).text.partition('id="differences"')[2]
    codes = r'<a class="el" [^>]*><span class="code">(FL[\d.]+)</span>'
    assert re.findall(codes, listed) == expected
    assert len(re.findall(codes, everything)) == 12


async def test_the_comparison_is_a_file_too(actions: dict[str, UUID], claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        answer = await browser.get(f"{HOME}/compare.csv?a=fl-2025&b=fl-2026")
        assert (await browser.get(f"{HOME}/compare.csv?a=fl-2025&b=fl-2025")).status_code == 404
    assert answer.headers["content-disposition"] == 'attachment; filename="fl-2025-fl-2026.csv"'
    rows = {
        row["Code"]: row
        for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    }
    assert rows["FL1.1.1"]["Évolution"] == "25,00"
    assert rows["FL1.1.1"]["Actions terminées qui le visaient"] == "Nommer un garant | Former les agents"


# --- told to the network ---------------------------------------------------------------------------------------------


@pytest.fixture
async def member(owner: Any, claire: Actor, actions: dict[str, UUID]) -> dict[str, UUID]:
    """The organisation is a verified member of a network; an action has an indicator that improved."""
    await join(claire, await plant_network(owner, "Réseau du Val", "reseau-du-val"))
    async with transaction(claire):
        await Action.filter(id=actions["alone"]).update(
            kpi_name="Appels rendus", kpi_unit="%", kpi_baseline=Decimal(35), kpi_target=Decimal(90)
        )
        await KpiReading.create(
            id=new_id(), organisation_id=claire.organisation_id, action_id=actions["alone"], on=date(2026, 5, 1),
            value=Decimal(80), person_id=claire.person_id,
        )  # fmt: skip
    return actions


async def tell(visit: Browser, who: Actor, action: UUID) -> Any:
    only_reading.set(False)
    async with visit(who) as browser:
        return await browser.send_form(f"{HOME}/a/{action}/practice", {"op": str(new_id())})


async def test_one_click_writes_a_draft_with_the_facts_and_no_contact(
    member: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    answer = await tell(visit, claire, member["alone"])
    assert answer.status_code == 303
    assert re.fullmatch(rf"{HOME}/practices/[0-9a-f-]+/edit", answer.headers["location"])
    async with reading(claire):
        (draft,) = await PracticeVersion.filter(organisation_id=claire.organisation_id)
        row = await Action.get(id=member["alone"])
    assert draft.practice_id == row.practice_id
    assert draft.content["serves"] == [["FL", "FL1", "FL1.1.1", 2, 3]]
    assert draft.content["measure"] == ["Appels rendus", "%", "35.000", "80.000"]
    assert draft.content["steps"] == ["Compter", "Rappeler"]
    assert draft.content["contact"] is None
    assert draft.state == "draft"
    async with visit(claire) as browser:
        form = (await browser.get(answer.headers["location"])).text
    assert 'value="Nommer un garant"' in form


async def test_told_once_the_click_leads_to_the_same_draft(
    member: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    first, second = await tell(visit, claire, member["alone"]), await tell(visit, claire, member["alone"])
    assert first.headers["location"] == second.headers["location"]
    assert "Racontée comme pratique" in await text_of(visit, claire, EFFECTS)


@pytest.mark.parametrize("key", ["open", "late"])
async def test_without_a_measured_effect_nothing_is_told(
    key: str, member: dict[str, UUID], claire: Actor, visit: Browser
) -> None:
    answer = await tell(visit, claire, member[key])
    assert answer.headers["location"] == f"{HOME}/a/{member[key]}"
    async with reading(claire):
        assert not await PracticeVersion.filter(organisation_id=claire.organisation_id).exists()


async def test_who_may_not_share_is_not_offered_and_refused(
    member: dict[str, UUID], sophie: Actor, nora: Actor, visit: Browser
) -> None:
    assert "Raconter comme pratique" not in await text_of(visit, sophie, EFFECTS)
    assert (await tell(visit, sophie, member["alone"])).status_code == 403
    assert (await tell(visit, nora, member["alone"])).status_code == 404
    only_reading.set(False)
    async with visit(nora) as browser:
        own = await browser.send_form(
            f"/o/clinique-du-lac/a/{member['alone']}/practice", {"op": str(new_id())}
        )
    assert own.status_code == 404
