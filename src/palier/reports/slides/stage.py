"""The empty deck: 16:9, a theme in the issuer's colour, a master and two layouts that hold what every slide repeats."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree
from pptx import Presentation
from pptx.opc.package import Part
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Inches

from palier.reports.rules.documents import Cover
from palier.reports.slides.areas import (
    FOOT,
    HEIGHT,
    MARGIN,
    NUMBER,
    OPENING_TITLE,
    SUBTITLE,
    TITLE,
    WATERMARK,
    WIDTH,
    Area,
)
from palier.reports.slides.fitting import fitted

FACE = "Arial"
"""On every Windows and Mac, and of the very same widths as the face LibreOffice puts in its place."""

_THEME = {
    "dk1": "171C24", "lt1": "FFFFFF", "dk2": "48505E", "lt2": "EEF0F4", "accent2": "858E9C", "accent3": "D3D8E0",
    "accent4": "BC7A2A", "accent5": "2F8F87", "accent6": "5D6675", "folHlink": "48505E",
}  # fmt: skip
_OPENING, _PAGE = "Title Slide", "Title Only"
_APPLICATION = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">\
<Application>Palier</Application></Properties>"""
_COLOURS = {"faint": '<a:schemeClr val="accent3"><a:alpha val="55000"/></a:schemeClr>'}
_WATERMARK_SIZES = (60, 48, 40, 32, 24)


def empty_deck(cover: Cover, watermark: str) -> Deck:
    """A deck without slides in the colour of the cover's issuer; `watermark` lies behind every slide."""
    deck: Deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    del deck.part._element.sldSz.attrib["type"]
    _forget_origin(deck)
    _paint(deck, cover.issuer.accent)
    _set_master(deck)
    for layout in list(deck.slide_layouts):
        if layout.name not in (_OPENING, _PAGE):
            deck.slide_layouts.remove(layout)
    _draw(opening_layout(deck), [*_mark(watermark), *_opening_parts()])
    _draw(page_layout(deck), [*_mark(watermark), *_page_parts()])
    return deck


def opening_layout(deck: Deck) -> SlideLayout:
    """Of the first slide: title and subtitle."""
    return deck.slide_layouts.get_by_name(_OPENING)


def page_layout(deck: Deck) -> SlideLayout:
    """Of every other slide: title, foot and number."""
    return deck.slide_layouts.get_by_name(_PAGE)


def _forget_origin(deck: Deck) -> None:
    """What the library's own template says of the machine it was made on, its picture and its printer."""
    for owner in (deck.part, deck.part.package):
        for key, link in list(owner._rels.items()):
            if link.reltype.endswith(("/printerSettings", "/thumbnail")):
                owner._rels.pop(key)
    _part(deck, "/docProps/app.xml").blob = _APPLICATION


def _part(deck: Deck, start: str) -> Part:
    return next(part for part in deck.part.package.iter_parts() if part.partname.startswith(start))


def _paint(deck: Deck, accent: str) -> None:
    """The theme: changing it in a presentation program changes text and charts alike."""
    part = _part(deck, "/ppt/theme/")
    theme = etree.fromstring(part.blob)
    theme.set("name", "Palier")
    own = accent.lstrip("#").upper()
    for name, colour in {**_THEME, "accent1": own, "hlink": own}.items():
        place = theme.find(f".//{qn(f'a:{name}')}")
        place.clear()
        etree.SubElement(place, qn("a:srgbClr")).set("val", colour)
    for face in theme.iterfind(f".//{qn('a:fontScheme')}//{qn('a:latin')}"):
        face.set("typeface", FACE)
    part.blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _set_master(deck: Deck) -> None:
    """How titles and text are set, once for all; the layouts say where."""
    master = deck.slide_master
    _draw(master, [
        _shape(2, "Title", TITLE, place='type="title"', size=24, bold=True),
        _shape(3, "Text", Area(MARGIN, 2.05, WIDTH - 2 * MARGIN, 4.7), place='type="body" idx="1"', size=16),
        _shape(4, "Footer", FOOT, place='type="ftr" sz="quarter" idx="3"', size=10, colour="tx2"),
        _shape(5, "Slide number", NUMBER, place='type="sldNum" sz="quarter" idx="4"', size=10, colour="tx2", align="r"),
    ])  # fmt: skip
    for kind, size in (("p:titleStyle", "2400"), ("p:bodyStyle", "1600")):
        style = master._element.find(f".//{qn(kind)}/{qn('a:lvl1pPr')}")
        style.attrib.update({"algn": "l", "marL": "0", "indent": "0"})
        style.find(qn("a:defRPr")).set("sz", size)


def _opening_parts() -> Iterator[str]:
    yield _shape(10, "Band", Area(0, 0, 0.45, HEIGHT), fill="accent1")
    yield _shape(2, "Title", OPENING_TITLE, place='type="ctrTitle"', size=40, bold=True, anchor="b")
    yield _shape(3, "Subtitle", SUBTITLE, place='type="subTitle" idx="1"', size=20, colour="tx2")


def _page_parts() -> Iterator[str]:
    yield _shape(10, "Band", Area(0, 0.42, 0.12, 1.22), fill="accent1")
    yield _shape(11, "Line", Area(MARGIN, 6.95, WIDTH - 2 * MARGIN, 0.01), fill="accent3")
    yield _shape(2, "Title", TITLE, place='type="title"', size=24, bold=True)
    yield _shape(4, "Footer", FOOT, place='type="ftr" sz="quarter" idx="11"', size=10, colour="tx2")
    yield _shape(5, "Slide number", NUMBER, place='type="sldNum" sz="quarter" idx="12"', size=10, colour="tx2", align="r")  # fmt: skip


def _mark(watermark: str) -> Iterator[str]:
    """On the layouts, behind everything, where nobody takes it for a sentence of the slide and no reader reads it."""
    words = " ".join(watermark.split())
    if words:
        sized = fitted(words, WATERMARK.width * 72, WATERMARK.height * 72, _WATERMARK_SIZES, bold=True)
        yield _shape(9, "Watermark", WATERMARK, text=sized.text, size=sized.size, bold=True, colour="faint", align="ctr",
                     anchor="ctr", turn=-15)  # fmt: skip


def _draw(page: SlideLayout, shapes: list[str]) -> None:
    """Put `shapes` where the template's own stood."""
    tree = page._element.cSld.spTree
    for old in list(tree)[2:]:
        tree.remove(old)
    for shape in shapes:
        tree.append(etree.fromstring(shape))


def _shape(
    number: int, name: str, area: Area, *, place: str = "", text: str = "", fill: str = "", size: float = 0,
    bold: bool = False, colour: str = "tx1", align: str = "l", anchor: str = "t", turn: int = 0,
) -> str:  # fmt: skip
    """A shape of a master or a layout. `place` makes it a placeholder; `turn` is in degrees."""
    painted = f'<a:solidFill><a:schemeClr val="{fill}"/></a:solidFill>' if fill else ""
    kind = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>' if place else "<p:cNvSpPr/>"
    return f"""<p:sp {nsdecls("a", "p", "r")}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/>{kind}
<p:nvPr>{f"<p:ph {place}/>" if place else ""}</p:nvPr></p:nvSpPr>
<p:spPr><a:xfrm{f' rot="{turn * 60000}"' if turn else ""}><a:off x="{Inches(area.left)}" y="{Inches(area.top)}"/>
<a:ext cx="{Inches(area.width)}" cy="{Inches(area.height)}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{painted}</p:spPr>
<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>
<a:lstStyle>{_style(size, bold, colour, align) if size else ""}</a:lstStyle>
<a:p>{_content(place, text)}</a:p></p:txBody></p:sp>"""


def _style(size: float, bold: bool, colour: str, align: str) -> str:
    return f"""<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{int(size * 100)}" b="{int(bold)}">
<a:solidFill>{_COLOURS.get(colour, f'<a:schemeClr val="{colour}"/>')}</a:solidFill></a:defRPr></a:lvl1pPr>"""


def _content(place: str, text: str) -> str:
    if "sldNum" in place:
        return '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld>'
    return f"<a:r><a:rPr/><a:t>{escape(text)}</a:t></a:r>" if text else "<a:endParaRPr/>"
