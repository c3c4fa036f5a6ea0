"""Arriving at an organisation, and searching in it."""

import re
from datetime import timedelta

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from tests.assessments.rounds import drafts
from tests.conftest import Browser

BASE = "/o/transports-du-val"


async def opened(actor: Actor, name: str, levels: str, days: int | None = 25) -> str:
    only_reading.set(False)
    today = clock.today()
    closes = None if days is None else today + timedelta(days=days)
    one = await open_assessment(actor, latest("FL"), name=name, opens_on=today, closes_on=closes)
    for code, draft in drafts(levels, "FL").items():
        await answer_criterion(actor, one.slug, code, draft, op=new_id(), base=0)
    return one.slug


async def page(visit: Browser, who: Actor, address: str = BASE) -> str:
    async with visit(who) as browser:
        answer = await browser.get(address)
        assert answer.status_code == 200
        return answer.text


async def test_a_new_organisation_chooses_a_questionnaire(visit: Browser, claire: Actor) -> None:
    html = await page(visit, claire)
    assert f'href="{BASE}/assessments/new"' in html
    assert "Choisir un questionnaire" in html


async def test_a_reader_of_a_new_organisation_is_told_to_wait(visit: Browser, sophie: Actor) -> None:
    html = await page(visit, sophie)
    assert f'href="{BASE}/assessments/new"' not in html
    assert "Pas encore d’évaluation" in html or "Aucune évaluation" in html


async def test_the_next_thing_to_do_comes_first_with_its_deep_link(
    visit: Browser, claire: Actor, malik: Actor
) -> None:
    later, sooner = await opened(claire, "2027", "33", 90), await opened(claire, "2026", "33333333")
    for who in (claire, malik):
        html = await page(visit, who)
        assert "4 critères sans réponse, clôture dans 25" in html
        blank = latest("FL").criteria[8].code
        assert f'href="{BASE}/e/{sooner}/q/{blank}"' in html
        assert f'href="{BASE}/e/{later}"' in html


async def test_each_role_finds_its_own_way_on(
    visit: Browser, claire: Actor, malik: Actor, sophie: Actor
) -> None:
    slug = await opened(claire, "2026", "333333333333", 0)
    assert f'href="{BASE}/e/{slug}/check"' in await page(visit, claire)
    for who in (malik, sophie):
        html = await page(visit, who)
        assert f"{slug}/check" not in html
        assert f'href="{BASE}/e/{slug}"' in html
        assert "clôture aujourd’hui" in html
    assert "Votre rôle ici" in await page(visit, sophie)
    assert "Votre rôle ici" not in await page(visit, malik)


async def test_the_last_result_is_there_with_its_change(visit: Browser, claire: Actor) -> None:
    for name, levels in (("2025", "222222222222"), ("2026", "333333333333")):
        slug = await opened(claire, name, levels)
        await submit(claire, slug, name="Claire Lambert", consent=False)
    html = await page(visit, claire)
    assert re.search(r"Diagnostic flash 2026\s*: 50,0 sur 100", html)
    assert "+25,0" in html
    assert "depuis 2025" in html
    assert "Aucune action ouverte à votre nom" in html


async def test_a_round_past_its_date_says_so(visit: Browser, claire: Actor) -> None:
    only_reading.set(False)
    today = clock.today()
    await open_assessment(
        claire,
        latest("FL"),
        name="2025",
        opens_on=today - timedelta(days=90),
        closes_on=today - timedelta(days=2),
    )
    assert "clôture prévue le" in await page(visit, claire)


async def test_a_stranger_finds_nothing(visit: Browser, claire: Actor, nora: Actor) -> None:
    await opened(claire, "2026", "33")
    async with visit(nora) as browser:
        assert (await browser.get(BASE)).status_code == 404
        assert (await browser.get(f"{BASE}/search?q=ambition")).status_code == 404


# --- search ---------------------------------------------------------------------------------------------------------


async def test_criteria_are_found_by_code_and_by_words_with_and_without_accents(
    visit: Browser, claire: Actor
) -> None:
    slug = await opened(claire, "2026", "33")
    code = latest("FL").criteria[1].code
    assert f'href="{BASE}/e/{slug}/q/{code}"' in await page(visit, claire, f"{BASE}/search?q={code.lower()}")
    plain, accented = [
        await page(visit, claire, f"{BASE}/search?q={word}") for word in ("reclamations", "réclamations")
    ]
    hits = re.findall(r'<li><span class="code">([^<]+)', plain)
    assert "FL4.1.2" in hits
    assert hits == re.findall(r'<li><span class="code">([^<]+)', accented)
    assert "<mark>réclamations</mark>" in plain


async def test_a_submitted_round_is_searched_for_its_reasons(visit: Browser, claire: Actor) -> None:
    slug = await opened(claire, "2026", "333333333333")
    await submit(claire, slug, name="Claire Lambert", consent=False)
    assert f'href="{BASE}/e/{slug}/why/FL4.1.2"' in await page(visit, claire, f"{BASE}/search?q=FL4.1.2")


async def test_colleagues_and_pages_are_found_and_nobody_elses(
    visit: Browser, claire: Actor, nora: Actor
) -> None:
    await opened(nora, "Secret-Canary", "33")
    assert "<mark>Malik</mark>" in await page(visit, claire, f"{BASE}/search?q=malik")
    for question in ("Nora", "Petit", "clinique", "secret-canary"):
        html = await page(visit, claire, f"{BASE}/search?q={question}")
        assert "Nora Petit" not in html
        assert "clinique-du-lac" not in html
    assert f'href="{BASE}/reports"' in await page(visit, claire, f"{BASE}/search?q=rapports")


async def test_nothing_found_says_what_to_try(visit: Browser, claire: Actor) -> None:
    html = await page(visit, claire, f"{BASE}/search?q=%3Cscript%3Ezzz")
    assert "Rien trouvé" in html
    assert "<script>zzz" not in html
