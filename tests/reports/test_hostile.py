"""Whatever somebody types is printed as they typed it; a document reaches nothing outside itself."""

import html
import io
import re
import socketserver
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from palier.reports import pdf, typesetting
from palier.reports.press import print_document
from palier.reports.rules.record import KINDS
from tests.reports import samples
from tests.reports.fabricated import PAGE, fabricate


class Listener(socketserver.ThreadingTCPServer):
    """Counts who knocks."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.hits = 0

    def process_request(self, request, client_address) -> None:
        self.hits += 1
        self.shutdown_request(request)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def traps(port: int) -> list[str]:
    away = f"http://127.0.0.1:{port}"
    return [
        f'<img src="{away}/a.png">',
        f"<script>fetch('{away}/b')</script>",
        f"<style>@import url({away}/c.css)</style>",
        f'"><link rel=attachment href="file:///etc/passwd"><a href="{away}">',
        f"url({away}/d.png) file:///etc/passwd",
        "{{ 7 * 7 }}{% include 'reports/sheet.html' %}",
        "</style></title></p></td></table><h1>1</h1>",
    ]


def words_of(file: bytes) -> str:
    with pypdfium2.PdfDocument(file) as pages:
        every = " ".join(sheet.get_textpage().get_text_bounded() for sheet in pages)
    return "".join(every.split()).replace("\u2011", "-").replace("\ufffe", "-")


MARKUP = ("<script>", "</style>", "<img")
OURS_ALONE = {f"{PAGE}/7KQ2-M9XD-4RTB-HW3C"}
"""The one address a document may lead to: where it is checked."""


def assert_harmless(file: bytes) -> None:
    """A PDF or a presentation that shows some trap as text, leads nowhere but to its own check, and runs nothing."""
    if file.startswith(b"%PDF"):
        words, links = words_of(file), links_of_pdf(file)
    else:
        words, links = parts_of_presentation(file)
    assert "root:x:" not in words
    assert any(tag in words for tag in MARKUP)  # some kinds cut long texts: not every trap stands there whole
    assert links <= OURS_ALONE


def links_of_pdf(file: bytes) -> set[str]:
    """Every address a reader can be led to; nothing in the file acts by itself or holds more than tables."""
    with pikepdf.open(io.BytesIO(file)) as opened:
        assert all(name.endswith(".csv") for name in opened.attachments)
        assert not {"/OpenAction", "/AA"} & set(opened.Root.keys())
        kinds = {str(item.get("/S")) for item in opened.objects if isinstance(item, pikepdf.Dictionary)}
        assert not {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR"} & kinds
        notes = [note for sheet in opened.pages for note in sheet.get("/Annots", [])]
        return {str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A}


def parts_of_presentation(file: bytes) -> tuple[str, set[str]]:
    """The words of every part, and every address outside the package."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower()]
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
    outside = [
        found for name, text in parts.items() if name.endswith(".rels")
        for found in re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"|TargetMode="External"[^>]*Target="([^"]*)"', text)
    ]  # fmt: skip
    words = " ".join(text for name, text in parts.items() if name.endswith(".xml"))
    return "".join(html.unescape(words).split()), {one or other for one, other in outside}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_typed_into_any_field_is_shown_and_reaches_nothing(kind, listener):
    """Every field of the kind holds one trap or another; a kind made tomorrow is tried as well."""
    file = print_document(fabricate(KINDS[kind], traps(listener.server_address[1])), "en")
    assert_harmless(file)
    assert listener.hits == 0


@pytest.mark.long
@pytest.mark.parametrize("first", range(1, 7))
@pytest.mark.parametrize("kind", KINDS)
def test_every_trap_in_every_field(kind, first, listener):
    every = traps(listener.server_address[1])
    file = print_document(fabricate(KINDS[kind], every[first:] + every[:first]), "fr")
    assert_harmless(file)
    assert listener.hits == 0


@pytest.mark.parametrize("trap", range(7))
def test_a_trap_is_printed_letter_for_letter(trap, listener):
    words = traps(listener.server_address[1])[trap]
    file = typesetting.print_document(samples.with_words(samples.action_plan("en", 1), words), "en")
    assert "".join(words.split()) in words_of(file)
    assert listener.hits == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_ends_with_its_code(kind):
    """And with the address where it is checked; on a presentation they stand on a slide."""
    file = print_document(fabricate(KINDS[kind], ["words"]), "en")
    if file.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(file) as pages:
            last = pages[len(pages) - 1].get_textpage().get_text_bounded()
        words = "".join(last.split()).replace("\u2011", "-").replace("\ufffe", "-")
    else:
        words, _ = parts_of_presentation(file)
    assert "7KQ2-M9XD-4RTB-HW3C" in words
    assert PAGE in words


def test_the_border_itself_fetches_nothing(listener):
    away = f"http://127.0.0.1:{listener.server_address[1]}"
    source = f"""<html lang=en><title>t</title><link rel=stylesheet href={away}/a.css><link rel=attachment href=file:///etc/passwd>
      <style>@import url({away}/b.css);@font-face{{font-family:z;src:url({away}/c.ttf)}}
      p{{background:url({away}/d.png);font-family:z}}</style>
      <p>text<img alt=x src={away}/e.png><img alt=x src="file:///etc/hostname"><img alt=x src="fonts:../../x">
      <object data={away}/f></object>
      <img alt=x src="chart:evil"><img alt=x src="image:evil"></p></html>"""
    evil = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{away}/g.png" width="9" height="9"/></svg>'
    about = pdf.Metadata("t", "a", "d", datetime(2026, 1, 1, tzinfo=UTC), b"0")
    file = pdf.render_pdf(source, (), {"chart:evil": evil, "image:evil": b"GIF89a"}, (), about, "en")
    assert listener.hits == 0
    with pikepdf.open(io.BytesIO(file)) as opened:
        assert list(opened.attachments) == []


def test_a_page_nested_too_deep_is_refused_not_crashed():
    about = pdf.Metadata("t", "a", "d", datetime(2026, 1, 1, tzinfo=UTC), b"0")
    with pytest.raises(pdf.Unprintable):
        pdf.render_pdf("<html lang=en><title>t</title>" + "<div>" * 900 + "x", (), {}, (), about, "en")
