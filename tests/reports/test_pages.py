"""Every document as a file: both standards, every page legible, nothing in it that was not meant."""

import csv
import io
import re
from dataclasses import replace
from functools import cache
from html import unescape

import page
import pikepdf
import pypdfium2
import pytest

from palier.reports import typesetting
from palier.reports.keys import content_key
from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import board_of
from palier.reports.rules.documents import Action, ActionStatus, Logo
from palier.reports.rules.options import PLAIN, Mark, Options, PageSize
from palier.reports.rules.seals import Seal
from tests.reports import samples

LONG = (
    "Un intitulé qui n’en finit pas, avec « des guillemets » ; et un mot"
    + "-incoupable" * 14
    + " jusqu’au bout ?"
)

SEVERE = Options(PageSize.LETTER, mark=Mark.CONFIDENTIAL, footer="W" * 120, watermark="Copie")
"""What takes most room: the smaller paper, a mark and the widest foot."""

SEAL = Seal("0123456789ABCDEF", "https://palier.example.org/verify", "Transports du Val")

DOCUMENTS = {
    "results-fr": lambda: (samples.results("fr"), "fr"),
    "results-en": lambda: (samples.results("en"), "en"),
    "plan-fr": lambda: (samples.action_plan("fr"), "fr"),
    "plan-en": lambda: (samples.action_plan("en"), "en"),
    "plan-120": lambda: (samples.action_plan("fr", 120), "fr"),
    "results-long": lambda: (samples.with_words(samples.results("fr", 5), LONG), "fr"),
    "plan-long": lambda: (samples.with_words(samples.action_plan("en", 3), LONG), "en"),
    "results-short": lambda: (samples.with_words(samples.results("en", 5), "x"), "en"),
    "results-bare": lambda: (bare(), "en"),
    "board-fr": lambda: (board_of(samples.results("fr")), "fr"),
    "sheet-fr": lambda: (samples.action_sheet("fr"), "fr"),
    "sheet-bare": lambda: (bare_sheet(), "en"),
    "sheet-crowded": lambda: (samples.crowded_sheet(LONG * 12), "fr"),
}
EVERY_TIME = {"results-long", "plan-120", "sheet-bare"}
"""One of each kind, at its hardest; the others are validated in the long run."""
VALIDATED = [pytest.param(name, marks=[] if name in EVERY_TIME else pytest.mark.long) for name in DOCUMENTS]


def bare():
    """Results of a small questionnaire: withheld, no peers, no pyramid, no plan."""
    whole = samples.results("en", 0)
    headline = replace(
        whole.headline,
        score=None,
        level=None,
        previous=None,
        change=None,
        evidenced=None,
        withheld="Fewer than 80% answered",
    )
    return replace(
        whole, headline=headline, peers=None, strengths=(), priorities=(), gates=(), pyramid=(), evidence=None, plan=None,
        elements=tuple(replace(row, score=None, previous=None, change=None, withheld="Too few answers") for row in whole.elements[:2]),
        dimensions=tuple(replace(row, score=None, contribution=None, previous=None, change=None) for row in whole.dimensions[:1]),
    )  # fmt: skip


def bare_sheet():
    """An action of which only the title is known."""
    whole = samples.action_sheet("en")
    return ActionSheet(whole.cover, "Plan", Action("A1", "Listen", (), ActionStatus.PLANNED))


@cache
def printed(name: str) -> bytes:
    return typesetting.print_document(*DOCUMENTS[name]())


def text_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as pages:
        return [sheet.get_textpage().get_text_bounded() for sheet in pages]


@pytest.mark.parametrize("words", ["Wort" * 300, "un mot et un autre " * 300, "une ligne\n" * 300, "W" * 900])
@pytest.mark.parametrize("options", [PLAIN, SEVERE], ids=["plain", "severe"])
def test_the_sheet_of_an_action_is_one_page_whatever_people_type(words, options):
    """And what the page cut is whole in the data beside it."""
    document = replace(samples.crowded_sheet(words), options=options)
    document = replace(document, cover=replace(document.cover, seal=SEAL))
    content = typesetting.print_document(document, "fr")
    assert len(text_of(content)) == 1
    with pikepdf.open(io.BytesIO(content)) as opened:
        data = opened.attachments["action.csv"].get_file().read_bytes().decode("utf-8-sig")
    assert words in data


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("name", VALIDATED)
def test_the_file_keeps_both_standards(name, profile):
    report = page.validate_pdf_bytes(printed(name), profile=page.ValidationProfile(profile))
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_has_words_and_its_number(name):
    pages = text_of(printed(name))
    assert all(words.strip() for words in pages)
    assert all(f"{number} / {len(pages)}" in words for number, words in enumerate(pages[1:], start=2))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_only_the_faces_of_the_house_are_used(name):
    with pikepdf.open(io.BytesIO(printed(name))) as pdf:
        faces = {
            str(item.FontName)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/FontName" in item
        }
    assert faces
    assert all("Inter" in face or "Source-Serif" in face for face in faces)


@pytest.mark.parametrize(
    ("name", "language", "title"),
    [("results-fr", "fr", "Résultats et plan d’action"), ("plan-en", "en", "Action plan")],
)
def test_title_language_and_bookmarks_are_there(name, language, title):
    with pikepdf.open(io.BytesIO(printed(name))) as pdf:
        assert str(pdf.Root.Lang) == language
        assert title in str(pdf.docinfo["/Title"])
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261127163200")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pypdfium2.PdfDocument(printed(name)) as pdf:
        marks = [(mark.level, mark.get_title()) for mark in pdf.get_toc()]
    assert len([level for level, _ in marks if level == 0]) == {"results-fr": 8, "plan-en": 3}[name]


def test_the_two_languages_share_no_sentence_of_the_house():
    french, english = " ".join(text_of(printed("plan-fr"))), " ".join(text_of(printed("plan-en")))
    for words in ("Owner", "Due date", "Contents", "Prepared by"):
        assert words in english
        assert words not in french


def test_contents_send_to_the_right_pages():
    pages = text_of(printed("results-fr"))
    line = next(line for line in pages[1].splitlines() if line.startswith("Critères"))
    assert "Niveau de chaque critère" in pages[int(line.split()[-1]) - 1].replace("\r\n", " ")


@pytest.mark.parametrize("name", ["results-fr", "results-long", "plan-120"])
def test_no_heading_stands_alone_at_the_end_of_a_page(name):
    """Whatever closes a page above its foot, it is not a title."""
    html = re.sub(r"<(?!/?h[23])[^>]*>", "", typesetting.document_html(*DOCUMENTS[name]()))
    titles = {" ".join(unescape(title).split()) for title in re.findall(r"<h[23][^>]*>([^<]+)</h", html)}
    assert len(titles) > 5
    for words in text_of(printed(name))[2:]:
        body = [line.strip() for line in words.splitlines() if line.strip()]
        assert not titles & set(body[-4:]), body[-4:]


def test_a_long_plan_is_printed_whole_as_a_table():
    words = " ".join(text_of(printed("plan-120")))
    assert all(f"A{n} " in words for n in range(1, 121))


def test_the_data_travel_with_the_pages():
    with pikepdf.open(io.BytesIO(printed("results-fr"))) as pdf:
        files = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
    assert set(files) == {"results.csv", "actions.csv"}
    rows = list(csv.reader(io.StringIO(files["results.csv"].decode("utf-8-sig")), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == 1 + 5 + 10 + 34
    actions = list(csv.DictReader(io.StringIO(files["actions.csv"].decode("utf-8-sig")), delimiter=";"))
    assert len(actions) == 12
    assert actions[0]["Gain estimé"] == "0,02"


def test_a_formula_in_a_text_stays_text():
    plan = samples.plan("en", 1)
    plan = replace(plan, actions=(replace(plan.actions[0], title='=HYPERLINK("http://example.org")'),))
    pdf = typesetting.print_document(samples.action_plan("en", plan=plan), "en")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        data = opened.attachments["actions.csv"].get_file().read_bytes().decode("utf-8-sig")
    assert "'=HYPERLINK" in data


def test_the_same_data_give_the_same_bytes():
    assert typesetting.print_document(samples.results("fr"), "fr") == printed("results-fr")


def test_characters_without_a_glyph_leave_a_square_and_a_valid_file():
    words = "Café 日本 🎉 \u202eabc\u0000\u00ad\ud800 שלום"
    pdf = typesetting.print_document(samples.with_words(samples.action_plan("fr", 1), words), "fr")
    assert page.validate_pdf_bytes(pdf, profile=page.ValidationProfile("3a")).is_compliant
    assert "Café □□ □ abc □□□□" in " ".join(text_of(pdf))


def test_a_logo_that_is_no_picture_leaves_the_name():
    broken = replace(
        samples.cover("en"),
        issuer=replace(samples.cover("en").issuer, logo=Logo(b"<svg onload=alert(1)>", "image/png")),
    )
    pdf = typesetting.print_document(samples.action_plan("en", 1, cover=broken), "en")
    assert "Horizon Service Partners" in text_of(pdf)[0]


def test_the_key_changes_with_the_data_and_the_language_only():
    one, other = samples.results("fr"), samples.results("fr")
    assert content_key(one, "fr") == content_key(other, "fr")
    assert content_key(one, "en") != content_key(one, "fr")
    later = replace(one, cover=replace(one.cover, round="2027"))
    assert content_key(later, "fr") != content_key(one, "fr")


def test_french_punctuation_never_starts_a_line():
    assert (
        typesetting.legible("Quoi ? « Non » : 5 % !", "fr")
        == "Quoi\u202f? «\u00a0Non\u00a0»\u00a0: 5\u00a0%\u202f!"
    )
    assert typesetting.legible("What ? 5 %", "en") == "What ? 5 %"
