"""Which English words a French page may not contain: those our English sentences use and our French ones never do."""

import re
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import yaml
from babel.messages.pofile import read_po

from palier.foundation.settings import ROOT
from tests.browser.reading import Reading, local

NAMES = {"asked", "be", "english", "notice", "security", "trains"}
"""Names of cookies, files, languages and invented organisations, which stay as they are."""

_HEARD = ("aria-label", "alt", "title", "placeholder", "data-l", "data-hide")
_OWN_WORDS = {"textarea", "script", "style", "blockquote", "q", "code", "option", "cite"}
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")


def said(page: Reading) -> set[str]:
    """Every run of text and every spoken attribute in the page's own language."""
    found = {"".join(page.all("title")[0].itertext())}
    _collect(page.all("body")[0], page.all("html")[0].get("lang", ""), found)
    return {" ".join(each.split()) for each in found}


def _collect(element: Element, language: str, found: set[str]) -> None:
    if local(element) in _OWN_WORDS or element.get("lang", language) != language:
        return
    found.add(element.text or "")
    found.update(element.get(name, "") for name in _HEARD)
    for child in element:
        if isinstance(child.tag, str):
            _collect(child, language, found)
        found.add(child.tail or "")


def english_in(sentence: str) -> set[str]:
    """The words of a sentence that are English and not French; names between braces are neither."""
    if "@" in sentence or "://" in sentence:
        return set()
    return set(_words(re.sub(r"\{\w+\}", "", sentence))) & _english_only()


@cache
def _english_only() -> frozenset[str]:
    english: set[str] = set()
    french: set[str] = set()
    for path in (ROOT / "locale" / "fr").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                english.update(_words_of(message.id))
                french.update(_words_of(message.string))
    for path in (ROOT / "questionnaires").glob("*/*.yaml"):
        _add_words_of(yaml.safe_load(path.read_text()), english, french)
    assert len(english) > 500
    return frozenset(english - french - NAMES)


def _add_words_of(text: object, english: set[str], french: set[str]) -> None:
    """The words under every `en:` and `fr:` of a questionnaire's file."""
    pairs = text.items() if isinstance(text, dict) else enumerate(text) if isinstance(text, list) else ()
    for key, value in pairs:
        if key in ("en", "fr"):
            (english if key == "en" else french).update(_words(str(value)))
        else:
            _add_words_of(value, english, french)


def _words_of(text: str | tuple[str, ...]) -> Iterator[str]:
    for form in (text,) if isinstance(text, str) else text:
        yield from _words(re.sub(r"%\(\w+\)\w|\{\w*\}", "", form))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
