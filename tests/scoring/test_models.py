"""Published models of the field, each a file without code: answers in, the figures of the model out.

`models/<name>.yaml` is the definition, `models/cases/<name>.yaml` answers with what they are worth and where that
stands. Every case is scored by the library and by `palier score`, from each kind of answers file.
"""

import copy
import csv
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.__main__ import main
from palier.questionnaires.building import content_hash, questionnaire_from
from palier.questionnaires.catalogue import check_files, load
from palier.questionnaires.checking import check_upload
from palier.questionnaires.rules import Criterion
from palier.questionnaires.rules.branching import unreachable
from palier.questionnaires.rules.kinds import Indicator, Ladder, Matrix, NetPromoter, Options, Range
from palier.questionnaires.workbook import read_workbook, write_workbook
from palier.scoring.result_file import result_file
from palier.scoring.rules import Result, score

FOLDER = Path(__file__).parent / "models"
MODELS = sorted(file.stem for file in FOLDER.glob("*.yaml"))
ROW = ("value", "level", "state", "reason", "evidence")


@cache
def parsed(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def plain(model: str) -> Any:
    """The data of a model's file, to change at will."""
    return copy.deepcopy(parsed(model))


def cases_of(model: str) -> Any:
    return parsed(f"cases/{model}")


CASES = [
    pytest.param(model, example, id=f"{model}: {example['name']}")
    for model in MODELS
    for example in cases_of(model)
]
FIRST = [pytest.param(model, cases_of(model)[0], id=model) for model in MODELS]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_a_file_without_faults(model):
    file = FOLDER / f"{model}.yaml"
    assert check_files([file]) == []
    assert unreachable(load(file)) == {}


@pytest.mark.parametrize("model", MODELS)
def test_an_organisation_can_bring_a_model_and_take_it_away_as_a_workbook(model):
    assert check_upload((FOLDER / f"{model}.yaml").read_bytes()).faults == ()
    back = read_workbook(write_workbook(plain(model)))
    assert back.problems == ()
    assert content_hash(back.data) == content_hash(plain(model))


@pytest.mark.parametrize(("model", "example"), CASES)
def test_a_model_gives_the_figures_of_its_case(model, example):
    questionnaire = load(FOLDER / f"{model}.yaml")
    result = score(questionnaire, example["answers"])
    lines = {line["code"]: line for line in result_file(questionnaire, result)["nodes"]}
    assert example["provenance"]
    assert example["source"]
    for code, wanted in example["expected"].items():
        for what, figure in wanted.items():
            check(what, figure, lines[code], result)


def check(what: str, figure: Any, line: Mapping[str, Any], result: Result) -> None:
    match what:
        case "score" | "coverage":
            assert line[what] is not None, line
            assert Fraction(line[what]) == Fraction(figure), line
        case "native":
            assert Fraction(line["native"]["value"]) == Fraction(figure), line
        case "near":
            assert abs(Fraction(line["native"]["value"]) - Fraction(figure)) <= Fraction(1, 1000), line
        case "shown":
            assert line["native"]["shown"] == figure, line
        case "state" | "level":
            assert line[what] == figure, line
        case "maturity":
            assert result.level == figure
        case "capped_by":
            assert list(result.maturity.capped_by) == figure
        case _:
            raise AssertionError(f"a case does not say {what}")


# --- the same from every kind of file --------------------------------------------------------------------------------


def rows(answers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for code, given_ in answers.items():
        row = given_ if isinstance(given_, Mapping) else {"value": given_}
        yield {"code": code, **row}


def cell(given_: Any) -> str:
    """A value as somebody types it into a spreadsheet."""
    if isinstance(given_, Mapping):
        return "; ".join(f"{name}={part}" for name, part in given_.items())
    if isinstance(given_, list):
        return "; ".join(map(str, given_)) or "none"
    return "" if given_ is None else str(given_)


def table(answers: Mapping[str, Any]) -> list[list[str]]:
    return [["code", *ROW], *([row["code"], *(cell(row.get(key)) for key in ROW)] for row in rows(answers))]


def written(folder: Path, ending: str, answers: Mapping[str, Any]) -> Path:
    file = folder / f"answers.{ending}"
    if ending == "yaml":
        file.write_text(yaml.safe_dump(dict(answers)), encoding="utf-8")
    elif ending == "json":
        file.write_text(json.dumps(list(rows(answers))), encoding="utf-8")
    elif ending == "csv":
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(table(answers))
    else:
        book = openpyxl.Workbook()
        for line in table(answers):
            book.active.append(
                [float(text) if text.replace(".", "", 1).isdigit() else text or None for text in line]
            )
        book.save(file)
    return file


@pytest.mark.parametrize("ending", ["yaml", "json", "csv", "xlsx"])
@pytest.mark.parametrize(("model", "example"), FIRST)
def test_palier_score_says_the_same_from_any_answers_file(model, example, ending, tmp_path, capsys):
    file = FOLDER / f"{model}.yaml"
    answers = written(tmp_path, ending, example["answers"])
    assert main(["score", str(file), str(answers), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == result_file(load(file), score(load(file), example["answers"]))


def test_the_commands_find_no_fault_and_show_the_native_total(tmp_path, capsys):
    assert main(["check", *(str(FOLDER / f"{model}.yaml") for model in MODELS)]) == 0
    capsys.readouterr()
    answers = written(tmp_path, "csv", cases_of("efqm2020")[0]["answers"])
    assert main(["score", str(FOLDER / "efqm2020.yaml"), str(answers)]) == 0
    assert "score 47.5 of 100, 475 of 1000" in capsys.readouterr().out


# --- what is published of their structure ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "points"),
    [
        ("efqm2020", [100, 100, 100, 200, 100, 200, 200]),
        # Mechanical Engineers' Handbook, volume 3, chapter 3, figure 4: the categories' points, the same since 2007.
        ("baldrige2023", [120, 85, 85, 90, 85, 85, 450]),
    ],
)
def test_the_points_of_a_thousand_point_model(model, points):
    questionnaire = load(FOLDER / f"{model}.yaml")
    assert [dimension.display.max for dimension in questionnaire.dimensions] == points
    assert [dimension.weight * 10 for dimension in questionnaire.dimensions] == points
    assert questionnaire.display.max == sum(points) == 1000


def test_items_of_a_category_share_its_points():
    for dimension in load(FOLDER / "baldrige2023.yaml").dimensions:
        assert sum(item.display.max for item in dimension.criteria) == dimension.display.max
        assert all(item.display.max == item.weight for item in dimension.criteria)


@pytest.mark.parametrize(
    ("model", "asked"),
    [("efqm2020", 25), ("samm2", 90), ("baldrige2023", 17), ("caf2020_classical", 28), ("caf2020_fine_tuned", 28),
     ("dmat_sme", 11), ("cmmi_staged", 22), ("sus", 10), ("hdi2014", 4)],
)  # fmt: skip
def test_a_model_asks_as_much_as_is_published(model, asked):
    assert len(load(FOLDER / f"{model}.yaml").criteria) == asked


# --- what holds for all of them --------------------------------------------------------------------------------------


def an_answer(criterion: Criterion) -> st.SearchStrategy[Any]:
    """Any value that the kind of `criterion` takes."""
    levels = st.integers(1, len(criterion.scale.values))
    match criterion.answer:
        case Range() as asked:
            step = asked.step or Fraction(1)
            return st.integers(0, int((asked.high - asked.low) / step)).map(
                lambda n: str(asked.low + n * step)
            )
        case Indicator() as asked:
            low, high = sorted((asked.floor, asked.goal))
            return st.integers(int(low), int(high) + 1)
        case Options() as asked:
            several = [option.id for option in asked.options if not option.exclusive]
            return st.lists(st.sampled_from(several), unique=True)
        case Matrix() as asked:
            return st.fixed_dictionaries({row.id: levels for row in asked.rows})
        case Ladder():
            return st.lists(levels, unique=True)
        case NetPromoter():
            return st.integers(-100, 100)
        case _:
            return st.sampled_from([str(value) for value in criterion.scale.values])


@st.composite
def answered(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A model and answers to it, some left blank."""
    model = draw(st.sampled_from(MODELS))
    criteria = load(FOLDER / f"{model}.yaml").criteria
    silent = draw(st.sets(st.sampled_from([c.code for c in criteria]), max_size=2))
    return model, {c.code: {"value": draw(an_answer(c))} for c in criteria if c.code not in silent}


def scores(result: Result) -> dict[str, Fraction | None]:
    return {node.code: node.score for node in result.total.walk()}


@given(answered())
def test_the_native_figure_is_points_by_maximum(assessment):
    model, answers = assessment
    questionnaire = load(FOLDER / f"{model}.yaml")
    for line in result_file(questionnaire, score(questionnaire, answers))["nodes"]:
        if line["native"]:
            points, most = Fraction(line["score"]), Fraction(line["native"]["max"])
            assert Fraction(line["native"]["value"]) == points * most / 100
            assert 0 <= points <= 100


@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_a_models_file_does_not_count(assessment, random):
    model, answers = assessment
    moved = plain(model)
    random.shuffle(moved["dimensions"])
    for dimension in moved["dimensions"]:
        for element in dimension["elements"]:
            # A question stands after the one that decides whether it is asked.
            if not any("shown_if" in criterion for criterion in element["criteria"]):
                random.shuffle(element["criteria"])
    before, after = score(load(FOLDER / f"{model}.yaml"), answers), score(moved, answers)
    assert scores(before) == scores(after)
    assert before.level == after.level


@given(answered(), st.fractions(Fraction(1, 9), 9))
def test_the_scale_of_a_models_weights_does_not_count(assessment, factor):
    model, answers = assessment
    scaled = plain(model)
    for dimension in scaled["dimensions"]:
        parts = [criterion for element in dimension["elements"] for criterion in element["criteria"]]
        for node in (dimension, *dimension["elements"], *parts):
            node["weight"] = str(Fraction(node.get("weight", "1")) * factor)
    assert scores(score(questionnaire_from(scaled), answers)) == scores(
        score(load(FOLDER / f"{model}.yaml"), answers)
    )
