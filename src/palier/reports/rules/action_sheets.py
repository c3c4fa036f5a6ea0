"""The one-page sheet of an action: handed to whoever carries it, pinned on a wall, brought to a review. Pure."""

import itertools
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from palier.reports.rules.documents import Action, Cover, Provenance
from palier.reports.rules.options import PLAIN, Options


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the action, and whether it is done."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Aim:
    """A criterion the action moves: the level the round found, and the one to reach."""

    code: str
    label: str
    start: int | None
    target: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value of the indicator, as it was typed."""

    on: date
    value: str


@dataclass(frozen=True, slots=True)
class ActionSheet:
    """One action with all there is to know of it. `after` names what it waits for; texts are as people wrote them.

    `action.steps` is empty: the steps are in `steps`, with what is done of them. `kpi_share` is how far the indicator has
    come from its baseline to its target, 0-100; None where it cannot be said.
    """

    cover: Cover
    plan_title: str
    action: Action
    steps: tuple[Step, ...] = ()
    aims: tuple[Aim, ...] = ()
    readings: tuple[Reading, ...] = ()
    kpi_share: int | None = None
    kpi_source: str = ""
    cause: str = ""
    evidence: str = ""
    stage: str = ""
    impact: str = ""
    cost: str = ""
    channels: str = ""
    blocked: str | None = None
    after: tuple[str, ...] = ()
    review: date | None = None
    provenance: Provenance | None = None
    small: bool = False
    options: Options = PLAIN

    plan: ClassVar[None] = None
    """A sheet holds no action plan."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much a sheet holds: characters of a long text and of a line, lines of each list; `small` sets it smaller."""

    text: int
    line: int
    lines: int
    small: bool = False


MEASURES = (
    Measure(1500, 400, 24),
    Measure(600, 160, 10),
    Measure(300, 90, 6, small=True),
    Measure(80, 45, 3, small=True),
    Measure(55, 26, 2, small=True),
)
"""From nearly everything to what always fits on one page; what is cut is in the attached data."""


PAGE = 70
"""Lines of text that a page may hold, at the very most."""

_HEADING = 2.5
_ACROSS = 95


def may_fit(sheet: ActionSheet) -> bool:
    """Whether it is worth setting `sheet`: an estimate in lines that errs on the side of trying."""
    texts = [text for text in (sheet.action.why, sheet.cause, sheet.evidence) if text]
    lists = [[step.text for step in sheet.steps], [*sheet.after], [2 * aim.label for aim in sheet.aims]]
    lines = sum(_lines(text) for text in (*texts, *itertools.chain(*lists))) + len(sheet.readings)
    return lines + _HEADING * (len(texts) + sum(map(bool, lists))) <= PAGE


def _lines(text: str) -> int:
    return sum(1 + len(line) // _ACROSS for line in text.split("\n"))


def shortened(sheet: ActionSheet, measure: Measure) -> ActionSheet:
    """`sheet` with no more than `measure` holds; an ellipsis says where something was cut."""
    action, kpi = sheet.action, sheet.action.kpi
    face, most = sheet.cover, max(measure.line, 30)
    return replace(
        sheet,
        cover=replace(
            face,
            organisation=cut(face.organisation, most),
            questionnaire=cut(face.questionnaire, most),
            round=cut(face.round, most),
        ),
        action=replace(
            action,
            title=cut(action.title, max(measure.line, 60)),
            why=cut(action.why, measure.text),
            owner=cut(action.owner, min(60, measure.line)),
            sponsor=cut(action.sponsor, min(60, measure.line)),
            criteria=action.criteria[:8],
            kpi=kpi
            and replace(kpi, name=cut(kpi.name, measure.line), unit=cut(kpi.unit, min(40, measure.line))),
        ),
        plan_title=cut(sheet.plan_title, max(measure.line, 50)),
        steps=tuple(
            replace(step, text=cut(step.text, measure.line)) for step in sheet.steps[: measure.lines]
        ),
        aims=tuple(replace(aim, label=cut(aim.label, measure.line)) for aim in sheet.aims[: measure.lines]),
        readings=sheet.readings[-min(6, measure.lines) :],
        channels=cut(sheet.channels, measure.line),
        small=measure.small,
        kpi_source=cut(sheet.kpi_source, measure.line),
        cause=cut(sheet.cause, measure.text),
        evidence=cut(sheet.evidence, measure.text),
        blocked=None if sheet.blocked is None else cut(sheet.blocked, measure.line),
        after=tuple(cut(title, measure.line) for title in sheet.after[: measure.lines]),
    )


def cut(text: str, most: int) -> str:
    """At most so many characters, a line break counting as much as half a line."""
    lines = max(1, most // 50)
    if text.count("\n") >= lines:
        text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
