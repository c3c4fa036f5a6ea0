"""The options of a document: what a form says of them, and what a form that says nothing gets."""

import pytest

from palier.reports.pages.options import choices, fields_of, from_form
from palier.reports.rules.options import PLAIN, Mark, Options, PageSize, People, Section


def test_an_empty_form_asks_for_nothing_special():
    assert from_form({}) == (PLAIN, {})


def test_every_option_is_read():
    raw = {
        "paper": "letter",
        "people": "roles",
        "mark": "confidential",
        "footer": " Réf.  12\n b ",
        "section-plan": "yes",
    }
    chosen = Options(PageSize.LETTER, People.ROLES, Mark.CONFIDENTIAL, "Réf. 12 b", (Section.PLAN,))
    assert from_form(raw) == (chosen, {})
    assert from_form(fields_of(chosen)) == (chosen, {})


def test_all_sections_and_none_are_the_same_whole_document():
    assert from_form(dict.fromkeys((name for name, _ in choices().sections), "yes"))[0] == PLAIN
    assert from_form(fields_of(PLAIN))[0] == PLAIN


@pytest.mark.parametrize(
    ("field", "value"), [("paper", "a3"), ("people", "pictures"), ("mark", "secret"), ("footer", "x" * 121)]
)
def test_what_cannot_be_chosen_is_told_in_its_field(field, value):
    options, errors = from_form({field: value})
    assert options == PLAIN
    assert list(errors) == [field]


def test_a_watermark_is_not_asked_for_on_the_form():
    assert from_form({"watermark": "for nobody"})[0].watermark == ""
