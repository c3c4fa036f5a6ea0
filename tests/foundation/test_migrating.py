"""The models and the migrations agree, and a database of the first release comes along with everything in it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from palier.foundation.database import credentials
from palier.foundation.migrating import ROOT, shipped
from tests.conftest import _administrator

PLAIN = (
    '{"state": "answered", "level": 3, "reason": "", "rationale": "Vu en gare", "evidence_grade": "none", '
    '"evidence": "", "evidence_link": "", "to_review": false}'
)


def test_the_models_ask_for_nothing_that_no_migration_brings() -> None:
    program = (
        "import asyncio; from tortoise import Tortoise; from tortoise.migrations.autodetector import *;"
        "from palier.foundation.migrating import TORTOISE_ORM as c\n"
        "async def main():\n"
        "    await Tortoise.init(config=c, init_connections=False)\n"
        "    found = await MigrationAutodetector(Tortoise.apps, c['apps']).changes()\n"
        "    print([str(w.operations) for w in found if w.operations])\n"
        "asyncio.run(main())"
    )
    assert _python("-c", program).strip() == "[]"


@pytest.fixture
async def first_release(cluster: str) -> AsyncIterator[str]:
    """The owner's address of a database as the first release left it."""
    administrator = await _administrator(cluster)
    await administrator.execute(f"create database first_release owner {credentials(cluster)['user']}")
    url = cluster.replace("/palier?", "/first_release?") if "?" in cluster else f"{cluster}_first_release"
    steps = (
        "import asyncio, sys, palier.foundation.migrating as m; from functools import partial;"
        "m.run_migrations = partial(m.run_migrations, target='0002_isolation_and_history');"
        "m._grant = lambda guard: asyncio.sleep(0); asyncio.run(m.migrate(sys.argv[1]))"
    )
    await asyncio.to_thread(_python, "-c", steps, url)
    yield url
    await administrator.execute("drop database first_release with (force)")
    await administrator.close()


async def test_a_database_of_the_first_release_keeps_its_answers(cluster: str, first_release: str) -> None:
    """Kept answers read as they did, so that a save sent again is still known for the one it was."""
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("needs a cluster of its own")
    connection = await asyncpg.connect(**_as_administrator(cluster, "first_release"))
    await connection.execute(
        "set session_replication_role = replica;"
        "insert into assessment (id, organisation_id, slug, name, questionnaire, version, definition_hash, opens_on, state,"
        " created_by, created_at, submitted_name, receipt, result_hash, engine_version, audit_head) values (gen_random_uuid(), gen_random_uuid(), 'fl-2026', '2026', 'FL', '1.0.0', 'x', '2026-01-01', 'draft',"
        " gen_random_uuid(), now(), '', '', '', '', '');"
        "insert into answer (id, organisation_id, assessment_id, code, state, level, reason, rationale, evidence_grade, evidence,"
        " evidence_link, to_review, revision, updated_by, updated_name, updated_at)"
        " select gen_random_uuid(), organisation_id, id, 'FL1.1.1', 'answered', 3, '', 'Vu en gare', 'none', '', '', false, 1,"
        " gen_random_uuid(), 'Claire', now() from assessment"
    )
    await asyncio.to_thread(
        _python,
        "-c",
        "import sys; from palier.foundation.migrating import main; main(sys.argv[1])",
        first_release,
    )
    assert await connection.fetchval("select plain_answer(a) = $1::jsonb from answer a", PLAIN)
    assert await connection.fetchval("select scope::text from assessment") == "[]"
    known = await connection.fetch("select name from tortoise_migrations")
    assert {row["name"] for row in known} >= set(shipped())
    await connection.close()


def _as_administrator(url: str, database: str) -> dict[str, object]:
    given = credentials(url)
    return {key: given[key] for key in ("host", "port")} | {"user": "postgres", "database": database}


def _python(*words: str) -> str:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.run(
        [sys.executable, *words], check=True, capture_output=True, text=True, env=environment, cwd=Path(ROOT)
    ).stdout
