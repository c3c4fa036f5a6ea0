"""Invented networks for the attacks: plain data, the same for the same seed."""

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

Given = dict[str, Any]

DIMENSIONS = ("family", "sector", "size", "country", "legal_kind")
NETWORK = {"k": 5, "priority": list(DIMENSIONS)}
SECTORS = {
    "mobility": ["coaches", "railways"],
    "territories": ["towns", "counties"],
    "care": ["clinics", "homes"],
    "trade": ["shops", "parcels"],
}
VARIABLES = ("SX", "SX1", "SX2")


def member(name: str, rng: random.Random, **fixed: str) -> Given:
    """One contribution with drawn attributes and scores; `fixed` attributes are not drawn."""
    family = fixed.get("family") or rng.choices(list(SECTORS), weights=[4, 3, 2, 1])[0]
    drawn = {
        "member": name,
        "group": name,
        "family": family,
        "sector": rng.choices(SECTORS[family], weights=[3, 1])[0],
        "size": rng.choices(["small", "middle", "large"], weights=[3, 2, 1])[0],
        "country": rng.choices(["FR", "BE", "LU"], weights=[6, 2, 1])[0],
        "legal_kind": rng.choice(["company", "association"]),
    }
    return drawn | fixed | {"scores": scores(rng)}


def scores(rng: random.Random) -> dict[str, float]:
    return {variable: round(min(100.0, max(0.0, rng.gauss(55, 18))), 1) for variable in VARIABLES}


def members(count: int, seed: int = 1, prefix: str = "m") -> list[Given]:
    rng = random.Random(seed)
    return [member(f"{prefix}{number:03d}", rng) for number in range(count)]


def flat(contributions: list[Given], value: float = 50) -> list[Given]:
    """The same members, all with the same score of one variable: whoever is perturbed then stands alone."""
    return [one | {"scores": {"SX": value}} for one in contributions]


def with_scores(contributions: list[Given], name: str, value: float) -> list[Given]:
    return [
        one | {"scores": dict.fromkeys(one["scores"], value)} if one["member"] == name else one
        for one in contributions
    ]


def questions(*campaigns: list[Given], deepest: int = 5) -> list[dict[str, str]]:
    """Every filter that finds somebody: each subset, up to `deepest`, of each member's attributes."""
    found = {question for campaign in campaigns for one in campaign for question in _of_member(one, deepest)}
    return [dict(question) for question in sorted(found)]


def _of_member(one: Given, deepest: int) -> Iterator[tuple[tuple[str, str], ...]]:
    for size in range(deepest + 1):
        for dimensions in combinations(DIMENSIONS, size):
            yield tuple((dimension, one[dimension]) for dimension in dimensions)


def next_year(contributions: list[Given], seed: int = 7) -> list[Given]:
    """A later campaign of the same network: 6 % leave, 12 % skip, 10 % join, everyone's scores are fresh."""
    rng = random.Random(seed)
    staying = [one | {"scores": scores(rng)} for one in contributions if rng.random() > 0.18]
    return staying + members(max(1, len(contributions) // 10), seed, prefix="n")
