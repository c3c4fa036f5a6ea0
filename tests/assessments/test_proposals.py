"""Two speeds: a submitted flash proposes levels for a fuller round, and nothing counts until it is confirmed."""

from datetime import date

import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.proposing import confirm, load_offered
from palier.assessments.flows.sheets import load_desk
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.proposals import proposals
from palier.assessments.store import answers_of
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import find_questionnaire, latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State
from tests.assessments.conftest import answer_everything

SX, FLASH, FIRST_FLASH = latest("SX"), latest("FL"), find_questionnaire("FL", "1.0.0")


def test_the_shipped_flash_speaks_of_every_full_questionnaire():
    matched = {code for criterion in FLASH.criteria for code in criterion.matches}
    assert all(criterion.matches for criterion in FLASH.criteria)
    assert {code.rstrip(".0123456789")[:2] for code in matched} >= {"SX", "OM", "DT", "EX", "P"}


def test_an_answer_proposes_the_rung_worth_the_same_points():
    found = proposals(SX, FLASH, FLASH, {"FL2.1.1": 4})
    assert {code: (one.level, one.source.code) for code, one in found.items()} == {"SX3.1.1": (4, "FL2.1.1")}


def test_a_criterion_worded_otherwise_since_proposes_nothing():
    data_question = latest("DT")
    assert proposals(data_question, FIRST_FLASH, FLASH, {"FL6.1.1": 4}) == {}
    assert proposals(data_question, FLASH, FLASH, {"FL6.1.1": 4})


def test_proposals_come_in_the_order_of_the_questionnaire():
    found = proposals(SX, FLASH, FLASH, {criterion.code: 3 for criterion in FLASH.criteria})
    assert list(found) == [criterion.code for criterion in SX.criteria if criterion.code in found]
    assert len(found) == 8


@pytest.fixture
async def fuller(claire, answered):
    """The flash submitted, every criterion at level 3, and a round on service excellence just opened."""
    await answer_criterion(
        claire, answered.slug, "FL1.1.1",
        Draft(State.ANSWERED, 4, rationale="Read out at the May board", evidence_grade=Grade.DOCUMENTED, evidence="Charter"),
        op=new_id(), base=1,
    )  # fmt: skip
    await submit(claire, answered.slug, name="Claire", consent=False)
    return await open_assessment(claire, SX, name="2026", opens_on=date(2026, 11, 2), closes_on=None)


async def stored(actor, assessment):
    """The answers on record, by code."""
    async with reading(actor):
        return await answers_of(assessment.id)


async def offered_in(actor, slug):
    async with reading(actor):
        return await load_offered(actor, await load_desk(actor, slug))


async def test_a_round_without_a_flash_before_it_is_offered_nothing(claire, round_2026):
    assert await offered_in(claire, round_2026.slug) is None


async def test_nothing_is_an_answer_until_it_is_confirmed(claire, fuller):
    offered = await offered_in(claire, fuller.slug)
    assert len(offered.proposals) == 8
    assert await stored(claire, fuller) == {}


async def test_a_confirmed_level_brings_what_was_written_and_shown(claire, fuller):
    assert await confirm(claire, fuller.slug, ["SX1.1.2"], op=new_id()) == 1
    row = (await stored(claire, fuller))["SX1.1.2"]
    assert (row.level, row.rationale, row.evidence, row.evidence_grade) == (
        4, "Read out at the May board", "Charter", "documented",
    )  # fmt: skip
    assert "SX1.1.2" not in (await offered_in(claire, fuller.slug)).proposals


async def test_confirming_twice_changes_nothing(claire, fuller):
    op = new_id()
    codes = ["SX1.1.2", "SX1.2.1"]
    assert [await confirm(claire, fuller.slug, codes, op=op) for _ in range(2)] == [2, 0]
    assert set(await stored(claire, fuller)) == {"SX1.1.2", "SX1.2.1"}


async def test_what_somebody_answered_meanwhile_stays(claire, malik, fuller):
    await answer_criterion(malik, fuller.slug, "SX1.1.2", Draft(State.ANSWERED, 1), op=new_id(), base=0)
    assert await confirm(claire, fuller.slug, ["SX1.1.2"], op=new_id()) == 0
    assert (await stored(claire, fuller))["SX1.1.2"].level == 1


async def test_made_up_codes_save_nothing(claire, fuller):
    assert await confirm(claire, fuller.slug, ["SX9.9.9", "FL1.1.1", ""], op=new_id()) == 0


async def test_a_submitted_round_is_offered_nothing_more(claire, fuller):
    await answer_everything(claire, fuller.slug)
    await submit(claire, fuller.slug, name="Claire", consent=False)
    assert await offered_in(claire, fuller.slug) is None


# --- on the pages ---------------------------------------------------------------------------------------------

ROUND = "/o/transports-du-val/e/sx-2026"


async def test_the_hub_leads_to_the_proposals_and_the_form_confirms_the_ticked_ones(visit, claire, fuller):
    async with visit(claire) as browser:
        assert f'href="{ROUND}/proposals"' in (await browser.get(ROUND)).text
        assert "FL1.1.1" in (await browser.get(f"{ROUND}/proposals")).text
        sent = await browser.send_form(f"{ROUND}/proposals", {"op": str(new_id()), "take-SX1.1.2": "yes"})
    assert (sent.status_code, sent.headers["location"]) == (303, ROUND)
    assert list(await stored(claire, fuller)) == ["SX1.1.2"]


async def test_a_criterion_page_proposes_and_forgets_once_answered(visit, claire, fuller):
    async with visit(claire) as browser:
        page = await browser.get(f"{ROUND}/q/SX1.1.2")
        assert 'name="take-SX1.1.2"' in page.text
        fields = {"op": str(new_id()), "take-SX1.1.2": "yes", "back": "criterion"}
        sent = await browser.send_form(f"{ROUND}/proposals", fields)
        assert sent.headers["location"] == f"{ROUND}/q/SX1.1.2"
        assert "take-SX1.1.2" not in (await browser.get(f"{ROUND}/q/SX1.1.2")).text


async def test_a_form_that_is_not_ours_confirms_nothing(visit, claire, fuller):
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{ROUND}/proposals", {"take-SX1.1.2": "yes"})).status_code == 404
    assert await stored(claire, fuller) == {}


async def test_a_reader_sees_the_proposals_and_confirms_none(visit, claire, sophie, fuller):
    async with visit(sophie) as browser:
        assert "disabled" in (await browser.get(f"{ROUND}/proposals")).text
        sent = await browser.send_form(f"{ROUND}/proposals", {"op": str(new_id()), "take-SX1.1.2": "yes"})
    assert sent.status_code == 403
    assert await stored(claire, fuller) == {}


async def test_a_stranger_finds_nothing(visit, nora, fuller):
    async with visit(nora) as browser:
        assert (await browser.get(f"{ROUND}/proposals")).status_code == 404
