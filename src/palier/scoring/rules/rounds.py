"""Two rounds compared on the criteria both of them answered. Source: docs/method.md#rounds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from palier.scoring.rules.aggregation import combine
from palier.scoring.rules.result import TOTAL, Kind, Node, Result


class LeftOut(StrEnum):
    """Why a criterion takes no part in the comparison."""

    ONLY_BEFORE = "only_before"
    ONLY_AFTER = "only_after"
    CHANGED = "changed"
    NOT_SCORED_BEFORE = "not_scored_before"
    NOT_SCORED_AFTER = "not_scored_after"


@dataclass(frozen=True, slots=True)
class Change:
    """One node in both rounds, in points, over the common criteria below it; None when it has none."""

    code: str
    kind: Kind
    before: Fraction | None
    after: Fraction | None

    @property
    def delta(self) -> Fraction | None:
        """Points gained (or lost, negative) from one round to the other."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rounds on common ground. `changes` follows the later round's tree, total first."""

    common: tuple[str, ...]
    left_out: Mapping[str, LeftOut]
    changes: Mapping[str, Change]

    @property
    def total(self) -> Change:
        """The total over common criteria: it may differ from each round's own total."""
        return self.changes[TOTAL]


def compare(before: Result, after: Result, changed: Collection[str] = ()) -> Comparison:
    """Both rounds recomputed over the criteria scored in both, with the later round's weights and methods.

    `changed` names criteria whose wording differs between the two versions: they are left out. Coverage
    thresholds do not apply again: each round's own score met them or not.
    """
    left_out = _left_out(before, after, changed)
    common = tuple(node.code for node in after.criteria if node.code not in left_out)
    old = _recombined(after.total, {code: before.node(code).score for code in common})
    new = _recombined(after.total, {code: after.node(code).score for code in common})
    changes = {
        node.code: Change(node.code, node.kind, old.get(node.code), new.get(node.code))
        for node in after.total.walk()
    }
    return Comparison(common, left_out, changes)


def total_with(
    before: Result, after: Result, comparison: Comparison, points: Mapping[str, Fraction]
) -> Fraction | None:
    """The total on the common ground of `comparison` where the criteria of `points` are worth that much.

    All others are worth what they were in `before`; weights and methods are those of `after`. None without a common
    criterion. With every criterion at its later points it is the later total of the comparison.
    """
    leaves = {code: points.get(code, before.node(code).score) for code in comparison.common}
    return _recombined(after.total, leaves).get(TOTAL)


def _left_out(before: Result, after: Result, changed: Collection[str]) -> dict[str, LeftOut]:
    codes = dict.fromkeys(node.code for result in (after, before) for node in result.criteria)
    reasons = {code: _reason(code, before, after, changed) for code in codes}
    return {code: reason for code, reason in reasons.items() if reason}


def _reason(code: str, before: Result, after: Result, changed: Collection[str]) -> LeftOut | None:
    if code not in after.nodes:
        return LeftOut.ONLY_BEFORE
    if code not in before.nodes:
        return LeftOut.ONLY_AFTER
    if code in changed:
        return LeftOut.CHANGED
    if before.node(code).score is None:
        return LeftOut.NOT_SCORED_BEFORE
    if after.node(code).score is None:
        return LeftOut.NOT_SCORED_AFTER
    return None


def _recombined(node: Node, leaves: Mapping[str, Fraction | None]) -> dict[str, Fraction]:
    """Scores of `node` and all below it, from the leaves given; branches without a leaf are absent."""
    if node.method is None:
        points = leaves.get(node.code)
        return {} if points is None else {node.code: points}
    scores: dict[str, Fraction] = {}
    for child in node.children:
        scores |= _recombined(child, leaves)
    parts = [(child.weight, scores[child.code]) for child in node.children if child.code in scores]
    return scores | ({node.code: combine(node.method, parts)} if parts else {})
