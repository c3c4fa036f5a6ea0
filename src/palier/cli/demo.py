"""`palier demo`: fill an empty database with the demo networks, and say who can sign in."""

import argparse
import asyncio
import json
from dataclasses import asdict

import asyncpg

from palier.cli.database import CannotStart, database, tell
from palier.demo.seeding import is_empty, seed, sign_ins
from palier.foundation.database import WORKER, connect, disconnect
from palier.foundation.migrating import migrate, plain_connection
from palier.foundation.settings import Settings, read_settings

_ONLY_HALF = (
    "the demo was ended while it filled this database, which holds only half of it; in production nothing is erased. "
    "Take another database."
)


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
    try:
        with database(settings) as url:
            asyncio.run(_fill(settings, url, reset=arguments.reset))
    except CannotStart as error:
        tell(f"palier: {error}")
        return 1
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
    owner: asyncpg.Connection = await plain_connection(url)
    try:
        if not await owner.fetchval("select pg_try_advisory_lock(hashtext('palier.demo'))"):
            raise CannotStart("somebody else is filling this database with the demo. Wait until it is done.")
        if await _broke_off(owner):
            if settings.production:
                raise CannotStart(_ONLY_HALF)
            tell("The demo was only half there: it is filled anew.")
            reset = True
        if reset:
            await owner.execute("drop schema public cascade; create schema public")
        await migrate(url)
        await _seed(settings, url, owner)
    finally:
        await owner.close()


async def _broke_off(owner: asyncpg.Connection) -> bool:
    """Whether somebody ended us while we were filling this database: nobody has worked in it since."""
    return bool(await owner.fetchval("select to_regclass('demo_under_way') is not null"))


async def _seed(settings: Settings, url: str, owner: asyncpg.Connection) -> None:
    await connect(url, WORKER)
    try:
        if await is_empty():
            await owner.execute("create table demo_under_way ()")
            await seed(settings)
            await owner.execute("drop table demo_under_way")
    finally:
        await disconnect()
