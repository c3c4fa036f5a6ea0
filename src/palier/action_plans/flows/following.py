"""Plans go on with a round that was reopened: once it is submitted again, they draw on its new results."""

from uuid import UUID

from palier.action_plans.store import ActionPlan, Dismissal, PlanAssessment
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.database import transaction


async def follow(organisation_id: str, superseded_id: str, assessment_id: str) -> None:
    """Let every plan that draws on a superseded state draw on the one that holds. Doing it twice changes nothing.

    Actions, targets and what was put aside stay; gains and gaps are computed from the new results when they are shown.
    """
    duty, old, new = OnDuty(UUID(organisation_id)), UUID(superseded_id), UUID(assessment_id)
    async with transaction(duty):
        own = {"organisation_id": duty.organisation_id, "assessment_id": old}
        plans = await ActionPlan.filter(**own).select_for_update()
        further = await PlanAssessment.filter(**own).prefetch_related("plan")
        for plan in (*plans, *(one.plan for one in further)):
            await audit.record(
                duty, "action_plans.followed", f"plan {plan.slug}", superseded=old, assessment=new
            )
        for model in (ActionPlan, PlanAssessment, Dismissal):
            await model.filter(**own).update(assessment_id=new)
