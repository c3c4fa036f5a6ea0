"""An uploaded file is told line by line what is wrong with it, and no file, however hostile, holds anybody up."""

import ast
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from palier.foundation.language import speaking
from palier.foundation.settings import ROOT
from palier.questionnaires.checking import MOST_REMARKS, check_upload, check_versions
from palier.questionnaires.layout import MAIN
from palier.questionnaires.reasons import SENTENCES, in_words
from palier.questionnaires.workbook import write_workbook
from palier.questionnaires.yaml_layout import yaml_text_of
from palier.questionnaires.yaml_text import parse

SMALL = (Path(__file__).parent / "cases" / "small.yaml").read_text()
DATA = parse(SMALL).data


def changed(before: str, after: str, text: str = SMALL) -> bytes:
    assert before in text
    return text.replace(before, after, 1).encode()


def line_of(words: str, text: str = SMALL) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "path", "reason"),
    [
        ('code: TS1.1.1\n', 'code: "ts 1"\n', "criteria[0].code", "is not a code such as SX1.1.1"),
        ('weight: "60"', 'weight: "61"', "dimensions", "add up to 101, not 100"),
        ("minutes: 5", 'minutes: "5"', "minutes", "must be a whole number"),
        ("missing: exclude", "missing: forget", "missing", "is not one of exclude, zero"),
        ("licence:", "licens:", "licens", "unknown key licens"),
        ("version: 1.0.0", "version: 1.0", "version", "must be a text in quotes, not 1.0"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_its_path_and_its_reason(
    before: str, after: str, path: str, reason: str
) -> None:
    checked = check_upload(changed(before, after))
    assert checked.data is None
    found = next(fault for fault in checked.faults if reason in fault.reason)
    assert path in found.path
    if path != "dimensions":
        assert found.line == line_of(before)


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = changed("missing: exclude", "missing: forget").decode()
    checked = check_upload(changed("minutes: 5", 'minutes: "5"', text))
    assert [fault.path for fault in checked.faults] == ["minutes", "missing"]


def test_a_file_without_faults_gives_its_data_and_advice_that_is_no_fault() -> None:
    checked = check_upload(SMALL.encode())
    assert checked.faults == ()
    assert checked.data == DATA
    assert all(remark.line for remark in checked.advice)


def test_a_criterion_nobody_can_come_to_is_refused_with_the_reason() -> None:
    options = ", ".join(
        f'{{id: {name}, label: {{fr: "{name}", en: "{name}"}}, weight: "{weight}"{more}}}'
        for name, weight, more in (("a", 1, ""), ("b", 1, ""), ("c", 2, ", exclusive: true"))
    )
    text = re.sub(
        r"(code: TS1\.1\.1\n.*?)(            levels:.*?)(            evidence:)",
        lambda m: f"{m[1]}            answer: {{kind: options, options: [{options}]}}\n{m[3]}",
        SMALL,
        count=1,
        flags=re.DOTALL,
    )
    second = DATA["dimensions"][-1]["elements"][-1]["criteria"][-1]["code"]
    text = text.replace(
        f"code: {second}\n",
        f"code: {second}\n            shown_if: [{{criterion: TS1.1.1, level: 4}}]\n",
        1,
    )
    faults = check_upload(text.encode()).faults
    assert [fault.reason for fault in faults] == [
        f"{second} can never be asked: TS1.1.1 never stands at level 4: its answers reach 3 at most"
    ]
    assert faults[0].line == line_of("shown_if", text)


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "not a YAML text in UTF-8"),
        (b"a: [", "not YAML"),
        (b"- a\n- b\n", "must be a group of named fields, not a list"),
        (b"[" * 50_000, "nested too deep"),
        (b"{a: " * 50_000, "nested too deep"),
        (b"? " * 20_000, "nested too deep"),
        (("\n".join(" " * n + "a:" for n in range(1_500))).encode(), "nested too deep"),
        (b"a: [" + b"x," * 500_000 + b"]", "more than 100000 values"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "anchors and aliases are not used"),
        (b"a: " + b"9" * 100_000, "unreadable value"),
        (b"a: \xef\xbb\xbf\x00", "not YAML"),
        (b"id: !!python/object/apply:os.system [ls]", "unreadable value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_file_is_a_fault_like_any_other(upload: bytes, reason: str) -> None:
    faults = check_upload(upload).faults
    assert any(reason in fault.reason for fault in faults) or (reason == "unreadable value" and faults)
    assert all(len(fault.reason) <= 300 and len(fault.path) <= 300 for fault in faults)


def test_a_workbook_is_checked_like_a_text_and_its_faults_name_the_cell() -> None:
    assert check_upload(write_workbook(DATA)).data == DATA
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(DATA)))
    sheet = book[MAIN]
    cell = next(row[1] for row in sheet.iter_rows() if row[0].value == "minutes")
    cell.value = "many"
    changed_book = io.BytesIO()
    book.save(changed_book)
    fault = check_upload(changed_book.getvalue()).faults[0]
    assert (fault.line, fault.path) == (0, "minutes")
    assert fault.cell.startswith(f"{sheet.title} row {cell.row}, column ")
    with speaking("fr"):
        assert in_words(fault.cell).startswith(f"{sheet.title}, ligne {cell.row}, colonne ")


@pytest.mark.parametrize(
    ("name", "content"),
    [("xl/workbook.xml", b" " * 60_000_000), ("x", b"nothing")],
    ids=["a bomb", "any archive"],
)
def test_an_archive_that_is_no_workbook_is_refused_without_being_unpacked(name: str, content: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    (fault,) = check_upload(packed.getvalue()).faults
    assert fault.reason in ("is far too large", "is not a workbook (.xlsx)")


def test_thousands_of_faults_are_cut_and_counted() -> None:
    checked = check_upload(("\n".join(f"k{n}: 1" for n in range(5_000))).encode())
    assert len(checked.faults) == MOST_REMARKS
    assert checked.more > 4_000


def test_far_too_many_criteria_are_refused_before_they_are_compared() -> None:
    criterion = '          - {code: TS1.1.%d, label: {fr: "x", en: "x"}}\n'
    start = SMALL.index("          - code: TS1.1.1\n")
    text = SMALL[:start] + "".join(criterion % n for n in range(3, 3_000)) + SMALL[start:]
    assert any("criteria, at most 400" in fault.reason for fault in check_upload(text.encode()).faults)


# --- the version before ---------------------------------------------------------------------------------------------


def test_a_version_follows_a_lower_one_and_says_what_became_of_each_criterion() -> None:
    codes = [c["code"] for d in DATA["dimensions"] for e in d["elements"] for c in e["criteria"]]
    after = DATA | {"version": "1.1.0"}
    told = after | {"changes": {"since": "1.0.0", "same": codes, "changed": [], "new": [], "dropped": []}}
    assert [remark.path for remark in check_versions(DATA, DATA)] == ["version"]
    assert "changes is missing" in check_versions(after, DATA)[0].reason
    assert check_versions(told, DATA) == ()
    assert check_versions(DATA | {"version": "2.0.0"}, DATA) == ()
    assert check_versions(DATA, None) == ()


# --- writing it down again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("questionnaires/*/*.yaml")), ids=lambda f: f"{f.parent.name}/{f.stem}"
)
def test_what_is_written_reads_back_the_same(file: Path) -> None:
    data = parse(file.read_text()).data
    again = parse(yaml_text_of(data))
    assert again.problems == ()
    assert again.data == data


# --- in the reader's language ---------------------------------------------------------------------------------------

NOT_SHOWN = {"catalogue.py"}
"""Reasons only the command line gives."""


def _templates() -> list[tuple[str, str]]:
    """Every reason the checks can give, with "§" where a value stands."""
    found = []
    for file in sorted((ROOT / "src/palier/questionnaires").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", None)
            if (
                isinstance(node, ast.Call)
                and name in ("Problem", "BadDefinition")
                and file.name not in NOT_SHOWN
            ):
                found.append((f"{file.name}:{node.lineno}", _text(node.args[-1])))
    return [(where, text) for where, text in found if text.strip("§ ")]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return "§"


@pytest.mark.parametrize(("where", "reason"), _templates())
def test_every_reason_is_known_in_both_languages(where: str, reason: str) -> None:
    reason = reason.replace("§ is not §", "§ is not a code such as SX1.1.1").replace("'§'", "§")
    with speaking("en"):
        assert in_words(reason) == reason
    with speaking("fr"):
        assert in_words(reason) != reason, f"{where}: add it to reasons.SENTENCES"


def test_a_reason_keeps_its_names_and_figures() -> None:
    with speaking("fr"):
        assert in_words("tag Y1 without a gate") == "étiquette Y1 sans seuil"
        assert in_words("3 given, at least 2 wanted") == "3 donnés, au moins 2 attendus"
        assert (
            in_words("must be a list, not a group of fields")
            == "doit être une liste, pas un groupe de champs"
        )
        assert in_words("something new") == "something new"
        assert in_words("A1 can never be asked: B1 is itself never asked") == (
            "A1 ne peut jamais être demandé\u00a0: B1 n’est lui-même jamais demandé"
        )
    assert len(set(SENTENCES)) == len(SENTENCES)
