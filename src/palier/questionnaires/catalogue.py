"""The questionnaire files: read once, checked strictly, found by id and version.

A file with a fault stops the start: every fault is told as `file:line: path: reason`.
"""

from dataclasses import dataclass
from pathlib import Path

from palier.questionnaires.rules import Questionnaire

DIRECTORY = Path(__file__).parents[3] / "questionnaires"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file; `line` counts from 1."""

    file: str
    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.reason}"


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
    raise NotImplementedError


def latest(code: str, *, directory: Path = DIRECTORY) -> Questionnaire:
    """The highest version of `code`. Raises UnknownQuestionnaire and BadQuestionnaire."""
    raise NotImplementedError


def every_questionnaire(*, directory: Path = DIRECTORY) -> tuple[Questionnaire, ...]:
    """Every version of every questionnaire, by id then version. Raises BadQuestionnaire."""
    raise NotImplementedError


def check_files(paths: list[Path]) -> list[Fault]:
    """Everything wrong in the files, in file and line order; empty when all may be used."""
    raise NotImplementedError
