"""Keeping a form under a name, to ask for the next document the same way."""

from collections.abc import Mapping
from uuid import UUID

from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.reports import store
from palier.reports.rules.presets import MOST_PRESETS, kept
from palier.reports.store import NameTaken, ReportPreset


class TooMany(Exception):
    """There are as many presets as one may keep."""


async def keep(actor: Actor, name: str, raw: Mapping[str, str], op: UUID) -> UUID:
    """Keep the form's fields as a new preset, the organisation's or the consultant's own; its id.

    Raises NameTaken, TooMany, AlreadyDone.
    """
    preset = new_id()
    async with transaction(actor):
        await operations.claim(
            op, actor.person_id, f"/o/{actor.organisation.slug}/reports/new?preset={preset}"
        )
        if await ReportPreset.filter(store.own_presets(actor)).count() >= MOST_PRESETS:
            raise TooMany
        row = ReportPreset(id=preset, **_owner(actor), **_columns(actor, name, raw))
        if not await store.add_preset(row):
            raise NameTaken
        await audit.record(actor, "reports.preset_kept", f"preset {preset}", name=name)
    return preset


async def change(actor: Actor, preset: UUID, name: str, raw: Mapping[str, str]) -> None:
    """Keep other fields, under this name. Raises DoesNotExist, NameTaken."""
    async with transaction(actor):
        row = await store.own_preset(actor, preset)
        await store.change_preset(row, **_columns(actor, name, raw))
        await audit.record(actor, "reports.preset_changed", f"preset {preset}", before=row.name, after=name)


async def delete(actor: Actor, preset: UUID) -> None:
    """Have the preset no more. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.own_preset(actor, preset)
        await ReportPreset.filter(id=row.id).delete()
        await audit.record(actor, "reports.preset_deleted", f"preset {preset}", name=row.name)


def _owner(actor: Actor) -> dict[str, UUID]:
    if actor.role is Role.CONSULTANT:
        return {"person_id": actor.person_id}
    return {"organisation_id": actor.organisation_id}


def _columns(actor: Actor, name: str, raw: Mapping[str, str]) -> dict[str, object]:
    return {
        "name": name,
        "answers": kept(raw),
        "changed_name": actor.person.name,
        "changed_at": now(),
    }
