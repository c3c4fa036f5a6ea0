"""A questionnaire as a file to keep, to edit and to upload again."""

from collections.abc import Mapping
from typing import Any

from palier.questionnaires.catalogue import definition, latest
from palier.questionnaires.workbook import write_workbook
from palier.questionnaires.yaml_layout import yaml_text_of

KINDS = {
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""File endings and their media types."""

MODEL = "FL"
"""The shipped questionnaire that is short enough to begin from."""


def as_file(kind: str, content: Mapping[str, Any]) -> bytes:
    """`content` in the format `kind`: nothing of it is lost. Raises KeyError for an unknown kind."""
    return {"yaml": _as_yaml, "xlsx": write_workbook}[kind](content)


def _as_yaml(content: Mapping[str, Any]) -> bytes:
    return yaml_text_of(content).encode()


def model() -> tuple[str, Mapping[str, Any]]:
    """Name and content of a questionnaire to begin from."""
    questionnaire = latest(MODEL)
    return f"{questionnaire.id}-{questionnaire.version}", definition(questionnaire.id, questionnaire.version)
