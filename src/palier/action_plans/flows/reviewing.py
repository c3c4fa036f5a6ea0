"""Reviews: people look at an action again, say what they found, and the next review gets its date."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.acting import conflict_about, facts_of
from palier.action_plans.rules.life import Stage, differences
from palier.action_plans.rules.reviews import reviewed
from palier.action_plans.store import Action, ActionReview
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Look:
    """What a review found on a day, and the stage it leaves the action at."""

    on: date
    stage: Stage
    words: str


async def review(actor: Actor, action: UUID, look: Look, base: int, op: UUID) -> Action:
    """Note a review; `base` is the revision the page showed. Raises DoesNotExist, ChangedMeanwhile, AlreadyDone."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/a/{action}#reviews")
        if row.revision != base:
            raise await conflict_about(actor, row, base)
        before = facts_of(row)
        after = reviewed(before, look.stage, look.on)
        await ActionReview.create(
            id=new_id(), organisation_id=row.organisation_id, action_id=row.id, on=look.on, stage=after.stage,
            words=look.words, person_id=actor.person_id,
        )  # fmt: skip
        row.stage, row.next_review_on, row.revision = after.stage, after.next_review_on, row.revision + 1
        await row.save(update_fields=["stage", "next_review_on", "revision"])
        await audit.record(
            actor, "action_plans.action_reviewed", f"action {row.id}", revision=row.revision, on=look.on,
            words=look.words, changes=differences(before, after),
        )  # fmt: skip
    return row


@dataclass(frozen=True, slots=True)
class Review:
    """A review as people read it; `by` is empty once the person is gone."""

    on: date
    stage: Stage
    words: str
    by: str


async def reviews_of(actor: Actor, action: UUID) -> list[Review]:
    """The reviews of an action, the latest first. Call it inside `reading`."""
    sql = (
        'select r."on", r.stage, r.words, p.name from action_review r left join person p on p.id = r.person_id '
        'where r.organisation_id = $1 and r.action_id = $2 order by r."on" desc, r.id desc'
    )
    rows = await select(sql, actor.organisation_id, action)
    return [Review(row["on"], Stage(row["stage"]), row["words"], row["name"] or "") for row in rows]
