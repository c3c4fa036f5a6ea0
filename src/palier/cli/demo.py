"""`palier demo`: fill an empty database with the demo networks, and say who can sign in."""

import argparse
import asyncio
import json
from dataclasses import asdict

import asyncpg

from palier.cli.database import database, tell
from palier.demo.seeding import is_empty, seed, sign_ins
from palier.foundation.database import WORKER, connect, disconnect
from palier.foundation.migrating import migrate, plain_connection
from palier.foundation.settings import Settings, read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and how to say it."""
    parser.add_argument("--reset", action="store_true", help="erase EVERYTHING in the database first")
    parser.add_argument(
        "--json", action="store_true", help="say it as JSON: name, email, password, what, start"
    )


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    if arguments.reset and settings.production:
        tell("palier: --reset erases everything; it is refused in production.")
        return 1
    with database(settings) as url:
        asyncio.run(_fill(settings, url, reset=arguments.reset))
    people = sign_ins(settings)
    if arguments.json:
        print(json.dumps([asdict(person) for person in people], ensure_ascii=False, indent=1))
    else:
        for person in people:
            print(
                f"  {person.email:30} {person.password}   {person.what}\n  {'':30} {settings.public_url}{person.start}"
            )
    return 0


async def _fill(settings: Settings, url: str, *, reset: bool) -> None:
    if reset:
        await _erase(url)
    await migrate(url)
    await connect(url, WORKER)
    try:
        if await is_empty():
            await seed(settings)
    finally:
        await disconnect()


async def _erase(url: str) -> None:
    owner: asyncpg.Connection = await plain_connection(url)
    try:
        await owner.execute("drop schema public cascade; create schema public")
    finally:
        await owner.close()
