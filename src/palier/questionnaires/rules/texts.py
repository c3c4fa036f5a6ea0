"""Texts in every locale of their questionnaire, and the scales whose rungs they name."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every locale of its questionnaire."""

    by_locale: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_locale)

    def in_(self, locale: str) -> str:
        """The text in `locale`, else in the questionnaire's first locale, else empty."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1] if self.by_locale else "")


NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts in every locale; all locales have the same length."""

    by_locale: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_locale)

    def in_(self, locale: str) -> tuple[str, ...]:
        """The texts in `locale`, else in the questionnaire's first locale, else none."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1] if self.by_locale else ())


@dataclass(frozen=True, slots=True)
class Scale:
    """The rungs an answer chooses from; level n is worth `values[n - 1]` points."""

    name: str
    values: tuple[Fraction, ...]
    labels: Texts
    meaning: Texts

    def points(self, level: int) -> Fraction:
        """Points of `level` (1 is the first rung). Raises ValueError outside the scale."""
        if not 1 <= level <= len(self.values):
            raise ValueError(f"level {level} is not on the scale {self.name} (1 to {len(self.values)})")
        return self.values[level - 1]

    def level(self, points: Fraction) -> int:
        """The level worth exactly `points`. Raises ValueError between rungs."""
        if points not in self.values:
            rungs = ", ".join(str(value) for value in self.values)
            raise ValueError(f"{points} is not on the scale {self.name} ({rungs})")
        return self.values.index(points) + 1

    def level_reached(self, points: Fraction) -> int:
        """The highest level worth `points` or less; the first one below them all."""
        return max((n for n, value in enumerate(self.values, 1) if value <= points), default=1)
