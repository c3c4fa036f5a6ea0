"""A form filled in by somebody without an account comes back as answers: seen before it is saved, of this round, once."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import openpyxl
import pikepdf
import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.form_fields import MARK, field_name, mark_in
from palier.assessments.rules.peers import nobody
from palier.assessments.store import Assessment, Mode
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from palier.reports import typesetting
from palier.reports.flows.building import draw_up
from palier.reports.rules.wishes import Fill, Kind, Print, Wish
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import CHOICE, VALUES, plant_every_kind
from tests.assessments.test_bringing_back import HERE, bring, plain, rows_of, take_away
from tests.conftest import Browser
from tests.reports.form_filling import fields_of, filled


@pytest.fixture
def form(settings: Settings) -> Any:
    """The form of a round, as its pages make it."""

    async def form(actor: Actor, slug: str = "fl-2026", fill: Fill = Fill.SCREEN) -> bytes:
        only_reading.set(False)
        wish = Wish(Kind.PAPER, "fr", slug, paper=Print(fill=fill))
        async with reading(actor):
            document = (await draw_up(actor, wish, nobody, files.shelves(settings))).document
        return typesetting.print_document(document, "fr")

    return form


def answer(code: str, **parts: str) -> dict[str, str]:
    return {field_name(code, part): text for part, text in parts.items()}


async def sent(browser: Any, data: bytes, here: str = HERE) -> Any:
    fields = {"op": str(new_id())}
    return await browser.send_form(f"{here}/data", fields, files={"file": ("form.pdf", data)})


async def test_a_form_becomes_answers_once_it_is_confirmed_and_says_who_filled_it_in(
    visit: Browser, claire: Actor, round_2026: Assessment, owner: asyncpg.Connection, form: Any
) -> None:
    said = answer("FL1.1.1", answer="4", rationale="Vu", grade="documented") | answer(
        "FL1.1.2", answer="na", reason="Aucun guichet"
    )
    file = filled(await form(claire), said | answer("FL2.1.1", answer="dk") | {"filled-by": "Jeanne Martin"})
    async with visit(claire) as browser:
        here = await bring(browser, file, name="retour.pdf")
        shown = plain((await browser.get(here)).text)
        assert "Rempli par Jeanne Martin" in shown
        assert "À modifier 3" in shown
        assert "Sans changement" in shown
        assert await owner.fetchval("select count(*) from answer") == 0
        for _ in range(2):
            assert (await browser.send_form(here)).status_code == 303
        assert "3 réponses du fichier enregistrées" in plain((await browser.get(here)).text)
        again = plain((await browser.get(await bring(browser, file, name="retour.pdf"))).text)
        assert "Le fichier ne contient rien à écrire" in again
        history = plain((await browser.get(f"{HERE}/why/FL1.1.1")).text)
    rows = {row["code"]: (row["state"], row["level"], row["reason"]) for row in await rows_of(owner)}
    assert rows == {
        "FL1.1.1": ("answered", 4, ""), "FL1.1.2": ("na", None, "Aucun guichet"), "FL2.1.1": ("dk", None, ""),
    }  # fmt: skip
    assert "depuis le fichier retour.pdf, rempli par Jeanne Martin" in history
    assert set(await owner.fetch("select distinct source from answer_event")) == {
        ("retour.pdf\nJeanne Martin",)
    }


async def test_a_form_brought_back_as_it_was_changes_nothing_in_any_kind_of_answer(
    visit: Browser, claire: Actor, owner: asyncpg.Connection, form: Any
) -> None:
    await plant_every_kind(claire)
    for code, value in VALUES.items():
        draft = Draft(
            State.ANSWERED,
            value=value,
            rationale="=1+1 «\u00a0é\u00a0»\nlignes",
            evidence="-2",
            to_review=True,
        )
        await answer_criterion(claire, "ek-2026", code, draft, op=new_id(), base=0)
    chosen = Draft(State.NA, reason="+33 1", evidence_link="https://a.example/x?y=1")
    await answer_criterion(claire, "ek-2026", CHOICE, chosen, op=new_id(), base=0)
    before, here = await rows_of(owner), HERE.replace("fl-", "ek-")
    file = await form(claire, "ek-2026", Fill.ANSWERS)
    async with visit(claire) as browser:
        shown = plain((await browser.get(await bring(browser, file, here))).text)
        assert f"Sans changement {len(VALUES) + 1}" in shown
        assert "Fautes 0" in shown
        assert "Le fichier ne contient rien à écrire" in shown
        wrong = filled(file, {field_name("EK1.1.2", "v"): "57", field_name("EK2.1.1", "na"): "yes"})
        told = plain((await browser.get(await bring(browser, wrong, here))).text)
    assert "EK1.1.2 Valeur 57 Ceci ne peut pas être utilisé ici" in told
    assert "Gardez l’un des trois" in told
    assert await rows_of(owner) == before


async def test_what_a_colleague_answered_meanwhile_is_shown_and_never_overwritten_unseen(
    visit: Browser, claire: Actor, malik: Actor, answered: Assessment, owner: asyncpg.Connection, form: Any
) -> None:
    taken, empty = await form(claire, fill=Fill.ANSWERS), await form(claire)
    only_reading.set(False)
    for code in ("FL1.1.1", "FL1.1.2"):
        await answer_criterion(malik, "fl-2026", code, Draft(State.ANSWERED, 5), op=new_id(), base=1)
    mine = (
        answer("FL1.1.1", answer="2") | answer("FL2.1.1", rationale="Constat") | answer("FL2.1.2", answer="1")
    )
    async with visit(claire) as browser:
        # From today's answers: FL1.1.1 both changed, FL1.1.2 Malik alone, the rest the form alone.
        here = await bring(browser, filled(taken, mine), name="form.pdf")
        shown = (await browser.get(here)).text
        assert "Modifiées aussi par d’autres 1" in plain(shown)
        assert "À modifier 2" in plain(shown)
        assert "Malik Ouali" in plain(shown)
        assert 'name="take-FL1.1.1" value="2"' in shown
        # In an empty form nobody saw what stands: other answers are conflicts, and what is left empty says nothing.
        blank = plain((await browser.get(await bring(browser, filled(empty, mine), name="form.pdf"))).text)
        assert "Modifiées aussi par d’autres 2" in blank
        assert "À modifier 1" in blank
        await browser.send_form(here, {"take-FL1.1.1": "2"})
    rows = {row["code"]: row for row in await rows_of(owner)}
    assert [rows[code]["level"] for code in ("FL1.1.1", "FL1.1.2", "FL2.1.1", "FL2.1.2")] == [2, 5, 3, 1]
    assert rows["FL2.1.1"]["rationale"] == "Constat"


async def test_a_form_of_elsewhere_flattened_or_changed_is_refused_in_words(
    visit: Browser, claire: Actor, nora: Actor, round_2026: Assessment, owner: asyncpg.Connection, form: Any
) -> None:
    here = await form(claire)
    only_reading.set(False)
    await open_assessment(claire, latest("FL"), name="2027", opens_on=date(2027, 1, 1), closes_on=None)
    await open_assessment(nora, latest("FL"), name="2026", opens_on=date(2026, 1, 1), closes_on=None)
    with fields_of(here) as fields:
        mark = mark_in(str(fields[MARK].V))
    with pikepdf.open(io.BytesIO(here)) as pdf:
        del pdf.Root.AcroForm
        for sheet in pdf.pages:
            sheet.obj["/Annots"] = pikepdf.Array()
        pdf.save(flat := io.BytesIO())
    forged = [
        replace(mark, revisions=(1,)),
        replace(mark, questionnaire="0" * 16),
        replace(mark, round="0" * 16),
    ]
    refused = [
        (flat.getvalue(), "n’a plus de champs"), (await form(claire, "fl-2027"), "pas été produit pour cette évaluation"),
        (await form(nora), "pas été produit pour cette évaluation"), (b"%PDF-1.7 nothing", "endommagé"),
        *((filled(here, {MARK: one.as_text()}), "pas été produit pour cette évaluation") for one in forged),
        (filled(here, {MARK: mark.as_text()[:-1] + "x"}), "pas été produit pour cette évaluation"), (b"a;b", "ni un classeur ni un PDF"),
    ]  # fmt: skip
    async with visit(claire) as browser:
        for data, sentence in refused:
            page = await sent(browser, data)
            assert page.status_code == 422
            assert sentence in plain(page.text).replace("\u202f", " ").replace("\u00a0", " "), sentence
    assert await owner.fetchval("select count(*) from brought_file") == 0


async def test_while_everybody_answers_alone_a_form_is_empty_and_brings_ones_own_answers(
    visit: Browser, claire: Actor, malik: Actor, owner: asyncpg.Connection, form: Any
) -> None:
    day = date(2026, 10, 1)
    await open_assessment(
        claire, latest("FL"), name="2026", opens_on=day, closes_on=None, mode=Mode.INDIVIDUAL
    )
    secret = Draft(State.ANSWERED, 5, rationale="Secret de Malik")
    await answer_criterion(malik, "fl-2026", "FL1.1.1", secret, op=new_id(), base=0)
    await answer_criterion(claire, "fl-2026", "FL1.1.2", Draft(State.ANSWERED, 2), op=new_id(), base=0)
    paper = await form(claire, fill=Fill.ANSWERS)
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert "/AcroForm" not in pdf.Root
    file = filled(await form(claire), answer("FL1.1.1", answer="3") | answer("FL1.1.2", answer="4"))
    async with visit(claire) as browser:
        offered = (
            await browser.get("/o/transports-du-val/reports/paper?what=round:fl-2026&fill=screen")
        ).text
        assert 'value="screen"' in offered
        assert 'value="answers"' not in offered
        here = await bring(browser, file, name="form.pdf")
        shown = plain((await browser.get(here)).text)
        assert "À modifier 1 Modifiées aussi par d’autres 1" in shown
        assert "Malik" not in shown
        assert "Secret" not in shown
        await browser.send_form(here)
    rows = await owner.fetch("select code, level, person_id from response order by code, level")
    assert [tuple(row) for row in rows] == [
        ("FL1.1.1", 3, claire.person_id), ("FL1.1.1", 5, malik.person_id), ("FL1.1.2", 2, claire.person_id),
    ]  # fmt: skip
    assert await owner.fetchval("select count(*) from answer") == 0


async def test_a_submitted_round_offers_no_form_and_takes_none_back(
    visit: Browser, claire: Actor, answered: Assessment, owner: asyncpg.Connection, form: Any
) -> None:
    file = filled(await form(claire), answer("FL1.1.1", answer="1"))
    async with visit(claire) as browser:
        assert "fill=screen" in (await browser.get(f"{HERE}/data")).text
        here = await bring(browser, file, name="form.pdf")
        only_reading.set(False)
        await submit(claire, "fl-2026", name="Claire Lambert")
        before = await rows_of(owner)
        for answer_ in (await browser.send_form(here), await sent(browser, file)):
            assert answer_.headers["location"] == f"{HERE}/data"
        assert "fill=screen" not in (await browser.get(f"{HERE}/data")).text
        assert (
            'name="fill"'
            not in (await browser.get("/o/transports-du-val/reports/paper?what=round:fl-2026")).text
        )
    assert await rows_of(owner) == before


async def test_a_workbook_filled_in_without_an_account_says_by_whom(
    visit: Browser, claire: Actor, round_2026: Assessment, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        book = openpyxl.load_workbook(io.BytesIO(await take_away(browser)))
        line = next(row for row in book.worksheets[0].iter_rows() if row[0].value == "Rempli par")
        line[1].value = "Jeanne  Martin"
        level = next(cell for cell in book.worksheets[1][1] if cell.value == "Niveau").column
        book.worksheets[1].cell(2, level).value = 3
        book.save(data := io.BytesIO())
        here = await bring(browser, data.getvalue())
        assert "Rempli par Jeanne Martin" in plain((await browser.get(here)).text)
        await browser.send_form(here)
    assert await owner.fetchval("select source from answer_event") == "retour.xlsx\nJeanne Martin"
