"""What sealed batches cost in usefulness: `python -m benchmarks.utility`, a table beside the one of their privacy.

For each grain: of the cohorts with at least k contributors, how many are answered as asked; by how many points the published
median is off that of everybody in the cohort; and how far off the wider cohort is that stands in where it is not.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.networks import USUAL, Given, contributions
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.quartiles import harrell_davis

GRAINS = (("sector",), ("size",), ("country",), ("sector", "size"), ("sector", "country"))
NETWORKS = {50: 20, 200: 8, 1000: 3}
"""Members, and over how many invented networks the figures are averaged."""

HEAD = ("members", "k", *(" × ".join(grain) for grain in GRAINS), "nearest peers")


@dataclass
class Tally:
    """Of one grain: errors of the medians answered, and of the wider ones shown instead, in points."""

    answered: list[float] = field(default_factory=list)
    wider: list[float] = field(default_factory=list)

    def said(self) -> str:
        """Share answered (error of the median; error of what stands in)."""
        asked = len(self.answered) + len(self.wider)
        if not asked:
            return "none asked"
        share = f"{100 * len(self.answered) / asked:.0f} %"
        return f"{share} ({_mean(self.answered)}; {_mean(self.wider)})"


def _mean(errors: Sequence[float]) -> str:
    return f"{statistics.fmean(errors):.1f}" if errors else "–"


def table() -> str:
    """A line of Markdown for each size of network and k."""
    lines = [HEAD, ("---:",) * len(HEAD), *(_line(members, k) for members in NETWORKS for k in (5, 8))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(members: int, k: int) -> tuple[str, ...]:
    tallies: dict[tuple[str, ...], Tally] = defaultdict(Tally)
    for seed in range(NETWORKS[members]):
        given = list(contributions(members, seed=seed, shape=USUAL))
        # "members" lets k = 5 be measured where a real network of this size would be given 8.
        edition = publish({"k": k, "members": 1000}, given, None)
        for grain in GRAINS:
            for asked, inside in _cohorts(given, grain):
                if len(inside) >= k:
                    _judge(tallies[grain], edition, asked, inside)
        _judge_nearest(tallies["nearest",], edition, given)
    return (f"{members:,}", str(k), *(tallies[grain].said() for grain in (*GRAINS, ("nearest",))))


def _cohorts(given: Sequence[Given], grain: tuple[str, ...]) -> Iterator[tuple[dict[str, str], list[Given]]]:
    found: dict[tuple[str, ...], list[Given]] = defaultdict(list)
    for one in given:
        found[tuple(one[name] for name in grain)].append(one)
    for values, inside in sorted(found.items()):
        yield dict(zip(grain, values, strict=True)), inside


def _judge(tally: Tally, edition: Edition, asked: dict[str, str], inside: Sequence[Given]) -> None:
    standing = edition.standing("someone", asked)
    error = _error(standing.figures["v00"].median, inside)
    (tally.answered if standing.cohort == asked else tally.wider).append(error)


def _judge_nearest(tally: Tally, edition: Edition, given: Sequence[Given]) -> None:
    """Against everybody of the own sector, where that is k or more."""
    for _, inside in _cohorts(given, ("sector",)):
        for one in inside if len(inside) >= edition.k else ():
            standing = edition.nearest("someone", one)
            error = _error(standing.figures["v00"].median, inside)
            (tally.answered if standing.refusal is None else tally.wider).append(error)


def _error(median: int | None, inside: Sequence[Given]) -> float:
    if median is None:
        raise ValueError("the network itself shows no median")
    ranked = np.sort(np.array([one["scores"]["v00"] for one in inside]))
    return abs(median - harrell_davis(ranked, 0.5))


if __name__ == "__main__":
    print(table())
