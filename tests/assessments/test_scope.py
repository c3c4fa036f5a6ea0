"""A round on some dimensions only: asked, scored, shown and compared as such."""

from datetime import date

import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.sheets import load_desk
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Unknown, visible_assessments
from palier.benchmarks.flows.contributing import comparable_scores
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from palier.scoring.rules.result import TOTAL

SX = latest("SX")
SOME = ("SX2", "SX4")
BASE = "/o/transports-du-val"
FORM = {"name": "2026", "scoped": "yes", "opens-day": "2", "opens-month": "11", "opens-year": "2026"}


async def opened_by(actor):
    """The rounds on record."""
    async with reading(actor):
        return list(await visible_assessments(actor))


@pytest.fixture
async def partial(claire):
    """A round on culture and operations only, every criterion at level 4."""
    opened = await open_assessment(
        claire, SX.within(SOME), name="2026", opens_on=date(2026, 11, 2), closes_on=None
    )
    for criterion in SX.within(SOME).criteria:
        await answer_criterion(
            claire, opened.slug, criterion.code, Draft(State.ANSWERED, 4), op=new_id(), base=0
        )
    return opened


async def test_only_the_dimensions_chosen_are_asked(claire, partial):
    async with reading(claire):
        desk = await load_desk(claire, partial.slug)
    assert desk.questionnaire.scope == SOME
    assert desk.progress.total.complete


async def test_an_answer_outside_the_scope_is_refused_and_nothing_is_written(claire, partial):
    with pytest.raises(Unknown):
        await answer_criterion(claire, partial.slug, "SX1.1.1", Draft(State.ANSWERED, 4), op=new_id(), base=0)


async def test_the_submitted_result_names_its_scope(claire, partial):
    await submit(claire, partial.slug, name="Claire", consent=True)
    async with reading(claire):
        one = await load_round(claire, partial.slug)
    assert (one.result.scope, one.result.score, one.result.pyramid) == (SOME, 75, None)


async def test_its_dimensions_join_the_benchmark_and_its_total_does_not(claire, partial):
    await submit(claire, partial.slug, name="Claire", consent=True)
    async with reading(claire):
        scores = comparable_scores((await load_round(claire, partial.slug)).result)
    assert (scores[TOTAL], scores["SX2"], scores.get("SX1")) == (None, 75, None)


async def test_a_whole_round_after_it_is_compared_on_the_common_dimensions(claire, partial):
    await submit(claire, partial.slug, name="Claire", consent=False)
    whole = await open_assessment(claire, SX, name="2027", opens_on=date(2027, 11, 2), closes_on=None)
    for criterion in SX.criteria:
        await answer_criterion(
            claire, whole.slug, criterion.code, Draft(State.ANSWERED, 5), op=new_id(), base=0
        )
    await submit(claire, whole.slug, name="Claire", consent=False)
    async with reading(claire):
        one = await load_round(claire, whole.slug)
    assert one.previous is not None
    assert one.previous.result.scope == SOME


# --- on the pages ---------------------------------------------------------------------------------------------


async def test_setting_up_with_two_dimensions_opens_such_a_round(visit, claire):
    async with visit(claire) as browser:
        fields = FORM | {"op": str(new_id()), "dimension-SX2": "yes", "dimension-SX4": "yes"}
        sent = await browser.send_form(f"{BASE}/assessments/new/SX", fields)
        assert sent.status_code == 303
        hub = (await browser.get(sent.headers["location"])).text
    assert [one.scope for one in await opened_by(claire)] == [list(SOME)]
    assert "Sur 2 dimensions seulement" in hub
    assert "SX1.1" not in hub


async def test_choosing_no_dimension_is_told_and_opens_nothing(visit, claire):
    async with visit(claire) as browser:
        sent = await browser.send_form(f"{BASE}/assessments/new/SX", FORM | {"op": str(new_id())})
    assert sent.status_code == 422
    assert "Choisissez au moins une dimension" in sent.text
    assert await opened_by(claire) == []


async def test_every_dimension_ticked_is_the_whole(visit, claire):
    ticked = {f"dimension-{dimension.code}": "yes" for dimension in SX.dimensions}
    async with visit(claire) as browser:
        await browser.send_form(f"{BASE}/assessments/new/SX", FORM | {"op": str(new_id())} | ticked)
    assert [one.scope for one in await opened_by(claire)] == [[]]


@pytest.mark.parametrize(
    "page", ["", "/results", "/check", "/history", "/benchmark", "/why/SX2.1.1", "/receipt"]
)
async def test_every_page_of_the_round_opens_and_says_its_scope(page, visit, claire, partial):
    await submit(claire, partial.slug, name="Claire", consent=False)
    async with visit(claire) as browser:
        shown = await browser.get(f"{BASE}/e/{partial.slug}{page}", follow_redirects=True)
    assert shown.status_code == 200, page
    assert "Sur 2 dimensions seulement" in shown.text, page
