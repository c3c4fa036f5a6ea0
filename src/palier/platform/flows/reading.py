"""What the staff may look at: how many, since when, whose name; never an answer, a score or what somebody wrote.

Each is one function of the database, which asks anew whether the session is of somebody of the staff (0031_platform.sql).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.foundation.actor import StaffActor
from palier.foundation.database import reading, select

PAGE = 25
"""Rows of a list shown at once."""

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `found` counts the rows of all pages."""

    rows: Sequence[Facts]
    found: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE))


async def overview(actor: StaffActor) -> Facts:
    """Counts of everything, and the machinery's own figures (bytes)."""
    return await _facts(actor, "select platform_overview() as told") or {}


async def organisations(actor: StaffActor, text: str, kind: str, number: int) -> Leaf:
    """Organisations whose name, address or SIREN number has `text`; `kind`: "", "network", "alone" or "sandbox"."""
    return await _leaf(actor, "platform_organisations($1, $2, $3, $4)", number, text, kind)


async def organisation(actor: StaffActor, slug: str) -> Facts | None:
    """The facts of one organisation, its owners' names, its last visits and failures."""
    return await _facts(actor, "select platform_organisation($1) as told", slug)


async def networks(actor: StaffActor) -> list[Facts]:
    """Every network with its counts."""
    async with reading(actor):
        return await select("select * from platform_networks()")


async def person(actor: StaffActor, email: str) -> Facts | None:
    """The account that has exactly this address (lower case)."""
    return await _facts(actor, "select platform_person($1) as told", email)


async def jobs(actor: StaffActor, state: str, number: int) -> Leaf:
    """Jobs in a state of the queue: "todo", "doing", "failed". Arguments are named, their contents are not shown."""
    return await _leaf(actor, "platform_jobs($1, $2, $3)", number, state)


async def mails(actor: StaffActor, state: str, number: int) -> Leaf:
    """Letters not sent: "failed" or "waiting". Addresses are masked, words are not shown."""
    return await _leaf(actor, "platform_mails($1, $2, $3)", number, state)


async def rounds_by_definition(actor: StaffActor) -> dict[tuple[str, str], list[Facts]]:
    """How many rounds use each version of a shipped questionnaire: one row for each content that was kept."""
    async with reading(actor):
        rows = await select("select * from platform_questionnaires()")
    found: dict[tuple[str, str], list[Facts]] = {}
    for row in rows:
        found.setdefault((row["questionnaire"], row["version"]), []).append(row)
    return found


async def own_questionnaires(actor: StaffActor) -> Facts:
    """How many questionnaires people brought: counts alone."""
    return await _facts(actor, "select platform_own_questionnaires() as told") or {}


async def visits(actor: StaffActor) -> list[Facts]:
    """The last visits of everybody on the staff, the newest first, with the organisation's name and address."""
    return await _facts(actor, "select platform_visits() as told") or []


async def trail(
    actor: StaffActor, verb: str, person_id: UUID | None, since: date | None, number: int
) -> Leaf:
    """Entries of the platform's own chain, the newest first; `verb` is how theirs begin."""
    return await _leaf(actor, "platform_trail($1, $2, $3, $4, $5)", number, verb, person_id, since)


async def _leaf(actor: StaffActor, call: str, number: int, *values: object) -> Leaf:
    number = max(1, number)
    async with reading(actor):
        rows = await select(f"select * from {call}", *values, PAGE, (number - 1) * PAGE)  # noqa: S608  (ours)
    return Leaf(rows, rows[0]["found"] if rows else 0, number)


async def _facts(actor: StaffActor, sql: str, *values: object) -> Any:
    async with reading(actor):
        told = (await select(sql, *values))[0]["told"]
    return dated(json.loads(told) if isinstance(told, str) else told)


def dated(told: Any) -> Any:
    """What the database told as JSON, with moments instead of their texts."""
    match told:
        case dict():
            return {
                name: _moment(value) if _is_moment(name) else dated(value) for name, value in told.items()
            }
        case list():
            return [dated(one) for one in told]
        case _:
            return told


def _is_moment(name: str) -> bool:
    return name == "at" or name.endswith(("_at", "_until", "_on")) or name == "heartbeat"


def _moment(text: str | None) -> datetime | date | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
