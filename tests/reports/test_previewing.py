"""The pages of a document beside its form, before it is made: nothing is written, nothing is kept, nobody waits behind a hurry."""

import asyncio
import io
import re
from base64 import b64decode
from dataclasses import replace

import pytest
from PIL import Image
from tortoise.exceptions import DoesNotExist

from palier.assessments.rules.peers import nobody
from palier.network.flows.organisations import colour
from palier.reports.flows.previewing import Busy, Previewer, Superseded
from palier.reports.pictures import pictures_of
from palier.reports.press import FailureReason, PrintingFailed
from palier.reports.rules.letterheads import Look
from palier.reports.rules.options import Options
from palier.reports.rules.pictures import MOST_PICTURES, PICTURE_WIDTH, Pictures
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.typesetting import print_document
from tests.reports import samples
from tests.reports.test_watching import BASE, HTMX, form

WISH = Wish(Kind.RESULTS, "fr", "sx-2026")
ADDRESS = f"{BASE}/new/preview"


class Easel:
    """A press that draws nothing: it notes what it was asked for, and waits where a test wants it to."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.fault: PrintingFailed | None = None

    async def picture(self, document, locale) -> Pictures:
        self.drawn.append(f"{locale} {document.options.footer}")
        await self.open.wait()
        if self.fault:
            raise self.fault
        return Pictures((b"png",), 3, 990)


@pytest.fixture
def easel() -> Easel:
    return Easel()


@pytest.fixture
def previewer(easel: Easel) -> Previewer:
    return Previewer(easel)  # type: ignore[arg-type]


def footed(words: str) -> Wish:
    return replace(WISH, options=Options(footer=words))


async def waiting(previewer: Previewer, actor, shelf, wish: Wish) -> asyncio.Task:
    """A preview asked for and standing in line."""
    task = asyncio.ensure_future(previewer.show(actor, wish, nobody, shelf))
    before = previewer._waiting
    while previewer._waiting == before and not task.done():  # noqa: ASYNC110  (the line itself is what is waited for)
        await asyncio.sleep(0)
    return task


def test_the_first_pages_become_small_pictures_and_all_are_counted():
    pictures = pictures_of(print_document(samples.results("fr"), "fr"))
    assert len(pictures.sheets) == MOST_PICTURES < pictures.pages
    assert pictures.weight < 600_000
    for sheet in pictures.sheets:
        with Image.open(io.BytesIO(sheet)) as drawn:
            assert (drawn.format, drawn.width, drawn.height) == ("PNG", PICTURE_WIDTH, pictures.height)
            assert len(drawn.getcolors()) > 2


async def test_the_same_content_is_drawn_once_and_another_again(claire, rounds, shelf, previewer, easel):
    for wish in (WISH, WISH, replace(WISH, locale="en"), replace(WISH, look=Look(accent="#7a1f4b")), WISH):
        assert (await previewer.show(claire, wish, nobody, shelf)).pages == 3
    assert len(easel.drawn) == 3
    await colour(claire, "#0b5a53")
    await previewer.show(claire, WISH, nobody, shelf)
    assert len(easel.drawn) == 4


async def test_who_may_not_read_the_data_sees_no_page_though_they_are_drawn(
    claire, nora, rounds, shelf, previewer
):
    await previewer.show(claire, WISH, nobody, shelf)
    with pytest.raises(DoesNotExist):
        await previewer.show(nora, WISH, nobody, shelf)


async def test_asking_again_gives_up_the_question_before(claire, sophie, rounds, shelf, previewer, easel):
    easel.open.clear()
    drawing = await waiting(previewer, sophie, shelf, footed("a"))
    stale = await waiting(previewer, claire, shelf, footed("b"))
    fresh = await waiting(previewer, claire, shelf, footed("c"))
    easel.open.set()
    assert (await drawing).pages == (await fresh).pages == 3
    with pytest.raises(Superseded):
        await stale
    assert easel.drawn == ["fr a", "fr c"]


async def test_too_many_at_once_are_asked_to_come_back_and_then_served(claire, sophie, rounds, shelf, easel):
    previewer = Previewer(easel, most_waiting=1)  # type: ignore[arg-type]
    easel.open.clear()
    drawing = await waiting(previewer, sophie, shelf, footed("a"))
    with pytest.raises(Busy):
        await previewer.show(claire, footed("b"), nobody, shelf)
    easel.open.set()
    await drawing
    assert await previewer.show(claire, footed("b"), nobody, shelf)


async def test_a_preview_that_fails_is_not_kept_and_holds_up_nobody(claire, rounds, shelf, previewer, easel):
    easel.fault = PrintingFailed(FailureReason.TOO_LONG)
    with pytest.raises(PrintingFailed):
        await previewer.show(claire, WISH, nobody, shelf)
    easel.fault = None
    assert await previewer.show(claire, WISH, nobody, shelf)


async def test_pictures_kept_in_memory_are_bounded(claire, rounds, shelf, previewer, easel, monkeypatch):
    monkeypatch.setattr("palier.reports.flows.previewing.MOST_KEPT", 7)
    for words in ("a", "b", "c"):
        await previewer.show(claire, footed(words), nobody, shelf)
    await previewer.show(claire, footed("c"), nobody, shelf)
    await previewer.show(claire, footed("a"), nobody, shelf)
    assert easel.drawn == ["fr a", "fr b", "fr c", "fr a"]


async def test_the_pages_stand_beside_the_form_with_and_without_a_script(sophie, rounds, visit, owner):
    """A reader may look; nothing is written, and no cache keeps the pages."""
    before = await owner.fetchval("select sum(n_tup_ins + n_tup_upd) from pg_stat_xact_user_tables")
    async with visit(sophie) as browser:
        whole = await browser.send_form(ADDRESS, form(footer="Réf. 12"))
        part = await browser.send_form(ADDRESS, form(footer="Réf. 12"), headers=HTMX)
        for place, fields in (("certificate", {}), ("paper", {"what": "round:sx-2026", "last": "yes"})):
            other = await browser.send_form(f"{BASE}/{place}/preview", form(**fields), headers=HTMX)
            assert "data:image/png" in other.text, place
    assert (whole.status_code, part.status_code) == (200, 200)
    assert part.headers["cache-control"] == "no-store"
    sheets = re.findall(r'src="data:image/png;base64,([^"]+)"', part.text)
    assert 0 < len(sheets) <= MOST_PICTURES
    assert all(b64decode(sheet).startswith(b"\x89PNG") for sheet in sheets)
    assert sheets == re.findall(r'src="data:image/png;base64,([^"]+)"', whole.text)
    assert 'value="Réf. 12"' in whole.text
    assert "<html" not in part.text
    assert await owner.fetchval("select count(*) from report") == 0
    assert await owner.fetchval("select count(*) from stored_file") == 0
    assert before == await owner.fetchval("select sum(n_tup_ins + n_tup_upd) from pg_stat_xact_user_tables")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"assessment": "sx-1999"}, "Choisissez une évaluation"),
        ({"accent": "#ffff00"}, "#7a7a00"),
        ({"kind": "novel"}, "Cette valeur"),
    ],
)
async def test_a_wrong_form_says_so_where_the_pages_would_be(claire, rounds, visit, fields, words):
    async with visit(claire) as browser:
        part = await browser.send_form(ADDRESS, form(**fields), headers=HTMX)
        assert part.status_code == 200
        assert words in part.text
        assert "data:image" not in part.text
        whole = await browser.send_form(ADDRESS, form(**fields))
        assert whole.status_code == 422
        assert "<title>Erreur" in whole.text


async def test_a_pale_colour_is_refused_with_one_that_passes(claire, rounds, visit, owner):
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{BASE}/new", form(accent="#F2C94C"))
        assert answer.status_code == 422
        assert 'name="accent" value="#917309"' in answer.text
        assert (await browser.send_form(f"{BASE}/new", form(accent="#917309"))).status_code == 303
    content = await owner.fetchval("select content from report")
    assert "#917309" in content
