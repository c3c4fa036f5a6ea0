"""`palier staff`: who may open /admin. Only here, on the server: no web page makes staff."""

import argparse
import asyncio
import getpass

from palier.cli.database import database, tell
from palier.foundation.database import connect, disconnect
from palier.foundation.migrating import pending
from palier.foundation.settings import read_settings
from palier.platform.flows import staffing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with whom."""
    parser.add_argument("what", choices=("add", "remove", "list"))
    parser.add_argument("email", nargs="?", default="", help="the address of their account")
    parser.add_argument("--note", default="", help="why, for the audit trail")


def run(arguments: argparse.Namespace) -> int:
    if arguments.what != "list" and not arguments.email:
        tell(f"palier: say whose: palier staff {arguments.what} name@example.org")
        return 1
    with database(read_settings()) as url:
        return asyncio.run(_do(url, arguments))


async def _do(url: str, arguments: argparse.Namespace) -> int:
    if await pending(url):
        tell("palier: the database is not at the current schema; run `palier migrate` first.")
        return 2
    await connect(
        url, "palier staff"
    )  # neither of the two roles: as the owner, who alone may write this table
    try:
        return await _carry_out(arguments)
    finally:
        await disconnect()


async def _carry_out(arguments: argparse.Namespace) -> int:
    by = getpass.getuser()
    try:
        match arguments.what:
            case "add":
                await staffing.add(arguments.email, by, arguments.note)
                print(
                    f"{arguments.email} is on the staff. /admin opens with a second factor alone: /account/security."
                )
            case "remove":
                await staffing.remove(arguments.email, by)
                print(f"{arguments.email} is no longer on the staff.")
            case _:
                await _list()
    except (staffing.NoSuchPerson, staffing.StaffAlready, staffing.NotStaff) as refusal:
        tell(f"palier: {_WHY[type(refusal)]}: {arguments.email}")
        return 1
    return 0


_WHY: dict[type[Exception], str] = {
    staffing.NoSuchPerson: "nobody with a confirmed account has this address",
    staffing.StaffAlready: "on the staff already",
    staffing.NotStaff: "not on the staff",
}


async def _list() -> None:
    for post in await staffing.listing():
        note = f"   {post.note}" if post.note else ""
        print(f"{post.person.email:40} since {post.since:%Y-%m-%d} by {post.granted_by}{note}")
