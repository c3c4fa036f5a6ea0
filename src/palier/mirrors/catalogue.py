"""The files of what mirrors ask, beside the questionnaires: read once, checked strictly.

A file with a fault stops the start: every fault is told as `file:line: path: reason`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from palier.mirrors.rules.asked import PEOPLE, POINTS, Asked, asked_from
from palier.questionnaires.catalogue import DIRECTORY, BadQuestionnaire, Fault, UnknownQuestionnaire, latest
from palier.questionnaires.shapes import LOCALE, Choice, Localised, Problem, Record, Rows, Words, path_text
from palier.questionnaires.yaml_text import parse
from palier.scoring.rules.mirror import Audience

LONGEST = 140
"""Characters of a sentence: it is read on a telephone."""

MOST_THEMES = 12
_SENTENCE = Localised(Words(longest=LONGEST))
_THEME = Record(
    {
        "id": Words(r"[a-z][a-z_]*", "an id such as hard_moments"),
        "element": Words(r"[A-Z][A-Z0-9]*(\.[A-Z0-9]+)*", "the code of an element such as EX1.1"),
        "name": Localised(Words(longest=40)),
        "asks": Record({audience.value: _SENTENCE for audience in Audience}, {}),
    },
    {},
)
_FILE = Record(
    {
        "format": Choice(("1",)),
        "questionnaire": Words(),
        "locales": Rows(Words(LOCALE, "a locale such as fr"), least=1),
        "scale": Localised(Rows(Words(longest=30), least=len(POINTS), most=len(POINTS))),
        "themes": Rows(_THEME, least=1, most=MOST_THEMES),
    },
    {},
)


def mirrored(code: str, *, directory: Path = DIRECTORY) -> Asked | None:
    """What a mirror of the questionnaire `code` may ask, None where it has none. Raises BadQuestionnaire."""
    return _read(directory).get(code)


def mirror_faults(*, directory: Path = DIRECTORY) -> list[Fault]:
    """Everything wrong in the files, the first faulty file's alone; empty when all may be used."""
    try:
        _read(directory)
    except BadQuestionnaire as bad:
        return bad.faults
    return []


@cache
def _read(directory: Path) -> Mapping[str, Asked]:
    return {file.name.partition(".")[0]: _load(file) for file in sorted(directory.glob("*.mirror.yaml"))}


def _load(file: Path) -> Asked:
    parsed = parse(file.read_text("utf-8"))
    problems = list(parsed.problems) or list(_problems(file, parsed.data))
    if problems:
        raise BadQuestionnaire(
            [Fault(str(file), parsed.line(p.path), path_text(p.path), p.reason) for p in problems]
        )
    return asked_from(parsed.data["themes"], parsed.data["scale"])


def _problems(file: Path, data: Any) -> Iterator[Problem]:
    locales = data.get("locales") if isinstance(data, Mapping) else None
    known = (
        frozenset(one for one in locales if isinstance(one, str))
        if isinstance(locales, list)
        else frozenset()
    )
    shape = list(_FILE.check(_as_text(data), (), known))
    yield from shape
    if not shape:
        yield from _inconsistent(file, data)


def _as_text(data: Any) -> Any:
    """The number of the format as a word, which is what the shapes know."""
    return {**data, "format": str(data.get("format"))} if isinstance(data, Mapping) else data


def _inconsistent(file: Path, data: Mapping[str, Any]) -> Iterator[Problem]:
    if data["questionnaire"] != file.name.partition(".")[0]:
        yield Problem(("questionnaire",), f"the file is called {file.name}")
        return
    try:
        elements = {element.code for element in latest(data["questionnaire"]).elements}
    except UnknownQuestionnaire:
        yield Problem(("questionnaire",), f"there is no questionnaire {data['questionnaire']}")
        return
    seen: set[str] = set()
    for place, theme in enumerate(data["themes"]):
        path = ("themes", place)
        if theme["id"] in seen:
            yield Problem((*path, "id"), f"{theme['id']} stands twice")
        seen.add(theme["id"])
        if theme["element"] not in elements:
            yield Problem((*path, "element"), f"{data['questionnaire']} has no element {theme['element']}")
        yield from _misused_words(path, theme["asks"])


def _misused_words(path: tuple[str | int, ...], asks: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    for audience, said in asks.items():
        for locale, sentence in said.items():
            here = (*path, "asks", audience, locale)
            left = sentence.replace(PEOPLE, "")
            if re.search(r"[{}]", left):
                yield Problem(here, f"only {PEOPLE} may stand between braces")
            if audience == Audience.CUSTOMERS and PEOPLE in sentence:
                yield Problem(here, f"who is served speaks of themselves: no {PEOPLE} here")
