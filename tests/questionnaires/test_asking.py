"""How criteria may be asked: answer kinds, conditions, matches, scales of their own."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.consistency import consistency_problems
from palier.questionnaires.format import schema, shape_problems
from palier.questionnaires.rules import Missing, Questionnaire
from palier.questionnaires.rules.kinds import Kind
from palier.questionnaires.rules.versions import changed_between
from palier.questionnaires.shapes import path_text

CASES = yaml.safe_load((Path(__file__).parent / "cases/asking.yaml").read_text(encoding="utf-8"))
SMALL = yaml.safe_load((Path(__file__).parent / "cases/small.yaml").read_text(encoding="utf-8"))


def asking(criteria: list) -> dict:
    """A file of one dimension and one element with these criteria."""
    element = {"code": "ELEMENT", "label": {"fr": "e", "en": "e"}, "criteria": criteria}
    dimension = {"code": "DIMENSION", "label": {"fr": "d", "en": "d"}, "elements": [element]}
    return {
        key: value for key, value in SMALL.items() if key not in ("gates", "pyramid", "dimensions")
    } | {"dimensions": [dimension]}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_criterion_is_asked_as_its_file_can_keep(case):
    data = asking(case["criteria"])
    told = [(path_text(p.path), p.reason) for p in (*shape_problems(data), *consistency_problems(data))]
    if "path" not in case:
        assert told == []
        return
    place = f"dimensions[0].elements[0].{case['path']}"
    assert any(path == place and case["reason"] in reason for path, reason in told), told


def test_the_json_schema_knows_every_kind_of_answer(jsonschema):
    jsonschema.validate(asking(CASES[0]["criteria"]), schema(), cls=jsonschema.Draft202012Validator)
    wrong = asking(CASES[2]["criteria"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema(), cls=jsonschema.Draft202012Validator)


def every_kind() -> Questionnaire:
    return questionnaire_from(asking(CASES[0]["criteria"]))


def test_every_kind_of_answer_is_built_from_its_file():
    built = {criterion.code: criterion for criterion in every_kind().criteria}
    assert [built[code].answer.kind for code in "ABCDEFGHI"] == [
        Kind.CHOICE, Kind.RANGE, Kind.OPTIONS, Kind.MATRIX, Kind.PDCA, Kind.RESULTS, Kind.LADDER, Kind.KPI, Kind.NPS,
    ]  # fmt: skip
    assert (built["B"].answer.low, built["B"].answer.step, built["B"].answer.inverted) == (0, 5, True)
    assert [option.weight for option in built["C"].answer.options] == [2, -1, 0]
    assert [row.id for row in built["F"].answer.rows] == ["trend", "target", "comparison"]
    assert (built["G"].shown_if[0].criterion, built["G"].shown_if[0].level) == ("A", 3)
    assert built["I"].display.native(Fraction(475, 10)) == 475


def test_a_missing_policy_goes_down_to_the_criteria():
    data = asking([{"code": "A", "label": {"fr": "a", "en": "a"}}])
    data["dimensions"][0]["missing"] = "zero"
    assert questionnaire_from(data).criterion("A").missing is Missing.ZERO
    data["dimensions"][0]["elements"][0]["criteria"][0]["missing"] = "exclude"
    assert questionnaire_from(data).criterion("A").missing is Missing.EXCLUDE


# --- some dimensions only -----------------------------------------------------------------------------------


def test_some_dimensions_only_ask_their_own_criteria():
    whole = questionnaire_from(SMALL)
    some = whole.within(["TS2"])
    assert [criterion.code for criterion in some.criteria] == ["TS2.1.1"]
    assert (some.scope, some.content_hash, some.pyramid) == (("TS2",), whole.content_hash, None)
    assert some != whole
    assert whole.within(["TS2"]) == some
    with pytest.raises(KeyError):
        some.criterion("TS1.1.1")


@pytest.mark.parametrize("scope", [[], ["TS1", "TS2"], ["TS2", "TS1"]])
def test_none_or_all_of_the_dimensions_is_the_whole(scope):
    whole = questionnaire_from(SMALL)
    assert whole.within(scope) is whole


def test_a_dimension_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="TS9 is not a dimension of TS/1.0.0"):
        questionnaire_from(SMALL).within(["TS1", "TS9"])


def test_what_points_out_of_the_scope_falls_away():
    criteria = [{"code": "A", "label": {"fr": "a", "en": "a"}}]
    data = asking(criteria)
    follow_up = {"code": "B", "label": {"fr": "b", "en": "b"}, "shown_if": [{"criterion": "A", "level": 3}]}
    second = {"code": "E2", "label": {"fr": "e", "en": "e"}, "criteria": [follow_up]}
    data["dimensions"].append({"code": "D2", "label": {"fr": "d", "en": "d"}, "elements": [second]})
    assert questionnaire_from(data).criterion("B").shown_if
    assert questionnaire_from(data).within(["D2"]).criterion("B").shown_if == ()


# --- versions beside each other ------------------------------------------------------------------------------


def version(number: str, changes: dict | None = None, label: str = "The promise is written") -> Questionnaire:
    data = {**SMALL, "version": number} | ({"changes": changes} if changes else {})
    criterion = SMALL["dimensions"][0]["elements"][0]["criteria"][0]
    changed = {**criterion, "label": {**criterion["label"], "en": label}}
    element = SMALL["dimensions"][0]["elements"][0]
    element = {**element, "criteria": [changed, *element["criteria"][1:]]}
    dimension = {**SMALL["dimensions"][0], "elements": [element]}
    return questionnaire_from({**data, "dimensions": [dimension, *SMALL["dimensions"][1:]]})


def test_the_next_version_says_itself_what_may_be_compared():
    said = {
        "since": "1.0.0",
        "same": ["TS1.1.1", "TS2.1.1"],
        "changed": ["TS1.1.2"],
        "new": [],
        "dropped": [],
    }
    old, new = version("1.0.0"), version("1.1.0", said, "The promise is in writing")
    assert changed_between(old, new) == {"TS1.1.2"}
    assert changed_between(new, old) == {"TS1.1.2"}
    assert changed_between(old, old) == frozenset()


def test_further_apart_every_difference_in_wording_counts():
    said = {
        "since": "1.1.0",
        "same": ["TS1.1.1", "TS1.1.2", "TS2.1.1"],
        "changed": [],
        "new": [],
        "dropped": [],
    }
    assert changed_between(version("1.0.0"), version("1.2.0", said, "The promise is in writing")) == {
        "TS1.1.1"
    }


def test_two_questionnaires_share_nothing():
    other = questionnaire_from({**SMALL, "id": "OTHER"})
    assert changed_between(version("1.0.0"), other) == {"TS1.1.1", "TS1.1.2", "TS2.1.1"}
