"""The doctor: names what is wrong, says what to do, says no secret, and leaves everything as it was."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from palier import __main__ as command
from palier.foundation.backup_note import BackupNote, note_backup
from palier.foundation.settings import VARIABLES, Settings, read_settings
from palier.upkeep.dumping import Place
from palier.upkeep.flows import examining
from palier.upkeep.flows.examining import examine
from palier.upkeep.rules import judging
from palier.upkeep.rules.verdicts import Finding, Level, doubtful, faulty, line, well, without, worst

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(folder: Path, **variables: str) -> Settings:
    return read_settings({"PALIER_DATA_DIR": str(folder), **variables})


@pytest.fixture
def serving(tmp_path: Path) -> Settings:
    """An installation as it should be."""
    return read(
        tmp_path, PALIER_ENVIRONMENT="production", PALIER_SECRET="kRz0-9fQw81nLx_ab77Tq2WmEe5UuYyPpSs", PALIER_PUBLIC_URL="https://palier.example.org",
        PALIER_FORWARDED_ALLOW_IPS="10.0.0.1", PALIER_MAIL_FROM="palier@example.org", PALIER_PUBLISHER="us", PALIER_HOSTING="them",
    )  # fmt: skip


def test_an_installation_as_it_should_be_is_well(serving: Settings) -> None:
    assert {one.name: one.level for one in judging.of_settings(serving) if one.level is not Level.OK} == {}


@pytest.mark.parametrize(
    ("change", "name", "level"),
    [
        ({"public_url": "http://palier.example.org"}, "public address", Level.WRONG),
        ({"public_url": "https://localhost"}, "public address", Level.WRONG),
        ({"public_url": "https://example.org/palier"}, "public address", Level.WRONG),
        ({"forwarded_allow_ips": ()}, "router", Level.WARN),
        ({"forwarded_allow_ips": ("0.0.0.0/0",)}, "router", Level.WRONG),
        ({"former_secrets": ("a", "b", "c")}, "secret", Level.WARN),
        ({"mail_from": "Palier <palier@localhost>"}, "sender", Level.WRONG),
        ({"publisher": ""}, "legal notice", Level.WARN),
        ({"stripe_key": "sk_test_1", "stripe_webhook_secrets": ("whsec_1",)}, "stripe key", Level.WARN),
        ({"stripe_key": "sk_live_1", "stripe_webhook_secrets": ("we_1",)}, "stripe key", Level.WRONG),
    ],
)
def test_what_is_wrong_with_a_setting_is_named_with_what_to_do(
    serving: Settings, change: dict[str, object], name: str, level: Level
) -> None:
    findings = [one for one in judging.of_settings(replace(serving, **change)) if one.level is not Level.OK]
    assert [(one.name, one.level) for one in findings] == [(name, level)]
    assert findings[0].todo


def test_backups_grow_old(serving: Settings) -> None:
    def level(age: timedelta, **facts: object) -> Level:
        note = replace(BackupNote(NOW - age, "b.tar.age", 1, encrypted=True), **facts)
        return judging.backups(serving, note, NOW).level

    assert judging.backups(serving, None, NOW).level is Level.WRONG
    assert level(timedelta(hours=25)) is Level.OK
    assert level(timedelta(hours=25), encrypted=False) is Level.WARN
    assert level(timedelta(hours=25), absent=1) is Level.WARN
    assert level(timedelta(hours=27)) is Level.WARN
    assert level(timedelta(days=4)) is Level.WRONG


def test_room_and_clocks_have_two_marks() -> None:
    assert [judging.room("disk", free, "/").level for free in (10**9 * 9, 10**9, 10**8)] == list(Level)
    assert [judging.clocks(NOW, NOW + timedelta(seconds=s)).level for s in (1, 30, 90)] == list(Level)


def test_the_worst_decides_and_a_line_is_a_line() -> None:
    assert worst([]) is Level.OK
    assert worst([well("a", "x"), doubtful("b", "x", "y"), well("c", "x")]) is Level.WARN
    assert worst([faulty("a", "x", "y"), doubtful("b", "x", "y")]) is Level.WRONG
    assert "\n" not in line(without(Finding("a", Level.WRONG, "two\nlines", "three\nlines"), []))


def test_no_secret_is_said_whatever_a_server_quotes() -> None:
    said = without(faulty("a", "user:hunter22@host refused hunter22", "try p@ss"), ["hunter22", "p@ss", ""])
    assert "hunter22" not in line(said)
    assert said.todo == "try p@ss"  # too short to be told from a word


CANARIES = {
    "PALIER_SECRET": "canary-secret-0123456789abcdefghij", "PALIER_FORMER_SECRETS": "canary-former-0123456789",
    "PALIER_SMTP_URL": "smtp://postman:canary-smtp@127.0.0.1:1", "PALIER_DATABASE_URL": "postgresql://palier:canary-db@127.0.0.1:1/x",
    "PALIER_DATABASE_URL_WEB": "postgresql://web:canary-web@127.0.0.1:1/x", "PALIER_DATABASE_URL_BACKUP": "postgresql://b:canary-backup@127.0.0.1:1/x",
    "PALIER_FILES_URL": "s3://bucket", "PALIER_FILES_ENDPOINT": "http://127.0.0.1:1", "PALIER_FILES_KEY_ID": "canary-key-id",
    "PALIER_FILES_SECRET": "canary-files", "PALIER_STRIPE_KEY": "sk_test_canary-stripe", "PALIER_STRIPE_WEBHOOK_SECRETS": "whsec_canary-hook",
    "PALIER_STRIPE_API": "http://127.0.0.1:1", "PALIER_METRICS_TOKEN": "canary-metrics-0123456789abcdef", "PALIER_SCANNER": "clamd://127.0.0.1:1", "PALIER_PUBLIC_URL": "http://127.0.0.1:1",
}  # fmt: skip


def test_when_nothing_answers_everything_is_named_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PALIER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(examining, "PATIENCE", 60.0)  # the machine of the tests may be busy
    assert command.main(["doctor", "--json"]) == 1
    said = capsys.readouterr().out
    assert "canary" not in said
    findings = {one["name"]: one for one in json.loads(said)["findings"]}
    assert json.loads(said)["level"] == "wrong"
    for name in ("database", "files", "mail server", "scanner", "stripe"):
        assert findings[name]["level"] == "wrong", findings[name]
        assert findings[name]["todo"]
        assert "fault of ours" not in findings[name]["todo"], findings[name]


def test_every_setting_that_is_kept_out_of_sight_is_hidden_by_the_doctor_too(tmp_path: Path) -> None:
    secret = {one.name for one in fields(Settings) if not one.repr}
    planted = {name for name, variables in VARIABLES.items() if set(variables) & CANARIES.keys()}
    assert secret <= planted
    hidden = set(judging.hidden_in(read(tmp_path, **CANARIES)))
    assert all(any(one in value for one in hidden) for value in CANARIES.values() if "canary" in value)


def test_settings_that_cannot_be_read_are_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PALIER_PORT", "eighty")
    assert command.main(["doctor"]) == 1
    assert "PALIER_PORT" in capsys.readouterr().out


def test_where_no_database_was_made_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    for name in ("PALIER_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PALIER_DATA_DIR", str(tmp_path))
    command.main(["doctor"])
    assert "none was made yet" in capsys.readouterr().out
    assert not (tmp_path / "postgres").exists()


@contextmanager
def postman(answers: list[bytes]) -> Iterator[str]:
    """A mail server that says these lines, one for each line it hears."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for answer in answers:
                self.wfile.write(answer)
                if not self.rfile.readline():
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


async def test_the_mail_server_is_greeted_and_sent_nothing(tmp_path: Path) -> None:
    with postman([b"220 here\r\n", b"250 hello\r\n", b"250 fine\r\n", b"221 bye\r\n"]) as address:
        (found,) = await examining._mail(read(tmp_path, PALIER_SMTP_URL=address))
    assert found.level is Level.OK, found
    with postman([b"554 not you\r\n"]) as address:
        (found,) = await examining._mail(read(tmp_path, PALIER_SMTP_URL=address))
    assert found.level is Level.WRONG


def test_a_secret_others_can_read_is_wrong(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "secret").chmod(0o644)
    assert any(
        one.name == "secret" and one.level is Level.WRONG for one in examining._data_directory(read(tmp_path))
    )


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.fixture
def here(settings: Settings) -> Place:
    url = str(settings.database_url)
    return Place(url, url.replace("//palier@", "//postgres@"), None, private=False)


@pytest.mark.database
async def test_the_database_of_the_tests_is_well_but_for_what_the_tests_do_to_it(
    settings: Settings, here: Place, stage: object
) -> None:
    note_backup(settings.data_directory, BackupNote(datetime.now(UTC), "b", 1, encrypted=True))
    levels = {one.name: one.level for one in await examine(settings, here)}
    wrong = {name for name, level in levels.items() if level is Level.WRONG}
    assert wrong == {"durability", "worker"}  # commits are hurried in tests, and nobody works
    assert levels["schema"] is levels["roles"] is levels["backup role"] is levels["clock"] is Level.OK


@pytest.mark.database
async def test_migrations_that_are_missing_or_too_new_are_told_apart(settings: Settings, here: Place, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    async def schema() -> Finding:
        return next(
            one for one in await examining.examining_database.examine(settings, here) if one.name == "schema"
        )

    monkeypatch.setattr(examining.examining_database, "shipped", lambda: ["0001_tables", "9999_tomorrow"])
    found = await schema()
    assert (found.level, "9999_tomorrow" in found.seen) == (Level.WRONG, True)
    monkeypatch.setattr(examining.examining_database, "shipped", lambda: ["0001_tables"])
    assert (await schema()).level is Level.WARN


@pytest.mark.database
async def test_a_role_that_sees_everybody_is_wrong(settings: Settings, here: Place) -> None:
    """Inside a transaction of the superuser that is taken back: the roles belong to every database of the run."""
    connection = await psycopg.AsyncConnection.connect(here.seer)
    await connection.execute("alter role palier_web bypassrls")
    found = await examining.examining_database._rights(connection, settings)
    await connection.rollback()
    await connection.close()
    assert (found.level, "palier_web sees" in found.seen) == (Level.WRONG, True)
