"""What is said of effects: aimed at and seen, never caused."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from palier.action_plans.wording import figure, gain_words
from palier.foundation.language import gettext as _
from palier.foundation.language import percent
from palier.network.wording import label


def points_words(gain: Fraction | None) -> str:
    """Points gained with their unit; an en dash where they cannot be told."""
    return "\u2013" if gain is None else gain_words(gain)


def realisation_words(share: Fraction | None) -> str:
    """How much of the way was gone; an en dash where there is no way."""
    return "\u2013" if share is None else percent(share)


def effect_told(
    before: str,
    after: str,
    levels: Sequence[tuple[str, int, int]],
    kpi: tuple[str, str, Decimal, Decimal] | None,
) -> str:
    """What changed between two rounds, a sentence a line: (criterion, level before, level after), and the indicator."""
    lines = [
        _("%(criterion)s: level %(low)s in %(before)s, level %(high)s in %(after)s.")
        % {"criterion": name, "low": low, "high": high, "before": before, "after": after}
        for name, low, high in levels
    ]
    if kpi:
        name, unit, first, last = kpi
        words = _("%(name)s: %(first)s before, %(last)s after.")
        lines.append(
            words
            % {
                "name": name,
                "first": f"{figure(first)} {unit}".strip(),
                "last": f"{figure(last)} {unit}".strip(),
            }
        )
    return "\n".join(lines)


def place_told(sector: str, size: str) -> str:
    """Where it was done: sector and size of the organisation, as far as they are known."""
    known = {"sector": sector, "size": size}
    return ". ".join(label(dimension, value) for dimension, value in known.items() if value)
