"""Fills the fields of a PDF as two programs do: one that writes the file, one that types and clicks into its pages."""

import ctypes
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Name, String


@contextmanager
def fields_of(file: bytes) -> Iterator[dict[str, Any]]:
    """The fields by name."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        yield {str(field.T): field for field in pdf.Root.AcroForm.Fields}


def filled(file: bytes, values: Mapping[str, str]) -> bytes:
    """`file` with `values` in its fields, written into the file as a program does that knows no pages."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        for name, value in values.items():
            field = fields[name]
            field.V = Name(f"/{value or 'Off'}") if Name.Btn == field.FT else String(value)
            for box in field.get("/Kids", [field]) if Name.Btn == field.FT else ():
                box.AS = field.V if field.V in box.AP.N else Name.Off
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def typed(file: bytes, values: Mapping[str, str]) -> bytes:
    """`file` with `values` in its fields, clicked and typed as in the reader of Chromium."""
    with fields_of(file) as fields:
        places = {name: _place(fields[name], value) for name, value in values.items()}
        texts = {name for name in values if Name.Tx == fields[name].FT}
    with pypdfium2.PdfDocument(file) as pdf:
        pdf.init_forms()
        pages = [pdf[number] for number in range(len(pdf))]
        for name, value in values.items():
            number, x, y = places[name]
            _click(pdf.formenv, pages[number], x, y)
            if name in texts:
                _type(pdf.formenv, pages[number], value)
            pdfium.FORM_ForceToKillFocus(pdf.formenv)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _click(form: Any, sheet: pypdfium2.PdfPage, x: float, y: float) -> None:
    for act in (pdfium.FORM_OnMouseMove, pdfium.FORM_OnLButtonDown, pdfium.FORM_OnLButtonUp):
        act(form, sheet, 0, x, y)


def _type(form: Any, sheet: pypdfium2.PdfPage, text: str) -> None:
    letters = ctypes.create_string_buffer(text.encode("utf-16-le") + b"\0\0")
    pdfium.FORM_SelectAllText(form, sheet)
    pdfium.FORM_ReplaceSelection(form, sheet, ctypes.cast(letters, ctypes.POINTER(ctypes.c_ushort)))


def _place(field: Any, value: str) -> tuple[int, float, float]:
    """Page, and middle on it, of what to click on for `value`."""
    boxes = list(field.get("/Kids", [field]))
    box = next((one for one in boxes if f"/{value}" in one.AP.N), boxes[0]) if Name.Btn == field.FT else field
    left, low, right, high = (float(edge) for edge in box.Rect)
    return _page_of(box), (left + right) / 2, (low + high) / 2


def _page_of(box: Any) -> int:
    return pikepdf.Page(box.P).index
