"""Native tables that fit: one size of letters for the whole table, the largest at which every row has its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.table import _Cell
from pptx.util import Inches, Pt

from palier.reports.slides.areas import Area
from palier.reports.slides.canvas import Tone, Type, describe, place, set_words
from palier.reports.slides.fitting import LINE, fitted, width_of, wrapped

PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own style without fill or grid: the lines are drawn here."""

SIDE, EDGE = 0.08, 0.055
"""Inches between a cell's words and its sides, and its upper and lower edges."""

SIZES = (14, 13, 12, 11, 10)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its share of the width, and whether it holds figures."""

    head: str
    share: float
    figures: bool = False


def draw_table(
    slide: Slide, area: Area, columns: Sequence[Column], rows: Sequence[Sequence[str]], words: str,
    sizes: Sequence[float] = SIZES,
) -> None:  # fmt: skip
    """`rows` under the heads of `columns`; `words` say what the table holds. The first column heads its rows."""
    every = [[column.head for column in columns], *rows]
    widths = _widths(columns, area.width)
    size, heights = _measure(every, widths, area.height, sizes)
    frame = slide.shapes.add_table(len(every), len(columns), *place(area.first(sum(heights))))
    describe(frame, words, words)
    table = frame.table
    table.first_row, table.first_col, table.horz_banding = True, True, False
    table._tbl.tblPr.find("{*}tableStyleId").text = PLAIN
    edges = [round(Inches(edge)) for edge in accumulate(widths, initial=0.0)]
    for number, (left, right) in enumerate(pairwise(edges)):
        table.columns[number].width = right - left
    for place_, (row, height) in enumerate(zip(every, heights, strict=True)):
        table.rows[place_].height = Inches(height)
        for number, text in enumerate(row):
            _fill(
                table.cell(place_, number), text, columns[number], size, (widths[number], height), place_ == 0
            )


def _widths(columns: Sequence[Column], width: float) -> list[float]:
    """Room for every head on two lines, its longest word whole; what is left goes by the columns' shares."""
    needed = [_head_width(column.head) + 2 * SIDE for column in columns]
    spare, shares = max(0.0, width - sum(needed)), sum(column.share for column in columns)
    wide = [least + spare * column.share / shares for least, column in zip(needed, columns, strict=True)]
    return [each * width / sum(wide) for each in wide]


def _head_width(head: str) -> float:
    halves = width_of(head, SIZES[0], bold=True) * 0.6
    return max(halves, *(width_of(word, SIZES[0], bold=True) for word in head.split())) / 72 + 0.02


def _measure(
    rows: Sequence[Sequence[str]], widths: Sequence[float], height: float, sizes: Sequence[float]
) -> tuple[float, list[float]]:
    """The size of the letters and the height of each row; at the smallest size, every row gets the same share."""
    for size in sizes:
        heights = [_height(row, widths, size, head=place_ == 0) for place_, row in enumerate(rows)]
        if sum(heights) <= height:
            return size, heights
    lines = max(1, int((height / len(rows) - 2 * EDGE) * 72 / (LINE * sizes[-1])))
    return sizes[-1], [min(one, lines * LINE * sizes[-1] / 72 + 2 * EDGE) for one in heights]


def _height(row: Sequence[str], widths: Sequence[float], size: float, *, head: bool) -> float:
    lines = max(
        len(wrapped(text[:400], size, (width - 2 * SIDE) * 72, bold=head))
        for text, width in zip(row, widths, strict=True)
    )
    return lines * LINE * size / 72 + 2 * EDGE


def _fill(cell: _Cell, text: str, column: Column, size: float, room: tuple[float, float], head: bool) -> None:
    width, height = room
    cell.margin_left = cell.margin_right = Inches(SIDE)
    cell.margin_top = cell.margin_bottom = Inches(EDGE)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.MIDDLE
    align = PP_ALIGN.RIGHT if column.figures else PP_ALIGN.LEFT
    type_ = Type((size,), Tone.SOFT if head else Tone.INK, bold=head, align=align)
    sized = fitted(
        text, (width - 2 * SIDE) * 72, (height - 2 * EDGE + 0.01) * 72, type_.sizes, bold=type_.bold
    )
    set_words(cell.text_frame, sized, type_)
    _underline(cell, Pt(1.25 if head else 0.5), "tx2" if head else "accent3")


def _underline(cell: _Cell, width: int, colour: str) -> None:
    line = f"""<a:lnB {nsdecls("a")} w="{int(width)}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:lnB>"""
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(line))
