"""Whatever somebody types is printed as they typed it; a document reaches nothing outside itself."""

import io
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from palier.reports import pdf, typesetting
from tests.reports import samples


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


@pytest.mark.parametrize("kind", ["results", "plan"])
@pytest.mark.parametrize("which", range(7))
def test_markup_in_a_text_is_printed_and_reaches_nothing(kind, which, listener):
    trap = traps(listener.server_address[1])[which]
    document = samples.results("en", 1) if kind == "results" else samples.action_plan("en", 1)
    file = typesetting.print_document(samples.with_words(document, trap), "en")
    assert listener.hits == 0
    assert "".join(trap.split()) in words_of(file)
    assert "root:x:" not in words_of(file)
    with pikepdf.open(io.BytesIO(file)) as opened:
        assert all(name.endswith(".csv") for name in opened.attachments)
        links = [
            str(note) for sheet in opened.pages for note in sheet.get("/Annots", []) if "/URI" in str(note)
        ]
    assert links == []


def test_the_border_itself_fetches_nothing(listener):
    away = f"http://127.0.0.1:{listener.server_address[1]}"
    html = f"""<html lang=en><title>t</title><link rel=stylesheet href={away}/a.css><link rel=attachment href=file:///etc/passwd>
      <style>@import url({away}/b.css);@font-face{{font-family:z;src:url({away}/c.ttf)}}
      p{{background:url({away}/d.png);font-family:z}}</style>
      <p>text<img alt=x src={away}/e.png><img alt=x src="file:///etc/hostname"><img alt=x src="fonts:../../x">
      <object data={away}/f></object>
      <img alt=x src="chart:evil"><img alt=x src="image:evil"></p></html>"""
    evil = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{away}/g.png" width="9" height="9"/></svg>'
    about = pdf.Metadata("t", "a", "d", datetime(2026, 1, 1, tzinfo=UTC), b"0")
    file = pdf.render_pdf(html, (), {"chart:evil": evil, "image:evil": b"GIF89a"}, (), about, "en")
    assert listener.hits == 0
    with pikepdf.open(io.BytesIO(file)) as opened:
        assert list(opened.attachments) == []


def test_a_page_nested_too_deep_is_refused_not_crashed():
    about = pdf.Metadata("t", "a", "d", datetime(2026, 1, 1, tzinfo=UTC), b"0")
    with pytest.raises(pdf.Unprintable):
        pdf.render_pdf("<html lang=en><title>t</title>" + "<div>" * 900 + "x", (), {}, (), about, "en")
