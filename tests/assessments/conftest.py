"""Rounds to play with: an open one on the flash questionnaire, and one answered to the last criterion."""

from datetime import date

import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State


async def answer_everything(actor: Actor, slug: str, level: int = 3) -> None:
    """Every criterion of the round at `level`."""
    for criterion in latest(slug.partition("-")[0].upper()).criteria:
        draft = Draft(state=State.ANSWERED, level=level)
        await answer_criterion(actor, slug, criterion.code, draft, op=new_id(), base=0)


@pytest.fixture
async def round_2026(claire: Actor) -> Assessment:
    """An open round on the flash questionnaire, nothing answered: fl-2026."""
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15)
    )


@pytest.fixture
async def answered(claire: Actor, round_2026: Assessment) -> Assessment:
    """The round with every criterion at level 3."""
    await answer_everything(claire, round_2026.slug)
    return round_2026
