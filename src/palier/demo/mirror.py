"""The mirror of the round on the employee questionnaire: fifteen customers, eleven of the staff and three leaders answered."""

import random
from collections.abc import Mapping
from datetime import timedelta

from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.mirrors.flows.answering import answer
from palier.mirrors.flows.asking import Plan, open_mirror
from palier.mirrors.flows.reading import load_board
from palier.mirrors.rules.asked import POINTS
from palier.scoring.rules.mirror import Audience

_ANSWERED = {Audience.CUSTOMERS: 15, Audience.STAFF: 11, Audience.LEADERS: 3}
_USUAL: Mapping[Audience, Mapping[str, int]] = {
    Audience.CUSTOMERS: {"promises": 3, "time": 3, "mistakes": 3, "voice": 2, "simplicity": 3, "moments": 3},
    Audience.STAFF: {"promises": 2, "time": 3, "mistakes": 2, "voice": 1, "simplicity": 1, "moments": 2},
    Audience.LEADERS: {},
}
"""The rung most people tick, 0 (never) to 4 (always)."""


async def plant_mirror(actor: Actor, slug: str) -> None:
    """Make the links of the round `slug` and answer behind them."""
    async with reading(actor):
        themes = [theme.id for theme in (await load_board(actor, slug)).asked.themes]
    today = clock.today()
    plan = Plan([*Audience], themes, today - timedelta(days=20), today + timedelta(days=40))
    await open_mirror(actor, slug, plan, new_id())
    async with reading(actor):
        links = (await load_board(actor, slug)).links
    draw = random.Random("palier mirror")  # noqa: S311  (invented answers)
    for audience, people in _ANSWERED.items():
        for _ in range(people):
            given = {theme: POINTS[_rung(draw, _USUAL[audience].get(theme, 3))] for theme in themes}
            await answer(links[audience].code, new_id(), given)


def _rung(draw: random.Random, usual: int) -> int:
    return max(0, min(4, usual + draw.choice((-1, 0, 0, 0, 1))))
