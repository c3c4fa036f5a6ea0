"""A round on the employee questionnaire whose themes are asked of customers, staff and leaders."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

import pytest

from palier.assessments.flows.answering import open_assessment
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.mirrors.flows.answering import answer
from palier.mirrors.flows.asking import Plan, open_mirror
from palier.mirrors.flows.reading import load_board
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.mirror import Audience

SLUG = "ex-2026"
THEMES = ("promises", "time")


@pytest.fixture
async def round_asked(claire: Actor) -> Assessment:
    """A round on the employee questionnaire."""
    return await open_assessment(
        claire, latest("EX"), name="2026", opens_on=date(2026, 10, 1), closes_on=None
    )


@pytest.fixture
async def codes(claire: Actor, round_asked: Assessment) -> Mapping[Audience, str]:
    """The round's mirror asks two themes of all three audiences, today: the code of each link."""
    today = clock.today()
    plan = Plan([*Audience], THEMES, today - timedelta(days=1), today + timedelta(days=30))
    await open_mirror(claire, SLUG, plan, new_id())
    async with reading(claire):
        board = await load_board(claire, SLUG)
    return {audience: link.code for audience, link in board.links.items()}


Say = Callable[..., Awaitable[None]]


@pytest.fixture
def say(codes: Mapping[Audience, str]) -> Say:
    """`await say(Audience.STAFF, 75, 50)`: one answer, points of each theme in order, None for a theme left out."""

    async def said(audience: Audience, *points: int | None) -> None:
        only_reading.set(False)  # a GET answered in this very context may have set it
        given = {theme: point for theme, point in zip(THEMES, points, strict=True) if point is not None}
        await answer(codes[audience], new_id(), given)

    return said
