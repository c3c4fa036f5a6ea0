"""What becomes of mandates: proposals to hand a client over, reminders of the end, what was done under each.

The mandate itself stands with the other tables of the room (`network.store.Mandate`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network.rules.mandates import ANSWERED_WITHIN, HandOverState
from palier.network.store import Mandate


class HandOver(Model):
    """A consultant proposes that another takes a client over; the client decides.

    Whoever is proposed is an address until the client accepts: nobody is told of an organisation by a proposal.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="hand_overs")
    organisation_id: UUID
    mandate: Any = fields.ForeignKeyField("palier.Mandate", related_name="hand_overs")  # the outgoing one
    mandate_id: UUID
    proposer_id = fields.UUIDField()
    email = fields.CharField(max_length=254)
    note = fields.CharField(max_length=500, default="")
    state = fields.CharEnumField(HandOverState, max_length=20, default=HandOverState.PROPOSED)
    proposed_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    receiver_id = fields.UUIDField(null=True)
    new_mandate_id = fields.UUIDField(null=True)

    class Meta:
        table = table_description = "hand_over"


class MandateReminder(Model):
    """One letter about the nearing end of a mandate: written at most once for an address, an end and a distance."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="mandate_reminders")
    organisation_id: UUID
    mandate: Any = fields.ForeignKeyField("palier.Mandate", related_name="reminders")
    mandate_id: UUID
    email = fields.CharField(max_length=254)
    ends_on = fields.DateField()
    days = fields.SmallIntField()
    sent_at = fields.DatetimeField()

    class Meta:
        table = table_description = "mandate_reminder"
        unique_together = (("mandate", "email", "ends_on", "days"),)


@dataclass(frozen=True, slots=True)
class Acts:
    """How much was done under a mandate, as the audit trail tells it."""

    count: int
    last: datetime


async def acts_under(actor: Actor, mandates: Iterable[UUID]) -> dict[UUID, Acts]:
    """What the organisation's trail holds under each of `mandates`; those without an entry are left out."""
    sql = (
        "select mandate_id, count(*) as count, max(at) as last from audit_entry "
        "where chain = $1 and mandate_id = any($2::uuid[]) group by mandate_id"
    )
    rows = await select(sql, actor.organisation_id, list(mandates))
    return {row["mandate_id"]: Acts(row["count"], row["last"]) for row in rows}


async def owners_to_tell(organisation: UUID) -> list[tuple[str, str, str]]:
    """Address, language and time zone of each owner. Call it as somebody of the organisation, or on duty for it."""
    sql = (
        "select p.email, p.locale, p.time_zone from membership m join person p on p.id = m.person_id "
        "where m.organisation_id = $1 and m.role = $2 order by p.id"
    )
    rows = await select(sql, organisation, Role.OWNER.value)
    return [(row["email"], row["locale"], row["time_zone"]) for row in rows]


async def held_mandate(person: Person, mandate: UUID, on: date, *, locked: bool = False) -> Mandate:
    """A mandate the person holds on that day, with its organisation. Raises DoesNotExist."""
    rows = Mandate.filter(id=mandate, consultant_id=person.person_id, revoked_at=None, ends_on__gte=on)
    if locked:
        await rows.select_for_update().get()
    return await rows.select_related("organisation").get()


async def running_mandate(actor: Actor, mandate: UUID, on: date) -> Mandate:
    """One mandate of the organisation that runs on that day, locked, with its consultant. Raises DoesNotExist."""
    rows = Mandate.filter(id=mandate, organisation_id=actor.organisation_id, revoked_at=None, ends_on__gte=on)
    await rows.select_for_update().get()
    return await rows.select_related("consultant").get()


async def open_proposal(mandate: UUID) -> HandOver | None:
    """The proposal about a mandate that can still be answered."""
    rows = HandOver.filter(
        mandate_id=mandate, state=HandOverState.PROPOSED, proposed_at__gt=now() - ANSWERED_WITHIN
    )
    return await rows.first()


async def open_proposals(actor: Actor, on: date) -> list[HandOver]:
    """The proposals the organisation can answer, with their mandates and consultants, the oldest first."""
    rows = HandOver.filter(
        organisation_id=actor.organisation_id, state=HandOverState.PROPOSED, proposed_at__gt=now() - ANSWERED_WITHIN,
        mandate__revoked_at=None, mandate__ends_on__gte=on,
    )  # fmt: skip
    return await rows.select_related("mandate__consultant").order_by("proposed_at")


async def hand_over_of(actor: Actor, hand_over: UUID, *, locked: bool = False) -> HandOver:
    """One proposal to the organisation, whatever became of it, with its mandate. Raises DoesNotExist."""
    rows = HandOver.filter(id=hand_over, organisation_id=actor.organisation_id)
    if locked:
        await rows.select_for_update().get()
    return await rows.select_related("mandate__consultant").get()


async def proposals_by(person: Person) -> dict[UUID, HandOver]:
    """The last proposal a consultant made about each of their mandates, by mandate."""
    rows = await HandOver.filter(proposer_id=person.person_id).order_by("proposed_at")
    return {row.mandate_id: row for row in rows}
