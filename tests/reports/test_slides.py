"""Executive slides: a presentation every program opens, with the figures of the report and nothing that was not meant."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction

import openxml_audit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pptx.oxml.ns import qn
from pptx.util import Inches

from palier.reports.keys import content_key
from palier.reports.rules.documents import ActionStatus, Logo
from palier.reports.rules.naming import RoleWords, by_role
from palier.reports.rules.options import Options, Section
from palier.reports.rules.slides import (
    coming_next,
    due_by_quarter,
    largest_gains,
    roadmap,
    slides_of,
    strip_groups,
)
from palier.reports.slides.deck import count_slides, print_slides
from palier.reports.slides.fitting import LINE, fitted, wrapped
from tests.reports import decks, samples
from tests.reports.test_hostile import traps

ON = date(2026, 11, 27)
NUMBER_OF_SLIDES = {
    "fr": 9,
    "en": 9,
    "long": 9,
    "longest": 9,
    "short": 9,
    "bare": 5,
    "dressed": 9,
    "many": 11,
    "alone": 9,
    "fabricated": 8,
}
EVERY = sorted(decks.DECKS)
NORMALLY = ("dressed", "fabricated")


# --- what is chosen to be shown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (12, [12]), (13, [6, 7]), (60, [12, 12, 12])]
)
def test_elements_are_spread_over_three_slides_at_most(count, sizes):
    rows = samples.results("en", 0).elements * 6
    assert [len(group) for group in strip_groups(rows[:count])] == sizes


def actions(*dues: date | None, status=ActionStatus.PLANNED):
    one = samples.action(0, "en")
    return tuple(
        replace(one, code=f"A{n}", due=due, start=None, status=status, gain=Fraction(n, 10))
        for n, due in enumerate(dues)
    )


def test_an_action_without_a_first_day_runs_from_today_or_a_month_before_it_is_due():
    rows = roadmap(actions(date(2027, 1, 31), date(2026, 11, 1), None), ON)
    assert [(bar.action.code, bar.start, bar.days) for bar in rows] == [
        ("A1", date(2026, 10, 2), 30),
        ("A0", ON, 65),
    ]


def test_an_action_that_starts_after_its_end_is_still_a_day_long():
    late = replace(actions(ON)[0], start=date(2030, 1, 1))
    assert [bar.days for bar in roadmap((late,), ON)] == [1]


def test_quarters_far_away_are_added_up_at_the_ends():
    rows = due_by_quarter(
        actions(date(1999, 5, 1), date(2026, 12, 1), date(2027, 2, 1), date(2090, 1, 1)), ON
    )
    assert len(rows) == 14
    assert [(rows[0].open_ended, sum(rows[0].counts)), (rows[-1].open_ended, sum(rows[-1].counts))] == [
        (-1, 1),
        (1, 1),
    ]
    assert (rows[0].year, rows[0].number) == (rows[1].year, rows[1].number) == (2026, 1)
    assert (rows[-1].year, rows[-1].number) == (2029, 1)
    assert sum(sum(row.counts) for row in rows) == 4


def test_quarters_near_each_other_have_no_open_end():
    rows = due_by_quarter(actions(date(2026, 12, 31), date(2027, 1, 1)), ON)
    assert [(row.year, row.number, row.open_ended) for row in rows] == [(2026, 4, 0), (2027, 1, 0)]
    assert due_by_quarter((), ON) == ()


def test_what_is_done_does_not_come_next_and_what_brings_nothing_is_no_gain():
    assert coming_next(actions(ON, ON, status=ActionStatus.DONE)) == ()
    assert [action.code for action in largest_gains(actions(ON, ON, ON))] == ["A2", "A1"]


# --- words that fit -------------------------------------------------------------------------------------------------


@given(st.text(max_size=300), st.floats(60, 900), st.floats(12, 200), st.booleans())
def test_whatever_is_typed_fits_its_place(text, width, height, bold):
    words = fitted(text, width, height, (26, 18, 12), bold=bold)
    assert len(wrapped(words.text, words.size, width, bold=bold)) <= max(
        1, int(height / (LINE * words.size) + 0.01)
    )
    assert words.whole == (words.text == text)
    assert words.whole or text.startswith(words.text[:-1].rstrip())


def test_a_text_is_set_as_large_as_it_fits():
    assert fitted("a few words", 300, 40, (30, 20, 10)).size == 30
    assert fitted("a few words more than that", 120, 40, (30, 20, 10)).size == 10


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [name if name in NORMALLY else pytest.param(name, marks=pytest.mark.long) for name in EVERY]
)
def test_the_package_keeps_the_standard(name, tmp_path):
    """ISO/IEC 29500, every part against its schema: programs repair or refuse what does not."""
    file = tmp_path / "deck.pptx"
    file.write_bytes(decks.printed(name))
    result = openxml_audit.validate_pptx(file)
    assert result.is_valid, [(error.part_uri, error.description) for error in result.errors[:5]]


@pytest.mark.parametrize("name", EVERY)
def test_every_slide_has_a_title_of_its_own_and_notes_with_sources(name):
    deck = decks.opened(decks.printed(name))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert len(titles) == NUMBER_OF_SLIDES[name] == count_slides(decks.printed(name))
    assert all(title.strip() for title in titles)
    if name not in ("long", "longest", "short"):
        assert len(set(titles)) == len(titles)
    assert all("Source" in slide.notes_slide.notes_text_frame.text for slide in deck.slides)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_leaves_its_slide(name):
    deck = decks.opened(decks.printed(name))
    assert (deck.slide_width, deck.slide_height) == (Inches(13.333), Inches(7.5))
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.is_placeholder and shape.width is None:
                continue
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width + 1000
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize("name", ["fr", "bare", "dressed"])
def test_every_picture_chart_and_table_says_what_it_shows(name):
    for slide in decks.opened(decks.printed(name)).slides:
        for shape in slide.shapes:
            about = shape._element.xpath(".//p:cNvPr")[0]
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                assert about.get("descr")
            elif not shape.has_text_frame or not shape.text_frame.text:
                assert about.get("descr") or about.findall(qn("a:extLst")), "said in words, or decoration"


def test_tables_name_their_heads_and_charts_are_native():
    deck = decks.opened(decks.printed("fr"))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    tables = [shape.table for shape in shapes if shape.has_table]
    assert tables
    assert all(table.first_row and table.first_col for table in tables)
    assert sum(shape.has_chart for shape in shapes) == 6
    assert sum(shape.shape_type == 13 for shape in shapes) == 1


def charts_of(name):
    return [
        shape.chart
        for slide in decks.opened(decks.printed(name)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]


def shown(formula, row, sheet):
    """The value of a cell; of a difference of two cells, for that is all the formulas of these sheets are."""
    cells = [sheet[cell].value for cell in formula.lstrip("=").split("-")]
    return cells[0] if len(cells) == 1 else cells[0] - cells[1]


@pytest.mark.parametrize("name", ["fr", "alone", "dressed"])
def test_the_workbook_of_a_chart_holds_what_is_drawn(name):
    for chart in charts_of(name):
        sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))["Sheet1"]
        for place, series in enumerate(
            sorted((s for p in chart.plots for s in p.series), key=lambda s: s._element.idx.val), start=2
        ):
            assert sheet.cell(1, place).value == series.name
            held = [sheet.cell(row, place).value for row in range(2, len(list(series.values)) + 2)]
            held = [
                shown(cell, None, sheet) if isinstance(cell, str) and cell.startswith("=") else cell
                for cell in held
            ]
            assert held == list(series.values)


def test_the_figures_are_those_of_the_report():
    document = samples.results("fr")
    strips = charts_of("fr")[0]
    series = {one.name: list(one.values) for plot in strips.plots for one in plot.series}
    assert series["Votre score"] == [float(row.score) for row in document.elements]
    first = document.elements[0].comparison.quartiles
    assert [values[0] for values in list(series.values())[:3]] == [
        first.q1,
        first.median - first.q1,
        first.q3 - first.median,
    ]
    hidden = document.elements[6]
    assert hidden.comparison.quartiles is None
    assert [values[6] for values in list(series.values())[:3]] == [None, None, None]


def test_the_same_data_give_the_same_bytes_dated_like_them():
    again = print_slides(*decks.slides("dressed"))
    assert again == decks.printed("dressed")
    with zipfile.ZipFile(io.BytesIO(again)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert decks.opened(again).core_properties.created == samples.AS_OF.replace(tzinfo=None)


def test_slides_are_another_document_than_the_report_they_are_made_of():
    report = samples.results("fr")
    assert content_key(slides_of(report), "fr") != content_key(report, "fr")


def test_the_language_is_told_to_who_reads_aloud():
    for name, tongue in (("fr", "fr-FR"), ("en", "en-GB")):
        deck = decks.opened(decks.printed(name))
        assert deck.core_properties.language == tongue
        runs = [run for slide in deck.slides for run in slide._element.iter(qn("a:rPr"))]
        assert {run.get("lang") for run in runs} == {tongue}


def test_the_two_languages_share_no_sentence_of_the_house():
    french, english = decks.words_of(decks.printed("fr")), decks.words_of(decks.printed("en"))
    for words in (
        "Your score",
        "Largest expected gains",
        "points out of 100",
        "What comes next",
        "Prepared by",
    ):
        assert words not in french
    for words in ("Votre score", "Gains estimés les plus élevés", "points sur 100", "Préparé par"):
        assert words in french
        assert words not in english


# --- options --------------------------------------------------------------------------------------------------------


def test_mark_and_foot_stand_on_every_slide_and_the_watermark_behind_them():
    deck = decks.opened(decks.printed("dressed"))
    for slide in deck.slides:
        words = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert "Confidentiel" in words
        assert "Version du comité" in words
        assert "Copie pour la Région" not in words
        assert "Copie pour la Région" in slide.slide_layout.shapes[0].text_frame.text


def test_the_seal_stands_on_the_last_slide():
    deck = decks.opened(decks.printed("dressed"))
    last = [shape.text_frame.text for shape in deck.slides[-1].shapes if shape.has_text_frame]
    assert any("https://example.org/verify" in words and "ABCD-EFGH-1234-5678" in words for words in last)


def test_the_sections_that_are_left_out_are_not_told():
    document = replace(
        slides_of(samples.results("en")), options=Options(sections=(Section.PRIORITIES, Section.PLAN))
    )
    assert count_slides(print_slides(document, "en")) == 4
    nothing = replace(document, options=Options(sections=(Section.CRITERIA,)))
    deck = decks.opened(print_slides(nothing, "en"))
    assert [slide.shapes.title.text_frame.text for slide in deck.slides][1:] == [document.headline.sentence]


def test_people_who_go_by_their_role_are_named_nowhere_in_the_package():
    document = by_role(
        slides_of(samples.results("en")), RoleWords("Owner", "Sponsor", "Consultant"), "Hugo Martin"
    )
    words = decks.words_of(print_slides(document, "en"))
    assert "Owner 1" in words
    for name in ("Malik Ouali", "Claire Lambert", "Hugo Martin"):
        assert name not in words


def test_a_logo_that_is_no_picture_leaves_the_name():
    issuer = replace(samples.cover("en").issuer, logo=Logo(b"<svg onload=alert(1)>", "image/png"))
    document = slides_of(samples.results("en", cover=replace(samples.cover("en"), issuer=issuer)))
    first = decks.opened(print_slides(document, "en")).slides[0]
    assert "Horizon Service Partners" in [
        shape.text_frame.text for shape in first.shapes if shape.has_text_frame
    ]


# --- whatever people type -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trap", ['=HYPERLINK("http://example.org")', "{=1+1}", "+1", *traps(9)[:5:2]])
def test_what_is_typed_stays_words_and_reaches_nothing(trap):
    content = print_slides(slides_of(samples.with_words(samples.results("en", 2), trap)), "en")
    for name, part in decks.parts(content):
        assert b'TargetMode="External"' not in part, name
        assert b"<script" not in part
        formulas = re.findall(rb"<f>(.*?)</f>", part)
        assert all(re.fullmatch(rb"[A-I]\d+(-[A-I]\d+)?", formula) for formula in formulas)
    assert trap in decks.words_of(content)


def test_characters_no_file_can_hold_are_left_out():
    words = "Caf\u0065\u0301 日本 🎉 \u202eabc\u0000\u000b\ud800\uffff שלום"
    content = print_slides(slides_of(samples.with_words(samples.results("fr", 1), words)), "fr")
    told = decks.words_of(content)
    assert "Café 日本 🎉 abc שלום" in told
    assert "_x000" not in told
