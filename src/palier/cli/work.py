"""`palier work`: the worker alone. It sends mail, seals benchmarks, makes documents, until told to stop."""

import argparse
import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from palier.cli.database import CannotStart, database, tell
from palier.cli.definitions import refuse_changed_files
from palier.cli.shelf import refuse_a_shelf_that_is_away
from palier.foundation.later import Later
from palier.foundation.quick_start import quickly
from palier.foundation.settings import read_settings

if TYPE_CHECKING:
    from palier import jobs as house
    from palier.foundation import watching, working
else:
    house = Later("palier.jobs")
    watching, working = Later("palier.foundation.watching"), Later("palier.foundation.working")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: settings come from the environment (docs/settings.md)."""


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; the jobs being done then have ten seconds to finish."""
    settings = read_settings()
    with quickly():
        watching.begin(settings, "worker")
    try:
        asyncio.run(refuse_a_shelf_that_is_away(settings))
    except CannotStart as error:
        tell(f"palier: {error}")
        return 1
    with database(settings) as url:
        try:
            with suppress(psycopg.OperationalError):  # a database that is away is waited for
                refuse_changed_files(url)
        except CannotStart as error:
            tell(f"palier: {error}")
            return 1
        with quickly():
            work, jobs = working.work, house.jobs(settings)
        gc.freeze()  # what was loaded stays: the collector need not look through it again
        asyncio.run(work(url, jobs))
    watching.end()
    return 0
