"""What a consultant's clients are read from: two statements for all of them, in which each is read as its own tenant.

The functions of the database go from client to client and say for whom they read, so that row-level security hides every
other (migration 0042). Call these inside `reading(person)`.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.assessments.flows.definitions import LostDefinition, definition_at_hand, definition_from
from palier.assessments.rules.progress import Standing, States
from palier.benchmarks.rules.opening import Published, opened
from palier.entitlements.rules.resolving import Held
from palier.entitlements.store import held_in
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.rights import Feature, Rights
from palier.questionnaires.rules import Questionnaire


@dataclass(frozen=True, slots=True)
class Asked:
    """A round: what it asks, and the state of it that holds."""

    id: UUID
    name: str
    questionnaire: str
    version: str
    definition_hash: str
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Latest(Asked):
    """The newest round of a client."""

    slug: str
    state: str
    closes_on: date | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Submitted(Asked):
    """A submitted round, by the hash of its frozen result."""

    result_hash: str


@dataclass(frozen=True, slots=True)
class Document:
    """The last one the consultant had made."""

    id: UUID
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a client is, but for what has to be computed."""

    late: int
    next_on: date | None
    document: Document | None
    latest: Latest | None
    submitted: tuple[Submitted, ...]
    """The last two on the latest round's questionnaire, the newer one first."""
    editions: tuple[Published, ...]
    """Those the newer one may be read against, the one that is first; none where it joined no benchmark."""
    held: tuple[Held, ...]
    """What the client holds by its offer."""
    ended: date | None
    """The day on which what it last held ended."""

    def edition(self, rights: Rights) -> UUID | None:
        """What the newer one is read against by somebody who holds `rights` of the client's."""
        open_ones = (
            self.editions if Feature.BENCHMARK in rights.features else opened(self.editions, self.ended)
        )
        return next((one.id for one in open_ones), None)


@dataclass(frozen=True, slots=True)
class Contents:
    """What some rounds hold, by their ids: answers in short of open ones, frozen results of submitted ones; what each asks."""

    states: Mapping[UUID, States]
    results: Mapping[UUID, Any]
    questionnaires: Mapping[UUID, Questionnaire]


async def glances(on: date, *, sold: bool) -> dict[UUID, Glance]:
    """Every client whose mandate runs on that day, by organisation; `sold`: with what it holds by its offer."""
    rows = await select("select * from portfolio_glance($1, $2, $3)", on, now(), sold)
    return {row["organisation_id"]: _glance(row) for row in rows}


async def contents_of(on: date, organisations: Iterable[UUID], rounds: Collection[Asked]) -> Contents:
    """What these rounds of these clients hold. Raises LostDefinition."""
    if not rounds:
        return Contents({}, {}, {})
    asked = {one.id: definition_at_hand(one) for one in rounds}
    missing = list({one.definition_hash for one in rounds if asked[one.id] is None})
    sql = "select * from portfolio_rounds($1, $2, $3, $4)"
    rows = await select(sql, on, list(organisations), list(asked), missing)
    contents = {row["definition_hash"]: row["content"] for row in rows if row["content"]}
    return Contents(
        {row["id"]: _states(row["states"]) for row in rows if row["states"]},
        {row["id"]: json.loads(row["result"]) for row in rows if row["result"]},
        {one.id: asked[one.id] or _from_contents(one, contents) for one in rounds},
    )


def _from_contents(one: Asked, contents: Mapping[str, str]) -> Questionnaire:
    if (known := definition_at_hand(one)) is not None:
        return known  # of another round, a moment ago
    if one.definition_hash not in contents:
        raise LostDefinition(f"{one.questionnaire}/{one.version} {one.definition_hash}")
    return definition_from(one, json.loads(contents[one.definition_hash]))


def _states(text: str) -> States:
    return {code: Standing(*standing) for code, standing in json.loads(text).items()}


def _glance(row: Mapping[str, Any]) -> Glance:
    document = row["document_id"] and Document(row["document_id"], row["document_title"], row["document_at"])
    submitted = json.loads(row["submitted"] or "[]")
    return Glance(
        row["late"], row["next_on"], document, _latest(row) if row["round_id"] else None,
        tuple(_submitted(one, row["questionnaire"]) for one in submitted),
        tuple(_published(one) for one in json.loads(row["editions"] or "[]")),
        tuple(held_in(json.loads(row["held"] or "[]"))), row["ended"].date() if row["ended"] else None,
    )  # fmt: skip


def _latest(row: Mapping[str, Any]) -> Latest:
    return Latest(
        row["round_id"], row["name"], row["questionnaire"], row["version"], row["definition_hash"],
        tuple(json.loads(row["scope"])), row["slug"], row["state"], row["closes_on"], row["submitted_at"],
    )  # fmt: skip


def _published(one: Mapping[str, Any]) -> Published:
    corrects = UUID(one["corrects"]) if one["corrects"] else None
    return Published(UUID(one["id"]), corrects, date.fromisoformat(one["on"]), one["counted"])


def _submitted(one: Mapping[str, Any], questionnaire: str) -> Submitted:
    return Submitted(
        UUID(one["id"]), one["name"], questionnaire, one["version"], one["definition_hash"], tuple(one["scope"]), one["hash"]
    )  # fmt: skip
