"""The screens of plans, without JavaScript and with htmx."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from palier.action_plans.flows import acting, suggesting
from palier.action_plans.flows.overview import PlanView, late_actions, load_plan, my_actions
from palier.action_plans.flows.suggesting import Wish, first_draft, suggestions_for
from palier.action_plans.rules.life import ActionStatus
from palier.action_plans.store import Action, ActionPlan
from palier.assessments.rules.peers import nobody
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from tests.conftest import Browser

HOME = "/o/transports-du-val/plans"
HTMX = {"hx-request": "true"}


async def view(actor: Actor, slug: str = "plan-2027") -> PlanView:
    async with reading(actor):
        return await load_plan(actor, slug)


async def fill(actor: Actor, slug: str = "plan-2027") -> list[Action]:
    """The plan as generated, without owners."""
    drafts = first_draft(actor, suggestions_for(await view(actor, slug), None))
    return await suggesting.fill(
        actor, slug, {draft.suggestion.lever.id: Wish() for draft in drafts}, nobody, new_id()
    )


def fields(html: str, action: str) -> dict[str, str]:
    """What the form that posts to `action` would send as it stands."""
    form = re.search(rf'<form[^>]*method="post" action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, f"no form posts to {action}"
    identifier = re.search(r'<form id="([^"]*)"', form[0])
    outside = (
        rf'<(?:select|input)[^>]*form="{identifier[1]}"[^>]*>(?:(?:<option[^>]*>[^<]*</option>)+</select>)?'
        if identifier
        else "$^"
    )
    scope = form[0] + "".join(re.findall(outside, html))
    sent = {}
    for tag in re.findall(r"<input[^>]*>", scope):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', scope, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent[name] = unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form[0], re.DOTALL
    ):
        sent[name] = unescape(body)
    return sent


def element(html: str, tag: str, identifier: str) -> str:
    """The element with this id, whatever changes with every reading aside."""
    found = re.search(rf'<{tag}[^>]*id="{re.escape(identifier)}".*?</{tag}>', html, re.DOTALL)
    assert found, f"no {identifier}"
    text = re.sub(r'name="(op|_csrf_token)" value="[^"]*"', r'name="\1"', found[0])
    return re.sub(r"\s+", " ", text.replace(' hx-swap-oob="true"', ""))


async def test_without_a_round_the_list_of_plans_leads_to_the_assessments(
    claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        page = await browser.get(HOME)
    assert page.status_code == 200
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert main.count('class="btn primary"') == 1
    assert 'href="/o/transports-du-val/assessments"' in main


async def test_with_a_submitted_round_the_list_offers_to_build_a_plan(
    submitted: Assessment, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        for address in (HOME, f"{HOME}?assessment=fl-2026"):
            page = await browser.get(address)
            assert f'href="{HOME}/new?assessment=fl-2026"' in page.text


async def test_a_plan_is_opened_and_generated_without_a_script(
    submitted: Assessment, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        form = fields((await browser.get(f"{HOME}/new?assessment=fl-2026")).text, f"{HOME}/new")
        assert form["assessment"] == "fl-2026"
        opened = await browser.send_form(f"{HOME}/new", form)
        assert (opened.status_code, opened.headers["location"]) == (303, f"{HOME}/plan-2027/generate")
        draft = fields((await browser.get(opened.headers["location"])).text, f"{HOME}/plan-2027/generate")
        assert sum(name.startswith("include-") for name in draft) == 5
        first = next(name for name in draft if name.startswith("include-")).removeprefix("include-")
        draft[f"{first}-owner"] = str(claire.person_id)
        draft[f"{first}-due-year"] = "2099"
        made = await browser.send_form(f"{HOME}/plan-2027/generate", draft)
        assert (made.status_code, made.headers["location"]) == (303, f"{HOME}/plan-2027")
        board = await browser.get(made.headers["location"])
    assert "Claire Lambert" in board.text
    planned = await view(claire)
    assert len(planned.actions) == 5
    assert {a.row.due_on.year for a in planned.actions if a.row.lever == first} == {2099}


async def test_a_double_click_opens_and_fills_one_plan(
    submitted: Assessment, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        form = fields((await browser.get(f"{HOME}/new")).text, f"{HOME}/new")
        answers = [await browser.send_form(f"{HOME}/new", form) for _ in range(2)]
        assert {a.headers["location"] for a in answers} == {f"{HOME}/plan-2027/generate"}
        address = f"{HOME}/plan-2027/generate"
        draft = fields((await browser.get(address)).text, address)
        made = [await browser.send_form(address, draft) for _ in range(2)]
        assert [(m.status_code, m.headers["location"]) for m in made] == [(303, f"{HOME}/plan-2027")] * 2
    async with reading(claire):
        assert await ActionPlan.all().count() == 1
        assert await Action.all().count() == 5


async def test_a_line_that_is_wrong_keeps_everything_typed_and_makes_nothing(
    plan: str, claire: Actor, visit: Browser
) -> None:
    address = f"{HOME}/{plan}/generate"
    async with visit(claire) as browser:
        draft = fields((await browser.get(address)).text, address)
        chosen = [name.removeprefix("include-") for name in draft if name.startswith("include-")]
        draft[f"{chosen[0]}-due-month"] = "13"
        draft[f"{chosen[1]}-start-year"] = "2098"
        del draft[f"include-{chosen[2]}"]
        answer = await browser.send_form(address, draft)
    assert answer.status_code == 422
    assert f'href="#{chosen[0]}-due"' in answer.text
    assert f'href="#{chosen[1]}-due"' in answer.text
    again = fields(answer.text, address)
    assert again[f"{chosen[0]}-due-month"] == "13"
    assert f"include-{chosen[2]}" not in again
    assert (await view(claire)).actions == ()


@pytest.mark.parametrize(
    "address", ["", "?view=list", "/suggestions", "/suggestions?sort=gain", "/suggestions?sort=effort"]
)
async def test_a_reader_sees_the_plan_without_controls_and_with_who_to_ask(
    plan: str, claire: Actor, sophie: Actor, visit: Browser, address: str
) -> None:
    await fill(claire)
    async with visit(sophie) as browser:
        page = await browser.get(f"{HOME}/{plan}{address}")
    assert page.status_code == 200
    assert "Claire Lambert" in page.text
    assert 'method="post"' not in page.text.partition("<main")[2].partition("</main>")[0]


async def test_a_reader_who_posts_is_told_who_may(
    plan: str, claire: Actor, sophie: Actor, visit: Browser
) -> None:
    action = (await fill(claire))[0]
    own = f"/o/transports-du-val/a/{action.id}"
    async with visit(sophie) as browser:
        for address in (
            f"{HOME}/new", f"{HOME}/{plan}/generate", f"{HOME}/{plan}/settings", f"{HOME}/{plan}/actions/new",
            f"{HOME}/{plan}/suggestions/FL1.1-a/adopt", own, f"{own}/status", f"{own}/row", f"{own}/readings",
            f"{own}/remove",
        ):  # fmt: skip
            assert (await browser.send_form(address, {})).status_code == 403, address
    assert len((await view(claire)).actions) == 5


async def test_a_stranger_finds_nothing(plan: str, claire: Actor, nora: Actor, visit: Browser) -> None:
    action = (await fill(claire))[0]
    for organisation in ("transports-du-val", "clinique-du-lac"):
        base = f"/o/{organisation}"
        async with visit(nora) as browser:
            for address in (
                f"{base}/plans/{plan}", f"{base}/plans/{plan}/suggestions", f"{base}/plans/{plan}/generate",
                f"{base}/plans/{plan}/settings", f"{base}/plans/{plan}/actions.csv", f"{base}/plans/{plan}/actions/new",
                f"{base}/a/{action.id}",
            ):  # fmt: skip
                answer = await browser.get(address)
                assert (answer.status_code, action.title in answer.text) == (404, False), address
            form = {
                "rev": "1",
                "status": "done",
                "op": str(new_id()),
                "reason": "x",
                "owner": "",
                "title": "x",
            }
            for address in (
                f"{base}/a/{action.id}", f"{base}/a/{action.id}/status", f"{base}/a/{action.id}/row",
                f"{base}/a/{action.id}/remove", f"{base}/plans/{plan}/suggestions/FL1.1-a/adopt",
                f"{base}/plans/{plan}/suggestions/FL1.1-a/dismiss", f"{base}/plans/{plan}/suggestions/FL1.1-a/restore",
            ):  # fmt: skip
                assert (await browser.send_form(address, form)).status_code == 404, address
    assert {a.row.status for a in (await view(claire)).actions} == {ActionStatus.PLANNED}


async def test_a_moved_card_is_the_page_fetched_anew(plan: str, claire: Actor, visit: Browser) -> None:
    action = (await fill(claire))[0]
    own, board = f"/o/transports-du-val/a/{action.id}", f"{HOME}/{plan}?owner=nobody"
    async with visit(claire) as browser:
        form = fields((await browser.get(board)).text, f"{own}/status")
        moved = await browser.send_form(f"{own}/status", form | {"status": "in_progress"}, headers=HTMX)
        anew = await browser.get(board)
    assert moved.status_code == 200
    assert "En cours" in moved.text.rpartition('id="announce"')[2]
    assert f"act-{action.id}-t" in moved.headers["hx-trigger-after-settle"]
    for identifier in ("plan-summary", "col-planned", "col-in_progress", "col-done"):
        assert element(moved.text, "section", identifier) == element(anew.text, "section", identifier)


async def test_an_adopted_card_is_the_page_fetched_anew(plan: str, claire: Actor, visit: Browser) -> None:
    board = f"{HOME}/{plan}"
    async with visit(claire) as browser:
        page = (await browser.get(board)).text
        lever = re.search(r'id="sug-([^"]+)"', page)[1]
        address = f"{board}/suggestions/{lever}/adopt"
        adopted = await browser.send_form(address, fields(page, address), headers=HTMX)
        anew = await browser.get(board)
    assert adopted.status_code == 200
    assert f"sug-{lever}" not in adopted.text
    for identifier in ("plan-summary", "col-suggestions", "col-planned", "col-in_progress", "col-done"):
        assert element(adopted.text, "section", identifier) == element(anew.text, "section", identifier)


async def test_a_saved_row_is_the_page_fetched_anew(plan: str, claire: Actor, visit: Browser) -> None:
    action = (await fill(claire))[0]
    own, page = f"/o/transports-du-val/a/{action.id}", f"{HOME}/{plan}?view=list"
    async with visit(claire) as browser:
        form = fields((await browser.get(page)).text, f"{own}/row")
        sent = form | {"owner": str(claire.person_id), "due": "2020-01-31", "status": "in_progress"}
        refused = await browser.send_form(f"{own}/row", sent, headers=HTMX)
        assert (refused.status_code, 'value="2020-01-31"' in refused.text) == (422, True)
        saved = await browser.send_form(f"{own}/row", sent | {"due": "2099-01-31"}, headers=HTMX)
        anew = await browser.get(page)
    assert saved.status_code == 200
    assert element(saved.text, "tr", f"row-{action.id}") == element(anew.text, "tr", f"row-{action.id}")
    assert element(saved.text, "section", "plan-summary") == element(anew.text, "section", "plan-summary")


async def test_every_form_of_the_list_and_the_board_works_without_a_script(
    plan: str, claire: Actor, visit: Browser
) -> None:
    action = (await fill(claire))[0]
    own = f"/o/transports-du-val/a/{action.id}"
    async with visit(claire) as browser:
        board = (await browser.get(f"{HOME}/{plan}?element=FL1.1")).text
        form = fields((await browser.get(f"{HOME}/{plan}")).text, f"{own}/status")
        moved = await browser.send_form(f"{own}/status", form | {"status": "done"})
        assert (moved.status_code, moved.headers["location"]) == (303, f"{HOME}/{plan}")
        row = fields((await browser.get(f"{HOME}/{plan}?view=list")).text, f"{own}/row")
        saved = await browser.send_form(f"{own}/row", row | {"status": "planned", "due": "", "owner": ""})
        assert (saved.status_code, saved.headers["location"]) == (
            303,
            f"{HOME}/{plan}?view=list#row-{action.id}",
        )
    assert "FL1.1" in board


async def test_two_people_on_one_action_get_a_conflict_and_lose_nothing(
    plan: str, claire: Actor, malik: Actor, visit: Browser
) -> None:
    action = (await fill(claire))[0]
    own = f"/o/transports-du-val/a/{action.id}"
    async with visit(claire) as browser:
        form = fields((await browser.get(own)).text, own)
        only_reading.set(False)
        await acting.move(malik, action.id, ActionStatus.IN_PROGRESS, 1)
        refused = await browser.send_form(own, form | {"title": "Ma version", "sponsor": "La direction"})
        assert refused.status_code == 409
        assert "Malik Ouali" in refused.text
        again = fields(refused.text, own)
        assert (again["title"], again["sponsor"], again["rev"]) == ("Ma version", "La direction", "2")
        assert (await browser.send_form(own, again)).status_code == 303
    assert {a.row.title for a in (await view(claire)).actions if a.row.id == action.id} == {"Ma version"}


async def test_a_row_somebody_else_changed_keeps_what_was_chosen(
    plan: str, claire: Actor, malik: Actor, visit: Browser
) -> None:
    action = (await fill(claire))[0]
    own = f"/o/transports-du-val/a/{action.id}"
    for headers in ({}, HTMX):
        revision = next(a.row.revision for a in (await view(claire)).actions if a.row.id == action.id)
        async with visit(claire) as browser:
            form = fields((await browser.get(f"{HOME}/{plan}?view=list")).text, f"{own}/row")
            status = ActionStatus.IN_PROGRESS if revision == 1 else ActionStatus.DONE
            only_reading.set(False)
            await acting.move(malik, action.id, status, revision)
            refused = await browser.send_form(f"{own}/row", form | {"due": "2098-02-03"}, headers=headers)
        assert refused.status_code == 409
        assert "Malik Ouali" in refused.text
        assert 'value="2098-02-03"' in refused.text
        assert f'name="rev" value="{revision + 1}"' in refused.text


async def test_an_own_action_is_added_measured_and_taken_out(
    plan: str, claire: Actor, visit: Browser
) -> None:
    address = f"{HOME}/{plan}/actions/new"
    async with visit(claire) as browser:
        form = fields((await browser.get(address)).text, address)
        wrong = await browser.send_form(address, form | {"kpi_baseline": "dix", "progress": "beaucoup"})
        assert wrong.status_code == 422
        assert fields(wrong.text, address)["kpi_baseline"] == "dix"
        sent = form | {
            "title": "<b>Appeler</b> dix clients", "criterion-1": "FL1.1.1", "level-1": "4", "kpi_name": "Appels",
            "kpi_baseline": "1,5", "kpi_target": "10", "due-day": "1", "due-month": "2", "due-year": "2026",
        }  # fmt: skip
        added = [await browser.send_form(address, sent) for _ in range(2)]
        assert [a.status_code for a in added] == [303, 303]
        own = (await view(claire)).actions[0]
        assert len((await view(claire)).actions) == 1
        page = f"/o/transports-du-val/a/{own.row.id}"
        shown = (await browser.get(page)).text
        assert "&lt;b&gt;Appeler" in shown
        assert fields(shown, page)["kpi_baseline"] == "1,5"
        reading_form = fields(shown, f"{page}/readings")
        assert (await browser.send_form(f"{page}/readings", reading_form | {"value": ""})).status_code == 422
        assert (
            await browser.send_form(f"{page}/readings", reading_form | {"value": "5,25"})
        ).status_code == 303
        measured = (await browser.get(page)).text
        assert "5,25" in measured
        taken = await browser.send_form(f"{page}/remove", {"rev": "1"})
        assert (taken.status_code, taken.headers["location"]) == (303, f"{HOME}/{plan}")
    assert own.gain > 0
    assert (await view(claire)).actions == ()


async def test_a_suggestion_is_put_aside_with_a_reason_and_taken_back(
    plan: str, claire: Actor, visit: Browser
) -> None:
    address = f"{HOME}/{plan}/suggestions"
    async with visit(claire) as browser:
        page = (await browser.get(address)).text
        lever = re.search(rf'action="{re.escape(address)}/([^"/]+)/dismiss"', page)[1]
        assert (await browser.send_form(f"{address}/{lever}/dismiss", {"reason": ""})).status_code == 422
        gone = await browser.send_form(f"{address}/{lever}/dismiss", {"reason": "Déjà tenté", "sort": "gain"})
        assert (gone.status_code, gone.headers["location"]) == (303, f"{address}?sort=gain#aside")
        after = (await browser.get(address)).text
        assert "Déjà tenté" in after
        assert f'/{lever}/dismiss"' not in after
        back = await browser.send_form(f"{address}/{lever}/restore", {})
        assert back.status_code == 303
        assert f'/{lever}/dismiss"' in (await browser.get(address)).text


async def test_the_reasons_of_a_suggestion_are_on_the_page_without_a_script(
    plan: str, claire: Actor, visit: Browser
) -> None:
    first = suggestions_for(await view(claire), None)[0]
    async with visit(claire) as browser:
        page = (await browser.get(f"{HOME}/{plan}/suggestions?why={first.lever.id}")).text
    assert re.search(rf'id="{first.lever.id}".*?<details open>', page, re.DOTALL)
    assert f"{float(first.priority):.3f}".replace(".", ",") in page


async def test_weights_and_targets_are_kept_and_change_the_order(
    plan: str, claire: Actor, visit: Browser
) -> None:
    address = f"{HOME}/{plan}/settings"
    async with visit(claire) as browser:
        form = fields((await browser.get(address)).text, address)
        dimension = next(name for name in form if name.startswith("weight-"))
        wrong = await browser.send_form(address, form | {dimension: "7"})
        assert wrong.status_code == 422
        saved = await browser.send_form(address, form | {dimension: "3", "target-FL1.1.1": "5"})
        assert saved.status_code == 303
        again = fields((await browser.get(address)).text, address)
    assert (again[dimension], again["target-FL1.1.1"]) == ("3", "5")


async def test_the_file_is_safe_to_open(plan: str, claire: Actor, visit: Browser) -> None:
    action = (await fill(claire))[0]
    facts = acting.facts_of(action)
    await acting.edit(claire, action.id, replace(facts, title='=cmd|" /C calc"!A0'), 1)
    async with visit(claire) as browser:
        file = await browser.get(f"{HOME}/{plan}/actions.csv")
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "\"'=cmd|" in file.text
    assert len(file.text.splitlines()) >= 6
    assert ";" in file.text.splitlines()[0]


async def test_what_is_late_and_what_is_mine_is_told_to_other_rooms(plan: str, claire: Actor) -> None:
    rows = await fill(claire)
    await acting.follow(claire, rows[0].id, claire.person_id, date(2099, 1, 1), ActionStatus.PLANNED, 1)
    facts = acting.facts_of(rows[1])
    await acting.edit(claire, rows[1].id, replace(facts, starts_on=None, due_on=date(2020, 1, 1)), 1)
    async with reading(claire):
        assert [row.id for row in await my_actions(claire)] == [rows[0].id]
        assert [row.id for row in await late_actions(claire)] == [rows[1].id]
        assert (await late_actions(claire))[0].plan.slug == plan
