"""Workbooks people bring back: kept until they confirm what these would do, and forgotten then.

Nobody but who brought a file sees it: it may hold what only they may read.

A file nobody confirms is forgotten at the next one brought after KEPT_FOR.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.store import BroughtFile

KEPT_FOR = timedelta(days=7)
MOST_WAITING = 20
"""Files of one person that wait to be confirmed; the oldest goes first."""


async def keep(actor: Actor, file: UUID, subject: str, name: str, data: bytes) -> None:
    """Keep `data` under the id `file` to be looked at, in the caller's transaction."""
    await _forget_old(actor)
    await BroughtFile.create(
        id=file, organisation_id=actor.organisation_id, subject=subject, name=name[-200:], content=data,
        sha256=hashlib.sha256(data).hexdigest(), brought_by=actor.person_id, brought_at=now(),
    )  # fmt: skip


async def _forget_old(actor: Actor) -> None:
    own = BroughtFile.filter(organisation_id=actor.organisation_id, brought_by=actor.person_id)
    waiting = own.filter(applied_at__isnull=True)
    await waiting.filter(brought_at__lt=now() - KEPT_FOR).delete()
    too_many = await waiting.order_by("-brought_at").offset(MOST_WAITING - 1).values_list("id", flat=True)
    if too_many:
        await own.filter(id__in=list(too_many)).delete()


async def brought(actor: Actor, subject: str, file: UUID, *, locked: bool = False) -> BroughtFile:
    """The file the actor's person brought for `subject`. Raises DoesNotExist, for anybody else's as for an unknown one."""
    rows = BroughtFile.filter(
        id=file, organisation_id=actor.organisation_id, brought_by=actor.person_id, subject=subject
    )
    return await (rows.select_for_update() if locked else rows).get()


async def carried_out(row: BroughtFile, outcome: Mapping[str, int]) -> None:
    """Say what the file did, and forget what was in it; in the caller's transaction."""
    row.applied_at, row.outcome, row.content = now(), dict(outcome), None
    await row.save(update_fields=["applied_at", "outcome", "content"])
