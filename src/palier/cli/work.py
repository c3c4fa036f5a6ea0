"""`palier work`: the worker alone. It sends mail, seals benchmarks and makes documents, until it is told to stop."""

import argparse
import asyncio
import logging

from palier.app import jobs
from palier.foundation.settings import read_settings
from palier.foundation.working import work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: settings come from the environment (docs/settings.md)."""


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT; the jobs being done then have ten seconds to finish."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = read_settings()
    asyncio.run(work(settings.database_url or "", jobs(settings)))
    return 0
