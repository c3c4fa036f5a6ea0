"""Harrell-Davis quantiles: every order statistic has a weight, so that no member's own score is ever shown.

Source: F. E. Harrell and C. E. Davis, "A new distribution-free quantile estimator", Biometrika 69 (1982).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from palier.benchmarks.rules.thresholds import TAILS_FROM
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

QUARTILES = (0.25, 0.5, 0.75)
WITH_TAILS = (0.1, 0.25, 0.5, 0.75, 0.9)

_REACH = 9
"""Standard deviations around p beyond which a weight is under 1e-15 and left at zero."""


def harrell_davis(ranked: NDArray[np.float64], p: float) -> float:
    """The p-quantile (0 < p < 1) of `ranked`, ascending, in its unit; within 1e-6 of SciPy's hdquantiles."""
    return float(ranked @ rank_weights(len(ranked), p))


def shown_of(n: int) -> tuple[float, ...]:
    """The quantiles shown of n answers."""
    return WITH_TAILS if n >= TAILS_FROM else QUARTILES


@lru_cache(maxsize=1024)
def shown_weights(n: int) -> NDArray[np.float64]:
    """Weights of the figures shown of n answers: (n, 3) for quartiles, (n, 5) with P10 and P90 from 40."""
    return np.column_stack([rank_weights(n, p) for p in shown_of(n)])


def quantiles_of_steps(values: NDArray[np.float64], upto: NDArray[np.int64]) -> NDArray[np.float64]:
    """The quantiles shown of many answers that take few values: `upto` of them are each of `values` or less.

    The weight of a value is that of all its ranks. Costs what the values and the window weigh, not what the answers do.
    """
    n = int(upto[-1])
    return np.array([_of_steps(values, upto, n, p) for p in shown_of(n)])


def _of_steps(values: NDArray[np.float64], upto: NDArray[np.int64], n: int, p: float) -> float:
    low, mass = _mass(n, p)
    until = np.concatenate(([0.0], np.cumsum(mass)))
    weights = np.diff(until[np.clip(upto - low, 0, len(mass))], prepend=0.0)
    return float(values @ weights)


def rank_weights(n: int, p: float) -> NDArray[np.float64]:
    """Weight of each of n ascending ranks in the p-quantile, summing to 1; zero outside its window."""
    low, mass = _mass(n, p)
    weights = np.zeros(n)
    weights[low : low + len(mass)] = mass
    return weights


@lru_cache(maxsize=4096)
def _mass(n: int, p: float) -> tuple[int, NDArray[np.float64]]:
    """The first rank (from 0) of the window of the p-quantile, and the weights of its ranks, summing to 1.

    Rank i weighs the Beta((n+1)p, (n+1)(1-p)) probability of the interval from (i-1)/n to i/n. With
    x = sin² t the density is sin^(2a-1) t · cos^(2b-1) t, tame at both ends, so that Gauss-Legendre on each
    interval is exact to about 1e-9 for n >= 3; dividing by the sum spares the constant of the density.
    """
    low, high = _window(n, p)
    edges = np.arcsin(np.sqrt(np.arange(low, high + 1) / n))
    nodes, node_weights = _gauss_legendre(64 if n < TAILS_FROM else 16)
    half = np.diff(edges) / 2
    angles = edges[:-1, None] + half[:, None] * (1 + nodes)
    logarithm = (2 * (n + 1) * p - 1) * np.log(np.sin(angles)) + (2 * (n + 1) * (1 - p) - 1) * np.log(
        np.cos(angles)
    )
    mass = (np.exp(logarithm - logarithm.max()) @ node_weights) * half
    return low, mass / mass.sum()


def _window(n: int, p: float) -> tuple[int, int]:
    spread = _REACH * math.sqrt(p * (1 - p) / n)
    return max(0, math.floor((p - spread) * n)), min(n, math.ceil((p + spread) * n))


@lru_cache(maxsize=4)
def _gauss_legendre(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def whole_points(tenths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Tenths of a point to whole points, half up.

    The ninth decimal is settled first: the last bits of a sum differ between machines.
    """
    return np.floor(np.round(tenths / 10, 9) + 0.5).astype(np.int64)
