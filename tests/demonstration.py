"""The demonstration as tests use it: seeded once a run, copied by whoever wants to write, served by real processes.

Seeding costs seconds and a copy costs a fraction of one, so the seeded database itself is a template that nobody opens.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
from psycopg import sql

from palier.foundation.settings import ROOT
from tests.scratch import first, of_the_run


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A seeded database with its data directory; `passwords` by e-mail address."""

    url: str
    data_directory: Path
    passwords: dict[str, str]

    @property
    def administrator(self) -> str:
        """A database user whom row-level security does not bind."""
        return _administrator()

    def environment(self) -> dict[str, str]:
        """What a process of Palier needs to know to work on it."""
        return os.environ | {
            "PALIER_DATABASE_URL": self.url, "PALIER_DATA_DIR": str(self.data_directory), "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip


def seed_demonstration(cluster: str) -> Demonstration:
    """What `palier demo` makes on a new database of the cluster; the run's processes share it."""
    folder = of_the_run() / "demonstration"
    said = folder / "people.json"
    seeded = Demonstration(_sibling(cluster, "demonstration"), folder, {})
    with first("seeded") as nobody_has:
        if nobody_has:
            folder.mkdir(exist_ok=True)
            _seed(seeded, said)
    return replace(seeded, passwords={one["email"]: one["password"] for one in json.loads(said.read_text())})


def _seed(empty: Demonstration, said: Path) -> None:
    _hurry(create_database(empty.url, _name(empty.url)))
    done = subprocess.run(
        [sys.executable, "-m", "palier", "demo", "--json"], env=empty.environment(), cwd=ROOT, capture_output=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    said.write_bytes(done.stdout)


@contextmanager
def copied(seeded: Demonstration, name: str, folder: Path) -> Iterator[Demonstration]:
    """A copy to write in, in a database named after `name` and this process; dropped at the end."""
    name = f"{name}_{os.getpid()}"
    url = create_database(seeded.url, name, template=_name(seeded.url))
    shutil.copytree(seeded.data_directory, folder, dirs_exist_ok=True)
    _hurry(url)
    try:
        yield Demonstration(url, folder, seeded.passwords)
    finally:
        drop_database(seeded.url, name)


def create_database(beside: str, name: str, template: str = "template1") -> str:
    """Make an empty or a copied database in the cluster of `beside`; its address. One left by a killed run goes first."""
    drop_database(beside, name)
    with psycopg.connect(_sibling(beside, "postgres"), autocommit=True) as connection:
        names = sql.Identifier(name), sql.Identifier(template)
        connection.execute(sql.SQL("create database {} template {}").format(*names))
    return _sibling(beside, name)


def drop_database(beside: str, name: str) -> None:
    """As the administrator: the server's own cleaning of a table may be at work there, and nobody else may stop it."""
    address = _sibling(beside, "postgres")
    with psycopg.connect(address, user=_administrator(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _administrator() -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    return str(urlsplit(given).username) if given else "postgres"


def _hurry(url: str) -> None:
    """Commits need not reach the disk: what a test wrote, nobody misses."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(_name(url))
        connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))


def _sibling(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


# --- processes ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def web(
    environment: dict[str, str], port: int = 0, *, app: str = "palier.app:create_app"
) -> AsyncIterator[str]:
    """A web process of its own; its address, once it answers."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    arguments = [
        "--factory",
        app,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", *arguments, cwd=ROOT, env=environment
    )
    try:
        await _until_it_answers(address, process)
        yield address
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def worker(environment: dict[str, str]) -> AsyncIterator[None]:
    """A worker process of its own: makes the documents that pages ask for."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "palier", "work", cwd=ROOT, env=environment
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def _until_it_answers(address: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                await client.get(f"{address}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
