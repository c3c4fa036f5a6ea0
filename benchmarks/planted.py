"""A network of any size, planted in the database of the settings: `python -m benchmarks.planted 100000`.

Copies the demo's submitted rounds (which must be there: `palier demo`) into as many organisations as told, one closed campaign of
them, their people, sessions, trails, letters and jobs, and the edition. Constraints and triggers are off meanwhile: what is planted
has the shape and the size of what people make, and nobody can sign in to it. Chains of the trail are long, not whole.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import psycopg

from benchmarks.networks import Drawn, Given, Shape, drawn
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.contributions import MISSING
from palier.foundation.identifiers import new_id
from palier.foundation.settings import read_settings
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, LEGAL_KINDS, SIZES
from palier.questionnaires.catalogue import latest

TAKEN = Shape(
    {family: dict.fromkeys(sectors, 1) for family, sectors in FAMILIES.items() if family != "finance"},
    dict(zip(SIZES, (40, 30, 18, 9, 3), strict=True)),
    {country: 60 if country == "FR" else 6 for country in COUNTRIES},
    dict.fromkeys(LEGAL_KINDS[1:], 1),
)
"""The product's own words. Without banks and public bodies: k = 5, the most batches there can be."""

TRAIL = 10
"""Entries of each organisation's trail."""

PRIORITY = ["family", "sector", "size", "country", "legal_kind"]


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted, by its ids."""

    network: UUID
    campaign: UUID
    edition: UUID
    seconds: float


_PLANTED = "create unlogged table planted (n int, organisation uuid, person uuid, assessment uuid, template uuid, attributes jsonb)"

# Each reads `planted`: n (from 0), organisation, person, assessment, template (a round of the demo), attributes.
_ORGANISATION = """
  insert into organisation (id, slug, name, family, sector, size, country, legal_kind, legal_group, registration, people_word, accent,
    created_at) select organisation, '{slug}-' || n, 'Planted ' || '{slug}' || ' ' || n, attributes ->> 'family', attributes ->> 'sector',
    attributes ->> 'size', attributes ->> 'country', attributes ->> 'legal_kind', '', '', 'client', '', now() from planted;
  insert into network_member (id, network_id, organisation_id, joined_on, verified_at)
    select uuidv7(), '{network}', organisation, current_date - 400, now() from planted;
  insert into person (id, email, name, password_hash, email_confirmed_at, locale, theme, time_zone, shortcuts, created_at)
    select person, '{slug}-' || n || '@planted.example', 'Planted ' || n, '!', now(), 'fr', 'auto', 'Europe/Paris', true, now()
    from planted;
  insert into membership (id, role, created_at, organisation_id, person_id)
    select uuidv7(), 'owner', now(), organisation, person from planted;
  insert into session (id, fingerprint, user_agent, created_at, seen_at, expires_at, person_id)
    select uuidv7(), encode(sha256(person::text::bytea), 'hex'), 'planted', now(), now(), now() + interval '14 days', person from planted
"""
_ROUND = """
  insert into assessment (id, slug, name, questionnaire, version, definition_hash, opens_on, closes_on, state, created_by, created_at,
    submitted_at, submitted_by, submitted_name, receipt, benchmark_consent, result, result_hash, engine_version, audit_head, campaign_id,
    organisation_id) select p.assessment, lower(t.questionnaire) || '-planted', 'Planted', t.questionnaire, t.version, t.definition_hash,
    current_date - 120, current_date - 30, 'submitted', p.person, now() - interval '90 days', now() - interval '40 days', p.person,
    'Planted ' || p.n, t.receipt, true, t.result, t.result_hash, t.engine_version, t.audit_head, '{campaign}', p.organisation
    from planted p join assessment t on t.id = p.template;
  insert into participation (id, network_id, organisation_id, started_at, submitted_at, campaign_id)
    select uuidv7(), '{network}', organisation, now() - interval '90 days', now() - interval '40 days', '{campaign}' from planted;
  insert into contribution (id, network_id, organisation_id, assessment_id, attributes, scores, given_at, campaign_id)
    select uuidv7(), '{network}', organisation, assessment, attributes || jsonb_build_object('group', organisation), null, now(),
    '{campaign}' from planted
"""
_ANSWERS = """
  insert into answer (id, organisation_id, code, state, level, reason, rationale, evidence_grade, evidence, evidence_link, to_review,
    revision, updated_by, updated_name, updated_at, assessment_id, value) select uuidv7(), p.organisation, a.code, a.state, a.level,
    a.reason, a.rationale, a.evidence_grade, a.evidence, a.evidence_link, a.to_review, a.revision, p.person, a.updated_name, a.updated_at,
    p.assessment, a.value from planted p join answer a on a.assessment_id = p.template where p.n % {every} = 0
"""
_EVENTS = """
  insert into answer_event (op, organisation_id, code, revision, person_id, person_name, at, before, after, assessment_id)
    select uuidv7(), p.organisation, e.code, e.revision, p.person, e.person_name, e.at, e.before, e.after, p.assessment
    from planted p join answer_event e on e.assessment_id = p.template where p.n % {every} = 0
"""
_TRAIL = """
  insert into audit_entry (chain, seq, at, person_id, role, verb, subject, details, salt, details_hash, previous_hash, hash)
    select p.organisation, s, now() - interval '90 days' + s * interval '1 hour', p.person, 'owner', 'assessments.answered',
    'assessment planted', '{{}}', '', repeat('0', 64), repeat('0', 64), encode(sha256((p.n || ' ' || s)::bytea), 'hex')
    from planted p, generate_series(1, {trail}) as s;
  insert into audit_head (chain, seq, hash) select organisation, {trail}, encode(sha256((n || ' {trail}')::bytea), 'hex') from planted;
  insert into mail (id, kind, recipient, locale, subject, text, html, created_at, sent_at, attempts, failure) select uuidv7(),
    'assessments.receipt', '{slug}-' || n || '@planted.example', 'fr', 'Planted', repeat('planted ', 60), repeat('planted ', 120),
    now() - interval '40 days', now() - interval '40 days', 1, '' from planted;
  insert into procrastinate_jobs (queue_name, task_name, priority, args, status, scheduled_at, attempts)
    select 'default', 'assessment.submitted', 0, jsonb_build_object('organisation_id', organisation, 'assessment_id', assessment),
    'succeeded', null, 1 from planted
"""


def plant(
    url: str, count: int, *, questionnaire: str = "SX", answered: float = 0.25, slug: str = "planted"
) -> Planted:
    """`count` organisations with one submitted round each; answers and their history for the share `answered` of them."""
    started, network, campaign, edition = time.perf_counter(), new_id(), new_id(), new_id()
    variables = variables_of(questionnaire)
    made = drawn(count, len(variables), shape=TAKEN)
    every = max(1, round(1 / answered)) if answered else count + 1
    words = {"slug": slug, "network": network, "campaign": campaign, "every": every, "trail": TRAIL}
    with administrator_of(url) as connection:
        connection.execute("drop table if exists planted")
        connection.execute(_PLANTED)
        members = list(_members(connection, made, _templates(connection, questionnaire)))
        connection.execute("create index on planted (template)")
        connection.execute("analyze planted")
        _open_campaign(connection, network, campaign, questionnaire, slug)
        _in_parallel(url, [_ANSWERS, _EVENTS, _ORGANISATION, _ROUND, _TRAIL], words)
        frozen = publish({"k": 5, "priority": PRIORITY}, given(made, members, variables), None)
        freeze(connection, frozen, edition, campaign, network)
        connection.execute("drop table planted")
        connection.execute("analyze")
    return Planted(network, campaign, edition, time.perf_counter() - started)


def _templates(connection: psycopg.Connection, questionnaire: str) -> list[UUID]:
    """Rounds of the demo to copy, evenly. Raises LookupError."""
    sql = "select id from assessment where questionnaire = %s and state = 'submitted' and campaign_id is not null limit 40"
    found = [row[0] for row in connection.execute(sql, [questionnaire])]
    if not found:
        raise LookupError(f"no submitted round on {questionnaire} to copy: run palier demo")
    return found


def _open_campaign(
    connection: psycopg.Connection, network: UUID, campaign: UUID, questionnaire: str, slug: str
) -> None:
    """The network, which is of invented data, and its campaign, closed a month ago."""
    version = latest(questionnaire).version
    connection.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values (%s, %s, %s, 5, true, now())",
        [network, slug, f"Planted {slug}"],
    )
    connection.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, version, opens_on, closes_on) "
        "values (%s, %s, 'planted', %s, %s, %s, current_date - 120, current_date - 30)",
        [campaign, network, questionnaire, int(version.partition(".")[0]), version],
    )


def variables_of(questionnaire: str) -> list[str]:
    """What a round on it is compared by."""
    asked = latest(questionnaire)
    names = (
        {one.code for one in asked.dimensions}
        | {one.code for one in asked.elements}
        | {one.code for one in asked.criteria}
    )
    return sorted(names | {"total"})


def administrator_of(url: str) -> psycopg.Connection:
    """Whoever plants: no constraint, no trigger, no row hidden, nothing waited for."""
    connection = psycopg.connect(url, user="postgres", autocommit=True)
    connection.execute("set session_replication_role = replica")
    connection.execute("set synchronous_commit = off")
    return connection


def _members(connection: psycopg.Connection, made: Drawn, templates: Sequence[UUID]) -> Iterator[UUID]:
    into = "copy planted (n, organisation, person, assessment, template, attributes) from stdin"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for n, attributes in enumerate(made.attributes()):
            organisation = new_id()
            copy.write_row(
                (n, organisation, new_id(), new_id(), templates[n % len(templates)], json.dumps(attributes))
            )
            yield organisation


def _in_parallel(url: str, statements: Sequence[str], words: dict[str, object]) -> None:
    """Two at a time, each on its own connection: the tables have nothing to do with one another."""

    def run(statement: str) -> None:
        with administrator_of(url) as connection:
            connection.execute(statement.format(**words))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, statements))


def given(made: Drawn, members: Sequence[UUID], variables: Sequence[str]) -> Iterator[Given]:
    """The network as `rules.publish` takes it."""
    points = [tenth / 10 for tenth in range(1001)]
    for organisation, attributes, scores in zip(
        members, made.attributes(), made.tenths.T.tolist(), strict=True
    ):
        told = {
            name: None if tenth == MISSING else points[tenth]
            for name, tenth in zip(variables, scores, strict=True)
        }
        yield {"member": str(organisation), "group": str(organisation), **attributes, "scores": told}


def freeze(
    connection: psycopg.Connection, frozen: Edition, edition: UUID, campaign: UUID, network: UUID
) -> None:
    """The edition as the worker writes it down."""
    connection.execute(
        "insert into edition (id, network_id, campaign_id, name, questionnaire, major, k, priority, published_on, hash) select %s, "
        "network_id, id, name, questionnaire, major, %s, %s, current_date, %s from campaign where id = %s",
        [edition, frozen.k, json.dumps(frozen.priority), frozen.fingerprint(), campaign],
    )
    columns = "id, edition_id, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches"
    with connection.cursor() as cursor, cursor.copy(f"copy release_row ({columns}) from stdin") as copy:
        for rows in frozen.releases.values():
            batches = json.dumps(rows[0].batches)
            for row in rows:
                copy.write_row((
                    new_id(), edition, network, row.cohort_key, row.variable, row.n_band, row.p10, row.q1, row.median, row.q3, row.p90,
                    batches,
                ))  # fmt: skip
    columns = "id, edition_id, network_id, batch, organisation_id, legal_group, attributes"
    with connection.cursor() as cursor, cursor.copy(f"copy batch_member ({columns}) from stdin") as copy:
        for seat in frozen.seats:
            copy.write_row(
                (
                    new_id(),
                    edition,
                    network,
                    seat.batch,
                    seat.member,
                    seat.group,
                    json.dumps(dict(seat.attributes)),
                )
            )


def main() -> None:
    """Plant what the command line tells."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("count", type=int)
    told.add_argument("--questionnaire", default="SX")
    told.add_argument(
        "--answered", type=float, default=0.25, help="share of the rounds planted with answers and history"
    )
    told.add_argument("--slug", default="planted")
    words = told.parse_args()
    url = str(read_settings().database_url)
    done = plant(
        url, words.count, questionnaire=words.questionnaire, answered=words.answered, slug=words.slug
    )
    print(
        f"{words.count:,} organisations in {done.seconds:.0f} s: network {words.slug}, edition {done.edition}"
    )


if __name__ == "__main__":
    main()
