"""Decks to look at in tests: what a presentation holds, read back from its bytes."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from lxml import etree
from pptx import Presentation
from pptx.presentation import Presentation as Deck

from palier.reports.rules.documents import Comparison, ResultsAndPlan
from palier.reports.rules.options import Mark, Options
from palier.reports.rules.seals import Seal
from palier.reports.rules.slides import Slides, slides_of
from palier.reports.slides.deck import print_slides
from tests.reports import samples
from tests.reports.fabricated import fabricate
from tests.reports.test_pages import LONG, bare

DRESSED = Options(mark=Mark.CONFIDENTIAL, footer="Version du comité", watermark="Copie pour la Région")
SEAL = Seal("ABCDEFGH12345678", "https://example.org/verify", "Transports du Val")


def without_peers(document: ResultsAndPlan) -> ResultsAndPlan:
    """The same report where no edition is published."""
    alone = Comparison()
    return replace(
        document,
        peers=None,
        elements=tuple(replace(row, comparison=alone) for row in document.elements),
        dimensions=tuple(replace(row, comparison=alone) for row in document.dimensions),
    )


def of_many_elements(document: ResultsAndPlan, count: int) -> ResultsAndPlan:
    """The same report of a questionnaire of `count` elements."""
    rows = document.elements
    return replace(
        document,
        elements=tuple(replace(rows[n % len(rows)], code=f"X{n}", label=f"{n}") for n in range(count)),
    )


def dressed() -> ResultsAndPlan:
    """Every option at once, and a plan of 300 actions."""
    face = replace(samples.cover("fr"), seal=SEAL, scope="Sur 2 dimensions")
    return samples.results("fr", 300, cover=face, options=DRESSED)


DECKS = {
    "fr": lambda: (samples.results("fr"), "fr"),
    "en": lambda: (samples.results("en", 5), "en"),
    "long": lambda: (samples.with_words(samples.results("fr", 5), LONG), "fr"),
    "longest": lambda: (samples.with_words(samples.results("fr", 40), "Wort " * 300 + "W" * 900), "fr"),
    "short": lambda: (samples.with_words(samples.results("en", 5), "x"), "en"),
    "bare": lambda: (bare(), "en"),
    "dressed": lambda: (dressed(), "fr"),
    "many": lambda: (of_many_elements(samples.results("en", 1), 60), "en"),
    "fabricated": lambda: (fabricate(Slides, ["Un texte", "=1+1", "</a:t>"]), "fr"),
    "alone": lambda: (without_peers(samples.results("fr", 5)), "fr"),
}


def slides(name: str) -> tuple[Slides, str]:
    """The content of a deck and its language."""
    document, locale = DECKS[name]()
    return slides_of(document), locale


@cache
def printed(name: str) -> bytes:
    """The file of a deck, made once."""
    return print_slides(*slides(name))


def opened(content: bytes) -> Deck:
    """A deck as the library reads it back."""
    return Presentation(io.BytesIO(content))


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every file of the package, the workbooks inside opened as well."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            held = package.read(name)
            yield name, held
            if name.endswith(".xlsx"):
                yield from ((f"{name}/{inner}", part) for inner, part in parts(held))


def words_of(content: bytes) -> str:
    """Every word of a deck: slides, notes, charts, workbooks, properties."""
    trees = (etree.fromstring(part) for name, part in parts(content) if name.endswith(".xml"))
    return "\n".join(text for tree in trees for text in tree.itertext())
