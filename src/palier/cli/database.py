"""Which database a command works on: the one a setting names, or the private one while the command runs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from palier.foundation.embedded_postgres import running
from palier.foundation.later import Later
from palier.foundation.settings import Settings

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = Later("psycopg")

_PATIENCE = 5
"""Seconds a server may take to let us in before it counts as away."""


class CannotStart(RuntimeError):
    """Starting is not possible; the message says what to do."""


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the owner's database. Starts the private server when no other is set, or joins it."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with running(settings.data_directory, settings.postgres_binaries, say=tell) as cluster:
        yield cluster.url


def tell(message: str) -> None:
    """To the person at the terminal, not into output that a program reads."""
    print(message, file=sys.stderr, flush=True)


def why_unanswered(url: str) -> str | None:
    """Why the database at `url` lets nobody in, in one line without the password; None when it does."""
    try:
        psycopg.connect(url, connect_timeout=_PATIENCE).close()
    except psycopg.Error as error:
        return str(error).partition("\n")[0]
    return None
