"""What the audit trail knows of an action."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.foundation.actor import Actor
from palier.foundation.database import select


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit trail about an action. `details` are empty once erased."""

    at: datetime
    by: str
    verb: str
    details: dict[str, Any]
    role: str = ""


async def trail_of(actor: Actor, subject: str) -> list[Event]:
    """What happened to `subject` ("action 0198..."), the latest first."""
    sql = (
        "select e.at, p.name, e.verb, e.details, e.role from audit_entry e left join person p on p.id = e.person_id "
        "where e.chain = $1 and e.subject = $2 order by e.seq desc"
    )
    rows = await select(sql, actor.organisation_id, subject)
    return [
        Event(row["at"], row["name"] or "", row["verb"], json.loads(row["details"] or "{}"), row["role"])
        for row in rows
    ]
