"""How far the score and the level would move if the weights, and what nobody answered, were a little different.

For display only: whole points, outside the result and its hash. The same numbers on every platform: random integers
are turned into fractions of one by exact steps, sums are taken child by child, and geometric means, the one place where
a mathematical library has a say, are rounded to a millionth of a point before anything is read off them.
Source: docs/method.md#uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from hashlib import sha256
from typing import TYPE_CHECKING

from palier.foundation.later import Later
from palier.questionnaires.rules import Aggregation, Questionnaire
from palier.scoring.rules.answers import PlainAnswers
from palier.scoring.rules.engine import Definition, as_questionnaire, score
from palier.scoring.rules.result import GateStanding, Kind, Node, Result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]
    _Values = _Floats | float
    _Parts = Sequence[tuple[Node, _Values]]
else:
    np = Later("numpy")

DRAWS = 2000
WEIGHT_SWING = 0.25
"""Each weight is drawn evenly between 75 and 125 % of what the definition says."""

SEED = "palier uncertainty 1"
TAIL = Fraction(5, 100)
"""The share of draws left out at either end."""

_MICRO = 10**6
"""A node's score in every draw, or the one score it has in all of them."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Nine draws in ten lie from `low` to `high` (whole points), and from `low_level` to `high_level`."""

    low: int
    high: int
    low_level: int
    high_level: int
    missing: int
    """Criteria that apply and have no score: drawn anywhere between 0 and 100."""


def uncertainty(definition: Definition, answers: PlainAnswers) -> Uncertainty | None:
    """The range of the score and of the level; None where the score is withheld. Raises as `score`."""
    questionnaire = as_questionnaire(definition)
    return uncertainty_of(questionnaire, score(questionnaire, answers))


def uncertainty_of(questionnaire: Questionnaire, result: Result) -> Uncertainty | None:
    """As `uncertainty`, from a result of this questionnaire."""
    leaves: dict[str, _Values] = {}
    drawn = None if result.score is None else _drawn(result.total, leaves)
    if drawn is None:
        return None
    points = np.rint(np.broadcast_to(drawn, DRAWS) * _MICRO).astype(np.int64)
    levels = _levels(questionnaire, result, points, leaves)
    low, high = (_whole_points(micro) for micro in _tails(points))
    return Uncertainty(low, high, *_tails(levels), missing=sum(map(_is_missing, result.criteria)))


# --- draws --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _uniform(purpose: str, code: str) -> _Floats:
    """`DRAWS` numbers from 0 up to 1. Every node has a stream of its own: the order of a file changes nothing."""
    key = int.from_bytes(sha256(f"{SEED}/{purpose}/{code}".encode()).digest()[:16], "big")
    raw = np.random.Philox(key=key).random_raw(DRAWS)
    draws = np.multiply(raw >> np.uint64(11), 2.0**-53, dtype=np.float64)
    draws.flags.writeable = False
    return draws


def _is_missing(node: Node) -> bool:
    return node.score is None and bool(node.applicable)


def _drawn(node: Node, leaves: dict[str, _Values]) -> _Values | None:
    """The score of `node` in every draw, None where nothing applies. Fills `leaves` with those of the criteria."""
    if node.kind is not Kind.CRITERION:
        children = [(child, _drawn(child, leaves)) for child in node.children]
        parts = [(child, values) for child, values in children if values is not None]
        return _combined(node.method, parts) if node.method and parts else None
    if node.score is None and not node.applicable:
        return None
    leaves[node.code] = _uniform("score", node.code) * 100 if node.score is None else float(node.score)
    return leaves[node.code]


def _combined(method: Aggregation, parts: _Parts) -> _Values:
    match method:
        case Aggregation.WEIGHTED_MEAN:
            return _mean(parts)
        case Aggregation.GEOMETRIC_MEAN:
            mean = np.exp(_mean([(node, np.log(np.maximum(values, 1.0))) for node, values in parts]))
            return np.rint(mean * _MICRO) / _MICRO
        case Aggregation.MINIMUM:
            return reduce(np.minimum, (values for _, values in parts))
        case Aggregation.SUM:
            # What the parts are worth together is the model's: only how it is shared among them is uncertain.
            return _mean(parts) * float(sum((node.weight for node, _ in parts), Fraction(0)))


def _mean(parts: _Parts) -> _Values:
    """Σ w·s / Σ w, added up child by child: the order, and so the last bit, is the same everywhere."""
    if len(parts) == 1:
        return parts[0][1]
    over, under = np.zeros(DRAWS), np.zeros(DRAWS)
    for node, values in parts:
        weights = _weights(node)
        over += weights * values
        under += weights
    return over / under


def _weights(node: Node) -> _Floats:
    swing = 1 - WEIGHT_SWING + 2 * WEIGHT_SWING * _uniform("weight", node.code)
    return float(node.weight) * swing


# --- what is read off them ----------------------------------------------------------------------------------


def _levels(
    questionnaire: Questionnaire, result: Result, points: _Integers, leaves: dict[str, _Values]
) -> _Integers:
    """The maturity level of every draw, after the gates."""
    starts = [math.ceil(level.start * _MICRO) for level in questionnaire.levels]
    reached = np.maximum(np.searchsorted(starts, points, side="right") - 1, 0)
    by_score = np.array([level.level for level in questionnaire.levels])[reached]
    levels = by_score
    # The lowest gate that fails decides, so it comes last.
    for gate in sorted(result.maturity.gates, key=lambda gate: -gate.level):
        fails = _fails(questionnaire, gate, leaves) & (by_score >= gate.level)
        levels = np.where(fails, gate.level - 1, levels)
    return levels


def _fails(questionnaire: Questionnaire, gate: GateStanding, leaves: dict[str, _Values]) -> NDArray[np.bool_]:
    """In which draws a criterion of `gate` that applies stands too low."""
    failing = np.zeros(DRAWS, dtype=np.bool_)
    for criterion in questionnaire.tagged(gate.tag):
        if criterion.code in leaves:
            failing |= leaves[criterion.code] < float(gate.at_least)
    return failing


def _tails(values: _Integers) -> tuple[int, int]:
    """The value one draw in twenty lies at or under, and the one one draw in twenty lies at or over."""
    cut = math.ceil(DRAWS * TAIL)
    ranked = np.partition(values, (cut - 1, DRAWS - cut))
    return int(ranked[cut - 1]), int(ranked[DRAWS - cut])


def _whole_points(micro: int) -> int:
    return (micro + _MICRO // 2) // _MICRO
