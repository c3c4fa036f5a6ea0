"""The fields of a PDF that is filled on screen: laid over the places the page has for them, as both standards want them.

WeasyPrint's own fields ask the reader to draw them and leave their font to chance; of them only the places are kept, with
what they are in the structure of the document. Every field draws itself, in a face that travels with the file.
"""

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Stream, String

from palier.reports.rules.form_fields import FormField, Shape

_PRINTED = 4
"""Flag of an annotation that is printed with the page."""
_READ_ONLY, _MANY_LINES, _RADIO = 1, 1 << 12, 1 << 15
"""Flags of fields."""
_SIZE, _LEADING, _MARGIN = 8.5, 10.5, 2.0
_INK = ".09 .11 .14"
_CIRCLE = 0.5523
"""How far the handles of a quarter of a circle stand, for a radius of one."""


def lay(pdf: pikepdf.Pdf, fields: Sequence[FormField], font: Path) -> None:
    """Put `fields` where the pages have places by their names, written in `font`; one without a place is left out."""
    places = _places(pdf)
    kept = [field for field in fields if all(place.name in places for place in field.places)]
    _drop_all_but(pdf, {places[place.name].objgen for field in kept for place in field.places})
    face = _face(font)
    written = _written_face(pdf, face)
    laid = [_Laying(pdf, field, places, face, written).field() for field in kept]
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=Array(laid), DR=Dictionary(Font=Dictionary(Inter=written)), DA=String(_drawn_as(_SIZE))
        )
    )


def _places(pdf: pikepdf.Pdf) -> dict[str, Any]:
    """The annotations the page has kept places with, by name."""
    return {
        str(note.T): note
        for page in pdf.pages
        for note in page.get("/Annots", ())
        if note.get("/Subtype") == Name.Widget
    }


def _drop_all_but(pdf: pikepdf.Pdf, used: set[tuple[int, int]]) -> None:
    """Take away the places no field comes to: readers would show boxes that keep nothing."""
    for page in pdf.pages:
        notes = page.get("/Annots", ())
        staying = [note for note in notes if note.get("/Subtype") != Name.Widget or note.objgen in used]
        if len(staying) < len(notes):
            page.Annots = Array(staying)


def _drawn_as(size: float) -> str:
    return f"/Inter {size} Tf {_INK} rg"


@dataclass(frozen=True, slots=True)
class _Face:
    """A face cut down to the letters of Western Europe, which is what readers write form fields in."""

    program: bytes
    widths: tuple[int, ...]
    box: tuple[int, ...]
    ascent: int
    descent: int
    height: int

    def width(self, text: str, size: float) -> float:
        """Points `text` takes."""
        return sum(self.widths[code] for code in _coded(text)) * size / 1000


def _coded(text: str) -> bytes:
    """`text` in the letters of the face; what it has not is a question mark on the page, and itself in the field."""
    plain = text.replace("\t", " ").replace("\u202f", "\u00a0").replace("\u2212", "-")
    return plain.encode("cp1252", "replace")


@cache
def _face(font: Path) -> _Face:
    letters = bytes(range(32, 256)).decode("cp1252", "ignore")
    options = Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    with TTFont(font, recalcTimestamp=False) as whole:
        cutter = Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(whole)
        scale, glyphs, widths = 1000 / whole["head"].unitsPerEm, whole.getBestCmap(), whole["hmtx"]
        head, across, other = whole["head"], whole["hhea"], whole["OS/2"]
        out = io.BytesIO()
        whole.save(out)
        return _Face(
            out.getvalue(),
            tuple(_width(code, glyphs, widths, scale) for code in range(256)),
            tuple(round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)),
            round(across.ascent * scale), round(across.descent * scale), round(other.sCapHeight * scale),
        )  # fmt: skip


def _width(code: int, glyphs: dict[int, str], widths: Any, scale: float) -> int:
    letter = bytes([code]).decode("cp1252", "ignore")
    glyph = glyphs.get(ord(letter)) if letter else None
    return round(widths[glyph][0] * scale) if glyph else 0


def _written_face(pdf: pikepdf.Pdf, face: _Face) -> pikepdf.Object:
    program = Stream(pdf, face.program, Length1=len(face.program))
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Inter, Flags=32, FontBBox=Array(face.box), ItalicAngle=0,
        Ascent=face.ascent, Descent=face.descent, CapHeight=face.height, StemV=80, FontFile2=pdf.make_indirect(program),
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Inter, Encoding=Name.WinAnsiEncoding, FirstChar=32,
        LastChar=255, Widths=Array(face.widths[32:]), FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    return pdf.make_indirect(font)


class _Laying:
    """One field as it is laid."""

    def __init__(
        self, pdf: pikepdf.Pdf, field: FormField, places: dict[str, Any], face: _Face, written: Any
    ) -> None:
        self.pdf, self.plan, self.face, self.written = pdf, field, face, written
        self.notes = [places[place.name] for place in field.places]

    def field(self) -> pikepdf.Object:
        """The field, whole."""
        for note in self.notes:
            self._bare(note)
        match self.plan.shape:
            case Shape.ONE_OF:
                return self._one_of()
            case Shape.TICK:
                return self._tick()
        return self._text()

    def _bare(self, note: Dictionary) -> None:
        """Leave of WeasyPrint's field its place alone."""
        for key in set(note.keys()) - {"/Type", "/Subtype", "/Rect", "/P", "/StructParent"}:
            del note[key]
        left, top, right, bottom = (float(edge) for edge in note.Rect)
        note.Rect = Array([min(left, right), min(top, bottom), max(left, right), max(top, bottom)])
        note.F = _PRINTED

    def _one_of(self) -> pikepdf.Object:
        plan = self.plan
        chosen = next((place.means for place in plan.places if place.means == plan.value), "Off")
        group = Dictionary(
            FT=Name.Btn, Ff=_RADIO, T=String(plan.name), TU=String(plan.label), V=Name(f"/{chosen}"), Kids=Array(self.notes)
        )  # fmt: skip
        whole = self.pdf.make_indirect(group)
        for note, place in zip(self.notes, plan.places, strict=True):
            note.Parent, note.TU, note.Contents = whole, String(place.label), String(place.label)
            self._draw_switch(
                note, place.means, on=place.means == chosen, sign=_dot(*_size(note)), letter="l"
            )
        return whole

    def _tick(self) -> pikepdf.Object:
        note, means = self.notes[0], self.plan.places[0].means
        self._name(note, Name.Btn)
        on = self.plan.value == means
        note.V = Name(f"/{means}" if on else "/Off")
        self._draw_switch(note, means, on=on, sign=_check_mark(*_size(note)), letter="4")
        return note

    def _name(self, note: Dictionary, kind: Name) -> None:
        note.FT, note.T, note.TU = kind, String(self.plan.name), String(self.plan.label)

    def _draw_switch(self, note: Dictionary, means: str, *, on: bool, sign: str, letter: str) -> None:
        note.AS = Name(f"/{means}" if on else "/Off")
        note.MK = Dictionary(CA=String(letter))
        note.AP = Dictionary(
            N=Dictionary({f"/{means}": self._drawing(note, sign), "/Off": self._drawing(note, "")})
        )

    def _text(self) -> pikepdf.Object:
        note, plan = self.notes[0], self.plan
        self._name(note, Name.Tx)
        told = plan.shape is Shape.TOLD
        lines = plan.shape is not Shape.LINE
        note.Ff = (_MANY_LINES if lines else 0) | (_READ_ONLY if told else 0)
        note.V = String(plan.value)
        note.DA = String(_drawn_as(_SIZE))
        if plan.longest:
            note.MaxLen = plan.longest
        note.AP = Dictionary(N=self._drawing(note, self._words(*_size(note), lines=lines), text=True))
        return note

    def _words(self, wide: float, high: float, *, lines: bool) -> str:
        """What the field holds at first, cut at its edge, as the reader draws it."""
        if not self.plan.value:
            return "/Tx BMC EMC"
        rows = list(_wrapped(self.plan.value, wide - 2 * _MARGIN, self.face)) if lines else [self.plan.value]
        first = high - _MARGIN - _SIZE * 0.8 if lines else (high - _SIZE * 0.72) / 2
        told = " T* ".join(f"<{_coded(row).hex()}> Tj" for row in rows[: int(high / _LEADING) + 1])
        return (
            f"/Tx BMC q 0 0 {wide:.2f} {high:.2f} re W n BT {_drawn_as(_SIZE)} {_LEADING} TL "
            f"{_MARGIN} {first:.2f} Td {told} ET Q EMC"
        )

    def _drawing(self, note: Dictionary, content: str, *, text: bool = False) -> Stream:
        resources = Dictionary(Font=Dictionary(Inter=self.written)) if text else Dictionary()
        return Stream(
            self.pdf, content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, *_size(note)]),
            Resources=resources,
        )  # fmt: skip


def _size(note: Dictionary) -> tuple[float, float]:
    left, low, right, high = (float(edge) for edge in note.Rect)
    return round(right - left, 3), round(high - low, 3)


def _wrapped(text: str, wide: float, face: _Face) -> Iterator[str]:
    """`text` in lines that fit: between words, within one that is longer than a line."""
    most = max(1, int(wide / (_SIZE * 0.52)))
    for line in text.split("\n"):
        for row in textwrap.wrap(line, most) or [""]:
            yield from _cut(row, wide, face)


def _cut(row: str, wide: float, face: _Face) -> Iterator[str]:
    while face.width(row, _SIZE) > wide and len(row) > 1:
        most = max(1, int(len(row) * wide / face.width(row, _SIZE)) - 1)
        yield row[:most]
        row = row[most:]
    yield row


def _dot(wide: float, high: float) -> str:
    """A disc in the middle of a circle."""
    x, y, r = wide / 2, high / 2, min(wide, high) * 0.27
    k = r * _CIRCLE
    return (
        f"{_INK} rg {x + r:.2f} {y:.2f} m {x + r:.2f} {y + k:.2f} {x + k:.2f} {y + r:.2f} {x:.2f} {y + r:.2f} c "
        f"{x - k:.2f} {y + r:.2f} {x - r:.2f} {y + k:.2f} {x - r:.2f} {y:.2f} c "
        f"{x - r:.2f} {y - k:.2f} {x - k:.2f} {y - r:.2f} {x:.2f} {y - r:.2f} c "
        f"{x + k:.2f} {y - r:.2f} {x + r:.2f} {y - k:.2f} {x + r:.2f} {y:.2f} c f"
    )


def _check_mark(wide: float, high: float) -> str:
    """A tick within a box."""
    x, y = wide / 10, high / 10
    stroke = f"{2.2 * x:.2f} {5 * y:.2f} m {4.2 * x:.2f} {2.8 * y:.2f} l {7.8 * x:.2f} {7.4 * y:.2f} l S"
    return f"{_INK} RG {wide * 0.14:.2f} w 1 J 1 j {stroke}"
