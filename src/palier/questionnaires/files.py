"""Reading a questionnaire file whatever its kind: YAML, or a workbook."""

from pathlib import Path

from palier.questionnaires.catalogue import yaml_file
from palier.questionnaires.workbook import read_workbook
from palier.questionnaires.yaml_text import Parsed

WORKBOOK = ".xlsx"


def questionnaire_file(path: Path) -> Parsed:
    """The data of `path` and where everything stands in it. Raises OSError, UnicodeDecodeError."""
    if path.suffix.lower() == WORKBOOK:
        return read_workbook(path.read_bytes())
    return yaml_file(path)
