"""The whole product on a file system of its own that fills up, or suddenly cannot be written to."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.cli.planting import CODES, Place
from tests.cli.serving import PATIENCE
from tests.cli.siege import Client, Editor, Journal, Siege, at_work, besieged
from tests.cli.test_kills import assert_kept
from tests.faults.grounds import lay
from tests.scratch import scratch

pytestmark = [pytest.mark.database, pytest.mark.long]
ROOM = "400m"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own in memory. Skips, loudly, where none may be mounted."""
    with scratch() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0711", "palier", str(folder)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip(f"A FULL DISK NOT TRIED: no file system may be mounted here: {mounted.stderr!r}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def siege() -> Iterator[tuple[Siege, Place]]:
    with small_disk() as folder:
        place = lay(folder)
        with besieged(folder) as siege:
            yield siege, place


def ready(siege: Siege) -> int:
    return httpx.get(f"{siege.address}/readyz", timeout=PATIENCE).status_code


def until(told: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + 2 * PATIENCE
    while not told():
        assert time.monotonic() < give_up, f"never came: {what}"
        threading.Event().wait(0.2)


def fill(folder: Path) -> Path:
    """Leave not one free block."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


def test_a_full_disk_keeps_nothing_says_so_and_heals_alone(siege: tuple[Siege, Place]) -> None:
    """Until there is room again a save is told 503; never 500, never a yes that is not kept."""
    product, place = siege
    journal = Journal()
    clients = [Client(product.address, place.sessions[n % 2], journal) for n in range(3)]
    editors = [Editor(one, place, CODES, Random(n)) for n, one in enumerate(clients)]
    with at_work([one.write_until for one in editors], journal):
        journal.until(lambda: len(journal.acknowledged) > 5, "saves")
        ballast = fill(product.folder)
        try:
            until(lambda: fill(product.folder).exists() and journal.statuses["503"] > 0, "a refusal")
            assert ready(product) == 503
            assert httpx.get(f"{product.address}/healthz").status_code == 200
        finally:
            ballast.unlink()
        told = len(journal.acknowledged)
        journal.until(lambda: len(journal.acknowledged) > told + 5, "saves again")
    for client in clients:
        client.close()
    assert not journal.faults, journal.faults
    until(lambda: ready(product) == 200, "ready again")
    product.until_work_is_done()
    assert_kept(product, place, journal)
    print(dict(journal.statuses))


def test_a_data_directory_that_cannot_be_written_to_is_told_and_costs_no_answer(
    siege: tuple[Siege, Place],
) -> None:
    """The folder of the files turns read-only under a running product; the database lives on a disk that still works."""
    product, place = siege
    until(lambda: ready(product) == 200, "ready")
    journal = Journal()
    client = Client(product.address, place.sessions[0], journal)
    folder = str(product.folder)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        assert ready(product) == 503
        assert "cannot be written" in httpx.get(f"{product.address}/readyz").text
        page = client.open(f"/o/{place.slug}/e/{place.open_round}/q/{CODES[0]}")
        assert page.status_code == 200
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
    until(lambda: ready(product) == 200, "ready again")
    Editor(client, place, CODES[:1], Random(4)).visit(CODES[0])
    client.close()
    assert not journal.faults, journal.faults
