"""The questionnaire files: read once, checked strictly, found by id and version.

A file with a fault stops the start: every fault is told as `file:line: path: reason`, or by its cell in a workbook.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from palier.questionnaires.asking import version_problems
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.consistency import consistency_problems
from palier.questionnaires.format import VERSION, shape_problems
from palier.questionnaires.rules import Questionnaire
from palier.questionnaires.shapes import Cell, Problem, path_text
from palier.questionnaires.style import style_problems
from palier.questionnaires.tree import criteria, word_under
from palier.questionnaires.yaml_text import Parsed, parse

DIRECTORY = Path(__file__).parents[3] / "questionnaires"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file; `line` counts from 1. In a workbook it is the row, and `cell` says all of it."""

    file: str
    line: int
    path: str
    reason: str
    cell: Cell | None = None

    def __str__(self) -> str:
        place = f" {self.cell}:" if self.cell else f"{self.line}: {self.path}:"
        return f"{self.file}:{place} {self.reason}"


ReadFile = Callable[[Path], Parsed]
"""How a file is read; what reads workbooks too is `files.questionnaire_file`, which the web does without."""


class BadQuestionnaire(ValueError):
    """A file that cannot be used, with everything wrong in it in `faults`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class UnknownQuestionnaire(LookupError):
    """No file for this id and version."""


class ChangedQuestionnaire(ValueError):
    """The file is no longer the one an assessment used: its content hash differs."""


def find_questionnaire(
    code: str, version: str, *, content_hash: str | None = None, directory: Path = DIRECTORY
) -> Questionnaire:
    """The questionnaire `code` in `version`, read once and kept.

    With `content_hash` (as stored with an assessment) a changed file raises ChangedQuestionnaire.
    Raises UnknownQuestionnaire and BadQuestionnaire.
    """
    questionnaire = load(_file(code, version, directory))
    if content_hash not in (None, questionnaire.content_hash):
        raise ChangedQuestionnaire(f"{questionnaire.key} changed after an assessment used it")
    return questionnaire


@cache
def _file(code: str, version: str, directory: Path) -> Path:
    """Where the version stands, looked up once: saving an answer asks every time. Raises UnknownQuestionnaire."""
    if version not in versions(code, directory=directory):
        raise UnknownQuestionnaire(f"{code}/{version}")
    return directory / code / f"{version}.yaml"


def definition(code: str, version: str, *, directory: Path = DIRECTORY) -> dict[str, Any]:
    """The plain data of a checked file, kept with what was scored under it. Raises as `find_questionnaire`."""
    find_questionnaire(code, version, directory=directory)
    return _data(_file(code, version, directory))


@lru_cache(8)
def _data(file: Path) -> dict[str, Any]:
    """Every round that is opened keeps a definition, and reading one takes longer than all the rest of opening."""
    data: dict[str, Any] = yaml_file(file).data
    return data


def latest(code: str, *, directory: Path = DIRECTORY) -> Questionnaire:
    """The highest version of `code`. Raises UnknownQuestionnaire and BadQuestionnaire."""
    known = versions(code, directory=directory)
    if not known:
        raise UnknownQuestionnaire(code)
    return find_questionnaire(code, known[-1], directory=directory)


def latest_of_each(*, directory: Path = DIRECTORY) -> tuple[Questionnaire, ...]:
    """The highest version of every questionnaire, by id. Raises BadQuestionnaire."""
    return tuple(latest(code, directory=directory) for code in _codes(directory))


def every_questionnaire(*, directory: Path = DIRECTORY) -> tuple[Questionnaire, ...]:
    """Every version of every questionnaire, by id then version. Raises BadQuestionnaire with every fault."""
    files = [directory / code / f"{version}.yaml" for code, version in _keys(directory)]
    if faults := check_files(files):
        raise BadQuestionnaire(faults)
    return tuple(load(file) for file in files)


def versions(code: str, *, directory: Path = DIRECTORY) -> tuple[str, ...]:
    """The versions of `code` there are files for, lowest first; none for an unknown code."""
    if code not in _codes(directory):
        return ()
    return tuple(_versions_in(directory / code))


def _codes(directory: Path) -> list[str]:
    return (
        sorted(folder.name for folder in directory.iterdir() if folder.is_dir()) if directory.is_dir() else []
    )


def _keys(directory: Path) -> Iterator[tuple[str, str]]:
    for code in _codes(directory):
        for version in versions(code, directory=directory):
            yield code, version


def _by_number(version: str) -> tuple[int, ...]:
    """1.10.0 comes after 1.9.0; what is no version comes first, and is a fault of its own."""
    return tuple(int(part) if part.isdigit() else -1 for part in version.split("."))


@cache
def load(file: Path) -> Questionnaire:
    """The questionnaire in `file`, read once. Raises BadQuestionnaire, and OSError when it cannot be read."""
    parsed = yaml_file(file)
    if faults := _located(file, parsed, _problems(file, parsed)):
        raise BadQuestionnaire(faults)
    return questionnaire_from(parsed.data)


def shipped_files(*, directory: Path = DIRECTORY) -> list[Path]:
    """Every questionnaire file, by id then version."""
    return [directory / code / f"{version}.yaml" for code, version in _keys(directory)]


def yaml_file(file: Path) -> Parsed:
    """The data of a YAML file. Raises OSError, UnicodeDecodeError."""
    return parse(file.read_text(encoding="utf-8"))


def check_files(paths: Iterable[Path], *, read: ReadFile = yaml_file) -> list[Fault]:
    """Everything wrong in the files, file by file in line order; empty when all may be used."""
    return [fault for path in paths for fault in _check(path, read)]


def style_faults(path: Path, *, read: ReadFile = yaml_file) -> list[Fault]:
    """What an editor would send back: lengths, repetitions, typography, texts left untranslated."""
    parsed = read(path)
    return _located(path, parsed, style_problems(parsed.data))


def _check(path: Path, read: ReadFile) -> list[Fault]:
    try:
        parsed = read(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return [Fault(str(path), 1, "file", f"cannot be read: {reason}")]
    return _located(path, parsed, _problems(path, parsed))


def _problems(file: Path, parsed: Parsed) -> Iterator[Problem]:
    yield from parsed.problems
    if parsed.data is None:
        if not parsed.problems:
            yield Problem((), "is empty")
        return
    yield from shape_problems(parsed.data)
    yield from consistency_problems(parsed.data)
    yield from _misplaced(file, parsed.data)
    yield from _unlike_the_version_before(file, parsed.data)


def _misplaced(file: Path, data: Any) -> Iterator[Problem]:
    """A file named after a version stands in a folder named after its questionnaire, and both are true."""
    if not isinstance(data, dict) or not re.fullmatch(VERSION, file.stem):
        return
    folder = file.absolute().parent.name
    if data.get("id") != folder:
        yield Problem(("id",), f"the file stands in the folder {folder}")
    if data.get("version") != file.stem:
        yield Problem(("version",), f"the file is called {file.name}")


def _unlike_the_version_before(file: Path, data: Any) -> Iterator[Problem]:
    """A version that has an earlier one of its major beside it says what became of every criterion."""
    if not isinstance(data, dict) or not re.fullmatch(VERSION, file.stem):
        return
    earlier = [v for v in _versions_in(file.parent) if _before(v, file.stem)]
    if not earlier:
        return
    if word_under(data.get("changes"), "since", earlier[-1]) != earlier[-1]:
        yield Problem(("changes", "since"), f"the version before is {earlier[-1]}")
        return
    before = parse((file.parent / f"{earlier[-1]}.yaml").read_text(encoding="utf-8")).data
    yield from version_problems(before, data)


def _before(version: str, other: str) -> bool:
    """Whether `version` comes before `other` within the same major."""
    one, two = _by_number(version), _by_number(other)
    return one[0] == two[0] and one < two


def _versions_in(folder: Path) -> list[str]:
    return sorted((file.stem for file in folder.glob("*.yaml")), key=_by_number)


def unmatched(*, directory: Path = DIRECTORY) -> Iterator[Fault]:
    """Criteria that say they match one which no shipped questionnaire asks."""
    known = {
        criterion.code
        for questionnaire in latest_of_each(directory=directory)
        for criterion in questionnaire.criteria
    }
    for questionnaire in latest_of_each(directory=directory):
        file = directory / questionnaire.id / f"{questionnaire.version}.yaml"
        parsed = parse(file.read_text(encoding="utf-8"))
        problems = [
            Problem((*path, "matches", place), f"no questionnaire asks {code}")
            for path, criterion in criteria(parsed.data)
            for place, code in enumerate(criterion.get("matches", ()))
            if code not in known
        ]
        yield from _located(file, parsed, problems)


def _located(file: Path, parsed: Parsed, problems: Iterable[Problem]) -> list[Fault]:
    faults = [
        Fault(str(file), parsed.line(p.path), path_text(p.path), p.reason, parsed.cell(p.path))
        for p in problems
    ]
    sheets = list(dict.fromkeys(cell.sheet for cell in parsed.cells.values()))
    return sorted(
        dict.fromkeys(faults),
        key=lambda fault: (sheets.index(fault.cell.sheet) if fault.cell else 0, fault.line),
    )
