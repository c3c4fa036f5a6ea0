"""How many adopted a practice, told so that no single adoption can be read from it.

Three guards, those of the benchmark (docs/benchmarks.md): organisations of one legal group count once; the figure is
a multiple of k and nothing under it; it moves on the first of the month only, for what was adopted or taken back before.
No other statistic is drawn from adoptions, and none from scores.
"""

from collections.abc import Iterable


def told(groups: Iterable[str], k: int) -> int:
    """The largest multiple of `k` that the distinct `groups` reach; 0 under `k`: nothing is told. ValueError for k < 2."""
    if k < 2:
        raise ValueError(f"k = {k}: one organisation is never a statistic")
    return len(set(groups)) // k * k
