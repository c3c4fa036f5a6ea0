"""The one table the application reads to know what somebody holds."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.entitlements.rules.offers import Kind, Source
from palier.entitlements.rules.resolving import Held
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id


class Entitlement(Model):
    """An offer somebody holds for a time. Exactly one of the first three columns is set; rows end, they are not deleted."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField(null=True)
    network_id = fields.UUIDField(null=True)
    person_id = fields.UUIDField(null=True)
    offer = fields.CharField(max_length=40)
    quantity = fields.IntField(null=True)  # null: what the offer includes
    source = fields.CharEnumField(Source, max_length=10)
    source_ref = fields.CharField(
        max_length=80
    )  # the subscription, the sponsorship, the agreement: once of each source
    valid_from = fields.DatetimeField()
    valid_to = fields.DatetimeField(null=True)
    grace_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = table_description = "entitlement"
        unique_together = (("source", "source_ref"),)


def column_of(kind: Kind) -> str:
    """The column that names a holder of this kind, here and in every table of `billing`."""
    return f"{kind}_id"


async def held_by(kind: Kind, holder: UUID) -> list[Entitlement]:
    """Everything somebody holds or held, the newest first; within what the current transaction may see."""
    return await Entitlement.filter(**{column_of(kind): holder}).order_by("-valid_from", "id")


async def ended_last(kind: Kind, holder: UUID) -> datetime | None:
    """When the last of what somebody held, and holds no more, ended with its grace; None when nothing ended."""
    moment = now()
    rows = await held_by(kind, holder)
    ends = [row.grace_until or row.valid_to for row in rows if row.valid_to]
    return max((end for end in ends if end <= moment), default=None)


async def open_of(kind: Kind, holder: UUID) -> list[Held]:
    """What somebody holds now: for those who may see it, and for the worker."""
    rows = await select(f"select open_entitlements({_given(kind)}) as held", holder)
    return held_in(json.loads(rows[0]["held"]))


def _given(kind: Kind) -> str:
    return ", ".join("$1::uuid" if each is kind else "null::uuid" for each in Kind)


def as_held(row: Entitlement) -> Held:
    """A row as the rules see it."""
    return Held(row.offer, Source(row.source), row.quantity, row.valid_from, row.valid_to, row.grace_until)


def held_in(rows: list[dict[str, Any]]) -> list[Held]:
    """What `open_entitlements` in SQL tells."""
    return [
        Held(
            row["offer"], Source(row["source"]), row["quantity"], _moment(row["from"]), _maybe(row["to"]), _maybe(row["grace"])
        )
        for row in rows
    ]  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return _moment(text) if text else None
