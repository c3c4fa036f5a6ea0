"""Processes that live as long as their supervisor: started again when they die, never left behind."""

import asyncio
import contextlib
import ctypes
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import NoReturn, TypeVar

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h
_GRACE_SECONDS = 11.0  # the worker gives its jobs ten
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0  # seconds before a dead child is started again
_LONG_LIFE = 10.0  # seconds after which a death counts as the first one
_SUPERVISOR = "PALIER_SUPERVISOR"  # where a child finds the number of its supervisor
_LAST_SECONDS = 6.0  # a web server without a supervisor gives its requests five

Answer = TypeVar("Answer")

_system = ctypes.CDLL(None, use_errno=True)  # loaded before any fork


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep alive: its name for people, its command, what it adds to the environment."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


async def keep_alive(child: Child, stopping: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run a child until `stopping` is set, then end it; start it again whenever it ends by itself."""
    pause = _SHORTEST_PAUSE
    while not stopping.is_set():
        started = time.monotonic()
        process = await start(child)
        try:
            await first_of(process.wait(), stopping.wait())
        finally:
            await end(process)
        if stopping.is_set():
            return
        pause = _SHORTEST_PAUSE if time.monotonic() - started > _LONG_LIFE else min(2 * pause, _LONGEST_PAUSE)
        say(f"The {child.name} process ended with status {process.returncode}; starting it again.")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)


async def start(child: Child, stdout: int | None = None) -> asyncio.subprocess.Process:
    """Start a child in a session of its own: a terminal's Ctrl-C reaches the supervisor alone."""
    supervisor = os.getpid()
    return await asyncio.create_subprocess_exec(
        *child.command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=stdout,
        env=os.environ | child.environment | {_SUPERVISOR: str(supervisor)},
        start_new_session=True,
        preexec_fn=lambda: die_with(supervisor),
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a child to end; after a while end it, and at once whatever it leaves behind."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    kill_group(process.pid)
    await process.wait()


def kill_group(leader: int) -> None:
    """End whatever a child leaves behind: a web server's workers would keep the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def aside(ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers or raises, asked in a copy of this process that ends with it.

    What it loads to find out is gone with it: whoever lives for months holds no library of its first second. To be
    called while there is one thread; what is answered or raised travels pickled. Raises ChildProcessError when the
    copy ends without a word.
    """
    reads, writes = os.pipe()
    supervisor = os.getpid()
    copy = os.fork()
    if copy == 0:
        _tell_and_end(ask, writes, supervisor)
    os.close(writes)
    with open(reads, "rb") as words:  # noqa: PTH123  (a pipe has no path)
        told = words.read()
    _, status = os.waitpid(copy, 0)
    if not told:
        raise ChildProcessError(f"ended with status {os.waitstatus_to_exitcode(status)}")
    fault, answer = pickle.loads(told)  # noqa: S301  (our own words)
    if fault is not None:
        raise fault
    found: Answer = answer
    return found


def _tell_and_end(ask: Callable[[], object], writes: int, supervisor: int) -> NoReturn:
    """In the copy: not one `finally` of the supervisor's runs here, and nothing it was about to print is printed twice.

    A signal that comes to all of us is the supervisor's to judge; the copy goes when the supervisor goes.
    """
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _pass_over)
        die_with(supervisor, signal.SIGKILL)
        try:
            told: tuple[Exception | None, object] = None, ask()
        except Exception as fault:  # noqa: BLE001  (raised where it was asked)
            told = fault, None
        with open(writes, "wb") as words:
            pickle.dump(told, words)
    finally:
        os._exit(0)


def _pass_over(number: int, frame: object) -> None:
    """Not ignored: what the copy starts would go on ignoring it."""


def die_with(supervisor: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Called in a new child: let Linux end it when its supervisor dies, even by kill -9."""
    if sys.platform == "linux":
        _system.prctl(_DEATH_SIGNAL, by, 0, 0, 0)
    if os.getppid() != supervisor:  # it died before we could ask
        os._exit(1)


def never_outlive_the_supervisor() -> None:
    """Called in a child that serves: end its whole group when a supervisor that is gone could not end it with SIGTERM.

    Linux sends that signal once for each thread the supervisor still had, and of two that come at the same moment the
    second finds the main process of granian inside its `Event.set`, whose lock knows no owner: it waits for ever, its
    workers serve on, and keep the port. A thread of ours needs no signal. Does nothing without a supervisor.
    """
    supervisor = os.environ.get(_SUPERVISOR)
    if supervisor and sys.platform == "linux":
        Thread(target=_end_with, args=[int(supervisor)], name="supervisor", daemon=True).start()


def _end_with(supervisor: int) -> None:
    try:
        select.select([os.pidfd_open(supervisor)], [], [])
    except ProcessLookupError:
        pass  # gone already
    except OSError:
        return  # a system that does not have this: the signal has to do
    time.sleep(_LAST_SECONDS)
    kill_group(os.getpgid(0))


async def first_of(*waits: Awaitable[object]) -> None:
    """Until one of them is done; the others are dropped."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
