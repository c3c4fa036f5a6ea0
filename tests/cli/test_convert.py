"""`palier convert`, and `palier check` of a workbook, as a person types them."""

from pathlib import Path

import openpyxl
import pytest

from palier.__main__ import main
from palier.questionnaires.catalogue import definition, find_questionnaire, load

SMALL = Path(__file__).parents[1] / "questionnaires/cases/small.yaml"


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    status = main([str(word) for word in words])
    both = capsys.readouterr()
    return status, both.out + both.err


def test_a_shipped_questionnaire_becomes_a_workbook_and_yaml_again_without_loss(tmp_path, capsys):
    book, text = tmp_path / "sx.xlsx", tmp_path / "sx.yaml"
    assert told(capsys, "convert", "SX/1.0.0", book) == (0, "")
    assert told(capsys, "convert", book, text) == (0, "")
    assert load(text).content_hash == find_questionnaire("SX", "1.0.0").content_hash
    assert told(capsys, "check", "--style", book, text) == (0, "2 files, 0 faults\n")


def test_yaml_is_laid_out_as_the_shipped_files(tmp_path, capsys):
    text = tmp_path / "fl.yaml"
    told(capsys, "convert", "FL/1.1.0", text)
    lines = text.read_text(encoding="utf-8").splitlines()
    assert lines[:5] == [
        "format: 1", "id: FL", "version: 1.1.0", 'title: {fr: "Diagnostic flash", en: "Flash diagnostic"}', "introduction:",
    ]  # fmt: skip
    assert "          - code: FL1.1.1" in lines
    assert "            tags: [S3]" in lines
    assert '  - {level: 2, from: "20", name: {fr: "Émergent", en: "Emerging"}}' in lines


def test_the_latest_version_is_meant_when_none_is_named(tmp_path, capsys):
    told(capsys, "convert", "FL", tmp_path / "fl.yaml")
    assert load(tmp_path / "fl.yaml").version == "1.1.0"
    assert definition("FL", "1.1.0")["version"] == "1.1.0"


def test_a_workbook_with_a_fault_is_not_converted_and_says_where(tmp_path, capsys):
    book = tmp_path / "small.xlsx"
    told(capsys, "convert", SMALL, book)
    edited = openpyxl.load_workbook(book)
    edited["Criteria"]["C3"] = "=1+1"
    edited.save(book)
    line = f"{book}: Criteria row 3, column label.fr: holds a formula: type its value as text\n"
    assert told(capsys, "convert", book, tmp_path / "small.yaml") == (1, line)
    assert told(capsys, "check", book) == (1, line + "1 files, 1 faults\n")
    assert not (tmp_path / "small.yaml").exists()


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path, capsys):
    there = tmp_path / "there.xlsx"
    there.write_text("mine")
    assert told(capsys, "convert", "FL", there) == (
        2,
        f"palier convert: {there} is there already (--force to write over it)\n",
    )
    assert there.read_text() == "mine"
    assert told(capsys, "convert", "FL", there, "--force") == (0, "")


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("FL", "out.csv", "out.csv must end in .xlsx, .yaml or .yml"),
        ("NO", "out.xlsx", "no questionnaire NO"),
        ("FL/9.9.9", "out.xlsx", "no questionnaire FL/9.9.9"),
        ("FL", "no/such/folder/out.xlsx", "No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(source, target, reason, tmp_path, capsys):
    status, line = told(capsys, "convert", source, tmp_path / target)
    assert (status, line.count("\n")) == (2, 1)
    assert reason in line


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"format: 1"])
def test_a_file_that_is_no_workbook_is_one_line(content, tmp_path, capsys):
    book = tmp_path / "no.xlsx"
    book.write_bytes(content)
    assert told(capsys, "check", book) == (
        1,
        f"{book}:1: file: is not a workbook (.xlsx)\n1 files, 1 faults\n",
    )
