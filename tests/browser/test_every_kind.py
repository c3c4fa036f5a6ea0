"""Every kind of answer in a real browser: end to end with and without a script, wide and narrow, under axe."""

import re
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page, expect

from palier.assessments.flows.answering import answer_criterion
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import (
    CALLS,
    CHOICE,
    CYCLE,
    EVERY_KIND,
    KPI,
    LADDER,
    NPS,
    OPTIONS,
    PLACES,
    RESULTS,
    SHARE,
    SLUG,
    VALUES,
    plant_every_kind,
)
from tests.browser.doors import SignInAs
from tests.browser.sweeping import AXE, Sweeper

pytestmark = pytest.mark.browser
ROUND = f"/o/transports-du-val/e/{SLUG}"
WIDE, NARROW = 1280, 390


@pytest.fixture
async def opened(claire: Actor) -> Assessment:
    return await plant_every_kind(claire)


async def give(actor: Actor, code: str, draft: Draft) -> None:
    await answer_criterion(actor, SLUG, code, draft, op=new_id(), base=0)


async def give_everything(actor: Actor) -> None:
    await give(actor, CHOICE, Draft(State.ANSWERED, 3))
    for code, value in VALUES.items():
        await give(actor, code, Draft(value=value))


async def stored(owner: asyncpg.Connection) -> dict[str, Any]:
    rows = await owner.fetch("select code, state, level, value::text from answer")
    return {row["code"]: row for row in rows}


def at(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 900}}


TICKS = {
    CHOICE: ["Niveau 3, Structuré"],
    OPTIONS: ["Leur cause est recherchée"],
    LADDER: ["Niveau 2, Émergent", "Niveau 3, Structuré"],
}
FIGURES = {
    SHARE: {"Chiffre": "75"},
    CALLS: {"Chiffre": "75"},
    KPI: {"Chiffre": "12,5"},
    NPS: {"Promoteurs": "45", "Passifs": "30", "Détracteurs": "25"},
}


async def fill_in(page: Page, code: str) -> None:
    """What a person does on the page of `code`, by the labels they read."""
    for label in TICKS.get(code, ()):
        await page.get_by_label(label).check()
    for label, figure in FIGURES.get(code, {}).items():
        await page.get_by_role("textbox", name=label).fill(figure)
    for line in await page.locator(".mx-r").all():
        await line.get_by_label("Niveau 4, Maîtrisé").check()


WAYS = [
    pytest.param(True, NARROW),
    pytest.param(False, WIDE, marks=pytest.mark.long),
    pytest.param(True, WIDE, marks=pytest.mark.long),
    pytest.param(False, NARROW, marks=pytest.mark.long),
]


@pytest.mark.parametrize(("script", "width"), WAYS)
async def test_a_whole_round_from_the_first_criterion_to_the_receipt(
    opened: Assessment,
    claire: Actor,
    sign_in_as: SignInAs,
    owner: asyncpg.Connection,
    script: bool,
    width: int,
) -> None:
    context = await sign_in_as(claire, java_script_enabled=script, **at(width))
    page = await context.new_page()
    await page.goto(f"{ROUND}/q/{CHOICE}")
    for criterion in EVERY_KIND.criteria:
        await expect(page).to_have_url(re.compile(re.escape(f"/q/{criterion.code}")))
        await expect(page.locator("h1")).to_have_text(criterion.label.in_("fr"))
        await fill_in(page, criterion.code)
        await page.get_by_role("button", name="Continuer").click()
    await expect(page).to_have_url(re.compile("/check"))
    await page.get_by_role("link", name="Remettre l’évaluation").click()
    await page.get_by_role("button", name=re.compile("Remettre")).click()
    await expect(page).to_have_url(re.compile("/receipt"))
    rows = await stored(owner)
    assert {code: row["state"] for code, row in rows.items()} == dict.fromkeys(rows, "answered")
    assert len(rows) == len(EVERY_KIND.criteria)
    assert rows[KPI]["value"] == '"12.5"'
    assert (rows[LADDER]["level"], rows[LADDER]["value"]) == (3, "[2, 3]")


async def test_points_appear_as_soon_as_they_are_saved(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs
) -> None:
    page = await (await sign_in_as(claire)).new_page()
    await page.goto(f"{ROUND}/q/{CYCLE}")
    worth = page.locator(f"[id='worth-{CYCLE}']")
    await expect(worth).to_be_empty()
    await page.get_by_role("radiogroup", name="Planifier").get_by_label("Niveau 4, Maîtrisé").check()
    await expect(worth).to_contain_text("Il manque encore")
    await expect(page.locator("#progress strong")).to_have_text("0")
    await fill_in(page, CYCLE)
    await expect(worth).to_contain_text("75,0 points, niveau 4")
    await expect(page.locator("#progress strong")).to_have_text("1")
    await expect(page.locator("#history")).to_contain_text("Planifier\u00a04, Faire\u00a04")


async def test_a_number_out_of_range_is_told_and_stays_until_it_is_right(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs, owner: asyncpg.Connection
) -> None:
    page = await (await sign_in_as(claire)).new_page()
    await page.goto(f"{ROUND}/q/{KPI}")
    await page.get_by_role("textbox", name="Chiffre").fill("beaucoup")
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.locator("#errors")).to_be_focused()
    await expect(page.locator("#errors")).to_contain_text("Écrivez un nombre, par exemple 12,5")
    await expect(page.get_by_role("textbox", name="Chiffre")).to_have_value("beaucoup")
    assert await stored(owner) == {}
    await page.get_by_role("textbox", name="Chiffre").fill("7,5")
    await expect(page.locator(f"[id='worth-{KPI}']")).to_contain_text("90,0 points, niveau 4")


async def test_the_keyboard_is_enough(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs, owner: asyncpg.Connection
) -> None:
    page = await (await sign_in_as(claire)).new_page()
    await page.goto(f"{ROUND}/q/{RESULTS}")
    await page.locator("#a1").focus()
    for digit in ("4", "3", "2"):
        await page.keyboard.press(digit)
        await page.keyboard.press("Tab")
    await expect(page.locator(f"[id='worth-{RESULTS}']")).to_contain_text("50,0 points, niveau 3")
    assert (await stored(owner))[RESULTS]["value"] == '{"trend": 4, "target": 3, "comparison": 2}'


async def test_a_value_and_not_applicable_take_turns(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs
) -> None:
    page = await (await sign_in_as(claire)).new_page()
    await page.goto(f"{ROUND}/q/{KPI}")
    await page.get_by_label("Non applicable").check()
    await page.get_by_label("Pourquoi il ne s’applique pas").fill("Aucune réclamation")
    await expect(page.locator("#history")).to_contain_text("Non applicable")
    await page.reload()
    await page.get_by_role("textbox", name="Chiffre").fill("5")
    await expect(page.get_by_label("La réponse ci-dessus")).to_be_checked()
    await expect(page.locator(f"[id='worth-{KPI}']")).to_contain_text("La cible est atteinte")
    await page.get_by_label("Non applicable").check()
    await page.get_by_label("Pourquoi il ne s’applique pas").fill("Aucune réclamation")
    await expect(page.locator("#history li").first).to_contain_text("Non applicable")
    await expect(page.locator(f"[id='worth-{KPI}']")).to_be_empty()


async def test_rows_come_and_go_with_the_branch_and_are_as_good_as_the_others(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs, owner: asyncpg.Connection
) -> None:
    page = await (await sign_in_as(claire)).new_page()
    await page.goto(f"{ROUND}/s/EK1.1")
    rows = page.locator(".crow")
    deciding = rows.first
    await expect(rows).to_have_count(1)
    await deciding.get_by_label("Niveau 3").check()
    await expect(rows).to_have_count(3)
    await expect(page.locator("#turn")).to_contain_text("2 critères de plus à répondre")
    await expect(page.locator("#sections")).to_contain_text("1/3")
    await page.locator(f"[id='{SHARE}']").get_by_label("Chiffre").fill("40")
    await expect(page.locator(f"[id='worth-{SHARE}']")).to_contain_text("40,0 points")
    await deciding.get_by_label("Niveau 1").check()
    await expect(rows).to_have_count(1)
    await expect(page.locator("#turn")).to_contain_text("ce qui y a été répondu est gardé")
    await deciding.get_by_label("Niveau 4").check()
    await expect(rows).to_have_count(3)
    await expect(page.locator(f"[id='{SHARE}']").get_by_label("Chiffre")).to_have_value("40")
    await page.reload()
    await expect(rows).to_have_count(3)
    assert (await stored(owner))[SHARE]["value"] == '"40"'


async def test_lines_of_a_matrix_are_a_table_where_there_is_room_and_stacked_where_not(
    opened: Assessment, claire: Actor, sign_in_as: SignInAs
) -> None:
    for width, stacked in ((WIDE, False), (NARROW, True)):
        page = await (await sign_in_as(claire, **at(width))).new_page()
        await page.goto(f"{ROUND}/q/{PLACES}")
        line = page.locator(".mx-r").first
        words, levels = await line.locator(".mx-l").bounding_box(), await line.locator(".mx-c").bounding_box()
        assert words
        assert levels
        assert (words["y"] + words["height"] <= levels["y"]) is stacked
        for target in await page.locator(".mx label, .lvl").all():
            box = await target.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44


LOOKS = (WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (320, "dark")


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_every_kind_passes_axe_answered_and_not(
    opened: Assessment,
    claire: Actor,
    sign_in_as: SignInAs,
    owner: asyncpg.Connection,
    width: int,
    scheme: str,
) -> None:
    await give(claire, CHOICE, Draft(State.ANSWERED, 3))
    await give(claire, LADDER, Draft(value=[2, 3, 5]))
    await give(claire, PLACES, Draft(value={"desk": 4}))
    locale = "fr" if width == WIDE else "en"
    await owner.execute("update person set locale = $1", locale)
    page = await (await sign_in_as(claire, color_scheme=scheme, **at(width))).new_page()
    await page.add_init_script(path=AXE)
    eyes = Sweeper(page)
    eyes.listen()
    places = [
        *(f"q/{criterion.code}" for criterion in EVERY_KIND.criteria),
        "s/EK1.1",
        "s/EK1.2",
        "s/EK2.1",
        "check",
    ]

    async def faults() -> list[str]:
        found = []
        for place in places:
            eyes.heard.clear()
            await page.goto(f"{ROUND}/{place}")
            wrong = (*await eyes.axe(), *await eyes.sideways(), *eyes.heard)
            found += [f"{place}: {one}" for one in wrong]
        return found

    assert await faults() == []
    for code in (SHARE, NPS, OPTIONS, KPI, CYCLE, RESULTS, CALLS):
        await give(claire, code, Draft(value=VALUES[code]))
    await give(claire, CHOICE, Draft(State.ANSWERED, 3))
    assert await faults() == []
