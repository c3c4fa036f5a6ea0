"""What a mirror asks: themes that each audience meets in its own words. Source: docs/method.md#mirror."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from palier.questionnaires.rules.texts import Text, Texts
from palier.scoring.rules.mirror import Audience

POINTS = (0, 25, 50, 75, 100)
"""What the rungs of the scale are worth, from never to always."""

PEOPLE = "{people}"
"""Stands in a sentence for the organisation's word for those it serves, in the plural."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: the element of the questionnaire it belongs to, and a sentence for each audience."""

    id: str
    element: str
    name: Text
    asks: Mapping[Audience, Text]

    def sentence(self, audience: Audience, locale: str, people: str) -> str:
        """What the audience reads, with the organisation's word `people`."""
        return self.asks[audience].in_(locale).replace(PEOPLE, people)


@dataclass(frozen=True, slots=True)
class Asked:
    """The themes in order, and the five words of the scale."""

    themes: tuple[Theme, ...]
    scale: Texts

    def only(self, ids: Sequence[str]) -> "Asked":
        """The same with the themes `ids` alone, in the order of the file."""
        return Asked(tuple(theme for theme in self.themes if theme.id in ids), self.scale)

    def within(self, elements: Sequence[str]) -> "Asked":
        """The same with the themes of these elements alone: what a round does not ask is not mirrored either."""
        return Asked(tuple(theme for theme in self.themes if theme.element in elements), self.scale)


def asked_from(themes: Sequence[Mapping[str, Any]], scale: Mapping[str, Sequence[str]]) -> Asked:
    """Plain data that was checked, as it stands in a file or with a mirror."""
    return Asked(
        tuple(
            Theme(
                one["id"],
                one["element"],
                _text(one["name"]),
                {Audience(who): _text(said) for who, said in one["asks"].items()},
            )
            for one in themes
        ),
        Texts(tuple((locale, tuple(words)) for locale, words in scale.items())),
    )


def plain_themes(asked: Asked) -> list[dict[str, Any]]:
    """The themes as plain data, to be kept with a mirror: what was asked stays what was asked."""
    return [
        {
            "id": theme.id,
            "element": theme.element,
            "name": dict(theme.name.by_locale),
            "asks": {who.value: dict(said.by_locale) for who, said in theme.asks.items()},
        }
        for theme in asked.themes
    ]


def plain_scale(asked: Asked) -> dict[str, list[str]]:
    """The scale as plain data."""
    return {locale: list(words) for locale, words in asked.scale.by_locale}


def _text(plain: Mapping[str, str]) -> Text:
    return Text(tuple(plain.items()))
