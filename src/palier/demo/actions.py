"""What people filled in about the actions of a demonstration plan: why, by whose means, ticked, blocked, reviewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from palier.action_plans.rules.life import ActionStatus, Stage
from palier.action_plans.rules.schedule import add_months
from palier.action_plans.store import Action, ActionDependency, ActionReview, ChecklistItem
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.foundation.language import current


@dataclass(frozen=True, slots=True)
class Told:
    """What was filled in, by locale; cost in euros."""

    cause: Mapping[str, str]
    evidence: Mapping[str, str]
    impact: int
    cost: int
    channels: Sequence[str]
    blocked: Mapping[str, str] | None = None


TOLD: Mapping[int, Told] = {
    2: Told(
        {"fr": "Les réunions d’équipe ne parlent que de production.", "en": "Team meetings speak of production only."},
        {"fr": "Ordres du jour de mai et juin : rien qui vienne d’un client.", "en": "Agendas of May, June: nothing from a customer."},
        4, 6500, ("counter", "phone"),
    ),
    3: Told(
        {"fr": "Aucun temps n’est prévu au planning des agents.", "en": "No time is set aside in the agents’ rota."},
        {"fr": "Deux immersions sur sept reportées depuis mai.", "en": "Two visits of seven put off since May."},
        3, 0, ("counter", "field"),
        {"fr": "Le planning d’octobre est gelé jusqu’à l’accord.", "en": "The October rota is frozen until the agreement."},
    ),
    4: Told(
        {"fr": "Chaque direction garde ses chiffres pour elle.", "en": "Each department keeps its figures to itself."},
        {"fr": "Aucun résultat de service affiché depuis deux ans.", "en": "No service result shown for two years."},
        5, 18000, ("counter", "web", "app", "email"),
    ),
    5: Told(
        {"fr": "Personne ne clôt une action avec un chiffre.", "en": "Nobody closes an action with a figure."},
        {"fr": "Une action close sur dix avait un relevé d’effet.", "en": "One closed action of ten had a measured effect."},
        4, 2500, ("phone", "web"),
    ),
}  # fmt: skip
"""By the place of the action in the plan."""

FOUND = {
    "fr": "Les deux équipes pilotes s’en servent ; la mesure de septembre le confirme. À étendre en janvier.",
    "en": "Both pilot teams use it; the September measure confirms it. To be extended in January.",
}


async def fill_in(actor: Actor, action: Action, place: int) -> None:
    """Give the action its stage, its ticked steps, and what TOLD says of its place."""
    told, locale = TOLD.get(place), current()
    facts: dict[str, Any] = {"stage": _STAGES[action.status]}
    if told:
        facts |= {
            "cause": told.cause[locale], "evidence": told.evidence[locale], "impact": told.impact, "cost": Decimal(told.cost) or None,
            "channels": list(told.channels), "sponsor": actor.person.name, "sponsor_id": actor.person_id,
            "blocked": told.blocked is not None, "blocked_reason": told.blocked[locale] if told.blocked else "",
        }  # fmt: skip
    if place == 2:
        facts |= {
            "review_every_months": 3,
            "next_review_on": add_months(clock.today(), 2),
            "stage": Stage.CHECK,
        }
        await ActionReview.create(
            id=new_id(), organisation_id=action.organisation_id, action_id=action.id, stage=Stage.CHECK,
            on=add_months(clock.today(), -1), words=FOUND[locale], person_id=actor.person_id,
        )  # fmt: skip
    await Action.filter(id=action.id).update(**facts)
    await _tick(actor, action)


_STAGES = {ActionStatus.PLANNED: Stage.PLAN, ActionStatus.IN_PROGRESS: Stage.DO, ActionStatus.DONE: Stage.ACT}


async def _tick(actor: Actor, action: Action) -> None:
    """As many steps as the progress says."""
    items = await ChecklistItem.filter(action_id=action.id).order_by("position")
    done = [item.id for item in items[: len(items) * action.progress // 100]]
    await ChecklistItem.filter(id__in=done).update(
        done_at=clock.now() - timedelta(days=20), done_by=actor.person_id
    )


async def chain(actions: Sequence[Action]) -> None:
    """The sixth action waits for the fifth, the seventh for the sixth."""
    await ActionDependency.bulk_create([
        ActionDependency(
            id=new_id(), organisation_id=after.organisation_id, action_id=after.id, requires_id=before.id
        )
        for before, after in pairwise(actions[4:7])
    ])  # fmt: skip
