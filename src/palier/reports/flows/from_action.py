"""One action as the sheet of a document, in the language in use."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from uuid import UUID

from palier.action_plans.flows.overview import PlannedAction, PlanView
from palier.action_plans.wording import channel_words, figure, stage_words
from palier.foundation.language import current, joined
from palier.reports.flows.from_plan import action_of
from palier.reports.rules.action_sheets import ActionSheet, Aim, Reading, Step
from palier.reports.rules.documents import Cover, Provenance


def sheet_of(
    view: PlanView, action: PlannedAction, titles: Mapping[UUID, str], cover: Cover, provenance: Provenance
) -> ActionSheet:
    """`action` of the plan; `titles` name the actions it may wait for."""
    row = action.row
    return ActionSheet(
        cover=cover,
        plan_title=view.plan.title,
        action=replace(action_of(view.actions.index(action) + 1, action), steps=()),
        steps=tuple(Step(item.text, item.done_at is not None) for item in action.checklist),
        aims=_aims(view, action),
        readings=tuple(Reading(reading.on, figure(reading.value)) for reading in action.readings),
        kpi_share=_share(action),
        kpi_source=row.kpi_source,
        cause=row.cause,
        evidence=row.evidence,
        stage=stage_words(row.stage),
        impact="" if row.impact is None else f"{row.impact}/5",
        cost="" if row.cost is None else f"{figure(row.cost)}\u00a0{row.currency}",
        channels=joined([channel_words(code) for code in row.channels]),
        blocked=row.blocked_reason if row.blocked else None,
        after=tuple(titles[one] for one in action.requires if one in titles),
        review=row.next_review_on,
        provenance=provenance,
    )


def _aims(view: PlanView, action: PlannedAction) -> tuple[Aim, ...]:
    questionnaire = view.questionnaire
    known = questionnaire.index.positions
    return tuple(
        Aim(code, questionnaire.criterion(code).label.in_(current()), step["from"], step["to"])
        for step in action.row.serves
        if (code := step["criterion"]) in known
    )


def _share(action: PlannedAction) -> int | None:
    """How far the indicator has come, in whole per cent between 0 and 100."""
    row = action.row
    if not action.readings or row.kpi_baseline is None or row.kpi_target is None:
        return None
    if row.kpi_baseline == row.kpi_target:
        return None
    way = Fraction(row.kpi_target) - Fraction(row.kpi_baseline)
    come = Fraction(action.readings[-1].value) - Fraction(row.kpi_baseline)
    return int(min(max(100 * come / way, Fraction(0)), Fraction(100)))
