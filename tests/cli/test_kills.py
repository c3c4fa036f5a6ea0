"""kill -9 of web, worker, database and supervisor: nothing acknowledged is lost, nothing is done twice."""

import hashlib
import signal
import statistics
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.cli.ledger import Event, Kept, broken_history, doubled, lost, uninvited
from tests.cli.people_at_work import (
    Letters,
    Orders,
    Planner,
    Submitter,
    assert_documents_were_made_once,
    assert_letters_went_out_once,
    assert_planned_once,
    assert_submitted_once,
    order_document,
)
from tests.cli.planting import CODES, Place, broken_links
from tests.cli.serving import PATIENCE, wait_for_deaths
from tests.cli.siege import (
    Client,
    Editor,
    Journal,
    Siege,
    Target,
    Volley,
    at_work,
    attack,
    besieged,
    browsers,
)
from tests.faults.grounds import lay
from tests.scratch import scratch

pytestmark = pytest.mark.database
WEB, WEB_PROCESS, WORKER, PRESS, DATABASE, _ = Target
TEN = [(DATABASE,), (PRESS, DATABASE), (WORKER, WEB_PROCESS), (DATABASE, PRESS), (WEB, WORKER), (DATABASE,)]
"""Ten kills in six volleys: a process of ours takes seconds of computing to come back, the database hardly one."""


# --- the siege ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ground() -> Iterator[tuple[Path, Place]]:
    """One data directory for the module."""
    with scratch() as folder:
        yield folder, lay(folder)


@pytest.fixture(scope="module")
def siege(ground: tuple[Path, Place]) -> Iterator[Siege]:
    """One product for the module."""
    with besieged(ground[0]) as siege:
        yield siege


@pytest.fixture
def place(ground: tuple[Path, Place]) -> Place:
    return ground[1]


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def client(siege: Siege, place: Place, journal: Journal) -> Iterator[Client]:
    """The owner's browser."""
    client = Client(siege.address, place.sessions[0], journal)
    yield client
    client.close()


def besiege(siege: Siege, place: Place, journal: Journal, volleys: list[Volley], seed: int) -> None:
    """Everybody at work while `volleys` are fired: four editors, some on the same criteria, somebody who plans, somebody who
    submits, somebody who asks for documents, a writer of letters."""
    random = Random(seed)
    desks = [CODES[:5] + CODES[10:], CODES[5:], CODES[:5], CODES[10:]]
    sessions = [place.sessions[n % 2] for n in range(len(desks))] + 3 * [place.sessions[0]]
    with browsers(siege.address, journal, sessions) as (*clients, planning, submitting, ordering):
        editors = [
            Editor(one, place, codes, Random(random.random()))
            for one, codes in zip(clients, desks, strict=True)
        ]
        letters, planner = Letters(siege), Planner(planning, place)
        submitter, orders = Submitter(submitting, place, place.answered[3:]), Orders(ordering, place, siege)
        people = [*editors, letters, planner, submitter, orders]
        with at_work([one.write_until for one in people], journal):
            attack(siege, journal, volleys, random)
    assert not journal.faults, journal.faults
    siege.until_work_is_done()
    assert_letters_went_out_once(siege, letters.written)
    assert_planned_once(siege, planner)
    assert_documents_were_made_once(siege, orders.ordered)
    for slug in submitter.submitted:
        assert_submitted_once(siege, place, slug)
    assert siege.ask("select task_name from procrastinate_jobs where status = 'failed'") == []


def assert_kept(siege: Siege, place: Place, journal: Journal) -> None:
    """Every acknowledged save is on record exactly once, histories and audit chain are whole."""
    events = [
        Event(str(op), *rest)
        for op, *rest in siege.ask(
            "select op, code, revision, before, after from answer_event e join assessment a on a.id = e.assessment_id where a.slug = %s",
            place.open_round,
        )
    ]
    answers = siege.ask(
        "select code, revision, plain_answer(answer) from answer join assessment a on a.id = assessment_id where a.slug = %s",
        place.open_round,
    )
    assert not lost(journal.acknowledged, events)
    assert not doubled(events)
    assert not uninvited(journal.sent, events)
    assert not broken_history(events, [Kept(*row) for row in answers])
    assert not broken_links(siege.administrator, place.organisation)
    told = siege.ask(
        "select count(*) from audit_entry where verb = 'assessments.answered' and subject like %s",
        f"answer {place.open_round}/%",
    )
    assert told == [(len(events),)]


def say(siege: Siege, journal: Journal) -> None:
    """For the record of the run (pytest -s, or -rP)."""
    returns = sorted(seconds for _, seconds in siege.returns)
    for target in Target:
        each = [seconds for killed, seconds in siege.returns if killed is target]
        print(
            f"{target}: {len(each)} kills, served again after {statistics.median(each or [0]):.1f} s, {max(each or [0]):.1f} s at most"
        )
    print(
        f"{sum(siege.kills.values())} kills, {len(journal.acknowledged)} saves acknowledged of {len(journal.sent)} written, "
        f"served again after {statistics.median(returns):.1f} s, {returns[-1]:.1f} s at most; {dict(journal.statuses)}"
    )


def test_ten_kills_lose_and_double_nothing(siege: Siege, place: Place, journal: Journal) -> None:
    besiege(siege, place, journal, TEN, seed=2026)
    assert_kept(siege, place, journal)
    assert sum(siege.kills.values()) == 10
    say(siege, journal)


# --- submitting -----------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "target"), [(0, DATABASE), (1, WEB_PROCESS), (2, WORKER)], ids=["database", "web", "worker"]
)  # fmt: skip
def test_a_round_submitted_three_times_at_once_under_kill_is_submitted_once(
    siege: Siege, place: Place, journal: Journal, number: int, target: Target
) -> None:
    path = f"/o/{place.slug}/e/{place.answered[number]}"
    receipts: set[str] = set()
    form = {"name": "Claire Lambert", "consent": "yes"}

    def submit(client: Client) -> None:
        answer = client.persist(lambda: client.once("POST", f"{path}/submit", form))
        assert answer.headers.get("location") == f"{path}/receipt"
        receipts.add(client.open(f"{path}/receipt").text.partition('class="receipt')[2][:200])

    with browsers(siege.address, journal, 3 * [place.sessions[0]]) as clients:
        for client in clients:
            client.open(f"{path}/submit")
        strike = journal.requests + 1 + number % 3
        with at_work([lambda _, client=client: submit(client) for client in clients], journal):
            journal.until(lambda: journal.requests >= strike, "a submission")
            threading.Event().wait(Random(number).uniform(0, 0.05))
            siege.kill(target)
    assert not journal.faults, journal.faults
    assert len(receipts) == 1
    siege.until_work_is_done()
    assert_submitted_once(siege, place, place.answered[number])


# --- documents ------------------------------------------------------------------------------------------------------


def kill_while_it_is_made(siege: Siege, document: UUID, attempt: int) -> None:
    """kill -9 the worker in the middle of the document; its press dies with it."""
    siege.until("(select state = 'running' and attempts = %s from report where id = %s)", attempt, document)
    press = siege.child("work").children(recursive=True)
    siege.kill(WORKER)
    wait_for_deaths(press)


@pytest.mark.long
def test_a_document_whose_worker_is_killed_is_made_once(siege: Siege, place: Place, client: Client) -> None:
    document = order_document(client, place, "en")
    kill_while_it_is_made(siege, document, attempt=1)
    siege.until("(select state <> 'running' from report where id = %s)", document)
    assert siege.ask("select state, attempts from report where id = %s", document) == [("done", 2)]
    assert_made_once(siege, document)
    answer = client.open(f"/o/{place.slug}/reports/{document}/file")
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")


def assert_made_once(siege: Siege, document: UUID) -> None:
    """One row, one entry in the trail, and in the store exactly the files that have a row, whole."""
    made = siege.ask(
        "select count(*) from audit_entry where verb = 'reports.made' and subject = %s", f"report {document}"
    )
    assert made == [(1,)]
    stored = dict(siege.ask("select key, sha256 from stored_file"))
    assert siege.ask(
        "select count(*) from report r join stored_file f on f.id = r.file_id where r.id = %s", document
    ) == [(1,)]
    folder = siege.folder / "files"
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found
    } == stored


@pytest.mark.long
def test_a_document_that_takes_its_worker_down_three_times_fails_in_words(
    siege: Siege, place: Place, client: Client
) -> None:
    document = order_document(client, place, "fr")
    for attempt in (1, 2, 3):
        kill_while_it_is_made(siege, document, attempt)
    siege.until("(select state <> 'running' from report where id = %s)", document)
    assert siege.ask("select state, failure from report where id = %s", document) == [
        ("failed", "worker_died")
    ]
    assert (
        "Making it was interrupted several times." in client.open(f"/o/{place.slug}/reports/{document}").text
    )


# --- the database away, the product stopping ------------------------------------------------------------------------


@pytest.fixture
def without_database(siege: Siege) -> Iterator[Callable[[], None]]:
    """The database killed, and nobody there to start it again until the given function is called."""
    supervisor = siege.serve.process
    supervisor.send_signal(signal.SIGSTOP)
    try:
        siege.kill(DATABASE)
        yield lambda: supervisor.send_signal(signal.SIGCONT)
    finally:
        supervisor.send_signal(signal.SIGCONT)


def test_without_its_database_everything_is_503_and_comes_back_in_the_same_processes(
    siege: Siege, place: Place, journal: Journal, client: Client, request: pytest.FixtureRequest
) -> None:
    editor = Editor(client, place, CODES[:1], Random(503))
    editor.visit(CODES[0])
    processes = {word: siege.child(word) for word in ("granian", "work")}
    processes["web"] = processes["granian"].children()[0]
    bring_back = request.getfixturevalue("without_database")
    assert told_to_come_back(siege, place) == {503}
    assert httpx.get(f"{siege.address}/healthz").status_code == 200
    assert httpx.get(f"{siege.address}/readyz").status_code == 503
    bring_back()
    editor.visit(CODES[0])
    assert not journal.faults
    letters = Letters(siege)
    letters.write()
    siege.until_work_is_done()
    assert_letters_went_out_once(siege, letters.written)
    assert all(process.is_running() for process in processes.values())
    assert siege.child("work") == processes["work"]


def told_to_come_back(siege: Siege, place: Place) -> set[int]:
    """The answers to everything a signed-in person may do, each of which must say when to try again."""
    journal = Journal()
    client = Client(siege.address, place.sessions[0], journal)
    path = f"/o/{place.slug}/e/{place.open_round}"
    asked = [
        ("GET", "/home"),
        ("GET", f"{path}/q/{CODES[0]}"),
        ("PATCH", f"{path}/q/{CODES[0]}"),
        ("POST", f"{path}/submit"),
    ]
    for method, address in 3 * asked:
        assert client.once(method, address, None if method == "GET" else {}) is None, address
    client.close()
    assert not journal.faults, journal.faults
    return {int(status) for status in journal.statuses}


def test_asked_to_stop_it_finishes_the_request_in_flight(
    siege: Siege, place: Place, journal: Journal, client: Client
) -> None:
    """The save waits for a row that somebody holds when everything is asked to end: it is kept, and told so."""
    editor = Editor(client, place, CODES[:1], Random(15))
    client.open(f"/o/{place.slug}/e/{place.open_round}/q/{CODES[0]}")
    with psycopg.connect(siege.administrator) as holding:
        holding.execute("select from assessment where slug = %s for update", [place.open_round])
        with at_work([lambda _: editor.save_once(CODES[0])], journal):
            siege.until("exists (select from pg_locks where not granted)")
            siege.serve.note_family()
            siege.serve.process.send_signal(signal.SIGTERM)
            siege.until_nobody_listens()
            holding.rollback()
    assert not journal.faults, journal.faults
    assert siege.serve.process.wait(PATIENCE) == 0
    assert siege.serve.postmaster() is None
    siege.begin_again()
    (save,) = journal.acknowledged
    assert siege.ask("select revision from answer_event where op = %s", save.op) == [(save.revision,)]
