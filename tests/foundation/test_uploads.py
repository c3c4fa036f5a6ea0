"""What people attach is judged by its bytes: hostile files are turned away, honest ones come out harmless."""

import io
import random
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from palier.foundation import office_files, uploads
from palier.foundation.file_names import LONGEST, safe_name
from palier.foundation.uploads import HEAVIEST, Reason, Refused, received

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, (20, 60, 120)).save(drawn, kind, **options)
    return drawn.getvalue()


def packed(members: dict[str, bytes], comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.comment = comment
    return written.getvalue()


def word(more: dict[str, bytes] | None = None, main: str = WORD) -> bytes:
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}.main+xml"/></Types>'
    return packed({"[Content_Types].xml": types.encode(), "word/document.xml": b"<w/>", **(more or {})})


def opened(more: dict[str, bytes] | None = None, kind: str = "text") -> bytes:
    media_type = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed({"mimetype": media_type, "content.xml": b"<o/>", **(more or {})})


async def refusal(name: str, data: bytes) -> Reason:
    with pytest.raises(Refused) as refused:
        await received(name, data)
    return refused.value.reason


# --- hostile --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("vide.pdf", b"", Reason.EMPTY),
        ("lourd.pdf", b"%PDF-1.7" + b"0" * HEAVIEST, Reason.TOO_HEAVY),
        ("dessin.svg", SCRIPT, Reason.UNKNOWN),
        ("dessin.png", SCRIPT, Reason.UNKNOWN),
        ("dessin.txt", SCRIPT, Reason.UNKNOWN),
        ("page.txt", b"\xef\xbb\xbf \n<!doctype html><script>alert(1)</script>", Reason.UNKNOWN),
        ("page.html", b"<html></html>", Reason.UNKNOWN),
        ("page.csv", "\ufeff<html>".encode(), Reason.UNKNOWN),
        ("programme.exe", b"MZ" + b"\0" * 100, Reason.UNKNOWN),
        ("programme.pdf", b"MZ" + b"\0" * 100, Reason.UNKNOWN),
        ("programme.txt", b"MZ" + b"\0" * 100, Reason.UNKNOWN),
        ("programme", b"\x7fELF" + b"\0" * 100, Reason.UNKNOWN),
        ("script.sh", b"#!/bin/sh\nrm -rf /\n", Reason.UNKNOWN),
        ("script.csv", b"#!/bin/sh\nrm -rf /\n", Reason.UNKNOWN),
        ("utf16.txt", "bonjour".encode("utf-16"), Reason.UNKNOWN),
        ("latin.csv", "numéro;été".encode("cp1252"), Reason.NOT_UTF8),
        ("nul.txt", b"a\0b", Reason.UNKNOWN),
        ("archive.zip", packed({"a.txt": b"a"}), Reason.UNKNOWN),
        ("archive.docx", packed({"a.txt": b"a"}), Reason.UNKNOWN),
        ("tronqué.docx", word()[:-30], Reason.DAMAGED),
        ("tronqué.png", picture()[:60], Reason.DAMAGED),
        ("tronqué.pdf", b"%PDF-1.7\n1 0 obj", Reason.DAMAGED),
        ("avant.pdf", b"GIF89a;" + PDF, Reason.DAMAGED),
        ("décalé.pdf", b"\n\n" + PDF, Reason.UNKNOWN),
        ("deux.pdf", PDF + packed({"evil.exe": b"MZ"}), Reason.DISGUISED),
        ("deux.pdf", PDF + b"<script>alert(1)</script>" * 100, Reason.DISGUISED),
        ("deux.docx", word() + PDF, Reason.DISGUISED),
        ("macros.docx", word({"word/vbaProject.bin": b"x"}), Reason.PROGRAM),
        ("macros.docx", word({"word/VBAPROJECT.BIN": b"x"}), Reason.PROGRAM),
        ("macros.docm", word(main="application/vnd.ms-word.document.macroEnabled"), Reason.PROGRAM),
        ("macros.odt", opened({"Basic/Standard/Module1.xml": b"x"}), Reason.PROGRAM),
        ("scripts.ods", opened({"Scripts/python/x.py": b"x"}, "spreadsheet"), Reason.PROGRAM),
        ("programme.docx", word({"word/embeddings/setup.exe": b"MZ"}), Reason.PROGRAM),
        ("chemin.docx", word({"../../etc/cron.d/x": b"x"}), Reason.DISGUISED),
        ("racine.docx", word({"/etc/passwd": b"x"}), Reason.DISGUISED),
        ("antislash.docx", word({"..\\x": b"x"}), Reason.DISGUISED),
        ("bombe.docx", word({"word/media/a.bin": b"\0" * 60_000_000}), Reason.BOMB),
        ("essaim.docx", word({f"word/{n}.xml": b"" for n in range(3001)}), Reason.BOMB),
    ],
)  # fmt: skip
async def test_what_is_hostile_is_turned_away(name: str, data: bytes, reason: Reason) -> None:
    assert await refusal(name, data) is reason


async def test_a_bomb_that_lies_about_its_size_is_turned_away() -> None:
    honest = word({"word/media/a.bin": b"\0" * 3_000_000})
    size = struct.pack("<I", 3_000_000)
    assert honest.count(size) >= 1
    assert await refusal("menteur.docx", honest.replace(size, struct.pack("<I", 10))) is Reason.DAMAGED


async def test_an_office_file_nobody_can_look_into_is_turned_away() -> None:
    data = bytearray(word())
    for header, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):  # the flag "encrypted" of each member
        start = 0
        while (start := bytes(data).find(header, start)) >= 0:
            data[start + place] |= 1
            start += 4
    assert await refusal("secret.docx", bytes(data)) is Reason.LOCKED


async def test_a_picture_of_too_many_points_is_turned_away_before_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "MOST_PIXELS", 1000)
    assert await refusal("géante.png", picture(size=(40, 30))) is Reason.BOMB


@given(
    st.binary(max_size=400), st.text(max_size=80), st.sampled_from(["", "pdf", "docx", "png", "txt", "csv"])
)
async def test_no_bytes_and_no_name_do_more_than_be_refused(data: bytes, name: str, ending: str) -> None:
    try:
        kept = await received(f"{name}.{ending}", data)
    except Refused:
        return
    assert kept.media_type in uploads.ENDINGS
    assert kept.name == safe_name(kept.name, uploads.ENDINGS[kept.media_type])


async def test_broken_honest_files_are_refused_never_a_fault() -> None:
    dice = random.Random(5)
    for whole in (word(), opened(), picture(), picture("JPEG"), picture("WEBP"), picture("GIF"), PDF):
        for _ in range(25):
            broken = bytearray(whole)
            for _ in range(3):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            try:
                await received("x.docx", bytes(broken))
            except Refused:
                continue


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("bilan.pdf", "bilan.pdf"),
        ("Bilan d’été 2026.PDF", "Bilan d’été 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\bilan.pdf", "bilan.pdf"),
        ("bilan\r\nSet-Cookie: x.pdf", "bilan Set-Cookie x.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe.pdf"),
        ("bilan.pdf.exe", "bilan.pdf.exe.pdf"),
        ('a"b<c>|d?*:.pdf', "a b c d.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("CON.pdf", "CON_.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("x" * 5000 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
        ("\u0000\u0007\u200b\ufeff.pdf", "file.pdf"),
        ("photo.jpeg", "photo.jpeg.pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_harm(name: str, kept: str) -> None:
    assert safe_name(name, ("pdf",)) == kept


@given(st.text(max_size=400))
def test_no_name_holds_a_path_a_control_or_too_much(name: str) -> None:
    kept = safe_name(name, ("pdf",))
    assert kept.endswith(".pdf")
    assert len(kept) <= LONGEST
    assert not set(kept) & set('/\\:*?"<>|')
    assert kept.isprintable()
    assert not kept.startswith(".")
    assert safe_name(kept, ("pdf",)) == kept


# --- honest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "media_type", "kept"),
    [
        ("bilan.pdf", PDF, "application/pdf", "bilan.pdf"),
        ("note.docx", word(), WORD, "note.docx"),
        ("note.doc", word(), WORD, "note.doc.docx"),
        ("note.odt", opened(), "application/vnd.oasis.opendocument.text", "note.odt"),
        ("note.txt", "Vu en gare, été".encode(), "text/plain", "note.txt"),
        ("note.csv", "\ufeffa;b\n1;2".encode(), "text/csv", "note.csv"),
        ("photo.png", picture("JPEG"), "image/jpeg", "photo.png.jpg"),
        ("photo.jpeg", picture("JPEG"), "image/jpeg", "photo.jpeg"),
        ("photo.webp", picture("WEBP"), "image/webp", "photo.webp"),
        ("photo.gif", picture("GIF"), "image/png", "photo.gif.png"),
    ],
)  # fmt: skip
async def test_what_is_honest_is_taken_by_what_it_is(
    name: str, data: bytes, media_type: str, kept: str
) -> None:
    found = await received(name, data)
    assert (found.media_type, found.name) == (media_type, kept)


async def test_a_real_workbook_is_known() -> None:
    book, written = Workbook(), io.BytesIO()
    book.active["A1"] = "Vu en gare"
    book.save(written)
    assert (await received("suivi.xlsx", written.getvalue())).media_type == SHEET


async def test_a_picture_is_drawn_anew_so_that_nothing_else_travels_in_it() -> None:
    place = Image.Exif()
    place[0x9286] = "48.85, 2.35"
    place[0x0112] = 6  # lying on its side
    hidden = picture("JPEG", exif=place.tobytes()) + packed({"evil.exe": b"MZ"})
    found = await received("photo.jpg", hidden)
    assert b"PK" not in found.data
    assert b"48.85" not in found.data
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert drawn.size == (30, 40), "turned the way it was meant"
        assert not drawn.getexif()


async def test_a_large_picture_is_reduced() -> None:
    found = await received("grande.jpg", picture("JPEG", (5000, 100)))
    with Image.open(io.BytesIO(found.data)) as drawn:
        assert max(drawn.size) == uploads.LONGEST_SIDE


def test_every_office_kind_has_an_ending() -> None:
    assert set(office_files.KINDS.values()) <= set(uploads.ENDINGS)
