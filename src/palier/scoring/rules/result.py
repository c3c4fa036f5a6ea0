"""The result tree: it is the explanation of the score, from the answer up to the total.

Points run 0 to 100 unless the questionnaire's scales say otherwise; nothing here is rounded.
Source: docs/method.md#result.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from palier.questionnaires.rules import Aggregation
from palier.scoring.rules.answers import LATER, Answer

TOTAL = "total"
"""The code of the topmost node."""


class Kind(StrEnum):
    """What a node of the tree is."""

    TOTAL = "total"
    DIMENSION = "dimension"
    ELEMENT = "element"
    CRITERION = "criterion"


class Withheld(StrEnum):
    """Why a node has no score."""

    NOTHING_APPLICABLE = "nothing_applicable"
    COVERAGE = "coverage"
    NO_SCORED_CHILD = "no_scored_child"
    INCOMPLETE_SUM = "incomplete_sum"


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the result. Scores and contributions in points; weights and coverage exact.

    `share` is the weight among scored siblings (they sum to 1) and `contribution` the points brought to the
    parent's score (they sum to it); both are None when this node or its parent has no score.
    `answered`, `applicable`, `asked` are sums of criterion weights below; criteria carry their `answer`.
    """

    code: str
    kind: Kind
    weight: Fraction
    score: Fraction | None
    supported: Fraction | None
    level: int | None
    answered: Fraction
    applicable: Fraction
    asked: Fraction
    withheld: Withheld | None = None
    low_comparability: bool = False
    method: Aggregation | None = None
    answer: Answer | None = None
    share: Fraction | None = None
    contribution: Fraction | None = None
    children: tuple["Node", ...] = ()

    @property
    def coverage(self) -> Fraction | None:
        """Answered share of what applies, 0 to 1; None when nothing applies."""
        return self.answered / self.applicable if self.applicable else None

    @property
    def gap(self) -> Fraction | None:
        """Declared minus supported score, in points; None without a score."""
        if self.score is None or self.supported is None:
            return None
        return self.score - self.supported

    def place(self, share: Fraction | None, contribution: Fraction | None) -> None:
        """Tell a node just made its place in its parent: the one change it ever sees, before anybody holds it.

        A child is made before its parent knows what it brings, and making it twice would double the time.
        """
        object.__setattr__(self, "share", share)
        object.__setattr__(self, "contribution", contribution)

    def unplaced(self) -> "Node":
        """A new node like this one, without its place in a parent."""
        return replace(self, share=None, contribution=None)

    def walk(self) -> Iterator["Node"]:
        """This node and everything below, in definition order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class GateStanding:
    """Whether the condition of maturity level `level` holds, and the criteria that fail it."""

    level: int
    tag: str
    at_least: Fraction
    failing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no criterion fails."""
        return not self.failing


@dataclass(frozen=True, slots=True)
class Maturity:
    """Maturity level after gates, before gates, and the criteria that cap it. None without a total score."""

    level: int | None
    by_score: int | None
    capped_by: tuple[str, ...]
    gates: tuple[GateStanding, ...]


@dataclass(frozen=True, slots=True)
class PyramidStepStanding:
    """The mean of one step's criteria, in points, None when withheld; reached with every step below it."""

    tag: str
    mean: Fraction | None
    coverage: Fraction | None
    reached: bool


@dataclass(frozen=True, slots=True)
class PyramidStanding:
    """How many steps are reached, from the bottom."""

    reached: int
    at_least: Fraction
    steps: tuple[PyramidStepStanding, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one set of answers is worth, with everything that led to it.

    `scope` names the dimensions that were asked; () is all of them.
    """

    engine: str
    questionnaire: str
    version: str
    content_hash: str
    total: Node
    maturity: Maturity
    pyramid: PyramidStanding | None
    balance: Fraction | None
    weakest_element: str | None
    scope: tuple[str, ...] = field(default=(), metadata=LATER)
    nodes: Mapping[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        nodes: dict[str, Node] = {}
        _gather(self.total, nodes)
        object.__setattr__(self, "nodes", nodes)

    @property
    def score(self) -> Fraction | None:
        """Declared total, in points; None when withheld (see `total.withheld`)."""
        return self.total.score

    @property
    def supported(self) -> Fraction | None:
        """Total supported by evidence, in points."""
        return self.total.supported

    @property
    def gap(self) -> Fraction | None:
        """Declared minus supported total, in points."""
        return self.total.gap

    @property
    def coverage(self) -> Fraction | None:
        """Answered share of what applies, 0 to 1."""
        return self.total.coverage

    @property
    def level(self) -> int | None:
        """Maturity level after gates, 1 to 5."""
        return self.maturity.level

    @property
    def dimensions(self) -> tuple[Node, ...]:
        """The dimensions, in order."""
        return self.total.children

    @property
    def elements(self) -> tuple[Node, ...]:
        """The elements, in order."""
        return tuple(node for node in self.nodes.values() if node.kind is Kind.ELEMENT)

    @property
    def criteria(self) -> tuple[Node, ...]:
        """The criteria, in order."""
        return tuple(node for node in self.nodes.values() if node.kind is Kind.CRITERION)

    def node(self, code: str) -> Node:
        """The node `code` ("total" is the topmost). Raises KeyError."""
        return self.nodes[code]

    def path(self, code: str) -> tuple[Node, ...]:
        """From the total down to `code`, both included. Raises KeyError."""
        if found := _path(self.total, code):
            return found
        raise KeyError(code)

    def part_of_total(self, code: str) -> Fraction | None:
        """Points `code` brings to the total: over all criteria they sum to it. None without a score.

        Raises KeyError. Source: docs/method.md#contributions.
        """
        part = self.total.score
        for parent, child in zip(self.path(code), self.path(code)[1:], strict=False):
            if part is None or child.contribution is None or child.share is None or parent.score is None:
                return None
            # A parent at zero splits what it brings (geometric means lift it to one point) by weight.
            part *= child.contribution / parent.score if parent.score else child.share
        return part


def _gather(node: Node, into: dict[str, Node]) -> None:
    """As `walk`, at a third of its price: every result is read through this once."""
    into[node.code] = node
    for child in node.children:
        _gather(child, into)


def _path(node: Node, code: str) -> tuple[Node, ...]:
    if node.code == code:
        return (node,)
    for child in node.children:
        if below := _path(child, code):
            return (node, *below)
    return ()
