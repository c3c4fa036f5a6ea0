"""Invented networks of any size for measurements and tests: plain data as `rules.publish` takes it, the same for a seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from palier.benchmarks.rules.contributions import MISSING

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network is made of: weights of its values. Sectors are named by family."""

    families: Mapping[str, Mapping[str, int]]
    sizes: Mapping[str, int]
    countries: Mapping[str, int]
    legal_kinds: Mapping[str, int]

    @property
    def sectors(self) -> list[tuple[str, str, int]]:
        """Family, sector, weight."""
        return [
            (family, sector, weight)
            for family, inside in self.families.items()
            for sector, weight in inside.items()
        ]


WIDE = Shape(
    {f"family {f}": {f"sector {f}.{s}": 1 for s in range(5)} for f in range(6)},
    dict.fromkeys(("-49", "50-249", "250-999", "1000-4999", "5000-"), 1),
    dict.fromkeys(("FR", "BE", "LU", "DE", "CH"), 1),
    dict.fromkeys(("company", "association"), 1),
)
"""Thirty sectors, every value as frequent as any: for scale."""

USUAL = Shape(
    {
        "mobility": {"coaches": 8, "railways": 4, "parking": 2},
        "territories": {"towns": 7, "counties": 3, "agencies": 2},
        "trade": {"shops": 5, "parcels": 2, "hotels": 1},
        "services": {"insurance": 4, "energy": 2, "water": 1},
    },
    {"small": 3, "middle": 5, "large": 2},
    {"FR": 7, "BE": 2, "LU": 1},
    {"company": 6, "association": 2, "public": 2},
)
"""Twelve sectors in four families, unevenly: what a professional network looks like. For utility."""

BETWEEN, BY_SIZE, WITHIN = 6.0, 3.0, 14.0
"""Standard deviations of the scores, in points: between sectors, between sizes, between members of one cell."""


def contributions(count: int, variables: int = 1, seed: int = 1, shape: Shape = WIDE) -> Iterator[Given]:
    """`count` members with drawn attributes; 5 % of their answers are missing where there are several variables."""
    rng = random.Random(seed)  # noqa: S311
    means = {sector: rng.gauss(55, BETWEEN) for _, sector, _ in shape.sectors}
    shifts = {size: rng.gauss(0, BY_SIZE) for size in shape.sizes}
    names = [f"v{number:02d}" for number in range(variables)]
    ends = list(accumulate(weight for *_, weight in shape.sectors))
    for number in range(count):
        family, sector, _ = rng.choices(shape.sectors, cum_weights=ends)[0]
        size = _drawn(rng, shape.sizes)
        yield {
            "member": f"m{number:06d}", "group": f"m{number:06d}", "family": family, "sector": sector, "size": size,
            "country": _drawn(rng, shape.countries), "legal_kind": _drawn(rng, shape.legal_kinds),
            "scores": {name: _score(rng, means[sector] + shifts[size], variables > 1) for name in names},
        }  # fmt: skip


def _drawn(rng: random.Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


_TENTHS = [tenth / 10 for tenth in range(1001)]
"""One object for each score there is: a hundred thousand members share them."""


def _score(rng: random.Random, mean: float, gaps: bool) -> float | None:
    if gaps and rng.random() < 0.05:
        return None
    return _TENTHS[min(1000, max(0, round(rng.gauss(mean, WITHIN) * 10)))]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A network of any size as arrays, one entry a member: indexes into the values of `shape`, scores on the grid."""

    shape: Shape
    sectors: NDArray[np.int64]
    sizes: NDArray[np.int64]
    countries: NDArray[np.int64]
    legal_kinds: NDArray[np.int64]
    tenths: NDArray[np.int16]
    """Tenths of a point, shape (variables, members); rules.contributions.MISSING where there is no answer."""

    def attributes(self) -> Iterator[dict[str, str]]:
        """Those of each member."""
        sectors, sizes = self.shape.sectors, list(self.shape.sizes)
        countries, kinds = list(self.shape.countries), list(self.shape.legal_kinds)
        for sector, size, country, kind in zip(
            self.sectors.tolist(), self.sizes.tolist(), self.countries.tolist(), self.legal_kinds.tolist(), strict=True
        ):  # fmt: skip
            family, name, _ = sectors[sector]
            yield {
                "family": family, "sector": name, "size": sizes[size], "country": countries[country], "legal_kind": kinds[kind],
            }  # fmt: skip


def drawn(count: int, variables: int, seed: int = 1, shape: Shape = WIDE) -> Drawn:
    """`count` members as `contributions` describes them, drawn at once: a million with 40 variables in seconds."""
    rng = np.random.default_rng(seed)
    weights = [weight for *_, weight in shape.sectors]
    sectors, sizes, countries, kinds = (
        rng.choice(len(given), size=count, p=np.array(given) / sum(given))
        for given in (
            weights,
            *(list(one.values()) for one in (shape.sizes, shape.countries, shape.legal_kinds)),
        )
    )
    levels = rng.normal(55, BETWEEN, len(weights))[sectors] + rng.normal(0, BY_SIZE, len(shape.sizes))[sizes]
    tenths = np.empty((variables, count), dtype=np.int16)
    for variable in tenths:
        variable[:] = np.clip(np.rint((levels + rng.normal(0, WITHIN, count)) * 10), 0, 1000)
        if variables > 1:
            variable[rng.random(count) < 0.05] = MISSING
    return Drawn(shape, sectors, sizes, countries, kinds, tenths)
