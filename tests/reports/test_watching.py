"""The pages of documents: asked for on a form, watched, taken away; by those who may, and by nobody else."""

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from palier.foundation import clock
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network import store as network
from tests.conftest import plant_mandate
from tests.reports import samples
from tests.reports.conftest import plant_report

BASE = "/o/transports-du-val/reports"
HTMX = {"hx-request": "true"}


def form(**fields: str) -> dict[str, str]:
    return {
        "op": str(new_id()),
        "kind": "results",
        "locale": "fr",
        "assessment": "sx-2026",
        "benchmark": "yes",
    } | fields


def without_tokens(html: str) -> str:
    return re.sub(r'name="_csrf_token" value="[^"]*"', "", html)


async def test_nothing_yet_says_what_will_be_here(claire, visit):
    async with visit(claire) as browser:
        page = await browser.get(BASE)
        assert "Aucun rapport" in page.text
        assert "Rien à imprimer" in (await browser.get(f"{BASE}/new")).text


async def test_a_round_comes_with_the_plan_drawn_from_it(claire, plan, visit):
    async with visit(claire) as browser:
        page = await browser.get(f"{BASE}/new?assessment=sx-2026")
        assert '<option value="sx-2026" selected>' in page.text
        assert f'<option value="{plan}" selected>' in page.text
        alone = await browser.get(f"{BASE}/new?plan={plan}")
        assert re.search(r'value="plan" checked', alone.text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"assessment": "sx-1999"}, "Choisissez une évaluation"),
        ({"assessment": ""}, "Choisissez une évaluation"),
        ({"locale": "tlh"}, "Choisissez une langue"),
        ({"kind": "novel"}, "Cette valeur"),
        ({"kind": "plan", "plan": ""}, "Choisissez un plan"),
        ({"assessment": "sx-2025", "plan": "plan-2027"}, "tiré d’une autre évaluation"),
    ],
)
async def test_a_wrong_form_comes_back_whole_and_makes_nothing(claire, plan, visit, owner, fields, words):
    async with visit(claire) as browser:
        page = await browser.send_form(f"{BASE}/new", form(**fields))
    assert page.status_code == 422
    assert words in page.text
    assert "<title>Erreur" in page.text
    assert await owner.fetchval("select count(*) from report") == 0


async def test_from_the_form_to_the_file(sophie, claire, plan, visit, make):
    """A reader asks, leaves the page or stays, and takes the file away."""
    async with visit(sophie) as browser:
        asked = await browser.send_form(f"{BASE}/new", form(plan=plan))
        assert asked.status_code == 303
        address = asked.headers["location"]
        waiting = await browser.get(address)
        assert 'hx-trigger="every 2s"' in waiting.text
        assert "Vous pouvez quitter cette page" in waiting.text
        assert f'href="{address}"' in waiting.text  # without JavaScript
        polled = await browser.get(address, headers=HTMX)
        assert polled.status_code == 200
        assert without_tokens(polled.text).strip() in without_tokens(waiting.text)
        await make()
        last = await browser.get(address, headers=HTMX)
        assert last.status_code == 286
        assert "hx-trigger" not in last.text
        done = await browser.get(address)
        swapped = without_tokens(last.text).split('<p id="announce"', maxsplit=1)[0]
        for part in swapped.replace(' hx-swap-oob="true"', "").split('<div id="links"'):
            assert part.strip() in without_tokens(done.text)
        file = await browser.get(f"{address}/file")
    assert file.content.startswith(b"%PDF-1.7")
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["x-content-type-options"] == "nosniff"
    disposition = file.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="transports-du-val-')
    assert unquote(disposition).endswith("Transports du Val\u00a0– Résultats et plan d’action, 2026.pdf")


async def test_the_same_form_twice_leads_to_the_same_document(claire, rounds, visit, owner):
    fields = form()
    async with visit(claire) as browser:
        first = await browser.send_form(f"{BASE}/new", fields)
        again = await browser.send_form(f"{BASE}/new", fields)
        other = await browser.send_form(f"{BASE}/new", form())
        told = await browser.get(other.headers["location"])
    assert first.headers["location"] == again.headers["location"] == other.headers["location"]
    assert "Rien n’a changé" in told.text
    assert await owner.fetchval("select count(*) from report") == 1


async def test_a_failure_is_said_and_can_be_tried_again(claire, visit, owner):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    await owner.execute("update report set state = 'failed', failure = 'too_long', attempts = 3")
    async with visit(claire) as browser:
        page = await browser.get(f"{BASE}/{report}")
        assert "trente secondes" in page.text
        polled = await browser.get(f"{BASE}/{report}", headers=HTMX)
        assert polled.status_code == 286
        assert (await browser.get(f"{BASE}/{report}/file")).status_code == 404
        again = await browser.send_form(f"{BASE}/{report}/again")
        assert again.status_code == 303
        assert "hx-trigger" in (await browser.get(f"{BASE}/{report}")).text


async def test_a_lost_file_leads_back_to_where_it_can_be_made(claire, visit, owner, make, settings):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    await make()
    key = await owner.fetchval("select key from stored_file")
    (settings.data_directory / "files" / key).unlink()
    async with visit(claire) as browser:
        gone = await browser.get(f"{BASE}/{report}/file", follow_redirects=True)
        assert "Le fichier est perdu" in gone.text
        await browser.send_form(f"{BASE}/{report}/again")
        await make()
        assert (await browser.get(f"{BASE}/{report}/file")).content.startswith(b"%PDF")


async def test_a_long_list_comes_in_pages(claire, visit, owner):
    await plant_report(claire, samples.action_plan("fr", 1))
    await owner.execute(
        "insert into report (id, organisation_id, kind, title, locale, content, content_key, state, attempts, failure, created_by,"
        " created_name, created_at) select gen_random_uuid(), organisation_id, kind, 'Document ' || n, locale, content, content_key,"
        " state, 0, '', created_by, created_name, created_at from report, generate_series(1, 30) n"
    )
    async with visit(claire) as browser:
        first = await browser.get(BASE)
        last = await browser.get(f"{BASE}?page=9")
    assert first.text.count('<th scope="row"') == 25
    assert last.text.count('<th scope="row"') == 6


# --- others ---------------------------------------------------------------------------------------------------------


async def refused_everywhere(browser, report) -> None:
    for address in (BASE, f"{BASE}/new", f"{BASE}/{report}", f"{BASE}/{report}/file"):
        answer = await browser.get(address)
        assert answer.status_code == 404, address
        assert "Un document" not in answer.text
    assert (await browser.send_form(f"{BASE}/{report}/again")).status_code == 404
    assert (await browser.send_form(f"{BASE}/new", form())).status_code == 404


async def test_a_stranger_finds_nothing_here_nor_through_their_own_door(claire, nora, visit, make):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    await make()
    async with visit(nora) as browser:
        await refused_everywhere(browser, report)
        own = f"/o/clinique-du-lac/reports/{report}"
        for address in (own, f"{own}/file"):
            assert (await browser.get(address)).status_code == 404
        assert (await browser.send_form(f"{own}/again")).status_code == 404


async def test_a_consultant_sees_the_documents_they_asked_for(cast, claire, visit, make):
    """The organisation's own may print figures of peers that a consultant with several clients must not see."""
    theirs = await plant_report(claire, samples.action_plan("fr", 1))
    mandate = await plant_mandate(claire, cast.people["hugo"])
    hugo = replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)
    own = await plant_report(hugo, samples.action_plan("fr", 2))
    await make()
    async with visit(hugo) as browser:
        assert (await browser.get(f"{BASE}/{theirs}")).status_code == 404
        assert (await browser.get(f"{BASE}/{theirs}/file")).status_code == 404
        assert (await browser.get(f"{BASE}/{own}/file")).status_code == 200
        assert str(theirs) not in (await browser.get(BASE)).text
    async with visit(claire) as browser:
        assert (await browser.get(f"{BASE}/{own}")).status_code == 200


async def test_a_revoked_mandate_closes_every_document(cast, claire, visit, make, owner):
    mandate = await plant_mandate(claire, cast.people["hugo"])
    hugo = replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)
    report = await plant_report(hugo, samples.action_plan("fr", 1))
    await make()
    async with transaction(claire):
        await network.Mandate.filter(id=mandate).update(revoked_at=clock.now())
    async with visit(hugo) as browser:
        await refused_everywhere(browser, report)
