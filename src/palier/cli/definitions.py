"""A used version of a questionnaire is immutable: a file that changed under it stops the start."""

from collections.abc import Iterable
from pathlib import Path

import psycopg

from palier.cli.database import CannotStart
from palier.mirrors.catalogue import mirror_faults
from palier.questionnaires.catalogue import (
    DIRECTORY,
    BadQuestionnaire,
    ChangedQuestionnaire,
    UnknownQuestionnaire,
    find_questionnaire,
)

Used = tuple[str, str, str]
"""Code, version and content hash of a questionnaire that some round uses."""


def refuse_changed_files(url: str, *, directory: Path = DIRECTORY) -> None:
    """Compare the files with what the rounds of the database at `url` use, and check what mirrors ask.

    Raises CannotStart with one line a file.

    A file that is gone is no fault: rounds read what was kept.
    """
    if faults := mirror_faults(directory=directory):
        raise CannotStart("\npalier: ".join(map(str, faults)))
    if changed := [file for used in _used(url) if (file := _changed(used, directory))]:
        raise CannotStart("\npalier: ".join(_sentence(file) for file in changed))


def _used(url: str) -> Iterable[Used]:
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('used_definition')").fetchone() == (None,):
            return []
        return connection.execute(
            "select questionnaire, version, hash from used_definition order by questionnaire, version"
        ).fetchall()


def _changed(used: Used, directory: Path) -> Path | None:
    code, version, content_hash = used
    try:
        find_questionnaire(code, version, content_hash=content_hash, directory=directory)
    except UnknownQuestionnaire:
        return None
    except (ChangedQuestionnaire, BadQuestionnaire):
        return directory / code / f"{version}.yaml"
    return None


def _sentence(file: Path) -> str:
    return (
        f"{file} changed after a round used it. Restore it as it was, "
        f"or keep the change as a new version with a higher number beside it."
    )
