"""The options of a document: what a form says of them, and what a form that says nothing gets."""

import json

import pytest

from palier.foundation.identifiers import new_id
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


async def test_the_form_asks_for_a_board_summary_with_every_option(claire, plan, visit, owner):
    fields = {
        "op": str(new_id()), "kind": "board", "locale": "en", "assessment": "sx-2026", "plan": plan,
        "people": "roles", "paper": "letter", "mark": "internal", "footer": "Board, 12 December",
    }  # fmt: skip
    async with visit(claire) as browser:
        shown = await browser.get("/o/transports-du-val/reports/new?assessment=sx-2026")
        asked = await browser.send_form("/o/transports-du-val/reports/new", fields)
    assert shown.text.count('name="section-') == len(Section)
    assert shown.text.count('value="yes" checked') >= len(Section)
    assert asked.status_code == 303
    kept = json.loads(await owner.fetchval("select content from report"))
    assert kept["kind"] == "board"
    options = kept["document"]["options"]
    assert (options["page"], options["people"], options["mark"]) == ("letter", "roles", "internal")
    assert options["footer"] == "Board, 12 December"
    assert "Claire" not in json.dumps(kept)


async def test_a_footer_that_is_too_long_comes_back_as_typed(claire, rounds, visit, owner):
    fields = {
        "op": str(new_id()),
        "kind": "results",
        "locale": "fr",
        "assessment": "sx-2026",
        "footer": "x" * 121,
    }
    async with visit(claire) as browser:
        page = await browser.send_form("/o/transports-du-val/reports/new", fields)
    assert page.status_code == 422
    assert "120 caractères au plus" in page.text
    assert "x" * 121 in page.text
    assert await owner.fetchval("select count(*) from report") == 0
