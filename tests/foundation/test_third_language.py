"""One more language is a folder of sentences, and texts in the questionnaires' files: not a line of code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from palier.questionnaires.catalogue import definition
from palier.questionnaires.yaml_layout import yaml_text_of

ROOT = Path(__file__).parents[2]
SHARED = ("src", "static", "templates", "migrations", "tests", "docs", "pyproject.toml")

SENTENCES = {"Help": "Hilfe", "Privacy": "Datenschutz", "Legal notice": "Impressum", "Language": "Sprache"}
LABELS = {
    "Flash diagnostic": "Kurzdiagnose", "Initial": "Anfang", "Emerging": "Aufbau", "Structured": "Geregelt",
    "Managed": "Beherrscht", "Exemplary": "Vorbildlich", "Direction": "Ausrichtung",
    "Our service promise is written, known and quantified": "Unser Dienstversprechen ist schriftlich, bekannt und beziffert",
}  # fmt: skip
LEVELS = [
    "Jeder macht es auf seine Weise, nichts ist geschrieben.",
    "Einzelne haben begonnen, ohne Absprache.",
    "Überall geregelt, mit einer verantwortlichen Person.",
    "Jedes Quartal gemessen und besprochen.",
    "Seit drei Jahren besser als vergleichbare Häuser.",
]


def in_german(value: Any) -> Any:
    """`value` with a German text beside every English one; short where the test does not look."""
    if isinstance(value, list):
        return [in_german(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"fr", "en"}:
        return {**value, "de": _german(value["en"])}
    return {key: in_german(item) for key, item in value.items()}


def _german(english: str | list[str]) -> str | list[str]:
    if isinstance(english, str):
        return LABELS.get(
            english, "Kurz gesagt" if len(english) <= 18 else "Was wir unseren Kundinnen und Kunden schulden"
        )
    if len(english) == len(LEVELS):
        return [LABELS.get(text, level) for text, level in zip(english, LEVELS, strict=True)]
    return [f"Schritt {number}: gemeinsam festlegen und aushängen." for number in range(1, len(english) + 1)]


def flash_in_german() -> str:
    before = definition("FL", "1.1.0")
    codes = [
        criterion["code"]
        for dimension in before["dimensions"]
        for element in dimension["elements"]
        for criterion in element["criteria"]
    ]
    changes = {"since": "1.1.0", "same": codes, "changed": [], "new": [], "dropped": []}
    return yaml_text_of(
        {**in_german(before), "version": "1.2.0", "locales": ["fr", "en", "de"], "changes": changes}
    )


@pytest.mark.long
def test_a_third_language_needs_two_files_and_no_code(tmp_path: Path) -> None:
    for name in SHARED:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    shutil.copytree(ROOT / "questionnaires", tmp_path / "questionnaires")
    (tmp_path / "locale/de").mkdir()
    entries = "".join(f'msgid "{english}"\nmsgstr "{german}"\n\n' for english, german in SENTENCES.items())
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "locale/de/layout.po").write_text(head + entries, encoding="utf-8")
    (tmp_path / "questionnaires/FL/1.2.0.yaml").write_text(flash_in_german(), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/foundation/in_german.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
