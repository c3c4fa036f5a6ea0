"""What the options of a document put on its pages besides its content: the paper, the mark, the watermark.

Texts of people never enter a style sheet: a footer and a mark reach the margins as attributes of the page's source, a
watermark as a drawing.
"""

from textwrap import wrap
from xml.sax.saxutils import escape

from palier.reports.rules.options import Mark, Options, PageSize

WATERMARK = "chart:watermark"
"""The address of the drawing that fills the ground of every page."""

_PAPERS = {
    PageSize.A4: "",
    PageSize.LETTER: "@page{size:Letter}.cover{height:279.4mm}.plate{width:215.9mm}.imprint{top:247mm}",
}
_MARKED = """@page{@top-left{width:36%}@top-right{width:36%}
@top-center{content:string(mark);width:28%;vertical-align:bottom;padding-bottom:6mm;font-weight:600;color:#9B1C1C}}
@page cover{@top-center{content:none}}@page sheet{@top-center{content:none}}@page face{@top-center{content:none}}"""
_WATERED = f"""@page{{background:url({WATERMARK}) 0 0/92mm 52mm}}
.plate::after{{content:"";position:absolute;left:0;top:0;width:100%;height:100%;background:url({WATERMARK}-light) 0 0/92mm 52mm}}"""

_WIDE, _HIGH, _TALLEST, _LETTER = 348, 197, 28.0, 0.6
"""Pixels of a tile, of its letters at most, and the width of a letter to its height."""

_LINE, _MOST_LINES, _SLACK = 30, 3, 8


def sheet_of(options: Options) -> str:
    """The style sheet that dresses every page as `options` say; nothing in it comes from a person."""
    parts = [_PAPERS[options.page]]
    if options.mark is not Mark.NONE:
        parts.append(_MARKED)
    if options.watermark:
        parts.append(_WATERED)
    return "".join(parts)


def drawings_of(options: Options) -> dict[str, str]:
    """The tiles of the watermark by address: on paper, and on the coloured plate of a cover. Nothing without one."""
    if not options.watermark:
        return {}
    return {
        WATERMARK: _tile(options.watermark, "#E4E8EE", 1),
        f"{WATERMARK}-light": _tile(options.watermark, "#FFFFFF", 0.16),
    }


def _tile(words: str, colour: str, strength: float) -> str:
    """One tile: the words on a slope, in one to three lines as large as they fit."""
    lines = wrap(words, max(_LINE, -(-len(words) // _MOST_LINES) + _SLACK))[:_MOST_LINES] or [""]
    size = round(min(_TALLEST, _WIDE / (_LETTER * max(map(len, lines)))), 1)
    top = _HIGH / 2 - (len(lines) - 1) * 0.6 * size
    middle = f'x="{_WIDE / 2}" text-anchor="middle"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}">'
        f'<g transform="rotate(-24 {_WIDE / 2} {_HIGH / 2})" font-family="Inter" font-weight="600" font-size="{size}" '
        f'fill="{colour}" fill-opacity="{strength}">'
        + "".join(
            f'<text {middle} y="{round(top + place * 1.2 * size, 1)}">{escape(line)}</text>'
            for place, line in enumerate(lines)
        )
        + "</g></svg>"
    )
