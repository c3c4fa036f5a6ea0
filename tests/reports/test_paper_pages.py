"""Asking for a certificate and for a questionnaire on paper: from where one is, by those who may, without a script."""

import json
import re

import pypdfium2
import pytest

from palier.foundation.identifiers import new_id
from palier.questionnaires.owners import Owner
from palier.reports.pages import paper
from tests.assessments.rounds import drafts, plant
from tests.questionnaires.test_own import bring

ORGANISATION = "/o/transports-du-val"
BASE = f"{ORGANISATION}/reports"


def certificate(**fields: str) -> dict[str, str]:
    return {"op": str(new_id()), "assessment": "sx-2026", "locale": "fr"} | fields


def on_paper(what: str = "round:sx-2026", **fields: str) -> dict[str, str]:
    return {"op": str(new_id()), "what": what, "locale": "fr"} | fields


def some(*codes: str) -> dict[str, str]:
    return {"scoped": "yes"} | {f"dimension-{code}": "yes" for code in codes}


async def test_each_is_reached_from_where_one_is(claire, rounds, visit):
    row = await bring(Owner(claire))
    ways = {
        f"{ORGANISATION}/e/sx-2026/receipt": f"{BASE}/certificate?assessment=sx-2026",
        f"{ORGANISATION}/e/sx-2026": f"{BASE}/paper?what=round:sx-2026",
        f"{ORGANISATION}/assessments/new": f"{BASE}/paper?what=offered:SX",
        f"{ORGANISATION}/questionnaires/{row.id}": f"{BASE}/paper?what=own:{row.id}",
        f"{BASE}/new": f"{BASE}/certificate",
        f"{BASE}/paper": f"{BASE}/paper?what=round%3Asx-2025",
    }
    async with visit(claire) as browser:
        for page, way in ways.items():
            assert f'href="{way}"' in (await browser.get(page)).text
            assert (await browser.get(way)).status_code == 200


async def test_from_the_form_to_a_certificate_of_one_page(sophie, claire, rounds, visit, make):
    async with visit(sophie) as browser:
        form = await browser.get(f"{BASE}/certificate?assessment=sx-2026")
        assert '<option value="sx-2026" selected>' in form.text
        assert not re.search(r'name="score"[^>]* checked', form.text)
        asked = await browser.send_form(f"{BASE}/certificate", certificate(mark="confidential"))
        again = await browser.send_form(f"{BASE}/certificate", certificate(mark="confidential"))
        assert asked.headers["location"] == again.headers["location"]
        await make()
        done = await browser.get(asked.headers["location"])
        assert "Attestation de remise" in done.text
        file = await browser.get(f"{asked.headers['location']}/file")
    with pypdfium2.PdfDocument(file.content) as pages:
        words = pages[0].get_textpage().get_text_bounded()
        assert len(pages) == 1
    assert "Confidentiel" in words
    assert "Claire Lambert" in words
    assert "sur 100" not in words


async def test_only_what_is_ticked_is_printed(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        asked = await browser.send_form(
            f"{BASE}/paper", on_paper(last="yes", paper="letter", **some("SX4", "SX2"))
        )
        assert asked.status_code == 303
    content = json.loads(await owner.fetchval("select content::text from report"))["document"]
    assert [part["code"] for part in content["parts"]] == ["SX2", "SX4"]
    assert content["last_round"] == "2025"
    assert content["options"]["page"] == "letter"


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("certificate", certificate(assessment="sx-1999"), "Choisissez une évaluation"),
        ("certificate", certificate(assessment="sx-2027"), "Choisissez une évaluation"),
        ("certificate", certificate(locale="tlh"), "Choisissez une langue"),
        ("certificate", certificate(footer="x" * 121), "120 caractères"),
        ("paper", on_paper(locale="tlh"), "Choisissez une langue"),
        ("paper", on_paper(**some()), "au moins une dimension"),
        ("paper", on_paper(accent="#ffff00"), "blanc"),
    ],
)
async def test_a_wrong_form_comes_back_whole_and_makes_nothing(
    claire, rounds, visit, owner, path, fields, words
):
    await plant(claire, "2027", drafts("3" * 34), submitted=False)
    async with visit(claire) as browser:
        page = await browser.send_form(f"{BASE}/{path}", fields)
    assert page.status_code == 422
    assert words in page.text
    assert "<title>Erreur" in page.text
    assert await owner.fetchval("select count(*) from report") == 0


@pytest.mark.parametrize("kind", ["certificate", "paper"])
async def test_the_form_of_reports_leads_elsewhere(claire, rounds, visit, owner, kind):
    fields = {"op": str(new_id()), "kind": kind, "locale": "fr", "assessment": "sx-2026"}
    async with visit(claire) as browser:
        page = await browser.send_form(f"{BASE}/new", fields)
    assert page.status_code == 422
    assert "sur une page à part" in page.text
    assert await owner.fetchval("select count(*) from report") == 0


@pytest.mark.parametrize(
    "what",
    [
        "round:sx-1999",
        "offered:XX",
        "own:7",
        "own:01a20259-19a4-769a-9429-f4a6cea22538",
        "novel:1",
        "round:",
        "x",
        "offered:QV-7K2Q9",
    ],
)
async def test_what_is_not_there_is_not_found(claire, rounds, visit, what):
    async with visit(claire) as browser:
        assert (await browser.get(f"{BASE}/paper?what={what}")).status_code == 404
        assert (await browser.send_form(f"{BASE}/paper", on_paper(what))).status_code == 404


async def test_a_stranger_prints_nothing_of_others(nora, claire, rounds, visit):
    row = await bring(Owner(claire))
    theirs = "/o/clinique-du-lac/reports"
    async with visit(nora) as browser:
        assert (await browser.get(f"{BASE}/paper")).status_code == 404
        assert (await browser.get(f"{theirs}/paper?what=own:{row.id}")).status_code == 404
        assert (await browser.get(f"{theirs}/paper?what=round:sx-2026")).status_code == 404
        assert "sx-2026" not in (await browser.get(f"{theirs}/certificate?assessment=sx-2026")).text
        assert (await browser.send_form(f"{theirs}/certificate", certificate())).status_code == 422


async def test_very_many_criteria_are_printed_a_part_at_a_time(claire, rounds, visit, monkeypatch):
    monkeypatch.setattr(paper, "MOST_AT_ONCE", 12)
    async with visit(claire) as browser:
        page = await browser.send_form(f"{BASE}/paper", on_paper())
        assert page.status_code == 422
        assert "12 critères" in page.text
        alone = await browser.send_form(f"{BASE}/paper", on_paper(**some("SX1")))
        assert alone.status_code == 303


async def test_a_form_is_asked_for_where_there_is_a_round_to_bring_it_back_to(
    claire, rounds, visit, owner, monkeypatch
):
    await plant(claire, "2027", drafts("3" * 34), submitted=False)
    async with visit(claire) as browser:
        asked = await browser.send_form(
            f"{BASE}/paper", on_paper("round:sx-2027", fill="answers", **some("SX1"))
        )
        assert asked.status_code == 303
        for what, fill in (("round:sx-2026", "screen"), ("offered:SX", "screen"), ("round:sx-2027", "magic")):
            page = await browser.send_form(f"{BASE}/paper", on_paper(what, fill=fill))
            assert page.status_code == 422
            assert "Choisissez comment il est rempli" in page.text
        monkeypatch.setattr(paper, "MOST_IN_A_FORM", 12)
        page = await browser.send_form(f"{BASE}/paper", on_paper("round:sx-2027", fill="screen"))
        assert "12 critères" in page.text
    form = json.loads(await owner.fetchval("select content::text from report"))["document"]["form"]
    assert form["mark"].split()[3] == ",".join("1" * 34)
    assert dict(map(tuple, form["values"]))["SX1_1_1:answer"] == "3"
