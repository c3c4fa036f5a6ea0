"""What an editor would send back in a file that loads: lengths, repetitions, typography, untranslated texts.

A file with such problems still works; the shipped ones have none. Source: docs/method.md#style.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

from palier.questionnaires.completeness import completeness_problems
from palier.questionnaires.shapes import Path, Problem
from palier.questionnaires.tree import criteria
from palier.questionnaires.wording import (
    MEASURE_LEVEL,
    RESULT_LEVEL,
    locale_of,
    names_a_measure,
    names_a_result,
    written_in,
)

DESCRIPTOR_WORDS = (9, 60)
COVERS_WORDS = (20, 85)
NEAR = 0.6
"""Two sentences that share this part of their three-word runs say the same thing."""
SAME_OPENING_WORDS = 4
SAME_OPENING_MOST = 3
"""More descriptors than this opening with the same words read as a template."""
SHORTEST_LEFTOVER = 4
"""Words from which the same text in two languages is no longer a name both share."""

TYPOGRAPHY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fr": (
        (r"'", "straight apostrophe: write ’"),
        (r'"', "straight quotation mark: write « »"),
        (r"[^\u202f\u00a0][;!?](\s|$)", "narrow no-break space (U+202F) missing before ; ! ?"),
        (r"[^\u00a0\u202f\d]:(\s|$)", "no-break space (U+00A0) missing before :"),
        (r"[^\u00a0\u202f]%", "no-break space (U+00A0) missing before %"),
        (r"«[^\u00a0\u202f]|[^\u00a0\u202f]»", "no-break space (U+00A0) missing inside « »"),
        (r"(?i)\b(échec|mauvaise?s?)\b", "a word that blames"),
    ),
    "en": (
        (r"'", "straight apostrophe: write ’"),
        (r'"', "straight quotation mark: write ‘ ’"),
        (r"\s[;:!?%]", "space before ; : ! ? %"),
    ),
}
EVERYWHERE = (
    (r"  ", "two spaces"),
    (r"^\s|\s$", "space at an end"),
    (r"!", "exclamation mark"),
    (r"(?i)symétrie des attentions", "protected mark: say attention en miroir"),
    (r"(?i)\b(todo|tbd|lorem|xxx)\b", "left to be written"),
)


def style_problems(data: Any) -> Iterator[Problem]:
    """Every style problem of a file's plain data."""
    if not isinstance(data, Mapping):
        return
    texts = list(_texts(data, ()))
    yield from _lengths(data)
    yield from _typography(texts)
    yield from completeness_problems(data)
    yield from _untranslated(texts)
    yield from _wrong_language(texts)
    yield from _measures(data)
    yield from _same_rungs(data)
    yield from _near_copies(data)
    yield from _same_openings(data)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text with its path."""
    if isinstance(value, str):
        yield path, value
    items = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in items:
        yield from _texts(item, (*path, key))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _locale(path: Path) -> str:
    """The language a text is written in: the key that names it, else none."""
    return next((str(key) for key in reversed(path) if key in TYPOGRAPHY), "")


def _descriptors(data: Mapping[str, Any]) -> Iterator[tuple[str, Path, list[str]]]:
    """Each criterion's descriptors in each locale: locale, path of the list, texts."""
    for path, criterion in criteria(data):
        levels = criterion.get("levels")
        for locale, texts in levels.items() if isinstance(levels, Mapping) else ():
            if isinstance(texts, list):
                yield locale, (*path, "levels", locale), [str(text) for text in texts]


def _lengths(data: Mapping[str, Any]) -> Iterator[Problem]:
    for _, path, texts in _descriptors(data):
        for place, text in enumerate(texts):
            yield from _length(text, (*path, place), *DESCRIPTOR_WORDS)
    for path, criterion in criteria(data):
        for key, text in _texts(criterion.get("covers"), (*path, "covers")):
            yield from _length(text, key, *COVERS_WORDS)


def _length(text: str, path: Path, least: int, most: int) -> Iterator[Problem]:
    count = len(text.split())
    if not least <= count <= most:
        yield Problem(path, f"{count} words, {least} to {most} wanted")


def _typography(texts: list[tuple[Path, str]]) -> Iterator[Problem]:
    for path, text in texts:
        for pattern, reason in (*EVERYWHERE, *TYPOGRAPHY.get(_locale(path), ())):
            if re.search(pattern, text):
                yield Problem(path, reason)


def _untranslated(texts: list[tuple[Path, str]]) -> Iterator[Problem]:
    """A sentence that reads the same in two languages was left behind."""
    by_place: dict[Path, list[tuple[Path, str]]] = defaultdict(list)
    for path, text in texts:
        if locale := _locale(path):
            by_place[tuple("*" if key == locale else key for key in path)].append((path, text))
    for same_place in by_place.values():
        for (_, first), (path, second) in combinations(same_place, 2):
            if first.casefold() == second.casefold() and len(_words(first)) >= SHORTEST_LEFTOVER:
                yield Problem(path, "the same text in two languages")


def _wrong_language(texts: list[tuple[Path, str]]) -> Iterator[Problem]:
    """A text whose small words belong to the other language."""
    for path, text in texts:
        said, meant = written_in(text), locale_of(path)
        if said and meant and said != meant:
            yield Problem(path, f"reads as {said} where {meant} is due")


def _measures(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Level 4 names a measure; level 5 a comparison or a result."""
    for locale, path, texts in _descriptors(data):
        if len(texts) != RESULT_LEVEL:
            continue
        if not names_a_measure(texts[MEASURE_LEVEL - 1], locale):
            yield Problem((*path, MEASURE_LEVEL - 1), "level 4 names no measure")
        if not names_a_result(texts[RESULT_LEVEL - 1], locale):
            yield Problem((*path, RESULT_LEVEL - 1), "level 5 names no comparison or result")


def nearly_the_same(first: str, second: str) -> bool:
    """Whether two sentences share so many three-word runs that they say the same thing."""
    return _near(_runs(first), _runs(second))


@lru_cache(maxsize=4096)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """The three-word runs of `text`."""
    words = _words(text)
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _near(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> bool:
    return bool(first) and bool(second) and len(first & second) >= NEAR * min(len(first), len(second))


def _same_rungs(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Two adjacent descriptors that hardly differ cannot be told apart by evidence."""
    for _, path, texts in _descriptors(data):
        for place, (low, high) in enumerate(pairwise(texts), 1):
            if _near(_runs(low), _runs(high)):
                yield Problem((*path, place), f"hardly differs from the descriptor of level {place}")


def _near_copies(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A descriptor that would fit another criterion."""
    by_locale: dict[str, list[tuple[Path, frozenset[tuple[str, ...]]]]] = defaultdict(list)
    for locale, path, texts in _descriptors(data):
        by_locale[locale] += [((*path, place), _runs(text)) for place, text in enumerate(texts)]
    for described in by_locale.values():
        for (one, first), (other, second) in combinations(described, 2):
            if one[:-3] != other[:-3] and _near(first, second):
                yield Problem(other, f"nearly the same sentence as {_code_of(data, one)}")


def _code_of(data: Mapping[str, Any], path: Path) -> str:
    """The criterion in which `path` stands, and the level."""
    code = next((row.get("code") for place, row in criteria(data) if path[: len(place)] == place), "?")
    return f"{code} level {int(path[-1]) + 1}"


def _same_openings(data: Mapping[str, Any]) -> Iterator[Problem]:
    openings: Counter[tuple[str, ...]] = Counter()
    for locale, path, texts in _descriptors(data):
        for place, text in enumerate(texts):
            opening = (locale, *_words(text)[:SAME_OPENING_WORDS])
            openings[opening] += 1
            if openings[opening] == SAME_OPENING_MOST + 1:
                yield Problem(
                    (*path, place), f"opens like {SAME_OPENING_MOST} others: {' '.join(opening[1:])}"
                )
