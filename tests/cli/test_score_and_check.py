"""`palier score` and `palier check` as a person types them."""

import json
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.__main__ import main

SMALL = Path(__file__).parents[1] / "questionnaires/cases/small.yaml"
ANSWERS = (
    "code,value,state,reason,evidence\nTS1.1.1,75,,,measured\nTS1.1.2,50,,,\nTS2.1.1,100,answered,,declared\n"
)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "answers.csv"
    file.write_text(ANSWERS, encoding="utf-8")
    return file


def test_the_table_shows_total_level_and_every_node(answers, capsys):
    assert main(["score", str(SMALL), str(answers), "--locale", "fr"]) == 0
    table = capsys.readouterr().out
    assert "score 75.0 of 100 · level 4, Maîtrisé" in table
    assert "supported by evidence 55.0 · gap 20.0" in table
    (criterion,) = [line for line in table.splitlines() if line.strip().startswith("TS1.1.2")]
    assert criterion.split()[-6:] == ["50.0", "100", "%", "33.3", "level", "3"]


def test_json_is_the_exact_tree_with_its_hash(answers, capsys):
    assert main(["score", str(SMALL), str(answers), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["total"]["score"] == "75"
    assert plain["total"]["children"][0]["score"] == "175/3"
    assert len(plain["hash"]) == 64


def told(jsonschema, capsys, *words: str) -> dict:
    assert main(["score", *words, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert main(["score", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plain, schema)
    return plain


def test_what_json_says_is_what_the_schema_says(jsonschema, answers, tmp_path, capsys):
    plain = told(jsonschema, capsys, str(SMALL), str(answers))
    assert (plain["score"], plain["level"]) == ("75", 4)
    total, *below = plain["nodes"]
    assert total == {
        "code": "total", "kind": "total", "state": "scored", "level": 4, "score": "75", "supported": "55", "coverage": "1",
        "contribution": "75", "native": None,
    }  # fmt: skip
    assert [node["state"] for node in below if node["kind"] == "criterion"] == ["answered"] * 3
    few = tmp_path / "few.yaml"
    few.write_text("- {code: TS1.1.1, state: na, reason: no counter}\n", encoding="utf-8")
    assert told(jsonschema, capsys, str(SMALL), str(few))["score"] is None
    assert told(jsonschema, capsys, "SX", str(written(tmp_path, "SX1.1.1: 75")), "--scope", "SX1")[
        "scope"
    ] == ["SX1"]


def written(folder: Path, text: str) -> Path:
    file = folder / "written.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_schema_refuses_what_was_never_written(jsonschema, answers, capsys):
    plain = told(jsonschema, capsys, str(SMALL), str(answers))
    assert main(["score", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    for damage in ({"score": 75}, {"surplus": 1}, {"nodes": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(plain | damage, schema)


def test_a_workbook_says_the_same_as_a_csv_file(jsonschema, answers, tmp_path, capsys):
    book = openpyxl.Workbook()
    for line in ANSWERS.splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split(",")])
    book.create_sheet("notes").append(["anything"])
    book.save(tmp_path / "answers.xlsx")
    assert told(jsonschema, capsys, str(SMALL), str(tmp_path / "answers.xlsx")) == told(
        jsonschema, capsys, str(SMALL), str(answers)
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"code,value\n"])
def test_what_is_no_workbook_ends_with_one_clear_line(content, tmp_path, capsys):
    file = tmp_path / "answers.xlsx"
    file.write_bytes(content)
    assert main(["score", str(SMALL), str(file)]) == 2
    assert capsys.readouterr().err == f"palier score: {file}:1: is not a workbook (.xlsx)\n"


def test_only_the_dimensions_of_the_scope_are_scored(answers, capsys):
    assert main(["score", str(SMALL), str(answers), "--scope", "TS2"]) == 0
    table = capsys.readouterr().out
    assert "(TS/1.0.0), only TS2\nscore 100.0 of 100" in table
    assert "TS1.1.1" not in table
    assert main(["score", str(SMALL), str(answers), "--scope", "TS9"]) == 2
    assert capsys.readouterr().err == "palier score: --scope: TS9 is not a dimension of TS/1.0.0\n"


def test_native_scales_stand_beside_the_points(jsonschema, answers, tmp_path, capsys):
    plain = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    plain["display"] = {"max": "1000", "decimals": 0}
    plain["dimensions"][0]["display"] = {"max": "3", "decimals": 2}
    file = tmp_path / "native.yaml"
    file.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    assert main(["score", str(file), str(answers)]) == 0
    table = capsys.readouterr().out
    assert "score 75.0 of 100, 750 of 1000 · level 4" in table
    (dimension,) = [line for line in table.splitlines() if line.startswith("TS1 ")]
    assert dimension.split()[-5:] == ["58.3", "1.75", "100", "%", "35.0"]
    total, first, *_ = told(jsonschema, capsys, str(file), str(answers))["nodes"]
    assert total["native"] == {"value": "750", "max": "1000", "shown": "750"}
    assert first["native"] == {"value": "7/4", "max": "3", "shown": "1.75"}


def test_without_files_it_says_what_to_name(capsys):
    assert main(["score"]) == 2
    assert capsys.readouterr().err.startswith("palier score: name a questionnaire and an answers file")


words = st.text(max_size=60) | st.sampled_from([
    "code,value\nTS1.1.1,", "code;value;state\nTS1.1.1;75;", "TS1.1.1: ", "- {code: TS1.1.1, value: ", '[{"code": "TS1.1.1", "level": ',
    "[" * 5000, '{"a":' * 5000, "9" * 5000, '[{"code": "TS1.1.1", "value": 75, "reason": "\\ud800"}]', "\x00", "\r", "=1+1", "&a [*a]",
])  # fmt: skip


@given(
    st.lists(words, max_size=4).map("".join),
    st.sampled_from(["csv", "json", "yaml", "yml", "xlsx", "txt", ""]),
)
def test_whatever_the_file_holds_there_is_a_result_or_one_clear_line(tmp_path, capsys, text, ending):
    file = tmp_path / f"answers.{ending}"
    file.write_text(text, encoding="utf-8", errors="replace", newline="")
    status = main(["score", str(SMALL), str(file)])
    shown = capsys.readouterr()
    assert (status, bool(shown.out), shown.err.count("\n")) in {(0, True, 0), (2, False, 1)}


@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "yaml", "xlsx"]))
def test_whatever_bytes_it_holds_too(tmp_path, capsys, content, ending):
    file = tmp_path / f"answers.{ending}"
    file.write_bytes(content)
    status = main(["score", str(SMALL), str(file)])
    shown = capsys.readouterr()
    assert (status, bool(shown.out), shown.err.count("\n")) in {(0, True, 0), (2, False, 1)}


@given(st.integers(0, 4800), st.integers(0, 255))
def test_a_workbook_damaged_anywhere_is_read_or_refused(tmp_path, capsys, place, byte):
    file = tmp_path / "damaged.xlsx"
    if not file.exists():
        book = openpyxl.Workbook()
        book.active.append(["code", "value"])
        book.active.append(["TS1.1.1", 75])
        book.save(file)
    content = bytearray(file.read_bytes())
    content[place % len(content)] = byte
    (tmp_path / "answers.xlsx").write_bytes(content)
    status = main(["score", str(SMALL), str(tmp_path / "answers.xlsx")])
    shown = capsys.readouterr()
    assert (status, bool(shown.out), shown.err.count("\n")) in {(0, True, 0), (2, False, 1)}


def test_a_withheld_score_says_why(tmp_path, capsys):
    file = tmp_path / "few.yaml"
    file.write_text("- {code: TS1.1.1, value: 75}\n", encoding="utf-8")
    assert main(["score", str(SMALL), str(file)]) == 0
    assert "score – of 100 · no level: too few answers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("of", "to", "told"),
    [
        (
            "TS1.1.2,50",
            "TS1.1.2,60",
            "answers.csv:3: TS1.1.2: 60 is not on the scale ladder5 (0, 25, 50, 75, 100)",
        ),
        ("TS1.1.2,50", "TS9,50", "answers.csv:3: TS9: not a criterion of TS/1.0.0"),
        ("TS1.1.2,50,,", "TS1.1.2,,na,", "answers.csv:3: TS1.1.2: not applicable needs a reason"),
        ("evidence", "proof", "answers.csv:1: unknown column 'proof'"),
    ],
)
def test_bad_answers_end_with_one_clear_line_and_status_two(answers, of, to, told, capsys):
    answers.write_text(ANSWERS.replace(of, to, 1), encoding="utf-8")
    assert main(["score", str(SMALL), str(answers)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert told in shown.err


@pytest.mark.parametrize("named", ["NOPE", "FL/9.9.9", "absent.yaml"])
def test_an_unknown_questionnaire_ends_with_status_two(named, answers, capsys):
    assert main(["score", named, str(answers)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_absent_answers_end_with_status_two(capsys):
    assert main(["score", str(SMALL), "absent.csv"]) == 2
    assert "absent.csv cannot be read: No such file" in capsys.readouterr().err


def test_check_names_file_line_and_reason_of_every_fault(tmp_path, capsys):
    file = tmp_path / "bad.yaml"
    text = (
        SMALL.read_text(encoding="utf-8")
        .replace("minutes: 5", "minutes: 0")
        .replace("effort: 3", "effort: 9")
    )
    file.write_text(text, encoding="utf-8")
    assert main(["check", str(SMALL), str(file)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{file}:10: minutes: 0 is not between 1 and 600"
    assert second.endswith("levers[1].effort: 9 is not between 1 and 5")


def test_check_without_files_checks_those_that_ship(capsys):
    assert main(["check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_prints_the_schema(capsys):
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A Palier questionnaire"
