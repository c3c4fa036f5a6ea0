"""`palier serve`: database, migrations, demo, web and worker from one command, and all gone at its end."""

import argparse
import asyncio
import contextlib
import fcntl
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from palier.cli.children import Child, aside, end, first_of, keep_alive, start
from palier.cli.database import CannotStart, tell
from palier.cli.shelf import refuse_a_shelf_that_is_away
from palier.foundation import embedded_postgres
from palier.foundation.embedded_postgres import Cluster
from palier.foundation.later import Later
from palier.foundation.postgres_programs import EmbeddedPostgresError
from palier.foundation.settings import VARIABLES, Settings, read_settings

if TYPE_CHECKING:
    from palier.cli import definitions, schema
else:
    definitions, schema = Later("palier.cli.definitions"), Later("palier.cli.schema")

_ANSWER_SECONDS = 60.0
_PORT_SECONDS = 10.0  # a web process whose supervisor was killed has six to leave the port
_LOOK_SECONDS = 0.25


class CannotServe(CannotStart):
    """Something this supervisor needs is not to be had."""


class AskedToStop(Exception):
    """Somebody ended us while we were starting."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: settings come from the environment (docs/settings.md)."""


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _alone(settings), _server(settings) as cluster:
            url = cluster.url if cluster else settings.database_url or ""
            asyncio.run(_serve(replace(settings, database_url=url), cluster))
    except CannotStart as error:
        tell(f"palier: {error}")
        return 1
    except (AskedToStop, KeyboardInterrupt):
        return 0
    return 0


def web(settings: Settings) -> Child:
    """The web server, on one address."""
    options = ["--interface", "asgi", "--host", settings.host, "--port", str(settings.port), "--no-ws"]
    # Where it looks for HTTP/2 first, granian waits for ever for whoever connects and says nothing.
    options += ["--http", "1"]
    options += ["--workers", str(settings.web_processes), "--loop", "uvloop", "--respawn-failed-workers"]
    options += ["--workers-kill-timeout", "5", "--log-level", "warning"]
    options += ["--factory", "palier.cli.web:create_app"]
    return Child("web", [sys.executable, "-m", "granian", *options], _environment(settings))


def palier(settings: Settings, command: str) -> Child:
    """One of our own commands, on the database that is being served."""
    return Child(command, [sys.executable, "-m", "palier", command], _environment(settings))


def _environment(settings: Settings) -> dict[str, str]:
    """What a child has to be told: the rest it reads from the environment it inherits."""
    return {
        VARIABLES["database_url"][0]: settings.database_url or "",
        VARIABLES["data_directory"][0]: str(settings.data_directory),
    }


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One supervisor for each data directory. The system drops the lock when its holder dies."""
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    with (settings.data_directory / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(f"already running on the data in {settings.data_directory}.") from None
        yield


@contextmanager
def _server(settings: Settings) -> Iterator[Cluster | None]:
    """The private server, or None when a setting names another one."""
    if not settings.embedded:
        yield None
        return
    binaries = settings.postgres_binaries
    with embedded_postgres.running(settings.data_directory, binaries, tell, _start_aside) as cluster:
        yield cluster


def _start_aside(cluster: Cluster) -> None:
    aside(lambda: embedded_postgres.start(cluster))


async def _serve(settings: Settings, cluster: Cluster | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopping.set)
    await refuse_a_shelf_that_is_away(settings)
    await _wait_for_port(settings, stopping)
    sign_ins = await prepared(settings, cluster, stopping)
    shown = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_alive(web(settings), stopping, tell))
        tasks.create_task(_work(settings, shown, stopping))
        if cluster:
            tasks.create_task(_keep_database(cluster, stopping))
        tasks.create_task(_welcome(settings, sign_ins, shown, stopping))


async def prepared(settings: Settings, cluster: Cluster | None, stopping: asyncio.Event) -> str:
    """Schema, definitions and demo, once more where our own database died meanwhile; who can sign in.

    Raises CannotStart when one of them says so, AskedToStop when we are asked to stop meanwhile.
    """
    try:
        return await _prepare(settings, cluster, stopping)
    except AskedToStop:
        raise
    except Exception:  # which one a driver raises depends on where it was when the server went
        if cluster is None or embedded_postgres.is_running(cluster):
            raise
    tell("The database ended; starting it again.")
    embedded_postgres.start(cluster)
    return await _prepare(settings, cluster, stopping)


async def _prepare(settings: Settings, cluster: Cluster | None, stopping: asyncio.Event) -> str:
    await _migrate(settings, cluster, stopping)
    aside(lambda: definitions.refuse_changed_files(settings.database_url or ""))
    return await _fill(settings, stopping)


async def _work(settings: Settings, shown: asyncio.Event, stopping: asyncio.Event) -> None:
    """The worker, once the first page was shown: both import the whole house, and the page is waited for."""
    await first_of(shown.wait(), stopping.wait())
    if not stopping.is_set():
        await keep_alive(palier(settings, "work"), stopping, tell)


async def _migrate(settings: Settings, cluster: Cluster | None, stopping: asyncio.Event) -> None:
    """Bring the schema up to date; our own database remembers that it is, which spares a start a second."""
    if cluster and aside(lambda: schema.is_current(cluster)):
        return
    await _finish(palier(settings, "migrate"), stopping)
    if cluster:
        aside(lambda: schema.remember(cluster))


async def _fill(settings: Settings, stopping: asyncio.Event) -> str:
    """Seed an empty database with the demo, except where Palier works for others; who can sign in."""
    if settings.production or not aside(lambda: schema.wants_the_demo(settings.database_url or "")):
        return ""
    tell("Filling the empty database with the demo networks.")
    return await _finish(palier(settings, "demo"), stopping)


async def _finish(child: Child, stopping: asyncio.Event) -> str:
    """Run a command to its end and hand back what it printed.

    Raises CannotServe when it fails, AskedToStop when we are asked to stop meanwhile.
    """
    process = await start(child, stdout=asyncio.subprocess.PIPE)
    printed = asyncio.ensure_future(process.communicate())
    try:
        await first_of(asyncio.shield(printed), stopping.wait())
    finally:
        await end(process)
    if stopping.is_set():
        raise AskedToStop
    if process.returncode != 0:
        raise CannotServe(f"`palier {child.name}` ended with status {process.returncode}.")
    return (await printed)[0].decode()


async def _keep_database(cluster: Cluster, stopping: asyncio.Event) -> None:
    """Start the private server again when it dies; web and worker find it by themselves."""
    while not stopping.is_set():
        if not embedded_postgres.is_running(cluster):
            tell("The database ended; starting it again.")
            with _told(EmbeddedPostgresError):
                await asyncio.to_thread(embedded_postgres.start, cluster)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _LOOK_SECONDS)


async def _welcome(settings: Settings, sign_ins: str, shown: asyncio.Event, stopping: asyncio.Event) -> None:
    """Once the first page has been answered, say where it is and who can sign in."""
    answers = await _first_page(settings, stopping)
    shown.set()
    if not answers:
        return
    print(f"\nPalier is at {settings.public_url}    Ctrl-C stops everything.\n", flush=True)
    if not settings.production:
        with _told(CannotServe), contextlib.suppress(AskedToStop):
            print(sign_ins or await _finish(palier(settings, "demo"), stopping), flush=True)


async def _first_page(settings: Settings, stopping: asyncio.Event) -> bool:
    """Wait for the web process to answer; False when it does not, or when we are asked to stop."""
    give_up = time.monotonic() + _ANSWER_SECONDS
    while not await _answers(settings):
        if stopping.is_set():
            return False
        if time.monotonic() > give_up:
            tell("The web process does not answer; what it said is above. Still trying; Ctrl-C stops.")
            return False
        await asyncio.sleep(0.05)
    return True


@contextmanager
def _told(*faults: type[Exception]) -> Iterator[None]:
    """What goes wrong while we serve is said, and ends nothing."""
    try:
        yield
    except faults as fault:
        tell(f"palier: {fault}")


async def _answers(settings: Settings) -> bool:
    """Whether the web process answers its first page, with whatever status."""
    name = urlsplit(settings.public_url).netloc
    try:
        reader, writer = await asyncio.open_connection(_near(settings.host), settings.port)
        writer.write(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return status.startswith(b"HTTP/")


async def _wait_for_port(settings: Settings, stopping: asyncio.Event) -> None:
    """Raises CannotServe when somebody else keeps the port."""
    give_up = time.monotonic() + _PORT_SECONDS
    if _taken(settings):
        tell(f"Port {settings.port} is taken; waiting a moment for it.")
    while _taken(settings):
        if stopping.is_set() or time.monotonic() > give_up:
            raise CannotServe(f"port {settings.port} is taken. Choose another: PALIER_PORT=8001 make run")
        await asyncio.sleep(0.1)


def _taken(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return True
    return False


def _near(host: str) -> str:
    """An address that reaches a server listening on `host` from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def _interrupt(number: int, frame: object) -> None:
    """SIGTERM before the loop runs ends us as Ctrl-C does: through every `finally`."""
    raise KeyboardInterrupt
