"""What entries of the trail are about: "action 0198…" becomes its title of today, and a link while it exists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import select


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that exists: what it is called, and where it is ("" when it has no page)."""

    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the subjects of one kind are found: rows of `key` and `words`, and the address of one below its owner's."""

    sql: str
    path: str = ""


_OF_ORGANISATION = {
    "action": _Kind("select id::text as key, title as words from action where id = any($1::uuid[])", "/a/{}"),
    "plan": _Kind("select slug as key, title as words from action_plan where organisation_id = $2 and slug = any($1)", "/plans/{}"),
    "assessment": _Kind("select slug as key, questionnaire || ' ' || name as words from assessment "
                        "where organisation_id = $2 and slug = any($1)", "/e/{}"),
    "report": _Kind("select id::text as key, title as words from report where id = any($1::uuid[])", "/reports/{}"),
    "evidence": _Kind("select id::text as key, title as words from evidence where id = any($1::uuid[])", "/evidence/{}"),
    "practice": _Kind("select distinct on (practice_id) practice_id::text as key, title as words from practice_version "
                      "where practice_id = any($1::uuid[]) order by practice_id, number desc", "/practices/{}"),
    "mandate": _Kind("select m.id::text as key, p.name as words from mandate m join person p on p.id = m.consultant_id "
                     "where m.id = any($1::uuid[])", "/people#mandates"),
    "invitation": _Kind("select id::text as key, email as words from invitation where id = any($1::uuid[])"),
    "preset": _Kind("select id::text as key, name as words from report_preset where id = any($1::uuid[])"),
}  # fmt: skip
_OF_NETWORK = {
    "practice": _Kind(
        "select id::text as key, title as words from shared_practice where id = any($1::uuid[])",
        "/practices/{}",
    ),
}
_OF_ANYBODY = {
    "person": _Kind("select id::text as key, name as words from person where id = any($1::uuid[])")
}


async def load_subjects(
    reader: Actor | NetworkActor | Person, subjects: Iterable[str]
) -> Mapping[str, Subject]:
    """Those of `subjects` that still exist and the reader may see. One query for each kind. Inside a `reading`."""
    wanted: dict[str, set[str]] = defaultdict(set)
    told = set(subjects)
    for subject in told:
        kind, _, key = subject.partition(" ")
        wanted["assessment" if kind == "answer" else kind].add(
            key.partition("/")[0] if kind == "answer" else key
        )
    kinds, base = _kinds(reader)
    found: dict[str, Subject] = {}
    for kind in wanted.keys() & kinds.keys():
        for row in await _rows(kinds[kind], sorted(wanted[kind]), reader):
            path = kinds[kind].path.format(row["key"])
            found[f"{kind} {row['key']}"] = Subject(row["words"], base + path if path else "")
    return {subject: one for subject in told if (one := _found(subject, found))}


def _kinds(reader: Actor | NetworkActor | Person) -> tuple[Mapping[str, _Kind], str]:
    match reader:
        case Actor():
            return _OF_ORGANISATION | _OF_ANYBODY, f"/o/{reader.organisation.slug}"
        case NetworkActor():
            return _OF_NETWORK | _OF_ANYBODY, f"/n/{reader.network_slug}"
        case Person():
            return {}, ""


async def _rows(kind: _Kind, keys: list[str], reader: Actor | NetworkActor | Person) -> list[dict[str, Any]]:
    owner: tuple[UUID, ...] = (
        (reader.organisation_id,) if "$2" in kind.sql and isinstance(reader, Actor) else ()
    )
    sought = _identifiers(keys) if "::uuid[]" in kind.sql else keys
    return await select(kind.sql, sought, *owner) if sought else []


def _identifiers(keys: list[str]) -> list[UUID]:
    """Those rows may be sought by: compared as texts, every row there is would be read."""
    found = []
    for key in keys:
        with suppress(ValueError):
            found.append(UUID(key))
    return found


def _found(subject: str, found: Mapping[str, Subject]) -> Subject | None:
    kind, _, key = subject.partition(" ")
    if kind != "answer":
        return found.get(subject)
    slug, _, code = key.partition("/")
    around = found.get(f"assessment {slug}")
    return Subject(f"{code} \u2013 {around.words}", f"{around.path}/q/{code}") if around else None
