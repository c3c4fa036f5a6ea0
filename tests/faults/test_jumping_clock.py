"""The machine's clock jumps forward and back under the whole product: nothing is lost, nothing is sent twice."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.cli.people_at_work import Letters, assert_letters_went_out_once
from tests.cli.planting import CODES, Place
from tests.cli.siege import Editor, Journal, Siege, at_work, besieged, browsers
from tests.cli.test_kills import assert_kept
from tests.faults.grounds import lay
from tests.scratch import scratch

pytestmark = [pytest.mark.database, pytest.mark.long]
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
JUMPS = ("+2h", "-2h", "+5h", "+0")
"""How far the clock is off, one after the other: forward, behind where it was, far ahead, right again.

As far as a session lasts without being used; beyond it people are asked to sign in, as they would be anyway."""


@pytest.fixture
def siege() -> Iterator[tuple[Siege, Place, Path]]:
    if not LIBRARIES:
        pytest.skip("JUMPING CLOCKS NOT TRIED: no libfaketime here: apt-get install libfaketime")
    with scratch() as folder:
        place = lay(folder)
        clock = folder / "clock"
        clock.write_text("+0\n")
        clock.chmod(0o644)
        variables = {
            "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
        with besieged(folder, **variables) as siege:
            yield siege, place, clock


def test_whatever_the_clock_says_answers_and_letters_are_kept_once_and_in_order(
    siege: tuple[Siege, Place, Path],
) -> None:
    product, place, clock = siege
    journal, letters = Journal(), Letters(product)
    here = int(subprocess.check_output(["date", "+%s"]))
    with browsers(product.address, journal, place.sessions[:2]) as clients:
        editors = [Editor(one, place, CODES, Random(n)) for n, one in enumerate(clients)]
        with at_work([one.write_until for one in (*editors, letters)], journal):
            for jump in JUMPS:
                told = len(journal.acknowledged)
                clock.write_text(f"{jump}\n")
                journal.until(lambda told=told: len(journal.acknowledged) > told + 10, f"saves after {jump}")
                ((there,),) = product.ask("select extract(epoch from clock_timestamp())::bigint")
                hours = round((there - here) / 3600)
                assert hours == int(jump.strip("+h")), "the clock did not jump"
    assert not journal.faults, journal.faults
    assert set(journal.statuses) <= {"200", "303", "409", "503"}
    product.until_work_is_done()
    assert_letters_went_out_once(product, letters.written)
    assert_kept(product, place, journal)
