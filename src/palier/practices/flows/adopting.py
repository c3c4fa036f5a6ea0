"""An organisation takes a practice up, or no longer. Called in the transaction that changes its plan."""

from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.practices import store
from palier.practices.store import PracticeAdoption


async def note_adoption(actor: Actor, practice: UUID, action: UUID) -> None:
    """Remember that the organisation's `action` carries the practice out; once is enough."""
    standing = await store.adoption_of(actor, practice)
    if standing:
        await PracticeAdoption.filter(id=standing.id).update(action_id=action)
        return
    await PracticeAdoption.create(
        id=new_id(),
        practice_id=practice,
        organisation_id=actor.organisation_id,
        action_id=action,
        adopted_at=now(),
    )


async def end_adoption(actor: Actor, action: UUID) -> None:
    """The action is gone, and the adoption it stood for."""
    rows = PracticeAdoption.filter(organisation_id=actor.organisation_id, action_id=action, ended_at=None)
    await rows.update(ended_at=now())
