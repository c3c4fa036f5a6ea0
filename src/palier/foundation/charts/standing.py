"""Where one score stands: on the scale of levels, among peers, against last round, on the way to a target."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.drawing import (
    FAINT,
    INK,
    INK_2,
    LEVELS,
    LINE,
    MEDIAN,
    OUTLINE,
    PAPER,
    PEER,
    THRESHOLDS,
    YOU,
    Box,
    Formatter,
    Number,
    Ruler,
    dot,
    element,
    gridlines,
    level,
    peers,
    ring,
    tenth,
    text,
    upright,
    whole,
)

_ROOM_FOR_LABEL = 25  # points two labels must lie apart to share a line on a phone


def ladder(
    score: Number,
    names: Sequence[str],
    *,
    label: str,
    thresholds: Sequence[Number] = THRESHOLDS,
    width: int | None = None,
) -> Markup:
    """What level are we? Five bands of one blue and a marker at `score` (0-100).

    `names`: the five levels in words, from 1 to 5; on a phone only their numbers are printed.
    """
    ruler = Ruler(width)
    edges = (0, *thresholds, 100)
    bands = [_band(ruler, n, edges[n - 1], edges[n], names[n - 1]) for n in range(1, 6)]
    marker = (
        element("path", class_="c-you", d="M-7 6h14l-7 9z", fill=YOU),
        upright(0, 14, 38, class_="c-tick", stroke=PAPER, wide=4),
        upright(0, 14, 38, class_="c-you-l", stroke=YOU, wide=2),
    )
    at = ruler.at(tenth(score))
    placed = (
        element("svg", *marker, x=at, overflow="visible")
        if width is None
        else element("g", *marker, transform=f"translate({at} 0)")
    )
    return ruler.canvas(58, *bands, placed, label=label, class_="ladder-c")


def _band(ruler: Ruler, n: int, start: Number, end: Number, name: str) -> Markup:
    middle = (Fraction(start) + Fraction(end)) / 2
    number = element("tspan", str(n), class_="c-txt-b", font_weight=600, fill=INK)
    words = Markup("").join((number, element("tspan", name, class_="lad-w", dx=4)))
    across = {"x": ruler.at(start), "width": ruler.span(start, end)}
    colour = element("rect", class_=f"lad{n}", **across, y=20, height=14, fill=LEVELS[n - 1])
    return Markup("").join((colour, text(ruler.at(middle), 52, words, size=11.5)))


def strip(
    you: Number | None,
    box: Box | None = None,
    *,
    label: str,
    last: Number | None = None,
    width: int | None = None,
    height: int = 30,
    grid: str = "",
) -> Markup:
    """Where do we stand? One line of a table: peers as a box, you as a dot, last round as a ring.

    `you` None (nothing answered) leaves the dot out, `box` None (no peers, hidden) the box. `grid`: where the page holds
    the lines of `strip_grid` once for all its strips, by their id; without it the strip draws its own.
    """
    ruler, middle = Ruler(width), height // 2
    shapes = [element("use", href=f"#{grid}") if grid else gridlines(ruler, 0, height)]
    if box is not None:
        shapes.append(peers(ruler, box, middle, 6))
    if you is not None:
        shapes.append(_moved(ruler, tenth(you), last, middle, wide=2))
    return ruler.canvas(height, *shapes, label=label, class_="strip")


def strip_grid(height: int = 30) -> Markup:
    """The lines behind every strip of a page that stretches."""
    return gridlines(Ruler(), 0, height)


def _moved(
    ruler: Ruler, you: Number, last: Number | None, y: float, *, wide: float, radius: float = 6.5
) -> Markup:
    now = dot(ruler.at(you), y, radius)
    if last is None:
        return now
    before = ruler.at(tenth(last))
    joint = level(before, ruler.at(you), y, class_="c-you-l", stroke=YOU, wide=wide)
    return Markup("").join((joint, ring(before, y, radius * 2 / 3), now))


@dataclass(frozen=True, slots=True)
class Mark:
    """A value and what is written at it: `Mark(62.4, "Vous 62,4")`."""

    value: Number
    words: str


def position(
    you: Mark,
    box: Box,
    *,
    label: str,
    last: Mark | None = None,
    width: int | None = None,
    percent: Formatter = language.percent,
    show: Formatter = language.number,
) -> Markup:
    """Our overall position: one large strip that names 25, 50 and 75 %, and 10 and 90 % when published."""
    ruler = Ruler(width)
    shapes = [gridlines(ruler, 42, 110)]
    shapes += [text(ruler.at(mark), 128, show(mark), size=11.5) for mark in (0, *THRESHOLDS, 100)]
    shapes += [peers(ruler, box, 76, 14), *_shares(ruler, box, percent)]
    shapes.append(
        _moved(ruler, tenth(you.value), None if last is None else last.value, 76, wide=2.5, radius=8.5)
    )
    if last is not None:
        apart = abs(tenth(you.value) - tenth(last.value)) >= _ROOM_FOR_LABEL
        shapes.append(_flag(ruler, last, 38 if apart else 18, class_="c-txt", fill=INK_2))
    shapes.append(_flag(ruler, you, 38, class_="c-lab", fill=YOU, bold=True))
    return ruler.canvas(134, *shapes, label=label, class_="position")


def _flag(
    ruler: Ruler, mark: Mark, y: int, *, class_: str, fill: str, bold: bool = False, anchor: str | None = None
) -> Markup:
    return text(
        ruler.at(tenth(mark.value)),
        y,
        mark.words,
        size=13 if bold else 11.5,
        bold=bold,
        class_=class_,
        fill=fill,
        anchor=anchor or _inward(mark.value),
    )


def _inward(value: Number) -> str:
    """Text near an end of the ruler is written towards the middle."""
    return "start" if value < 10 else "end" if value > 90 else "middle"


def _shares(ruler: Ruler, box: Box, percent: Formatter) -> list[Markup]:
    """25, 50, 75 % under the box; where quartiles lie close the outer step aside, the middle gives way."""
    q1, median, q3 = whole(box.q1), whole(box.median), whole(box.q3)
    close = min(median - q1, q3 - median) < 8
    written = [(q1, 0.25, "end" if close else "middle"), (q3, 0.75, "start" if close else "middle")]
    if q3 - q1 >= 8:
        written.append((median, 0.5, "middle"))
    if box.p10 is not None and box.p90 is not None:
        written += [(whole(box.p10), 0.1, "end"), (whole(box.p90), 0.9, "start")]
    return [
        text(ruler.at(value), 108, percent(share), size=10.5, anchor=anchor, class_="c-txt ptl")
        for value, share, anchor in written
    ]


def projection(
    now: Mark,
    target: Mark,
    *,
    label: str,
    last: Number | None = None,
    median: Number | None = None,
    width: int | None = None,
    show: Formatter = language.number,
) -> Markup:
    """What will the plan bring? From now to the target, dashed; last round's ring and the peers' median."""
    ruler, y = Ruler(width), 33
    here, there = ruler.at(tenth(now.value)), ruler.at(tenth(target.value))
    shapes = [gridlines(ruler, 24, 42), level(ruler.at(0), ruler.at(100), y, class_="c-grid", stroke=LINE)]
    shapes += [text(ruler.at(mark), 57, show(mark)) for mark in (0, *THRESHOLDS, 100)]
    if median is not None:
        shapes.append(upright(ruler.at(whole(median)), 25, 41, class_="c-med", stroke=MEDIAN, wide=2))
    shapes.append(level(here, there, y, class_="c-you-l", stroke=YOU, wide=2, dashes="3 3"))
    shapes.append(_moved(ruler, tenth(now.value), last, y, wide=3))
    shapes.append(ring(there, y, 5.5, dashes="2.5 2"))
    apart = abs(tenth(target.value) - tenth(now.value)) >= _ROOM_FOR_LABEL
    outward = _outward(now, target) if width is not None and not apart else None
    shapes.append(
        _flag(
            ruler,
            target,
            20 if apart or outward else 8,
            class_="c-txt",
            fill=INK_2,
            anchor=outward and outward[1],
        )
    )
    shapes.append(_flag(ruler, now, 20, class_="c-lab", fill=YOU, bold=True, anchor=outward and outward[0]))
    return ruler.canvas(62, *shapes, label=label, class_="projection")


def _outward(now: Mark, target: Mark) -> tuple[str, str] | None:
    """How two close labels are written away from each other on one line, where both ends of the ruler leave room."""
    if not all(20 <= mark.value <= 80 for mark in (now, target)):
        return None
    return ("end", "start") if now.value <= target.value else ("start", "end")


def mover(you: Number, group: Number, *, reach: Number = 10, width: int | None = None) -> Markup:
    """Who moved? One row: the group's change as a tick, yours as a dot, zero in the middle.

    `you`, `group`: differences in points; `reach`: the largest of the table, from `reach_of`. Hidden from
    screen readers: the cells of the row say the figures.
    """
    ruler, mine, theirs = Ruler(width, -reach, reach), tenth(you), whole(group)
    return ruler.canvas(
        22,
        upright(ruler.at(0), 0, 22, class_="c-grid", stroke=LINE),
        level(ruler.at(theirs), ruler.at(mine), 11, class_="c-peer2", stroke=LINE, wide=2),
        upright(ruler.at(theirs), 4, 18, class_="c-med", stroke=MEDIAN, wide=2),
        dot(ruler.at(mine), 11, 6),
        class_="mover",
    )


def reach_of(differences: Sequence[Number]) -> int:
    """The half-width that holds every difference, by steps of five points, at least five."""
    furthest = max((abs(whole(difference)) for difference in differences), default=0)
    return max(5, -(-furthest // 5) * 5)


def votes(levels: Sequence[int], *, label: str, mine: int | None = None, width: int | None = None) -> Markup:
    """Do we agree? A stack of dots per level 1-5, the viewer's own in blue at the bottom of its stack."""
    ruler, tallest = Ruler(width, 0, 5), max((levels.count(n) for n in range(1, 6)), default=1)
    floor = 14 * max(tallest, 2) + 4
    shapes = []
    for n in range(1, 6):
        x = ruler.at(n - 0.5)
        shapes += [upright(x, 2, floor + 6, class_="c-grid0", stroke=FAINT), text(x, floor + 22, str(n))]
        shapes += [_vote(x, floor - 7 - 14 * k, own=k == 0 and n == mine) for k in range(levels.count(n))]
    return ruler.canvas(floor + 26, *shapes, label=label, class_="votes")


def _vote(x: str, y: int, *, own: bool) -> Markup:
    return element(
        "circle",
        class_="c-you" if own else "c-peer",
        cx=x,
        cy=y,
        r=6,
        fill=YOU if own else PEER,
        stroke=None if own else OUTLINE,
    )
