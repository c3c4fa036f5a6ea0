"""Where the machine plays: everybody's browser, the administrator's eyes, and as many rounds as it takes."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count

import asyncpg
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Browser, Cast
from tests.respondents.house import HOUSEHOLD
from tests.respondents.machine import Answering

STEPS, ROUNDS = 60, 10
"""Steps of one round: enough to answer, open, agree, submit and reopen it, few enough to be read when one fails; rounds a seed."""


@dataclass
class Scene:
    """Where the machine plays: everybody's browser, and the administrator's eyes."""

    cast: Cast
    visit: Browser
    database: asyncpg.Connection

    async def play(self, machine: type[Answering], steps: int, start: int = 0) -> None:
        """Play rounds until `steps` steps are done; the machine's counters tell what happened.

        A few rounds a seed, `start` first: after ten, Hypothesis would rather repeat what it knows than try anything new.
        """
        machine.loop, machine.members, machine.database = (
            asyncio.get_running_loop(),
            self.cast.people,
            self.database,
        )
        machine.steps, machine.seen = 0, Counter()
        # A failure tells its whole story; to look for a shorter one would take minutes, and two at once never meet twice alike.
        chosen = settings(max_examples=ROUNDS, stateful_step_count=STEPS, phases=[Phase.generate])
        async with AsyncExitStack() as stack:
            people = self.cast.people
            machine.browsers = {
                key: await stack.enter_async_context(self.visit(people[key])) for key in HOUSEHOLD
            }
            for number in count(start):
                if machine.steps >= steps:
                    break
                await asyncio.to_thread(run_state_machine_as_test, seed(number)(machine), settings=chosen)
