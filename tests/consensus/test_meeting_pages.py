"""The meeting as people see it: opened with one click, led through criterion by criterion, mistakes told."""

import pytest

from palier.assessments.store import Assessment, answers_of
from palier.consensus.flows.agreeing import open_answers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.respondents.store import agreements_of
from tests.conftest import Browser
from tests.consensus.conftest import CODES, say

pytestmark = pytest.mark.database
ROUND = "/o/transports-du-val/e/fl-2026"
HERE = f"{ROUND}/consensus"


@pytest.fixture
async def opened(alone: Assessment, claire: Actor, malik: Actor) -> Assessment:
    """Both answered two criteria; they lie one and two levels apart."""
    await say(claire, "43")
    await say(malik, "31")
    await open_answers(claire, "fl-2026")
    return alone


async def test_a_round_is_set_up_to_be_answered_alone(claire: Actor, visit: Browser) -> None:
    fields = {"op": str(new_id()), "name": "2026", "mode": "individual", "names": "yes"}
    async with visit(claire) as browser:
        await browser.send_form("/o/transports-du-val/assessments/new/FL", fields)
        hub = (await browser.get(ROUND)).text
        meeting = (await browser.get(HERE)).text
        wrong = await browser.send_form(
            "/o/transports-du-val/assessments/new/FL", fields | {"op": str(new_id()), "mode": "shouting"}
        )
    assert "Chacun répond seul" in hub
    assert "Personne n’a encore répondu" in meeting
    assert "Ouvrir les réponses" not in meeting
    assert (wrong.status_code, "Choisissez comment on répond" in wrong.text) == (422, True)


async def test_a_round_answered_together_has_no_consensus_page(
    together: Assessment, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        hub = await browser.get(ROUND)
        assert (await browser.get(HERE)).status_code == 404
        assert (await browser.send_form(f"{HERE}/open")).status_code == 404
    assert "/consensus" not in hub.text


async def test_before_the_opening_everybody_sees_how_much_and_nobody_what(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await say(malik, "41")
    async with visit(claire) as browser:
        shown = (await browser.get(HERE)).text
        wall = await browser.get(f"{HERE}/{CODES[0]}")
        own = (await browser.get(f"{ROUND}/q/{CODES[0]}")).text
        results = (await browser.get(f"{ROUND}/results")).text
    assert "Malik Ouali" in shown
    assert "2 sur 12" in shown
    assert (wall.status_code, wall.headers["location"]) == (303, HERE)
    assert "Visible quand vous aurez répondu" in own
    assert "Malik" not in own
    assert "Vu au niveau 4" not in own + results


async def test_everybody_s_answers_appear_beside_one_s_own_as_soon_as_it_is_saved(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await say(malik, "4")
    async with visit(claire) as browser:
        await browser.get(ROUND)
        fields = {"op": str(new_id()), "rev": "0", "answer": "2", "_csrf_token": browser.cookies["csrftoken"]}
        saved = await browser.patch(f"{ROUND}/q/{CODES[0]}", data=fields, headers={"hx-request": "true"})
    assert 'id="said"' in saved.text
    assert "Malik Ouali" in saved.text


async def test_the_answers_are_opened_by_those_who_run_the_round(
    alone: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await say(claire, "4")
    async with visit(malik) as browser:
        assert (await browser.send_form(f"{HERE}/open")).status_code == 403
    async with visit(claire) as browser:
        first = await browser.send_form(f"{HERE}/open")
        again = await browser.send_form(f"{HERE}/open")
    assert [first.status_code, again.status_code] == [303, 303]


async def test_agreeing_leads_to_the_next_criterion_and_a_missing_reason_is_told(
    opened: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    form = {"op": str(new_id()), "rev": "0", "answer": "2", "why": ""}
    async with visit(claire) as browser:
        wall = (await browser.get(f"{HERE}/{CODES[1]}")).text
        refused = await browser.send_form(f"{HERE}/{CODES[1]}", form)
        nothing = await browser.send_form(f"{HERE}/{CODES[1]}", form | {"answer": "", "why": "Vu"})
        agreed = await browser.send_form(
            f"{HERE}/{CODES[1]}", form | {"why": "Deux sites", f"dissent-{malik.person_id}": "Pas en gare"}
        )
        after = (await browser.get(f"{HERE}/{CODES[1]}")).text
    assert "2 niveaux d’écart" in wall
    said = wall.partition("Ce que chacun a répondu")[2]
    assert said.index("Malik Ouali") < said.index("Claire Lambert")
    assert (refused.status_code, "Dites pourquoi" in refused.text) == (422, True)
    assert (nothing.status_code, "Choisissez la réponse commune" in nothing.text) == (422, True)
    assert "Vu</textarea>" in nothing.text
    assert (agreed.status_code, agreed.headers["location"]) == (303, f"{HERE}/{CODES[0]}")
    assert "Deux sites" in after
    assert "Pas en gare" in after


async def test_medians_are_shown_before_they_are_adopted(
    opened: Assessment, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        preview = (await browser.get(f"{HERE}/medians")).text
        async with reading(claire):
            assert await answers_of(opened.id) == {}
        await browser.send_form(f"{HERE}/medians", {"op": str(new_id()), f"adopt-{CODES[0]}": "yes"})
        empty = await browser.get(f"{HERE}/medians")
    assert "le niveau inférieur" in preview
    assert CODES[1] not in preview
    assert (empty.status_code, empty.headers["location"]) == (303, HERE)
    async with reading(claire):
        assert {code: row.level for code, row in (await answers_of(opened.id)).items()} == {CODES[0]: 3}
        assert (await agreements_of(opened.id))[
            CODES[0]
        ].reason == "Médiane des réponses, écartées d’un niveau"


async def test_opened_answers_are_no_longer_changed_one_by_one(
    opened: Assessment, malik: Actor, visit: Browser
) -> None:
    form = {"op": str(new_id()), "rev": "1", "answer": "5"}
    async with visit(malik) as browser:
        page = (await browser.get(f"{ROUND}/q/{CODES[0]}")).text
        late = await browser.send_form(f"{ROUND}/q/{CODES[0]}", form)
        forged = await browser.send_form(f"{ROUND}/q/{CODES[0]}", form | {"answer": "9"})
        wall = (await browser.get(f"{HERE}/{CODES[0]}")).text
    assert "Se mettre d’accord sur ce critère" in page
    assert 'id="answer"' not in page
    assert (late.status_code, "ouvertes entre-temps" in late.text) == (423, True)
    assert forged.status_code == 422
    assert "Valider l’accord" not in wall


async def test_without_names_a_role_or_a_number_stands_there(
    claire: Actor, malik: Actor, visit: Browser
) -> None:
    fields = {"op": str(new_id()), "name": "2026", "mode": "individual"}
    async with visit(claire) as browser:
        await browser.send_form("/o/transports-du-val/assessments/new/FL", fields)
        await say(claire, "4")
        await say(malik, "2")
        await open_answers(claire, "fl-2026")
        wall = (await browser.get(f"{HERE}/{CODES[0]}")).text
    assert "Personne 1" in wall
    assert "Malik" not in wall
