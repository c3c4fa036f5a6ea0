"""Why a criterion counts as it does: the links from its points to the total, and what one level more gives.

Source: docs/method.md#contributions.
"""

from dataclasses import dataclass
from fractions import Fraction

from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Node, Result
from palier.scoring.rules.effects import gains_of, moved


@dataclass(frozen=True, slots=True)
class Link:
    """One node on the way up, and what of the total passes through it, in points (None without a total)."""

    node: Node
    in_total: Fraction | None


@dataclass(frozen=True, slots=True)
class NextLevel:
    """One level more: the level reached, the points the total gains, and maturity before and after."""

    level: int
    gain: Fraction
    maturity_before: int | None
    maturity_after: int | None

    @property
    def lifts_maturity(self) -> bool:
        """Whether the organisation's maturity level changes."""
        return self.maturity_before != self.maturity_after


@dataclass(frozen=True, slots=True)
class Chain:
    """From the criterion up to the total, who beside it was left out on the way, and the next level."""

    links: tuple[Link, ...]
    left_out: tuple[Node, ...]
    next_level: NextLevel | None


def chain(questionnaire: Questionnaire, result: Result, code: str) -> Chain:
    """The chain of the criterion `code`. Raises KeyError."""
    path = result.path(code)[::-1]
    links = tuple(Link(node, result.part_of_total(node.code)) for node in path)
    left_out = tuple(
        sibling
        for parent in path[1:]
        for sibling in parent.children
        if sibling.score is None and sibling not in path
    )
    return Chain(links, left_out, _next_level(questionnaire, result, code))


def _next_level(questionnaire: Questionnaire, result: Result, code: str) -> NextLevel | None:
    gain, level = gains_of(questionnaire, result)[code], result.node(code).level
    if gain is None or level is None:
        return None
    after = moved(questionnaire, result, {code: level + 1})
    return NextLevel(level + 1, gain, result.level, after.level)
