"""The pages: searched, written, judged, commented, taken up; strangers are told nothing, markup is only text."""

import re
from typing import Any
from uuid import UUID

import pytest

from palier.action_plans import store as plans
from palier.action_plans.flows import acting
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.flows.planning import open_plan
from palier.action_plans.flows.sharing import adopt_practice, put_back
from palier.action_plans.flows.suggesting import Wish, adopt, suggestions_for
from palier.assessments.rules.peers import nobody
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.practices import store
from palier.practices.flows import levers, talking
from palier.practices.jobs import count_adopters
from palier.practices.rules.lever_sheets import LeverSheet, Words
from palier.practices.rules.offers import practice_key
from palier.practices.rules.sheets import Served
from palier.practices.store import LeverState
from palier.questionnaires.catalogue import latest
from tests.action_plans.conftest import plant_round
from tests.conftest import Browser
from tests.practices.conftest import Circle, a_sheet, publish

SCRIPT = "<script>alert(1)</script>"


def form(**changes: str) -> dict[str, str]:
    return {
        "title": "Un rappel sous une heure", "locale": "fr", "done": "Chaque appel manqué est rappelé.", "effect": "Moins d’attente.",
        "criterion-1": "FL/FL1.1.1", "from-1": "1", "to-1": "3", "months": "3", "effort": "2", "named": "yes", "contact": "none",
    } | changes  # fmt: skip


@pytest.fixture
async def planned(circle: Circle) -> str:
    """The clinic has a plan on a submitted flash round."""
    round_ = await plant_round(circle.clinic)
    return await open_plan(circle.clinic, round_.slug, "Plan 2027", 2027, new_id())


async def test_a_practice_goes_from_the_form_to_the_members_page(circle: Circle, visit: Browser) -> None:
    async with visit(circle.valley) as claire:
        kept = await claire.send_form("/o/transports-du-val/practices/new", form(op=str(new_id())))
        assert kept.status_code == 303
        place = kept.headers["location"]
        assert "Proposer au réseau" in (await claire.get(place)).text
        assert (await claire.send_form(f"{place}/propose")).status_code == 303
    practice = place.rpartition("/")[2]
    async with visit(circle.staff.person) as ines:
        assert "Un rappel sous une heure" in (await ines.get("/n/reseau-du-val/practices")).text
        assert (await ines.get(f"/n/reseau-du-val/practices/{practice}/1")).status_code == 200
        assert (await ines.send_form(f"/n/reseau-du-val/practices/{practice}/1/publish")).status_code == 303
    async with visit(circle.clinic) as nora:
        listed = (await nora.get("/o/clinique-du-lac/practices?q=rappel")).text
        assert "Un rappel sous une heure" in listed
        assert "Transports du Val" in (await nora.get(f"/o/clinique-du-lac/practices/{practice}")).text
    async with visit(circle.mill) as paul:
        assert (await paul.get(f"/o/le-moulin/practices/{practice}")).status_code == 404
        assert "Aucune pratique" in (await paul.get("/o/le-moulin/practices")).text


async def test_the_same_form_twice_writes_one_practice(circle: Circle, visit: Browser, owner: Any) -> None:
    op = str(new_id())
    async with visit(circle.valley) as claire:
        first = await claire.send_form("/o/transports-du-val/practices/new", form(op=op))
        again = await claire.send_form("/o/transports-du-val/practices/new", form(op=op))
    assert first.headers["location"] == again.headers["location"]
    assert await owner.fetchval("select count(*) from practice") == 1


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(circle: Circle, visit: Browser) -> None:
    async with visit(circle.valley) as claire:
        wrong = form(title="", links="javascript:alert(1)", **{"to-1": "1"})
        reply = await claire.send_form("/o/transports-du-val/practices/new", wrong)
    assert reply.status_code == 422
    assert "<title>Erreur" in reply.text
    assert "Chaque appel manqué est rappelé." in reply.text
    assert "Le niveau atteint doit être au-dessus" in reply.text


async def test_markup_in_a_practice_and_its_comments_is_text(circle: Circle, visit: Browser) -> None:
    practice = await publish(
        circle,
        circle.valley,
        a_sheet(title=SCRIPT, done=SCRIPT, steps=(SCRIPT,), effect=SCRIPT, watch=SCRIPT),
    )
    await talking.comment(circle.clinic, practice, SCRIPT, new_id())
    for who, addresses in (
        (
            circle.clinic,
            [
                "/o/clinique-du-lac/practices",
                f"/o/clinique-du-lac/practices/{practice}",
                "/o/clinique-du-lac",
            ],
        ),
        (circle.valley, [f"/o/transports-du-val/practices/{practice}/edit"]),
        (circle.staff.person, ["/n/reseau-du-val/practices", f"/n/reseau-du-val/practices/{practice}/1"]),
    ):
        async with visit(who) as browser:
            for address in addresses:
                reply = await browser.get(address)
                assert reply.status_code == 200
                assert SCRIPT not in reply.text
                assert "&lt;script&gt;" in reply.text


async def test_words_are_marked_with_the_language_of_their_author(circle: Circle, visit: Browser) -> None:
    practice = await publish(circle, circle.valley, a_sheet(title="Calling back within the hour"), "en")
    async with visit(circle.clinic) as nora:
        text = (await nora.get(f"/o/clinique-du-lac/practices/{practice}")).text
    assert re.search(r'<h1 lang="en">Calling back', text)


async def test_a_reader_comments_nothing_and_a_consultant_neither(
    circle: Circle, sophie: Actor, visit: Browser
) -> None:
    practice = await publish(circle, circle.clinic)
    async with visit(sophie) as browser:
        assert (
            "Votre commentaire" not in (await browser.get(f"/o/transports-du-val/practices/{practice}")).text
        )
        reply = await browser.send_form(f"/o/transports-du-val/practices/{practice}/comments", {"text": "x"})
    assert reply.status_code == 403


async def test_a_reported_comment_is_hidden_with_a_reason(circle: Circle, visit: Browser, owner: Any) -> None:
    practice = await publish(circle, circle.valley)
    await talking.comment(circle.clinic, practice, "Appelez le 06 00 00 00 00", new_id())
    comment = await owner.fetchval("select id from practice_comment")
    place = f"/o/transports-du-val/practices/{practice}"
    async with visit(circle.valley) as claire:
        assert (
            await claire.send_form(f"{place}/comments/{comment}/report", {"reason": ""})
        ).status_code == 422
        assert (
            await claire.send_form(f"{place}/comments/{comment}/report", {"reason": "Un numéro privé"})
        ).status_code == 303
    async with visit(circle.staff.person) as ines:
        assert "Un numéro privé" in (await ines.get("/n/reseau-du-val/practices")).text
        hidden = await ines.send_form(
            f"/n/reseau-du-val/practices/comments/{comment}/hide", {"reason": "Numéro privé"}
        )
        assert hidden.status_code == 303
    async with visit(circle.valley) as claire:
        assert "06 00" not in (await claire.get(place)).text
    async with visit(circle.clinic) as nora:
        assert "Numéro privé" in (await nora.get(f"/o/clinique-du-lac/practices/{practice}")).text


async def test_one_click_puts_the_practice_into_the_plan_and_one_takes_it_out(
    circle: Circle, planned: str, visit: Browser
) -> None:
    practice = await publish(circle, circle.valley)
    place = f"/o/clinique-du-lac/practices/{practice}"
    async with visit(circle.clinic) as nora:
        assert (await nora.send_form(f"{place}/adopt", {"op": str(new_id())})).status_code == 303
        assert "Adoptée chez vous" in (await nora.get(place)).text
        board = (await nora.get(f"/o/clinique-du-lac/plans/{planned}")).text
        assert "Un rappel sous une heure" in board
        assert (await nora.send_form(f"{place}/adopt/undo")).status_code == 303
        assert "Adoptée chez nous" in (await nora.get(place)).text
    async with reading(circle.clinic):
        assert (await load_plan(circle.clinic, planned)).actions == ()


async def test_the_action_has_the_criteria_the_steps_and_where_it_comes_from(
    circle: Circle, planned: str
) -> None:
    practice = await publish(circle, circle.valley)
    row = await adopt_practice(circle.clinic, practice, new_id())
    assert row is not None
    assert row.serves == [{"criterion": "FL1.1.1", "from": 1, "to": 3}]
    async with reading(circle.clinic):
        steps = await plans.checklists_of(circle.clinic, [row.id])
    assert [step.text for step in steps[row.id]] == ["Mesurer les appels manqués", "Nommer une équipe"]
    assert "Transports du Val" in row.finding
    assert await adopt_practice(circle.clinic, practice, new_id()) is None


async def test_an_action_that_was_worked_on_stays_when_the_adoption_is_undone(
    circle: Circle, planned: str
) -> None:
    practice = await publish(circle, circle.valley)
    row = await adopt_practice(circle.clinic, practice, new_id())
    assert row is not None
    await acting.move(circle.clinic, row.id, plans.ActionStatus.IN_PROGRESS, row.revision)
    assert await put_back(circle.clinic, practice) is False
    async with reading(circle.clinic):
        assert len((await load_plan(circle.clinic, planned)).actions) == 1


async def test_a_practice_with_steps_and_a_lever_of_the_network_are_ranked_with_the_others(
    circle: Circle, planned: str, visit: Browser
) -> None:
    practice = await publish(circle, circle.valley)
    silent = await publish(circle, circle.valley, a_sheet(title="Sans étapes", steps=()))
    words = {"fr": Words("Un levier du réseau", ("Commencer",), "Délai", "jours")}
    sheet = LeverSheet(words, (Served("FL", "FL1", "FL1.1.1", 1, 3),), 1)
    lever = await levers.write(circle.staff, latest("FL"), sheet, new_id())
    async with reading(circle.clinic):
        before = {one.lever.id for one in suggestions_for(await load_plan(circle.clinic, planned), None)}
    await levers.set_state(circle.staff, lever, LeverState.PUBLISHED)
    async with reading(circle.clinic):
        ranked = suggestions_for(await load_plan(circle.clinic, planned), None)
    after = {one.lever.id for one in ranked}
    assert after - before == {f"n{lever.hex}"}
    assert practice_key(practice) in before
    assert practice_key(silent) not in before
    own = next(one for one in ranked if one.lever.id == f"n{lever.hex}")
    alike = [one for one in ranked if one.gain == own.gain and one.lever.effort > 1]
    assert all(ranked.index(own) < ranked.index(one) for one in alike)
    async with visit(circle.clinic) as nora:
        text = (await nora.get(f"/o/clinique-du-lac/plans/{planned}/suggestions?why={own.lever.id}")).text
    assert "Levier du réseau" in text
    assert "pratiques de votre réseau" in text


async def test_adopting_the_suggestion_is_adopting_the_practice(circle: Circle, planned: str) -> None:
    practice = await publish(circle, circle.valley)
    await adopt(circle.clinic, planned, practice_key(practice), Wish(), nobody, new_id())
    async with reading(circle.clinic):
        assert await store.adoption_of(circle.clinic, practice) is not None
    async with reading(circle.valley):
        assert await store.adoption_of(circle.valley, practice) is None


async def test_an_organisation_is_not_proposed_its_own_practice(circle: Circle, planned: str) -> None:
    practice = await publish(circle, circle.clinic)
    async with reading(circle.clinic):
        offered = (await load_plan(circle.clinic, planned)).offer_of
    assert practice_key(practice) not in offered


async def test_the_criterion_s_page_and_the_home_page_lead_to_practices(
    circle: Circle, planned: str, visit: Browser
) -> None:
    await publish(circle, circle.valley)
    async with visit(circle.clinic) as nora:
        why = (await nora.get("/o/clinique-du-lac/e/fl-2026/why/FL1.1.1")).text
        assert "1 pratique de votre réseau" in why
        assert "about=FL/FL1.1.1" in why or "about=FL%2FFL1.1.1" in why
        assert "Nouvelle pratique" in (await nora.get("/o/clinique-du-lac")).text


async def test_what_serves_a_weak_criterion_comes_first(circle: Circle, planned: str, visit: Browser) -> None:
    weak = a_sheet(title="Pour le critère faible")
    strong = a_sheet(title="Pour le critère fort", serves=(Served("FL", "FL2", "FL2.1.1", 1, 2),))
    await publish(circle, circle.valley, weak)
    await publish(circle, circle.valley, strong)
    async with visit(circle.clinic) as nora:
        text = (await nora.get("/o/clinique-du-lac/practices")).text
        newest = (await nora.get("/o/clinique-du-lac/practices?sort=new")).text
    assert text.index("Pour le critère faible") < text.index("Pour le critère fort")
    assert newest.index("Pour le critère fort") < newest.index("Pour le critère faible")


async def _adopt_many(owner: Any, circle: Circle, practice: UUID, count: int, days_ago: int) -> None:
    for n in range(count):
        organisation = new_id()
        await owner.execute(
            "insert into organisation (id, slug, name, family, sector, size, country, legal_kind, legal_group, registration, people_word, "
            "accent, created_at) values ($1, $2, $2, '', '', '', 'FR', '', '', '', 'client', '', now())",
            organisation, f"adopter-{days_ago}-{n}",
        )  # fmt: skip
        await owner.execute(
            "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values ($1, $2, $3, '2020-01-01', now())",
            new_id(), circle.network_id, organisation,
        )  # fmt: skip
        await owner.execute(
            "insert into practice_adoption (id, practice_id, organisation_id, adopted_at) values ($1, $2, $3, now() - $4 * interval '1 day')",
            new_id(), practice, organisation, days_ago,
        )  # fmt: skip


async def test_the_number_of_adopters_appears_at_k_and_only_for_months_that_are_over(
    circle: Circle, owner: Any, visit: Browser, as_worker: Any
) -> None:
    practice = await publish(circle, circle.valley)
    place = f"/o/clinique-du-lac/practices/{practice}"
    await _adopt_many(owner, circle, practice, 4, 40)
    await _adopt_many(owner, circle, practice, 20, 0)
    async with as_worker():
        await count_adopters()
    async with visit(circle.clinic) as nora:
        assert "Adoptée par" not in (await nora.get(place)).text
    await _adopt_many(owner, circle, practice, 3, 45)
    async with as_worker():
        await count_adopters()
    async with visit(circle.clinic) as nora:
        assert "Adoptée par 5 organisations ou plus" in (await nora.get(place)).text
