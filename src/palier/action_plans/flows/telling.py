"""An action with a measured effect, told to a network: a draft only the organisation reads, with its facts filled in."""

from uuid import UUID

from palier.action_plans import store
from palier.action_plans.effects_wording import effect_told, place_told
from palier.action_plans.flows.effects import ActionOutcome, Outcome, outcome_of
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.rules.telling import Told, sheet_of
from palier.assessments.rules.peers import Peers
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.language import current
from palier.network.store import organisation_of
from palier.practices.flows.writing import write_down
from palier.practices.rules.sheets import Sheet


class NothingMeasured(Exception):
    """The action is not finished, or nothing it aimed at rose and its indicator did not improve."""


async def tell_practice(actor: Actor, action: UUID, network: UUID, peers: Peers, op: UUID) -> UUID:
    """Begin a practice from the action: the id of its draft; the same one when it was told already.

    Nothing leaves the organisation before somebody reads the draft and proposes it.
    Raises DoesNotExist, NothingMeasured, NotAMember, AlreadyDone.
    """
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        if row.practice_id is not None:
            known: UUID = row.practice_id
            return known
        outcome = await outcome_of(actor, await load_plan(actor, row.plan.slug), peers)
        one = outcome.of(row) if outcome else None
        if outcome is None or one is None or not one.measured:
            raise NothingMeasured
        sheet = await _sheet(actor, outcome, one)
        practice = await write_down(actor, network, sheet, current(), op)
        await store.Action.filter(id=row.id, organisation_id=actor.organisation_id).update(
            practice_id=practice
        )
        await audit.record(
            actor, "action_plans.told_as_practice", f"action {row.id}", practice=practice, title=row.title
        )
    return practice


async def _sheet(actor: Actor, outcome: Outcome, one: ActionOutcome) -> Sheet:
    organisation = await organisation_of(actor)
    row, risen = one.row, one.effect.risen if one.finished else ()
    kpi = (row.kpi_name, row.kpi_unit, *one.kpi) if one.kpi and row.kpi_name and one.kpi_improved else None
    told = Told(
        row.title, row.finding, place_told(organisation.sector, organisation.size),
        _effect(outcome, one), [item.text for item in one.planned.checklist], row.effort, row.starts_on,
        row.done_at.date() if row.done_at else None, kpi,
    )  # fmt: skip
    return sheet_of(told, outcome.pair.after.questionnaire, risen)


def _effect(outcome: Outcome, one: ActionOutcome) -> str:
    """What changed, in sentences: levels between two rounds, and the indicator."""
    asked, pair = outcome.pair.after.questionnaire, outcome.pair
    levels = [
        (asked.criterion(aimed.code).label.in_(current()), aimed.before or 1, aimed.after or 1)
        for aimed in (one.effect.risen if one.finished else ())
    ]
    kpi = (one.row.kpi_name, one.row.kpi_unit, *one.kpi) if one.kpi and one.kpi_improved else None
    return effect_told(pair.before.name, pair.after.name, levels, kpi)
