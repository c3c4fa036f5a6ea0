"""Values of every kind: from a form to the engine and back, in words, in cells, in points."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.assessments.flows.submitting import as_row
from palier.assessments.rules.drafts import Draft, read_draft, settled
from palier.assessments.rules.value_fields import cell_of, fields_of, number_in
from palier.assessments.store import Answer, AnswerState
from palier.assessments.value_wording import VALUES as WORDS
from palier.assessments.value_wording import value_words, worth, worth_words
from palier.foundation import language
from palier.questionnaires.rules import Criterion
from palier.scoring.rules import score
from palier.scoring.rules.answers import State
from palier.scoring.rules.kinds import read_value
from tests.assessments.every_kind import (
    CALLS,
    CHOICE,
    CYCLE,
    EVERY_KIND,
    KPI,
    LADDER,
    NPS,
    OPTIONS,
    PLACES,
    RESULTS,
    SHARE,
    VALUES,
)

MORE: list[tuple[str, Any]] = [
    *VALUES.items(), (NPS, "-12.5"), (NPS, {"0": 2, "9": 5, "10": 3}), (OPTIONS, ["nothing"]), (OPTIONS, []), (LADDER, []),
    (LADDER, [3]), (LADDER, [2, 3, 4, 5]), (KPI, "1/3"),
]  # fmt: skip


def criterion(code: str) -> Criterion:
    return EVERY_KIND.criterion(code)


def form(code: str, **fields: str) -> dict[str, str]:
    return {"answer": "value", "kind": criterion(code).answer.kind.value} | fields


@pytest.mark.parametrize(("code", "value"), MORE)
def test_a_value_survives_its_form(code: str, value: Any) -> None:
    fields = fields_of(criterion(code).answer, value, ",")
    assert settled(read_draft(form(code, **fields)), criterion(code)).value == value


@pytest.mark.parametrize(("code", "value"), MORE)
def test_a_value_survives_its_cell(code: str, value: Any) -> None:
    given, read = read_value(criterion(code), value), read_value(criterion(code), cell_of(value))
    assert (read.points, read.level, read.value) == (given.points, given.level, given.value)


@pytest.mark.parametrize(
    ("typed", "locale", "read"),
    [
        ("62,5", "fr", "62.5"), ("62.5", "en", "62.5"), ("62,5", "en", "62.5"), ("1 234,5", "fr", "1234.5"),
        ("1,234", "en", "1234"), ("1,234", "fr", "1.234"), ("1\u202f234", "fr", "1234"), ("\u221212", "fr", "-12"),
        ("douze", "fr", "douze"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed: str, locale: str, read: str) -> None:
    assert number_in(typed, locale) == read


@pytest.mark.parametrize(
    ("code", "value", "french", "english"),
    [
        (SHARE, "55", "55\u00a0%", "55%"),
        (KPI, "12.5", "12,5\u00a0jours", "12.5\u00a0days"),
        (NPS, "20", "NPS +20", "NPS +20"),
        (NPS, VALUES[NPS], "45\u00a0promoteurs, 30\u00a0passifs, 25\u00a0détracteurs", "45\u00a0promoters, 30\u00a0passives, 25\u00a0detractors"),
        (OPTIONS, ["root"], "Leur cause est recherchée", "Their cause is looked for"),
        (CYCLE, VALUES[CYCLE], "Planifier\u00a04, Faire\u00a03, Vérifier\u00a02, Agir\u00a01", "Plan\u00a04, Do\u00a03, Check\u00a02, Act\u00a01"),
        (RESULTS, VALUES[RESULTS], "Tendance\u00a03, Objectif\u00a04, Comparaison\u00a02", "Trend\u00a03, Target\u00a04, Comparison\u00a02"),
        (PLACES, {"desk": 4}, "Guichet\u00a04, Téléphone\u00a0–, Site et courriels\u00a0–", "Counter\u00a04, Telephone\u00a0–, Site and e-mail\u00a0–"),
        (LADDER, [2, 3], "Niveaux 2 et 3 atteints", "Levels 2 and 3 are met"),
    ],
)  # fmt: skip
def test_values_in_words(code: str, value: Any, french: str, english: str) -> None:
    with language.speaking("fr"):
        assert value_words(criterion(code), value) == french
    with language.speaking("en"):
        assert value_words(criterion(code), value) == english


def test_a_value_of_another_kind_has_no_words() -> None:
    """What an earlier version of a questionnaire asked otherwise is told by its level."""
    for one in EVERY_KIND.criteria:
        for _, value in MORE:
            value_words(one, value)
    assert value_words(criterion(CHOICE), "55") == ""
    assert value_words(criterion(SHARE), {"plan": 1}) == ""


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        (SHARE, "55", "55,0 points, niveau 3"),
        (CALLS, "50", "0,0 point, niveau 1"),
        (LADDER, [2, 3, 5], "niveau 3 compte : le niveau 4 n’est pas atteint"),
        (LADDER, [], "Le niveau 1 compte"),
        (LADDER, [2, 3, 4, 5], "tous les niveaux sont atteints"),
        (KPI, "5", "La cible est atteinte"),
        (KPI, "31", "au plancher"),
        (NPS, VALUES[NPS], "(NPS) de +20,0"),
        (PLACES, {"desk": 4}, "Il manque encore : Téléphone et Site et courriels"),
        (NPS, {"promoters": 4}, "Il manque encore : Passifs (7 et 8) et Détracteurs (0 à 6)"),
    ],
)
def test_what_a_value_gives_is_said_and_why(code: str, value: Any, words: str) -> None:
    with language.speaking("fr"):
        found = worth(criterion(code), settled(Draft(value=value), criterion(code)))
        assert found is not None
        said = f"{worth_words(found)} {found.why}".replace("\u00a0", " ").replace("\u202f", " ")
    assert words in said


def test_every_kind_is_asked_and_explained_in_both_languages() -> None:
    for locale in ("fr", "en"):
        with language.speaking(locale):
            asked = [(WORDS["question"](one), WORDS["hint"](one)) for one in EVERY_KIND.criteria]
            assert all(question and hint for question, hint in asked)
            assert len({hint for _, hint in asked}) == len(asked) - 1, (
                "both panels, and nothing else, are alike"
            )


# --- the page shows what the engine scores ------------------------------------------------------------------------------

rungs = st.integers(1, 5)


def mapping(*names: str) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries(dict.fromkeys(names, rungs))


ANSWERS = st.one_of(
    st.tuples(st.just(SHARE), st.integers(0, 20).map(lambda n: str(5 * n))),
    st.tuples(st.just(CALLS), st.integers(5000, 10000).map(lambda n: f"{n // 100}.{n % 100:02}")),
    st.tuples(st.just(KPI), st.integers(-400, 4000).map(lambda n: str(Fraction(n, 100)))),
    st.tuples(st.just(OPTIONS), st.one_of(st.just(["nothing"]), st.lists(st.sampled_from(["log", "root", "late"]), unique=True))),
    st.tuples(st.just(CYCLE), mapping("plan", "do", "check", "act")),
    st.tuples(st.just(RESULTS), mapping("trend", "target", "comparison")),
    st.tuples(st.just(PLACES), mapping("desk", "phone", "web")),
    st.tuples(st.just(LADDER), st.sets(st.integers(2, 5)).map(sorted)),
    st.tuples(st.just(NPS), st.integers(-100, 100).map(str)),
    st.tuples(st.just(NPS), st.fixed_dictionaries(dict.fromkeys(("promoters", "passives", "detractors"), st.integers(0, 500))).filter(lambda c: any(c.values()))),
)  # fmt: skip


@given(ANSWERS)
def test_the_points_shown_are_the_points_scored(answered: tuple[str, Any]) -> None:
    code, value = answered
    draft = settled(Draft(value=value), criterion(code))
    row = Answer(code=code, state=AnswerState(draft.state.value), level=draft.level, value=draft.value)
    opened = [{"code": CHOICE, "level": 3}, *([{"code": LADDER, "level": 3}] if code == CALLS else [])]
    node = score(EVERY_KIND, [*opened, as_row(row)]).node(code)
    shown = worth(criterion(code), draft)
    assert shown is not None
    assert (draft.state, shown.points, shown.level) == (State.ANSWERED, node.score, node.level)
    assert draft.level == node.level
