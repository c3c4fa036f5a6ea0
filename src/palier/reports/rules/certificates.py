"""The certificate of a submitted round: who submitted what, when, and what makes it checkable. One page. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import ClassVar

from palier.reports.rules.documents import Cover, Level, Provenance
from palier.reports.rules.options import PLAIN, Options


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many criteria were asked, and what became of them."""

    asked: int
    answered: int
    not_applicable: int
    not_known: int


@dataclass(frozen=True, slots=True)
class Attested:
    """The result, where somebody chose to show it. `withheld` says why there is no score; `score` is on 0-100."""

    score: Fraction | None
    level: Level | None = None
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is certified of a round. `submitted_at` keeps the clock of whoever asked; `coverage` is a share of one,
    None where nothing applied.

    `submitted_by` is who committed the organisation; empty where people are named by their role only.
    """

    cover: Cover
    submitted_at: datetime
    submitted_by: str
    receipt: str
    coverage: Fraction | None
    answers: AnswerCount
    provenance: Provenance
    result: Attested | None = None
    options: Options = PLAIN
    small: bool = False
    """Whether it is set smaller, to stay on its page."""
    plan: ClassVar[None] = None
    """A certificate holds no action plan."""


def smaller(certificate: Certificate) -> Certificate:
    """`certificate` as it always fits its page."""
    return replace(certificate, small=True)
