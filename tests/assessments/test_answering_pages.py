"""The pages of answering: who sees what, what a form is told, what htmx gets."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import asyncpg
import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, Campaign, Participation, answers_of, assessment_by_slug
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State

BASE = "/o/transports-du-val"
ROUND = f"{BASE}/e/fl-2026"
FIRST = f"{ROUND}/q/FL1.1.1"
Visit = Callable[..., Any]


def form(level: str = "3", **fields: str) -> dict[str, str]:
    return {"op": str(new_id()), "rev": "0", "tried": "", "answer": level, "grade": "none"} | fields


class Ids(HTMLParser):
    """Every element with an id, as its own source text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.found[str(given["id"])] = given


async def patch(browser: Any, address: str, data: dict[str, str]) -> Any:
    if "csrftoken" not in browser.cookies:
        await browser.get(f"{BASE}/assessments")
    data = {"_csrf_token": browser.cookies["csrftoken"], **data}
    return await browser.patch(address, data=data, headers={"hx-request": "true"})


# --- choosing and opening -------------------------------------------------------------------------------------------


async def test_choosing_shows_every_questionnaire_with_its_facts(claire: Actor, visit: Visit) -> None:
    async with visit(claire) as browser:
        text = (await browser.get(f"{BASE}/assessments/new")).text
    for words in (
        "Diagnostic flash",
        "Excellence de service",
        "ISO 23592:2021",
        "Français, English",
        "Jamais",
    ):
        assert words in text
    assert latest("SX").criteria[-1].label.in_("fr") in text


async def test_setting_up_opens_a_round(claire: Actor, visit: Visit) -> None:
    fields = {
        "op": str(new_id()), "name": "2026", "opens-day": "1", "opens-month": "10", "opens-year": "2026",
        "closes-day": "15", "closes-month": "12", "closes-year": "2026",
    }  # fmt: skip
    async with visit(claire) as browser:
        first = await browser.send_form(f"{BASE}/assessments/new/FL", fields)
        again = await browser.send_form(f"{BASE}/assessments/new/FL", fields)
        hub = await browser.get(ROUND)
    assert (first.status_code, first.headers["location"]) == (303, ROUND)
    assert (again.status_code, again.headers["location"]) == (303, ROUND)
    assert "Avant de commencer" in hub.text
    async with reading(claire):
        opened = await assessment_by_slug(claire, "fl-2026")
        assert (opened.opens_on, opened.closes_on) == (date(2026, 10, 1), date(2026, 12, 15))
        assert await Assessment.filter(organisation_id=claire.organisation_id).count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Donnez un nom"),
        ({"closes-day": "31", "closes-month": "2"}, "Cette date n’existe pas"),
        ({"closes-year": "2020"}, "précède la date d’ouverture"),
    ],
)
async def test_a_set_up_that_cannot_be_is_shown_again(
    claire: Actor, visit: Visit, change: dict[str, str], words: str
) -> None:
    fields = {
        "op": str(new_id()), "name": "2026", "opens-day": "1", "opens-month": "10", "opens-year": "2026",
        "closes-day": "15", "closes-month": "12", "closes-year": "2026",
    }  # fmt: skip
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{BASE}/assessments/new/FL", fields | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Erreur" in answer.text


@pytest.fixture
async def campaign(claire: Actor, owner: asyncpg.Connection) -> str:
    network, campaign = new_id(), new_id()
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'cap', 'Réseau Cap', 5, true, now())",
        network,
    )
    await owner.execute(
        "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values ($1, $2, $3, '2024-01-01', now())",
        new_id(), network, claire.organisation_id,
    )  # fmt: skip
    await owner.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, opens_on, closes_on) "
        "values ($1, $2, 'Campagne 2026', 'FL', 1, current_date - 30, current_date + 30)",
        campaign, network,
    )  # fmt: skip
    return str(campaign)


async def test_a_campaign_is_offered_joined_and_asked_about(
    claire: Actor, visit: Visit, campaign: str, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        assert "Alimente la comparaison de Réseau Cap" in (await browser.get(f"{BASE}/assessments/new")).text
        assert "Campagne 2026" in (await browser.get(f"{BASE}/assessments/new/FL")).text
        fields = {"op": str(new_id()), "name": "2026", "campaign": campaign}
        await browser.send_form(f"{BASE}/assessments/new/FL", fields)
        assert await owner.fetchval("select count(*) from participation where submitted_at is null") == 1
        for criterion in latest("FL").criteria:
            await browser.send_form(f"{ROUND}/q/{criterion.code}", form("3"))
        shown = (await browser.get(f"{ROUND}/submit")).text
        silent = await browser.send_form(f"{ROUND}/submit", {"name": "Claire Lambert"})
        done = await browser.send_form(f"{ROUND}/submit", {"name": "Claire Lambert", "consent": "no"})
    assert "Réseau Cap" in shown
    assert "checked" not in re.findall(r"<input[^>]*name=\"consent\"[^>]*>", shown)[0]
    assert (silent.status_code, "Choisissez si les scores" in silent.text) == (422, True)
    assert done.headers["location"] == f"{ROUND}/receipt"
    async with reading(claire):
        stored = await assessment_by_slug(claire, "fl-2026")
        assert stored.benchmark_consent is False
        taken = await Participation.get(organisation_id=claire.organisation_id)
        assert taken.submitted_at == stored.submitted_at
        assert (await Campaign.get(id=campaign)).name == "Campagne 2026"


# --- answering ------------------------------------------------------------------------------------------------------


async def test_no_level_is_chosen_beforehand(round_2026: Assessment, claire: Actor, visit: Visit) -> None:
    async with visit(claire) as browser:
        text = (await browser.get(FIRST)).text
    assert not re.search(r'name="answer"[^>]* checked', text)
    assert latest("FL").criteria[0].label.in_("fr") in text
    assert 'id="saved" role="status"></p>' in text


async def test_continue_leads_to_the_next_unanswered(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        await browser.send_form(f"{ROUND}/q/FL1.1.2", form("4"))
        answer = await browser.send_form(FIRST, form("2"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ROUND}/q/FL2.1.1")


async def test_the_last_continue_leads_to_the_check(
    answered: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(FIRST, form("4", rev="1"))
        back = await browser.send_form(f"{FIRST}?back=check", form("5", rev="2"))
    assert answer.headers["location"] == f"{ROUND}/check"
    assert back.headers["location"] == f"{ROUND}/check#FL1.1.1"


async def test_the_walk_through_what_is_to_review(answered: Assessment, claire: Actor, visit: Visit) -> None:
    async with visit(claire) as browser:
        await browser.send_form(f"{ROUND}/q/FL3.1.1", form("3", rev="1", review="yes"))
        page = (await browser.get(ROUND)).text
        answer = await browser.send_form(f"{FIRST}?only=review", form("3", rev="1"))
        last = await browser.send_form(f"{ROUND}/q/FL3.1.1?only=review", form("3", rev="2"))
    assert "À revoir\u00a0: 1" in page
    assert answer.headers["location"] == f"{ROUND}/q/FL3.1.1?only=review"
    assert last.headers["location"] == ROUND


async def test_not_applicable_without_a_reason_is_refused_with_the_words_kept(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(FIRST, form("na", rationale="Mes mots"))
        background = await patch(browser, FIRST, form("na", rationale="Mes mots"))
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "Mes mots" in answer.text
    assert (background.status_code, "Dites en une ligne" in background.text) == (422, True)
    async with reading(claire):
        assert await answers_of(round_2026.id) == {}


async def test_a_form_that_is_not_ours_is_not_found(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        for bad in (form("7x"), form(op="no"), form(rev="x"), form(grade="verified"), {"answer": "3"}):
            assert (await browser.send_form(FIRST, bad)).status_code == 404


async def test_after_a_save_the_changed_parts_equal_the_page_fetched_anew(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    """Swap equals reload: every part that travels with a save is the part of the fresh page."""
    async with visit(claire) as browser:
        fragment = (await patch(browser, FIRST, form("4", review="yes"))).text.replace(
            ' hx-swap-oob="true"', ""
        )
        fresh = (await browser.get(FIRST)).text
    parts = re.split(
        r'(?=<\w+ (?:[^>]* )?id="(?:rev-|conflict|progress|sec-|here|walks|next-level|history|place))',
        fragment,
    )
    compared = [part.strip() for part in parts if part.strip() and "hx-swap-oob" not in part]
    assert len(compared) >= 6
    for part in compared:
        assert re.sub(r"\s+", " ", part) in re.sub(r"\s+", " ", fresh), part
    assert set(Ids(fragment).found) <= set(Ids(fresh).found)


async def test_a_conflict_shows_both_versions_and_writes_nothing(
    round_2026: Assessment, claire: Actor, malik: Actor, visit: Visit
) -> None:
    theirs = Draft(State.ANSWERED, 2, rationale="Version de Malik")
    await answer_criterion(malik, "fl-2026", "FL1.1.1", theirs, op=new_id(), base=0)
    async with visit(claire) as browser:
        background = await patch(browser, FIRST, form("5", rationale="Version de Claire"))
        page = await browser.send_form(FIRST, form("5", rationale="Version de Claire"))
        kept = await browser.send_form(FIRST, form("5", rationale="Version de Claire", keep="1"))
    for answer in (background, page):
        assert answer.status_code == 409
        assert "Version de Malik" in answer.text
        assert "Version de Claire" in answer.text
        assert "Garder la mienne" in answer.text
    assert (kept.status_code, kept.headers["location"]) == (303, FIRST)
    async with reading(claire):
        row = (await answers_of(round_2026.id))["FL1.1.1"]
    assert (row.level, row.revision, row.rationale) == (5, 2, "Version de Claire")


async def test_without_a_session_a_background_save_is_told_401(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        await browser.get(FIRST)
        browser.cookies.delete("session")
        assert (await patch(browser, FIRST, form())).status_code == 401


async def test_what_people_write_is_shown_as_text(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    villain = "</textarea><script>alert(1)</script>"
    async with visit(claire) as browser:
        await browser.send_form(
            FIRST, form("3", rationale=villain, evidence=villain, link='https://x.test/"><b>')
        )
        pages = [
            (await browser.get(address)).text for address in (FIRST, f"{ROUND}/s/FL1.1", f"{ROUND}/check")
        ]
    assert all("<script>alert" not in page and '"><b>' not in page for page in pages)


async def test_the_last_round_stands_beside_the_answer(claire: Actor, visit: Visit) -> None:
    for year, level in (("2025", 2), ("2026", 4)):
        await open_assessment(claire, latest("FL"), name=year, opens_on=date(int(year), 1, 1), closes_on=None)
        for criterion in latest("FL").criteria:
            draft = Draft(State.ANSWERED, level, rationale=f"Mots de {year}")
            await answer_criterion(claire, f"fl-{year}", criterion.code, draft, op=new_id(), base=0)
        if year == "2025":
            await submit(claire, "fl-2025", name="Claire Lambert")
    async with visit(claire) as browser:
        page = (await browser.get(FIRST)).text
        check = (await browser.get(f"{ROUND}/check")).text
    assert "Votre réponse en 2025" in page
    assert "« Mots de 2025 »" in page
    assert "Du niveau 2 au niveau 4" in check
    assert "Niveau 4, sans preuve" in check


# --- checking, submitting -------------------------------------------------------------------------------------------


async def test_the_check_names_what_blocks_and_what_deserves_a_look(
    round_2026: Assessment, claire: Actor, visit: Visit
) -> None:
    drafts = {
        "FL1.1.1": Draft(State.DK), "FL1.1.2": Draft(State.NA, reason="Pas de guichet"),
        "FL2.1.1": Draft(State.ANSWERED, 4), "FL2.1.2": Draft(State.ANSWERED, 5, evidence_grade=Grade.DECLARED),
    }  # fmt: skip
    for code, draft in drafts.items():
        await answer_criterion(claire, "fl-2026", code, draft, op=new_id(), base=0)
    async with visit(claire) as browser:
        text = (await browser.get(f"{ROUND}/check")).text
        early = await browser.get(f"{ROUND}/submit")
    for words in (
        "8 critères empêchent la remise",
        "Pas de guichet",
        "Niveau 4, sans preuve",
        "FL1.1.1?back=check",
    ):
        assert words in text
    assert "Niveau 5, sans preuve" not in text
    assert early.headers["location"] == f"{ROUND}/check"


async def test_submitting_leads_to_one_receipt_however_often(
    answered: Assessment, claire: Actor, visit: Visit
) -> None:
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{ROUND}/submit", {"name": ""})).status_code == 422
        sent = await asyncio.gather(
            *(browser.send_form(f"{ROUND}/submit", {"name": "Claire L."}) for _ in range(3))
        )
        receipt = (await browser.get(f"{ROUND}/receipt")).text
        page = (await browser.get(FIRST)).text
        late = await browser.send_form(FIRST, form("5", rev="1", rationale="Trop tard"))
    assert {answer.headers["location"] for answer in sent} == {f"{ROUND}/receipt"}
    async with reading(claire):
        stored = await assessment_by_slug(claire, "fl-2026")
    assert stored.receipt in receipt
    assert "Claire L." in receipt
    assert "Verrouillée" in page
    assert '<form class="q-form"' not in page
    assert (late.status_code, "Trop tard" in late.text) == (423, True)


async def test_the_receipt_is_mailed(
    answered: Assessment,
    claire: Actor,
    visit: Visit,
    run_jobs: Callable[[], Awaitable[None]],
    owner: asyncpg.Connection,
) -> None:
    submitted = await submit(claire, answered.slug, name="Claire Lambert")
    mail = await owner.fetchrow("select * from mail where recipient = 'claire@example.org'")
    assert submitted.receipt in mail["subject"]
    assert submitted.result_hash in mail["text"]


# --- who may --------------------------------------------------------------------------------------------------------


async def test_a_reader_reads_and_is_told_whom_to_ask(
    answered: Assessment, sophie: Actor, visit: Visit
) -> None:
    async with visit(sophie) as browser:
        page = await browser.get(FIRST)
        refused = [
            await browser.send_form(FIRST, form()), await patch(browser, FIRST, form()),
            await browser.get(f"{ROUND}/submit"), await browser.get(f"{BASE}/assessments/new"),
        ]  # fmt: skip
        lists = [await browser.get(address) for address in (ROUND, f"{ROUND}/s/FL1.1", f"{ROUND}/check")]
    assert "demandez à Claire Lambert" in page.text
    assert "q-form" not in page.text
    assert [answer.status_code for answer in refused] == [403] * 4
    assert all(answer.status_code == 200 and "data-save" not in answer.text for answer in lists)


async def test_a_contributor_answers_but_does_not_submit(
    answered: Assessment, malik: Actor, visit: Visit
) -> None:
    async with visit(malik) as browser:
        saved = await browser.send_form(FIRST, form("5", rev="1"))
        refused = await browser.send_form(f"{ROUND}/submit", {"name": "Malik"})
        check = (await browser.get(f"{ROUND}/check")).text
    assert (saved.status_code, refused.status_code) == (303, 403)
    assert f'href="{ROUND}/submit"' not in check


async def test_strangers_find_nothing(answered: Assessment, nora: Actor, visit: Visit) -> None:
    async with visit(nora) as browser:
        for address in (
            ROUND,
            FIRST,
            f"{ROUND}/s/FL1.1",
            f"{ROUND}/check",
            f"{ROUND}/submit",
            f"{ROUND}/receipt",
        ):
            assert (await browser.get(address)).status_code == 404
            assert (
                await browser.get(address.replace("transports-du-val", "clinique-du-lac"))
            ).status_code == 404
        own = FIRST.replace("transports-du-val", "clinique-du-lac")
        assert (await browser.send_form(own, form())).status_code == 404
        assert (await patch(browser, own, form())).status_code == 404
