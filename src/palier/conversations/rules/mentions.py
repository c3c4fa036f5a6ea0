"""Who is called in a text: `@Malik Ouali`, or `@Malik` where one person only bears that first name.

Accents and case do not matter. A name ends where a word ends, the longest name wins, and an address (`a@b.fr`) calls nobody.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

LONGEST = 4_000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Call:
    """`person` is called between the characters `start` (the @) and `end` of a text."""

    start: int
    end: int
    person: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a text; `called` when it is somebody's name with its @."""

    text: str
    called: bool = False


def composed(text: str) -> str:
    """`text` with letters and accents in one piece, as it is kept and searched."""
    return unicodedata.normalize("NFC", text)


def calls_in(text: str, people: Mapping[UUID, str]) -> list[Call]:
    """Every call of one of the `people` (id: name) in a composed `text`, in order."""
    names, plain = _spellings(people), _folded(text)
    found, at = [], plain.find("@")
    while at >= 0:
        call = None if at and _in_word(plain[at - 1]) else _call_at(plain, at, names)
        if call:
            found.append(call)
        at = plain.find("@", call.end if call else at + 1)
    return found


def parts_of(text: str, people: Mapping[UUID, str]) -> list[Part]:
    """`text` cut into runs, the calls apart, so that a page may set them off."""
    parts, done = [], 0
    for call in calls_in(text, people):
        parts += [Part(text[done : call.start]), Part(text[call.start : call.end], called=True)]
        done = call.end
    return [part for part in (*parts, Part(text[done:])) if part.text]


def _call_at(plain: str, at: int, names: Iterable[tuple[str, UUID]]) -> Call | None:
    for name, person in names:
        end = at + 1 + len(name)
        if plain.startswith(name, at + 1) and not (end < len(plain) and _in_word(plain[end])):
            return Call(at, end, person)
    return None


def _spellings(people: Mapping[UUID, str]) -> list[tuple[str, UUID]]:
    """What each person answers to, the longest first: names that two people share call neither."""
    whole = [(_folded(composed(name)).strip(), person) for person, name in people.items()]
    first = [(name.split(" ")[0], person) for name, person in whole if " " in name]
    borne = Counter(name for name, _ in {*whole, *first} if name)
    sole = [(name, person) for name, person in dict.fromkeys([*whole, *first]) if borne[name] == 1]
    return sorted(sole, key=lambda spelling: -len(spelling[0]))


def _folded(text: str) -> str:
    """`text` in lower case without accents, letter for letter: places in it are places in `text`."""
    return "".join(_plain(letter) for letter in text)


def _plain(letter: str) -> str:
    if letter.isspace():
        return " "
    return unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
