"""`palier migrate`: the release step. Safe to run again, and from several machines at once."""

import argparse
import asyncio

import asyncpg

from palier.cli.database import database, tell
from palier.foundation.migrating import migrate
from palier.foundation.settings import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(arguments: argparse.Namespace) -> int:
    with database(read_settings()) as url:
        try:
            asyncio.run(migrate(url))
        except asyncpg.LockNotAvailableError:
            tell(
                "palier: a table that a migration changes stayed in use for a minute. What came before it is done, it is not: try again."
            )
            return 1
    return 0
