"""Quality flags: a figure, a limit, the criteria, and nothing else touched."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.answers import read_answers
from palier.scoring.rules.flags import Flag, FlagKind, flags
from tests.scoring.test_invariants import assessments

CASES = yaml.safe_load((Path(__file__).parent / "cases/flags.yaml").read_text("utf-8"))
TWO = questionnaire_from(
    {
        "dimensions": [
            {
                "code": part,
                "elements": [
                    {"code": f"{part}e", "criteria": [{"code": f"{part}.{n}"} for n in range(1, 13)]}
                ],
            }
            for part in "AB"
        ]
    }
)
CODES = [criterion.code for criterion in TWO.criteria]
STATES = {"n": {"state": "na", "reason": "not here"}, "d": {"state": "dk"}, ".": {"state": "blank"}}


def round_of(example):
    evidence = example.get("evidence", {})
    return read_answers(
        TWO,
        {
            code: STATES.get(sign) or {"level": sign, "evidence": evidence.get(code, "declared")}
            for code, sign in zip(CODES, "".join(example["answers"]), strict=True)
        },
    )


def flag_of(expected):
    codes = {"all": CODES, "all but B.12": CODES[:-1]}.get(str(expected["codes"]), expected["codes"])
    figure, limit = Fraction(expected["figure"]), Fraction(expected["limit"])
    return Flag(FlagKind(expected["kind"]), tuple(codes), figure, limit, expected.get("part", ""))


@pytest.mark.parametrize("example", CASES, ids=lambda example: example["name"])
def test_a_round_is_flagged_as_by_hand(example):
    before = {code: Fraction(points) for code, points in example.get("before", {}).items()}
    found = flags(TWO, round_of(example), before, example.get("acted_on", ()))
    assert list(found) == [flag_of(expected) for expected in example["expected"]]


@given(assessments())
def test_flags_name_criteria_that_were_answered_and_a_figure_past_its_limit(assessment):
    definition, rows = assessment
    questionnaire = questionnaire_from(definition)
    answers = read_answers(questionnaire, rows)
    for flag in flags(questionnaire, answers):
        assert flag.codes
        assert set(flag.codes) <= set(answers)
        if flag.kind is FlagKind.TINY_SPREAD:
            assert flag.figure < flag.limit
        else:
            assert flag.figure >= flag.limit


@given(assessments())
def test_many_not_applicable_says_what_low_comparability_will(assessment):
    definition, rows = assessment
    questionnaire = questionnaire_from(definition)
    found = flags(questionnaire, read_answers(questionnaire, rows))
    flagged = [flag.part for flag in found if flag.kind is FlagKind.MANY_NOT_APPLICABLE]
    result = score(questionnaire, rows)
    assert flagged == [node.code for node in result.dimensions if node.low_comparability]


def test_criteria_that_are_not_asked_are_no_part_of_what_does_not_apply():
    plain = [{"code": f"c{n}"} for n in range(4)]
    hidden = [{"code": f"h{n}", "shown_if": [{"criterion": "c0", "level": 5}]} for n in range(8)]
    element = {"code": "E", "criteria": [*plain, *hidden]}
    questionnaire = questionnaire_from({"dimensions": [{"code": "D", "elements": [element]}]})
    rows = {f"c{n}": {"level": 2} for n in range(2)} | {f"c{n}": STATES["n"] for n in (2, 3)}
    result = score(questionnaire, rows)
    found = flags(questionnaire, {node.code: node.answer for node in result.criteria})
    assert [(flag.kind, flag.codes, flag.figure) for flag in found] == [
        (FlagKind.MANY_NOT_APPLICABLE, ("c2", "c3"), Fraction(1, 2))
    ]
    assert result.node("D").low_comparability
