"""Executive slides from plain data to a PPTX file. CPU-bound: call it in a worker process (see `palier.reports.press`)."""

import io
import zipfile
from contextlib import suppress
from datetime import UTC

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide

from palier.foundation import language
from palier.foundation.language import gettext as _
from palier.reports.legibility import legible, visible
from palier.reports.logos import redrawn
from palier.reports.rules.accent import check_accent
from palier.reports.rules.documents import Cover, Head
from palier.reports.rules.slides import Slides
from palier.reports.slides import wording as said
from palier.reports.slides.areas import OPENING_TITLE, SEAL, SUB, SUBJECT, SUBTITLE, TITLE, Area
from palier.reports.slides.canvas import (
    SMALL,
    Tone,
    Type,
    draw_picture,
    set_words,
    unpad,
    write,
    write_foot,
    write_title,
)
from palier.reports.slides.fitting import LINE, Fitted, fitted
from palier.reports.slides.scenes import Scene, scenes_of
from palier.reports.slides.stage import empty_deck, opening_layout, page_layout
from palier.reports.wording import document_title, mark_words

LONGEST_NOTE = 6000

_DATE = (1980, 1, 1, 0, 0, 0)
_TONGUES = {"en": "en-GB", "fr": "fr-FR"}


def print_slides(document: Slides, locale: str) -> bytes:
    """`document` as a presentation in `locale`; the same data give the same bytes."""
    language.use(locale)
    check_accent(document.cover.issuer.accent)
    shown = legible(document, locale, visible)
    deck = empty_deck(shown.cover, shown.options.watermark)
    _open(deck, shown)
    for scene in scenes_of(shown):
        _play(deck, scene, shown)
    if seal := said.seal_words(shown):
        write(deck.slides[len(deck.slides) - 1], SEAL, seal, Type((10, 9, 8), Tone.SOFT))
    _speak(deck, locale)
    _sign(deck, shown, locale)
    return _same_bytes(deck)


def count_slides(content: bytes) -> int:
    """How many slides the presentation `content` has."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(name.startswith("ppt/slides/slide") for name in package.namelist())


def _open(deck: Deck, document: Slides) -> None:
    """The first slide: who, about what, and how things stood when."""
    cover = document.cover
    slide = deck.slides.add_slide(opening_layout(deck))
    title = write_title(slide, cover.organisation, OPENING_TITLE, (40, 36, 32, 28, 24, 20), low=True)
    told = "\n".join(line for line in (f"{cover.questionnaire}, {cover.round}", cover.scope) if line)
    lines = fitted(told, SUBTITLE.width * 72, SUBTITLE.height * 72, (20, 18, 16, 14, 12))
    unpad(slide.placeholders[1].text_frame)
    set_words(slide.placeholders[1].text_frame, lines, Type((lines.size,), Tone.SOFT))
    above = OPENING_TITLE.top + OPENING_TITLE.height - title.lines * title.size * LINE / 72 - 0.45
    write(slide, Area(1.1, above, 11, 0.35), _("Executive summary"), Type((16,), Tone.ACCENT, bold=True))
    _letterhead(slide, cover)
    write(slide, Area(1.1, 6.2, 8.5, 0.6), said.prepared_words(document), Type((14, 12, 11), Tone.SOFT))
    if words := "   ·   ".join(
        part for part in (mark_words(document.options.mark), document.options.footer) if part
    ):
        write(slide, Area(1.1, 6.9, 11, 0.3), words, SMALL)
    _note(slide, document, said.prepared_words(document))


def _letterhead(slide: Slide, cover: Cover) -> None:
    """The signs side by side: a logo, or the name where there is none, unless it is the slide's title anyway."""
    left = 1.1
    for head in cover.letterhead()[:3]:
        if head.logo is not None or head.name != cover.organisation:
            left += _draw_sign(slide, head, Area(left, 0.6, 3.4, 0.9)) + 0.6


def _draw_sign(slide: Slide, head: Head, area: Area) -> float:
    """Draw one sign; returns its width. A file that is no picture leaves the name."""
    if head.logo is not None:
        with suppress(ValueError):
            words = _("Logo of %(name)s") % {"name": head.name}
            return draw_picture(slide, area, redrawn(head.logo.content), words)
    write(slide, area, head.name, Type((16, 14, 12), Tone.SOFT, bold=True, anchor=MSO_ANCHOR.MIDDLE))
    return area.width


def _play(deck: Deck, scene: Scene, document: Slides) -> None:
    """One slide: title first, for it is read first."""
    slide = deck.slides.add_slide(page_layout(deck))
    title = write_title(slide, scene.title)
    write(slide, SUBJECT, scene.subject, Type((12,), Tone.ACCENT, bold=True))
    if scene.sub:
        write(slide, Area(SUB.left, _end_of(TITLE, title) + 0.1, SUB.width, SUB.height), scene.sub, SMALL)
    scene.draw(slide)
    write_foot(slide, said.foot_words(document))
    _note(slide, document, "\n".join([*([] if title.whole else [scene.title]), scene.notes]))


def _end_of(area: Area, words: Fitted) -> float:
    """Where words that start at the top of `area` end."""
    return area.top + words.lines * words.size * LINE / 72


def _note(slide: Slide, document: Slides, words: str) -> None:
    """What the slide shows in words, and where it comes from."""
    if len(words) > LONGEST_NOTE:
        words = words[:LONGEST_NOTE].rstrip() + "…"
    parts = (words, said.source_words(document), said.seal_words(document))
    slide.notes_slide.notes_text_frame.text = "\n\n".join(part for part in parts if part)


def _speak(deck: Deck, locale: str) -> None:
    """The language of every word, so that it is read aloud and spelt as what it is."""
    tongue = _TONGUES.get(locale, locale)
    for slide in deck.slides:
        for tree in (slide._element, slide.notes_slide._element):
            for paragraph in tree.iter(qn("a:r"), qn("a:fld")):
                paragraph.get_or_add_rPr().set("lang", tongue)


def _sign(deck: Deck, document: Slides, locale: str) -> None:
    """What the file says of itself, dated like its data."""
    cover, about = document.cover, deck.core_properties
    moment = cover.as_of.astimezone(UTC).replace(tzinfo=None)
    about.title, about.author = document_title(document)[:255], cover.issuer.name[:255]
    about.subject, about.language = (
        f"{cover.questionnaire}, {cover.round}"[:255],
        _TONGUES.get(locale, locale),
    )
    about.last_modified_by, about.revision = "Palier", 1
    about.created = about.modified = about.last_printed = moment
    about.keywords = about.comments = about.category = ""


def _same_bytes(deck: Deck) -> bytes:
    """The package with every file in it dated alike: the library stamps them with this very second."""
    loose, out = io.BytesIO(), io.BytesIO()
    deck.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            package.writestr(entry, source.read(name))
    return out.getvalue()
