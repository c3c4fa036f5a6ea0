"""The product as it is deployed: a private database with the demo in it, the production server, people signed in."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.load import Ask, WrongAnswer, send
from palier.cli.serve import web
from palier.demo.seeding import sign_ins
from palier.foundation.settings import Settings, read_settings

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds by the clock and of our own processor time."""

    clock: float
    cpu: float


def settings_for(data: Path, url: str | None = None) -> Settings:
    """The settings of a private installation in `data`, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return replace(read_settings({"PALIER_DATA_DIR": str(data), "PALIER_PORT": str(port)}), database_url=url)


def environment(settings: Settings) -> dict[str, str]:
    """What our own commands are told."""
    given = {"PALIER_DATA_DIR": str(settings.data_directory), "PALIER_PORT": str(settings.port)}
    return (
        os.environ | given | ({"PALIER_DATABASE_URL": settings.database_url} if settings.database_url else {})
    )


def timed_command(settings: Settings, *command: str) -> Timed:
    """Run `palier command`. Raises CalledProcessError."""
    started, before = time.perf_counter(), os.times()
    subprocess.run(
        [sys.executable, "-m", "palier", *command],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Timed(time.perf_counter() - started, used)


@contextmanager
def serving(settings: Settings, factory: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The production server with one worker; `factory` serves something else the same way."""
    command = web(settings).command
    if factory:
        command = [*command[:-1], factory]
    process = subprocess.Popen(
        command, env=environment(settings), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        first_answer(settings.port, "/healthz" if factory is None else "/hello")
        yield process
    finally:
        process.terminate()
        process.wait(30)


def first_answer(port: int, path: str) -> float:
    """Seconds until `path` is answered with success. Raises TimeoutError."""
    started = time.perf_counter()
    while time.perf_counter() - started < _START_SECONDS:
        try:
            if _talk(port, "GET", path).status == 200:
                return time.perf_counter() - started
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"no answer at {path}")


# --- people ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session: what their browser sends."""

    port: int
    cookies: str
    token: str

    def read(self, path: str) -> str:
        """The page at `path`. Raises WrongAnswer."""
        return _page(_talk(self.port, "GET", path, self.cookies))


def sign_in(settings: Settings) -> tuple[Visitor, str]:
    """The demo's quality director, and where they start."""
    who = sign_ins(settings)[0]
    fields = {"email": who.email, "password": who.password}
    return _post_for_session(settings.port, "/signin", fields, "127.0.0.1")[0], who.start


def open_copy(settings: Settings, number: int) -> tuple[Visitor, str]:
    """A private copy of the demo and where it is; `number` chooses the address it is asked from."""
    return _post_for_session(settings.port, "/demo", {}, f"127.0.1.{number + 1}")


def _post_for_session(port: int, path: str, fields: dict[str, str], address: str) -> tuple[Visitor, str]:
    token = csrf_token(port, path, address)
    body = urlencode(fields | {"_csrf_token": token}).encode()
    answer = _talk(port, "POST", path, f"csrftoken={token}", body, address)
    if answer.status != 303:
        raise WrongAnswer(f"{path} answered {answer.status}")
    cookies = f"csrftoken={token}; session={_cookie(answer, 'session')}"
    return Visitor(port, cookies, token), answer.headers["location"]


def csrf_token(port: int, path: str, address: str = "127.0.0.1") -> str:
    """The one the form at `path` comes with."""
    return _cookie(_talk(port, "GET", path, address=address), "csrftoken")


def saver(visitor: Visitor, page: str) -> Ask:
    """Saves of one criterion as its page sends them, each changing the answer and based on the revision before."""
    html = visitor.read(page)
    found = re.search(r'name="rev" value="(\d+)"', html)
    base = int(found[1]) if found else 0
    revisions = iter(range(base, base + 1_000_000))

    def ask(_answer: bytes | None) -> bytes:
        revision = next(revisions)
        fields = {
            "_csrf_token": visitor.token, "op": str(uuid4()), "rev": str(revision), "answer": str(revision % 5 + 1),
            "rationale": "Rituels tenus chaque mois, affichés dans les équipes.", "grade": "declared",
        }  # fmt: skip
        return send("PATCH", page, visitor.cookies, urlencode(fields).encode())

    return ask


def _talk(
    port: int,
    method: str,
    path: str,
    cookies: str = "",
    body: bytes | None = None,
    address: str = "127.0.0.1",
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))
    headers = {"cookie": cookies} if cookies else {}
    if body is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body, headers)
    return connection.getresponse()


def _page(answer: http.client.HTTPResponse) -> str:
    if answer.status != 200:
        raise WrongAnswer(f"{answer.status}")
    return answer.read().decode()


def _cookie(answer: http.client.HTTPResponse, name: str) -> str:
    for given in answer.headers.get_all("set-cookie") or []:
        if given.startswith(f"{name}="):
            return str(given.partition("=")[2].partition(";")[0])
    raise WrongAnswer(f"no cookie {name}")
