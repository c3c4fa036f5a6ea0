"""Groups of peers: how they are named, which are published, and what is offered when one is refused."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from urllib.parse import parse_qsl, urlencode

from palier.benchmarks.rules.thresholds import SMALL_NETWORK

Cohort = Mapping[str, str]
"""Attribute and value; empty = the whole network."""

DIMENSIONS = ("family", "sector", "size", "country", "legal_kind")
"""What chooses peers, in the default priority: the first are the last to be given up."""

ANCHORS = ("family", "sector")
"""Only a crossing with one of these is published; the other dimensions are published alone."""

NETWORK_KEY = ""

NEAREST = "nearest"
"""Marks the cohort of an organisation's nearest peers: {"nearest": "own"} and its own attributes."""


def cohort_key(cohort: Cohort) -> str:
    """The one name of a cohort in release rows, such as "sector=transport&size=50-249"; "" is the network."""
    return urlencode([(name, cohort[name]) for name in (NEAREST, *DIMENSIONS) if name in cohort])


def cohort_of(key: str) -> dict[str, str]:
    """The cohort a key names; the reverse of cohort_key."""
    return dict(parse_qsl(key))


def read_priority(network: Mapping[str, object]) -> tuple[str, ...]:
    """The network's dimensions, the most important first. ValueError for one that is unknown or repeated."""
    given = network.get("priority") or DIMENSIONS
    priority = tuple(str(dimension) for dimension in given)  # type: ignore[attr-defined]
    if len(set(priority)) < len(priority) or not set(priority) <= set(DIMENSIONS):
        raise ValueError(f"priority must name some of {', '.join(DIMENSIONS)}, each once")
    return priority


def crossings(priority: Sequence[str], groups: int) -> list[tuple[str, ...]]:
    """The crossings published in a network of so many sealed groups, each as a tuple of dimensions.

    The network, each dimension alone, and each rung of a ladder: family or sector with any of the others.
    Under 30 groups only the network and its families.
    """
    if groups < SMALL_NETWORK:
        return [(), *((anchor,) for anchor in ANCHORS[:1] if anchor in priority)]
    others = [dimension for dimension in priority if dimension not in ANCHORS]
    subsets = list(chain.from_iterable(combinations(others, size) for size in range(len(others) + 1)))
    anchored = [(anchor, *subset) for anchor in ANCHORS if anchor in priority for subset in subsets]
    return [(), *((dimension,) for dimension in others), *anchored]


def is_offered(cohort: Cohort, priority: Sequence[str]) -> bool:
    """Whether such a crossing is published at all, whatever its size."""
    if NEAREST in cohort:
        return set(cohort) <= {NEAREST, *priority}
    anchored = any(anchor in cohort for anchor in ANCHORS)
    return set(cohort) <= set(priority) and (anchored or len(cohort) < 2)


def families_of(members: Iterable[Mapping[str, str | None]]) -> dict[str, str]:
    """The family of each sector, as the members declare it; a sector found in two families has none."""
    found: dict[str, set[str]] = {}
    for attributes in members:
        sector, family = attributes.get("sector"), attributes.get("family")
        if sector and family:
            found.setdefault(sector, set()).add(family)
    return {sector: min(families) for sector, families in found.items() if len(families) == 1}


def ladder(asked: Cohort, priority: Sequence[str], families: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The cohorts to try in turn, from `asked` to the network: each drops the last dimension by priority.

    A sector gives way to its family; a cohort with neither, and that of the nearest peers, falls straight
    to the network.
    """
    rung = dict(asked)
    while rung:
        yield dict(rung)
        rung = _wider(rung, priority, families)
    yield {}


def _wider(rung: dict[str, str], priority: Sequence[str], families: Mapping[str, str]) -> dict[str, str]:
    if NEAREST in rung or not any(anchor in rung for anchor in ANCHORS):
        return {}
    if set(rung) == {"sector"}:
        family = families.get(rung["sector"])
        return {"family": family} if family and "family" in priority else {}
    last = max(rung, key=lambda dimension: _when_dropped(dimension, priority))
    return {dimension: value for dimension, value in rung.items() if dimension != last}


def _when_dropped(dimension: str, priority: Sequence[str]) -> tuple[int, int, str]:
    """Unknown dimensions go first, then the others from the end of the priority, then sector, family."""
    if dimension in ANCHORS:
        return (0, ANCHORS.index(dimension), dimension)
    return (1, priority.index(dimension), dimension) if dimension in priority else (2, 0, dimension)


def published_key(rung: Cohort, families: Mapping[str, str]) -> str | None:
    """The release key of a rung; None for a sector crossed with a family that is not its own."""
    if NEAREST in rung or not {"family", "sector"} <= set(rung):
        return cohort_key(rung)
    if families.get(rung["sector"]) != rung["family"]:
        return None
    return cohort_key({dimension: value for dimension, value in rung.items() if dimension != "family"})


def read_cohort(given: Mapping[str, object]) -> dict[str, str]:
    """A cohort as asked: a dimension without a value asks for all of its values. ValueError for an unknown one."""
    if unknown := sorted(given.keys() - {NEAREST, *DIMENSIONS}):
        raise ValueError(
            f"no cohort is chosen by {', '.join(unknown)}; attributes are {', '.join(DIMENSIONS)}"
        )
    return {key: str(value) for key, value in given.items() if value is not None and value != ""}
