"""Slides on their way: asked for on the form, made by the worker, taken away as what they are."""

from palier.assessments.rules.peers import nobody
from palier.foundation.database import reading
from palier.reports.flows.building import draw_up
from palier.reports.rules.record import from_plain, to_plain
from palier.reports.rules.slides import Slides
from palier.reports.rules.wishes import Kind, Wish
from tests.reports.decks import opened
from tests.reports.test_watching import BASE, form


async def test_from_the_form_to_the_presentation(claire, plan, visit, make):
    async with visit(claire) as browser:
        asked = await browser.send_form(f"{BASE}/new", form(kind="slides", plan=plan))
        address = asked.headers["location"]
        await make()
        ready = await browser.get(address)
        assert "Télécharger les diapositives" in ready.text
        assert "PDF/A-3" not in ready.text
        file = await browser.get(f"{address}/file")
        assert ">PPTX<" in (await browser.get(BASE)).text
    assert file.headers["content-type"].startswith(
        "application/vnd.openxmlformats-officedocument.presentationml"
    )
    assert '.pptx"' in file.headers["content-disposition"]
    deck = opened(file.content)
    assert f'<dd class="num">{len(deck.slides)}</dd>' in ready.text
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == "Transports du Val"
    assert "2 actions" in titles[-3]


async def test_slides_hold_what_the_report_of_the_same_round_holds(claire, plan, shelf):
    async with reading(claire):
        report = (await draw_up(claire, Wish(Kind.RESULTS, "fr", "sx-2026", plan), nobody, shelf)).document
        slides = (await draw_up(claire, Wish(Kind.SLIDES, "fr", "sx-2026", plan), nobody, shelf)).document
    assert isinstance(slides, Slides)
    assert (slides.headline, slides.elements, slides.plan) == (report.headline, report.elements, report.plan)
    assert from_plain(to_plain(slides)) == slides


async def test_the_form_says_that_slides_have_no_preview(claire, rounds, visit):
    async with visit(claire) as browser:
        page = await browser.send_form(
            f"{BASE}/new/preview", form(kind="slides"), headers={"hx-request": "true"}
        )
    assert "pas d’aperçu" in page.text
