"""The summary for a board: two pages, whatever the texts; the figures of the full report, fewer of them."""

import io
from dataclasses import replace
from fractions import Fraction
from functools import cache

import page
import pikepdf
import pytest

from palier.foundation.language import speaking
from palier.reports import typesetting
from palier.reports.board_wording import board_chapters, watched
from palier.reports.rules.boards import board_of
from palier.reports.rules.documents import ActionStatus
from tests.reports import samples
from tests.reports.test_pages import LONG, SEAL, SEVERE, bare, text_of


def crowded(words: str):
    """More rows than anybody has, each as long as it can be, on the smaller paper."""
    whole = samples.with_words(samples.results("fr", 30), words)
    rows = tuple(replace(row, label=words) for row in whole.dimensions * 3)
    face = replace(whole.cover, scope=words, seal=SEAL)
    result = replace(whole.headline, capped_by=("SX1.2.3",) * 30, withheld=words)
    return replace(whole, cover=face, dimensions=rows, headline=result, options=SEVERE)


BOARDS = {
    "fr": lambda: (samples.results("fr"), "fr"),
    "en-300": lambda: (samples.results("en", 300), "en"),
    "no-plan": lambda: (replace(samples.results("fr"), plan=None), "fr"),
    "bare": lambda: (bare(), "en"),
    "short": lambda: (samples.with_words(samples.results("en", 1), "x"), "en"),
    "long": lambda: (samples.with_words(samples.results("fr", 30), LONG), "fr"),
    "crowded": lambda: (crowded("mot " * 100), "fr"),
    "unbroken": lambda: (crowded("W" * 400), "fr"),
}


@cache
def printed(name: str) -> bytes:
    results, locale = BOARDS[name]()
    return typesetting.print_document(board_of(results), locale)


@pytest.mark.parametrize("name", BOARDS)
def test_it_is_two_pages_whatever_the_texts(name):
    pages = text_of(printed(name))
    assert len(pages) == 2
    assert all(f"{number} / 2" in words for number, words in enumerate(pages, start=1))


@pytest.mark.parametrize("profile", ["3a", "ua1"])
@pytest.mark.parametrize("name", ["fr", "no-plan", "bare", "unbroken"])
def test_it_keeps_both_standards(name, profile):
    report = page.validate_pdf_bytes(printed(name), profile=page.ValidationProfile(profile))
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_its_figures_are_those_of_the_full_report():
    whole = samples.results("fr")
    summary = board_of(whole)
    assert (summary.headline, summary.dimensions, summary.plan) == (
        whole.headline,
        whole.dimensions,
        whole.plan,
    )
    first, second = text_of(printed("fr"))
    assert "53,5" in first
    assert "12 actions pour passer de 53,5 à 58,3 points" in second


def test_it_lists_the_open_actions_that_bring_most():
    told = samples.plan("en", 3)
    small, large, done = (
        replace(action, gain=Fraction(gain), status=status)
        for action, gain, status in zip(
            told.actions,
            (1, 2, 9),
            (ActionStatus.PLANNED, ActionStatus.PLANNED, ActionStatus.DONE),
            strict=True,
        )
    )
    summary = board_of(samples.results("en", plan=replace(told, actions=(small, large, done))))
    assert [action.code for action in summary.leading] == ["A2", "A1", "A3"]


def test_every_action_travels_with_the_pages():
    with pikepdf.open(io.BytesIO(printed("en-300"))) as pdf:
        data = pdf.attachments["actions.csv"].get_file().read_bytes().decode("utf-8-sig")
        assert set(pdf.attachments) == {"results.csv", "actions.csv"}
    assert data.count("\nA") == 300


def test_what_to_watch_is_said_only_where_the_figures_say_it():
    summary = board_of(samples.results("en", 0))
    calm = replace(
        summary, plan=None, evidence=None, dimensions=(), headline=replace(summary.headline, capped_by=())
    )
    assert watched(calm) == ()
    late = samples.results("en", 12)
    with speaking("en"):
        said = watched(board_of(late))
    assert any(words.endswith("overdue.") for words in said)
    assert any("points below the median" in words for words in said)


def test_without_a_plan_the_second_page_is_about_what_to_move_first():
    with speaking("en"):
        first, second = board_chapters(board_of(samples.results("en", plan=None)))
    assert first.finding == samples.results("en").headline.sentence
    assert "to move first" in second.finding
