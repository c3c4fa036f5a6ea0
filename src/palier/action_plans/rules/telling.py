"""A finished action with a measured effect as a first draft of a practice: its own facts, and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from palier.action_plans.rules.effects import Aimed
from palier.practices.rules.sheets import (
    LONGEST,
    MOST_MONTHS,
    MOST_SERVED,
    MOST_STEPS,
    Measure,
    Served,
    Sheet,
)
from palier.questionnaires.rules import Questionnaire


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the action. `kpi`: name, unit, baseline and last reading; `words`: what changed, in sentences."""

    title: str
    finding: str
    context: str
    words: str
    steps: Sequence[str]
    effort: int
    started: date | None
    done: date | None
    kpi: tuple[str, str, Decimal, Decimal] | None


def sheet_of(told: Told, questionnaire: Questionnaire, risen: Sequence[Aimed]) -> Sheet:
    """The draft: what, where, effect. The contact stays empty until somebody names themselves."""
    measure = Measure(told.kpi[0][: LONGEST["kpi_name"]], *told.kpi[1:]) if told.kpi else None
    return Sheet(
        title=told.title[: LONGEST["title"]],
        done=(_done(told) or told.title)[: LONGEST["done"]],
        context=told.context[: LONGEST["context"]],
        serves=tuple(_served(questionnaire, one) for one in risen[:MOST_SERVED]),
        effect=told.words[: LONGEST["effect"]],
        measure=measure,
        months=months_between(told.started, told.done),
        effort=told.effort,
        steps=tuple(step[: LONGEST["steps"]] for step in told.steps[:MOST_STEPS]),
    )


def _done(told: Told) -> str:
    """What was found, then the steps in a row: a text to rewrite, never an empty field."""
    return "\n\n".join(part for part in (told.finding, " ".join(told.steps)) if part)


def _served(questionnaire: Questionnaire, one: Aimed) -> Served:
    """From the level seen before to the level seen after: what the rounds say, whatever was aimed at."""
    dimension = questionnaire.dimension_of(one.code).code
    return Served(questionnaire.id, dimension, one.code, one.before or 1, one.after or 1)


def months_between(started: date | None, done: date | None) -> int:
    """Whole months from start to end, rounded up, at least one; three where a day is missing."""
    if started is None or done is None or done <= started:
        return 3 if started is None or done is None else 1
    months = (done.year - started.year) * 12 + done.month - started.month + (done.day > started.day)
    return min(max(months, 1), MOST_MONTHS)
