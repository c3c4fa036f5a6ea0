"""A closed campaign of any size whose contributions wait to be sealed, planted in the database of the settings, and corrections of it.

Results are scored from drawn answers, three hundred of them; what a member contributed is what its frozen round says, as
the worker checks before an erratum. Constraints and triggers are off meanwhile, and nobody can sign in.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.networks import Drawn, drawn
from benchmarks.planted import TAKEN
from benchmarks.scores import answer_sets
from palier.benchmarks.flows.contributing import counts, scores_of
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules import score
from palier.scoring.rules.record import result_hash, to_plain

QUESTIONNAIRE = "SX"

_TABLES = """
  create unlogged table planted (n int, organisation uuid, person uuid, assessment uuid, drawn int, attributes jsonb);
  create unlogged table drawn_result (drawn int primary key, result jsonb, hash text, engine text, scores jsonb)
"""
_ROWS = """
  insert into organisation (id, slug, name, family, sector, size, country, legal_kind, legal_group, registration, people_word, accent,
    created_at) select organisation, '{slug}-' || n, 'Planted ' || '{slug}' || ' ' || n, attributes ->> 'family', attributes ->> 'sector',
    attributes ->> 'size', attributes ->> 'country', attributes ->> 'legal_kind', '', '', 'client', '', now() from planted;
  insert into network_member (id, network_id, organisation_id, joined_on, verified_at)
    select gen_random_uuid(), '{network}', organisation, current_date - 400, now() from planted;
  insert into contribution (id, network_id, organisation_id, assessment_id, attributes, scores, given_at, campaign_id)
    select gen_random_uuid(), '{network}', organisation, assessment, attributes || jsonb_build_object('group', organisation), scores,
    now(), '{campaign}' from planted join drawn_result using (drawn);
  insert into consent (id, organisation_id, network_id, campaign_id, given, in_time, version, wording_hash, locale, said_by, said_name,
    said_at, assessment_id) select gen_random_uuid(), organisation, '{network}', '{campaign}', true, true, '1', '', 'fr', person, 'Planted',
    now() - interval '40 days', assessment from planted
"""
_ROUND = """
  insert into assessment (id, slug, name, questionnaire, version, definition_hash, opens_on, closes_on, state, created_by, created_at,
    submitted_at, submitted_by, submitted_name, receipt, benchmark_consent, result, result_hash, engine_version, audit_head, campaign_id,
    organisation_id) select {id}, {slug}, 'Planted', '{questionnaire}', '{version}', '{definition}', current_date - 120, current_date - 30,
    'submitted', person, now() - interval '90 days', now() - interval '40 days', person, 'Planted ' || n, '', true, r.result, r.hash,
    r.engine, '', {campaign}, organisation from planted join drawn_result r on r.drawn = {drawn}
"""
_CORRECTION = """
  insert into correction (id, network_id, campaign_id, organisation_id, assessment_id, reason, said_by, said_name, said_at)
    select gen_random_uuid(), '{network}', '{campaign}', p.organisation, a.id, 'Planted', p.person, 'Planted', now()
    from planted p join assessment a on a.organisation_id = p.organisation and a.slug = 'corrected'
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was planted, by its ids."""

    network: UUID
    campaign: UUID


def plant_waiting(administrator: psycopg.Connection, count: int, slug: str) -> Waiting:
    """`count` verified members that contributed to a campaign which closed a month ago."""
    waiting = Waiting(new_id(), new_id())
    administrator.execute(_TABLES)
    results = _results()
    with administrator.cursor() as cursor, cursor.copy("copy drawn_result from stdin") as copy:
        for number, row in enumerate(results):
            copy.write_row((number, *row))
    made = drawn(count, 1, shape=TAKEN)
    _members(administrator, made, len(results))
    administrator.execute("analyze planted")
    _open(administrator, waiting, slug)
    administrator.execute(_ROWS.format(slug=slug, network=waiting.network, campaign=waiting.campaign))
    administrator.execute(
        _rounds(
            id="assessment", slug="'planted'", campaign=f"'{waiting.campaign}'::uuid", drawn="planted.drawn"
        )
    )
    administrator.execute("analyze")
    return waiting


def plant_corrections(administrator: psycopg.Connection, waiting: Waiting, members: Sequence[UUID]) -> None:
    """Each of these members submitted a further round and says that it corrects what it gave."""
    administrator.execute("delete from planted where organisation <> all(%s)", [list(members)])
    another = "(select (n * 7 + 11) % count(*) from drawn_result)"
    administrator.execute(
        _rounds(id="gen_random_uuid()", slug="'corrected'", campaign="null::uuid", drawn=another)
    )
    administrator.execute(_CORRECTION.format(network=waiting.network, campaign=waiting.campaign))


def clear_away(administrator: psycopg.Connection) -> None:
    """The two tables that planting needed."""
    administrator.execute("drop table if exists planted, drawn_result")


def _results() -> list[tuple[Any, ...]]:
    """Results that count in a benchmark, as stored, each with what it contributes."""
    asked = latest(QUESTIONNAIRE)
    scored = [one for one in (score(asked, answers) for answers in answer_sets()) if counts(one)]
    return [
        (json.dumps(to_plain(one)), result_hash(one), one.engine, json.dumps(scores_of(one)))
        for one in scored
    ]


def _members(administrator: psycopg.Connection, made: Drawn, results: int) -> None:
    into = "copy planted (n, organisation, person, assessment, drawn, attributes) from stdin"
    with administrator.cursor() as cursor, cursor.copy(into) as copy:
        for n, attributes in enumerate(made.attributes()):
            copy.write_row((n, new_id(), new_id(), new_id(), n * n % 7919 % results, json.dumps(attributes)))


def _open(administrator: psycopg.Connection, waiting: Waiting, slug: str) -> None:
    version = latest(QUESTIONNAIRE).version
    administrator.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values (%s, %s, %s, 5, true, now())",
        [waiting.network, slug, f"Planted {slug}"],
    )
    administrator.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, version, opens_on, closes_on) "
        "values (%s, %s, 'planted', %s, %s, %s, current_date - 120, current_date - 30)",
        [waiting.campaign, waiting.network, QUESTIONNAIRE, int(version.partition(".")[0]), version],
    )


def _rounds(**words: str) -> str:
    asked = latest(QUESTIONNAIRE)
    return _ROUND.format(
        questionnaire=QUESTIONNAIRE, version=asked.version, definition=asked.content_hash, **words
    )
