"""Native words, shapes and pictures on a slide: each fits its area, and each picture says in words what it shows."""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from PIL import Image
from pptx.dml.color import ColorFormat, RGBColor
from pptx.enum.dml import MSO_PATTERN, MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Inches, Pt

from palier.reports.slides.areas import FOOT, TITLE, Area
from palier.reports.slides.fitting import LINE, Fitted, fitted, width_of

TITLE_SIZES = (26, 24, 22, 20, 18, 16, 14)


_DECORATION = f"""<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">\
<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>"""


class Tone(Enum):
    """The colours of words and areas, all of them the theme's."""

    INK = MSO_THEME_COLOR.TEXT_1
    SOFT = MSO_THEME_COLOR.TEXT_2
    PAPER = MSO_THEME_COLOR.BACKGROUND_1
    ACCENT = MSO_THEME_COLOR.ACCENT_1
    MIDDLE = MSO_THEME_COLOR.ACCENT_2
    PALE = MSO_THEME_COLOR.ACCENT_3


@dataclass(frozen=True, slots=True)
class Fill:
    """A tone, or a colour in six hexadecimal digits; `hatched` on white."""

    colour: Tone | str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """How words are set: the sizes they may take, in points, falling."""

    sizes: tuple[float, ...]
    tone: Tone = Tone.INK
    bold: bool = False
    align: PP_ALIGN = PP_ALIGN.LEFT
    anchor: MSO_ANCHOR = MSO_ANCHOR.TOP


TEXT = Type((16, 14, 13, 12, 11))
SMALL = Type((12, 11, 10), Tone.SOFT)
STRONG = Type((16, 14, 13, 12), bold=True)


def write(slide: Slide, area: Area, words: str, type_: Type, name: str = "") -> Fitted:
    """`words` in a box of their own; what does not fit is cut, which the answer tells."""
    sized = fitted(words, area.width * 72, area.height * 72, type_.sizes, bold=type_.bold)
    box = slide.shapes.add_textbox(*place(area))
    if name:
        box.name = name
    box.text_frame.word_wrap = True
    box.text_frame.vertical_anchor = type_.anchor
    unpad(box.text_frame)
    set_words(box.text_frame, sized, type_)
    return sized


def unpad(frame: TextFrame) -> None:
    """No room between the words and the sides of their frame: what is measured is all there is."""
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0


def set_words(frame: TextFrame, sized: Fitted, type_: Type) -> None:
    """Words that have been fitted, in a frame."""
    frame.text = sized.text
    for paragraph in frame.paragraphs:
        paragraph.alignment = type_.align
        paragraph.font.size, paragraph.font.bold = Pt(sized.size), type_.bold
        paragraph.font.color.theme_color = type_.tone.value


def write_title(
    slide: Slide, words: str, area: Area = TITLE, sizes: Sequence[float] = TITLE_SIZES, *, low: bool = False
) -> Fitted:
    """The slide's title, in the place that outlines and screen readers take it from; `low` sets it on the area's floor."""
    sized = fitted(words, area.width * 72, area.height * 72, sizes, bold=True)
    title = slide.shapes.title
    height = sized.lines * sized.size * LINE / 72 + 0.06
    top = area.top + area.height - height if low else area.top
    title.left, title.top, title.width, title.height = place(replace(area, top=top, height=height))
    unpad(title.text_frame)
    title.text_frame.text = sized.text
    for paragraph in title.text_frame.paragraphs:
        paragraph.font.size = Pt(sized.size)
    return sized


def write_foot(slide: Slide, words: str) -> None:
    """The layout's foot and number, taken over to the slide: the library leaves them behind."""
    sized = fitted(words, FOOT.width * 72, FOOT.height * 72, (10,))
    for shape in slide.slide_layout.placeholders:
        kind = shape._element.find(f".//{qn('p:ph')}").get("type")
        if kind in ("ftr", "sldNum"):
            copy = deepcopy(shape._element)
            copy.spPr.clear()
            slide.shapes._spTree.append(copy)
            copy.nvSpPr.cNvPr.set("id", str(len(slide.shapes) + 20))
            if kind == "ftr":
                copy.txBody.p_lst[0].clear()
                copy.txBody.p_lst[0].add_r(sized.text)


def write_key(slide: Slide, area: Area, entries: Sequence[tuple[Fill, str]]) -> None:
    """What the colours of a chart mean, from left to right."""
    left = area.left
    for fill, words in entries:
        rectangle(slide, Area(left, area.top + 0.07, 0.14, 0.14), fill)
        width = width_of(words, 12) / 72 + 0.2
        write(slide, Area(left + 0.22, area.top + 0.03, width, 0.25), words, SMALL)
        left += width + 0.5


def place(area: Area) -> tuple[int, int, int, int]:
    """`area` as the library takes it."""
    return Inches(area.left), Inches(area.top), Inches(area.width), Inches(area.height)


def describe(shape: BaseShape, name: str, words: str) -> None:
    """What a screen reader says of a picture, a chart or a table."""
    shape.name = name
    about = _properties(shape)
    about.set("descr", words)
    for extension in about.findall(qn("a:extLst")):
        about.remove(extension)


def _properties(shape: BaseShape) -> Any:
    return shape._element.xpath(".//p:cNvPr")[0]


def rectangle(slide: Slide, area: Area, fill: Fill, kind: MSO_SHAPE = MSO_SHAPE.RECTANGLE) -> BaseShape:
    """A filled shape that decorates: what it shows is said in words beside it."""
    shape = slide.shapes.add_shape(kind, *place(area))
    fill_in(shape, fill)
    _properties(shape).append(parse_xml(_DECORATION))
    shape._element.remove(shape._element.find(qn("p:style")))  # its shadows and gradients
    return shape


def fill_in(shape: Any, fill: Fill) -> None:
    """Fill a shape or the marks of a series. What is pale has an outline, or it would be lost on white."""
    if fill.hatched:
        shape.fill.patterned()
        shape.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        paint(shape.fill.back_color, Tone.PAPER)
    else:
        shape.fill.solid()
    paint(shape.fill.fore_color, fill.colour)
    if fill.hatched or fill.colour is Tone.PALE:
        shape.line.width = Pt(0.75)
        paint(shape.line.color, Tone.SOFT if fill.hatched else Tone.MIDDLE)
    else:
        shape.line.fill.background()


def paint(colour: ColorFormat, wanted: Tone | str) -> None:
    """Give a colour."""
    if isinstance(wanted, Tone):
        colour.theme_color = wanted.value
    else:
        colour.rgb = RGBColor.from_string(wanted)


def draw_picture(slide: Slide, area: Area, content: bytes, words: str) -> float:
    """The PNG `content` as large as `area` lets it be, at its upper left; returns its width."""
    with Image.open(io.BytesIO(content)) as picture:
        across, down = picture.size
    scale = min(area.width / across, area.height / down)
    spot = Area(area.left, area.top, across * scale, down * scale)
    describe(slide.shapes.add_picture(io.BytesIO(content), *place(spot)), words, words)
    return spot.width
