"""Indicators ready to use, with the baselines the house knows, and taking one for an action."""

from dataclasses import replace
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.acting import change_in
from palier.action_plans.indicator_wording import pillar_index, ready_indicators
from palier.action_plans.rules.indicators import PILLARS, Indicator, rounded
from palier.action_plans.rules.life import Kpi
from palier.action_plans.store import Action
from palier.assessments.flows.rounds import rounds_of
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.language import current
from palier.questionnaires.catalogue import latest


class Measured(Exception):
    """The action has measures of another indicator: they would be read as measures of the new one."""


async def indicators_for(actor: Actor) -> list[Indicator]:
    """What customers go through, then the index of each pillar, from its score in the last round of the six pillars."""
    rounds = await rounds_of(actor, PILLARS)
    last = rounds[-1] if rounds else None
    questionnaire = last.questionnaire if last else latest(PILLARS)
    indices = []
    for pillar in questionnaire.dimensions:
        index = pillar_index(pillar.code, pillar.label.in_(current()), last.name if last else "")
        score = last.result.nodes[pillar.code].score if last else None
        indices.append(replace(index, baseline=rounded(score)))
    return [*ready_indicators(), *indices]


async def take_indicator(actor: Actor, action: UUID, key: str, base: int) -> Action:
    """Measure the action by the indicator `key`; a target is for people to set.

    Raises DoesNotExist, KeyError for an indicator nobody offers, Measured, ChangedMeanwhile.
    """
    async with transaction(actor):
        offered = {one.key: one for one in await indicators_for(actor)}
        one = offered[key]
        if (await store.readings_of(actor, [action])).get(action):
            raise Measured
        kpi = Kpi(one.name, one.unit, one.direction, one.baseline, None, one.source)
        return await change_in(actor, action, base, lambda facts: replace(facts, kpi=kpi))
