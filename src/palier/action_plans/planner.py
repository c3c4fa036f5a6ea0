"""Asks the solver: in a process of its own that lives for one question, so that nothing of it stays in the web process.

proposal = await ask(problem)     # raises NotSolved
"""

import asyncio
import os
import pickle
import sys

from palier.action_plans.rules.capacity import Problem, Proposal
from palier.foundation.kept import Kept

SOLVER = "palier.action_plans.solving"
"""Run by name: it loads HiGHS and NumPy, thirty megabytes that the web process does without."""

LONGEST = 45.0
"""Seconds before the solver is stopped."""

AT_ONCE = asyncio.Semaphore(2)
"""Solvers running at the same time; the next question waits."""

_answers: Kept[bytes, Proposal] = Kept(64)
"""The last answers: the same question has the same answer."""


class NotSolved(Exception):
    """The solver found nothing in its time, or died."""


async def ask(problem: Problem) -> Proposal:
    """The best choice for `problem`. Raises NotSolved."""
    question = pickle.dumps(problem)
    known = _answers.get(question)
    return known if known is not None else _answers.put(question, await _asked(question))


async def _asked(question: bytes) -> Proposal:
    async with AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", SOLVER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        try:
            answer, _ = await asyncio.wait_for(process.communicate(question), LONGEST)
        except (TimeoutError, asyncio.CancelledError) as stopped:
            process.kill()
            await process.wait()
            if isinstance(stopped, asyncio.CancelledError):
                raise
            raise NotSolved from stopped
    if process.returncode:
        raise NotSolved
    proposal: Proposal = pickle.loads(answer)  # noqa: S301 - written by our own process
    return proposal
