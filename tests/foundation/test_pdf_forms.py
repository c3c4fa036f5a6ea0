"""Fields of a PDF from outside: read whatever program filled them in, and refused in words when the file is hostile."""

import io
import time
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from palier.foundation import pdf_forms
from palier.foundation.pdf_forms import BadForm, Trouble, read_pdf_form

Maker = Callable[[pikepdf.Pdf], None]


def made(change: Maker, **saving: object) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **saving)
        return out.getvalue()


def form(pdf: pikepdf.Pdf, *fields: Dictionary, **more: object) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(one) for one in fields]), **more)


def text(name: str, value: object) -> Dictionary:
    return Dictionary(FT=Name.Tx, T=String(name), V=value)


def switch(name: str, **more: object) -> Dictionary:
    return Dictionary(FT=Name.Btn, T=String(name), **more)


async def test_fields_are_read_whatever_program_wrote_them() -> None:
    kids = Array([Dictionary(T=String("1"), FT=Name.Tx, V=String("deep"))])
    shown = Array([Dictionary(AS=Name.Off), Dictionary(AS=Name("/4"))])

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream("lignes «é»".encode("utf-16"))
        form(
            pdf, text("accents", String("«\u00a0été\u00a0» 😀")), text("ends", String("a\rb\r\nc\0d")), text("long", stream),
            text("empty", String("")), text("odd", 7), Dictionary(T=String("up"), Kids=kids), switch("on", V=Name("/3")),
            switch("off", V=Name.Off), switch("shown", Kids=shown), switch("nothing"), Dictionary(FT=Name.Tx, V=String("unnamed")),
        )  # fmt: skip

    assert await read_pdf_form(made(change)) == {
        "accents": "«\u00a0été\u00a0» 😀", "ends": "a\nb\ncd", "long": "lignes «é»", "empty": "", "odd": "",
        "up.1": "deep", "on": "3", "off": "", "shown": "4", "nothing": "",
    }  # fmt: skip


async def test_a_file_encrypted_without_a_password_is_read() -> None:
    data = made(lambda pdf: form(pdf, text("a", String("b"))), encryption=pikepdf.Encryption(owner="secret"))
    assert await read_pdf_form(data) == {"a": "b"}


def cycle(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(Dictionary(T=String("a")))
    field.Kids = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def deep(pdf: pikepdf.Pdf) -> None:
    field = Dictionary(T=String("a"))
    for _ in range(30):
        field = Dictionary(T=String("a"), Kids=Array([field]))
    form(pdf, field)


def unfolding(size: int) -> bytes:
    """A packed stream of `size` nothings, without packing so many."""
    deflate = zlib.compressobj(9, wbits=-15)
    part = deflate.compress(bytes(10_000_000)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + part * (size // 10_000_000) + b"\x03\0" + bytes(4)


def bomb() -> bytes:
    """A form whose fields stand in a stream of five kilobytes that unfolds into three gigabytes."""
    packed = zlib.compress(unfolding(3_000_000_000), 9)
    objects = [
        b"1 0 obj\n<</Type/Catalog/AcroForm 3 0 R/Pages 5 0 R>>\nendobj\n",
        b"5 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n",
        b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        % (len(packed), packed),
    ]
    starts = [9 + sum(map(len, objects[:n])) for n in range(4)]
    rows = [(0, 0), (1, starts[0]), (1, starts[2]), (2, 2), (1, starts[3]), (1, starts[1])]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + b"\0" for kind, at in rows)
    cross = b"4 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\n"
    return (
        b"%PDF-1.5\n"
        + b"".join(objects)
        + cross % (len(table), table)
        + b"startxref\n%d\n%%%%EOF" % starts[3]
    )


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        (lambda: b"%PDF-1.7 nothing", Trouble.DAMAGED),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, Trouble.DAMAGED),
        (lambda: made(lambda pdf: None), Trouble.NO_FIELDS),
        (lambda: made(lambda pdf: setattr(pdf.Root, "AcroForm", String("x"))), Trouble.NO_FIELDS),
        (lambda: made(lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(Fields=7))), Trouble.NO_FIELDS),
        (lambda: made(form), Trouble.NO_FIELDS),
        (lambda: made(lambda pdf: form(pdf, text("a", String("b"))), encryption=pikepdf.Encryption(owner="o", user="u")), Trouble.LOCKED),
        (lambda: made(cycle), Trouble.DAMAGED),
        (lambda: made(deep), Trouble.TOO_MUCH),
        (lambda: made(lambda pdf: form(pdf, *(text(str(n), String("x")) for n in range(20_001)))), Trouble.TOO_MUCH),
        (lambda: made(lambda pdf: form(pdf, *(text(str(n), String("x" * 40_000)) for n in range(102)))), Trouble.TOO_MUCH),
    ],
)  # fmt: skip
async def test_a_hostile_file_is_refused_with_its_reason(
    written: Callable[[], bytes], trouble: Trouble
) -> None:
    with pytest.raises(BadForm) as refused:
        await read_pdf_form(written())
    assert refused.value.trouble is trouble


async def test_a_file_that_unfolds_into_gigabytes_costs_its_reader_alone() -> None:
    data = bomb()
    assert len(data) < 6_000
    began = time.process_time()
    with pytest.raises(BadForm):
        await read_pdf_form(data)
    assert time.process_time() - began < 2  # ours, not the reader's


async def test_a_reader_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_forms, "READER", "timeit")
    monkeypatch.setattr(pdf_forms, "LONGEST", 0.05)
    with pytest.raises(BadForm, match="too much"):
        await read_pdf_form(b"%PDF-")


async def test_a_reader_that_dies_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_forms, "READER", "palier.no_such_reader")
    with pytest.raises(BadForm, match="too much"):
        await read_pdf_form(b"%PDF-")
