"""A letter about an account reaches a real SMTP server once, whatever happens on the way."""

import asyncio
import email
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from palier.foundation.settings import Settings
from tests.conftest import PASSWORD, Browser

LEA = {"email": "lea@example.org", "name": "Léa d’Été", "password": PASSWORD}


@dataclass
class Postman:
    """Takes what it is given, after refusing the first `busy` times."""

    busy: int = 0
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.busy:
            self.busy -= 1
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


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
from palier.app import jobs
from palier.foundation.settings import read_settings
from palier.foundation.working import work

settings = read_settings()
asyncio.run(work(str(settings.database_url), jobs(settings), until_empty=True))
"""


@pytest.fixture
def deliver(settings: Settings, server: tuple[Postman, str], stage: object) -> Callable[[], Awaitable[None]]:
    """Let a worker process, under its own database role, do all that waits."""
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PALIER_SMTP_URL": server[1],
    }  # fmt: skip

    async def run() -> None:
        worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORK, env=environment)
        assert await asyncio.wait_for(worker.wait(), 60) == 0

    return run


async def test_the_letter_arrives_once_in_the_reader_s_language(
    server: tuple[Postman, str], deliver: Callable[[], Awaitable[None]], visit: Browser
) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
    await deliver()
    await deliver()
    (message,) = server[0].taken
    assert message["To"] == "lea@example.org"
    assert message["Subject"] == "Confirmez votre adresse électronique"
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "Bonjour Léa d’Été," in text
    assert "/confirm/" in text
    assert "&" not in text


async def test_a_busy_server_is_tried_again_with_the_same_message_id(
    server: tuple[Postman, str],
    deliver: Callable[[], Awaitable[None]],
    visit: Browser,
    owner: asyncpg.Connection,
) -> None:
    server[0].busy = 1
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
    await deliver()
    assert server[0].taken == []
    assert await owner.fetchval("select sent_at from mail") is None
    await owner.execute("update procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    await deliver()
    (message,) = server[0].taken
    row = await owner.fetchrow("select id, sent_at from mail")
    assert str(row["id"]) in message["Message-ID"]
    assert row["sent_at"]
