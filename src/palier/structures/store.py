"""Territory groups: independent organisations, what each agreed to, and what each shows the others."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from palier.action_plans.store import Action
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.structures.rules.territories import TerritoryKind


class Territory(Model):
    """A group of organisations of one place. Its scores, if any are shared, are those of one questionnaire."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=160)
    kind = fields.CharEnumField(TerritoryKind, max_length=20)
    questionnaire = fields.CharField(max_length=24, default="")  # "DT"; empty: no scores are shared
    created_by = fields.UUIDField()  # the organisation
    created_at = fields.DatetimeField()

    class Meta:
        table = table_description = "territory"


class TerritoryMember(Model):
    """One organisation's part in a group, from its consent until it leaves; a row that ended is history."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    territory: Any = fields.ForeignKeyField(
        "palier.Territory", related_name="members", on_delete=OnDelete.CASCADE
    )
    territory_id: UUID
    organisation_id = fields.UUIDField()
    consent_version = fields.CharField(max_length=10)
    wording_hash = fields.CharField(max_length=64)
    locale = fields.CharField(max_length=5)
    signed_by = fields.UUIDField()
    signed_name = fields.CharField(max_length=120)
    consented_at = fields.DatetimeField()
    shows_total = fields.BooleanField(default=False)
    shows_elements = fields.BooleanField(default=False)
    scores_known_since = fields.DatetimeField(null=True)  # first shown; kept, because what was seen is known
    left_at = fields.DatetimeField(null=True)
    left_name = fields.CharField(max_length=120, default="")

    class Meta:
        table = table_description = "territory_member"


class SharedIndicator(Model):
    """An indicator of one of the organisation's actions, shown to the group under a heading the members agree on."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    territory: Any = fields.ForeignKeyField(
        "palier.Territory", related_name="indicators", on_delete=OnDelete.CASCADE
    )
    territory_id: UUID
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField(
        "palier.Action", related_name="shared_indicators", on_delete=OnDelete.CASCADE
    )
    action_id: UUID
    heading = fields.CharField(max_length=160)
    shared_at = fields.DatetimeField()
    shared_name = fields.CharField(max_length=120)

    class Meta:
        table = table_description = "shared_indicator"
        unique_together = (("territory", "action"),)


async def territories_of(actor: Actor) -> list[TerritoryMember]:
    """The groups the organisation is in, with the group, in order of name."""
    rows = TerritoryMember.filter(organisation_id=actor.organisation_id, left_at=None)
    return await rows.select_related("territory").order_by("territory__name", "id")


async def part_in(actor: Actor, territory: UUID, *, locked: bool = False) -> TerritoryMember:
    """The organisation's part in a group, with the group. Raises DoesNotExist."""
    rows = TerritoryMember.filter(organisation_id=actor.organisation_id, territory_id=territory, left_at=None)
    if locked:
        await rows.select_for_update().get()
    return await rows.select_related("territory").get()


async def own_indicators(actor: Actor, territory: UUID) -> list[SharedIndicator]:
    """What the organisation shows in a group, in order of heading."""
    rows = SharedIndicator.filter(organisation_id=actor.organisation_id, territory_id=territory)
    return await rows.order_by("heading", "id")


async def is_in(actor: Actor, territory: UUID) -> bool:
    """Whether the organisation is in the group."""
    rows = TerritoryMember.filter(organisation_id=actor.organisation_id, territory_id=territory, left_at=None)
    return await rows.exists()


async def made_and_not_joined(actor: Actor) -> list[Territory]:
    """Groups the organisation made and is not in: agreeing was put off, or it left."""
    joined = [row.territory_id for row in await territories_of(actor)]
    rows = Territory.filter(created_by=actor.organisation_id).order_by("name")
    return [row for row in await rows if row.id not in joined]


async def measured_actions(actor: Actor) -> list[Action]:
    """Actions of the organisation that have an indicator, in order of its name."""
    rows = Action.filter(organisation_id=actor.organisation_id).exclude(kpi_name="")
    return await rows.order_by("kpi_name", "id")
