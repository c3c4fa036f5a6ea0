"""Asked to stop, the worker finishes what it has in its hands, and only that."""

import asyncio
import os
import signal
import sys
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from palier.foundation.settings import Settings
from tests.cli.serving import PATIENCE

pytestmark = pytest.mark.database

WORK = """
import asyncio
from palier.foundation import mail
from palier.foundation.settings import read_settings
from palier.foundation.working import work

settings = read_settings()
asyncio.run(work(str(settings.database_url), [mail.delivery(settings)]))
"""


class SlowPostman:
    """Holds the first letter in its hands until it is told to go on."""

    def __init__(self) -> None:
        self.holds, self.may_go, self.taken = asyncio.Event(), asyncio.Event(), 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.holds.set()
        await self.may_go.wait()
        self.taken += 1
        return "250 taken"


async def test_a_worker_that_is_told_to_stop_brings_the_letter_it_holds_and_no_other(
    stage: Any, owner: Any, settings: Settings
) -> None:
    postman = SlowPostman()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(postman), "127.0.0.1", 0)
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PALIER_SMTP_URL": f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}",
    }  # fmt: skip
    write = (
        "with written as (insert into mail (id, kind, recipient, locale, subject, text, html, created_at, attempts, failure) "
        "values (gen_random_uuid(), 'test', 'lea@example.org', 'en', 'Hello', 'Hello', '', now(), 0, '') returning id) "
        "select enqueue('mail.deliver', jsonb_build_object('mail', id), null, null) from written"
    )
    await owner.execute(write)
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORK, env=environment)
    try:
        await asyncio.wait_for(postman.holds.wait(), PATIENCE)
        worker.send_signal(signal.SIGTERM)
        await owner.execute(write)
        postman.may_go.set()
        assert await asyncio.wait_for(worker.wait(), PATIENCE) == 0
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()
        listening.close()
        await listening.wait_closed()
    sent, waiting = (
        await owner.fetchval("select count(sent_at) from mail"),
        await owner.fetchval("select count(*) from procrastinate_jobs where status = 'todo'"),
    )
    assert (postman.taken, sent) in {(1, 1), (2, 2)}
    assert waiting == 2 - sent, "what was not begun waits for the next worker"
    assert await owner.fetchval("select count(*) from procrastinate_jobs where status = 'doing'") == 0
