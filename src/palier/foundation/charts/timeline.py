"""Stretches of time across a row: when something is done, how far it is, where today is."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from markupsafe import Markup

from palier.foundation.charts.drawing import (
    FAINT,
    LATE,
    OUTLINE,
    TRACK,
    YOU,
    Number,
    Ruler,
    element,
    text,
    upright,
)

Mood = Literal["planned", "in_progress", "done", "late"]

HEAD, LANE = 34, 30
"""Heights in pixels."""

_TIP = 8
"""The side of a due date without a start, in pixels."""


def quarters(
    starts: Sequence[tuple[Number, str]], today: Number, words: str, *, width: int | None = None
) -> Markup:
    """The head of a roadmap: where each quarter begins (0-100) with its name, and today with its `words`."""
    ruler = Ruler(width)
    names = [text(ruler.at(at), 12, name, anchor="start", size=11) for at, name in starts]
    now = text(
        ruler.at(today), 29, words, anchor=_anchor(today), size=11, bold=True, class_="c-now-t", fill=LATE
    )
    return ruler.canvas(HEAD, *names, now, class_="rm-head")


def _anchor(at: Number) -> str:
    """Words beside a mark stay inside the drawing."""
    return "start" if at < 12 else "end" if at > 88 else "middle"


def lane(
    start: Number,
    end: Number,
    share: Number,
    mood: Mood,
    starts: Sequence[Number],
    today: Number,
    *,
    label: str,
    width: int | None = None,
) -> Markup:
    """One stretch from `start` to `end` (0-100), `share` per cent of it done, between the quarters' lines and today's."""
    ruler = Ruler(width)
    grid = [_full(ruler.at(at), class_="c-grid0", stroke=FAINT) for at in starts]
    now = _full(ruler.at(today), class_="c-now", stroke=LATE, wide=1.5)
    return ruler.canvas(
        LANE, *grid, *_stretch(ruler, start, end, share, mood), now, label=label, class_="rm-lane"
    )


def _stretch(ruler: Ruler, start: Number, end: Number, share: Number, mood: Mood) -> list[Markup]:
    edge = LATE if mood == "late" else OUTLINE if mood == "planned" else YOU
    if start == end:
        return [
            element(
                "circle", class_=f"c-rm c-rm-{mood}", cx=ruler.at(end), cy=LANE / 2, r=_TIP / 2 + 1, fill=TRACK,
                stroke=edge, stroke_width=1.5,
            )
        ]  # fmt: skip
    whole = _bar(ruler, start, end, f"c-rm c-rm-{mood}", TRACK, edge)
    if share <= 0:
        return [whole]
    reached = Fraction(start) + (Fraction(end) - Fraction(start)) * Fraction(share) / 100
    return [whole, _bar(ruler, start, reached, f"c-rm-f c-rm-f-{mood}", edge, None)]


def _bar(ruler: Ruler, start: Number, end: Number, name: str, fill: str, stroke: str | None) -> Markup:
    return element(
        "rect", class_=name, x=ruler.at(start), width=ruler.span(start, end), y=9, height=12, rx=3, fill=fill,
        stroke=stroke,
    )  # fmt: skip


def mark(mood: Mood) -> Markup:
    """The mark that a legend explains."""
    bars = _stretch(Ruler(20), 5, 95, {"done": 100, "in_progress": 45}.get(mood, 0), mood)
    return _key(bars, 20)


def now_mark() -> Markup:
    """Today's line, for a legend."""
    return _key([upright(5, 8, 22, class_="c-now", stroke=LATE, wide=1.5)], 10)


def _key(shapes: list[Markup], width: int) -> Markup:
    box = f"0 7 {width} 16"
    return element(
        "svg", *shapes, xmlns="http://www.w3.org/2000/svg", width=width, height=16, viewBox=box, aria_hidden="true"
    )  # fmt: skip


def _full(x: str, *, class_: str, stroke: str, wide: float = 1) -> Markup:
    """A vertical stroke over the whole height of its row, which the words beside it decide."""
    return element("line", class_=class_, x1=x, x2=x, y1=0, y2="100%", stroke=stroke, stroke_width=wide)
