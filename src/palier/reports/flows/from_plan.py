"""An action plan as the cards of a document. Gains and the projection are the engine's, as the plan's pages show them."""

from decimal import Decimal

from palier.action_plans.flows.overview import PlannedAction, PlanView
from palier.foundation.language import number
from palier.reports.flows.from_round import level_of
from palier.reports.rules.documents import Action, ActionStatus, Kpi, Plan


def plan_of(view: PlanView) -> Plan:
    """The plan with its actions, numbered in order of due date."""
    questionnaire, result = view.round.questionnaire, view.round.result
    ahead = view.projected if view.actions else None
    return Plan(
        title=view.plan.title,
        actions=tuple(action_of(place, action) for place, action in enumerate(view.actions, start=1)),
        score=result.score,
        level=level_of(questionnaire, result.level),
        projected=ahead.score if ahead else None,
        projected_level=level_of(questionnaire, ahead.level) if ahead else None,
    )


def action_of(place: int, action: PlannedAction) -> Action:
    """One action as a card, the `place`-th of its plan."""
    row = action.row
    return Action(
        code=f"A{place}",
        title=row.title,
        criteria=action.criteria,
        status=ActionStatus(row.status.value),
        why=row.finding,
        steps=tuple(step.text for step in action.checklist),
        owner=row.owner_name,
        sponsor=row.sponsor,
        start=row.starts_on,
        due=row.due_on,
        progress=row.progress,
        kpi=_kpi(action),
        effort=row.effort,
        gain=action.gain,
    )


def _kpi(action: PlannedAction) -> Kpi | None:
    row = action.row
    if not row.kpi_name:
        return None
    latest = action.readings[-1].value if action.readings else None
    return Kpi(
        row.kpi_name, _figure(row.kpi_baseline), _figure(row.kpi_target), _figure(latest), row.kpi_unit
    )


def _figure(value: Decimal | None) -> str:
    """A measured value as it was typed, without the zeros its column adds."""
    if value is None:
        return ""
    _, _, exponent = value.normalize().as_tuple()
    return number(value, max(0, -int(exponent)))
