"""What every benchmark of the field does, kept so that each attack is seen to work on something.

At least five answers, live quartiles of whoever matches the filter, a percentile rank for the viewer. It
hides cohorts that "have nothing to compare", trusts that members are independent and knows no consultant.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

from palier.benchmarks.rules.standing import Figure, Standing

ENOUGH = 5


class NaiveEdition:
    """Live: keeps the very contributions it was given."""

    def __init__(self, priority: Iterable[str], contributions: list[Any]) -> None:
        self.priority = list(priority)
        self.contributions = contributions

    def standing(
        self, viewer: object, cohort: Mapping[str, str], own_scores: Mapping[str, float] | None = None
    ) -> Standing:
        own = own_scores or next((one["scores"] for one in self.contributions if one["member"] == viewer), {})
        rung = dict(cohort)
        while True:
            peers = [one["scores"] for one in self.contributions if rung.items() <= one.items()]
            if len(peers) >= ENOUGH and (not rung or worth_comparing(peers)):
                return Standing(cohort, rung, {name: figure(name, peers, own) for name in sorted(peers[0])})
            if not rung:
                return Standing(cohort, None, {})
            rung.pop(max(rung, key=self.priority.index))


def worth_comparing(peers: list[Any]) -> bool:
    """The flaw of a refusal that reads scores: it tells that they are alike."""
    return all(max(one[name] for one in peers) - min(one[name] for one in peers) > 5 for name in peers[0])


def figure(name: str, peers: list[Any], own: Mapping[str, float]) -> Figure:
    values = sorted(one[name] for one in peers)
    p10, q1, median, q3, p90 = (values[round(p * (len(values) - 1))] for p in (0.1, 0.25, 0.5, 0.75, 0.9))
    rank = bisect_left(values, own[name]) + 1 if name in own else None
    return Figure(str(len(peers)), p10, q1, median, q3, p90, rank)


def publish(network: Mapping[str, Any], contributions: list[Any], previous: object = None) -> NaiveEdition:
    """Same interface as palier.benchmarks.rules.publish; `previous` teaches it nothing."""
    return NaiveEdition(network["priority"], contributions)
