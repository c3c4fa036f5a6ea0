"""No answer lost, doubled or leaked: thousands of random steps by six people over HTTP, at two ways of answering."""

import random

import asyncpg
import pytest

from tests.conftest import Browser, Cast
from tests.respondents.machine import Alone, Answering, Together
from tests.respondents.record import Verdict
from tests.respondents.scene import Scene

pytestmark = pytest.mark.database
HAPPENED = (*Verdict, "submitted", "reopened", "at once", "left")
"""What must have happened at least once, or the machine walked along the wall."""
BLIND = ("opened", "agreed", "behind the back")


@pytest.fixture
def scene(cast: Cast, visit: Browser, owner: asyncpg.Connection) -> Scene:
    return Scene(cast, visit, owner)


@pytest.mark.parametrize(("machine", "steps"), [(Alone, 400), (Together, 250)])
async def test_no_answer_is_lost_doubled_or_leaked(
    machine: type[Answering], steps: int, scene: Scene
) -> None:
    await scene.play(machine, steps)
    assert machine.steps >= steps
    _walked(machine)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize(("machine", "steps"), [(Alone, 3_250), (Together, 1_875)])
async def test_no_answer_is_lost_doubled_or_leaked_in_a_long_run(
    machine: type[Answering], steps: int, part: int, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounds nobody has played before, 20,500 steps in all; the first seed is printed, and stands in the failure.

    In parts, each with new people: who is in two hundred houses waits longer for every page than anybody ever will.
    """
    monkeypatch.setattr(machine, "thorough", True)
    start = random.randrange(1_000_000)
    print(f"seeds from {start}")
    await scene.play(machine, steps, start)
    assert machine.steps >= steps
    _walked(machine)


def _walked(machine: type[Answering]) -> None:
    """Everything there is to happen did happen."""
    print(machine.steps, dict(machine.seen))
    wanted = HAPPENED + (BLIND if machine.alone else ("kept mine",))
    assert not [what for what in wanted if not machine.seen[what]], machine.seen
