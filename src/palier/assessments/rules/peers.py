"""What the results pages show of peers: published figures, whoever publishes them.

`benchmarks` stands above this room, so it hands its answer down through `Peers`; `app.py` connects the two.
Source: docs/method.md#benchmarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """One published line of a cohort: whole points 0-100; the tenths only where 40 or more answered.

    `n_band` is the size in words ("40-79"), `quarter` the viewer's place, 1 (bottom) to 4 (top).
    """

    n_band: str
    q1: int
    median: int
    q3: int
    p10: int | None = None
    p90: int | None = None
    quarter: int | None = None

    def gap(self, score: Fraction | None) -> int | None:
        """Own `score`, rounded half up to a whole point, minus the published median; None without a score."""
        return None if score is None else floor(score + Fraction(1, 2)) - self.median


@dataclass(frozen=True, slots=True)
class PeerView:
    """The cohort a round is compared with. A variable that is hidden is absent from `figures`.

    Variables are "total", dimension, element and criterion codes.
    """

    cohort_label: str
    edition_name: str
    published_on: date
    figures: Mapping[str, PeerFigure]
    cohort_key: str = ""
    """Names the group without words: the same group in two editions has the same key."""
    cohort: Mapping[str, Any] = field(default_factory=dict)
    """The group's attributes; {} is the whole network."""
    major: int = 0
    """Major version of the questionnaire the edition pools."""
    of_its_campaign: bool = True
    """Whether the edition is that of the round's own campaign, not a later one read beside it."""

    @property
    def n_band(self) -> str:
        """The size of the group, in words; empty where its total is hidden."""
        return self.figures["total"].n_band if "total" in self.figures else ""


@runtime_checkable
class Peers(Protocol):
    """Asks whoever publishes benchmarks for the figures beside a submitted round; None without any."""

    async def __call__(
        self, actor: Any, assessment: Any, cohort: Mapping[str, Any] | None = None
    ) -> PeerView | None:
        """`actor` is who looks, `assessment` the round looked at. Call inside `reading(actor)`.

        `cohort` asks for a group by its attributes, or for the next wider one; by default one's natural peers.
        """


async def nobody(actor: Any, assessment: Any, cohort: Mapping[str, Any] | None = None) -> None:
    """No peers: what the product answers before any benchmark is published."""
    del actor, assessment, cohort
