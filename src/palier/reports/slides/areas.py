"""Where things stand on a slide, in inches from its upper left corner."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a slide."""

    left: float
    top: float
    width: float
    height: float

    def columns(self, *shares: float, gap: float = 0.4) -> tuple["Area", ...]:
        """Itself cut into columns of these shares of its width, `gap` apart."""
        room = self.width - gap * (len(shares) - 1)
        widths = [room * share / sum(shares) for share in shares]
        lefts = [self.left + sum(widths[:n]) + gap * n for n in range(len(shares))]
        return tuple(
            Area(left, self.top, width, self.height) for left, width in zip(lefts, widths, strict=True)
        )

    def under(self, height: float) -> "Area":
        """What is left of it under its first `height` inches."""
        return Area(self.left, self.top + height, self.width, self.height - height)

    def first(self, height: float) -> "Area":
        """Its first `height` inches."""
        return Area(self.left, self.top, self.width, height)


WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.6
SUBJECT = Area(MARGIN, 0.4, WIDTH - 2 * MARGIN, 0.28)
TITLE = Area(MARGIN, 0.72, WIDTH - 2 * MARGIN, 0.92)
SUB = Area(MARGIN, 1.68, WIDTH - 2 * MARGIN, 0.3)
BODY = Area(MARGIN, 2.1, WIDTH - 2 * MARGIN, 4.7)
FOOT = Area(MARGIN, 7.03, 11.0, 0.2)
NUMBER = Area(WIDTH - MARGIN - 1, 7.03, 1.0, 0.2)
SEAL = Area(MARGIN, 7.25, 11.0, 0.2)
WATERMARK = Area(0.9, 3.0, WIDTH - 1.8, 1.5)
OPENING_TITLE = Area(1.1, 2.4, 11.0, 1.6)
SUBTITLE = Area(1.1, 4.15, 11.0, 1.3)
