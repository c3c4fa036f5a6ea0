"""The strict loader: every fault with its file, line, path and reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from palier.questionnaires.catalogue import BadQuestionnaire, check_files, load
from palier.questionnaires.consistency import consistency_problems
from palier.questionnaires.format import schema, shape_problems
from palier.questionnaires.style import style_problems

CASES = Path(__file__).parent / "cases"
SMALL = (CASES / "small.yaml").read_text(encoding="utf-8")
SOUND = yaml.safe_load(SMALL)
FAULTS = yaml.safe_load((CASES / "faults.yaml").read_text(encoding="utf-8"))


def line_of(text: str) -> int:
    """The line of small.yaml on which `text` begins (line ends inside `text` do not count)."""
    flat = SMALL if text in SMALL else SMALL.replace("\n", "")
    before = flat[: flat.index(text)]
    if flat is SMALL:
        return before.count("\n") + 1
    lines = SMALL.splitlines()
    return next(n for n in range(1, len(lines) + 1) if len("".join(lines[:n])) > len(before))


def written(folder: Path, text: str) -> Path:
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sound_file_has_no_fault():
    assert check_files([CASES / "small.yaml"]) == []


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case["name"])
def test_a_fault_is_told_with_file_line_path_and_reason(case, tmp_path):
    assert case["of"] in SMALL, "the case no longer fits small.yaml"
    file = written(tmp_path, SMALL.replace(case["of"], case["to"], 1))
    place = (line_of(case.get("line_of") or case["of"]), case["path"])
    faults = check_files([file])
    told = [fault.reason for fault in faults if (fault.line, fault.path) == place]
    assert any(case["reason"] in reason for reason in told), faults
    with pytest.raises(BadQuestionnaire):
        load(file)


def test_every_fault_is_told_not_only_the_first(tmp_path):
    broken = SMALL.replace('weight: "40"', 'weight: "30"').replace("effort: 3", "effort: 9")
    broken = broken.replace('en: "There is a mediator"', "").replace(
        "criterion: TS2.1.1, from: 1", "criterion: X, from: 1"
    )
    reasons = [fault.reason for fault in check_files([written(tmp_path, broken)])]
    assert any("add up to 90" in reason for reason in reasons)
    assert any("between 1 and 5" in reason for reason in reasons)
    assert any("locale en is missing" in reason for reason in reasons)
    assert sum("X is not a criterion" in reason for reason in reasons) == 2


def test_a_fault_reads_as_file_line_path_reason(tmp_path):
    file = written(tmp_path, SMALL.replace("minutes: 5", "minutes: five"))
    (fault,) = check_files([file])
    assert str(fault) == f"{file}:10: minutes: must be a whole number without quotes, not 'five'"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param("", 1, "is empty", id="nothing"),
        pytest.param("- a\n- b\n", 1, "must be a group of named fields", id="a list"),
        pytest.param("id: SX\n  bad: [", 2, "not YAML", id="no YAML"),
        pytest.param("id: !!python/object:os.system SX\n", 1, "unreadable value", id="an object"),
        pytest.param("id: '\x07'\n", 1, "not YAML", id="a control character"),
    ],
)
def test_a_file_that_is_no_questionnaire_has_faults_too(text, line, reason, tmp_path):
    faults = check_files([written(tmp_path, text)])
    assert any(fault.line == line and reason in fault.reason for fault in faults), faults


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    (absent,) = check_files([tmp_path / "absent.yaml"])
    assert "cannot be read: No such file" in absent.reason
    file = tmp_path / "latin.yaml"
    file.write_bytes("titre: été".encode("latin-1"))
    (latin,) = check_files([file])
    assert "not UTF-8" in latin.reason


def test_every_way_of_cutting_a_file_short_is_told_and_never_crashes(tmp_path):
    lines = SMALL.splitlines(keepends=True)
    for kept in range(0, len(lines) - 1, 3):
        assert check_files([written(tmp_path, "".join(lines[:kept]))]), f"cut after line {kept}"


@pytest.mark.parametrize("odd", [12.5, True, None, "", [1, 2], {"a": {"b": "c"}}, [[]], [{}], -1])
def test_replacing_any_value_by_another_kind_never_crashes(odd):
    for path in places(SOUND):
        data = replaced(SOUND, path, odd)
        assert isinstance([*shape_problems(data), *consistency_problems(data)], list), path


@pytest.mark.parametrize("odd", [None, [[]], {"a": "b"}])
def test_nor_does_it_crash_the_editor(odd):
    for path in [*places(SOUND)][::9]:
        assert isinstance(list(style_problems(replaced(SOUND, path, odd))), list), path


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything in plain data, the whole first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[str | int, ...], odd: Any) -> Any:
    """A copy of plain data with `odd` at `path`."""
    if not path:
        return odd
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], odd)
    return copied


def test_the_json_schema_accepts_what_the_loader_accepts(jsonschema):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(yaml.safe_load(SMALL), schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("of", "to"),
    [
        pytest.param("minutes: 5", "minutes: 5\ncolour: blue", id="unknown key"),
        pytest.param("effort: 2", "", id="missing key"),
        pytest.param('weight: "60"', "weight: 60", id="number without quotes"),
        pytest.param('node: "2/3"', 'node: "two thirds"', id="number that is none"),
        pytest.param("effort: 3", "effort: 6", id="effort off the scale"),
        pytest.param('licence: "CC BY-NC-SA 4.0"', 'licence: ""', id="empty text"),
    ],
)
def test_the_json_schema_refuses_what_has_the_wrong_shape(jsonschema, of, to):
    assert of in SMALL
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            yaml.safe_load(SMALL.replace(of, to, 1)), schema(), cls=jsonschema.Draft202012Validator
        )
