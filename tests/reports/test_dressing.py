"""Every option is honoured in every kind, on every page, and the file keeps both standards."""

import io
from dataclasses import replace
from datetime import date
from functools import cache

import page
import pikepdf
import pypdfium2
import pytest

from palier.foundation.language import speaking
from palier.reports import dressing, typesetting
from palier.reports.rules.boards import board_of
from palier.reports.rules.bulletins import Bulletin, BulletinRow, FamilyRow
from palier.reports.rules.documents import Quartiles
from palier.reports.rules.naming import by_role
from palier.reports.rules.options import Mark, Options, PageSize, Section
from palier.reports.rules.record import KINDS
from palier.reports.wording import role_words
from tests.reports import paper_samples, samples
from tests.reports.test_pages import text_of

ALL = Options(
    page=PageSize.LETTER, mark=Mark.CONFIDENTIAL, footer="Réf. <b>114</b>", watermark="Copie pour la <Banque> & Cie"
)  # fmt: skip
PEOPLE = ("Malik", "Sophie", "Théo", "Claire", "Hugo", "Martin", "Ouali")


def bulletin() -> Bulletin:
    rows = (
        BulletinRow("total", "Ensemble", "40 à 79", Quartiles(47, 55, 64), 2, heading=True),
        BulletinRow("SX1", "Cap et leadership", "40 à 79", Quartiles(45, 52, 61), None, heading=True),
        BulletinRow("SX1.1", "Ambition", "", None),
    )
    return Bulletin(
        samples.cover("fr"), "40 à 79", 5, rows, (("total", "Ensemble"),), (FamilyRow("Transports", "5 à 9", (54,)),),
        ("Énergie",), "SX 1.0.0", "CC BY", "5f2a" * 16, "2025", date(2025, 11, 27),
    )  # fmt: skip


KIND = {
    "results": lambda: samples.results("fr", 3),
    "board": lambda: board_of(samples.results("fr", 3)),
    "plan": lambda: samples.action_plan("fr", 6),
    "action": lambda: samples.action_sheet("fr"),
    "bulletin": bulletin,
    "certificate": lambda: paper_samples.certificate("fr"),
    "paper": lambda: paper_samples.paper("fr"),
}
NAMED = ("results", "board", "plan", "action", "bulletin")


@cache
def dressed(kind: str) -> bytes:
    """A document of `kind` with every option chosen."""
    with speaking("fr"):
        document = by_role(KIND[kind](), role_words(), "Hugo Martin")
    return typesetting.print_document(replace(document, options=ALL), "fr")


def test_every_kind_set_in_type_is_looked_at():
    assert set(KIND) == set(KINDS) - {"slides"}


@pytest.mark.parametrize("kind", KIND)
def test_the_paper_the_mark_and_the_foot_are_on_every_page(kind):
    with pikepdf.open(io.BytesIO(dressed(kind))) as pdf:
        sizes = {tuple(map(float, sheet.mediabox)) for sheet in pdf.pages}
    assert sizes == {(0, 0, 612, 792)}
    for words in text_of(dressed(kind)):
        assert "Confidentiel" in words
        assert "Réf. <b>114</b>" in words


@pytest.mark.parametrize("kind", KIND)
def test_the_watermark_lies_on_every_page_and_is_read_by_nobody(kind):
    """It is an artifact: whoever listens to the document does not hear it, and both standards hold."""
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(dressed(kind), profile=page.ValidationProfile(profile))
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    with pikepdf.open(io.BytesIO(dressed(kind))) as pdf:
        for sheet in pdf.pages:
            assert "/Pattern" in sheet.Resources
            assert b"/Artifact" in sheet.Contents.read_bytes()


def test_the_words_of_a_watermark_are_drawn_as_typed():
    tiles = dressing.drawings_of(ALL)
    assert set(tiles) == {dressing.WATERMARK, f"{dressing.WATERMARK}-light"}
    assert all("&lt;Banque&gt; &amp;" in tile for tile in tiles.values())
    assert "Banque" not in dressing.sheet_of(ALL)
    assert dressing.drawings_of(Options()) == {}


@pytest.mark.parametrize("kind", NAMED)
def test_by_role_no_name_is_left_in_the_pages_nor_in_the_file(kind):
    words = " ".join(text_of(dressed(kind)))
    with pikepdf.open(io.BytesIO(dressed(kind))) as pdf:
        words += " ".join(
            pdf.attachments[name].get_file().read_bytes().decode("utf-8-sig") for name in pdf.attachments
        )
        words += " ".join(map(str, dict(pdf.docinfo).values())) + pdf.Root.Metadata.read_bytes().decode()
    assert [name for name in PEOPLE if name in words] == []
    assert kind == "bulletin" or "Responsable" in words


def test_by_role_each_owner_keeps_a_number_of_their_own():
    with speaking("en"):
        plan = by_role(samples.plan("en", 6), role_words(), "")
    assert [action.owner for action in plan.actions] == [
        "Owner 1",
        "Owner 2",
        "Owner 3",
        "Owner 4",
        "",
        "Owner 1",
    ]
    assert {action.sponsor for action in plan.actions} == {"", "Sponsor"}


def test_a_consultant_without_a_firm_signs_as_a_consultant():
    face = samples.cover("en")
    alone = replace(face, issuer=replace(face.issuer, name="Hugo Martin", person=""))
    with speaking("en"):
        assert by_role(alone, role_words(), "Hugo Martin").issuer.name == "Consultant"
        assert by_role(face, role_words(), "Hugo Martin").issuer.name == face.issuer.name


CHOSEN = (Section.SCORE, Section.METHOD)


@cache
def in_part() -> bytes:
    document = replace(samples.results("fr", 3), options=Options(sections=CHOSEN))
    return typesetting.print_document(document, "fr")


def test_only_the_chosen_sections_are_printed():
    with pypdfium2.PdfDocument(in_part()) as pdf:
        marks = [mark.get_title() for mark in pdf.get_toc() if mark.level == 0]
        pages = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
    assert [mark.split(".")[0] for mark in marks] == ["Composition du score", "À propos de ce document"]
    assert "actions" not in pages[0]


def test_the_data_hold_no_more_than_the_sections():
    with pikepdf.open(io.BytesIO(in_part())) as pdf:
        assert set(pdf.attachments) == {"results.csv"}
        rows = pdf.attachments["results.csv"].get_file().read_bytes().decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 5 + 10


@pytest.mark.parametrize("section", Section)
def test_each_section_makes_a_document_alone(section):
    document = replace(samples.results("en", 2), options=Options(sections=(section,)))
    html = typesetting.document_html(document, "en")
    assert html.count('class="chapter"') == (2 if section is Section.PLAN else 1)
    assert 'class="contents"' not in html, "one chapter needs no page that lists it"
