"""A real SMTP server that keeps what it is given, and the worker process that brings it."""

import asyncio
import email
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from palier.foundation.settings import Settings


@dataclass
class Postman:
    """Takes what it is given, after refusing the first `busy` times."""

    busy: int = 0
    words: str = "451 try again later"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.busy:
            self.busy -= 1
            return self.words
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


Deliver = Callable[[], Awaitable[None]]


@pytest.fixture
async def server() -> AsyncIterator[tuple[Postman, str]]:
    """A postman behind a real SMTP server, and its address."""
    postman = Postman()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(postman), "127.0.0.1", 0)
    yield postman, f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()
    await listening.wait_closed()


WORK = """
import asyncio
from palier.jobs import jobs
from palier.foundation.settings import read_settings
from palier.foundation.working import work

settings = read_settings()
asyncio.run(work(str(settings.database_url), jobs(settings), until_empty=True))
"""


_STANDING = """
import asyncio, json, os, sys
from palier.jobs import jobs
from palier.foundation.settings import read_settings
from palier.foundation.working import work

for line in sys.stdin:
    os.environ.update(json.loads(line))
    settings = read_settings()
    asyncio.run(work(str(settings.database_url), jobs(settings), until_empty=True))
    print("done", flush=True)
"""


@pytest.fixture(scope="session")
async def standing() -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The worker process of the run, once somebody needed one: to start takes seconds, to do what waits a moment."""
    started: list[asyncio.subprocess.Process] = []
    yield started
    for worker in started:
        if worker.returncode is None:
            assert worker.stdin
            worker.stdin.close()
        await worker.wait()


@pytest.fixture
def deliver(
    settings: Settings,
    server: tuple[Postman, str],
    stage: object,
    standing: list[asyncio.subprocess.Process],
) -> Deliver:
    """Let a worker process, under its own database role, do all that waits."""
    variables = {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PALIER_SMTP_URL": server[1],
    }  # fmt: skip

    async def run() -> None:
        if not standing or standing[-1].returncode is not None:
            pipe = asyncio.subprocess.PIPE
            standing.append(
                await asyncio.create_subprocess_exec(sys.executable, "-c", _STANDING, stdin=pipe, stdout=pipe)
            )
        worker = standing[-1]
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(json.dumps(variables).encode() + b"\n")
        assert await asyncio.wait_for(worker.stdout.readline(), 60) == b"done\n"

    return run
