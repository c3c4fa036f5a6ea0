"""What is on record of a round, read by the administrator whom no policy binds, in one query."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from tests.respondents.record import Line, Plain, Record

SQL = """
with round as (select * from assessment where organisation_id = $1 and slug = $2)
select json_build_object(
  'round', (select row_to_json(r) from (select state, answers_opened_at is not null as opened, receipt, result_hash,
      audit_head, submitted_name, submitted_at from round) r),
  'answers', (select coalesce(json_agg(json_build_array(a.code, a.revision, plain_answer(a)) order by a.code), '[]')
    from answer a, round where a.assessment_id = round.id),
  'events', (select coalesce(json_agg(json_build_array(e.code, e.revision, e.op, e.person_id, e.after) order by e.code, e.revision), '[]')
    from answer_event e, round where e.assessment_id = round.id),
  'own', (select coalesce(json_agg(json_build_array(a.person_id, a.code, a.revision, plain_response(a))), '[]')
    from response a, round where a.assessment_id = round.id),
  'own_events', (select coalesce(json_agg(json_build_array(e.person_id, e.code, e.revision, e.op, e.after) order by e.revision), '[]')
    from response_event e, round where e.assessment_id = round.id),
  'agreements', (select coalesce(json_agg(json_build_array(g.code, g.revision, g.voices) order by g.code, g.agreed_at, g.revision), '[]')
    from agreement g, round where g.assessment_id = round.id))
"""


@dataclass(frozen=True)
class Stored:
    """One round as the tables have it."""

    tables: dict[str, Any]

    @property
    def seal(self) -> dict[str, Any]:
        """Everything of a submitted state that may never change."""
        kept = {name: value for name, value in self.tables["round"].items() if name != "state"}
        return {"round": kept, "answers": self.tables["answers"], "own": sorted(map(str, self.tables["own"]))}

    @property
    def state(self) -> tuple[str, bool]:
        """Where the round stands, and whether individual answers are opened."""
        return self.tables["round"]["state"], self.tables["round"]["opened"]

    def compare(self, record: Record, ids: dict[str, str]) -> None:
        """Fail, saying where, unless the tables hold exactly what `record` says."""
        assert self.state == record.state, f"the round is {self.tables['round']}, not {record.state}"
        shared = {code: line for code, line in record.shared.items() if line.revision}
        changes = [[code, n, op, person, after] for code, n, op, person, after in self.tables["events"]]
        _same(
            "the shared answers",
            {code: (n, plain) for code, n, plain in self.tables["answers"]},
            _standing(shared),
        )
        for code in {*shared, *(change[0] for change in changes)}:
            found = [(n, op, person, after) for at, n, op, person, after in changes if at == code]
            _history(f"the history of {code}", found, record.shared[code], ids)
        self._compare_own(record, ids)
        self._compare_agreements(record)

    def _compare_own(self, record: Record, ids: dict[str, str]) -> None:
        own = {(ids[who], code): line for (who, code), line in record.own.items() if line.changes}
        found = {(person, code): (n, plain) for person, code, n, plain in self.tables["own"]}
        _same("everybody's own answers", found, _standing(own))
        for person, code in own:
            changes = [
                (n, op, at, after)
                for at, c, n, op, after in self.tables["own_events"]
                if (at, c) == (person, code)
            ]
            _history(f"one's own history of {code}", changes, own[person, code], ids)
        assert len(self.tables["own_events"]) == sum(line.revision for line in own.values()), (
            "an own change too many"
        )

    def _compare_agreements(self, record: Record) -> None:
        found = [
            (code, revision, tuple((v["name"], v["state"], v["level"], v["rationale"]) for v in voices))
            for code, revision, voices in self.tables["agreements"]
        ]
        kept = sorted(
            ((one.code, one.revision, one.voices) for one in record.agreements), key=lambda one: one[0]
        )
        assert found == kept, f"agreements {found}, not {kept}"


def _standing(lines: dict[Any, Line]) -> dict[Any, tuple[int, Plain]]:
    return {key: (line.revision, line.content) for key, line in lines.items()}


def _same(what: str, found: dict[Any, Any], kept: dict[Any, Any]) -> None:
    for key in {*found, *kept}:
        assert found.get(key) == kept.get(key), (
            f"{what}, {key}: {found.get(key)} on record, not {kept.get(key)}"
        )


def _history(what: str, found: list[tuple[int, str, str, Plain]], line: Line, ids: dict[str, str]) -> None:
    """Each change once, in order, by its author, under the id it was sent with."""
    kept = [(n, ids[one.author], one.content) for n, one in enumerate(line.changes, line.inherited + 1)]
    assert [(n, person, after) for n, _, person, after in found] == kept, f"{what}: {found}, not {kept}"
    sent = [str(one.op) for one in line.changes if one.op]
    stored = [op for (_, op, _, _), one in zip(found, line.changes, strict=True) if one.op]
    assert stored == sent, f"{what}: operations {stored}, not {sent}"


async def stored(database: asyncpg.Connection, organisation: UUID, slug: str) -> Stored:
    """The round `slug` of `organisation`."""
    return Stored(json.loads(await database.fetchval(SQL, organisation, slug)))
