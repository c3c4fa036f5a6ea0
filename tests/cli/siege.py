"""The whole product under attack: real processes, clients that save as pages do, and a besieger with kill -9.

Nothing here passes or fails by speed. Kills are counted in requests, so that they fall into the middle of the work
however slow the machine is; clients try again for as long as a patient person would, and every wait has an end.
"""

import math
import re
import signal
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from tempfile import TemporaryFile
from typing import IO
from uuid import uuid4

import httpx
import psutil
import psycopg

from palier.foundation.embedded_postgres import prepare
from tests.cli.ledger import Acknowledged
from tests.cli.planting import Place
from tests.cli.serving import PATIENCE, Serving, begin, finish, free_port, wait_for_deaths


class Target(StrEnum):
    """What kill -9 hits."""

    WEB = "web"
    WEB_PROCESS = "one process of web"
    WORKER = "worker"
    PRESS = "process that sets documents in type"
    DATABASE = "database"
    SUPERVISOR = "supervisor"


Volley = Sequence[Target]
"""What is killed at the same moment."""


class Journal:
    """What the clients sent and were told. They write from their threads; the besieger waits for news."""

    def __init__(self) -> None:
        self.sent: set[str] = set()
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[str] = Counter()
        self.faults: list[str] = []
        self.requests = 0
        self.served_at = 0.0
        """When the request that was acknowledged last had been sent."""
        self._news = threading.Condition()

    def asks(self) -> None:
        with self._news:
            self.requests += 1
            self._news.notify_all()

    def hears(self, status: str) -> None:
        with self._news:
            self.statuses[status] += 1

    def is_promised(self, save: Acknowledged, sent_at: float) -> None:
        with self._news:
            self.acknowledged.append(save)
            self.served_at = max(self.served_at, sent_at)
            self._news.notify_all()

    def complains(self, fault: str) -> None:
        with self._news:
            self.faults.append(fault)
            self._news.notify_all()

    def until(self, told: Callable[[], bool], what: str) -> None:
        """Wait for news that make `told` true, or that something went wrong."""
        with self._news:
            assert self._news.wait_for(lambda: told() or self.faults, PATIENCE), f"never came: {what}"


class Client:
    """One signed-in browser. What it sends it sends again until somebody says what became of it."""

    def __init__(self, address: str, session: str, journal: Journal) -> None:
        self.journal = journal
        self._http = httpx.Client(base_url=address, cookies={"session": session}, timeout=PATIENCE)
        self._token = ""

    def close(self) -> None:
        self._http.close()

    def open(self, path: str) -> httpx.Response:
        """A page, with its token for the forms on it."""
        page = self.persist(lambda: self.once("GET", path))
        if found := re.search(r'name="_csrf_token" value="([^"]+)"', page.text):
            self._token = found[1]
        return page

    def once(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response | None:
        """The answer; None where there is none, or one that says to try again."""
        self.journal.asks()
        data = {"_csrf_token": self._token, **form} if form is not None else None
        headers = {"hx-request": "true"} if method == "PATCH" else {}
        try:
            answer = self._http.request(method, path, data=data, headers=headers)
        except httpx.TransportError as error:
            self.journal.hears(type(error).__name__)
            return None
        self.journal.hears(str(answer.status_code))
        if answer.status_code == 503:
            self._check_refusal(answer)
            return None
        if answer.status_code >= 500:
            self.journal.complains(f"{method} {path}: {answer.status_code}")
        return answer

    def _check_refusal(self, answer: httpx.Response) -> None:
        if not answer.headers.get("retry-after", "").isdecimal():
            self.journal.complains(f"503 without Retry-After: {answer.request.url}")

    def persist(self, send: Callable[[], httpx.Response | None]) -> httpx.Response:
        """Send until there is an answer."""
        give_up = time.monotonic() + PATIENCE
        while (answer := send()) is None:
            if time.monotonic() > give_up:
                self.journal.complains("gave up")
                raise TimeoutError
            threading.Event().wait(0.15)
        return answer


@contextmanager
def browsers(address: str, journal: Journal, sessions: Sequence[str]) -> Iterator[list[Client]]:
    """One client for each of these sessions, closed however the block ends."""
    with ExitStack() as doors:
        clients = [Client(address, session, journal) for session in sessions]
        for client in clients:
            doors.callback(client.close)
        yield clients


class Editor:
    """Somebody who opens criteria of a round and writes; every save carries words of its own."""

    def __init__(self, client: Client, place: Place, codes: Sequence[str], random: Random) -> None:
        self._client, self._codes, self._random = client, codes, random
        self._round = f"/o/{place.slug}/e/{place.open_round}"

    def write_until(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self.visit(self._random.choice(self._codes))

    def visit(self, code: str) -> None:
        """Open one criterion, save it once or a few times, and sometimes go on with the button."""
        page = self._client.open(f"{self._round}/q/{code}")
        revision = _number(page, f'id="rev-{code}" name="rev" value="(\\d+)"')
        for _ in range(self._random.randint(1, 3)):
            revision = self._save(code, revision)
        if self._random.random() < 0.3:
            self._save(code, revision, method="POST")

    def save_once(self, code: str) -> None:
        """Open one criterion and save it once."""
        page = self._client.open(f"{self._round}/q/{code}")
        self._save(code, _number(page, f'id="rev-{code}" name="rev" value="(\\d+)"'))

    def _save(self, code: str, revision: int, method: str = "PATCH") -> int:
        """Save until it is acknowledged; the revision to go on from."""
        form, sent_at = self._form(revision), 0.0

        def send() -> httpx.Response | None:
            nonlocal form, sent_at
            sent_at = time.monotonic()
            answer = self._client.once(method, f"{self._round}/q/{code}", form)
            if answer is None and self._random.random() < 0.3:  # typed on while nothing came back
                form = self._form(revision, tried=f"{form['tried']} {form['op']}")
            elif answer is not None and answer.status_code == 409:
                # Somebody else's version was seen, and is overruled.
                theirs = _number(answer, r'name="keep" value="(\d+)"')
                form = form | {"op": str(uuid4()), "rev": str(theirs)}
                return None
            return answer

        answer = self._client.persist(send)
        if answer.status_code not in (200, 303):
            self._client.journal.complains(f"{code}: {answer.status_code}")
            return revision
        kept = _number(answer, f'id="rev-{code}" name="rev" value="(\\d+)"') if method == "PATCH" else None
        promised = Acknowledged(form["op"], code, form["rationale"], kept)
        self._client.journal.is_promised(promised, sent_at)
        return kept or revision

    def _form(self, revision: int, tried: str = "") -> dict[str, str]:
        op = str(uuid4())
        self._client.journal.sent.add(op)
        level = str(self._random.randint(1, 5))
        return {"op": op, "rev": str(revision), "tried": tried.strip(), "answer": level, "rationale": op}


def hidden(answer: httpx.Response, pattern: str) -> str:
    """The first group of `pattern` on a page that must have it."""
    found = re.search(pattern, answer.text)
    assert found, f"{answer.status_code} {answer.request.url}: no {pattern}"
    return found[1]


def _number(answer: httpx.Response, pattern: str) -> int:
    return int(hidden(answer, pattern))


@dataclass
class Siege:
    """One served product and what was done to it."""

    folder: Path
    serve: Serving
    errors: IO[bytes]
    """What the product complained about."""
    variables: dict[str, str] = field(default_factory=dict)
    kills: Counter[Target] = field(default_factory=Counter)
    returns: list[tuple[Target, float]] = field(default_factory=list)
    """What was killed and the seconds from a kill to the first acknowledged request that was sent after it."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.serve.port}"

    @property
    def owner(self) -> str:
        """The address of the database's owner."""
        return prepare(self.folder, say=lambda _: None).url

    @property
    def administrator(self) -> str:
        """The address of the user whom row-level security does not bind."""
        return self.owner.replace("palier@", "postgres@", 1)

    def kill(self, target: Target) -> float:
        """kill -9, and for the supervisor a new one, as whoever runs it would start; when only heirs were left."""
        self.kills[target] += 1
        if target is Target.SUPERVISOR:
            self._kill_supervisor()
            return time.monotonic()
        for process in self._processes(target):
            with suppress(psutil.NoSuchProcess):  # it may just have been replaced
                process.kill()
            wait_for_deaths([process])
        if target is Target.WORKER:
            self.forget_dead_workers()
        return time.monotonic()

    def _processes(self, target: Target) -> list[psutil.Process]:
        if target is Target.DATABASE:
            return [found for found in [self.serve.postmaster()] if found]
        if target is Target.PRESS:
            return self.presses()[:1]
        found = self.child("work" if target is Target.WORKER else "granian")
        return found.children()[:1] if target is Target.WEB_PROCESS else [found]

    def presses(self) -> list[psutil.Process]:
        """The processes that set documents in type: children of the worker's fork server. None before the first document."""
        with suppress(psutil.NoSuchProcess, StopIteration):
            worker = self.child("work")
            family = [one for child in worker.children() for one in child.children()]
            return [one for one in family if one.is_running()]
        return []

    def child(self, word: str) -> psutil.Process:
        """A child of the supervisor, waited for while it is being started again."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                return self.serve.child(word)
            except (StopIteration, psutil.NoSuchProcess):
                threading.Event().wait(0.02)
        raise AssertionError(f"no {word} any more")

    def _kill_supervisor(self) -> None:
        killed = self.serve
        killed.note_family()
        killed.end(signal.SIGKILL)
        self.forget_dead_workers()
        # At once: its children may still be on their way out.
        self.serve = begin(self.folder, killed.port, errors=self.errors, **self.variables)
        finish(killed)

    def begin_again(self) -> None:
        """Serve the same data once more, after its supervisor ended."""
        finish(self.serve)
        self.serve = begin(self.folder, self.serve.port, errors=self.errors, **self.variables)

    def until_nobody_listens(self) -> None:
        """Until new connections are refused, for at most as long as a request may wait for a row."""
        give_up = time.monotonic() + 2
        while time.monotonic() < give_up:
            try:
                socket.create_connection(("127.0.0.1", self.serve.port), 1).close()
            except OSError:
                return
            threading.Event().wait(0.02)

    def forget_dead_workers(self) -> None:
        """Let the half minute be over after which a worker without heartbeat counts as dead."""
        self.ask("update procrastinate_workers set last_heartbeat = now() - interval '1 hour' returning id")

    def ask(self, sql: str, *values: object) -> list[tuple]:
        """The rows of a statement, once the database is there to say them."""
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(self.administrator, autocommit=True) as connection:
                    return connection.execute(sql, values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > give_up:
                    raise
                threading.Event().wait(0.05)

    def until(self, condition: str, *values: object) -> None:
        """Wait for the database to say so."""
        give_up = time.monotonic() + PATIENCE
        while not self.ask(f"select {condition}", *values)[0][0]:
            assert time.monotonic() < give_up, f"never came: {condition}"
            threading.Event().wait(0.05)

    def until_work_is_done(self) -> None:
        """Until the queue is empty: the jobs of dead workers are put back and done, those that wait for another try at once.

        Gives up once it has grown no shorter for a long time: how much waits there is up to the machine.
        """
        self.ask(
            "update procrastinate_workers set last_heartbeat = now() - interval '1 hour' "
            "where id < (select max(id) from procrastinate_workers) returning id"
        )
        shortest, give_up = math.inf, 0.0
        waiting = "select task_name, status::text, attempts from procrastinate_jobs where status in ('todo', 'doing')"
        while left := self.ask(waiting):
            if len(left) < shortest:
                shortest, give_up = len(left), time.monotonic() + 2 * PATIENCE
            assert time.monotonic() < give_up, left
            self.ask("update procrastinate_jobs set scheduled_at = now() where status = 'todo' returning id")
            threading.Event().wait(0.2)


@contextmanager
def besieged(folder: Path, **variables: str) -> Iterator[Siege]:
    """A served product in `folder`, with these variables, ended with all of its processes."""
    with TemporaryFile() as errors:
        siege = Siege(folder, begin(folder, free_port(), errors=errors, **variables), errors, variables)
        try:
            yield siege
        finally:
            _say_last(errors)
            if siege.serve.process.poll() is None:
                siege.serve.note_family()
            finish(siege.serve)
            wait_for_deaths([found for found in [siege.serve.postmaster()] if found])


def _say_last(errors: IO[bytes]) -> None:
    """The last complaints, for whoever reads why a siege failed: of jobs well done there are thousands."""
    errors.seek(0)
    lines = (line for line in errors if b'"INFO"' not in line)
    for line in deque(lines, maxlen=25):
        print(line.decode(errors="replace").rstrip())


@contextmanager
def at_work(tasks: Sequence[Callable[[threading.Event], None]], journal: Journal) -> Iterator[None]:
    """Every task in a thread of its own until the block ends; each is given the event that asks it to end."""
    stopping = threading.Event()

    def run(task: Callable[[threading.Event], None]) -> None:
        try:
            task(stopping)
        except Exception as error:  # noqa: BLE001  (a thread has nobody else to tell)
            journal.complains(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(2 * PATIENCE)


def attack(siege: Siege, journal: Journal, volleys: Sequence[Volley], random: Random) -> None:
    """One volley after the other, each in the middle of the work: all its targets at once, then wait until people are served."""
    for volley in volleys:
        strike = journal.requests + random.randint(3, 25)
        journal.until(lambda strike=strike: journal.requests >= strike, "requests")
        threading.Event().wait(random.uniform(0, 0.01))  # somewhere in the life of that request
        assert not journal.faults, journal.faults
        struck = again = time.monotonic()
        for target in volley:
            again = siege.kill(target)
        journal.until(lambda again=again: journal.served_at > again, f"a save after {volley} were killed")
        siege.returns.append((volley[0], journal.served_at - struck))
    assert not journal.faults, journal.faults
