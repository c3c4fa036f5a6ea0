"""Which organisation is a unit of which, since when, and what was asked of whom. A row that ended is history."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from palier.affiliations.rules.belonging import Purpose, UnitKind
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id


class Unit(Model):
    """An organisation that belongs to another one, from a day until a day. The database keeps it one level deep.

    The parent says what the unit is and weighs; the unit alone says whether its answers are open to the parent.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField(
        "palier.Organisation", related_name="parents", on_delete=OnDelete.CASCADE
    )
    organisation_id: UUID
    parent: Any = fields.ForeignKeyField(
        "palier.Organisation", related_name="units", on_delete=OnDelete.CASCADE
    )
    parent_id: UUID
    kind = fields.CharEnumField(UnitKind, max_length=20)
    place = fields.CharField(max_length=120, default="")
    weight = fields.IntField(null=True)  # people or users; empty: every unit weighs the same
    answers_open = fields.BooleanField(default=False)
    made_here = fields.BooleanField(default=False)  # by the parent; else it was there before and agreed
    joined_at = fields.DatetimeField()
    joined_name = fields.CharField(max_length=120)
    left_at = fields.DatetimeField(null=True)
    left_name = fields.CharField(max_length=120, default="")

    class Meta:
        table = table_description = "unit"


class AffiliationLetter(Model):
    """What an owner somewhere else was asked by mail: to bring an organisation in as a unit, or into a territory group."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()  # who asks
    organisation_name = fields.CharField(max_length=160)
    purpose = fields.CharEnumField(Purpose, max_length=20)
    territory_id = fields.UUIDField(null=True)
    territory_name = fields.CharField(max_length=160, default="")
    kind = fields.CharField(max_length=20, default="")
    place = fields.CharField(max_length=120, default="")
    email = fields.CharField(max_length=254)
    fingerprint = fields.CharField(max_length=64, unique=True)
    asked_by = fields.UUIDField()
    asked_name = fields.CharField(max_length=120)
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "affiliation_letter"


async def units_of(actor: Actor) -> list[Unit]:
    """The units of the organisation, with their organisations, in order of name."""
    rows = Unit.filter(parent_id=actor.organisation_id, left_at=None).select_related("organisation")
    return await rows.order_by("organisation__name", "id")


async def unit_of(actor: Actor, unit: UUID) -> Unit:
    """One unit of the organisation, with its organisation. Raises DoesNotExist."""
    rows = Unit.filter(id=unit, parent_id=actor.organisation_id, left_at=None)
    return await rows.select_related("organisation").get()


async def parent_of(actor: Actor) -> Unit | None:
    """What the organisation is a unit of, with the parent; None where it is independent."""
    rows = Unit.filter(organisation_id=actor.organisation_id, left_at=None)
    return await rows.select_related("parent").first()


async def open_letters(
    actor: Actor, purpose: Purpose, territory: UUID | None = None
) -> list[AffiliationLetter]:
    """What the organisation asked and nobody answered yet, the newest first; too old ones included."""
    rows = AffiliationLetter.filter(
        organisation_id=actor.organisation_id, purpose=purpose, territory_id=territory, accepted_at=None, withdrawn_at=None
    )  # fmt: skip
    return await rows.order_by("-asked_at")


async def letter_behind(fingerprint: str) -> AffiliationLetter | None:
    """The letter with this link, while it can be accepted."""
    rows = AffiliationLetter.filter(fingerprint=fingerprint, accepted_at=None, withdrawn_at=None)
    return await rows.filter(expires_at__gt=now()).first()


async def present(fingerprint: str) -> None:
    """Show a letter to the database, until the transaction ends: what it allows is checked there."""
    await select("select set_config('app.link', $1, true)", fingerprint)


async def may_become_unit(unit: UUID, parent: UUID) -> bool:
    """Whether both are free for it: there is one level. Others wait until the transaction ends."""
    (row,) = await select("select may_become_unit($1, $2) as free", unit, parent)
    return bool(row["free"])


async def use_letter_up() -> bool:
    """Mark the letter presented as accepted; False when somebody was faster."""
    (row,) = await select("select use_letter_up() as used")
    return bool(row["used"])


async def parents_since(organisations: Collection[UUID], day: date) -> list[tuple[UUID, UUID]]:
    """Unit and parent of everybody who was a unit on `day` or later, whether or not they are one still.

    For whoever counts legal groups: the worker, and a network's staff for its members.
    """
    sql = (
        "select organisation_id, parent_id from unit where (organisation_id = any($1) or parent_id = any($1)) "
        "and (left_at is null or left_at >= $2::date) order by 1, 2"
    )
    return [(row["organisation_id"], row["parent_id"]) for row in await select(sql, list(organisations), day)]
