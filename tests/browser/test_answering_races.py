"""Answering in a real browser, with everything that goes wrong between a person and a database."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import date

import asyncpg
import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from palier.accounts import sessions
from palier.accounts.passwords import hashed
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.browser.doors import SignInAs

pytestmark = pytest.mark.browser

FIRST, SECOND = "FL1.1.1", "FL1.1.2"
ROUND = "/o/transports-du-val/e/fl-2026"
PASSWORD = "correct horse battery staple"


class Desk:
    """A page on a criterion, and what the database holds meanwhile."""

    def __init__(self, page: Page, owner: asyncpg.Connection) -> None:
        self.page = page
        self.owner = owner

    async def open(self, code: str = FIRST) -> None:
        await self.page.goto(f"{ROUND}/q/{code}")

    async def choose(self, level: int) -> None:
        await self.page.locator(f"#a{level}").check()

    async def type(self, words: str) -> None:
        await self.page.locator("#rationale").press_sequentially(words)

    async def press_continue(self) -> None:
        await self.page.get_by_role("button", name="Continuer").click()

    async def row(self, code: str = FIRST) -> asyncpg.Record | None:
        return await self.owner.fetchrow("select * from answer where code = $1", code)

    async def eventually(self, right: Callable[[asyncpg.Record], bool], code: str = FIRST) -> asyncpg.Record:
        """The row once it is `right`: the browser decides when it saves, the database decides what is true."""
        async with asyncio.timeout(20):
            while True:
                row = await self.row(code)
                if row is not None and right(row):
                    return row
                await asyncio.sleep(0.05)

    async def all_quiet(self) -> None:
        """Everything is acknowledged: the line says saved and the browser's outbox is empty."""
        await expect(self.page.locator("#saved")).to_have_attribute("data-state", "saved")
        async with asyncio.timeout(20):
            while await self.page.evaluate("Object.keys(localStorage).length"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def on(self, code: str) -> None:
        await expect(self.page).to_have_url(re.compile(f"/q/{re.escape(code)}$"))
        await expect(self.page.locator(".eyebrow")).to_contain_text(code)


@pytest.fixture
async def open_round(claire: Actor) -> Assessment:
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15)
    )


@pytest.fixture
async def context(open_round: Assessment, claire: Actor, sign_in_as: SignInAs) -> BrowserContext:
    return await sign_in_as(claire)


@pytest.fixture
async def desk(context: BrowserContext, owner: asyncpg.Connection) -> AsyncIterator[Desk]:
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    desk = Desk(page, owner)
    await desk.open()
    yield desk
    assert faults == []


async def test_arrow_keys_end_on_the_last_level(desk: Desk) -> None:
    await desk.page.locator("#a1").focus()
    await desk.page.keyboard.press("Space")
    for _ in range(3):
        await desk.page.keyboard.press("ArrowDown")
    await desk.all_quiet()
    row = await desk.row()
    assert row is not None
    assert row["level"] == 4
    assert await desk.owner.fetchval("select count(*) from answer_event") <= 2, (
        "passing levels are not history"
    )


async def test_typing_keeps_every_letter(desk: Desk) -> None:
    await desk.type("Registre unique des irritants")
    await desk.all_quiet()
    await desk.type(", suivi en gare")
    row = await desk.eventually(lambda row: row["rationale"].endswith("en gare"))
    assert row["rationale"] == "Registre unique des irritants, suivi en gare"
    await expect(desk.page.locator("#rationale")).to_have_value(row["rationale"])


async def test_the_status_line_changes_its_words_once_a_save(desk: Desk) -> None:
    await expect(desk.page.locator("#saved")).to_be_empty()
    await desk.page.evaluate(
        "window.changes = 0; new MutationObserver(() => window.changes++).observe("
        "document.getElementById('saved'), {childList: true, subtree: true, characterData: true})"
    )
    await desk.choose(3)
    await desk.all_quiet()
    assert await desk.page.evaluate("window.changes") == 1
    await expect(desk.page.locator("#saved")).to_contain_text("Enregistré à")


async def test_continue_during_the_debounce_takes_the_answer_along(desk: Desk) -> None:
    await desk.choose(4)
    await desk.press_continue()
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["revision"]) == (4, 1)
    await expect(desk.page.locator("h1")).to_be_focused()
    await expect(desk.page).to_have_title(re.compile(SECOND))


async def test_continue_while_a_save_is_under_way_is_no_conflict_with_oneself(desk: Desk) -> None:
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "PATCH":
            held.set()
            await release.wait()
        await route.continue_()

    await desk.page.route("**/q/**", hold)
    await desk.choose(2)
    await held.wait()
    await desk.type("Ajouté pendant l’envoi")
    await desk.press_continue()
    release.set()
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["rationale"]) == (2, "Ajouté pendant l’envoi")


async def test_what_is_typed_while_continue_is_under_way_is_kept(desk: Desk) -> None:
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.set()
            await release.wait()
        await route.continue_()

    await desk.page.route("**/q/**", hold)
    await desk.choose(2)
    await desk.press_continue()
    await held.wait()
    await desk.type("Encore un mot")
    release.set()
    await desk.on(SECOND)
    await desk.eventually(lambda row: row["rationale"] == "Encore un mot" and row["level"] == 2)


AT_ONCE = """() => document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "content") setTimeout(() => document.getElementById("a4").click());
})"""


async def test_a_level_chosen_the_moment_the_next_question_shows_is_saved(desk: Desk) -> None:
    await desk.page.evaluate(AT_ONCE)
    await desk.choose(3)
    await desk.press_continue()
    await desk.on(SECOND)
    await expect(desk.page.locator("#a4")).to_be_checked()
    row = await desk.eventually(lambda row: row["level"] == 4, SECOND)
    assert row["revision"] == 1
    await desk.all_quiet()


async def test_a_level_chosen_before_the_scripts_arrive_is_saved_when_they_do(desk: Desk) -> None:
    arrived = asyncio.Event()

    async def late(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    await desk.page.route("**/js/*.js*", late)
    await desk.page.goto(f"{ROUND}/q/{SECOND}", wait_until="commit")
    await desk.choose(4)
    assert await desk.row(SECOND) is None
    arrived.set()
    row = await desk.eventually(lambda row: row["level"] == 4, SECOND)
    assert row["revision"] == 1
    await desk.all_quiet()


async def test_digits_choose_in_the_group_and_enter_continues(desk: Desk) -> None:
    await desk.page.locator("#a1").focus()
    await desk.page.keyboard.press("3")
    await expect(desk.page.locator("#a3")).to_be_checked()
    await desk.page.keyboard.press("Enter")
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert row["level"] == 3


async def test_digits_are_only_letters_in_a_text_and_control_enter_continues(desk: Desk) -> None:
    await desk.type("5 gares sur 12")
    assert await desk.page.locator(".levels input:checked").count() == 0
    await desk.page.keyboard.press("Control+Enter")
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["state"], row["rationale"]) == ("blank", "5 gares sur 12")


async def test_a_double_click_on_continue_goes_one_step(desk: Desk) -> None:
    await desk.choose(5)
    await desk.page.get_by_role("button", name="Continuer").dblclick()
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["revision"]) == (5, 1)
    assert await desk.owner.fetchval("select count(*) from answer") == 1


async def test_the_back_button_shows_what_was_saved(desk: Desk) -> None:
    await desk.choose(4)
    await desk.press_continue()
    await desk.on(SECOND)
    await desk.page.go_back()
    await desk.on(FIRST)
    await expect(desk.page.locator("#a4")).to_be_checked()
    await desk.choose(5)
    await desk.eventually(lambda row: row["level"] == 5 and row["revision"] == 2)


async def test_leaving_during_the_debounce_loses_nothing(desk: Desk) -> None:
    await desk.choose(4)
    await desk.page.goto(ROUND)
    await desk.eventually(lambda row: row["level"] == 4)


# --- a colleague ----------------------------------------------------------------------------------------------------


async def colleague_answers(malik: Actor, level: int, words: str, base: int = 0) -> None:
    draft = Draft(State.ANSWERED, level, rationale=words)
    await answer_criterion(malik, "fl-2026", FIRST, draft, op=new_id(), base=base)


async def test_a_colleague_is_shown_and_mine_can_be_kept(desk: Desk, malik: Actor) -> None:
    await colleague_answers(malik, 1, "Pas en gare")
    await desk.choose(4)
    await expect(desk.page.locator("#conflict")).to_contain_text("Pas en gare")
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["updated_name"]) == (1, "Malik Ouali")
    await desk.page.get_by_role("button", name="Garder la mienne").click()
    row = await desk.eventually(lambda row: row["revision"] == 2)
    assert (row["level"], row["rationale"]) == (4, "")
    await expect(desk.page.locator("#conflict")).to_be_empty()
    await desk.all_quiet()


async def test_a_colleagues_version_can_be_taken(desk: Desk, malik: Actor) -> None:
    await colleague_answers(malik, 1, "Pas en gare")
    await desk.choose(4)
    await desk.page.get_by_role("link", name="Prendre celle de Malik Ouali").click()
    await expect(desk.page.locator("#a1")).to_be_checked()
    await expect(desk.page.locator("#rationale")).to_have_value("Pas en gare")
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["revision"]) == (1, 1)
    assert await desk.page.evaluate("Object.keys(localStorage).length") == 0


async def test_while_two_versions_stand_typing_overwrites_nothing(desk: Desk, malik: Actor) -> None:
    await colleague_answers(malik, 1, "Pas en gare")
    await desk.choose(4)
    await expect(desk.page.locator("#conflict h2")).to_be_visible()
    await desk.type("Je continue d’écrire")
    await desk.press_continue()
    await expect(desk.page.locator("#conflict h2")).to_be_focused()
    await expect(desk.page.locator("#rationale")).to_have_value("Je continue d’écrire")
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["revision"]) == (1, 1)


# --- the line breaks ------------------------------------------------------------------------------------------------


async def test_offline_and_back(desk: Desk, context: BrowserContext) -> None:
    await context.set_offline(True)
    await desk.choose(3)
    await desk.type("Dans le tunnel")
    await expect(desk.page.locator("#saved")).to_have_role("alert")
    await expect(desk.page.locator("#saved")).to_contain_text("conservé sur cette page")
    assert await desk.row() is None
    await context.set_offline(False)
    row = await desk.eventually(lambda row: row["rationale"] == "Dans le tunnel")
    assert row["level"] == 3
    await desk.all_quiet()
    await expect(desk.page.locator("#saved")).to_have_role("status")


async def test_closed_while_offline_the_answer_is_sent_from_another_page(
    desk: Desk, context: BrowserContext
) -> None:
    await context.set_offline(True)
    await desk.choose(2)
    await expect(desk.page.locator("#saved")).to_have_role("alert")
    await desk.page.close()
    assert await desk.row() is None
    await context.set_offline(False)
    other = await context.new_page()
    await other.goto("/o/transports-du-val/assessments")
    await desk.eventually(lambda row: row["level"] == 2)


async def test_closed_while_offline_the_words_are_back_on_their_own_page(
    desk: Desk, context: BrowserContext
) -> None:
    await context.set_offline(True)
    await desk.type("Écrit sans réseau")
    await expect(desk.page.locator("#saved")).to_have_role("alert")
    await desk.page.close()
    await context.set_offline(False)
    again = Desk(await context.new_page(), desk.owner)
    await again.open()
    await expect(again.page.locator("#rationale")).to_have_value("Écrit sans réseau")
    await again.eventually(lambda row: row["rationale"] == "Écrit sans réseau")


async def test_a_save_whose_answer_got_lost_is_no_conflict(desk: Desk) -> None:
    lost = asyncio.Event()

    async def lose_the_answer(route: Route) -> None:
        if route.request.method == "PATCH" and not lost.is_set():
            await route.fetch()
            lost.set()
            await route.abort()
        else:
            await route.continue_()

    await desk.page.route("**/q/**", lose_the_answer)
    await desk.choose(2)
    await lost.wait()
    await desk.choose(3)
    await desk.eventually(lambda row: row["level"] == 3)
    await expect(desk.page.locator("#conflict")).to_be_empty()
    await desk.all_quiet()


async def test_a_server_that_restarts_is_waited_for(desk: Desk) -> None:
    answers = iter([503])

    async def unavailable_once(route: Route) -> None:
        if route.request.method == "PATCH" and (status := next(answers, None)):
            await route.fulfill(status=status, body="")
        else:
            await route.continue_()

    await desk.page.route("**/q/**", unavailable_once)
    await desk.choose(5)
    await expect(desk.page.locator("#saved")).to_contain_text("Non enregistré")
    await desk.page.get_by_role("button", name="Réessayer").click()
    await desk.eventually(lambda row: row["level"] == 5)
    await desk.all_quiet()


# --- the session, the lock ------------------------------------------------------------------------------------------


async def test_a_lost_session_is_found_again_without_losing_a_word(
    desk: Desk, owner: asyncpg.Connection
) -> None:
    await owner.execute("update person set password_hash = $1", await hashed(PASSWORD))
    await owner.execute("delete from session")
    await desk.choose(3)
    await desk.type("Toujours là")
    dialog = desk.page.get_by_role("dialog", name="Se reconnecter")
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("Mot de passe", exact=True).fill("not the password")
    await dialog.get_by_role("button", name="Se connecter", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await dialog.get_by_role("button", name="Se connecter", exact=True).click()
    await expect(dialog).to_be_hidden()
    row = await desk.eventually(lambda row: row["level"] == 3)
    assert "Toujours là".startswith(row["rationale"])
    await desk.all_quiet()


async def test_submitted_meanwhile_the_words_stay_on_the_page(desk: Desk, claire: Actor) -> None:
    for criterion in latest("FL").criteria:
        draft = Draft(State.ANSWERED, 2)
        await answer_criterion(claire, "fl-2026", criterion.code, draft, op=new_id(), base=0)
    await submit(claire, "fl-2026", name="Claire Lambert")
    await desk.type("Trop tard")
    await expect(desk.page.locator("#saved")).to_contain_text("remise entre-temps")
    await expect(desk.page.locator("#rationale")).to_have_value("Trop tard")
    row = await desk.row()
    assert row is not None
    assert (row["rationale"], row["revision"]) == ("", 1)


# --- whose session it is, and what waits --------------------------------------------------------------------------------


async def test_answers_given_offline_are_sent_in_order_and_once(desk: Desk, context: BrowserContext) -> None:
    codes = ["FL1.1.2", "FL1.1.1"]
    await desk.page.goto(f"{ROUND}/s/FL1.1")
    await context.set_offline(True)
    for code, level in zip(codes, (2, 3), strict=True):
        await desk.page.locator(f"[id='{code}'] input[value='{level}']").check()
    waiting = desk.page.locator("#waiting")
    await expect(waiting).to_contain_text("Réponses qui attendent d’être envoyées : 2")
    await expect(waiting.get_by_role("link")).to_have_text([f"{code} (fl-2026)" for code in codes])
    assert await desk.owner.fetchval("select count(*) from answer") == 0
    await context.set_offline(False)
    await desk.all_quiet()
    events = await desk.owner.fetch(
        "select code, after ->> 'level' as level from answer_event order by at, revision"
    )
    assert [tuple(event) for event in events] == list(zip(codes, "23", strict=True))
    await expect(waiting).to_be_hidden()


async def test_somebody_else_who_signs_in_never_sends_my_answers_and_i_do(
    desk: Desk, context: BrowserContext, claire: Actor, malik: Actor
) -> None:
    secrets = {}
    for actor in (claire, malik):
        async with transaction(None):
            secrets[actor.person_id] = await sessions.open_session(actor.person_id, "chromium")

    async def sit_down(actor: Actor) -> None:
        address = desk.page.url.partition("/o/")[0]
        await context.add_cookies([{"name": "session", "value": secrets[actor.person_id], "url": address}])

    await sit_down(malik)
    await desk.type("De Claire")
    await expect(desk.page.locator("#saved")).to_contain_text("autre personne")
    his = await context.new_page()
    await his.goto(f"{ROUND}/q/{FIRST}")
    await expect(his.locator("#rationale")).to_have_value("")
    await his.goto("/o/transports-du-val/assessments")
    await expect(his.locator("#waiting")).to_be_hidden()
    assert await desk.owner.fetchval("select count(*) from answer") == 0
    await desk.page.close(run_before_unload=False)
    await sit_down(claire)
    again = Desk(await context.new_page(), desk.owner)
    await again.open()
    row = await again.eventually(lambda row: row["rationale"] == "De Claire")
    assert (row["updated_name"], row["revision"]) == ("Claire Lambert", 1)


async def test_signing_out_asks_before_it_leaves_or_erases_what_waits(
    desk: Desk, context: BrowserContext
) -> None:
    await desk.page.route(
        "**/q/**", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    await desk.type("Pas encore parti")
    await expect(desk.page.locator("#saved")).to_have_role("alert")
    away = await context.new_page()
    await away.route("**/q/**", lambda route: route.abort())
    await away.goto("/account")
    await expect(away.locator("#waiting")).to_contain_text(f"{FIRST} (fl-2026)")
    await away.get_by_role("button", name="Se déconnecter", exact=True).first.click()
    asked = away.get_by_role("dialog")
    await asked.get_by_role("button", name="Les envoyer").click()
    await expect(asked.get_by_role("alert")).to_be_visible()
    await desk.page.close(run_before_unload=False)
    await asked.get_by_role("button", name="Les effacer").click()
    await away.wait_for_url(lambda address: "/account" not in address)
    assert await away.evaluate("Object.keys(localStorage).length") == 0


# --- without JavaScript ---------------------------------------------------------------------------------------------


async def test_without_javascript_an_answer_is_saved_by_continue(
    open_round: Assessment, claire: Actor, sign_in_as: SignInAs, owner: asyncpg.Connection
) -> None:
    context = await sign_in_as(claire, java_script_enabled=False)
    desk = Desk(await context.new_page(), owner)
    await desk.open()
    await desk.choose(4)
    await desk.type("Sans script")
    await desk.press_continue()
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["rationale"]) == (4, "Sans script")


async def test_without_javascript_both_versions_are_shown_and_one_is_chosen(
    open_round: Assessment, claire: Actor, malik: Actor, sign_in_as: SignInAs, owner: asyncpg.Connection
) -> None:
    context = await sign_in_as(claire, java_script_enabled=False)
    desk = Desk(await context.new_page(), owner)
    await desk.open()
    await colleague_answers(malik, 1, "Pas en gare")
    await desk.choose(4)
    await desk.press_continue()
    await expect(desk.page.locator("#conflict")).to_contain_text("Pas en gare")
    await expect(desk.page.locator("#a4")).to_be_checked()
    await desk.page.get_by_role("button", name="Garder la mienne").click()
    await desk.on(FIRST)
    row = await desk.row()
    assert row is not None
    assert (row["level"], row["revision"]) == (4, 2)


async def test_not_applicable_asks_why(desk: Desk) -> None:
    await desk.page.locator("#an").check()
    await desk.press_continue()
    await expect(desk.page.locator("#errors")).to_be_focused()
    await expect(desk.page).to_have_title(re.compile("^Erreur"))
    await desk.page.locator("#reason").fill("Pas d’accueil du public")
    await desk.press_continue()
    await desk.on(SECOND)
    row = await desk.row()
    assert row is not None
    assert (row["state"], row["reason"]) == ("na", "Pas d’accueil du public")


async def test_a_row_of_the_section_list_saves_by_itself(desk: Desk) -> None:
    await desk.page.goto(f"{ROUND}/s/FL1.1")
    await desk.page.locator(f"[id='{SECOND}'] input[value='4']").check()
    await desk.all_quiet()
    row = await desk.row(SECOND)
    assert row is not None
    assert row["level"] == 4
    await expect(desk.page.locator("#progress")).to_contain_text("1 critère")
