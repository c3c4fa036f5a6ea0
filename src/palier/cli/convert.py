"""`palier convert FROM TO`: a questionnaire as a workbook or as YAML, whichever TO ends in; nothing of it is lost."""

import argparse
import sys
from pathlib import Path
from typing import Any

from palier.foundation.sheets import TooLongForACell
from palier.questionnaires.catalogue import (
    BadQuestionnaire,
    UnknownQuestionnaire,
    check_files,
    definition,
    versions,
)
from palier.questionnaires.files import WORKBOOK, questionnaire_file
from palier.questionnaires.workbook import write_workbook
from palier.questionnaires.yaml_layout import yaml_text_of

YAML = (".yaml", ".yml")


class _CannotConvert(Exception):
    """What was given cannot be converted; the message is the lines to print."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is converted, and into what."""
    parser.add_argument("source", metavar="FROM", help="SX, SX/1.0.0, or a .yaml or .xlsx file")
    parser.add_argument("target", type=Path, metavar="TO", help="the .xlsx or .yaml file to write")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(arguments: argparse.Namespace) -> int:
    """0 when TO is written, 1 with every fault of FROM, 2 with one line when something else is in the way."""
    target: Path = arguments.target
    try:
        _check_target(target, arguments.force)
        data = _data(arguments.source)
        target.write_bytes(_content(target, data))
    except BadQuestionnaire as error:
        print(error)
        return 1
    except _CannotConvert as error:
        print(f"palier convert: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"palier convert: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _check_target(target: Path, force: bool) -> None:
    if target.suffix.lower() not in {WORKBOOK, *YAML}:
        raise _CannotConvert(f"{target} must end in .xlsx, .yaml or .yml")
    if target.exists() and not force:
        raise _CannotConvert(f"{target} is there already (--force to write over it)")


def _data(source: str) -> dict[str, Any]:
    """The data of a file, or of a shipped version. Raises BadQuestionnaire."""
    if source.lower().endswith((WORKBOOK, *YAML)):
        if faults := check_files([Path(source)], read=questionnaire_file):
            raise BadQuestionnaire(faults)
        data: dict[str, Any] = questionnaire_file(Path(source)).data
        return data
    code, _, version = source.partition("/")
    known = versions(code)
    try:
        return definition(code, version or (known[-1] if known else ""))
    except UnknownQuestionnaire:
        raise _CannotConvert(f"no questionnaire {source}") from None


def _content(target: Path, data: dict[str, Any]) -> bytes:
    try:
        return write_workbook(data) if target.suffix.lower() == WORKBOOK else yaml_text_of(data).encode()
    except TooLongForACell as error:
        raise _CannotConvert(str(error)) from error
