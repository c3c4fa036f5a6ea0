"""A round that Claire, Malik and Sophie's deputy answer alone first."""

from datetime import date

import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, Mode
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State

CODES = tuple(criterion.code for criterion in latest("FL").criteria)


def at(level: int, words: str = "") -> Draft:
    return Draft(State.ANSWERED, level, rationale=words)


async def say(actor: Actor, levels: str) -> None:
    """One level a criterion, in order; a dot is no answer, n "not applicable"."""
    for code, sign in zip(CODES, levels, strict=False):
        if sign != ".":
            draft = (
                Draft(State.NA, reason="Pas de guichet")
                if sign == "n"
                else at(int(sign), f"Vu au niveau {sign}")
            )
            await answer_criterion(actor, "fl-2026", code, draft, op=new_id(), base=0)


@pytest.fixture
async def alone(claire: Actor) -> Assessment:
    """A round on the flash questionnaire that everybody answers alone first; nothing answered."""
    return await open_assessment(
        claire,
        latest("FL"),
        name="2026",
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 12, 15),
        mode=Mode.INDIVIDUAL,
    )


@pytest.fixture
async def together(claire: Actor) -> Assessment:
    """A round with one shared answer to each criterion."""
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15)
    )
