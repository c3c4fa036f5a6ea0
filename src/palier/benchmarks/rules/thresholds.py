"""The numbers disclosure control rests on: k, the bands of n, the edges of small networks.

Source: docs/benchmarks.md#parameters.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

SMALLEST_K = 5
"""Fewest independent groups in a batch, in any network."""

CAREFUL_K = 8
"""The same in a network of fewer than 100 members, or one that holds a bank or a public health body."""

LARGE_NETWORK = 100
"""Members from which k = 5 is allowed: simulated recoveries with certainty stay under 1 % in three years."""

SMALL_NETWORK = 30
"""Sealed groups under which only the families and the whole network are published."""

TAILS_FROM = 40
"""Answers from which the 10th and 90th percentiles are shown; with fewer they lean on two members."""

BAND_STARTS = (1, 10, 20, 40, 80, 160)

_BANK = frozenset({"bank", "banks", "banking", "banque", "banques", "bancaire"})
_HEALTH = frozenset(
    {
        "health",
        "healthcare",
        "hospital",
        "hospitals",
        "santé",
        "sante",
        "hôpital",
        "hopital",
        "hôpitaux",
        "hopitaux",
    }
)
_PUBLIC = frozenset({"public", "publique", "publics", "publiques"})


def settled_k(
    network: Mapping[str, object],
    members: Iterable[Mapping[str, str | None]],
    previous_k: int | None = None,
) -> int:
    """The one k of this network for this edition: a number of independent groups, at least 5.

    `members`: the attributes of each group that contributes. `network["members"]`, when given, is how many
    members the network has (else those who contribute are counted); `network["k"]` is the owner's wish, which
    may raise k; neither the owner nor time ever lowers it: `previous_k` is a floor.
    """
    known = list(members)
    careful = _whole(network, "members", len(known)) < LARGE_NETWORK or any(map(is_sensitive, known))
    floor = CAREFUL_K if careful else SMALLEST_K
    return max(floor, _whole(network, "k", floor), previous_k or 0)


def _whole(network: Mapping[str, object], key: str, otherwise: int) -> int:
    value = network.get(key, otherwise)
    if type(value) is int:
        return value
    raise ValueError(f"{key} of the network is not a whole number")


def is_sensitive(attributes: Mapping[str, str | None]) -> bool:
    """Whether these attributes name a bank or a public health body, in English or French words."""
    trade = _words(attributes, "family", "sector", "legal_kind")
    kind = _words(attributes, "legal_kind")
    return bool(trade & _BANK) or bool(trade & _HEALTH and kind & _PUBLIC)


def _words(attributes: Mapping[str, str | None], *dimensions: str) -> set[str]:
    text = " ".join(attributes.get(dimension) or "" for dimension in dimensions)
    return set(re.findall(r"[^\W_]+", text.casefold()))


@cache
def n_band(n: int, k: int) -> str:
    """How many answers, as the band that may be shown: "5-9" ("8-9" when k = 8), ..., "160 and more".

    The first number never promises less than k. Empty text under k: nothing is shown.
    """
    if n < k:
        return ""
    if n >= BAND_STARTS[-1]:
        return f"{max(BAND_STARTS[-1], k)} and more"
    after = next(start for start in BAND_STARTS if start > n)
    start = max(start for start in BAND_STARTS if start <= n)
    return f"{max(start, k)}-{after - 1}"
