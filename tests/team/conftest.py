"""A round of the flash that Claire leads, answered together, and one answered each alone."""

from datetime import date

import pytest

from palier.assessments.flows.answering import open_assessment
from palier.assessments.store import Assessment, Mode
from palier.foundation.actor import Actor
from palier.questionnaires.catalogue import latest

CLOSES = date(2030, 12, 18)


@pytest.fixture
async def shared(claire: Actor) -> Assessment:
    """Answered together: /o/transports-du-val/e/fl-2026."""
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=CLOSES
    )


@pytest.fixture
async def alone(claire: Actor) -> Assessment:
    """Answered each alone: /o/transports-du-val/e/fl-seul."""
    return await open_assessment(
        claire, latest("FL"), name="seul", opens_on=date(2026, 10, 1), closes_on=CLOSES, mode=Mode.INDIVIDUAL
    )
