"""How often a network may publish: frozen releases far enough apart. Source: docs/benchmarks.md#parameters."""

from datetime import date, timedelta

GRACE = timedelta(days=30)
"""Campaigns do not close on the same day each year."""


def earliest_next(last: date, members: int) -> date:
    """The first day on which an edition may follow that of `last`, in a network of so many verified members."""
    days = 365 if members < 100 else 182 if members < 300 else 91
    return last + timedelta(days=days) - GRACE
