"""The web server itself, started as `palier serve` starts it: slow senders, floods and bodies without end."""

import contextlib
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from palier.cli.serve import web
from palier.foundation.settings import ROOT, Settings, read_settings
from tests.cli.serving import PATIENCE, bare_environment, free_port, wait_for_deaths

pytestmark = pytest.mark.database
HEAD_SECONDS = 1.5
"""What the server of this test gives a head; thirty where nobody says otherwise."""

CROWD = 300
"""Connections that say nothing, more than the server of this test takes at once."""


@pytest.fixture(scope="module")
def address(migrated: str, settings: Settings) -> Iterator[tuple[str, int]]:
    """Where the product's web process listens."""
    port = free_port()
    variables = {
        "PALIER_DATABASE_URL": migrated, "PALIER_DATA_DIR": str(settings.data_directory), "PALIER_PORT": str(port),
        "GRANIAN_HTTP1_HEADER_READ_TIMEOUT": str(int(1000 * HEAD_SECONDS)), "GRANIAN_BACKLOG": "128",
    }  # fmt: skip
    child = web(read_settings(variables))
    environment = bare_environment(**variables) | child.environment
    process = subprocess.Popen(child.command, env=environment, cwd=ROOT)
    try:
        _until_it_answers(process, port)
        yield "127.0.0.1", port
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(PATIENCE)
        wait_for_deaths(family)


def _until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        threading.Event().wait(0.1)
    raise AssertionError(f"it does not answer: {process.poll()}")


def healthy(address: tuple[str, int]) -> bool:
    url = f"http://{address[0]}:{address[1]}/healthz"
    return httpx.get(url, timeout=PATIENCE).status_code == 200


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side ends it within a bounded time."""
    connection.settimeout(HEAD_SECONDS + 20)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.mark.parametrize(
    "words", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"], ids=["nothing said", "half a head"]
)
def test_whoever_connects_and_never_finishes_asking_is_let_go(address: tuple[str, int], words: bytes) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(words)
        assert is_closed(connection)
    assert healthy(address)


def test_a_head_that_comes_drop_by_drop_is_let_go_too(address: tuple[str, int]) -> None:
    """Every drop does not begin the wait anew."""
    with socket.create_connection(address) as connection, contextlib.suppress(ConnectionError):
        give_up = time.monotonic() + HEAD_SECONDS + 20
        connection.sendall(b"GET / HTTP/1.1\r\n")
        while time.monotonic() < give_up:
            connection.sendall(b"X-More: a\r\n")
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                assert connection.recv(100) == b""
                break
        assert time.monotonic() < give_up


def test_a_connection_kept_open_between_two_questions_is_let_go(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in connection.recv(4096)
        assert is_closed(connection)


@pytest.mark.parametrize("told", [True, False], ids=["said at once", "in pieces without an end"])
def test_a_body_without_end_is_refused_in_words(address: tuple[str, int], told: bool) -> None:
    """Ten megabytes are the most; the server reads on no longer than it takes to see that."""
    piece, sent = b"a=" + b"b" * 65_534, 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while sent < 30_000_000:
            sent += len(piece)
            yield piece

    headers = {"content-type": "application/x-www-form-urlencoded", "accept-language": "en"}
    if told:
        headers["content-length"] = "30000000"
    url = f"http://{address[0]}:{address[1]}/signin"
    try:
        answer = httpx.post(url, content=pieces(), headers=headers, timeout=PATIENCE)
    except (
        httpx.TransportError
    ):  # it closed before we had finished: the words were on the line, we wrote over them
        assert sent < 30_000_000
    else:
        assert answer.status_code == 413
        assert "That is too large" in answer.text
    assert healthy(address)


def test_a_flood_of_connections_delays_others_and_refuses_nobody_for_long(address: tuple[str, int]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if min(soft, hard if hard > 0 else soft) < CROWD + 200:
        pytest.skip(f"FLOOD NOT TRIED: this account may open {soft} files only")
    with contextlib.ExitStack() as crowd:
        for _ in range(CROWD):
            connection = crowd.enter_context(socket.socket())
            connection.settimeout(0)
            connection.connect_ex(address)
        assert healthy(address)  # the silent ones were let go, one after the other
    assert healthy(address)
