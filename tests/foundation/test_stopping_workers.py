"""A worker that is told to stop stops, whatever its database is doing at that moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from palier.foundation.database import credentials
from palier.foundation.jobs import Job, queue
from palier.foundation.working import keep_working
from tests.scratch import scratch

pytestmark = pytest.mark.database
SOCKET = ".s.PGSQL.5432"


@dataclass
class Line:
    """The way to the database, which can be cut."""

    target: str
    server: asyncio.AbstractServer | None = None
    wires: list[asyncio.StreamWriter] = field(default_factory=list)

    async def lay(self, folder: Path) -> None:
        self.server = await asyncio.start_unix_server(self._join, folder / SOCKET)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self.target)
        self.wires += [writer, far_writer]
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))

    def cut(self) -> None:
        assert self.server
        self.server.close()
        for wire in self.wires:
            wire.transport.abort()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
    writer.close()


async def _nothing() -> None:
    """The work itself does not matter here."""


@pytest.fixture
async def line(settings, stage) -> AsyncIterator[tuple[Line, str]]:
    """A line to the database and the address at its near end."""
    url = str(settings.database_url)
    home = credentials(url)["host"]
    if not home.startswith("/"):
        pytest.skip("the line is cut on a local socket only")
    line = Line(f"{home}/{SOCKET}")
    with scratch() as folder:
        await line.lay(folder)
        parts = urlsplit(url)
        yield line, parts._replace(query=f"host={quote(str(folder))}").geturl()
        line.cut()


async def test_it_stops_when_its_database_goes_at_the_same_moment(line, owner):
    way, url = line
    worker = asyncio.ensure_future(keep_working(queue(url, [Job("tests.nothing", _nothing)])))
    while not await owner.fetchval("select count(*) from procrastinate_workers"):  # noqa: ASYNC110  (nobody tells us)
        await asyncio.sleep(0.02)
    way.cut()
    worker.cancel()
    done, _ = await asyncio.wait([worker], timeout=60)
    await owner.execute("delete from procrastinate_workers")
    assert worker in done
