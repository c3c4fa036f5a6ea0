"""Worked examples: data files in, the published or hand-made figures out."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from palier.scoring.rules import score

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


def test_a_thousand_point_model_is_written_without_code():
    model = case("efqm2020")
    definition = {
        "aggregation": "sum",
        "scales": {"percent": {"values": [str(n) for n in range(0, 101, 5)]}},
        "dimensions": [
            {
                "code": code,
                "weight": f"{points}/100",
                "scale": "percent",
                "aggregation": "weighted_mean",
                "elements": [
                    {
                        "code": f"{code}.p",
                        "aggregation": "weighted_mean",
                        "criteria": [{"code": f"{code}.{n}"} for n in range(len(model["parts"][code]))],
                    }
                ],
            }
            for code, points in model["points"].items()
        ],
    }
    answers = {f"{code}.{n}": part for code, parts in model["parts"].items() for n, part in enumerate(parts)}
    result = score(definition, answers)
    assert [node.contribution for node in result.dimensions] == model["expected"]["criterion_points"]
    assert result.score == model["expected"]["total"]
