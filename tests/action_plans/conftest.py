"""A submitted round to plan from, and a plan on it."""

from collections.abc import Mapping
from datetime import date

import pytest

from palier.action_plans.flows.planning import open_plan
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.answers import State


def flash() -> Questionnaire:
    return latest("FL")


def result_at(questionnaire: Questionnaire, levels: Mapping[str, int], usual: int = 2) -> Result:
    """Every criterion at its level, declared without evidence."""
    return score(
        questionnaire,
        {
            c.code: {"level": levels.get(c.code, usual), "evidence": "declared"}
            for c in questionnaire.criteria
        },
    )


async def plant_round(actor: Actor, code: str = "FL", name: str = "2026") -> Assessment:
    """A submitted round, its criteria at levels 1, 2, 3, 1, 2, ... so that there is something to do."""
    questionnaire = latest(code)
    opened = await open_assessment(
        actor, questionnaire, name=name, opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15)
    )
    for position, criterion in enumerate(questionnaire.criteria):
        draft = Draft(state=State.ANSWERED, level=1 + position % 3)
        await answer_criterion(actor, opened.slug, criterion.code, draft, op=new_id(), base=0)
    return await submit(actor, opened.slug, name=actor.person.name, consent=False)


@pytest.fixture
async def submitted(claire: Actor) -> Assessment:
    """The submitted flash round fl-2026."""
    return await plant_round(claire)


@pytest.fixture
async def plan(claire: Actor, submitted: Assessment) -> str:
    """The slug of an empty plan on it: plan-2027."""
    return await open_plan(claire, submitted.slug, "Plan d’action 2027", 2027, new_id())
