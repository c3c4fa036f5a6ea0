"""A practice of the network taken up as an action of the plan in one click, and put back as easily."""

from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.commenting import discussed
from palier.action_plans.rules.practices import moves_towards
from palier.action_plans.rules.schedule import add_months, monday_after
from palier.action_plans.rules.suggestions import gain_of
from palier.action_plans.store import Action, ActionPlan
from palier.action_plans.wording import source_line
from palier.assessments.flows.rounds import Round, load_round
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.practices.flows.adopting import end_adoption, note_adoption
from palier.practices.rules.offers import Offer, lever_of_practice
from palier.practices.rules.sheets import Sheet, from_plain
from palier.practices.store import (
    PracticeAdoption,
    SharedPractice,
    adoption_of,
    own_ids,
    shared_practice,
)


class NoPlan(Exception):
    """The organisation has no plan that could hold the action."""


class OwnPractice(Exception):
    """An organisation does not adopt what it told itself."""


async def adopt_practice(actor: Actor, practice: UUID, op: UUID) -> Action | None:
    """Make an action of the practice in the plan that fits it best; None when it was taken up already.

    Raises DoesNotExist, NoPlan, OwnPractice, AlreadyDone.
    """
    async with transaction(actor):
        shared = await shared_practice(practice)
        if practice in await own_ids(actor):
            raise OwnPractice
        sheet = from_plain(shared.content)
        plan = await _fitting_plan(actor, sheet)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/practices/{practice}")
        if await adoption_of(actor, practice):
            return None
        row = await _write(actor, plan, shared, sheet)
        await note_adoption(actor, practice, row.id)
        await audit.record(
            actor,
            "action_plans.practice_adopted",
            f"action {row.id}",
            plan=plan.slug,
            practice=practice,
            title=row.title,
        )
    return row


async def put_back(actor: Actor, practice: UUID) -> bool:
    """Undo the adoption; whether its action left the plan with it: one that was worked on stays. Raises DoesNotExist."""
    async with transaction(actor):
        adoption = await PracticeAdoption.get(
            organisation_id=actor.organisation_id, practice_id=practice, ended_at=None
        )
        gone = await _remove_untouched(actor, adoption.action_id)
        await PracticeAdoption.filter(id=adoption.id).update(ended_at=now())
        await audit.record(
            actor, "action_plans.practice_put_back", f"practice {practice}", action_removed=gone
        )
    return gone


async def _remove_untouched(actor: Actor, action: UUID | None) -> bool:
    row = await Action.get_or_none(organisation_id=actor.organisation_id, id=action) if action else None
    if row is None or row.revision > 1 or await store.readings_of(actor, [row.id]):
        return False
    steps = (await store.checklists_of(actor, [row.id])).get(row.id, [])
    if any(step.done_at for step in steps) or await discussed(actor, row.id):
        return False
    await Action.filter(organisation_id=actor.organisation_id, id=row.id).delete()
    await end_adoption(actor, row.id)
    return True


async def _fitting_plan(actor: Actor, sheet: Sheet) -> ActionPlan:
    """The newest plan on a questionnaire the practice serves, else the newest."""
    plans = await store.visible_plans(actor)
    if not plans:
        raise NoPlan
    served = {one.questionnaire for one in sheet.serves}
    chosen = next((plan for plan in plans if plan.assessment.questionnaire in served), plans[0])
    return await store.plan_by_slug(actor, chosen.slug, locked=True)


async def _write(actor: Actor, plan: ActionPlan, shared: SharedPractice, sheet: Sheet) -> Action:
    round_ = await load_round(actor, plan.assessment.slug)
    lever = lever_of_practice(shared.id, sheet, shared.locale, round_.questionnaire.id)
    offer = Offer(lever, shared.network.name, shared.locale, shared.id, shared.organisation_name)
    moves = moves_towards(round_.result, lever.serves)
    start = monday_after(today(actor.person.time_zone))
    measure = sheet.measure
    row = await Action.create(
        id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, lever=lever.id, title=sheet.title,
        finding=source_line(offer), serves=_serves(round_, moves), effort=sheet.effort,
        months=sheet.months, starts_on=start, due_on=add_months(start, sheet.months), kpi_name=measure.name if measure else "",
        kpi_unit=measure.unit if measure else "", kpi_direction=lever.kpi.direction.value,
        expected_gain=str(gain_of(round_.questionnaire, round_.result, [moves])), created_by=actor.person_id, created_at=now(),
    )  # fmt: skip
    await store.add_steps(row, sheet.steps)
    return row


def _serves(round_: Round, moves: dict[str, int]) -> list[dict[str, object]]:
    return [
        {"criterion": code, "from": round_.result.node(code).level, "to": level}
        for code, level in moves.items()
    ]
