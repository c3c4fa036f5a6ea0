"""Practices and a network's own levers as levers: the suggestions of a plan rank them like those of the questionnaire."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from palier.practices.rules.sheets import Sheet
from palier.questionnaires.rules import Direction, Kpi, Lever, Step, Text, Texts


@dataclass(frozen=True, slots=True)
class Offer:
    """A lever from outside the questionnaire and where it comes from.

    `practice` is the shared practice it tells of (None: a lever the network wrote); `locale` the one language it is
    written in ("" when it is written in both).
    """

    lever: Lever
    network: str
    locale: str
    practice: UUID | None = None
    organisation: str = ""


def practice_key(practice: UUID) -> str:
    """The name under which a plan keeps the practice as a lever."""
    return f"p{practice.hex}"


def lever_key(lever: UUID) -> str:
    """The name under which a plan keeps a lever of the network."""
    return f"n{lever.hex}"


def practice_behind(key: str) -> UUID | None:
    """The practice a plan's lever stands for, if it is one."""
    try:
        return UUID(key[1:]) if key.startswith("p") and len(key) == 33 else None
    except ValueError:
        return None


def lever_of_practice(practice: UUID, sheet: Sheet, locale: str, questionnaire: str) -> Lever:
    """What the practice proposes to those who answer `questionnaire`."""
    measure = sheet.measure
    rising = measure is None or measure.after >= measure.before
    return Lever(
        practice_key(practice), _text(locale, sheet.title), Texts(((locale, sheet.steps),)), sheet.effort, sheet.months,
        tuple(
            Step(one.criterion, one.from_level, one.to_level)
            for one in sheet.serves
            if one.questionnaire == questionnaire
        ),
        Kpi(
            _text(locale, measure.name if measure else ""), _text(locale, measure.unit if measure else ""),
            Direction.UP if rising else Direction.DOWN,
        ),
        (), "",
    )  # fmt: skip


def lever_of_network(lever: UUID, content: Mapping[str, Any]) -> Lever:
    """The lever a network's staff wrote, from its plain form (`LeverSheet`)."""
    kpi = content["kpi"]
    return Lever(
        lever_key(lever), Text(tuple(content["title"].items())),
        Texts(tuple((locale, tuple(steps)) for locale, steps in content["steps"].items())),
        content["effort"], content["months"], tuple(Step(*row) for row in content["serves"]),
        Kpi(Text(tuple(kpi["name"].items())), Text(tuple(kpi["unit"].items())), Direction(kpi["direction"])),
        tuple(content["requires"]), "",
    )  # fmt: skip


def fitting(offers: Sequence[Offer], criteria: Collection[str], levers: Collection[str]) -> tuple[Offer, ...]:
    """The offers a round can use: steps on criteria it asks, requirements among levers it knows; others are left out."""
    known = {*levers, *(offer.lever.id for offer in offers)}
    fitted = []
    for offer in offers:
        serves = tuple(step for step in offer.lever.serves if step.criterion in criteria)
        requires = tuple(name for name in offer.lever.requires if name in known)
        if serves:
            fitted.append(replace(offer, lever=replace(offer.lever, serves=serves, requires=requires)))
    return tuple(fitted)


def _text(locale: str, words: str) -> Text:
    return Text(((locale, words),))
