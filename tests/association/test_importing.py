"""A file of members from the form to the register: shown first, written once, when confirmed."""

import re

import asyncpg

from palier.foundation.actor import Person
from palier.foundation.identifiers import new_id
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser, Visitor

FILE = (
    "Nom;SIREN;Courriel;Secteur;Effectif;Pays;Nature juridique\r\n"
    "Régie des Trams;552081317;zoe@trams.example;Ferroviaire;1 200;France;Entreprise privée\r\n"
    "Canari excellence 3;;direction@canari.example;;;;\r\n"
    "Cirque;12;;Cirque;;;\r\n"
)


async def bring(browser: Visitor, text: str = FILE, encoding: str = "cp1252", op: str = "") -> str:
    sent = {"op": op or str(new_id())}
    answer = await browser.send_form(
        f"{NET}/members/import", sent, files={"file": ("membres.csv", text.encode(encoding), "text/csv")}
    )
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"])


async def test_nothing_is_written_until_it_is_confirmed_and_then_once(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    async with visit(ines) as browser:
        here = await bring(browser)
        shown = plain((await browser.get(here)).text)
        assert await owner.fetchval("select count(*) from register_entry") == 0
        assert re.search(r"À créer 1 .*À modifier 1 .*Fautes 2", shown)
        assert "4 SIREN 12" in shown
        assert "Importer 2 lignes" in shown
        for _ in range(2):
            done = await browser.send_form(here)
            assert done.status_code == 303
        again = plain((await browser.get(here)).text)
    rows = await owner.fetch(
        "select name, sector, family, size, email, organisation_id from register_entry order by name"
    )
    assert [row["name"] for row in rows] == ["Canari excellence 3", "Régie des Trams"]
    assert (rows[1]["sector"], rows[1]["family"], rows[1]["size"]) == ("rail", "transport", "1000-4999")
    assert rows[0]["organisation_id"] == network.members[3]
    assert "Ce fichier a été importé" in again
    assert await owner.fetchval("select content from member_import") is None
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'association.members_imported'")
        == 1
    )


async def test_the_same_file_a_second_time_changes_nothing(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    async with visit(ines) as browser:
        await browser.send_form(await bring(browser))
        before = await owner.fetch("select * from register_entry order by id")
        again = await bring(browser, encoding="utf-8-sig")
        assert "Sans changement 2" in plain((await browser.get(again)).text)
        await browser.send_form(again)
    assert await owner.fetch("select * from register_entry order by id") == before


async def test_a_double_click_on_the_file_form_keeps_one_file(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    op = str(new_id())
    async with visit(ines) as browser:
        assert await bring(browser, op=op) == await bring(browser, op=op)
    assert await owner.fetchval("select count(*) from member_import") == 1


async def test_five_thousand_lines_are_shown_and_written(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection
) -> None:
    text = "Nom,Secteur,Taille\n" + "".join(f"Membre {n},rail,{n}\n" for n in range(5000))
    async with visit(ines) as browser:
        here = await bring(browser, text, "utf-8")
        assert len((await browser.get(here)).text) < 400_000
        assert (await browser.send_form(here)).status_code == 303
        table = await browser.get(f"{NET}/members?page=3")
        assert await owner.fetchval("select count(*) from register_entry") == 5000
        exported = (await browser.get(f"{NET}/members/export.csv")).content
        again = await bring(browser, exported.decode("utf-8-sig"), "utf-8-sig")
        assert re.search(
            r"À créer 0 À modifier 0 Sans changement 5\D?000", plain((await browser.get(again)).text)
        )
    assert table.text.count('<th role="rowheader"') == 50


async def test_a_picture_is_refused_with_what_to_do(visit: Browser, network: Planted, ines: Person) -> None:
    async with visit(ines) as browser:
        for data in (b"", b"PK\x03\x04 a workbook \0\0"):
            answer = await browser.send_form(
                f"{NET}/members/import", {"op": str(new_id())}, files={"file": ("x.csv", data, "text/csv")}
            )
            assert answer.status_code == 422
            assert 'href="#file"' in answer.text


async def test_another_networks_staff_finds_no_file_of_this_one(
    visit: Browser, network: Planted, ines: Person, owner: asyncpg.Connection, nora: object
) -> None:
    async with visit(ines) as browser:
        here = await bring(browser)
    await owner.execute("delete from network_manager")
    async with visit(ines) as browser:
        assert (await browser.get(here)).status_code == 404
        assert (await browser.send_form(here)).status_code == 404
    assert await owner.fetchval("select count(*) from register_entry") == 0
