"""One round answered together and one answered alone, with something to attach."""

from datetime import date

import pytest

from palier.assessments.flows.answering import open_assessment
from palier.assessments.store import Assessment, Mode
from palier.foundation.actor import Actor
from palier.foundation.files import Shelf, shelves
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest


@pytest.fixture
async def together(claire: Actor) -> Assessment:
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None
    )


@pytest.fixture
async def alone(claire: Actor) -> Assessment:
    """A round that everybody answers alone first."""
    return await open_assessment(
        claire, latest("FL"), name="alone", opens_on=date(2026, 10, 1), closes_on=None, mode=Mode.INDIVIDUAL
    )


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    return shelves(settings)
