"""A document in which people go by their role: no name of a person is left in it. Pure."""

from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from palier.reports.rules.documents import Action, Head, Issuer

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class RoleWords:
    """What people are called: whoever carries an action, whoever answers for it, whoever signs without a firm."""

    owner: str
    sponsor: str
    consultant: str


def by_role(document: Data, words: RoleWords, preparer: str) -> Data:
    """`document` with owners and sponsors called by their role, and nobody named as its author.

    Where there are several owners each keeps a number of their own, so that it can still be seen who carries how much.
    `preparer` is the name of whoever asks for the document. Texts that people wrote are not searched for names.
    """
    people = _People()
    _meet(document, people)
    return _renamed(document, people, words, preparer)


@dataclass(frozen=True, slots=True)
class _People:
    """Owners and sponsors in the order they are met."""

    owners: dict[str, int] = field(default_factory=dict)
    sponsors: dict[str, int] = field(default_factory=dict)


def _meet(value: Any, people: _People) -> None:
    if isinstance(value, Action):
        for name, known in ((value.owner, people.owners), (value.sponsor, people.sponsors)):
            if name:
                known.setdefault(name, len(known) + 1)
    for part in _parts(value):
        _meet(part, people)


def _parts(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(getattr(value, each.name) for each in fields(value))
    return ()


def _renamed(value: Any, people: _People, words: RoleWords, preparer: str) -> Any:
    if isinstance(value, Enum) or not _parts(value):
        return value
    if isinstance(value, tuple):
        return tuple(_renamed(part, people, words, preparer) for part in value)
    if isinstance(value, Action):
        return replace(
            value,
            owner=_role(value.owner, people.owners, words.owner),
            sponsor=_role(value.sponsor, people.sponsors, words.sponsor),
        )
    if isinstance(value, Issuer):
        return replace(value, person="", name=words.consultant if value.name == preparer else value.name)
    if isinstance(value, Head):
        return replace(value, name=words.consultant) if value.name == preparer else value
    parts = {
        each.name: _renamed(getattr(value, each.name), people, words, preparer) for each in fields(value)
    }
    return replace(value, **parts)


def _role(name: str, known: dict[str, int], word: str) -> str:
    if not name or len(known) == 1:
        return word if name else ""
    return f"{word} {known[name]}"
