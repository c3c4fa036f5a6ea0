"""The drill: back up while people write, restore on another server under another owner, compare everything."""

import hashlib
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from palier.foundation.identifiers import new_id
from palier.foundation.settings import ROOT
from palier.reports.pdf import Metadata, render_pdf
from tests.cli.serving import PATIENCE, bare_environment
from tests.demonstration import Demonstration, copied
from tests.plain_postgres import plain_postgres

pytestmark = pytest.mark.database

PLATFORM = UUID(int=0)
WRITTEN = {"audit_entry", "audit_head", "mail", "stored_file"}
"""The tables the writer writes; every other one is the same to the row."""


@cache
def paper() -> bytes:
    """A document of the house."""
    facts = Metadata("Drill", "Palier", "", datetime(2026, 1, 1, tzinfo=UTC), bytes(16))
    page = "<html lang=fr><head><title>Drill</title></head><body><h1>Drill</h1></body></html>"
    return render_pdf(page, [], {}, [], facts, "fr")


@dataclass
class Writer:
    """Somebody at work: each change is a letter, an entry of the trail and a file, in one transaction."""

    site: Demonstration
    organisation: UUID
    acknowledged: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._some = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> "Writer":
        self._thread.start()
        assert self._some.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        with psycopg.connect(self.site.url, user=self.site.administrator) as connection:
            while not self._over.is_set():
                self.acknowledged.append(self._one(connection))
                if len(self.acknowledged) > 10:
                    self._some.set()

    def _one(self, connection: psycopg.Connection) -> UUID:
        identifier = new_id()
        key, data = f"{self.organisation}/{identifier}", paper() + str(identifier).encode()
        path = self.site.data_directory / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        connection.execute(
            "insert into mail (id, kind, recipient, locale, subject, text, created_at, attempts, failure, html) "
            "values (%s, 'drill', 'a@example.org', 'fr', 'x', 'x', now(), 0, '', '')",
            [identifier],
        )
        connection.execute(
            "select audit_append(%s, null, '', null, 'drill.written', %s, '')", [PLATFORM, str(identifier)]
        )
        connection.execute(
            "insert into stored_file (id, organisation_id, key, name, media_type, size, sha256, created_at) "
            "values (%s, %s, %s, 'paper.pdf', 'application/pdf', %s, %s, now())",
            [identifier, self.organisation, key, len(data), hashlib.sha256(data).hexdigest()],
        )
        connection.commit()
        return identifier


@dataclass(frozen=True)
class Drill:
    """Both sides after it: what was copied from, what it was restored into, what was acknowledged before it began."""

    site: Demonstration
    owner: str
    administrator: str
    folder: Path
    before: set[UUID]
    backup: Path

    def palier(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        there = {"PALIER_DATABASE_URL": self.owner, "PALIER_DATA_DIR": str(self.folder)}
        return palier(bare_environment(**there, **variables), *words)


def palier(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "palier", *words]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False, text=True)


@pytest.fixture(scope="module")
def drill(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("drill")
    with copied(seeded, "drill", folder / "here") as site, plain_postgres() as (owner, administrator):
        with psycopg.connect(site.url, user=site.administrator) as connection:
            (organisation,) = connection.execute(
                "select id from organisation order by slug limit 1"
            ).fetchone()
        seer = site.url.replace("//palier@", f"//{site.administrator}@")
        environment = bare_environment(
            PALIER_DATABASE_URL=site.url,
            PALIER_DATABASE_URL_BACKUP=seer,
            PALIER_DATA_DIR=str(site.data_directory),
        )
        with Writer(site, organisation) as writer:
            before = set(writer.acknowledged)
            made = palier(environment, "backup", "--to", str(folder / "copies"), "--with-secret")
        assert made.returncode == 0, made.stderr
        there = Drill(site, owner, administrator, folder / "there", before, Path(made.stdout.strip()))
        restored = there.palier("restore", str(there.backup))
        assert restored.returncode == 0, restored.stderr
        yield there


def rows_of(url: str, user: str | None = None) -> dict[str, Counter[str]]:
    """A hash of every row of every table."""
    given = {"user": user} if user else {}
    with psycopg.connect(url, **given) as connection:
        connection.execute("set time zone 'UTC'")
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        ask = sql.SQL("select md5(t::text) from {} t")
        return {
            name: Counter(row for (row,) in connection.execute(ask.format(sql.Identifier(name))))
            for (name,) in tables
        }


def test_every_row_of_every_table_is_back(drill: Drill) -> None:
    here, there = rows_of(drill.site.url, drill.site.administrator), rows_of(drill.administrator)
    assert set(here) == set(there)
    assert len(here) > 100
    for table in sorted(set(here) - WRITTEN):
        assert there[table] == here[table], table
    for table in ("audit_entry", "mail", "stored_file"):
        assert there[table] <= here[table], f"{table} has rows nobody wrote"


def test_what_was_acknowledged_before_is_in_and_no_change_is_half_in(drill: Drill) -> None:
    with psycopg.connect(drill.administrator) as connection:

        def found(question: str) -> set[UUID]:
            return {UUID(str(one)) for (one,) in connection.execute(question)}

        letters = found("select id from mail where kind = 'drill'")
        entries = found("select subject from audit_entry where verb = 'drill.written'")
        papers = found("select id from stored_file where name = 'paper.pdf'")
    assert drill.before <= letters
    assert letters == entries == papers


def test_every_file_is_back_with_its_bytes_and_a_pdf_is_that_pdf(drill: Drill) -> None:
    with psycopg.connect(drill.administrator) as connection:
        kept = connection.execute("select key, sha256 from stored_file").fetchall()
    assert kept
    for key, digest in kept:
        assert hashlib.sha256((drill.folder / "files" / key).read_bytes()).hexdigest() == digest
    one = min(drill.before)
    with psycopg.connect(drill.administrator) as connection:
        (key,) = connection.execute("select key from stored_file where id = %s", [one]).fetchone()
    assert (drill.folder / "files" / key).read_bytes() == paper() + str(one).encode()


def test_the_house_is_guarded_as_before_under_its_new_owner(drill: Drill) -> None:
    """Policies, rights and functions are the same; where the owner's name stood, the new one stands."""
    policies = "select tablename, policyname, cmd, roles::text, qual, with_check from pg_policies where schemaname = 'public'"
    rights = (
        "select relname, relrowsecurity, relforcerowsecurity, acl::text from pg_class "
        "left join lateral unnest(relacl) acl on true where relnamespace = 'public'::regnamespace"
    )
    functions = "select oid::regprocedure::text, prosecdef, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace"
    with (
        psycopg.connect(drill.site.url, user=drill.site.administrator) as here,
        psycopg.connect(drill.administrator) as there,
    ):
        for question in (policies, rights, functions):
            assert told(there, question) == told(here, question)


def told(connection: psycopg.Connection, question: str) -> set[str]:
    """The answers, under one owner's name, without the casts that PostgreSQL writes anew when it reads its own text."""
    rows = (str(row).replace("tenant", "palier") for row in connection.execute(question))
    return {re.sub(r"::(text|character varying)(\[\])?|[()]", "", row) for row in rows}


def test_the_trail_holds_and_every_figure_is_computed_again(drill: Drill) -> None:
    verified = drill.palier("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    recomputed = drill.palier("recompute")
    assert recomputed.returncode == 0, recomputed.stdout + recomputed.stderr
    assert " 0 differ" in recomputed.stdout


def test_the_restored_house_takes_changes(drill: Drill) -> None:
    """Sequences and triggers came along: the next entry follows the last."""
    with psycopg.connect(drill.administrator) as connection:
        last = "select max(seq) from audit_entry where chain = %s"
        (before,) = connection.execute(last, [PLATFORM]).fetchone()
        connection.execute("select audit_append(%s, null, '', null, 'drill.after', '', '')", [PLATFORM])
        (after,) = connection.execute(last, [PLATFORM]).fetchone()
        connection.rollback()
    assert after == before + 1


def test_a_place_with_something_in_it_is_left_alone(drill: Drill) -> None:
    again = drill.palier("restore", str(drill.backup))
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    with psycopg.connect(drill.administrator) as connection:
        assert connection.execute("select count(*) > 0 from person").fetchone() == (True,)


def test_an_owner_who_sees_a_part_makes_no_backup(drill: Drill) -> None:
    refused = drill.palier("backup", "--to", str(drill.folder / "part"))
    assert refused.returncode == 1
    assert "row-level security hides rows from tenant" in refused.stderr
    assert "p@ss word" not in refused.stderr
    assert not list((drill.folder / "part").glob("*"))
