"""A questionnaire to be filled on screen: every criterion can be answered in it, by any reader, and it keeps both standards."""

import io
from dataclasses import replace
from functools import cache

import page
import pikepdf
import pytest
from pikepdf import Name

from palier.assessments.rules.drafts import Draft, settled
from palier.assessments.rules.form_fields import MARK, FormMark, field_name, mark_in, read_form, values_of
from palier.foundation.pdf_forms import read_pdf_form
from palier.questionnaires.rules import Criterion, Grade
from palier.reports import typesetting
from palier.reports.rules.paper_questionnaires import Fillable
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import CHOICE, CYCLE, EVERY_KIND, KPI, OPTIONS, PLACES, SHARE, VALUES
from tests.reports import paper_samples
from tests.reports.form_filling import fields_of, filled, typed

COUNT = len(EVERY_KIND.criteria)
TEXT = "Vu sur pièces\u00a0: «\u00a0été\u00a0», 日本, 😀\nligne deux " + "long" * 60


def given(criterion: Criterion) -> Draft:
    """An answer to the criterion, with everything a form can hold."""
    said = Draft(State.ANSWERED, rationale=TEXT, evidence_grade=Grade.MEASURED, evidence="PV\n2")
    value = VALUES.get(criterion.code)
    return settled(replace(said, value=value), criterion) if value else replace(said, level=4)


GIVEN = {one.code: given(one) for one in EVERY_KIND.criteria}


def held(mark: str = ",") -> dict[str, str]:
    """What the fields of every criterion hold."""
    return {
        name: text
        for one in EVERY_KIND.criteria
        for name, text in values_of(one, GIVEN[one.code], mark).items()
    }


def mark(locale: str, *revisions: int) -> FormMark:
    return FormMark("0123456789abcdef", EVERY_KIND.content_hash[:16], locale, revisions)


@cache
def form(locale: str, *, full: bool = False) -> bytes:
    values = held("," if locale == "fr" else ".") if full else {}
    whole = Fillable(mark(locale, *(7,) * COUNT if full else ()).as_text(), tuple(values.items()))
    return typesetting.print_document(paper_samples.paper(locale, form=whole), locale)


@pytest.mark.parametrize(("locale", "full"), [("fr", True), ("en", False)])
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_a_form_keeps_both_standards(locale, full, profile):
    report = page.validate_pdf_bytes(form(locale, full=full), profile=page.ValidationProfile(profile))
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


async def test_every_answer_comes_back_from_the_file_as_it_went_in():
    fields = await read_pdf_form(form("fr", full=True))
    marked = mark_in(fields[MARK])
    assert marked == mark("fr", *(7,) * COUNT)
    lines, faults = read_form(fields, EVERY_KIND, {}, marked)
    assert faults == []
    assert {line.code: line.draft for line in lines} == GIVEN


async def test_an_empty_form_says_nothing():
    lines, faults = read_form(await read_pdf_form(form("en")), EVERY_KIND, {}, mark("en"))
    assert faults == []
    assert {line.draft for line in lines} == {Draft()}
    assert {line.revision for line in lines} == {0}
    assert len(lines) == COUNT


async def test_what_a_program_writes_into_the_fields_is_read():
    fields = await read_pdf_form(filled(form("en"), held(".")))
    lines, faults = read_form(fields, EVERY_KIND, {}, mark("en"))
    assert faults == []
    assert {line.code: line.draft for line in lines} == GIVEN


async def test_what_somebody_types_and_clicks_in_a_reader_is_read():
    said = {
        field_name(CHOICE, "answer"): "4", field_name(CHOICE, "rationale"): "Vu sur pièces «\u00a0été\u00a0»", field_name(CHOICE, "grade"): "measured",
        field_name(SHARE, "v"): "55", field_name(OPTIONS, "v-log"): "yes", field_name(OPTIONS, "v-late"): "yes",
        field_name(PLACES, "v-desk"): "4", field_name(PLACES, "v-phone"): "3", field_name(PLACES, "v-web"): "2",
        field_name(KPI, "na"): "yes", field_name(KPI, "reason"): "Aucune réclamation", "filled-by": "Jeanne Martin",
    }  # fmt: skip
    fields = await read_pdf_form(typed(form("en"), said))
    assert {name: text for name, text in fields.items() if text and name != MARK} == said
    assert mark_in(fields[MARK]) == mark("en")
    lines, faults = read_form(fields, EVERY_KIND, {}, mark("en"))
    assert faults == []
    drafts = {line.code: line.draft for line in lines}
    assert (drafts[CHOICE].level, drafts[CHOICE].evidence_grade) == (4, Grade.MEASURED)
    assert drafts[OPTIONS].value == ["log", "late"]
    assert drafts[PLACES].value == {"desk": 4, "phone": 3, "web": 2}
    assert (drafts[KPI].state, drafts[KPI].reason) == (State.NA, "Aucune réclamation")
    assert drafts[CYCLE] == Draft()


def test_every_field_is_told_to_a_screen_reader_and_drawn_by_itself():
    with fields_of(form("en")) as fields:
        for name, field in fields.items():
            assert len(str(field.TU)) > 3, name
            for box in field.get("/Kids", [field]):
                assert box.StructParent is not None
                assert box.AP.N is not None
        told = fields[field_name(CHOICE, "answer")]
        assert str(told.TU) == f"{CHOICE} Our customers are surveyed after every contact: Level"
        assert [str(box.TU) for box in told.Kids][4:] == ["5, Exemplary", "Not applicable", "Don’t know yet"]
        assert fields[MARK].Ff & 1


def test_fields_follow_one_another_as_on_the_pages():
    with pikepdf.open(io.BytesIO(form("en"))) as pdf:
        assert pdf.Root.AcroForm.get("/NeedAppearances") is None
        laid = [
            note.get("/T", note.Parent.T if "/Parent" in note else None)
            for sheet in pdf.pages
            for note in sheet.get("/Annots", ())
            if note.Subtype == Name.Widget
        ]
        assert {sheet.Tabs for sheet in pdf.pages} == {Name.S}
        assert list(dict.fromkeys(map(str, laid))) == [str(field.T) for field in pdf.Root.AcroForm.Fields]


def test_the_same_form_is_the_same_file_and_paper_has_no_fields():
    whole = Fillable(mark("en").as_text())
    again = typesetting.print_document(paper_samples.paper("en", form=whole), "en")
    assert again == form("en")
    paper = typesetting.print_document(replace(paper_samples.paper("en", form=whole), form=None), "en")
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert "/AcroForm" not in pdf.Root


def test_values_no_page_can_break():
    """Lines without end, letters no face has, a value that belongs to no circle."""
    values = {
        field_name(CHOICE, "rationale"): "W" * 10_000, field_name(CHOICE, "evidence"): "\n" * 400 + "\x01)(\\",
        field_name(CHOICE, "grade"): "verified", field_name(SHARE, "v"): "<>" * 50,
    }  # fmt: skip
    whole = Fillable(mark("fr").as_text(), tuple(values.items()))
    file = typesetting.print_document(paper_samples.paper("fr", form=whole), "fr")
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(file, profile=page.ValidationProfile(profile)).is_compliant
    with fields_of(file) as fields:
        assert str(fields[field_name(CHOICE, "rationale")].V) == "W" * 10_000
