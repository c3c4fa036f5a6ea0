"""What mirrors ask stands in files that are checked strictly, like the questionnaires beside them."""

import re
import shutil
from pathlib import Path

import pytest

from palier.mirrors.catalogue import LONGEST, mirrored
from palier.questionnaires.catalogue import DIRECTORY, BadQuestionnaire, latest
from palier.scoring.rules.mirror import Audience


@pytest.mark.parametrize("code", ["EX", "SX"])
def test_every_theme_speaks_to_every_audience_in_both_languages(code: str) -> None:
    asked = mirrored(code)
    assert asked is not None
    assert 8 <= len(asked.themes) <= 12
    for theme in asked.themes:
        for audience in Audience:
            for locale, people in (("fr", "usagers"), ("en", "users")):
                sentence = theme.sentence(audience, locale, people)
                assert re.fullmatch(r"[A-ZÀÉ«].*[.]", sentence)
                assert "{" not in sentence
                assert len(sentence) <= LONGEST


def test_a_round_on_some_dimensions_is_mirrored_on_these_alone() -> None:
    asked, part = mirrored("EX"), latest("EX").within(["EX1"])
    assert asked is not None
    elements = {theme.element for theme in asked.within([element.code for element in part.elements]).themes}
    assert elements == {"EX1.1"}


def test_what_is_not_mirrored_has_no_file() -> None:
    assert mirrored("FL") is None


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("element: EX1.1", "element: EX9.9", "EX has no element EX9.9"),
        ("id: time", "id: promises", "promises stands twice"),
        ("questionnaire: EX", "questionnaire: SX", "the file is called EX.mirror.yaml"),
        ("{people} et aux équipes", "{clients} et aux équipes", "only {people} may stand between braces"),
        ("Ce qu’on m’annonce (un", "Aux {people}, on annonce (un", "speaks of themselves"),
        (', "Toujours"]', "]", "scale"),
        ("locales: [fr, en]", "locales: [fr, en, de]", "locale de is missing"),
        ("    asks:\n", "    ask:\n", "unknown key ask"),
    ],
)
def test_a_fault_is_told_by_file_and_line(tmp_path: Path, before: str, after: str, reason: str) -> None:
    shutil.copytree(DIRECTORY / "EX", tmp_path / "EX")
    file = tmp_path / "EX.mirror.yaml"
    text = (DIRECTORY / "EX.mirror.yaml").read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(BadQuestionnaire, match=re.escape(reason)) as refused:
        mirrored("EX", directory=tmp_path)
    assert re.match(rf"{re.escape(str(file))}:\d+: ", str(refused.value))
