"""Worked examples: data files in, the published or hand-made figures out."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.aggregation import geometric_mean
from palier.scoring.rules.kinds import read_value
from palier.scoring.rules.record import rounded

CASES = Path(__file__).parent / "cases"


def case(name: str) -> Any:
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


EXAMPLES = case("worked_examples")


def fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def row(code: str, given: int | str) -> dict[str, Any]:
    if isinstance(given, int):
        return {"code": code, "value": given}
    return {"code": code, "state": given} | ({"reason": "not here"} if given == "na" else {})


def one_element(example: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    weights = example.get("weights") or ["1"] * len(example["answers"])
    codes = [f"E.{n}" for n in range(1, len(weights) + 1)]
    criteria = [{"code": code, "weight": weight} for code, weight in zip(codes, weights, strict=True)]
    element = {"code": "E", "criteria": criteria, "aggregation": example.get("aggregation", "weighted_mean")}
    definition = {
        "missing": example.get("missing", "exclude"),
        "dimensions": [{"code": "D", "elements": [element]}],
    }
    return definition, [row(code, given) for code, given in zip(codes, example["answers"], strict=True)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_a_worked_example_comes_out_as_by_hand(example):
    element = score(*one_element(example)).node("E")
    expected = example["expected"]
    assert element.score == fraction(expected["score"])
    assert element.coverage == fraction(expected["coverage"])
    assert (element.withheld or None) == expected.get("withheld")
    for child, wanted in zip(element.children, expected["contributions"], strict=True):
        assert child.contribution == fraction(wanted)


def test_the_end_to_end_case_is_reproduced():
    end_to_end = case("own_endtoend")
    expected = end_to_end["expected"]
    result = score(end_to_end["definition"], end_to_end["answers"])
    for code in ("e1", "e2", "D1"):
        assert float(result.node(code).score) == pytest.approx(expected[code], abs=5e-8)
    assert result.node("e3").score is None
    assert result.node("e3").withheld == "coverage"
    assert float(result.node("D1").coverage) == pytest.approx(expected["D1_coverage"], abs=5e-8)
    assert float(result.score) == pytest.approx(expected["total"], abs=5e-8)
    assert result.score == Fraction(3617500, 60000)


def test_the_end_to_end_case_with_a_geometric_top():
    end_to_end = case("own_endtoend")
    definition = end_to_end["definition"] | {"aggregation": "geometric_mean"}
    for dimension in definition["dimensions"]:
        dimension.setdefault("aggregation", "weighted_mean")
    result = score(definition, end_to_end["answers"])
    assert float(result.score) == pytest.approx(end_to_end["expected"]["total_geometric"], abs=5e-8)


def questionnaire_of(answer: dict[str, Any]) -> Any:
    criterion = {"code": "c", "answer": answer}
    return questionnaire_from(
        {"dimensions": [{"code": "D", "elements": [{"code": "E", "criteria": [criterion]}]}]}
    )


@pytest.mark.parametrize("example", case("kinds"), ids=lambda example: example["name"])
def test_a_single_value_is_worth_what_is_printed(example):
    (asked,) = questionnaire_of(example["answer"]).criteria
    shown = example["points"]
    places = len(shown.partition(".")[2])
    assert rounded(read_value(asked, example["value"]).points, places) == Decimal(shown)


def test_the_geometric_mean_of_three_published_indices():
    # UNDP, Technical notes to the Human Development Report 2020: (.6971 x .3447 x .5506)^(1/3) = .510
    indices = [(Fraction(1), Fraction(text)) for text in ("69.71", "34.47", "55.06")]
    assert rounded(geometric_mean(indices)) == Decimal("51.0")
