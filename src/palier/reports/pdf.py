"""The border with WeasyPrint, pikepdf and the fonts: HTML in, a PDF that is PDF/A-3a and PDF/UA-1 out.

CPU-bound and single-threaded by nature: call it in a worker process (see `palier.reports.press`), never from a page.
"""

import gc
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

import pikepdf
import weasyprint
from fontTools.ttLib import TTFont
from weasyprint.document import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from palier.reports import pdf_fields
from palier.reports.legibility import INVISIBLE
from palier.reports.logos import redrawn
from palier.reports.rules.documents import Unprintable
from palier.reports.rules.form_fields import FormField

FONT_FOLDER = Path(__file__).resolve().parents[3] / "static" / "vendor" / "pdf-fonts"
FONTS = (
    "Inter-Regular.ttf",
    "Inter-SemiBold.ttf",
    "Inter-Italic.ttf",
    "SourceSerif4-Regular.ttf",
    "SourceSerif4-SemiBold.ttf",
)

LONGEST_TEXT = 6_000
"""Characters of one text of a person that are printed; the attached data keep the rest."""

_UA_XMP = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
%(said)s<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>PDF/UA part number</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>%(declared)s</rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a file says of itself in words of another standard: an `rdf:Description`, and the `rdf:li` that declares its schema."""

    said: bytes = b""
    declared: bytes = b""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF, as the data the pages were made from."""

    name: str
    description: str
    content: bytes
    relationship: str = "Data"
    """To the pages: Data they were made from, or an Alternative that says the same."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says of itself. `created` dates everything in it; `identifier` is its fixed PDF id."""

    title: str
    author: str
    description: str
    created: datetime
    identifier: bytes
    vocabulary: Vocabulary = Vocabulary()


def render_pdf(
    html: str,
    css: Sequence[str],
    images: Mapping[str, str | bytes],
    attachments: Sequence[Attachment],
    metadata: Metadata,
    locale: str,
    fields: Sequence[FormField] = (),
) -> bytes:
    """The pages of `html` as a PDF/A-3a and PDF/UA-1 file; the same arguments give the same bytes.

    `images` maps addresses (`chart:radar`, `image:logo`) to SVG text or picture bytes. Nothing else is ever fetched:
    any other address leaves a gap in the page. `fields` are laid where the page has an `<input>` by the name of their
    place. Raises Unprintable.
    """
    with _undisturbed():
        return _finished(_set(html, css, images, attachments, metadata, locale), fields, metadata.vocabulary)


def _set(
    html: str, css: Sequence[str], images: Mapping[str, str | bytes], attachments: Sequence[Attachment],
    metadata: Metadata, locale: str,
) -> bytes:  # fmt: skip
    fetcher = _Shelf(images)
    try:
        source = weasyprint.HTML(string=html, base_url="app:/", url_fetcher=fetcher)
        pages = source.render(stylesheets=[_stylesheet(sheet) for sheet in css], font_config=_fonts())
        pages.metadata = _document_metadata(metadata, locale)
        return _written(pages, attachments, metadata)
    except (RecursionError, FatalURLFetchingError) as fault:
        raise Unprintable(str(fault)) from fault


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the garbage collector looking again and again through boxes that live until the pages are written; it takes
    them away at once when they are."""
    awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if awake:
            gc.enable()


def _written(pages: weasyprint.Document, attachments: Sequence[Attachment], metadata: Metadata) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # WeasyPrint leaves its colour profile to the collector
        return pages.write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=metadata.identifier,
            attachments=[_embedded(file, metadata.created) for file in attachments],
        )


def count_pages(content: bytes) -> int:
    """How many pages the PDF `content` has."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def printable(text: str) -> str:
    """`text` with only characters the bundled fonts can draw, so that no page depends on the machine it was made on.

    Controls and invisible marks (directions, joiners, soft hyphens) go; a character without a glyph becomes a square.
    Tabs and line ends stay. Longer than LONGEST_TEXT, it is cut with an ellipsis.
    """
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT].rstrip() + "…"
    if text.isascii() and text.isprintable():
        return text
    kept = (
        c
        for c in unicodedata.normalize("NFC", text)
        if c in "\n\t" or unicodedata.category(c) not in INVISIBLE
    )
    return "".join(c if c in "\n\t" or ord(c) in _glyphs() else "□" for c in kept)


class _Shelf(URLFetcher):
    """The only things a document can reach: the fonts of the house and the pictures handed over with it."""

    def __init__(self, images: Mapping[str, str | bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._images = images

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The font or picture at `url`; ValueError for every other address."""
        scheme, _, name = url.partition(":")
        if scheme == "fonts" and name in FONTS:
            return URLFetcherResponse(url, (FONT_FOLDER / name).read_bytes(), {"Content-Type": "font/ttf"})
        if scheme == "chart" and isinstance(drawing := self._images.get(url), str):
            return URLFetcherResponse(url, drawing.encode(), {"Content-Type": "image/svg+xml"})
        if scheme == "image" and isinstance(picture := self._images.get(url), bytes):
            return URLFetcherResponse(url, redrawn(picture), {"Content-Type": "image/png"})
        raise ValueError("a document reaches nothing outside itself")


@cache
def _fonts() -> FontConfiguration:
    """One font configuration per process: loading the faces is most of what a first document costs.

    A missing face stops everything: the page would come out in whatever the machine has, and differ from the next one's.
    """
    missing = [name for name in FONTS if not (FONT_FOLDER / name).is_file()]
    if missing:
        raise FileNotFoundError(f"no {', '.join(missing)} in {FONT_FOLDER}: the set-up makes them")
    return FontConfiguration()


@lru_cache(maxsize=16)
def _stylesheet(css: str) -> weasyprint.CSS:
    """Parsed once per process: the sheet is long and the same for every document; only the accent differs."""
    return weasyprint.CSS(string=css, base_url="app:/", url_fetcher=_Shelf({}), font_config=_fonts())


@cache
def _glyphs() -> frozenset[int]:
    """The characters the text face can draw."""
    with TTFont(FONT_FOLDER / FONTS[0], lazy=True) as font:
        return frozenset(font.getBestCmap())


def _document_metadata(metadata: Metadata, locale: str) -> DocumentMetadata:
    stamp = metadata.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return DocumentMetadata(
        title=metadata.title,
        authors=[metadata.author],
        description=metadata.description,
        generator="Palier",
        created=stamp,
        modified=stamp,
        lang=locale,
    )


def _embedded(file: Attachment, created: datetime) -> weasyprint.Attachment:
    """Dated like the data: WeasyPrint would stamp it with this very second."""
    instant = created.astimezone(UTC)
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=instant,
        modified=instant,
        relationship=file.relationship,
    )


def _finished(raw: bytes, fields: Sequence[FormField], words: Vocabulary) -> bytes:
    """WeasyPrint's PDF/A-3a, made to pass both profiles: readable XMP that also claims PDF/UA-1."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes()
        end = xmp.rindex(b"</rdf:RDF>")
        added = _UA_XMP % {b"said": words.said, b"declared": words.declared}
        pdf.Root.Metadata = pdf.make_stream(
            xmp[:end] + added + xmp[end:], Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        if fields:
            pdf_fields.lay(pdf, fields, FONT_FOLDER / FONTS[0])
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        out = io.BytesIO()
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=False,
            deterministic_id=True,
        )
    return _with_clear_ends(out.getvalue())


_STREAM = re.compile(rb"(?<= obj\n)<< [^\n]*/Length (\d+)[^\n]*>>\nstream\n")


def _with_clear_ends(pdf: bytes) -> bytes:
    """Where a stream's last byte is a carriage return, end its line with both bytes, as a reader may take it for one.

    About one packed stream in 256 ends so by chance, and a strict reader then finds its length wrong. The byte comes from
    a space in the stream's own dictionary: no offset in the file moves.
    """
    clear = bytearray(pdf)
    for head in _STREAM.finditer(pdf):
        start, end = head.start(), head.end() + int(head[1])
        if pdf[end - 1 : end + 10] == b"\r\nendstream":
            clear[start : end + 1] = b"<<" + pdf[start + 3 : end] + b"\r\n"
    return bytes(clear)
