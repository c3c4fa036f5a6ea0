"""A plan taken away in a workbook and brought back: created, changed, never overwritten unseen."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import openpyxl
import pytest

from palier.action_plans.data_wording import heads, known_words
from palier.action_plans.flows.acting import add, edit, facts_of, take_out
from palier.action_plans.rules.action_lines import COLUMNS
from palier.action_plans.rules.life import ActionStatus, Facts, Kpi, Stage
from palier.action_plans.store import Action
from palier.assessments import data_wording as answers
from palier.assessments.rules import answer_lines
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, speaking
from tests.assessments.test_bringing_back import bring, plain, take_away
from tests.conftest import Browser, Visitor

HERE = "/o/transports-du-val/plans/plan-2027"
FULL = Facts(
    "=Rappeler sous 48 h", "@constat\nsur deux lignes", {"FL1.1.1": 3, "FL2.1.1": 4}, None, "Ana Roy", date(2027, 1, 4),
    date(2027, 3, 31), ActionStatus.IN_PROGRESS, 40, 3, Kpi("Rappels", "%", "up", Decimal("12.5"), Decimal(80), "Outil"),
    "Cause", "Preuve", 4, Decimal("1500.50"), stage=Stage.DO, blocked=True, blocked_reason="Budget",
    channels=("phone", "web"), sponsor_email="ana@example.org", review_every_months=3, next_review_on=date(2027, 2, 1),
)  # fmt: skip
"""Everything that may be said of an action."""


def typed(workbook: bytes, cells: Mapping[tuple[int, str], Any], *, without: str = "") -> bytes:
    """The workbook after somebody typed into it: (line, column) to what the cell holds."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[1]
    with speaking("fr"):
        named = heads()
    places = {cell.value: cell.column for cell in sheet[1]}
    for (line, column), value in cells.items():
        sheet.cell(line, places[named[column]]).value = value
    if without:
        sheet.delete_cols(places[named[without]])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def plant(actor: Actor, *titles: str, **facts: Any) -> list[Action]:
    """Actions due one after the other, so that their lines are in this order."""
    given = {"due_on": None} | facts
    return [
        await add(
            actor,
            "plan-2027",
            Facts(title, **given | {"due_on": date(2027, 1, day)}),
            new_id(),
            ["Un", "Deux"],
        )
        for day, title in enumerate(titles, 1)
    ]


async def rows_of(owner: asyncpg.Connection) -> dict[str, asyncpg.Record]:
    return {row["title"]: row for row in await owner.fetch("select * from action")}


async def preview(browser: Visitor, workbook: bytes) -> tuple[str, str]:
    """Where the file went, and what its page says."""
    here = await bring(browser, workbook, HERE)
    return here, plain((await browser.get(here)).text)


async def test_a_plan_brought_back_as_it_was_changes_nothing(
    visit: Browser, claire: Actor, plan: str, owner: asyncpg.Connection
) -> None:
    await add(claire, plan, replace(FULL, owner=claire.person_id), new_id(), ["=Un", "- Deux"])
    await add(claire, plan, Facts("Nue"), new_id())
    await add(
        claire, plan, Facts("Parrainée", sponsor_id=claire.person_id, status=ActionStatus.DONE), new_id()
    )
    before = await rows_of(owner)
    async with visit(claire) as browser:
        _, shown = await preview(browser, await take_away(browser, HERE))
    assert (
        "À créer 0 À modifier 0 Modifiées aussi par d’autres 0 Sans changement 3 Erreurs 0"
        in shown.replace("Fautes", "Erreurs")
    )
    assert await rows_of(owner) == before


async def test_a_new_line_creates_an_action_and_a_changed_one_changes_it_once(
    visit: Browser, claire: Actor, plan: str, owner: asyncpg.Connection
) -> None:
    first, _ = await plant(claire, "Première", "Deuxième")
    cells = {
        (2, "status"): "En cours", (2, "progress"): 30, (2, "owner"): "malik ouali", (2, "steps"): "Un\nTrois",
        (4, "title"): "Neuve", (4, "serves"): "FL1.1.1=3", (4, "due_on"): date(2027, 6, 30), (4, "steps"): "A\nB",
        (4, "channels"): "Téléphone, web", (4, "cost"): "1 200,50", (4, "owner"): "Claire Lambert",
    }  # fmt: skip
    async with visit(claire) as browser:
        here, shown = await preview(browser, typed(await take_away(browser, HERE), cells))
        assert "À créer 1 À modifier 1" in shown
        assert "Neuve" not in await rows_of(owner)
        for _ in range(2):
            assert (await browser.send_form(here)).status_code == 303
        again = plain((await browser.get(here)).text)
        history = plain((await browser.get(f"/o/transports-du-val/a/{first.id}")).text)
        _, same = await preview(browser, await take_away(browser, HERE))
    rows = await rows_of(owner)
    new, old = rows["Neuve"], rows["Première"]
    assert (old["status"], old["progress"], old["owner_name"]) == ("in_progress", 30, "Malik Ouali")
    assert (new["due_on"], new["cost"], new["owner_name"]) == (
        date(2027, 6, 30),
        Decimal("1200.50"),
        "Claire Lambert",
    )
    assert json.loads(new["serves"])[0]["to"] == 3
    assert json.loads(new["channels"]) == ["phone", "web"]
    assert new["expected_gain"] != "0"
    steps = await owner.fetch(
        "select a.title, c.text from checklist_item c join action a on a.id = c.action_id order by a.title, position"
    )
    assert [tuple(row) for row in steps if row["title"] != "Deuxième"] == [
        ("Neuve", "A"), ("Neuve", "B"), ("Première", "Un"), ("Première", "Trois")
    ]  # fmt: skip
    assert "1 action créée, 1 modifiée" in again
    assert "Depuis le fichier retour.xlsx" in history
    assert "Sans changement 3" in same
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'action_plans.actions_brought'")
        == 1
    )


async def test_two_changes_of_different_facts_are_joined_and_of_one_fact_are_a_conflict(
    visit: Browser, claire: Actor, malik: Actor, plan: str, owner: asyncpg.Connection
) -> None:
    joined, both, theirs = await plant(claire, "Jointe", "Disputée", "Leur")
    async with visit(claire) as browser:
        taken = await take_away(browser, HERE)
        only_reading.set(False)
        for row, changed in (
            (joined, {"effort": 5}),
            (both, {"due_on": date(2027, 9, 1)}),
            (theirs, {"effort": 4}),
        ):
            await edit(malik, row.id, replace(facts_of(row), **changed), row.revision)
        cells = {(2, "finding"): "Constat", (3, "due_on"): date(2027, 10, 1)}
        here, shown = await preview(browser, typed(taken, cells))
        assert "À modifier 1 Modifiées aussi par d’autres 1 Sans changement 1" in shown
        assert "Malik Ouali" in shown
        await browser.send_form(here)
        rows = await rows_of(owner)
        assert (rows["Jointe"]["finding"], rows["Jointe"]["effort"]) == ("Constat", 5)
        assert rows["Disputée"]["due_on"] == date(2027, 9, 1)
        assert rows["Leur"]["effort"] == 4
        here, _ = await preview(browser, typed(taken, cells))
        await browser.send_form(here, {f"take-{both.id}": "2"})
    assert (await rows_of(owner))["Disputée"]["due_on"] == date(2027, 10, 1)


async def test_without_its_mark_a_line_is_found_by_its_title_and_every_difference_is_a_conflict(
    visit: Browser, claire: Actor, plan: str
) -> None:
    await plant(claire, "Première", "Deuxième")
    async with visit(claire) as browser:
        taken = await take_away(browser, HERE)
        _, shown = await preview(browser, typed(taken, {(2, "effort"): 5}, without="mark"))
    assert "À créer 0 À modifier 0 Modifiées aussi par d’autres 1 Sans changement 1" in shown


FAULTS: list[tuple[dict[tuple[int, str], Any], str]] = [
    ({(2, "title"): None}, "intitulé à l’action"),
    ({(2, "due_on"): "demain"}, "Ce n’est pas une date"),
    ({(2, "due_on"): "=TODAY()"}, "Une formule n’est pas lue"),
    ({(2, "starts_on"): "01/02/2028"}, "début"),
    ({(2, "effort"): 9}, "hors limites"),
    ({(2, "effort"): "beaucoup"}, "Ce n’est pas un nombre"),
    ({(2, "owner"): "Nora Petit"}, "Personne ne porte ce nom"),
    ({(2, "status"): "bientôt"}, "Choisissez un des mots"),
    ({(2, "channels"): "Téléphone, pigeon"}, "Choisissez un des mots"),
    ({(2, "serves"): "FL9.9.9=3"}, "Écrivez les critères"),
    ({(2, "serves"): "FL1.1.1=9"}, "Écrivez les critères"),
    ({(2, "blocked"): "oui"}, "bloque"),
    ({(2, "sponsor_email"): "pas une adresse", (2, "sponsor"): "Ana"}, "adresse"),
    ({(2, "title"): "x" * 201}, "200"),
    ({(4, "title"): "Neuve", (5, "title"): "neuve"}, "La même action qu’à la ligne 4"),
    ({(2, "steps"): "x" * 501}, "étape"),
]  # fmt: skip


async def test_every_fault_is_told_and_its_line_is_left_out(
    visit: Browser, claire: Actor, plan: str, owner: asyncpg.Connection
) -> None:
    await plant(claire, "Première", "Deuxième")
    before = await rows_of(owner)
    async with visit(claire) as browser:
        taken = await take_away(browser, HERE)
        for cells, sentence in FAULTS:
            here, shown = await preview(browser, typed(taken, cells))
            assert sentence in shown, (cells, shown)
            assert "À modifier 0" in shown, cells
        only_reading.set(False)
        await take_out(claire, before["Première"]["id"], 1)
        _, shown = await preview(browser, taken)
        assert "n’est plus dans le plan" in shown
    assert here


async def test_a_reader_takes_away_and_brings_nothing_and_a_stranger_sees_nothing(
    visit: Browser, claire: Actor, sophie: Actor, nora: Actor, plan: str
) -> None:
    await plant(claire, "Première")
    async with visit(claire) as browser:
        here, _ = await preview(browser, await take_away(browser, HERE))
    async with visit(sophie) as browser:
        taken = await take_away(browser, HERE)
        assert 'type="file"' not in (await browser.get(f"{HERE}/data")).text
        sent = await browser.send_form(
            f"{HERE}/data", {"op": str(new_id())}, files={"file": ("a.xlsx", taken)}
        )
        assert sent.status_code == 403
        assert (await browser.get(here)).status_code == 403
    async with visit(nora) as browser:
        for path in (here, f"{HERE}/data", f"{HERE}/data.xlsx", f"{HERE}/data.csv", f"{HERE}/data.json"):
            assert (await browser.get(path)).status_code == 404


async def test_the_json_is_exact_and_the_csv_runs_nothing(visit: Browser, claire: Actor, plan: str) -> None:
    await add(claire, plan, FULL, new_id(), ["Un"])
    async with visit(claire) as browser:
        data = json.loads((await browser.get(f"{HERE}/data.json")).text)
        table = (await browser.get(f"{HERE}/data.csv")).content.decode("utf-8-sig")
        listed = (await browser.get(f"{HERE}/actions.csv")).content.decode("utf-8-sig")
    one = data["actions"][0]
    assert (data["format"], one["kpi_baseline"], one["cost"], one["due_on"]) == (
        "palier.plan/1", "12.5", "1500.5", "2027-03-31"
    )  # fmt: skip
    assert one["steps"] == [{"text": "Un", "done_at": None}]
    assert table.startswith("id;revision;title;serves;finding;")
    assert ";'=Rappeler sous 48 h;FL1.1.1=3; FL2.1.1=4;" in table.replace('"', "")
    assert ";12,5;80;" in table
    assert listed.splitlines()[1].startswith("'=Rappeler")


@pytest.mark.parametrize(
    ("columns", "words", "known"),
    [(COLUMNS, heads, known_words), (answer_lines.COLUMNS, answers.heads, answers.known_words)],
)
def test_every_head_is_found_in_every_language_and_by_its_key(columns: Any, words: Any, known: Any) -> None:
    for locale in LOCALES:
        with speaking(locale):
            assert {key: known().heads.column(head) for key, head in words().items()} == {
                key: key for key in columns
            }
    assert {known().heads.column(key) for key in columns} == set(columns)
