"""An entry of the audit trail as its reader is told it: who, as what, what, about what, and what it changed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.foundation.language import LOCALES, day, hour, language_name
from palier.foundation.language import gettext as _
from palier.network.wording import roles
from palier.privacy import trail_facts as facts
from palier.privacy.rules.trail import AUTOMATIC, OWN_NAME
from palier.privacy.trail_facts import PLAIN, VALUE_OF
from palier.privacy.trail_sentences import sentences

_LONGEST = 600
"""Characters of a value on the page; the exports hold all."""
_NOTHING = "\u2013"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: words, or `code` as only machines read it; in the language `locale` where that is known."""

    text: str
    code: bool = False
    locale: str = ""


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact before and after, in words."""

    label: Piece
    before: Pieces
    after: Pieces


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry tells beside its subject: facts that changed, and facts that stand alone."""

    changes: list[Change]
    facts: list[tuple[Piece, Pieces]]


def what(verb: str) -> str:
    """What happened, in words; a verb nobody put in words is shown as it is."""
    return sentences().get(verb, verb)


def who(entry: Mapping[str, Any]) -> str:
    """Who did it, by their name of today."""
    if entry["person_id"] is None:
        return "Palier"
    return entry["person"] or _("a deleted account")


def capacity(entry: Mapping[str, Any]) -> str:
    """As what they did it."""
    if entry["mandate_id"]:
        return _("Consultant by mandate")
    if not entry["role"]:
        return _("In their own name") if entry["person_id"] else _("Automatic")
    return capacities().get(entry["role"], entry["role"])


def capacities() -> dict[str, str]:
    """Every capacity somebody may act in, as the filter offers them."""
    return {
        **roles(), "network": _("Staff of the network"), "staff": _("Staff of the platform"),
        AUTOMATIC: _("Automatic"), OWN_NAME: _("In their own name"),
    }  # fmt: skip


def about(subject: str, details: Mapping[str, Any]) -> str:
    """What an entry whose subject is gone was about: the title it wrote down, else the name in its subject."""
    for key in ("title", "name", "email"):
        if isinstance(details.get(key), str) and details[key]:
            return str(details[key])
    rest = subject.partition(" ")[2]
    return "" if _is_id(rest) else rest


def _is_id(text: str) -> bool:
    try:
        UUID(text.rpartition(" ")[2])
    except ValueError:
        return False
    return True


# --- before and after -----------------------------------------------------------------------------------------------

_WITHHELD = {"after_sha256", "comment", "content_key", "link", "revision"}
"""Left to the exports."""


def told(verb: str, details: Mapping[str, Any]) -> Told:
    """`details` of an entry as changes and facts, values as a reader writes them."""
    teller = _Teller(verb)
    rest = {key: value for key, value in details.items() if key not in _WITHHELD}
    if isinstance(rest.get("filters"), list):
        rest["filters"] = dict(rest["filters"])
    changes = teller.pairs(rest.pop("changes")) if isinstance(rest.get("changes"), dict) else []
    if "before" in rest or "after" in rest:
        changes += teller.sides(rest.pop("before", None), rest.pop("after", None))
    return Told(changes, [(teller.label(key), teller.value(key, value)) for key, value in rest.items()])


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells the facts of an entry; inside a text that stands in several languages, `locale` is the one at hand."""

    verb: str
    locale: str = ""

    @property
    def room(self) -> str:
        return self.verb.partition(".")[0]

    def pairs(self, changes: Mapping[str, Any]) -> list[Change]:
        return [
            self._change(key, pair[0], pair[1])
            for key, pair in changes.items()
            if isinstance(pair, list) and len(pair) == 2
        ]

    def sides(self, before: Any, after: Any) -> list[Change]:
        if not isinstance(before, dict) and not isinstance(after, dict):
            key = VALUE_OF.get(self.verb, "role")
            return [Change(Piece(_("Value")), self.value(key, before), self.value(key, after))]
        old, new = (side if isinstance(side, dict) else {} for side in (before, after))
        return [
            self._change(key, old.get(key), new.get(key))
            for key in [*old, *(key for key in new if key not in old)]
            if old.get(key) != new.get(key)
        ]

    def _change(self, key: str, before: Any, after: Any) -> Change:
        return Change(self.label(key), self.value(key, before), self.value(key, after))

    def label(self, key: str) -> Piece:
        """What a fact is called."""
        return Piece(
            facts.label(self.room, key) or key, code=not facts.label(self.room, key) and _is_code(key)
        )

    def value(self, key: str, value: Any) -> Pieces:
        """A value as its reader writes it; an en dash for none."""
        return _shortened(self._pieces(key, value))

    def _pieces(self, key: str, value: Any) -> Iterator[Piece]:
        match value:
            case _ if value in (None, "", [], {}):
                yield Piece(_NOTHING)
            case bool():
                yield Piece(_("Yes") if value else _("No"))
            case list():
                yield from _joined(", ", (self._pieces(key, one) for one in value))
            case dict():
                yield from _joined("; ", (self._entry(key, name, one) for name, one in value.items()))
            case _:
                yield self._piece(key, str(value))

    def _entry(self, key: str, name: str, value: Any) -> Iterator[Piece]:
        """One of several values under a name, which may be a language or a criterion's code."""
        if name in LOCALES:
            yield Piece(f"{language_name(name)}: ")
            yield from replace(self, locale=name)._pieces(key, value)
            return
        yield self.label(name)
        yield Piece(": ")
        yield from self._pieces(name if facts.label(self.room, name) else key, value)

    def _piece(self, key: str, text: str) -> Piece:
        if words := facts.words_of(self.room, key, text):
            return Piece(words)
        if key in PLAIN:
            return Piece(text, locale=self.locale)
        if _HASH.fullmatch(text):
            return Piece(f"{text[:12]}…", code=True)
        return Piece(_time(text)) if _TIME.match(text) else Piece(text, code=_is_code(text))


def _joined(between: str, many: Iterable[Iterable[Piece]]) -> Iterator[Piece]:
    for place, pieces in enumerate(many):
        if place:
            yield Piece(between)
        yield from pieces


_HASH = re.compile("[0-9a-f]{40,64}")
_CODE = re.compile(r"[a-z][a-z0-9]*([-_./:][a-z0-9]+)*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""How machines name things: one word in small letters, perhaps of parts; or an id."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d($|[ T]\d\d:\d\d)")
"""How days and moments begin as JSON holds them."""


def _is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text))


def _time(text: str) -> str:
    try:
        if len(text) == len("2026-11-22"):
            return day(date.fromisoformat(text), "medium")
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day(at, 'medium')} {hour(at)}" if at.tzinfo else text


def _shortened(pieces: Iterable[Piece]) -> Pieces:
    kept: list[Piece] = []
    room = _LONGEST
    for piece in pieces:
        if len(piece.text) > room:
            return (*kept, replace(piece, text=f"{piece.text[:room].rstrip()}…"))
        kept.append(piece)
        room -= len(piece.text)
    return tuple(kept)
