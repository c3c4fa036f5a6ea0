"""Presets as the order's form shows them: `reports/_presets.html` and `reports/_keep.html`."""

from dataclasses import dataclass
from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, Role
from palier.reports import store
from palier.reports.rules.presets import LONGEST_NAME
from palier.reports.store import ReportPreset


@dataclass(frozen=True, slots=True)
class Presets:
    """Those one can use, the one in use, and whether one may keep more of them."""

    rows: list[ReportPreset]
    used: ReportPreset | None
    may_keep: bool
    are_own: bool
    """Whether those kept here are a consultant's own, for all their clients."""
    longest_name: int = LONGEST_NAME

    def may_change(self, row: ReportPreset) -> bool:
        """A consultant changes their own, a member the organisation's."""
        return self.may_keep and (row.person_id is not None) is self.are_own


async def choices(actor: Actor, used: str = "") -> Presets:
    """What the form can show; `used` is the id of the preset it was filled from."""
    async with reading(actor):
        rows = await store.presets_for(actor)
    found = next((row for row in rows if str(row.id) == used), None)
    return Presets(rows, found, may_keep(actor), actor.role is Role.CONSULTANT)


def may_keep(actor: Actor) -> bool:
    """Whoever runs the assessments says how documents are made; others use what was kept."""
    return actor.may(Permission.RUN_ASSESSMENT)


async def fields_of(actor: Actor, preset: UUID) -> dict[str, str]:
    """The form's fields as `preset` keeps them. Raises DoesNotExist."""
    async with reading(actor):
        row = await store.usable_preset(actor, preset)
    return row.answers | {"preset": str(row.id), "preset-name": row.name}
