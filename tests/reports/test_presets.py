"""A form kept under a name: used again by those it belongs to, changed by those who lead, seen by nobody else."""

import re
from dataclasses import replace

import pytest

from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.reports.rules.presets import LONGEST_FIELD, MOST_FIELDS, MOST_PRESETS, kept
from palier.reports.store import ReportPreset
from tests.conftest import plant_mandate, plant_organisation

BASE = "/o/transports-du-val/reports"
CHOSEN = {
    "kind": "results", "locale": "en", "paper": "letter", "people": "roles", "footer": "Réf. 2026-11", "accent": "#7a1f4b",
    "section-summary": "yes", "assessment": "sx-2026", "plan": "",
}  # fmt: skip


def form(name: str = "Conseil d’administration", **fields: str) -> dict[str, str]:
    return CHOSEN | {"op": str(new_id()), "preset-name": name} | fields


async def keep(browser, name: str = "Conseil d’administration", **fields: str) -> str:
    """The id of a preset kept from the form."""
    answer = await browser.send_form(f"{BASE}/presets", form(name, **fields))
    assert answer.status_code == 303, answer.text
    return re.search(r"preset=([0-9a-f-]{36})", answer.headers["location"])[1]


async def consultant(cast, claire):
    mandate = await plant_mandate(claire, cast.people["hugo"])
    return replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)


async def test_a_preset_fills_the_form_with_all_but_what_it_is_about(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        preset = await keep(browser)
        page = (await browser.get(f"{BASE}/new?preset={preset}&assessment=sx-2025")).text
        assert 'value="Réf. 2026-11"' in page
        assert 'value="#7a1f4b"' in page
        assert re.search(r'value="en" checked', page)
        assert '<option value="letter" selected>' in page
        assert '<option value="sx-2025" selected>' in page
    answers = await owner.fetchval("select answers from report_preset")
    assert "sx-2026" not in answers


async def test_a_preset_is_changed_and_deleted_and_the_trail_says_so(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        preset = await keep(browser)
        changed = await browser.send_form(f"{BASE}/presets/{preset}", form("Direction", footer="v2"))
        assert changed.status_code == 303
        listed = (await browser.get(f"{BASE}/presets")).text
        assert "Direction" in listed
        assert "Conseil d’administration" not in listed
        assert (await browser.send_form(f"{BASE}/presets/{preset}/delete")).status_code == 303
        assert "Aucun modèle" in (await browser.get(f"{BASE}/presets")).text
    verbs = await owner.fetch("select verb from audit_entry where verb like 'reports.preset%' order by seq")
    assert [row["verb"] for row in verbs] == [
        "reports.preset_kept", "reports.preset_changed", "reports.preset_deleted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"), [("", "Donnez un nom"), ("x" * 81, "80 caractères"), ("Le même", "porte ce nom")]
)
async def test_a_preset_without_a_name_of_its_own_is_refused_and_the_form_kept(
    claire, rounds, visit, owner, name, words
):
    async with visit(claire) as browser:
        await keep(browser, "Le même")
        answer = await browser.send_form(f"{BASE}/presets", form(name, footer="Gardé"))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Gardé"' in answer.text
    assert await owner.fetchval("select count(*) from report_preset") == 1


async def test_a_changed_name_that_is_taken_changes_nothing(claire, rounds, visit):
    async with visit(claire) as browser:
        await keep(browser, "Un")
        other = await keep(browser, "Deux")
        answer = await browser.send_form(f"{BASE}/presets/{other}", form("Un"))
        assert answer.status_code == 422
        assert "Deux" in (await browser.get(f"{BASE}/presets")).text


async def test_a_double_click_keeps_one_preset(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        same = form()
        places = [(await browser.send_form(f"{BASE}/presets", same)).headers["location"] for _ in range(2)]
    assert places[1] in places[0]
    assert await owner.fetchval("select count(*) from report_preset") == 1


async def test_no_more_presets_than_one_can_look_through(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        for n in range(MOST_PRESETS):
            await owner.execute(
                "insert into report_preset (id, organisation_id, name, answers, changed_name, changed_at) "
                "values ($1, $2, $3, '{}', 'x', now())",
                new_id(), claire.organisation_id, f"n{n}",
            )  # fmt: skip
        answer = await browser.send_form(f"{BASE}/presets", form())
    assert answer.status_code == 422
    assert "Supprimez d’abord" in answer.text


async def test_a_reader_uses_the_presets_and_changes_none(claire, sophie, rounds, visit):
    async with visit(claire) as browser:
        preset = await keep(browser)
    async with visit(sophie) as browser:
        page = (await browser.get(f"{BASE}/new?preset={preset}")).text
        assert 'value="Réf. 2026-11"' in page
        assert 'name="preset-name"' not in page
        assert "/delete" not in (await browser.get(f"{BASE}/presets")).text
        for address in (f"{BASE}/presets", f"{BASE}/presets/{preset}", f"{BASE}/presets/{preset}/delete"):
            assert (await browser.send_form(address, form())).status_code == 403


async def test_a_consultants_presets_go_with_them_from_client_to_client_and_no_client_sees_them(
    cast, claire, nora, rounds, visit, owner
):
    hugo = await consultant(cast, claire)
    async with visit(claire) as browser:
        theirs = await keep(browser, "Celui du client")
    async with visit(hugo) as browser:
        own = await keep(browser, "Celui du cabinet")
        page = (await browser.get(f"{BASE}/presets")).text
        assert "Celui du client" in page
        assert f"{own}/delete" in page
        assert f"{theirs}/delete" not in page
        assert (await browser.send_form(f"{BASE}/presets/{theirs}", form())).status_code == 404
    async with visit(claire) as browser:
        assert "Celui du cabinet" not in (await browser.get(f"{BASE}/presets")).text
        for address in (f"{BASE}/presets/{own}", f"{BASE}/presets/{own}/delete"):
            assert (await browser.send_form(address, form())).status_code == 404
        assert (await browser.get(f"{BASE}/new?preset={own}")).status_code == 404
    only_reading.set(False)  # a GET answered in this very context may have set it
    other = await plant_organisation("Autre client", "autre-client", nora.person)
    await plant_mandate(replace(nora, organisation=other), hugo.person)
    async with visit(replace(hugo, organisation=other)) as browser:
        page = (await browser.get("/o/autre-client/reports/presets")).text
        assert "Celui du cabinet" in page
        assert "Celui du client" not in page


async def test_a_forgotten_query_shows_nobody_elses_presets(cast, claire, nora, rounds, visit):
    hugo = await consultant(cast, claire)
    async with visit(claire) as browser:
        await keep(browser, "À Claire")
    async with visit(hugo) as browser:
        await keep(browser, "À Hugo")
    seen = {}
    for name, tenant in (("claire", claire), ("hugo", hugo), ("nora", nora), ("nobody", None)):
        async with reading(tenant):
            seen[name] = sorted(row.name for row in await ReportPreset.all())
    assert seen == {"claire": ["À Claire"], "hugo": ["À Claire", "À Hugo"], "nora": [], "nobody": []}


def test_what_is_kept_is_bounded_and_says_nothing_of_the_occasion():
    raw = {f"field-{n}": "x" * 1000 for n in range(200)} | {
        "op": "1",
        "_csrf_token": "secret",
        "assessment": "sx-2026",
        "plan": "p",
    }
    fields = kept(raw)
    assert len(fields) == MOST_FIELDS
    assert max(len(text) for text in fields.values()) == LONGEST_FIELD
    assert not {"op", "_csrf_token", "assessment", "plan"} & fields.keys()
