"""The page of one action, without JavaScript and with htmx: nothing typed is lost, whatever is refused."""

import re

import pytest

from palier.action_plans import store
from palier.action_plans.flows import acting, stepping
from palier.action_plans.flows.stepping import seal_of
from palier.action_plans.rules.life import ActionStatus, Channel, Facts, Kpi, Stage
from palier.action_plans.store import Action
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from tests.action_plans.test_pages import HOME, HTMX, element, fields
from tests.conftest import Browser


@pytest.fixture
async def action(plan: str, claire: Actor) -> Action:
    """An action of one's own with two steps and an indicator, under way."""
    facts = Facts("Appeler dix clients", status=ActionStatus.IN_PROGRESS, kpi=Kpi("Appels"))
    return await acting.add(claire, plan, facts, new_id(), ["Choisir", "Appeler"])


def place(action: Action) -> str:
    return f"/o/transports-du-val/a/{action.id}"


EVERYTHING = {
    "title": "Rappeler", "finding": "Ils attendent", "cause": "Deux équipes", "evidence": "Relevé de juin", "status": "in_progress",
    "progress": "30", "blocked": "yes", "blocked_reason": "Grève", "sponsor": "Léa Martin", "sponsor_email": "lea@example.org",
    "effort": "4", "impact": "5", "cost": "1 200,5", "channel-phone": "yes", "channel-web": "yes", "stage": "check",
    "review_every_months": "3", "next_review_on-day": "1", "next_review_on-month": "3", "next_review_on-year": "2027",
    "kpi_name": "Appels perdus", "kpi_direction": "down", "kpi_source": "Autocommutateur", "steps": "Un\n\nDeux",
}  # fmt: skip


async def test_every_field_of_an_action_is_kept_and_shown_again(
    plan: str, claire: Actor, visit: Browser
) -> None:
    address = f"{HOME}/{plan}/actions/new"
    async with visit(claire) as browser:
        form = fields((await browser.get(address)).text, address)
        assert (await browser.send_form(address, form | EVERYTHING)).status_code == 303
        async with reading(claire):
            row = (await store.all_actions(claire))[0]
            steps = (await store.checklists_of(claire, [row.id]))[row.id]
        again = fields((await browser.get(place(row))).text, place(row))
    assert [step.text for step in steps] == ["Un", "Deux"]
    assert (row.channels, row.stage, str(row.cost)) == (["phone", "web"], Stage.CHECK, "1200.50")
    expected = EVERYTHING | {"cost": "1200,5"}
    del expected["steps"]
    assert {name: again.get(name) for name in expected} == expected
    assert not {f"channel-{one}" for one in Channel if one not in row.channels} & set(again)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"blocked": "yes", "blocked_reason": ""}, "blocked_reason"),
        ({"sponsor": "Léa", "sponsor_email": "nulle part"}, "sponsor_email"),
        ({"cost": "cher"}, "cost"),
        (
            {"next_review_on-day": "31", "next_review_on-month": "2", "next_review_on-year": "2027"},
            "next_review_on",
        ),
        ({"sponsor_id": str(new_id())}, "sponsor_id"),
    ],
)
async def test_what_is_refused_comes_back_as_typed_with_its_fold_open(
    action: Action, claire: Actor, visit: Browser, typed: dict[str, str], wrong: str
) -> None:
    own = place(action)
    async with visit(claire) as browser:
        form = fields((await browser.get(own)).text, own) | {"finding": "Gardé"} | typed
        refused = await browser.send_form(own, form)
    assert refused.status_code == 422
    assert f'href="#{wrong}"' in refused.text
    again = fields(refused.text, own)
    chosen = {name: value for name, value in typed.items() if name != "sponsor_id"}
    assert {name: again.get(name, "") for name in chosen} == chosen
    assert again["finding"] == "Gardé"
    for fold in re.findall(r'<details class="form-fold".*?</details>', refused.text, re.DOTALL):
        assert (f'id="{wrong}"' not in fold) or " open>" in fold.partition("<summary")[0]


async def test_a_rhythm_without_a_date_begins_from_today(
    action: Action, claire: Actor, visit: Browser
) -> None:
    own = place(action)
    async with visit(claire) as browser:
        form = fields((await browser.get(own)).text, own)
        assert (await browser.send_form(own, form | {"review_every_months": "6"})).status_code == 303
    async with reading(claire):
        assert (await store.action_by_id(claire, action.id)).next_review_on is not None


async def test_the_conflict_screen_shows_both_versions_and_keeps_each_where_it_belongs(
    action: Action, claire: Actor, malik: Actor, visit: Browser
) -> None:
    own = place(action)
    async with visit(claire) as browser:
        form = fields((await browser.get(own)).text, own)
        only_reading.set(False)
        theirs = Facts("Appeler dix clients", cause="La leur", evidence="Relevé", kpi=Kpi("Appels"))
        await acting.edit(malik, action.id, theirs, 1)
        refused = await browser.send_form(own, form | {"cause": "La mienne", "impact": "4"})
        assert refused.status_code == 409
        screen = refused.text[refused.text.index('id="conflict"') :].partition("</section>")[0]
        assert "Malik Ouali" in screen
        assert all(words in screen for words in ("La leur", "La mienne", "Relevé"))
        again = fields(refused.text, own)
        assert (again["cause"], again["impact"], again["evidence"], again["status"]) == (
            "La mienne", "4", "Relevé", "planned"
        )  # fmt: skip
        assert (await browser.send_form(own, again)).status_code == 303


async def test_a_ticked_step_is_the_page_fetched_anew(action: Action, claire: Actor, visit: Browser) -> None:
    async with reading(claire):
        step = (await store.checklists_of(claire, [action.id]))[action.id][0]
    address = f"{place(action)}/steps/{step.id}/tick"
    async with visit(claire) as browser:
        form = fields((await browser.get(place(action))).text, address)
        ticked = await browser.send_form(address, form, headers=HTMX)
        anew = (await browser.get(place(action))).text
        assert element(ticked.text, "section", "steps") == element(anew, "section", "steps")
        assert element(ticked.text, "section", "history") == element(anew, "section", "history")
        assert 'aria-checked="true"' in anew
        back = await browser.send_form(address, fields(anew, address))
        assert (back.status_code, back.headers["location"]) == (303, f"{place(action)}#steps")


async def test_steps_somebody_else_rewrote_come_back_beside_what_was_typed(
    action: Action, claire: Actor, malik: Actor, visit: Browser
) -> None:
    address = f"{place(action)}/steps/all"
    async with visit(claire) as browser:
        form = fields((await browser.get(place(action))).text, address)
        only_reading.set(False)
        await stepping.rewrite(malik, action.id, ["Choisir", "Écrire"], seal_of(["Choisir", "Appeler"]))
        refused = await browser.send_form(address, form | {"steps": "Choisir\nAppeler\nMesurer"})
        assert refused.status_code == 409
        assert "Choisir\nÉcrire" in refused.text
        again = fields(refused.text, address)
        assert again["steps"] == "Choisir\nAppeler\nMesurer"
        assert (await browser.send_form(address, again)).status_code == 303


async def test_the_small_forms_of_the_page_say_what_is_wrong(
    plan: str, action: Action, claire: Actor, visit: Browser
) -> None:
    other = await acting.add(claire, plan, Facts("Deux"), new_id())
    own = place(action)
    async with visit(claire) as browser:
        page = (await browser.get(own)).text
        waits = fields(page, f"{own}/waits")
        assert (await browser.send_form(f"{own}/waits", waits)).status_code == 422
        assert (
            await browser.send_form(f"{own}/waits", waits | {"requires": str(other.id)})
        ).status_code == 303
        circle = waits | {"requires": str(action.id), "op": str(new_id())}
        assert (await browser.send_form(f"{place(other)}/waits", circle)).status_code == 422
        assert (await browser.send_form(f"{own}/steps", fields(page, f"{own}/steps"))).status_code == 422
        review = fields(page, f"{own}/reviews") | {"words": "Ça marche", "review-on-year": "2099"}
        early = await browser.send_form(f"{own}/reviews", review)
        assert early.status_code == 422
        again = fields(early.text, f"{own}/reviews")
        assert (again["words"], again["review-on-year"]) == ("Ça marche", "2099")
        late = await browser.send_form(f"{own}/reviews", again | {"rev": "0", "review-on-year": "2026"})
        assert late.status_code == 409
        kept = fields(late.text, f"{own}/reviews")
        assert (kept["words"], kept["rev"]) == ("Ça marche", "1")
        assert (await browser.send_form(f"{own}/reviews", kept)).status_code == 303
        shown = (await browser.get(own)).text
    assert "Ça marche" in shown
    assert "Deux" in shown


async def test_a_reader_sees_what_was_told_and_no_control(
    action: Action, claire: Actor, sophie: Actor, visit: Browser
) -> None:
    blocked = Facts(
        "Appeler", status=ActionStatus.IN_PROGRESS, cause="Deux équipes", blocked=True, blocked_reason="Grève"
    )
    await acting.edit(claire, action.id, blocked, 1)
    async with visit(sophie) as browser:
        page = (await browser.get(place(action))).text
        main = page[page.index("<main") : page.index("</main>")]
        assert "<form" not in main
        assert all(words in main for words in ("Deux équipes", "Grève", "Choisir"))
        for address in ("steps", "waits", "reviews", "readings"):
            assert (await browser.send_form(f"{place(action)}/{address}", {})).status_code == 403
