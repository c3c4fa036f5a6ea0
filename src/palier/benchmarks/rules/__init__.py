"""What peers may know of each other: sealed batches in, frozen figures out. Pure: no database, no clock.

The rule, its proof and its limits: docs/benchmarks.md.
"""

from palier.benchmarks.rules.edition import Edition, publish
from palier.benchmarks.rules.standing import Standing

__all__ = ["Edition", "Standing", "publish"]
