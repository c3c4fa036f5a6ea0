"""What a questionnaire knows about itself: texts, neighbours, positions, levers."""

from fractions import Fraction
from pathlib import Path

import pytest

from palier.questionnaires.building import BadDefinition, number, questionnaire_from
from palier.questionnaires.catalogue import load
from palier.questionnaires.rules import Aggregation, Grade, Questionnaire, Text, Texts


@pytest.fixture
def small() -> Questionnaire:
    return load(Path(__file__).parent / "cases/small.yaml")


def test_a_text_falls_back_to_the_first_locale():
    text = Text((("fr", "Cap"), ("en", "Direction")))
    assert (text.in_("en"), text.in_("de"), Text().in_("fr")) == ("Direction", "Cap", "")
    assert Texts((("fr", ("a", "b")),)).in_("de") == ("a", "b")


def test_criteria_know_their_neighbours_and_their_place(small):
    assert [c.code for c in small.criteria] == ["TS1.1.1", "TS1.1.2", "TS2.1.1"]
    assert small.position("TS1.1.2") == 2
    assert small.previous("TS1.1.1") is None
    assert small.next("TS1.1.2") is small.criterion("TS2.1.1")
    assert small.next("TS2.1.1") is None


def test_criteria_know_their_element_dimension_and_scale(small):
    assert small.element_of("TS1.1.2").code == "TS1.1"
    assert small.dimension_of("TS2.1.1").code == "TS2"
    assert small.criterion("TS2.1.1").scale.values == (0, 100)
    assert small.criterion("TS1.1.1").is_core


def test_unknown_codes_raise(small):
    for ask in (small.criterion, small.element, small.dimension, small.lever, small.position, small.next):
        with pytest.raises(KeyError):
            ask("nope")


@pytest.mark.parametrize(("level", "levers"), [(1, ["TS1.1-a"]), (2, ["TS1.1-a"]), (3, ["TS1.1-b"]), (5, [])])
def test_a_lever_applies_from_its_first_level_until_its_last(small, level, levers):
    assert [lever.id for lever in small.levers_for("TS1.1.1", level)] == levers


def test_levers_for_a_criterion_at_any_level(small):
    assert [lever.id for lever in small.levers_for("TS1.1.1")] == ["TS1.1-a", "TS1.1-b"]
    assert small.lever("TS1.1-b").requires == ("TS1.1-a",)


def test_what_the_file_says_is_what_the_questionnaire_holds(small):
    assert small.dimension("TS1").weight == 60
    assert small.dimension("TS2").aggregation is Aggregation.MINIMUM
    assert small.criterion("TS1.1.2").weight == 2
    assert small.coverage.node == Fraction(2, 3)
    assert small.level_name(3).in_("fr") == "Structuré"
    assert small.evidence_caps.of(Grade.DOCUMENTED) == 80
    assert small.criterion("TS1.1.1").descriptor(3, "en").startswith("A single page")
    assert [c.code for c in small.tagged("Y2")] == ["TS1.1.2"]


def test_levels_and_points_are_two_names_for_one_rung(small):
    scale = small.criterion("TS1.1.1").scale
    assert [scale.points(level) for level in range(1, 6)] == [0, 25, 50, 75, 100]
    assert [scale.level(Fraction(points)) for points in (0, 25, 50, 75, 100)] == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="level 6 is not on the scale ladder5"):
        scale.points(6)
    with pytest.raises(ValueError, match=r"60 is not on the scale ladder5 \(0, 25, 50, 75, 100\)"):
        scale.level(Fraction(60))


@pytest.mark.parametrize(
    ("text", "value"), [("20", 20), ("2.5", Fraction(5, 2)), ("2/3", Fraction(2, 3)), ("0", 0)]
)
def test_a_number_is_exact_text(text, value):
    assert number(text) == value


@pytest.mark.parametrize("text", ["", " 1", "1e3", "-1", "1,5", "1/0", "½", "٣", "1.", ".5", "nan", "1_000"])
def test_anything_else_is_no_number(text):
    with pytest.raises(ValueError, match="not a number"):
        number(text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "dimensions"),
        ({"dimensions": [{"code": "A"}]}, "elements"),
        ({"dimensions": [{"code": "A", "scale": "x", "elements": []}]}, "x"),
        ({"dimensions": [{"code": "A", "weight": "heavy", "elements": []}]}, "not a number"),
        ({"dimensions": [{"code": "A", "weight": 0.5, "elements": []}]}, "a number is text"),
        ({"dimensions": [{"code": "A", "weight": "0", "elements": []}]}, "above 0"),
        ({"dimensions": [], "aggregation": "average"}, "average"),
        ({"dimensions": 5}, "not iterable"),
        ({"dimensions": [], "scales": {"s": {"values": ["5", "1"]}}}, "ascending"),
    ],
)
def test_data_without_arithmetic_makes_no_questionnaire(data, reason):
    with pytest.raises(BadDefinition, match=reason):
        questionnaire_from(data)
