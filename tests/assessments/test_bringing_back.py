"""Answers taken away in a workbook and brought back: nothing is lost, nothing is overwritten unseen."""

import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import openpyxl
import pytest

from palier.assessments.data_wording import heads
from palier.assessments.flows import bringing
from palier.assessments.flows.answering import answer_criterion
from palier.assessments.flows.bringing import Frozen
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import CHOICE, VALUES, plant_every_kind
from tests.conftest import Browser, Visitor

HERE = "/o/transports-du-val/e/fl-2026"
Cells = dict[tuple[str, str], Any]


def edited(workbook: bytes, cells: Mapping[tuple[str, str], Any], locale: str = "fr") -> bytes:
    """The workbook after somebody typed into it: (code, column) to what the cell holds."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[1]
    with speaking(locale):
        named = heads()
    places = {cell.value: cell.column for cell in sheet[1]}
    lines = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for (code, column), value in cells.items():
        sheet.cell(lines[code], places[named[column]]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def take_away(browser: Visitor, here: str = HERE) -> bytes:
    answer = await browser.get(f"{here}/data.xlsx")
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


async def bring(
    browser: Visitor, workbook: bytes, here: str = HERE, op: str = "", name: str = "retour.xlsx"
) -> str:
    answer = await browser.send_form(
        f"{here}/data",
        {"op": op or str(new_id())},
        files={"file": (name, workbook, "application/octet-stream")},
    )
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"])


async def rows_of(owner: asyncpg.Connection) -> list[asyncpg.Record]:
    columns = "code, state, level, value, reason, rationale, evidence_grade, evidence, evidence_link, to_review, revision"
    return await owner.fetch(f"select {columns} from answer order by code")


async def test_a_workbook_brought_back_as_it_was_changes_nothing_in_any_kind_of_answer(
    visit: Browser, claire: Actor, owner: asyncpg.Connection
) -> None:
    await plant_every_kind(claire)
    for code, value in VALUES.items():
        draft = Draft(
            State.ANSWERED,
            value=value,
            rationale="=1+1",
            evidence="-2\nlignes «\u00a0é\u00a0»",
            to_review=True,
        )
        await answer_criterion(claire, "ek-2026", code, draft, op=new_id(), base=0)
    chosen = Draft(
        State.NA, reason="+33 1", evidence_grade=Grade.DOCUMENTED, evidence_link="https://a.example/x?y=1"
    )
    await answer_criterion(claire, "ek-2026", CHOICE, chosen, op=new_id(), base=0)
    before = await rows_of(owner)
    here = HERE.replace("fl-", "ek-")
    async with visit(claire) as browser:
        shown = plain((await browser.get(await bring(browser, await take_away(browser, here), here))).text)
    assert f"Sans changement {len(VALUES) + 1}" in shown
    assert "Fautes 0" in shown
    assert "Le fichier ne contient rien à écrire" in shown
    assert await rows_of(owner) == before


async def test_a_blank_workbook_filled_in_becomes_answers_once_it_is_confirmed(
    visit: Browser, claire: Actor, round_2026: Assessment, owner: asyncpg.Connection
) -> None:
    typed: Cells = {
        ("FL1.1.1", "level"): 4, ("FL1.1.1", "evidence"): "Documentée",
        ("FL1.1.2", "state"): "Non applicable", ("FL1.1.2", "reason"): "Aucun guichet", ("FL2.1.1", "state"): "dk",
    }  # fmt: skip
    async with visit(claire) as browser:
        here = await bring(browser, edited(await take_away(browser), typed))
        assert "Rien n’est encore écrit" in plain((await browser.get(here)).text)
        assert await owner.fetchval("select count(*) from answer") == 0
        for _ in range(2):
            assert (await browser.send_form(here)).status_code == 303
        told = plain((await browser.get(here)).text)
        history = plain((await browser.get(f"{HERE}/q/FL1.1.1")).text)
    rows = {row["code"]: (row["state"], row["level"], row["reason"]) for row in await rows_of(owner)}
    assert rows == {
        "FL1.1.1": ("answered", 4, ""), "FL1.1.2": ("na", None, "Aucun guichet"), "FL2.1.1": ("dk", None, ""),
    }  # fmt: skip
    assert "3 réponses du fichier enregistrées" in told
    assert "depuis le fichier retour.xlsx" in history
    assert await owner.fetchval("select content from brought_file") is None
    assert await owner.fetchval("select count(*) from answer_event where source = 'retour.xlsx'") == 3
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'assessments.answers_brought'")
        == 1
    )


async def test_what_a_colleague_changed_meanwhile_is_shown_and_never_overwritten_unseen(
    visit: Browser, claire: Actor, malik: Actor, answered: Assessment, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        taken = await take_away(browser)
        only_reading.set(False)  # a GET answered in this very context has set it
        for code in ("FL1.1.1", "FL1.1.2", "FL2.1.1"):
            await answer_criterion(malik, "fl-2026", code, Draft(State.ANSWERED, 5), op=new_id(), base=1)
        # 1: both changed it. 2: only Malik did. 3: Malik changed the level, the file the rationale. 4: only the file.
        mine: Cells = {("FL1.1.1", "level"): 2, ("FL2.1.1", "rationale"): "Constat", ("FL2.1.2", "level"): 1}
        here = await bring(browser, edited(taken, mine))
        page = (await browser.get(here)).text
        assert "Modifiées aussi par d’autres 1" in plain(page)
        assert "À modifier 2" in plain(page)
        assert "Malik Ouali" in plain(page)
        assert 'name="take-FL1.1.1" value="2"' in page
        await browser.send_form(here)
    rows = {row["code"]: row for row in await rows_of(owner)}
    assert rows["FL1.1.1"]["level"] == rows["FL1.1.2"]["level"] == rows["FL2.1.1"]["level"] == 5
    assert rows["FL2.1.1"]["rationale"] == "Constat"
    assert rows["FL2.1.2"]["level"] == 1


@pytest.mark.parametrize(("seen", "level"), [(2, 2), (1, 5), (3, 5)])
async def test_a_conflict_is_settled_for_the_file_only_as_it_was_seen(
    claire: Actor,
    malik: Actor,
    visit: Browser,
    answered: Assessment,
    owner: asyncpg.Connection,
    seen: int,
    level: int,
) -> None:
    async with visit(claire) as browser:
        taken = await take_away(browser)
        only_reading.set(False)
        await answer_criterion(malik, "fl-2026", "FL1.1.1", Draft(State.ANSWERED, 5), op=new_id(), base=1)
        here = await bring(browser, edited(taken, {("FL1.1.1", "level"): 2}))
        await browser.send_form(here, {"take-FL1.1.1": str(seen)})
    assert {row["code"]: row["level"] for row in await rows_of(owner)}["FL1.1.1"] == level


async def test_a_workbook_of_another_round_overwrites_nothing(
    claire: Actor, visit: Browser, answered: Assessment
) -> None:
    foreign = {(code, "mark"): "0123456789abcdef.1" for code in ("FL1.1.1", "FL1.1.2")}
    async with visit(claire) as browser:
        file = edited(await take_away(browser), foreign | {("FL1.1.1", "level"): 1})
        shown = plain((await browser.get(await bring(browser, file))).text)
    assert "Modifiées aussi par d’autres 1" in shown
    assert "À modifier 0" in shown


FAULTS: list[tuple[Cells, str]] = [
    ({("FL1.1.1", "level"): 9}, "Ce n’est pas un niveau de ce critère"),
    ({("FL1.1.1", "level"): "=1+1"}, "Une formule n’est pas lue"),
    ({("FL1.1.1", "level"): "trois"}, "Ce n’est pas un niveau de ce critère"),
    ({("FL1.1.1", "state"): "Non applicable"}, "Videz l’un des deux"),
    ({("FL1.1.1", "state"): "Non applicable", ("FL1.1.1", "level"): None}, "pourquoi ce critère"),
    ({("FL1.1.1", "state"): "peut-être"}, "Choisissez un des mots proposés"),
    ({("FL1.1.1", "evidence"): "Vérifiée"}, "Choisissez un des mots proposés"),
    ({("FL1.1.1", "evidence_link"): "javascript:alert(1)"}, "Un lien commence par https://"),
    ({("FL1.1.1", "rationale"): "x" * 10_001}, "10 000 caractères"),
    ({("FL1.1.1", "code"): "FL9.9.9"}, "Cette évaluation ne pose pas ce critère"),
    ({("FL1.1.1", "code"): "FL1.1.2"}, "Gardez une seule ligne"),
    ({("FL1.1.1", "value"): 33.3}, "Cette valeur ne peut pas être utilisée ici"),
]  # fmt: skip


async def test_every_fault_is_told_by_its_line_and_column_and_its_line_is_left_out(
    claire: Actor, visit: Browser, answered: Assessment, owner: asyncpg.Connection
) -> None:
    before = await rows_of(owner)
    async with visit(claire) as browser:
        taken = await take_away(browser)
        for cells, sentence in FAULTS:
            shown = plain((await browser.get(await bring(browser, edited(taken, cells)))).text)
            assert sentence in shown.replace("\u202f", " ").replace("\u00a0", " "), (cells, shown)
            assert "À modifier 0" in shown, cells
    assert await rows_of(owner) == before


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"a;b\n1;2\n", b"x" * 5_000_001])
async def test_what_is_no_workbook_is_refused_on_the_form(
    claire: Actor, visit: Browser, round_2026: Assessment, owner: asyncpg.Connection, data: bytes
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(
            f"{HERE}/data", {"op": str(new_id())}, files={"file": ("a.xlsx", data)}
        )
    assert answer.status_code == 422
    assert "Erreur" in answer.text
    assert await owner.fetchval("select count(*) from brought_file") == 0


async def test_a_submitted_round_takes_nothing_back(
    claire: Actor, visit: Browser, answered: Assessment, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        taken = edited(await take_away(browser), {("FL1.1.1", "level"): 1})
        here = await bring(browser, taken)
        only_reading.set(False)
        await submit(claire, "fl-2026", name="Claire Lambert")
        before = await rows_of(owner)
        answer = await browser.send_form(here)
        assert answer.headers["location"] == f"{HERE}/data"
        assert "ne changent plus" in plain((await browser.get(f"{HERE}/data")).text)
        only_reading.set(False)
        with pytest.raises(Frozen):
            await bringing.bring(claire, "fl-2026", "a.xlsx", taken, new_id())
    assert await rows_of(owner) == before


async def test_a_reader_takes_away_and_a_stranger_nothing_at_all(
    claire: Actor, malik: Actor, sophie: Actor, nora: Actor, visit: Browser, answered: Assessment
) -> None:
    async with visit(claire) as browser:
        here = await bring(browser, await take_away(browser))
    async with visit(malik) as browser:
        assert (await browser.get(here)).status_code == 404  # what waits is for who brought it
    async with visit(sophie) as browser:
        taken = await take_away(browser)
        assert 'type="file"' not in (await browser.get(f"{HERE}/data")).text
        refused = await browser.send_form(
            f"{HERE}/data", {"op": str(new_id())}, files={"file": ("a.xlsx", taken)}
        )
        assert refused.status_code == 403
    async with visit(nora) as browser:
        for path in (here, f"{HERE}/data", f"{HERE}/data.xlsx", f"{HERE}/data.csv", f"{HERE}/data.json"):
            assert (await browser.get(path)).status_code == 404
        strange = here.replace("transports-du-val", "clinique-du-lac")
        assert (await browser.get(strange)).status_code == 404


async def test_the_json_holds_every_answer_and_the_csv_runs_nothing(
    claire: Actor, visit: Browser, answered: Assessment
) -> None:
    draft = Draft(State.ANSWERED, 3, rationale=" =cmd|' /C calc'!A0", evidence="@SUM(1)")
    await answer_criterion(claire, "fl-2026", "FL1.1.1", draft, op=new_id(), base=1)
    async with visit(claire) as browser:
        data = json.loads((await browser.get(f"{HERE}/data.json")).text)
        table = (await browser.get(f"{HERE}/data.csv")).content.decode("utf-8-sig")
        book = openpyxl.load_workbook(io.BytesIO(await take_away(browser)))
    assert data["format"] == "palier.round/1"
    assert data["provisional"]
    assert data["result"]["total"]
    one = next(answer for answer in data["answers"] if answer["code"] == "FL1.1.1")
    assert (one["level"], one["rationale"], one["revision"]) == (3, " =cmd|' /C calc'!A0", 2)
    assert "' =cmd" in table
    assert "'@SUM" in table
    assert table.startswith("code;section;criterion;state;level;value;")
    kinds = {
        cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value
    }
    assert "f" not in kinds
    assert {"s", "n", "d"} <= kinds


async def test_a_double_click_keeps_one_file_and_old_ones_are_forgotten(
    claire: Actor, visit: Browser, round_2026: Assessment, owner: asyncpg.Connection
) -> None:
    op = str(new_id())
    async with visit(claire) as browser:
        taken = await take_away(browser)
        assert await bring(browser, taken, op=op) == await bring(browser, taken, op=op)
        await owner.execute("update brought_file set brought_at = now() - interval '8 days'")
        await bring(browser, taken)
    assert await owner.fetchval("select count(*) from brought_file") == 1


async def test_a_forgotten_query_shows_nobody_elses_file(
    claire: Actor, malik: Actor, nora: Actor, visit: Browser, round_2026: Assessment
) -> None:
    from_database: Callable[..., Any] = bringing.select
    async with visit(claire) as browser:
        await bring(browser, await take_away(browser))
    for other in (nora, malik):
        async with reading(other):
            assert await from_database("select * from brought_file") == []
    async with reading(claire):
        assert len(await from_database("select * from brought_file")) == 1
