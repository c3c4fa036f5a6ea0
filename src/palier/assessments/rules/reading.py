"""How a result is read: every row beside last round and peers, and what may be said of them in a sentence.

Nothing here translates or rounds for display: figures are the engine's fractions or a published edition's
whole points, and a finding names the rows it speaks of. Source: docs/method.md#reading.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.questionnaires.rules import Criterion, Dimension, Element, Questionnaire
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules import Node, Result
from palier.scoring.rules.result import TOTAL
from palier.scoring.rules.rounds import Change, Comparison, compare

LEAST_EFFECT = 4
"""Points under which a difference is not worth a sentence."""

MOST_NAMED = 2
"""Elements named on each side of the sentence: more is a table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One node beside last round and peers. `part` is its place in the questionnaire; None for the total.

    `change` is measured over the criteria scored in both rounds; None without an earlier round.
    """

    node: Node
    part: Dimension | Element | Criterion | None
    change: Change | None = None
    peers: PeerFigure | None = None

    @property
    def code(self) -> str:
        """The code of the node."""
        return self.node.code

    @property
    def score(self) -> Fraction | None:
        """Points of this round; None where withheld."""
        return self.node.score

    @property
    def before(self) -> Fraction | None:
        """Points of the round before, over the common criteria."""
        return self.change.before if self.change else None

    @property
    def delta(self) -> Fraction | None:
        """Points gained since the round before, over the common criteria; None without a score of its own."""
        return self.change.delta if self.change and self.score is not None else None

    @property
    def gap(self) -> int | None:
        """Whole points above (or below, negative) the published median."""
        return self.peers.gap(self.score) if self.peers else None


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension and its elements."""

    row: Row
    elements: tuple[Row, ...]

    @property
    def plain(self) -> bool:
        """Whether the dimension says nothing that its one element does not say."""
        return len(self.elements) == 1


@dataclass(frozen=True, slots=True)
class Table:
    """Every row of a result. `comparison` is None without an earlier round."""

    total: Row
    groups: tuple[Group, ...]
    criteria: Mapping[str, Row]
    comparison: Comparison | None

    @property
    def elements(self) -> tuple[Row, ...]:
        """The elements, in the questionnaire's order."""
        return tuple(element for group in self.groups for element in group.elements)

    @property
    def flat(self) -> bool:
        """Whether no dimension groups anything."""
        return all(group.plain for group in self.groups)

    def element(self, code: str) -> Row:
        """The element `code`. Raises KeyError."""
        return {row.code: row for row in self.elements}[code]


def tabulate(
    questionnaire: Questionnaire,
    result: Result,
    peers: PeerView | None = None,
    previous: tuple[Questionnaire, Result] | None = None,
) -> Table:
    """The rows of `result` beside the round before (with the questionnaire it was asked with) and peers."""
    comparison = None
    if previous is not None:
        comparison = compare(previous[1], result, changed_between(previous[0], questionnaire))

    def row(code: str, part: Dimension | Element | Criterion | None) -> Row:
        change = comparison.changes.get(code) if comparison else None
        return Row(result.node(code), part, change, peers.figures.get(code) if peers else None)

    groups = tuple(
        Group(row(d.code, d), tuple(row(e.code, e) for e in d.elements)) for d in questionnaire.dimensions
    )
    criteria = {c.code: row(c.code, c) for c in questionnaire.criteria}
    return Table(row(TOTAL, None), groups, criteria, comparison)


# --- what may be said ---------------------------------------------------------------------------------------


class Against(StrEnum):
    """What the elements are measured against."""

    PEERS = "peers"
    OWN_SCORE = "own score"


@dataclass(frozen=True, slots=True)
class Finding:
    """The elements that stand out by LEAST_EFFECT or more, farthest first, two a side, maybe none."""

    against: Against
    ahead: tuple[Row, ...]
    behind: tuple[Row, ...]


def find(table: Table) -> Finding | None:
    """What the hero sentence may claim: against peers where published, else against the own total.

    None where there is nothing to measure against (no score), or a single element.
    """
    gaps = [(Fraction(row.gap), row) for row in table.elements if row.gap is not None]
    if gaps:
        return _standing_out(Against.PEERS, gaps)
    own = table.total.score
    scored = [(row.score - own, row) for row in table.elements if own is not None and row.score is not None]
    return _standing_out(Against.OWN_SCORE, scored) if len(scored) > 1 else None


def _standing_out(against: Against, gaps: Sequence[tuple[Fraction, Row]]) -> Finding:
    # Sorting is stable: among equals the questionnaire's order decides.
    up = sorted((pair for pair in gaps if pair[0] >= LEAST_EFFECT), key=lambda pair: -pair[0])
    down = sorted((pair for pair in gaps if pair[0] <= -LEAST_EFFECT), key=lambda pair: pair[0])
    return Finding(
        against, tuple(row for _, row in up[:MOST_NAMED]), tuple(row for _, row in down[:MOST_NAMED])
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """How many elements gained or lost LEAST_EFFECT points or more, of how many that can be compared."""

    up: int
    down: int
    compared: int


def count_movement(rows: Iterable[Row]) -> Movement:
    """How the rows moved since last round."""
    deltas = [row.delta for row in rows if row.delta is not None]
    up = sum(delta >= LEAST_EFFECT for delta in deltas)
    return Movement(up, sum(delta <= -LEAST_EFFECT for delta in deltas), len(deltas))


# --- sorting ------------------------------------------------------------------------------------------------


class Order(StrEnum):
    """How the element table is sorted; the questionnaire's own order groups by dimension."""

    OWN = "order"
    SCORE = "score"
    CHANGE = "change"
    GAP = "gap"


def sort_elements(table: Table, order: Order, *, descending: bool = False) -> tuple[Row, ...]:
    """The elements by `order`, rows without the figure last whichever way."""
    if order is Order.OWN:
        return table.elements
    figures = {row.code: figure for row in table.elements if (figure := _figure(row, order)) is not None}
    known = [row for row in table.elements if row.code in figures]
    known.sort(key=lambda row: figures[row.code], reverse=descending)
    return (*known, *(row for row in table.elements if row.code not in figures))


def _figure(row: Row, order: Order) -> Fraction | int | None:
    return {Order.SCORE: row.score, Order.CHANGE: row.delta, Order.GAP: row.gap}[order]


# --- profile ------------------------------------------------------------------------------------------------

RADAR_AXES = range(3, 10)
"""With fewer there is no shape, with more nobody reads it."""


def profile(table: Table) -> tuple[Row, ...]:
    """The axes of the radar: elements when nine or fewer, else dimensions; empty when neither fit.

    Empty as well where fewer than three of them have a score.
    """
    for rows in (table.elements, tuple(group.row for group in table.groups)):
        if len(rows) in RADAR_AXES and len(list(_scored(rows))) in RADAR_AXES:
            return rows
    return ()


def extremes(rows: Sequence[Row]) -> tuple[Row | None, Row | None]:
    """The highest and the lowest of the rows that have a score."""
    scored = list(_scored(rows))
    best = max(scored, key=lambda pair: pair[0], default=None)
    worst = min(scored, key=lambda pair: pair[0], default=None)
    return (best[1] if best else None), (worst[1] if worst else None)


def _scored(rows: Iterable[Row]) -> Iterator[tuple[Fraction, Row]]:
    for row in rows:
        if row.score is not None:
            yield row.score, row
