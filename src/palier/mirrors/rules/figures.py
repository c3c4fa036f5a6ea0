"""From figures of whole batches to a mirror: exact means, nothing of fewer than five. Source: docs/method.md#mirror."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from palier.mirrors.rules.asked import Theme
from palier.scoring.rules.mirror import Audience, Mirror, mirror

LEAST = 5
"""People of an audience behind any figure of it, and the size of a batch."""

Told = Iterable[tuple[Audience, str, int, int]]
"""Audience, theme, answers, points in all; the empty theme counts people."""


def people_counted(told: Told) -> dict[Audience, int]:
    """The people in whole batches, by audience: 0 where there are fewer than five."""
    return {audience: answers for audience, theme, answers, _points in told if not theme}


def points_by_theme(told: Told) -> dict[Audience, dict[str, Fraction]]:
    """The mean of each theme in points, exact; a theme of fewer than five answers is absent, whoever says it."""
    means: dict[Audience, dict[str, Fraction]] = {}
    for audience, theme, answers, points in told:
        if theme and answers >= LEAST:
            means.setdefault(audience, {})[theme] = Fraction(points, answers)
    return means


def mirror_of(themes: Iterable[Theme], points: Mapping[Audience, Mapping[str, Fraction]]) -> Mirror:
    """The mirror of what was answered, themes in the order they are asked."""
    order = [theme.id for theme in themes]
    return mirror({who: {one: known[one] for one in order if one in known} for who, known in points.items()})
