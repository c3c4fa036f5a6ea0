"""What Palier stands on goes away and comes back: people are told which, in words, never 500; nothing is half done."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get
from litestar.params import FromPath

from palier.accounts import sessions
from palier.app import create_app
from palier.assessments.flows.answering import open_assessment
from palier.foundation import files, mail
from palier.foundation.actor import Actor
from palier.foundation.away import told_of
from palier.foundation.database import transaction
from palier.foundation.files import ShelfAway
from palier.foundation.jobs import HOUR, pause_before
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings, read_settings
from palier.questionnaires.catalogue import latest
from tests.evidence.proofs import bring
from tests.foundation.s3_server import BUCKET, KEY_ID, REGION, SECRET, serving
from tests.postman import Postman
from tests.roles import as_the_worker

pytestmark = pytest.mark.database

FULL = "Nothing can be kept at the moment"
FILES = "Files are out of reach"
SHORTLY = "One moment, please"

FAULTS: dict[str, tuple[Exception, str]] = {
    "the database's disk is full": (asyncpg.DiskFullError("could not extend file"), FULL),
    "the database's disk is read-only": (asyncpg.PostgresIOError("could not write"), FULL),
    "our disk is full": (OSError(errno.ENOSPC, "No space left on device"), FULL),
    "our disk is read-only": (OSError(errno.EROFS, "Read-only file system"), FULL),
    "the folder of the files is full": (ShelfAway("Generic: No space left on device (os error 28)"), FULL),
    "the bucket is away": (ShelfAway("connection refused"), FILES),
    "the database starts": (asyncpg.CannotConnectNowError("starting up"), SHORTLY),
    "the database has no connection left": (asyncpg.TooManyConnectionsError("too many clients"), SHORTLY),
}


@get("/raise/{kind:str}", opt=PUBLIC)
async def raising(kind: FromPath[str]) -> None:
    error = FAULTS[kind][0]
    try:
        raise error
    except Exception as cause:
        raise RuntimeError("wrapped by somebody on the way") from cause


@asynccontextmanager
async def browsing(app: Litestar, cookies: dict[str, str]) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies=cookies) as client:
        yield client


@pytest.fixture(scope="module")
def faulty(settings: Settings) -> Litestar:
    app = create_app(settings)
    app.register(raising)
    return app


@pytest.mark.parametrize("kind", FAULTS)
async def test_each_has_its_one_message_and_says_when_to_come_back(
    kind: str, faulty: Litestar, stage: Litestar
) -> None:
    async with browsing(faulty, {}) as browser:
        answer = await browser.get(f"/raise/{kind}", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert FAULTS[kind][1] in answer.text
    assert answer.headers["retry-after"].isdecimal()
    assert "wrapped" not in answer.text


def test_only_what_an_operator_has_to_mend_is_alarming() -> None:
    alarming = {kind for kind, (error, _) in FAULTS.items() if told_of(error).alarming}
    assert alarming == {kind for kind, (_, words) in FAULTS.items() if words != SHORTLY}


# --- the place of the files -------------------------------------------------------------------------------------------


async def test_a_bucket_that_goes_takes_only_the_files_with_it_and_comes_back(
    claire: Actor, settings: Settings, tmp_path: Path
) -> None:
    with serving() as bucket:
        with_bucket = read_settings(
            {
                "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(tmp_path),
                "PALIER_FILES_URL": f"s3://{BUCKET}", "PALIER_FILES_ENDPOINT": bucket.address, "PALIER_FILES_REGION": REGION,
                "PALIER_FILES_KEY_ID": KEY_ID, "PALIER_FILES_SECRET": SECRET,
            }
        )  # fmt: skip
        opened = await open_assessment(
            claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None
        )
        use = await bring(claire, files.shelves(with_bucket), opened.slug, "Bilan")
        address = f"/o/{claire.organisation.slug}/evidence/{use.evidence.id}"
        async with transaction(None):
            session = await sessions.open_session(claire.person_id, "faults")
        async with browsing(create_app(with_bucket), {"session": session}) as browser:
            bucket.away = True
            away = await browser.get(f"{address}/file")
            assert (away.status_code, "hors d’atteinte" in away.text) == (503, True)
            assert (await browser.get(address)).status_code == 200
            bucket.away = False
            back = await browser.get(f"{address}/file")
    assert (back.status_code, back.content) == (200, b"Tout est dit")


# --- the mail server --------------------------------------------------------------------------------------------------


@pytest.fixture
async def letter(stage, owner) -> str:
    return str(
        await owner.fetchval(
            "insert into mail (id, kind, recipient, locale, subject, text, html, created_at, attempts, failure) "
            "values (gen_random_uuid(), 'test', 'lea@example.org', 'en', 'Hello', 'Hello', '', now(), 0, '') returning id"
        )
    )


async def test_a_mail_server_that_is_away_costs_no_letter(
    letter: str, server: tuple[Postman, str], settings: Settings, owner: Any, tmp_path: Path
) -> None:
    def delivery(smtp: str) -> Any:
        variables = {"PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(tmp_path)}
        return mail.delivery(read_settings(variables | {"PALIER_SMTP_URL": smtp}))

    nowhere = delivery("smtp://127.0.0.1:9")
    async with as_the_worker(settings):
        with pytest.raises(Exception, match="127.0.0.1") as refused:
            await nowhere.handler(mail=letter)
    row = await owner.fetchrow("select sent_at, attempts, failure from mail")
    assert (row["sent_at"], row["attempts"]) == (None, 1)
    assert "Error" in row["failure"]
    tries = [pause_before(nowhere, refused.value, number) for number in range(60)]
    assert None not in tries[:48], "a night without a mail server must lose nothing"
    assert sum(seconds or 0 for seconds in tries) > 40 * HOUR
    assert max(seconds or 0 for seconds in tries) <= HOUR
    async with as_the_worker(settings):
        for _ in range(2):
            await delivery(server[1]).handler(mail=letter)
    assert len(server[0].taken) == 1


async def test_a_letter_that_is_refused_for_good_is_not_tried_for_days(
    letter: str, server: tuple[Postman, str], settings: Settings, tmp_path: Path
) -> None:
    server[0].busy, server[0].words = 1, "550 no such person"
    variables = {"PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(tmp_path)}
    job = mail.delivery(read_settings(variables | {"PALIER_SMTP_URL": server[1]}))
    async with as_the_worker(settings):
        with pytest.raises(Exception, match="550") as refused:
            await job.handler(mail=letter)
    assert pause_before(job, refused.value, job.attempts) is None
