"""The links of a document as its page shows them: state, openings, nothing that would open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from palier.foundation.clock import now
from palier.reports import store
from palier.reports.rules.sharing import LinkState
from palier.reports.store import Report, SharedLink

SHOWN_OPENINGS = 10
"""The last openings of a link that are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link. `opened` are its last openings, the latest first, of `times` in all."""

    id: UUID
    recipient: str
    state: LinkState
    guarded: bool
    marked: bool
    failure: str
    by: str
    made: datetime
    until: datetime
    times: int
    opened: tuple[datetime, ...]

    @property
    def works(self) -> bool:
        """Whether it gives something, or will: there is something to revoke."""
        return self.state not in (LinkState.OVER, LinkState.REVOKED)


async def links_of(report: Report) -> list[LinkRow]:
    """The links of a document the actor may see, the newest first. Call it inside `reading(actor)`."""
    links = await store.links_of(report)
    openings = await store.openings_of(links, SHOWN_OPENINGS)
    return [_row(link, [one for one in openings if one["link_id"] == link.id]) for link in links]


def _row(link: SharedLink, openings: Sequence[dict[str, Any]]) -> LinkRow:
    return LinkRow(
        id=link.id,
        recipient=link.recipient,
        state=state_of(link, now()),
        guarded=bool(link.password_hash),
        marked=bool(link.watermark),
        failure=link.failure,
        by=link.created_name,
        made=link.created_at,
        until=link.revoked_at or link.expires_at,
        times=openings[0]["times"] if openings else 0,
        opened=tuple(one["at"] for one in openings),
    )


def state_of(link: SharedLink, moment: datetime) -> LinkState:
    """How far the link is at that moment."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if link.expires_at <= moment:
        return LinkState.OVER
    if link.watermark and link.file_id is None:
        return LinkState.NOT_MADE if link.failure else LinkState.PREPARING
    return LinkState.OPEN
