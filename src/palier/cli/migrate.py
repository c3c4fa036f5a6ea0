"""`palier migrate`: the release step. Safe to run again, and from several machines at once."""

import argparse
import asyncio

from palier.cli.database import database
from palier.foundation.migrating import migrate
from palier.foundation.settings import read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(arguments: argparse.Namespace) -> int:
    with database(read_settings()) as url:
        asyncio.run(migrate(url))
    return 0
