"""`palier COMMAND`: one module of `palier.cli` for each command, imported only when it is asked for."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from palier.foundation.postgres_programs import EmbeddedPostgresError
from palier.foundation.settings import SettingError, read_settings

COMMANDS = {
    "serve": "start everything: database, web, worker; Ctrl-C stops it",
    "work": "run the worker alone",
    "migrate": "bring the database to the current schema",
    "backup": "copy database and files into one file, checked, encrypted if asked for",
    "restore": "bring a backup back into an empty place",
    "doctor": "say what is wrong with the settings and what to do about it",
    "demo": "fill an empty database with the demo networks and say who can sign in",
    "check": "check questionnaire files; name file, line and reason of every fault",
    "convert": "turn a questionnaire into a workbook people can edit, or a workbook into YAML",
    "score": "score an answers file with the engine alone",
    "staff": "say who runs this platform: add, remove or list those who may open /admin",
    "billing": "make the prices at Stripe, compare everything with it, say how that stands",
    "permissions": "say who may do what, role by role and address by address",
    "audit": "walk the chains of the audit trail and say what was changed behind their back",
    "recompute": "compute every stored result again and say what differs",
}
"""Each is a module `palier.cli.<command>` with `add_arguments(parser)` and `run(arguments) -> status`."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. `words` default to the command line's."""
    given = sys.argv[1:] if words is None else list(words)
    chosen = next((word for word in given if word in COMMANDS), None)
    arguments = _parser(chosen).parse_args(given)
    try:
        return arguments.run(arguments)
    except (SettingError, EmbeddedPostgresError) as error:
        print(f"palier: {error}", file=sys.stderr)
        return 1
    except Exception:
        if reason := _database_away():
            print(f"palier: {reason}", file=sys.stderr)
            return 1
        raise


def _database_away() -> str | None:
    """What to do where a command fell because the server of a setting lets nobody in; None where it does, or is our own.

    It is asked rather than guessed from the error: which one a driver raises depends on where it was when the server went.
    """
    url = read_settings().database_url
    why = importlib.import_module("palier.cli.database").why_unanswered(url) if url else None
    if why is None:
        return None
    return f"the database does not answer: {why}. Check PALIER_DATABASE_URL, the server, and that it lets this machine in."


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The command line. Only the chosen command's module is loaded: `check` needs no web application."""
    parser = argparse.ArgumentParser(prog="palier", description="Assess, compare, plan.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name == chosen:
            module = importlib.import_module(f"palier.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
