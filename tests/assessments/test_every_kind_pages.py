"""Answering every kind on its page: what is kept, what is refused and why, what a branch shows and hides."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from palier.assessments.flows.answering import Outcome, Saved, answer_criterion
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.sheets import load_desk
from palier.assessments.flows.submitting import Unfinished, submit
from palier.assessments.rules.asked import Turn
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.value_fields import fields_of
from palier.assessments.store import Assessment, answers_of
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
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

ROUND = f"/o/transports-du-val/e/{SLUG}"
Visit = Callable[..., Any]


@pytest.fixture
async def opened(claire: Actor) -> Assessment:
    return await plant_every_kind(claire)


def kind(code: str) -> str:
    return EVERY_KIND.criterion(code).answer.kind.value


def form(code: str, value: Any = None, rev: int = 0, **fields: str) -> dict[str, str]:
    """The form of a criterion with `value` in its fields, or with `fields` as typed."""
    asked = EVERY_KIND.criterion(code).answer
    plain = {
        "op": str(new_id()),
        "rev": str(rev),
        "tried": "",
        "grade": "none",
        "kind": kind(code),
        "answer": "value",
    }
    return plain | fields_of(asked, value, ",") | fields


def spoken(html: str) -> str:
    """The words of a page, with plain blanks."""
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


async def give(actor: Actor, code: str, draft: Draft, base: int = 0) -> Saved:
    return await answer_criterion(actor, SLUG, code, draft, op=new_id(), base=base)


async def choose(actor: Actor, level: int, base: int = 0) -> Saved:
    return await give(actor, CHOICE, Draft(State.ANSWERED, level), base)


async def on_record(actor: Actor) -> dict[str, tuple[str, int | None, Any]]:
    async with reading(actor):
        rows = await answers_of((await load_desk(actor, SLUG)).assessment.id)
    return {code: (row.state.value, row.level, row.value) for code, row in rows.items()}


async def patch(browser: Any, code: str, data: dict[str, str]) -> Any:
    if "csrftoken" not in browser.cookies:
        await browser.get(ROUND)
    data = {"_csrf_token": browser.cookies["csrftoken"], **data}
    return await browser.patch(f"{ROUND}/q/{code}", data=data, headers={"hx-request": "true"})


# --- kept ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (SHARE, "55,0 points, niveau 3"),
        (NPS, "60,0 points, niveau 3"),
        (OPTIONS, "66,7 points, niveau 3"),
        (KPI, "70,0 points, niveau 3"),
        (CYCLE, "37,5 points, niveau 2"),
        (RESULTS, "50,0 points, niveau 3"),
        (PLACES, "56,3 points, niveau 3"),
        (LADDER, "50,0 points, niveau 3"),
    ],
)
async def test_a_value_is_saved_with_and_without_a_script_and_shown_again(
    opened: Assessment, claire: Actor, visit: Visit, code: str, words: str
) -> None:
    await choose(claire, 3)
    async with visit(claire) as browser:
        background = await patch(browser, code, form(code, VALUES[code]))
        assert words in spoken(background.text)
        again = await browser.send_form(f"{ROUND}/q/{code}", form(code, VALUES[code], rev=1))
        page = (await browser.get(f"{ROUND}/q/{code}")).text
    assert (background.status_code, again.status_code) == (200, 303)
    assert (await on_record(claire))[code][2] == VALUES[code]
    assert words in spoken(page)
    for name, text in fields_of(EVERY_KIND.criterion(code).answer, VALUES[code], ",").items():
        assert re.search(rf'name="{re.escape(name)}"[^>]* value="{re.escape(text)}"[^>]*( checked)?', page), (
            name
        )


async def test_an_incomplete_matrix_is_kept_and_counts_as_unanswered(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        half = await patch(browser, PLACES, form(PLACES, {"desk": 4}))
        check = await browser.get(f"{ROUND}/check")
    assert "Il manque encore : Téléphone et Site et courriels" in spoken(half.text)
    assert "incomplet. Il manque encore" in spoken(check.text)
    assert (await on_record(claire))[PLACES] == ("blank", None, {"desk": 4})
    async with reading(claire):
        assert (await load_desk(claire, SLUG)).progress.total.answered == 0
        assert (await load_round(claire, SLUG)).result.node(PLACES).score is None
    only_reading.set(False)  # the GET above was answered in this very context
    with pytest.raises(Unfinished, match=PLACES):
        await submit(claire, SLUG, name="Claire Lambert")


async def test_not_applicable_takes_the_place_of_a_value_and_a_value_that_of_not_applicable(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    gone = {"answer": "na", "reason": "Aucune enquête"}
    async with visit(claire) as browser:
        await browser.send_form(f"{ROUND}/q/{KPI}", form(KPI, "12"))
        await browser.send_form(f"{ROUND}/q/{KPI}", form(KPI, "12", rev=1) | gone)
        assert (await on_record(claire))[KPI] == ("na", None, None)
        # Without a script the radio still says so while a figure is typed: the figure came after.
        await browser.send_form(f"{ROUND}/q/{KPI}", form(KPI, "9,5", rev=2) | gone | {"was": "na"})
    assert (await on_record(claire))[KPI] == ("answered", 4, "9.5")


async def test_a_row_of_the_list_saves_a_value_too(opened: Assessment, claire: Actor, visit: Visit) -> None:
    async with visit(claire) as browser:
        saved = await patch(browser, CYCLE, form(CYCLE, VALUES[CYCLE], row="yes"))
        without_script = await browser.send_form(f"{ROUND}/q/{KPI}", form(KPI, "12", row="yes"))
        page = (await browser.get(f"{ROUND}/s/EK2.1")).text
    assert "37,5 points, niveau 2" in spoken(saved.text)
    assert without_script.headers["location"] == f"{ROUND}/s/EK1.2#{KPI}"
    assert "37,5 points, niveau 2" in spoken(page)


async def test_history_tells_values_from_one_to_the_other(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    await choose(claire, 3)
    await give(claire, SHARE, Draft(value="40"))
    await give(claire, SHARE, Draft(value="55"), base=1)
    async with visit(claire) as browser:
        page = spoken((await browser.get(f"{ROUND}/q/{SHARE}")).text)
        why = spoken((await browser.get(f"{ROUND}/why/{SHARE}")).text)
        element = spoken((await browser.get(f"{ROUND}/results/EK1.1")).text)
        table = (await browser.get(f"{ROUND}/results.csv")).text
    assert "de 40 % à 55 %" in page
    assert "40 %" in why
    assert "55 %" in why
    assert "55 %" in element
    assert ";55;" in table


async def test_two_values_of_one_answer_are_both_shown_and_mine_can_be_kept(
    opened: Assessment, claire: Actor, malik: Actor, visit: Visit
) -> None:
    await give(malik, KPI, Draft(value="20"))
    async with visit(claire) as browser:
        background = await patch(browser, KPI, form(KPI, "12,5"))
        answer = await browser.send_form(f"{ROUND}/q/{KPI}", form(KPI, "12,5"))
        hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', background.text))
        kept = await browser.send_form(f"{ROUND}/q/{KPI}", hidden | {"op": str(new_id())})
    assert (background.status_code, answer.status_code, kept.status_code) == (409, 409, 303)
    for said in (spoken(background.text), spoken(answer.text)):
        assert "20 jours" in said
        assert "12,5 jours" in said
    assert (await on_record(claire))[KPI][2] == "12.5"


async def test_no_other_value_saves_in_more_than_one_round_trip(
    opened: Assessment, claire: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The questionnaire a round uses is asked for once a process."""
    await give(claire, KPI, Draft(value="20"))

    def refuse(*_: object) -> None:
        raise AssertionError("a second look at the round")

    monkeypatch.setattr("palier.assessments.flows.answering.assessment_by_slug", refuse)
    assert (await give(claire, KPI, Draft(value="19"), base=1)).outcome is Outcome.SAVED


# --- refused ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "typed", "words"),
    [
        (SHARE, {"v": "120"}, "Écrivez un nombre de 0 à 100, par pas de 5"),
        (SHARE, {"v": "52"}, "Écrivez un nombre de 0 à 100, par pas de 5"),
        (SHARE, {"v": "beaucoup"}, "Écrivez un nombre de 0 à 100, par pas de 5"),
        (SHARE, {"v-a": "5"}, "Écrivez un nombre de 0 à 100"),
        (KPI, {"v": "1e9"}, "Écrivez un nombre, par exemple 12,5"),
        (OPTIONS, {"v-nothing": "yes", "v-log": "yes"}, "« Rien de tout cela » se coche seul"),
        (OPTIONS, {"v-made-up": "yes"}, "Choisissez parmi les réponses affichées"),
        (OPTIONS, {"v": "none", "v-log": "yes"}, "se coche seul"),
        (PLACES, {"v-desk": "9"}, "Choisissez sur chaque ligne un des niveaux affichés"),
        (PLACES, {"v-cellar": "3"}, "Choisissez sur chaque ligne un des niveaux affichés"),
        (CYCLE, {"v-plan": "trois"}, "Choisissez sur chaque ligne un des niveaux affichés"),
        (LADDER, {"v-2": "yes", "v-6": "yes"}, "Ne cochez que des niveaux de l’échelle"),
        (NPS, {"v": "101"}, "Écrivez un score de −100 à +100"),
        (NPS, {"v": "10", "v-promoters": "3"}, "Donnez le score ou les nombres de personnes, non les deux"),
        (NPS, {"v-promoters": "0", "v-passives": "0", "v-detractors": "0"}, "au moins au-dessus de 0"),
        (NPS, {"v-promoters": "1,5", "v-passives": "0", "v-detractors": "0"}, "nombres entiers de personnes"),
        (KPI, {"kind": "options", "v-log": "yes"}, "Écrivez un nombre, par exemple 12,5"),
        (OPTIONS, {"kind": "kpi", "v": "12"}, "Choisissez parmi les réponses affichées"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_told_once_and_nothing_is_lost(
    opened: Assessment, claire: Actor, visit: Visit, code: str, typed: dict[str, str], words: str
) -> None:
    await choose(claire, 3)
    before = await on_record(claire)
    fields = form(code, rationale="Mes mots") | typed
    async with visit(claire) as browser:
        background = await patch(browser, code, fields)
        answer = await browser.send_form(f"{ROUND}/q/{code}", fields)
    assert (background.status_code, answer.status_code) == (422, 422)
    assert words in spoken(background.text)
    assert words in spoken(answer.text)
    assert 'href="#a1"' in answer.text
    assert 'id="a1"' in answer.text
    assert "Mes mots" in answer.text
    if typed.get("v", "none") != "none" and kind(code) in ("range", "kpi", "nps"):
        assert f'value="{typed["v"]}"' in answer.text
    assert await on_record(claire) == before


async def test_a_choice_takes_no_value_and_no_kind_is_made_up(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        for code, tampered in ((CHOICE, {"kind": "choice", "v": "75"}), (KPI, {"kind": "magic", "v": "3"})):
            assert (await browser.send_form(f"{ROUND}/q/{code}", form(code) | tampered)).status_code == 404
    assert await on_record(claire) == {}


# --- branches -----------------------------------------------------------------------------------------------------------


async def test_a_branch_opens_and_closes_with_its_answer(opened: Assessment, claire: Actor) -> None:
    assert (await choose(claire, 2)).turn == Turn()
    up = await choose(claire, 4, base=1)
    assert up.turn == Turn(opened=(SHARE, NPS), left=(SHARE, NPS))
    assert [c.code for c in up.questionnaire.element("EK1.1").criteria] == [CHOICE, SHARE, NPS]
    assert (await choose(claire, 5, base=2)).turn == Turn()
    await give(claire, SHARE, Draft(value="55"))
    down = await choose(claire, 1, base=3)
    assert down.turn == Turn(closed=(SHARE, NPS))
    assert (await on_record(claire))[SHARE] == ("answered", 3, "55"), "kept"
    again = await choose(claire, 3, base=4)
    assert again.turn == Turn(opened=(SHARE, NPS), left=(NPS,))
    async with reading(claire):
        node = (await load_round(claire, SLUG)).result.node(SHARE)
    assert (node.score, node.level) == (55, 3), "counts again"


async def test_what_is_hidden_is_in_no_list_no_count_and_no_walk(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        hub = (await browser.get(ROUND)).text
        section = (await browser.get(f"{ROUND}/s/EK1.1")).text
        check = (await browser.get(f"{ROUND}/check")).text
        switchboard = await browser.get(f"{ROUND}/s/EK2.2")
        page = await browser.get(f"{ROUND}/q/{SHARE}")
        onwards = await browser.send_form(f"{ROUND}/q/{CHOICE}", form(CHOICE) | {"answer": "2"})
    assert "0 sur 7" in spoken(hub) or "0 critères sur 7" in spoken(hub)
    for html in (hub, section, check):
        assert SHARE not in html
        assert "EK2.2" not in html
    assert switchboard.status_code == 404
    assert page.status_code == 200
    assert "n’est pas posé pour l’instant" in spoken(page.text)
    assert (
        f"{CHOICE} Nos clients sont interrogés après chaque contact est au niveau 3 ou au-dessus"
        in spoken(page.text)
    )
    assert onwards.headers["location"] == f"{ROUND}/q/{OPTIONS}"


async def test_a_save_that_branches_says_so_and_swaps_what_a_reload_would_show(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        page = await patch(browser, CHOICE, form(CHOICE) | {"answer": "3"})
        fresh = (await browser.get(f"{ROUND}/q/{CHOICE}")).text
        row = await patch(browser, CHOICE, form(CHOICE, rev=1) | {"answer": "1", "row": "yes"})
        back = await patch(browser, CHOICE, form(CHOICE, rev=2) | {"answer": "3", "row": "yes"})
        ladder = await patch(browser, LADDER, form(LADDER, [2, 3]))
        fresh_after = (await browser.get(f"{ROUND}/q/{LADDER}")).text
    assert "2 critères de plus à répondre." in spoken(page.text)
    assert "critère 1 sur 3" in spoken(page.text)
    assert "2 critères ne sont plus posés ; ce qui y a été répondu est gardé." in spoken(row.text)
    for code in (SHARE, NPS):
        assert f'<li id="{code}" hx-swap-oob="delete">' in row.text
    assert f'<ol hx-swap-oob="afterend:[id=\'{CHOICE}\']"><li class="crow crow-v" id="{SHARE}">' in back.text
    assert f'<ol hx-swap-oob="afterend:[id=\'{SHARE}\']"><li class="crow crow-v" id="{NPS}">' in back.text
    for fragment, whole in ((page.text, fresh), (ladder.text, fresh_after)):
        nav = fragment[fragment.index("<nav") : fragment.index("</nav>")].replace(' hx-swap-oob="true"', "")
        assert re.sub(r"\s+", " ", nav) in re.sub(r"\s+", " ", whole)
    assert "EK2.2" in ladder.text


async def test_without_a_script_the_branch_is_told_on_the_next_page(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        saved = await browser.send_form(f"{ROUND}/q/{CHOICE}", form(CHOICE) | {"answer": "3"})
        page = await browser.get(saved.headers["location"])
    assert saved.headers["location"] == f"{ROUND}/q/{SHARE}"
    assert "2 critères de plus à répondre." in spoken(page.text)


async def test_a_form_open_while_a_colleague_hides_its_criterion_is_saved_all_the_same(
    opened: Assessment, claire: Actor, malik: Actor, visit: Visit
) -> None:
    await choose(claire, 3)
    await choose(malik, 1, base=1)
    async with visit(claire) as browser:
        background = await patch(browser, SHARE, form(SHARE, "55"))
        refused = await browser.send_form(f"{ROUND}/q/{SHARE}", form(SHARE, rev=1) | {"v": "999"})
        onwards = await browser.send_form(f"{ROUND}/q/{SHARE}", form(SHARE, "60", rev=1))
    assert (background.status_code, refused.status_code) == (200, 422)
    assert 'value="999"' in refused.text
    assert (onwards.status_code, onwards.headers["location"]) == (303, ROUND)
    assert (await on_record(claire))[SHARE][2] == "60"


async def test_submitting_asks_for_nothing_hidden_and_freezes_values(
    opened: Assessment, claire: Actor, visit: Visit
) -> None:
    await choose(claire, 3)
    await give(claire, SHARE, Draft(value="55"))
    await choose(claire, 2, base=1)
    for code in (OPTIONS, KPI, CYCLE, RESULTS, PLACES):
        await give(claire, code, Draft(value=VALUES[code]))
    await give(claire, LADDER, Draft(value=[2]))
    await submit(claire, SLUG, name="Claire Lambert")
    async with reading(claire):
        result = (await load_round(claire, SLUG)).result
    assert {n.code: n.answer.state for n in result.criteria if n.answer and n.answer.state is State.HIDDEN}.keys() == {
        SHARE, NPS, CALLS,
    }  # fmt: skip
    async with visit(claire) as browser:
        locked = spoken((await browser.get(f"{ROUND}/q/{PLACES}")).text)
        for path in (
            "results",
            "results/EK1.1",
            "results/EK2.2",
            f"why/{SHARE}",
            f"why/{KPI}",
            "why/total",
            "results.csv",
        ):
            assert (await browser.get(f"{ROUND}/{path}")).status_code == 200, path
    assert "Guichet 4, Téléphone 3, Site et courriels 2" in locked
    assert "56,3 points, niveau 3" in locked
