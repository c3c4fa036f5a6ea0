"""Rounds on two versions of one questionnaire: compared on what they share, and told what they do not."""

from datetime import date

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.rounds import load_round, stored_result
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.reading import tabulate
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import find_questionnaire
from palier.scoring.rules.answers import State
from palier.scoring.rules.rounds import LeftOut

BASE = "/o/transports-du-val"


async def submitted(actor, version: str, name: str, year: int, level: int):
    """A flash round on `version`, every criterion at `level`, but the reworded one always at level 1."""
    questionnaire = find_questionnaire("FL", version)
    one = await open_assessment(actor, questionnaire, name=name, opens_on=date(year, 3, 2), closes_on=None)
    for criterion in questionnaire.criteria:
        draft = Draft(State.ANSWERED, 1 if criterion.code == "FL6.1.1" and year == 2025 else level)
        await answer_criterion(actor, one.slug, criterion.code, draft, op=new_id(), base=0)
    return await submit(actor, one.slug, name="Claire", consent=False)


async def test_rounds_across_versions_are_compared_on_common_criteria(claire):
    old = await submitted(claire, "1.0.0", "2025", 2025, 3)
    new = await submitted(claire, "1.1.0", "2026", 2026, 4)
    async with reading(claire):
        before, after = await load_round(claire, old.slug), await load_round(claire, new.slug)
    table = tabulate(after.questionnaire, after.result, None, (before.questionnaire, before.result))
    assert table.comparison.left_out == {"FL6.1.1": LeftOut.CHANGED}
    assert table.comparison.total.delta == 25
    assert after.result.score - before.result.score > 25


async def test_the_pages_name_the_criterion_that_was_reworded(claire, visit):
    old = await submitted(claire, "1.0.0", "2025", 2025, 3)
    new = await submitted(claire, "1.1.0", "2026", 2026, 4)
    async with visit(claire) as browser:
        compared = await browser.get(f"{BASE}/compare?a={old.slug}&b={new.slug}")
        results = await browser.get(f"{BASE}/e/{new.slug}/results")
    assert "FL6.1.1" in compared.text
    assert "" in compared.text
    assert "sur 11 critères communs" in results.text


async def test_an_old_result_stays_as_it_was_when_a_new_version_ships(claire):
    old = await submitted(claire, "1.0.0", "2025", 2025, 3)
    frozen = (old.result_hash, stored_result(old))
    await submitted(claire, "1.1.0", "2026", 2026, 4)
    async with reading(claire):
        again = await load_round(claire, old.slug)
    assert (again.assessment.result_hash, again.result) == frozen
    assert again.questionnaire.version == "1.0.0"
