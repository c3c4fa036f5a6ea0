"""Who is at work while the product is besieged, and what has to be true of their work afterwards.

Each does one thing again until it was acknowledged, with words that nobody else writes; each has a check beside it.
"""

import email
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import psycopg

from palier.foundation.identifiers import new_id
from tests.cli.planting import Place, broken_links
from tests.cli.serving import PATIENCE
from tests.cli.siege import Client, Siege, hidden

# --- letters --------------------------------------------------------------------------------------------------------


class Letters:
    """Somebody who puts letters in the outbox, each in one transaction, again until the database has said yes."""

    def __init__(self, siege: Siege) -> None:
        self._siege = siege
        self.written: list[UUID] = []

    def write_until(self, stopping: threading.Event) -> None:
        while not stopping.wait(0.3):
            self.write()

    def write(self) -> None:
        letter = new_id()
        give_up = time.monotonic() + PATIENCE
        while not self._is_written(letter):
            assert time.monotonic() < give_up
            threading.Event().wait(0.1)
        self.written.append(letter)

    def _is_written(self, letter: UUID) -> bool:
        try:
            with psycopg.connect(self._siege.administrator) as connection:
                row = connection.execute(
                    "insert into mail (id, kind, recipient, locale, subject, text, html, created_at, attempts, failure) "
                    "values (%s, 'siege', 'somebody@example.org', 'en', 'Siege', 'The last line.', '', now(), 0, '') "
                    "on conflict do nothing returning enqueue('mail.deliver', jsonb_build_object('mail', id), null, null)",
                    [letter],
                ).fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None or True


def assert_letters_went_out_once(siege: Siege, letters: list[UUID]) -> None:
    """Each is one whole file with its own Message-ID, however often it was tried, and no draft of a file is left."""
    folder = siege.folder / "mail"
    files = {path.name: path for path in folder.iterdir()}
    assert not [name for name in files if not name.endswith(".eml")]
    ids = Counter(name.partition("@")[0] for name in files)
    for letter in letters:
        assert ids[str(letter)] == 1
        (path,) = folder.glob(f"{letter}@*.eml")
        message = email.message_from_bytes(path.read_bytes())
        assert message["Message-ID"].strip("<>").partition("@")[0] == str(letter)
        assert message.get_payload().rstrip().endswith("The last line.")
    unsent = siege.ask("select count(*) from mail where sent_at is null")
    assert unsent == [(0,)]


# --- plans ----------------------------------------------------------------------------------------------------------


class Planner:
    """Somebody who adds actions to the plan, each with words of its own, again until the plan has it."""

    def __init__(self, client: Client, place: Place) -> None:
        self._client = client
        self._path = f"/o/{place.slug}/plans/{place.plan}/actions/new"
        self.sent: set[str] = set()
        self.planned: list[str] = []

    def write_until(self, stopping: threading.Event) -> None:
        while not stopping.wait(0.4):
            self._plan_one()

    def _plan_one(self) -> None:
        page = self._client.open(self._path)
        title = str(new_id())
        self.sent.add(title)
        form = {
            "op": hidden(page, r'name="op" value="([^"]+)"'),
            "title": title,
            "effort": "2",
            "impact": "2",
        }
        answer = self._client.persist(lambda: self._client.once("POST", self._path, form))
        if answer.status_code != 303:
            self._client.journal.complains(f"an action: {answer.status_code}")
        self.planned.append(title)


def assert_planned_once(siege: Siege, planner: Planner) -> None:
    titles = Counter(title for (title,) in siege.ask("select title from action") if title in planner.sent)
    assert {title: titles[title] for title in planner.planned} == dict.fromkeys(planner.planned, 1)
    assert not [title for title, times in titles.items() if times > 1]


# --- submitting -----------------------------------------------------------------------------------------------------


class Submitter:
    """Somebody who submits one round after the other, until each has its receipt."""

    def __init__(self, client: Client, place: Place, rounds: Sequence[str]) -> None:
        self._client, self._place, self._rounds = client, place, rounds
        self.submitted: list[str] = []

    def write_until(self, stopping: threading.Event) -> None:
        for slug in self._rounds:
            if not stopping.wait(1.5):
                self._submit(f"/o/{self._place.slug}/e/{slug}")
                self.submitted.append(slug)

    def _submit(self, path: str) -> None:
        client, form = self._client, {"name": "Claire Lambert", "consent": "yes"}
        page = client.open(f"{path}/submit")
        if 'name="_csrf_token"' not in page.text:
            return  # submitted in a siege before this one: there is no form any more
        answer = client.persist(lambda: client.once("POST", f"{path}/submit", form))
        if answer.headers.get("location") != f"{path}/receipt":
            client.journal.complains(f"{path}: {answer.status_code}")


def assert_submitted_once(siege: Siege, place: Place, slug: str) -> None:
    ((assessment, state, receipt),) = siege.ask(
        "select id, state, receipt from assessment where slug = %s", slug
    )
    assert state == "submitted"
    counts = siege.ask(
        "select (select count(*) from audit_entry where verb = 'assessments.submitted' and subject = %s), "
        "(select count(*) from mail where text like %s and sent_at is not null), "
        "(select count(*) from contribution where assessment_id = %s)",
        f"assessment {slug}", f"%{receipt}%", assessment,
    )  # fmt: skip
    assert counts == [(1, 1, 1)]
    assert not broken_links(siege.administrator, place.organisation)


# --- documents ------------------------------------------------------------------------------------------------------


def order_document(client: Client, place: Place, locale: str) -> UUID:
    """Ask for the results of the submitted round; which document it is."""
    path = f"/o/{place.slug}/reports/new"
    page = client.open(f"{path}?assessment={place.submitted}")
    form = {
        "op": hidden(page, r'name="op" value="([^"]+)"'),
        "kind": "results",
        "locale": locale,
        "assessment": place.submitted,
    }
    answer = client.persist(lambda: client.once("POST", path, form))
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


class Orders:
    """Somebody who wants one document after the other, each once the one before is done with."""

    def __init__(self, client: Client, place: Place, siege: Siege) -> None:
        self._client, self._place, self._siege = client, place, siege
        self.ordered: list[UUID] = []

    def write_until(self, stopping: threading.Event) -> None:
        while not stopping.wait(0.5):
            if not self.ordered or self._is_over(self.ordered[-1]):
                self.ordered.append(order_document(self._client, self._place, "en"))

    def _is_over(self, document: UUID) -> bool:
        return bool(
            self._siege.ask("select from report where id = %s and state in ('done', 'failed')", document)
        )


def assert_documents_were_made_once(siege: Siege, documents: list[UUID]) -> None:
    """Each is whole and made once, or took three processes down and says so."""
    for document in documents:
        ((state, failure, attempts),) = siege.ask(
            "select state, failure, attempts from report where id = %s", document
        )
        made = siege.ask(
            "select count(*) from audit_entry where verb = 'reports.made' and subject = %s",
            f"report {document}",
        )
        if state == "failed":
            assert (failure, made) == ("worker_died", [(0,)])
            assert attempts >= 3
            continue
        assert (state, made) == ("done", [(1,)])
        ((key, sha256),) = siege.ask(
            "select f.key, f.sha256 from report r join stored_file f on f.id = r.file_id where r.id = %s",
            document,
        )
        assert hashlib.sha256((siege.folder / "files" / key).read_bytes()).hexdigest() == sha256
