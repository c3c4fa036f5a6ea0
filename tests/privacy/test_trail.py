"""Owners read who did what; others do not."""

import csv
import html
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import openpyxl

from palier.foundation import audit
from palier.foundation.actor import NetworkActor, OnDuty
from palier.foundation.clock import today
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.permissions import Role
from palier.foundation.settings import ROOT
from tests.conftest import plant_mandate
from tests.privacy.forgetting import forget


async def test_owners_read_the_trail_and_nobody_else_does(visit, claire, malik, sophie, nora, cast):
    async with transaction(claire):
        await audit.record(
            claire, "network.role_changed", f"person {malik.person_id}", before="reader", after="contributor"
        )
    async with visit(claire) as browser:
        page = (await browser.get("/o/transports-du-val/trail")).text
        assert "Rôle d’un membre modifié" in page
        assert "Malik Ouali" in page
        assert "Contributeur" in page
        assert 'href="/o/transports-du-val/trail"' in (await browser.get("/o/transports-du-val/people")).text
    for other, status in ((malik, 403), (sophie, 403), (nora, 404)):
        async with visit(other) as browser:
            assert (await browser.get("/o/transports-du-val/trail")).status_code == status


async def test_filters_find_what_they_say_and_keep_their_values(visit, claire, malik, cast):
    mandate = await plant_mandate(claire, cast.people["hugo"])
    hugo = replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)
    for actor, verb, subject in (
        (claire, "network.logo_removed", "organisation transports-du-val"),
        (malik, "evidence.added", "evidence plain"),
        (hugo, "action_plans.plan_opened", "plan 2027"),
        (OnDuty(claire.organisation_id), "reports.made", "report 100%_sure"),
    ):
        async with transaction(actor):
            await audit.record(actor, verb, subject, title="Réduire l’attente" if actor is hugo else "")
    day = today("Europe/Paris")
    found = {
        f"mandate={mandate}": {"Plan d’action ouvert"},
        f"person={malik.person_id}": {"Preuve ajoutée"},
        "role=owner": {"Logo retiré"},
        "role=automatic": {"Document produit"},
        "room=evidence": {"Preuve ajoutée"},
        "q=attente": {"Plan d’action ouvert"},
        "q=100%25_": {"Document produit"},
        "q=1002s": set(),
        f"since={day + timedelta(days=1)}": set(),
        f"since={day}&until={day}": {"Logo retiré", "Preuve ajoutée", "Plan d’action ouvert", "Document produit"},
        "person=nonsense&role=x&room=%27&since=0001-01-01&until=9999-12-31&before=x": {
            "Logo retiré", "Preuve ajoutée", "Plan d’action ouvert", "Document produit"
        },
    }  # fmt: skip
    async with visit(claire) as browser:
        for query, words in found.items():
            page = (await browser.get(f"/o/transports-du-val/trail?{query}")).text
            assert set(re.findall(r'<span class="what">(.*?)</span>', page)) == words, query
        page = (await browser.get(f"/o/transports-du-val/trail?mandate={mandate}")).text
        assert "Hugo Martin" in page
        assert "Consultant par mandat" in page
        assert f'<option value="{mandate}" selected>' in page
        assert (
            "Aucune entrée avec ces filtres" in (await browser.get("/o/transports-du-val/trail?q=zzzz")).text
        )


async def test_pages_follow_each_other_without_a_gap(visit, claire):
    async with transaction(claire):
        for number in range(1, 121):
            await audit.record(claire, "plans.renamed", f"plan {number}")
    seen: list[int] = []
    async with visit(claire) as browser:
        address = "/o/transports-du-val/trail?room=plans"
        while address:
            page = html.unescape((await browser.get(address)).text)
            seen += [int(number) for number in re.findall(r'<span class="num sub">(\d+)</span>', page)]
            older = re.search(r'rel="next" href="([^"]+)"', page)
            address = older.group(1) if older else ""
    assert seen == list(range(120, 0, -1))


async def test_the_trail_is_taken_away_in_three_ways_and_each_time_that_is_an_entry(
    visit, claire, malik, owner, tmp_path
):
    async with transaction(claire):
        await audit.record(claire, "plans.renamed", "=cmd()|é", before='=HYPERLINK("x")', after="b")
        await audit.record(claire, "evidence.added", "evidence 2")
    await forget(owner, claire.organisation_id, 1)
    async with visit(malik) as browser:
        assert (
            await browser.send_form("/o/transports-du-val/trail/export", {"format": "csv"})
        ).status_code == 403
    async with visit(claire) as browser:
        place = "/o/transports-du-val/trail/export"
        sheet = (await browser.send_form(place, {"format": "csv"})).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(sheet), delimiter=";"))
        assert [row[0] for row in rows] == ["N°", "1", "2", "3", "4"]
        assert rows[1][5] == "'=cmd()|é"
        assert rows[4][9] == "privacy.trail_exported"
        filtered = (await browser.send_form(place, {"format": "csv", "room": "evidence"})).text
        assert len(filtered.splitlines()) == 2
        book = await browser.send_form(place, {"format": "xlsx"})
        assert openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]["J2"].value == "plans.renamed"
        lines = await browser.send_form(place, {"format": "jsonl"})
        assert [json.loads(line)["seq"] for line in lines.text.splitlines()] == list(range(1, 8))
        assert (await browser.send_form(place, {"format": "exe"})).status_code == 422
    script = re.search(r"```python\n(.*?)```", (ROOT / "docs/audit.md").read_text(), re.DOTALL).group(1)
    (tmp_path / "verify.py").write_text(script)
    for content, status in (
        (lines.text, 0),
        (lines.text.replace("evidence 2", "evidence 3"), 1),
        (lines.text.replace("privacy.erased", "privacy.kept"), 1),
    ):
        (tmp_path / "trail.jsonl").write_text(content)
        done = subprocess.run(  # noqa: ASYNC221
            [sys.executable, tmp_path / "verify.py", tmp_path / "trail.jsonl"],
            check=False,
            capture_output=True,
        )
        assert done.returncode == status, done.stdout


async def test_staff_read_their_networks_trail_and_a_person_their_own_account(visit, claire, cast, owner):
    ines = cast.people["ines"]
    async with transaction(OnDuty()):
        await owner.execute(
            "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'reseau', 'Réseau', 5, false, now())",
            claire.organisation_id,
        )
    async with visit(ines) as browser:
        assert (await browser.get("/n/reseau/trail")).status_code == 404
        await owner.execute(
            "insert into network_manager (id, network_id, person_id) values (gen_random_uuid(), $1, $2)",
            claire.organisation_id, ines.person_id,
        )  # fmt: skip
        only_reading.set(False)
        staff = NetworkActor(ines, claire.organisation_id, "reseau", "Réseau")
        async with transaction(staff):
            await audit.record(staff, "benchmarks.campaign_opened", "campaign 2027")
        page = (await browser.get("/n/reseau/trail")).text
        assert "Campagne ouverte" in page
        assert "Équipe du réseau" in page
        assert (
            len((await browser.send_form("/n/reseau/trail/export", {"format": "csv"})).text.splitlines()) == 3
        )
    only_reading.set(False)
    for person, verb in ((ines, "accounts.signed_in"), (claire.person, "accounts.password_changed")):
        async with transaction(person):
            await audit.record(person, verb, f"person {person.person_id}")
    async with visit(ines) as browser:
        page = (await browser.get("/account/trail")).text
        assert "Connexion" in page
        assert "Mot de passe modifié" not in page
    async with reading(ines):
        assert {row["person_id"] for row in await select("select * from audit_entry")} == {ines.person_id}
