"""The audit trail as its readers ask for it: pages, counts, and who and what there is to choose from."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from palier.foundation import audit
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading, select, transaction
from palier.privacy.rules.trail import AUTOMATIC, MOST_COUNTED, OWN_NAME, PAGE, Asked
from palier.privacy.trail_sentences import room_of

Reader = Actor | NetworkActor | Person

_BATCH = 2_000
"""Entries of an export that are in memory at once."""

_ENTRY = (
    "select e.chain, e.seq, e.at, e.person_id, p.name as person, e.role, e.mandate_id, e.verb, e.subject, e.details, e.salt, "
    "e.details_hash, e.previous_hash, e.hash from audit_entry e left join person p on p.id = e.person_id where "
)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the latest first; `older` is where the next page begins, None on the last one.

    `count` is how many the filters find, at most MOST_COUNTED + 1.
    """

    entries: list[dict[str, Any]]
    older: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: people and kinds of act that occur in the chain, mandates of the organisation."""

    people: list[tuple[UUID, str]] = field(default_factory=list)
    """With their names of today; "" for an account that is gone."""
    rooms: list[str] = field(default_factory=list)
    mandates: list[tuple[UUID, str]] = field(default_factory=list)


class _Conditions:
    """An SQL condition under construction, with its values."""

    def __init__(self, reader: Reader, asked: Asked, verbs: list[str]) -> None:
        self.values: list[object] = []
        self._parts: list[str] = []
        self.add("e.chain = {}", audit.chain_of(reader))
        if isinstance(reader, Person):
            self.add("(e.person_id = {0} or e.subject = 'person ' || {0}::uuid::text)", reader.person_id)
        if asked.room:  # by equality: under row-level security an index serves no function of the verb
            self.add("e.verb = any({}::text[])", verbs)
        self._filter(asked, ZoneInfo(_person(reader).time_zone))

    def add(self, condition: str, value: object) -> None:
        self.values.append(value)
        self._parts.append(condition.format(f"${len(self.values)}"))

    def sql(self) -> str:
        return " and ".join(self._parts)

    def _filter(self, asked: Asked, zone: ZoneInfo) -> None:
        if asked.person:
            self.add("e.person_id = {}", asked.person)
        if asked.mandate:
            self.add("e.mandate_id = {}", asked.mandate)
        if asked.since:
            self.add("e.at >= {}", _midnight(asked.since, zone))
        if asked.until:
            self.add("e.at < {}", _midnight(asked.until + timedelta(days=1), zone))
        if asked.text:
            self.add("(e.subject ilike {0} or e.details ilike {0})", f"%{_literal(asked.text)}%")
        self._filter_role(asked.role)

    def _filter_role(self, role: str) -> None:
        if role == AUTOMATIC:
            self._parts.append("e.person_id is null")
        elif role == OWN_NAME:
            self._parts.append("e.person_id is not null and e.role = ''")
        elif role:
            self.add("e.role = {}", role)


async def _conditions(reader: Reader, asked: Asked) -> _Conditions:
    verbs = await _verbs(audit.chain_of(reader)) if asked.room else []
    return _Conditions(reader, asked, [verb for verb in verbs if room_of(verb) == asked.room])


def _person(reader: Reader) -> Person:
    return reader if isinstance(reader, Person) else reader.person


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _literal(text: str) -> str:
    """For LIKE: signs stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def load_page(reader: Reader, asked: Asked, before: int | None = None) -> Page:
    """The entries before number `before`, or the latest ones. Inside a `reading`."""
    where = await _conditions(reader, asked)
    if before is not None:
        where.add("e.seq < {}", before)
    rows = await select(f"{_ENTRY}{where.sql()} order by e.seq desc limit {PAGE + 1}", *where.values)
    older = rows[PAGE - 1]["seq"] if len(rows) > PAGE else None
    whole = before is None and older is None  # then nothing is left to count
    return Page(rows[:PAGE], older, len(rows) if whole else await count(reader, asked))


async def count(reader: Reader, asked: Asked) -> int:
    """How many entries the filters find, at most MOST_COUNTED + 1 unless they ask for everything. Inside a `reading`."""
    return await _count(reader, asked, await _conditions(reader, asked))


async def _count(reader: Reader, asked: Asked, where: _Conditions) -> int:
    """A whole chain is counted by its head, a filtered one up to a limit."""
    if asked == Asked() and not isinstance(reader, Person):
        heads = await select("select seq from audit_head where chain = $1", audit.chain_of(reader))
        return int(heads[0]["seq"]) if heads else 0
    inner = f"select from audit_entry e where {where.sql()} limit {MOST_COUNTED + 1}"
    rows = await select(f"select count(*) as n from ({inner}) found", *where.values)  # noqa: S608
    return int(rows[0]["n"])


_PEOPLE = """
with recursive present as (
  (select person_id from audit_entry where chain = $1 and person_id is not null order by person_id limit 1)
  union all
  select (select e.person_id from audit_entry e where e.chain = $1 and e.person_id > p.person_id order by e.person_id limit 1)
  from present p where p.person_id is not null)
select f.person_id as id, coalesce(p.name, '') as name from present f left join person p on p.id = f.person_id
where f.person_id is not null order by p.name is null, lower(p.name)
"""
_VERBS = """
with recursive present as (
  (select verb from audit_entry where chain = $1 order by verb limit 1)
  union all
  select (select e.verb from audit_entry e where e.chain = $1 and e.verb > p.verb order by e.verb limit 1)
  from present p where p.verb is not null)
select verb from present where verb is not null
"""
_MANDATES = """
select m.id, p.name from mandate m join person p on p.id = m.consultant_id where m.organisation_id = $1
order by lower(p.name), m.id
"""


async def _verbs(chain: UUID) -> list[str]:
    """The verbs that occur in a chain."""
    return [row["verb"] for row in await select(_VERBS, chain)]


async def load_choices(reader: Actor | NetworkActor) -> Choices:
    """What the filters offer; found by skipping along indexes, however long the chain. Inside a `reading`."""
    chain = audit.chain_of(reader)
    people, verbs = await select(_PEOPLE, chain), await _verbs(chain)
    mandates = await select(_MANDATES, chain) if isinstance(reader, Actor) else []
    return Choices(
        [(row["id"], row["name"]) for row in people],
        sorted({room_of(verb) for verb in verbs}),
        [(row["id"], row["name"]) for row in mandates],
    )


def details_of(entry: dict[str, Any]) -> dict[str, Any]:
    """What an entry tells beside its subject; nothing once erased."""
    try:
        told = json.loads(entry["details"] or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


async def begin_export(reader: Actor | NetworkActor, asked: Asked, form: str) -> int:
    """Write down that the trail is taken away, as `form`, with these filters; the number of that entry, the last exported."""
    async with transaction(reader):
        await audit.record(
            reader, "privacy.trail_exported", "trail", format=form, filters=sorted(asked.fields().items())
        )
        rows = await select("select seq from audit_head where chain = $1", audit.chain_of(reader))
    return int(rows[0]["seq"])


async def export_batches(
    reader: Actor | NetworkActor, asked: Asked, last: int
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The entries up to number `last`, the first ones first, some thousands at a time, each batch its own reading."""
    after = 0
    while True:
        async with reading(reader):
            where = await _conditions(reader, asked)
            where.add("e.seq > {}", after)
            where.add("e.seq <= {}", last)
            rows = await select(f"{_ENTRY}{where.sql()} order by e.seq limit {_BATCH}", *where.values)
        if rows:
            yield rows
        if len(rows) < _BATCH:
            return
        after = rows[-1]["seq"]
