"""What is shown of evidence. It only reads: call it inside `reading(actor)` (or a transaction of the actor)."""

from datetime import date
from uuid import UUID

from palier.evidence import store
from palier.evidence.rules.standing import Attached, Standing, standings
from palier.foundation.actor import Actor


async def evidence_standing(actor: Actor, assessment: UUID, today: date) -> dict[str, Standing]:
    """How the evidence of each criterion of a round stands `today`, as far as `actor` may see; none is left out."""
    uses = await store.uses_in(actor, assessment)
    once = {
        (row.code, row.evidence_id): Attached(row.code, row.evidence.title, row.evidence.valid_until)
        for row in uses
    }
    return standings(once.values(), today)
