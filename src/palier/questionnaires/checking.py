"""What an uploaded file is worth: its data when it may be used, every fault with its place, and advice on style.

Nothing here knows a database or a page. A file of any kind, however hostile, is answered within seconds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from palier.questionnaires.asking import version_problems
from palier.questionnaires.building import BadDefinition, questionnaire_from
from palier.questionnaires.consistency import consistency_problems
from palier.questionnaires.format import shape_problems
from palier.questionnaires.owners import LONGEST_ID
from palier.questionnaires.rules.branching import unreachable
from palier.questionnaires.rules.versions import numbered
from palier.questionnaires.shapes import Path, Problem, path_text
from palier.questionnaires.style import style_problems
from palier.questionnaires.tree import criteria
from palier.questionnaires.workbook import read_workbook
from palier.questionnaires.yaml_text import Parsed, parse

LARGEST = 2_000_000
"""Bytes of an upload: ten times a long questionnaire in two languages."""
MOST_CRITERIA = 400
MOST_REMARKS = 200
"""Remarks kept of each kind: whoever has more begins with these."""
LONGEST_REASON = 300
WORKBOOK = b"PK"
"""How an XLSX file begins, as any archive."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to put right, or to consider. `line` counts from 1 in a text (0: none), `cell` is a workbook's."""

    line: int
    path: str
    reason: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload after its check: `data` only without faults. `more` faults were found beyond those listed."""

    data: Mapping[str, Any] | None
    faults: tuple[Remark, ...]
    advice: tuple[Remark, ...] = ()
    more: int = 0


def check_upload(upload: bytes) -> Checked:
    """Check the file `upload` by itself; what it says of an earlier version is `check_versions`'s."""
    parsed = _parsed(upload)
    faults = list(_problems(parsed))
    if faults:
        return Checked(None, _remarks(parsed, faults), (), max(0, len(faults) - MOST_REMARKS))
    return Checked(parsed.data, (), _remarks(parsed, islice(style_problems(parsed.data), MOST_REMARKS)))


def check_versions(data: Mapping[str, Any], before: Mapping[str, Any] | None) -> tuple[Remark, ...]:
    """What keeps `data` from following `before`, the highest version published so far; nothing when there is none."""
    if before is None:
        return ()
    new, old = numbered(data["version"]), numbered(before["version"])
    if new <= old:
        reason = (
            f"{data['version']} is not above {before['version']}, which is published: give a higher number"
        )
        return (Remark(0, "version", reason),)
    if new[0] != old[0]:
        return ()
    since = data.get("changes", {}).get("since", before["version"])
    if since != before["version"]:
        return (Remark(0, "changes.since", f"the version before is {before['version']}"),)
    return tuple(_remark(problem) for problem in version_problems(before, data))


def _parsed(upload: bytes) -> Parsed:
    if upload.startswith(WORKBOOK):
        return read_workbook(upload)
    try:
        return parse(upload.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Parsed(None, {(): 1}, (Problem((), "not a YAML text in UTF-8"),))


def _problems(parsed: Parsed) -> Iterator[Problem]:
    """Each step is tried only on what the one before let pass: a reader is shown causes, not their consequences."""
    for step in (_unreadable, _misshapen, _contradictions, _unusable):
        found = list(step(parsed))
        yield from found
        if found and step is not _misshapen:
            return


def _unreadable(parsed: Parsed) -> Iterator[Problem]:
    yield from parsed.problems
    if parsed.data is None and not parsed.problems:
        yield Problem((), "is empty")


def _misshapen(parsed: Parsed) -> Iterator[Problem]:
    asked = len(criteria(parsed.data))
    if asked > MOST_CRITERIA:
        yield Problem(("dimensions",), f"{asked} criteria, at most {MOST_CRITERIA}")
    yield from shape_problems(parsed.data)
    name = parsed.data.get("id") if isinstance(parsed.data, Mapping) else None
    if isinstance(name, str) and len(name.partition("-")[0]) > LONGEST_ID:
        yield Problem(("id",), f"{len(name)} characters, at most {LONGEST_ID}: {name!r}")


def _contradictions(parsed: Parsed) -> Iterator[Problem]:
    if len(criteria(parsed.data)) <= MOST_CRITERIA:
        yield from consistency_problems(parsed.data)


def _unusable(parsed: Parsed) -> Iterator[Problem]:
    """What only the built questionnaire shows: criteria that no answers lead to."""
    if any(_misshapen(parsed)):
        return
    try:
        questionnaire = questionnaire_from(parsed.data)
    except BadDefinition as error:
        yield Problem((), str(error))
        return
    places = {row.get("code"): path for path, row in criteria(parsed.data)}
    for code, reason in unreachable(questionnaire).items():
        yield Problem((*places[code], "shown_if"), f"{code} can never be asked: {reason}")


def _remarks(parsed: Parsed, problems: Iterable[Problem]) -> tuple[Remark, ...]:
    found = [_remark(problem, parsed) for problem in problems]
    if not parsed.cells:
        found.sort(key=lambda one: one.line)
    return tuple(dict.fromkeys(found))[:MOST_REMARKS]


def _remark(problem: Problem, parsed: Parsed | None = None) -> Remark:
    cell = parsed.cell(problem.path) if parsed else None
    line = parsed.line(problem.path) if parsed and not parsed.cells else 0
    return Remark(
        line, _short(problem.path), problem.reason[:LONGEST_REASON], str(cell or "")[:LONGEST_REASON]
    )


def _short(path: Path) -> str:
    return path_text(path)[:LONGEST_REASON]
