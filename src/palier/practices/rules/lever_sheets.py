"""A lever a network's staff writes: what it must tell, in French, in English or in both."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from palier.practices.rules.sheets import Fault, Served

LONGEST: Final = {"title": 160, "step": 300, "kpi_name": 160, "kpi_unit": 40}
MOST_STEPS, MOST_SERVED = 10, 4


@dataclass(frozen=True, slots=True)
class Words:
    """The lever in one language."""

    title: str
    steps: tuple[str, ...]
    kpi_name: str
    kpi_unit: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said in this language."""
        return not (self.title or self.steps or self.kpi_name or self.kpi_unit)


@dataclass(frozen=True, slots=True)
class LeverSheet:
    """A lever for criteria of one questionnaire. `requires`: levers of the questionnaire that come before it."""

    words: Mapping[str, Words] = field(default_factory=dict)
    serves: tuple[Served, ...] = ()
    effort: int = 2
    months: int = 3
    direction: str = "up"
    requires: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, Words]:
        """The languages it is written in."""
        return {locale: words for locale, words in self.words.items() if not words.is_empty}


def faults(sheet: LeverSheet, known_levers: Collection[str]) -> list[Fault]:
    """Everything to put right before members' plans propose it. Fields of words are named "title-fr" and so on."""
    return [*_of_words(sheet), *_of_figures(sheet, known_levers)]


def _of_words(sheet: LeverSheet) -> Iterator[Fault]:
    told = sheet.told
    if not told:
        yield Fault("title-fr", "missing")
    for locale, words in told.items():
        for name in ("title", "steps", "kpi_name"):
            if not getattr(words, name):
                yield Fault(f"{name}-{locale}", "missing")
        for name in ("title", "kpi_name", "kpi_unit"):
            if len(getattr(words, name)) > LONGEST[name]:
                yield Fault(f"{name}-{locale}", "too_long")
        if len(words.steps) > MOST_STEPS or any(len(step) > LONGEST["step"] for step in words.steps):
            yield Fault(f"steps-{locale}", "too_long")
    if len({len(words.steps) for words in told.values()}) > 1:
        yield Fault("steps-en", "uneven")


def _of_figures(sheet: LeverSheet, known_levers: Collection[str]) -> Iterator[Fault]:
    codes = [one.criterion for one in sheet.serves]
    if not codes:
        yield Fault("criterion-1", "missing")
    if len(set(codes)) < len(codes):
        yield Fault("criterion-1", "twice")
    if any(one.from_level >= one.to_level for one in sheet.serves):
        yield Fault("criterion-1", "order")
    if not 1 <= sheet.effort <= 5:
        yield Fault("effort", "range")
    if not 1 <= sheet.months <= 60:
        yield Fault("months", "range")
    if not set(sheet.requires) <= set(known_levers):
        yield Fault("requires", "unknown")


def to_plain(sheet: LeverSheet) -> dict[str, Any]:
    """The lever as JSON takes it; `offers.lever_of_network` reads it."""
    told = sheet.told
    return {
        "title": {locale: words.title for locale, words in told.items()},
        "steps": {locale: list(words.steps) for locale, words in told.items()},
        "kpi": {
            "name": {locale: words.kpi_name for locale, words in told.items()},
            "unit": {locale: words.kpi_unit for locale, words in told.items()},
            "direction": sheet.direction,
        },
        "serves": [[one.criterion, one.from_level, one.to_level] for one in sheet.serves],
        "dimensions": [one.dimension for one in sheet.serves],
        "effort": sheet.effort, "months": sheet.months, "requires": list(sheet.requires),
    }  # fmt: skip


def from_plain(plain: Mapping[str, Any], questionnaire: str) -> LeverSheet:
    """The lever `to_plain` wrote."""
    kpi = plain["kpi"]
    return LeverSheet(
        {
            locale: Words(title, tuple(plain["steps"][locale]), kpi["name"][locale], kpi["unit"][locale])
            for locale, title in plain["title"].items()
        },
        tuple(
            Served(questionnaire, dimension, *row)
            for dimension, row in zip(plain["dimensions"], plain["serves"], strict=True)
        ),
        plain["effort"], plain["months"], kpi["direction"], tuple(plain["requires"]),
    )  # fmt: skip
