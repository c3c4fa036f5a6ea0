"""The fields of a form hold any answer and give it back: nothing is lost, nothing is read that was not said."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.assessments.rules.answer_lines import Reason, parts_of
from palier.assessments.rules.drafts import CHOOSABLE, Draft, settled
from palier.assessments.rules.form_fields import (
    FormMark,
    NotForHere,
    field_name,
    filler,
    mark_in,
    read_form,
    values_of,
)
from palier.questionnaires.rules import Criterion, Grade
from palier.questionnaires.rules.kinds import Kind, Matrix, Options
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import CHOICE, EVERY_KIND, KPI, NPS, OPTIONS, PLACES, SHARE, VALUES

MARK = FormMark("0123456789abcdef", EVERY_KIND.content_hash[:16], "fr", (4,) * len(EVERY_KIND.criteria))
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)


def values(criterion: Criterion) -> st.SearchStrategy[Any]:
    rungs, people = st.integers(1, 5), st.integers(0, 900)
    match criterion.answer:
        case Options() as asked:
            ids = [option.id for option in asked.options if not option.exclusive]
            return st.lists(st.sampled_from(ids), unique=True)
        case Matrix() as asked:
            return st.dictionaries(st.sampled_from([row.id for row in asked.rows]), rungs, min_size=1)
    return {
        Kind.RANGE: st.integers(10, 20).map(lambda n: str(5 * n)),
        Kind.KPI: st.decimals(-99, 99, places=2).map(str),
        Kind.NPS: st.one_of(
            st.decimals(-100, 100, places=1).map(str),
            st.fixed_dictionaries({"promoters": people, "passives": people, "detractors": st.integers(1, 9)}),
        ),
        Kind.LADDER: st.lists(st.integers(2, 5), unique=True),
    }[criterion.answer.kind]


@st.composite
def answered(draw: st.DrawFn) -> tuple[Criterion, Draft]:
    """Any answer to any criterion, as it may stand."""
    criterion = draw(st.sampled_from(EVERY_KIND.criteria))
    said = Draft(
        rationale=draw(TEXTS), evidence=draw(TEXTS), evidence_grade=draw(st.sampled_from(CHOOSABLE)),
        evidence_link="https://a.example", to_review=draw(st.booleans()),
    )  # fmt: skip
    state = draw(st.sampled_from([State.BLANK, State.ANSWERED, State.NA, State.DK]))
    said = dataclasses.replace(said, state=state)
    if state is State.NA:
        return criterion, dataclasses.replace(said, reason=draw(TEXTS.filter(bool)))
    if state is not State.ANSWERED:
        return criterion, said
    if criterion.answer.kind is Kind.CHOICE:
        return criterion, dataclasses.replace(said, level=draw(st.integers(1, 5)))
    return criterion, settled(dataclasses.replace(said, value=draw(values(criterion))), criterion)


@given(answered(), st.sampled_from([".", ","]))
def test_any_answer_comes_back_from_its_fields_as_it_was(one: tuple[Criterion, Draft], mark: str) -> None:
    criterion, said = one
    held = blank(criterion) | values_of(criterion, said, mark)
    (line,), faults = read_form(held, EVERY_KIND, {criterion.code: said}, MARK)
    assert faults == []
    assert line.draft == said
    assert line.parts == {name: parts_of(said)[name] for name in line.parts}
    assert line.revision == 4


def blank(criterion: Criterion) -> dict[str, str]:
    return {field_name(criterion.code, part): "" for part in ("rationale", "reason")}


def read(code: str, locale: str = "fr", **parts: str) -> Any:
    fields = {field_name(code, name.replace("__", "-")): text for name, text in parts.items()}
    mark = dataclasses.replace(MARK, locale=locale)
    lines, faults = read_form(fields, EVERY_KIND, {}, mark)
    return lines[0].draft if lines else [(fault.column, fault.reason) for fault in faults]


@pytest.mark.parametrize(
    ("code", "parts", "wrong"),
    [
        (CHOICE, {"answer": "9"}, ("level", Reason.NOT_A_LEVEL)),
        (CHOICE, {"answer": "none at all"}, ("value", Reason.UNREADABLE)),
        (CHOICE, {"answer": "9" * 5000}, ("value", Reason.UNREADABLE)),
        (CHOICE, {"answer": "na"}, ("reason", Reason.NO_REASON)),
        (CHOICE, {"rationale": "x" * 10_001}, ("rationale", Reason.TOO_LONG)),
        (CHOICE, {"grade": "verified"}, ("value", Reason.UNREADABLE)),
        (SHARE, {"na": "yes", "dk": "yes"}, ("state", Reason.CHOSEN_BESIDE_STATE)),
        (SHARE, {"dk": "yes", "v": "55"}, ("state", Reason.CHOSEN_BESIDE_STATE)),
        (SHARE, {"v": "57"}, ("value", Reason.UNREADABLE)),
        (SHARE, {"v": "=1+1"}, ("value", Reason.UNREADABLE)),
        (NPS, {"v": "45", "v__promoters": "1"}, ("value", Reason.UNREADABLE)),
        (OPTIONS, {"v__log": "yes", "v__nothing": "yes"}, ("value", Reason.UNREADABLE)),
        (OPTIONS, {"v__made_up": "yes"}, ("value", Reason.UNREADABLE)),
        (PLACES, {"v__desk": "77"}, ("value", Reason.UNREADABLE)),
    ],
)
def test_what_cannot_be_an_answer_is_a_fault_and_no_answer(
    code: str, parts: dict[str, str], wrong: tuple[str, Reason]
) -> None:
    assert read(code, **parts) == [wrong]


@pytest.mark.parametrize(("locale", "typed"), [("fr", "1\u202f234,5"), ("en", "1,234.5"), ("fr", "1234.5")])
def test_numbers_are_read_as_the_language_of_the_form_writes_them(locale: str, typed: str) -> None:
    assert read(KPI, locale, v=typed).value == "1234.5"


def test_a_grade_nobody_chose_says_nothing() -> None:
    stands = Draft(State.ANSWERED, 3, evidence_grade=Grade.VERIFIED)
    fields = {field_name(CHOICE, "answer"): "3", field_name(CHOICE, "grade"): ""}
    (line,), _ = read_form(fields, EVERY_KIND, {CHOICE: stands}, MARK)
    assert line.draft == stands
    assert "evidence" not in line.parts


def test_what_the_form_does_not_hold_it_says_nothing_of() -> None:
    lines, faults = read_form({"SX9_9_9:answer": "3", "other": "x"}, EVERY_KIND, {}, MARK)
    assert (lines, faults) == ([], [])


@pytest.mark.parametrize(
    "mark",
    [
        dataclasses.replace(MARK, questionnaire="0" * 16),
        dataclasses.replace(MARK, revisions=(1,)),
    ],
)
def test_a_mark_of_another_questionnaire_reads_nothing(mark: FormMark) -> None:
    with pytest.raises(NotForHere):
        read_form({}, EVERY_KIND, {}, mark)


@given(st.builds(FormMark, st.just("0123456789abcdef"), st.just("feed"), st.sampled_from(["fr", "en"]), st.lists(st.integers(0, 99)).map(tuple)))  # fmt: skip
def test_a_mark_comes_back_as_it_was(mark: FormMark) -> None:
    assert mark_in(mark.as_text()) == mark


@pytest.mark.parametrize(
    "text", ["", "x", "a b c d e", MARK.as_text().replace("4,4", "5,4", 1), MARK.as_text()[:-1]]
)
def test_a_changed_mark_is_none(text: str) -> None:
    with pytest.raises(NotForHere):
        mark_in(text)


def test_who_filled_it_in_is_a_name_on_one_line_else_a_function() -> None:
    assert filler({"filled-by": " Jeanne\nMartin ", "filled-as": "Agent"}) == "Jeanne Martin"
    assert filler({"filled-by": " ", "filled-as": "Agent"}) == "Agent"
    assert filler({}) == ""
    assert len(filler({"filled-by": "x" * 500})) == 80


def test_every_kind_has_a_value_to_try() -> None:
    assert {one.code for one in EVERY_KIND.criteria} == {*VALUES, CHOICE}
