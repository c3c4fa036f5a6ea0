"""Opening a plan, and what the organisation wants of it: strategic weights and targets."""

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.overview import moves_in, rounds_of_plan
from palier.action_plans.rules.together import may_join
from palier.action_plans.store import ActionPlan, PlanAssessment
from palier.assessments.flows.rounds import load_round
from palier.assessments.store import AssessmentState, assessment_by_slug
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id, slugify
from palier.network.store import organisation_of

STRATEGIC_WEIGHTS = range(4)
"""How much a dimension matters to the organisation: not at all, as usual (1), much, most."""


class NotSubmitted(Exception):
    """A plan rests on figures that no longer change: the round has to be submitted first."""


class NotTogether(Exception):
    """The assessment shares codes with those the plan draws on already: it is one of them, or of the same questionnaire."""


class StillServed(Exception):
    """Actions of the plan serve criteria of the assessment. `titles` names them."""

    def __init__(self, titles: list[str]) -> None:
        super().__init__(len(titles))
        self.titles = titles


async def open_plan(actor: Actor, assessment: str, title: str, year: int, op: UUID) -> str:
    """Open an empty plan on the submitted round `assessment`; its slug, such as "plan-2027".

    Raises DoesNotExist, NotSubmitted, AlreadyDone for the form `op`.
    """
    async with transaction(actor):
        await organisation_of(actor, locked=True)  # two plans opened at once get two addresses
        round_ = await assessment_by_slug(actor, assessment)
        if round_.state is not AssessmentState.SUBMITTED:
            raise NotSubmitted
        slug = _free(slugify(f"plan-{year}"), await store.slugs_of(actor))
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/plans/{slug}/generate")
        await ActionPlan.create(
            id=new_id(), organisation_id=actor.organisation_id, slug=slug, title=title, assessment_id=round_.id,
            created_by=actor.person_id, created_at=now(),
        )  # fmt: skip
        await audit.record(
            actor, "action_plans.plan_opened", f"plan {slug}", title=title, assessment=assessment
        )
    return slug


def _free(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 1
    while slug in taken or slug == "new":
        number += 1
        slug = f"{wanted}-{number}"
    return slug


async def set_up(
    actor: Actor, slug: str, title: str, weights: Mapping[str, int], targets: Mapping[str, Fraction]
) -> None:
    """Name the plan, weigh its dimensions (0-3; 1 is not kept) and set targets in points by criterion.

    Raises DoesNotExist.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        before = {"title": plan.title, "weights": plan.strategic_weights, "targets": plan.targets}
        plan.title = title
        plan.strategic_weights = {code: weight for code, weight in weights.items() if weight != 1}
        plan.targets = {code: str(points) for code, points in targets.items()}
        await plan.save(update_fields=["title", "strategic_weights", "targets"])
        after = {"title": title, "weights": plan.strategic_weights, "targets": plan.targets}
        await audit.record(actor, "action_plans.plan_set_up", f"plan {slug}", before=before, after=after)


async def draw_on(actor: Actor, slug: str, assessment: str) -> None:
    """Let the plan draw on a further submitted assessment. Raises DoesNotExist, NotSubmitted, NotTogether."""
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        other = await load_round(actor, assessment)
        if other.assessment.state is not AssessmentState.SUBMITTED:
            raise NotSubmitted
        known = await rounds_of_plan(actor, plan)
        if not may_join([one.questionnaire for one in known], other.questionnaire):
            raise NotTogether
        await PlanAssessment.create(
            id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, assessment_id=other.assessment.id,
            added_by=actor.person_id, added_at=now(),
        )  # fmt: skip
        await audit.record(actor, "action_plans.assessment_added", f"plan {slug}", assessment=assessment)


async def draw_no_longer_on(actor: Actor, slug: str, assessment: str) -> None:
    """Let the plan do without a further assessment. Raises DoesNotExist, StillServed."""
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        other = await load_round(actor, assessment)
        row = await PlanAssessment.get(
            organisation_id=actor.organisation_id, plan_id=plan.id, assessment_id=other.assessment.id
        )
        actions = await store.actions_of(actor, [plan.id])
        serving = [action.title for action in actions if moves_in(action).keys() & other.result.nodes.keys()]
        if serving:
            raise StillServed(serving)
        await PlanAssessment.filter(id=row.id, organisation_id=actor.organisation_id).delete()
        await audit.record(actor, "action_plans.assessment_removed", f"plan {slug}", assessment=assessment)
