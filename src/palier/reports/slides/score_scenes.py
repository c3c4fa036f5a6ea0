"""What the slides about the score draw: the score, elements beside their peers, the profile, dimensions, priorities."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TypeVar

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.slide import Slide

from palier.foundation.language import gettext as _
from palier.foundation.language import number, percent, points, signed
from palier.reports.figures import FEWEST_AXES, MOST_AXES
from palier.reports.rules.documents import (
    DimensionRow,
    ElementRow,
    Headline,
    Level,
    Priority,
    Quartiles,
    Strength,
)
from palier.reports.rules.slides import Slides
from palier.reports.slides import charts
from palier.reports.slides import wording as said
from palier.reports.slides.areas import BODY, Area
from palier.reports.slides.canvas import SMALL, Fill, Tone, Type, describe, rectangle, write
from palier.reports.slides.tables import Column, draw_table
from palier.reports.slides.workbooks import ChartSheet, Series

LEVEL_COLOURS = (("D5E1F2", Tone.INK), ("A9C3E6", Tone.INK), ("739CD3", Tone.INK), ("3C6FB5", Tone.PAPER),
                 ("173F7A", Tone.PAPER))  # fmt: skip
"""Each maturity level's area, and the words on it (look: tokens lv1 to lv5)."""

Row = ElementRow | DimensionRow


def tenth(value: Fraction | None) -> float | None:
    """Points as a chart holds them: rounded half up to one decimal, as they are printed."""
    return None if value is None else floor(value * 10 + Fraction(1, 2)) / 10


def draw_headline(document: Slides, slide: Slide) -> None:
    """The score, the level and what they rest on; the ladder of levels under them."""
    headline = document.headline
    left, right = BODY.first(2.75).columns(2, 3)
    if headline.score is None:
        write(
            slide,
            left,
            headline.withheld or _("The score is not shown"),
            Type((24, 20, 18, 16, 14), bold=True),
        )
    else:
        _score(slide, left, headline)
        _ladder(slide, BODY.under(3.1), document.levels, headline.score)
    columns = (Column(_("What it rests on"), 2), Column(_("Figures"), 3))
    draw_table(slide, right, columns, list(said.headline_facts(document)), _("What the score rests on"))


def _score(slide: Slide, area: Area, headline: Headline) -> None:
    """The figure large, its level and its change under it."""
    write(slide, area.first(1.2), points(headline.score), Type((72,), Tone.ACCENT, bold=True))
    write(slide, area.under(1.22).first(0.3), _("points out of 100"), SMALL)
    level = headline.level
    if level is not None:
        words = _("Level %(n)s: %(name)s") % {"n": level.number, "name": level.name}
        write(slide, area.under(1.62).first(0.5), words, Type((20, 18, 16, 14, 12), bold=True))
    write(slide, area.under(2.15).first(0.5), said.change_words(headline), Type((14, 13, 12, 11), Tone.SOFT))


def _ladder(slide: Slide, area: Area, levels: Sequence[Level], score: Fraction) -> None:
    """The levels as wide as the points they hold, and a mark where the score stands."""
    write(slide, area.first(0.3), _("The ladder of levels"), SMALL)
    edges = [*(level.starts_at for level in levels), Fraction(100)]
    for place, (level, (start, end)) in enumerate(zip(levels, pairwise(edges), strict=True)):
        left, width = (area.left + float(start) / 100 * area.width, float(end - start) / 100 * area.width)
        colour, tone = LEVEL_COLOURS[place * 4 // max(1, len(levels) - 1)]
        rectangle(slide, Area(left, area.top + 0.62, max(0.02, width - 0.03), 0.5), Fill(colour))
        words = f"{level.number}  {level.name}"
        box = Area(left + 0.08, area.top + 0.62, max(0.2, width - 0.2), 0.5)
        write(slide, box, words, Type((14, 12, 11, 10), tone, bold=True, anchor=MSO_ANCHOR.MIDDLE))
        write(slide, Area(left, area.top + 1.16, 0.6, 0.25), number(start), Type((10,), Tone.SOFT))
    spot = area.left + float(score) / 100 * area.width
    mark = rectangle(
        slide, Area(spot - 0.11, area.top + 0.44, 0.22, 0.16), Fill(Tone.ACCENT), MSO_SHAPE.FLOWCHART_MERGE
    )
    describe(mark, _("Score"), _("The score stands at %(score)s points") % {"score": points(score)})


def draw_strips(document: Slides, rows: Sequence[ElementRow], slide: Slide) -> None:
    """Each element beside the middle half of its peers; beside the round before where there are no peers."""
    told = charts.Told(said.rows_in_words(rows), document.cover.as_of)
    if any(row.comparison.quartiles for row in rows):
        charts.strips(slide, BODY, _beside_peers(rows), told)
    else:
        names = tuple(said.on_axis(row.code, row.label) for row in rows)
        charts.bars(slide, BODY, _two_rounds(_("Element"), rows, names), told)


def _beside_peers(rows: Sequence[ElementRow]) -> ChartSheet:
    """The quartiles as lengths of columns, computed in the workbook from the published figures beside them."""
    marks = [Series(_("Your score"), tuple(tenth(row.score) for row in rows))]
    if any(row.previous is not None for row in rows):
        marks.insert(0, Series(_("Last round"), tuple(tenth(row.previous) for row in rows)))
    at = 4 + len(marks)
    q1, median, q3 = (
        chr(ord("A") + place) for place in range(at, at + 3)
    )  # the columns the workbook alone holds
    boxes = [row.comparison.quartiles for row in rows]
    hidden = Series(_("First quartile"), _of(boxes, lambda box: box.q1), _formulas(boxes, f"={q1}{{n}}"))
    lower = Series(_("Peers, first quartile to median"), _of(boxes, lambda box: box.median - box.q1),
                   _formulas(boxes, f"={median}{{n}}-{q1}{{n}}"))  # fmt: skip
    upper = Series(_("Peers, median to third quartile"), _of(boxes, lambda box: box.q3 - box.median),
                   _formulas(boxes, f"={q3}{{n}}-{median}{{n}}"))  # fmt: skip
    beside = (
        Series(_("Q1"), _of(boxes, lambda box: box.q1)),
        Series(_("Median"), _of(boxes, lambda box: box.median)),
        Series(_("Q3"), _of(boxes, lambda box: box.q3)),
    )
    names = tuple(said.under_column(row.short, row.label) for row in rows)
    return ChartSheet(_("Element"), names, (hidden, lower, upper, *marks), beside)


def _of(boxes: Sequence[Quartiles | None], figure: Callable[[Quartiles], int]) -> tuple[int | None, ...]:
    """A figure of each box; nothing where peers are hidden."""
    return tuple(None if box is None else figure(box) for box in boxes)


def _formulas(boxes: Sequence[Quartiles | None], formula: str) -> tuple[str, ...]:
    """The formula of each row of a sheet, whose first row holds the names."""
    return tuple(formula.format(n=row) for row in range(2, len(boxes) + 2))


def _two_rounds(corner: str, rows: Sequence[Row], names: tuple[str, ...]) -> ChartSheet:
    """This round, and the one before where there is one."""
    series = [Series(_("This round"), tuple(tenth(row.score) for row in rows))]
    if any(row.previous is not None for row in rows):
        series.append(Series(_("Last round"), tuple(tenth(row.previous) for row in rows)))
    return ChartSheet(corner, names, tuple(series))


def profile_rows(document: Slides) -> tuple[Row, ...]:
    """What the radar has as axes: elements where there are three to nine with scores, else dimensions, else nothing."""
    choices: tuple[tuple[Row, ...], ...] = (document.elements, document.dimensions)
    scored = [tuple(row for row in rows if row.score is not None) for rows in choices]
    return next((rows for rows in scored if FEWEST_AXES <= len(rows) <= MOST_AXES), ())


def draw_profile(document: Slides, rows: Sequence[Row], slide: Slide) -> None:
    """The shape of the whole, and the elements that stand highest and lowest in words."""
    left, right = BODY.columns(1, 1)
    names = tuple(said.around(row.short or row.label) for row in rows)
    series = [Series(_("Your score"), tuple(tenth(row.score) for row in rows))]
    if any(row.comparison.quartiles for row in rows):
        boxes = [row.comparison.quartiles for row in rows]
        series.append(Series(_("Median of peers"), _of(boxes, lambda box: box.median)))
    told = charts.Told(said.rows_in_words(rows), document.cover.as_of)
    charts.radar(slide, left, ChartSheet(_("Profile"), names, tuple(series)), told)
    rows_ranked = ranked(document)
    each = min(3, len(rows_ranked) // 2)
    if each:
        _ranking(slide, right.first(2.2), _("Highest elements"), rows_ranked[:each])
        _ranking(slide, right.under(2.5), _("Lowest elements"), rows_ranked[-each:])


def ranked(document: Slides) -> tuple[ElementRow, ...]:
    """The elements that have a score, the highest first."""
    scored = (row for row in document.elements if row.score is not None)
    return tuple(sorted(scored, key=lambda row: -(row.score or 0)))


def _ranking(slide: Slide, area: Area, head: str, rows: Sequence[ElementRow]) -> None:
    columns = (Column(head, 5), Column(_("Points"), 1, figures=True), Column(_("Change"), 1, figures=True))
    table = [
        [row.label, points(row.score), "–" if row.change is None else signed(row.change)] for row in rows
    ]
    draw_table(slide, area, columns, table, head)


MOST_DIMENSIONS = 12


def draw_dimensions(document: Slides, slide: Slide) -> None:
    """What each dimension weighs and brings, beside this round and the one before."""
    rows = document.dimensions[:MOST_DIMENSIONS]
    left, right = BODY.columns(5, 3)
    scored = any(row.score is not None for row in rows)
    columns, table = _dimension_table(rows)
    draw_table(slide, left if scored else BODY, columns, table, _("Dimensions"))
    if scored:
        told = charts.Told(said.rows_in_words(rows), document.cover.as_of)
        names = tuple(said.on_axis("", row.short or row.label, 30) for row in rows)
        charts.bars(slide, right, _two_rounds(_("Dimension"), rows, names), told, names=0.3)


def _dimension_table(rows: Sequence[DimensionRow]) -> tuple[list[Column], list[list[str]]]:
    """The columns that hold something, and their cells."""
    every = (
        (Column(_("Dimension"), 5), [row.label for row in rows]),
        (_narrow(_("Weight")), [percent(row.weight) for row in rows]),
        (_narrow(_("Points")), [points(row.score) for row in rows]),
        (_narrow(_("Change")), [_if_any(row.change, signed) for row in rows]),
        (_narrow(_("Median of peers")), [_if_any(row.comparison.quartiles, _median) for row in rows]),
        (_narrow(_("Contribution")), [_if_any(row.contribution, points) for row in rows]),
    )
    shown = [(column, cells) for column, cells in every if set(cells) != {NOTHING}]
    return [column for column, _cells in shown], [
        list(row) for row in zip(*(cells for _, cells in shown), strict=True)
    ]


NOTHING = "–"
Figure = TypeVar("Figure")


def _narrow(head: str) -> Column:
    return Column(head, 0.1, figures=True)


def _median(box: Quartiles) -> str:
    return str(box.median)


def _if_any(figure: Figure | None, words: Callable[[Figure], str]) -> str:
    return NOTHING if figure is None else words(figure)


MOST_LISTED = 5
SMALLER = (12, 11, 10)


def draw_priorities(document: Slides, slide: Slide) -> None:
    """Strengths to build on and criteria to move first."""
    left, right = BODY.columns(1, 2)
    if document.strengths:
        _strengths(slide, left if document.priorities else BODY, document.strengths[:MOST_LISTED])
    if document.priorities:
        _first_moves(slide, right if document.strengths else BODY, document.priorities[:MOST_LISTED])


def _strengths(slide: Slide, area: Area, strengths: Sequence[Strength]) -> None:
    columns = (Column(_("Strength"), 3), Column(_("What shows it"), 1.5))
    rows = [[row.label, row.reason] for row in strengths]
    draw_table(slide, area, columns, rows, _("Strengths"), SMALLER)


def _first_moves(slide: Slide, area: Area, priorities: Sequence[Priority]) -> None:
    columns = (
        Column(_("Priority"), 5), Column(_("Level"), 0.1, figures=True),
        Column(_("One level more brings"), 0.4, figures=True), Column(_("Lever to begin with"), 4),
    )  # fmt: skip
    rows = [
        [row.label, "–" if row.level is None else str(row.level), "–" if row.gain is None else signed(row.gain, 2), row.lever]
        for row in priorities
    ]  # fmt: skip
    draw_table(slide, area, columns, rows, _("Priorities"), SMALLER)


def draw_method(rows: Sequence[tuple[str, str]], slide: Slide) -> None:
    """How the figures are made, line by line."""
    draw_table(slide, BODY, (Column(_("Subject"), 1), Column(_("In words"), 4)), rows, _("Method"))
