"""Two cheap questions about a database, asked at every start: is its schema current, does it want the demo?"""

import hashlib

import psycopg

from palier.foundation.embedded_postgres import Cluster
from palier.foundation.settings import ROOT


def is_current(cluster: Cluster) -> bool:
    """Whether `remember` noted these sources for this cluster, and its database knows all their migrations.

    The note alone would be wrong once an older copy is restored, the history alone once grants.sql changed.
    """
    note = cluster.home / "migrated"
    return note.exists() and note.read_text() == _fingerprint() and _history(cluster.url) >= _shipped()


def remember(cluster: Cluster) -> None:
    """Note beside the data that it was migrated from these sources."""
    (cluster.home / "migrated").write_text(_fingerprint())


def wants_the_demo(url: str) -> bool:
    """Whether a migrated database has no person in it, or half of a demo that somebody ended while it was filled."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select to_regclass('demo_under_way') is not null or not exists (select from person)"
        ).fetchone()
    return bool(row and row[0])


def _fingerprint() -> str:
    """Of all that `palier migrate` reads: our migrations, and the versions of the libraries it asks."""
    sources = [*sorted((ROOT / "migrations").glob("*.*")), ROOT / "requirements" / "main.txt"]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def _shipped() -> set[str]:
    return {path.stem for path in (ROOT / "migrations").glob("[0-9]*.py")}


def _history(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('tortoise_migrations')").fetchone() == (None,):
            return set()
        return {name for (name,) in connection.execute("select name from tortoise_migrations")}
