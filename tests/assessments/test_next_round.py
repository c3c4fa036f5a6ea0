"""The next round starts with the people, the reasons and the evidence of the last one, and with none of its answers."""

from datetime import date, timedelta

import asyncpg

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, answers_of
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import find_questionnaire
from palier.respondents.store import Assignment, Respondent
from palier.scoring.rules.answers import State
from tests.conftest import Browser

CODE, LEFT_OUT, REWORDED = "FL1.1.1", "FL1.1.2", "FL6.1.1"
REASON = "Pas de guichet chez nous"


async def last_round(claire: Actor, malik: Actor) -> Assessment:
    """A submitted round on an earlier version: Malik in a role with a section, a reason, evidence that holds and not."""
    asked = find_questionnaire("FL", "1.0.0")
    one = await open_assessment(claire, asked, name="2025", opens_on=date(2025, 3, 2), closes_on=None)
    for criterion in asked.criteria:
        left_out = Draft(State.NA, reason=REASON)
        draft = left_out if criterion.code == LEFT_OUT else Draft(State.ANSWERED, 3)
        await answer_criterion(claire, one.slug, criterion.code, draft, op=new_id(), base=0)
    own = {"organisation_id": claire.organisation_id, "assessment_id": one.id}
    async with transaction(claire):
        await Respondent.create(
            person_id=malik.person_id, voice="Agence", due_on=date(2025, 4, 1), asked_at=clock.now(), **own
        )
        await Respondent.create(person_id=new_id(), voice="Parti depuis", asked_at=clock.now(), **own)
        await Assignment.create(person_id=malik.person_id, code="FL1.1", assigned_at=clock.now(), **own)
        for code, days in ((CODE, 30), (CODE, -1), (REWORDED, 30)):
            piece = await Evidence.create(
                organisation_id=claire.organisation_id, title=f"Preuve {code} {days}", link="https://example.org/", added_by=claire.person_id,
                added_name=claire.person.name, added_at=clock.now(), valid_until=clock.today() + timedelta(days=days),
            )  # fmt: skip
            await EvidenceUse.create(
                evidence_id=piece.id, code=code, person_name="Claire", at=clock.now(), **own
            )
    return await submit(claire, one.slug, name="Claire")


async def test_what_is_ticked_is_carried_over_and_no_answer_is(
    claire: Actor, malik: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    before = await last_round(claire, malik)
    form = "/o/transports-du-val/assessments/new/FL"
    async with visit(claire) as browser:
        to = await browser.get(f"/o/transports-du-val/assessments/new?from={before.slug}")
        assert to.headers["location"] == f"{form}?from={before.slug}"
        page = (await browser.get(form)).text
        for words in ("Depuis l’évaluation 2025", "(1)", REWORDED, "de la version 1.0.0"):
            assert words in page
        sent = {
            "op": str(new_id()),
            "name": "2026",
            "opens-day": "1",
            "opens-month": "10",
            "opens-year": "2026",
            "source": before.slug,
        }
        ticked = {"team": "yes", "assigned": "yes", "evidence": "yes"}
        assert (await browser.send_form(form, sent | ticked)).headers["location"].endswith("/e/fl-2026")
        criterion = (await browser.get(f"/o/transports-du-val/e/fl-2026/q/{LEFT_OUT}")).text
        assert REASON in criterion
        assert "checked" not in criterion.partition('id="why-not"')[0].rpartition("<form")[2]
        bare = sent | {"op": str(new_id()), "name": "2027"}
        assert (await browser.send_form(form, bare)).status_code == 303
        strange = sent | {"op": str(new_id()), "name": "2028", "source": "fl-2026"}
        assert (await browser.send_form(form, strange)).status_code == 404  # nothing was submitted there
    async with reading(claire):
        opened = {one.name: one for one in await Assessment.filter(organisation_id=claire.organisation_id)}
        assert sorted(opened) == ["2025", "2026", "2027"]
        new, none = opened["2026"], opened["2027"]
        assert await answers_of(new.id) == {}
        (asked,) = await Respondent.filter(assessment_id=new.id)
        assert (asked.person_id, asked.voice, asked.due_on) == (malik.person_id, "Agence", None)
        assert [one.code for one in await Assignment.filter(assessment_id=new.id)] == ["FL1.1"]
        assert [one.code for one in await EvidenceUse.filter(assessment_id=new.id)] == [CODE]
        assert not await Respondent.filter(assessment_id=none.id)
        assert not await EvidenceUse.filter(assessment_id=none.id)
