"""A pasted list of people: one a line, or with commas and semicolons between, with names or without."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from palier.accounts.rules import is_email, normalised_email

LONGEST_PASTE = 20_000
"""Characters read of what was pasted; more is no list of colleagues."""

_PIECE = re.compile(r'(?:"[^"\n]*"|[^"<>,;\n])*<[^<>\n]*>|[^,;\n]+')
"""`Name <address>`, the name in quotes where it holds a comma; else whatever stands between two separators."""


class Verdict(StrEnum):
    """What becomes of one piece of the list."""

    NEW = "new"
    """Nobody of the organisation: invited."""
    JOINS = "joins"
    """A colleague: asked at once."""
    READS = "reads"
    """A colleague who may only read, and so cannot answer."""
    THERE = "there"
    """Asked or invited to this round already."""
    TWICE = "twice"
    BAD = "bad"
    """No e-mail address."""
    OUT_OF_REACH = "out of reach"
    """Whoever pastes may not invite people who are not in the organisation."""


ACCEPTED = (Verdict.NEW, Verdict.JOINS)
"""What adds somebody to the team."""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of the list as it was pasted, the address in it, and what becomes of it."""

    text: str
    email: str
    verdict: Verdict


def pieces_in(text: str) -> list[tuple[str, str]]:
    """The pieces of a pasted list, each with what stands where its address should: lower case, maybe no address at all."""
    matches = _PIECE.finditer(text[:LONGEST_PASTE])
    parts = [part for match in matches for part in _parts(match.group().strip())]
    return [(part, _address(part)) for part in parts]


def _address(part: str) -> str:
    return normalised_email(part.partition("<")[2].rstrip(">") if "<" in part else part)


def _parts(piece: str) -> list[str]:
    """Addresses with only blanks between them are several."""
    words = piece.split()
    return (
        words
        if len(words) > 1 and all("@" in word and "<" not in word for word in words)
        else words and [piece]
    )


def lines_of(
    text: str, *, colleagues: Mapping[str, bool], there: Collection[str], may_invite: bool
) -> tuple[Line, ...]:
    """What becomes of each piece. `colleagues`: whether somebody with that address may answer; `there`: addresses of
    those who are asked or invited already."""
    seen: set[str] = set()
    lines = []
    for piece, email in pieces_in(text):
        verdict = Verdict.TWICE if email in seen else _verdict(email, colleagues, there, may_invite)
        seen.add(email)
        lines.append(Line(piece, email, verdict))
    return tuple(lines)


def _verdict(email: str, colleagues: Mapping[str, bool], there: Collection[str], may_invite: bool) -> Verdict:
    if not is_email(email):
        return Verdict.BAD
    if email in there:
        return Verdict.THERE
    if email in colleagues:
        return Verdict.JOINS if colleagues[email] else Verdict.READS
    return Verdict.NEW if may_invite else Verdict.OUT_OF_REACH
