"""Two hundred times kill -9, at random and up to three at once: what `test_kills` does ten times, for as many minutes.

Alone in its file, so that everything else of the long run goes beside it: most of it is waiting to be served again.
"""

import time
from random import Random

import pytest

from tests.cli.siege import Journal, Target, Volley, besieged
from tests.cli.test_kills import assert_kept, besiege, say
from tests.faults.grounds import lay
from tests.scratch import scratch

pytestmark = [pytest.mark.database, pytest.mark.long]
WEB, WEB_PROCESS, WORKER, PRESS, DATABASE, SUPERVISOR = Target

LONG_RUN = 200
LONG_MINUTES = 8.5
OFTEN = {DATABASE: 8, PRESS: 5, WORKER: 3, WEB_PROCESS: 2, WEB: 1, SUPERVISOR: 1}
MOST_AT_ONCE = 3


def test_two_hundred_kills_lose_and_double_nothing() -> None:
    """Two hundred, in volleys of one to three, or as many as its minutes allow on a slow machine: then it says how many."""
    end = time.monotonic() + 60 * LONG_MINUTES
    random, journal = Random(200), Journal()
    with scratch() as folder:
        place = lay(folder)
        with besieged(folder) as siege:
            while sum(siege.kills.values()) < LONG_RUN and time.monotonic() < end:
                besiege(siege, place, journal, [volley(random) for _ in range(10)], random.randrange(2**32))
                assert_kept(siege, place, journal)
            say(siege, journal)


def volley(random: Random) -> Volley:
    """One to three different targets; of web and its own process only one, since the second would not be there."""
    drawn = random.choices(list(OFTEN), weights=list(OFTEN.values()), k=random.randint(1, MOST_AT_ONCE))
    chosen = list(dict.fromkeys(drawn))
    return (
        [SUPERVISOR]
        if SUPERVISOR in chosen
        else [one for one in chosen if one is not WEB_PROCESS or WEB not in chosen]
    )
