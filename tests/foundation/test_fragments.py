"""A part of a page is rendered once, and never said of anything but what it was rendered from."""

from typing import Any

import pytest

from palier.foundation import fragments, language
from palier.foundation.fragments import Fragment


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was rendered, in order."""
    said: list[str] = []

    def render(_template: str, **context: Any) -> str:
        said.append(f"{context['score']} {language.current()} {language.time_zone()}")
        return said[-1]

    monkeypatch.setattr(fragments.templates, "render", render)
    return said


def test_the_same_facts_are_rendered_once_and_others_are_not_mistaken_for_them(rendered: list[str]) -> None:
    part = Fragment("part.html", most=8)
    with language.speaking("fr"):
        for score in (3, 3, 4, 4):
            assert part.show("round", (score,), lambda: {"score": score}).startswith(f"{score} fr")  # noqa: B023
    assert len(rendered) == 2


def test_each_language_and_each_time_zone_has_its_own(rendered: list[str]) -> None:
    part = Fragment("part.html", most=8)
    for locale, zone in (("fr", "Europe/Paris"), ("en", "Europe/Paris"), ("fr", "Pacific/Noumea")) * 2:
        with language.speaking(locale, zone):
            assert part.show("round", (), lambda: {"score": 1}) == f"1 {locale} {zone}"
    assert len(rendered) == 3


def test_no_more_is_kept_than_was_said(rendered: list[str]) -> None:
    part = Fragment("part.html", most=2)
    for round_ in ("a", "b", "c", "a"):
        part.show(round_, (), lambda: {"score": 1})
    assert len(rendered) == 4
