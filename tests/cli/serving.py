"""`palier serve` as a person meets it: a process with an address, started in a folder, ended by a signal."""

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.request import urlopen

import psutil

from palier.foundation.settings import ROOT

PATIENCE = 180.0
"""Seconds after which a test gives up on a process; nothing passes or fails by speed."""

SECRET = "a secret of the tests and of nobody else"
_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_system = ctypes.CDLL(None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bare_environment(**variables: str) -> dict[str, str]:
    """The environment of somebody who has set nothing but these."""
    ours = ("PALIER_", "DATABASE_URL", "PORT", "WEB_CONCURRENCY", "PYTEST", "PG")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return rest | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"} | variables


@dataclass
class Serving:
    """One running `palier serve`."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    family: list[psutil.Process] = field(default_factory=list)

    def first_page(self) -> int:
        with urlopen(f"http://127.0.0.1:{self.port}/static/vendor/htmx.min.js", timeout=PATIENCE) as answer:
            return answer.status

    def note_family(self) -> None:
        """Everything it has started so far: web, worker and what they started."""
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process:
        """The child whose command line says `word`; the worker comes a moment after the first page."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            for child in psutil.Process(self.process.pid).children():
                with suppress(psutil.NoSuchProcess):
                    if word in child.cmdline():
                        return child
            time.sleep(0.05)
        raise AssertionError(f"no {word} among the children")

    def postmaster(self) -> psutil.Process | None:
        """The server of the private database, if one runs."""
        home = (self.folder / "postgres").resolve()
        with suppress(OSError, psutil.NoSuchProcess):
            process = psutil.Process(int((home / "data" / "postmaster.pid").read_text().split()[0]))
            return process if process.status() != psutil.STATUS_ZOMBIE else None
        return None

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, port: int, *, as_first: bool = False, **variables: str) -> Iterator[Serving]:
    """Serve the data in `folder` until the block ends, then make sure that nothing of it is left."""
    serve = begin(folder, port, as_first=as_first, **variables)
    try:
        yield serve
    finally:
        finish(serve)


def begin(
    folder: Path, port: int, *, as_first: bool = False, errors: IO[bytes] | None = None, **variables: str
) -> Serving:
    """Serve the data in `folder`, until `finish`; `as_first` as in a container, where every orphan is its child.

    What it has to complain about goes to `errors`, by default where our own errors go.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "palier", "serve"],
        env=bare_environment(
            PALIER_DATA_DIR=str(folder),
            PALIER_PORT=str(port),
            PALIER_ENVIRONMENT="production",
            PALIER_SECRET=SECRET,
            PALIER_PUBLIC_URL=f"http://127.0.0.1:{port}",
            **variables,
        ),
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd="/",
        preexec_fn=_adopt_orphans if as_first else None,  # noqa: PLW1509  (no other thread runs then)
    )
    serve = Serving(process, port, folder)
    try:
        wait_for_words(process, "Palier is at")
        serve.note_family()
    except BaseException:
        finish(serve)
        raise
    return serve


def _adopt_orphans() -> None:
    _system.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def finish(serve: Serving) -> None:
    """End what is served, unless it ended, and wait for the last of its family."""
    if serve.process.poll() is None:
        serve.end(signal.SIGTERM)
    assert serve.process.stdout
    serve.process.stdout.close()
    wait_for_deaths(serve.family)


def wait_for_words(process: subprocess.Popen[bytes], words: str) -> None:
    """Read what a process prints until it says `words`."""
    assert process.stdout
    said = b""
    while words.encode() not in said:
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
        more = os.read(process.stdout.fileno(), 4096) if readable else b""
        assert more, f"never said {words!r}, but: {said.decode()}"
        said += more


def wait_for_deaths(family: list[psutil.Process]) -> None:
    """Until every one of these has ended, whether or not whoever adopted it has buried it."""
    give_up = time.monotonic() + PATIENCE
    while still := [each for each in family if _is_alive(each)]:
        assert time.monotonic() < give_up, still
        time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
