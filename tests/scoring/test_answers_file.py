"""Answers in files: CSV, YAML, JSON; one clear error with its line."""

import openpyxl
import pytest

from palier.scoring.answers_file import BadAnswersFile, read_answers_file

CSV = "code,value,state,reason,evidence\nA.1.1,75,answered,,measured\nA.1.2,,na,no counter,\n"
SEMICOLONS = (
    "\ufeffCode;Value;State;Reason;Evidence\r\nA.1.1;75;answered;;measured\r\nA.1.2;;na;no counter;\r\n"
)
JSON = (
    '[\n\t{"code": "A.1.1", "value": 75, "state": "answered", "evidence": "measured"},'
    '\n\t{"code": "A.1.2", "state": "na", "reason": "no counter"}\n]'
)
YAML_BY_CODE = (
    "answers:\n  A.1.1: {value: 75, evidence: measured}\n  A.1.2: {state: na, reason: no counter}\n"
)
YAML_ROWS = (
    "- {code: A.1.1, value: 75, evidence: measured}\n- code: A.1.2\n  state: na\n  reason: no counter\n"
)


def read(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return read_answers_file(file)


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.csv", CSV, [2, 3]),
        ("a.csv", SEMICOLONS, [2, 3]),
        ("a.json", JSON, [2, 3]),
        ("a.yaml", YAML_BY_CODE, [2, 3]),
        ("a.yml", YAML_ROWS, [1, 2]),
    ],
)
def test_every_kind_of_file_says_the_same(tmp_path, name, text, lines):
    answers = read(tmp_path, name, text)
    assert [row["code"] for row in answers.rows] == ["A.1.1", "A.1.2"]
    assert [str(row["value"]) for row in answers.rows if row.get("value")] == ["75"]
    assert answers.rows[0]["evidence"] == "measured"
    assert answers.rows[1]["reason"] == "no counter"
    assert list(answers.lines.values()) == lines


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "", "1: the first line names the columns"),
        ("a.csv", "critère;valeur\n", "1: the first line names the columns"),
        ("a.csv", "code,valeur\n", "1: unknown column 'valeur'"),
        ("a.csv", "code,value,value\n", "1: a column is named twice"),
        ("a.csv", "code,value\nA,1\nB,2,3\n", "3: 2 columns wanted"),
        ("a.csv", "code,value\nA,1\n,2\n", "3: a row names its criterion"),
        ("a.csv", "code,value\nA,1\nA,2\n", "3: A: answered twice (first on line 2)"),
        ("a.csv", 'code,value\nA,"1\n', "2: unexpected end of data"),
        ("a.json", '[\n{"code": }]', "2: not JSON"),
        ("a.json", "5", "1: holds no list of answers"),
        ("a.json", '[\n{"code": "A"},\n7]', "3: a row is a group of named fields"),
        ("a.yaml", "- code: A\n- [", "3: not YAML"),
        ("a.yaml", "- code: A\n  code: B\n", "2: key given twice"),
        ("a.yaml", "", "1: holds no list of answers"),
        ("a.txt", "A 75", "1: must end in .csv"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path, name, text, told):
    with pytest.raises(BadAnswersFile) as refused:
        read(tmp_path, name, text)
    assert str(refused.value).startswith(f"{tmp_path / name}:{told}")
    assert "\n" not in str(refused.value)


def test_between_semicolons_a_comma_is_the_decimal_one(tmp_path):
    french = read(tmp_path, "a.csv", "code;value;reason\nA;12,5;un, deux\nB;-0,5;3,5 jours\nC;plan=4; do=3;\n".replace("plan=4; do=3", '"plan=4; do=3"'))  # fmt: skip
    assert [row["value"] for row in french.rows] == ["12.5", "-0.5", "plan=4; do=3"]
    assert [row["reason"] for row in french.rows] == ["un, deux", "3,5 jours", ""]
    assert read(tmp_path, "a.csv", 'code,value\nA,"12,5"\n').rows[0]["value"] == "12,5"


def test_values_may_be_lists_and_named_parts(tmp_path):
    plain = read(tmp_path, "a.yaml", "A: {value: [x, y]}\nB: {value: {plan: 4, do: 3}}\nC: 75\n").rows
    assert [row["value"] for row in plain] == [["x", "y"], {"plan": 4, "do": 3}, 75]


def test_a_workbook_is_read_line_by_line_without_its_empty_ones(tmp_path):
    book = openpyxl.Workbook()
    for line in (["Code", "Value", "Reason"], ["A", 12.5], [], ["B", "plan=4; do=3", " why "], ["C", 3.0]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    answers = read_answers_file(tmp_path / "a.xlsx")
    assert [row["value"] for row in answers.rows] == ["12.5", "plan=4; do=3", "3"]
    assert [row["reason"] for row in answers.rows] == ["", "why", ""]
    assert answers.lines == {"A": 2, "B": 4, "C": 5}


def test_bytes_that_are_no_text_are_refused(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"code,value\nA,\xff\n")
    with pytest.raises(BadAnswersFile, match="not UTF-8"):
        read_answers_file(file)
