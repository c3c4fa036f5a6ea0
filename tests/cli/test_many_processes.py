"""Several processes on one database: what one web process acknowledged every other shows at once, and no job is done twice.

Clients hold their connections and know which process answers on each, so that "the other one" is never luck.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from tests.cli.planting import CODES, Place, plant
from tests.cli.serving import PATIENCE, bare_environment, free_port
from tests.demonstration import _administrator, create_database, drop_database

pytestmark = pytest.mark.database

PROCESSES = 3
_START = 4 * PATIENCE  # three processes import the whole house at once


@dataclass(frozen=True, slots=True)
class Crowd:
    """One client for each web process, all with the owner's session."""

    place: Place
    clients: tuple[httpx.Client, ...]
    administrator: str

    @property
    def round(self) -> str:
        return f"/o/{self.place.slug}/e/{self.place.open_round}"

    def sign_in(self, session: str) -> None:
        for client in self.clients:
            client.cookies.set("session", session, domain="127.0.0.1")


@pytest.fixture(scope="module")
def database(cluster: str, migrated: str) -> Iterator[str]:
    """An empty, migrated database of this module's own."""
    url = create_database(cluster, f"many_{os.getpid()}", template="migrated")
    yield url
    drop_database(cluster, f"many_{os.getpid()}")


@pytest.fixture(scope="module")
def place(database: str) -> Place:
    return plant(database, administrator_of(database), answered=0)


def administrator_of(url: str) -> str:
    return url.replace("://palier@", f"://{_administrator()}@", 1)


@pytest.fixture(scope="module")
def crowd(database: str, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Three web processes as `palier serve` starts them, and somebody who talks to each."""
    port = free_port()
    command = [
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ws",
        "--workers",
        str(PROCESSES),
    ]
    command += ["--loop", "uvloop", "--log-level", "warning", "--factory", "palier.app:create_app"]
    with _running(command, database, tmp_path_factory.mktemp("many"), port=port) as granian:
        clients = _one_for_each(port, granian)
        crowd = Crowd(place, tuple(clients), administrator_of(database))
        crowd.sign_in(place.sessions[0])
        yield crowd
        for client in clients:
            client.close()


@contextmanager
def _running(
    command: list[str], url: str, data: Path, port: int = 0, **options: int
) -> Iterator[psutil.Process]:
    """A process of Palier on the database at `url`, ended with the block."""
    environment = bare_environment(
        PALIER_DATABASE_URL=url, PALIER_DATA_DIR=str(data), PALIER_PORT=str(port), PALIER_PUBLIC_URL=f"http://127.0.0.1:{port}"
    )  # fmt: skip
    process = subprocess.Popen([sys.executable, *command], env=environment, **options)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _one_for_each(port: int, granian: psutil.Process) -> list[httpx.Client]:
    """Clients with open connections to different processes: as many are opened as it takes to meet each."""
    found: dict[int, httpx.Client] = {}
    give_up = time.monotonic() + _START
    while len(found) < PROCESSES:
        assert time.monotonic() < give_up, f"met {len(found)} of {PROCESSES} processes"
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        try:
            ours = client.get("/healthz").extensions["network_stream"].get_extra_info("client_addr")[1]
        except httpx.TransportError:
            threading.Event().wait(0.1)
            continue
        owner = _owner_of(ours, granian)
        if owner is None or owner in found:
            client.close()
        else:
            found[owner] = client
    return list(found.values())


def _owner_of(port: int, granian: psutil.Process) -> int | None:
    """The process at the other end of our connection from `port`."""
    for process in granian.children(recursive=True):
        if any(each.raddr and each.raddr.port == port for each in process.net_connections("tcp")):
            return process.pid
    return None


def hidden(page: httpx.Response, pattern: str) -> str:
    found = re.search(pattern, page.text)
    assert found, f"{page.status_code} {page.request.url}: no {pattern}"
    return found[1]


def token_of(page: httpx.Response) -> str:
    return hidden(page, r'name="_csrf_token" value="([^"]+)"')


def revision_of(page: httpx.Response, code: str) -> int:
    return int(hidden(page, f'id="rev-{code}" name="rev" value="(\\d+)"'))


def save(client: httpx.Client, address: str, revision: int, words: str, op: str = "") -> httpx.Response:
    """One save as an open page sends it."""
    form = {"_csrf_token": token_of(client.get(address)), "op": op or str(uuid4()), "rev": str(revision)}
    form |= {"tried": "", "answer": "4", "rationale": words}
    return client.patch(address, data=form, headers={"hx-request": "true"})


def test_what_one_process_saved_every_other_shows_at_once(crowd: Crowd):
    code = CODES[0]
    address = f"{crowd.round}/q/{code}"
    for turn in range(4 * PROCESSES):
        writer = crowd.clients[turn % PROCESSES]
        words = f"Constat {uuid4()}"
        saved = save(writer, address, revision_of(writer.get(address), code), words)
        assert saved.status_code == 200
        for reader in crowd.clients:
            assert words in reader.get(address).text


def test_a_save_sent_again_to_another_process_is_known_for_what_it_was(crowd: Crowd):
    code, op = CODES[1], str(uuid4())
    address = f"{crowd.round}/q/{code}"
    answers = [save(client, address, 0, "Une fois", op) for client in crowd.clients]
    assert [answer.status_code for answer in answers] == [200] * PROCESSES
    assert {revision_of(client.get(address), code) for client in crowd.clients} == {1}


def test_two_processes_never_overwrite_each_other_unseen(crowd: Crowd):
    code = CODES[2]
    address = f"{crowd.round}/q/{code}"
    first, second, _ = crowd.clients
    assert save(first, address, 0, "De la première").status_code == 200
    refused = save(second, address, 0, "De la seconde")
    assert refused.status_code == 409
    assert "De la première" in refused.text


def test_a_name_changed_in_one_process_is_on_the_pages_of_the_others(crowd: Crowd):
    first, *others = crowd.clients
    for client in crowd.clients:
        assert "Transports du Val" in client.get(f"/o/{crowd.place.slug}").text
    with psycopg.connect(crowd.administrator) as connection:
        connection.execute(
            "update organisation set name = 'Lignes du Val' where slug = %s", [crowd.place.slug]
        )
    for client in (first, *others):
        assert "Lignes du Val" in client.get(f"/o/{crowd.place.slug}").text


def test_a_score_that_one_process_changed_is_the_new_one_in_all(crowd: Crowd):
    """Each has shown the score before, and whatever it kept of it."""
    code = CODES[3]
    address = f"{crowd.round}/q/{code}"
    seen = [_figures(client.get(f"{crowd.round}/results")) for client in crowd.clients]
    first = crowd.clients[0]
    assert save(first, address, revision_of(first.get(address), code), "Change le score").status_code == 200
    after = [_figures(client.get(f"{crowd.round}/results")) for client in crowd.clients]
    assert len(set(after)) == 1
    assert after[0] != seen[0]


def _figures(page: httpx.Response) -> str:
    """A page without what differs between two requests."""
    assert page.status_code == 200
    return re.sub(r'value="[^"]*"|nonce="[^"]*"|"[\w-]{20,}"', "", page.text)


def test_who_signs_out_of_one_process_is_out_of_all(crowd: Crowd):
    crowd.sign_in(crowd.place.sessions[1])
    home = f"/o/{crowd.place.slug}"
    assert [client.get(home).status_code for client in crowd.clients] == [200] * PROCESSES
    first = crowd.clients[0]
    left = first.post("/signout", data={"_csrf_token": token_of(first.get(home))})
    assert left.status_code == 303
    for client in crowd.clients:
        client.cookies.set("session", crowd.place.sessions[1], domain="127.0.0.1")
        assert client.get(home).status_code == 303
    crowd.sign_in(crowd.place.sessions[0])
