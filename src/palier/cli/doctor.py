"""`palier doctor`: what is wrong with each setting, and what to do about it; one line each, never a secret."""

import argparse
import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from palier.cli.database import tell
from palier.foundation.postgres_programs import EmbeddedPostgresError
from palier.foundation.settings import SettingError, Settings, read_settings
from palier.upkeep.dumping import Place, place
from palier.upkeep.flows.examining import examine
from palier.upkeep.rules.verdicts import Finding, Level, faulty, line, worst


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to say it."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def run(arguments: argparse.Namespace) -> int:
    """0 when all is well or merely worth a look, 1 when something is wrong."""
    findings = _findings()
    level = worst(findings)
    if arguments.json:
        print(json.dumps({"level": level, "findings": [asdict(one) for one in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            print(line(finding))
    return 1 if level is Level.WRONG else 0


def _findings() -> list[Finding]:
    try:
        settings = read_settings()
    except SettingError as error:
        return [faulty("settings", str(error), "docs/settings.md describes every variable")]
    except OSError as error:
        return [faulty("settings", f"the data directory cannot be used: {error}", "Set PALIER_DATA_DIR")]
    try:
        with _here(settings) as here:
            return asyncio.run(examine(settings, here))
    except EmbeddedPostgresError as error:
        return [*asyncio.run(examine(settings, None)), faulty("database", str(error), "docs/operations.md")]


@contextmanager
def _here(settings: Settings) -> Iterator[Place | None]:
    """The database, started for as long as we look; a private one that was never made is not made now."""
    if settings.embedded and not (settings.data_directory / "postgres" / "data" / "PG_VERSION").exists():
        yield None
        return
    with place(settings, tell) as here:
        yield here
