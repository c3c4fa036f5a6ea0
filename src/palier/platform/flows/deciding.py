"""Visits, as the organisation sees them: agreed to, refused, ended, and whether they must be agreed to at all."""

from uuid import UUID

from palier.accounts.flows import acquaintance
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.network.rules.visiting import ANSWERED_WITHIN
from palier.platform import mails
from palier.platform.flows.visiting import close
from palier.platform.store import Visit, VisitChoice

SHOWN = 50


async def visits_of(actor: Actor) -> tuple[list[Visit], bool]:
    """The organisation's last visits, the newest first; and whether it wants to agree to each."""
    async with reading(actor):
        rows = await Visit.filter(organisation_id=actor.organisation_id).order_by("-asked_at").limit(SHOWN)
        choice = await VisitChoice.get_or_none(organisation_id=actor.organisation_id)
    return rows, choice.approval if choice else False


async def decide(actor: Actor, visit_id: UUID, *, agreed: bool, site: str) -> bool:
    """Agree to a visit that waits, or refuse one that has not begun; False when it is too late. Raises DoesNotExist for others' visits."""
    async with transaction(actor):
        visit = await Visit.get(id=visit_id, organisation_id=actor.organisation_id)
        waiting = Visit.filter(id=visit_id, approval=True, opened_at=None, refused_at=None)
        if agreed:
            waiting = waiting.filter(decided_at=None, asked_at__gt=now() - ANSWERED_WITHIN)
        if not await waiting.update(
            decided_at=now(), decided_name=actor.person.name, refused_at=None if agreed else now()
        ):
            return False
        verb = "platform.visit_agreed" if agreed else "platform.visit_refused"
        await audit.record(actor, verb, f"visit {visit_id}", name=visit.person_name, reason=visit.reason)
        await mails.visit_decided(
            actor, await acquaintance.person_of(visit.person_id), agreed=agreed, site=site
        )
    return True


async def end(actor: Actor, visit_id: UUID) -> None:
    """End a visit at once: the visitor's next page is not found. Raises DoesNotExist for others' visits."""
    async with transaction(actor):
        visit = await Visit.get(id=visit_id, organisation_id=actor.organisation_id)
        if await close(visit.id, now(), actor.person.name):
            await audit.record(
                actor,
                "platform.visit_ended",
                f"visit {visit_id}",
                name=visit.person_name,
                by=actor.person.name,
            )


async def choose(actor: Actor, *, approval: bool) -> None:
    """Whether visits wait for an owner's word from now on."""
    async with transaction(actor):
        row = await VisitChoice.get_or_none(organisation_id=actor.organisation_id)
        before = row.approval if row else False
        if before == approval:
            return
        values = {"approval": approval, "changed_by": actor.person_id, "changed_at": now()}
        await VisitChoice.update_or_create(
            organisation_id=actor.organisation_id, defaults=values if row else values | {"id": new_id()}
        )
        await audit.record(actor, "platform.visits_chosen", "visits", before=before, after=approval)
