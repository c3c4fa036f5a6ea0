"""`palier score` and `palier check` as a person types them."""

import json
from pathlib import Path

import pytest

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
