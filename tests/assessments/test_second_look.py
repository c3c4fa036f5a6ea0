"""The check before submitting points at patterns, explains each with its figures, and holds nobody up."""

from datetime import datetime
from fractions import Fraction

import pytest

from palier.assessments.flows.answering import answer_criterion
from palier.assessments.flows.second_look import quality_flags
from palier.assessments.pages.wording import second_look
from palier.assessments.rules.drafts import Draft
from palier.foundation import language
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State
from palier.scoring.rules.flags import Flag, FlagKind
from tests.assessments.rounds import LEVELS_2025, LEVELS_2026, drafts, plant
from tests.conftest import Browser

CHECK = "/o/transports-du-val/e/sx-2026/check"


class Finished:
    """Plans in which actions that serve `codes` were finished; remembers since when it was asked."""

    def __init__(self, *codes: str) -> None:
        self.codes = frozenset(codes)
        self.since: datetime | None = None

    async def __call__(self, actor: Actor, since: datetime) -> frozenset[str]:
        self.since = since
        return self.codes


async def flagged(actor: Actor, *finished: str) -> list[tuple[str, tuple[str, ...]]]:
    async with reading(actor):
        found = await quality_flags(actor, "sx-2026", Finished(*finished))
    return [(flag.kind.value, flag.codes) for flag in found]


async def test_a_rise_that_a_finished_action_explains_is_no_flag(claire: Actor) -> None:
    before = await plant(claire, "2025", drafts(LEVELS_2025))
    risen = {
        **drafts(LEVELS_2026),
        "SX1.1.1": Draft(state=State.ANSWERED, level=5, evidence_grade=Grade.MEASURED),
    }
    risen["SX4.2.1"] = risen["SX1.1.1"]
    await plant(claire, "2026", risen, submitted=False)
    assert await flagged(claire) == [("jump_without_action", ("SX1.1.1", "SX4.2.1"))]
    assert await flagged(claire, "SX4.2.1") == [("jump_without_action", ("SX1.1.1",))]
    assert await flagged(claire, "SX4.2.1", "SX1.1.1") == []
    asked = Finished()
    async with reading(claire):
        await quality_flags(claire, "sx-2026", asked)
    assert asked.since == before.submitted_at


async def test_a_first_round_has_nothing_to_jump_from(claire: Actor) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026), submitted=False)
    assert await flagged(claire) == []


async def test_the_check_explains_each_flag_and_leads_to_its_criteria(visit: Browser, claire: Actor) -> None:
    await plant(
        claire,
        "2026",
        drafts("5" * 12 + LEVELS_2026.replace(" ", "")[12:], grade=Grade.NONE),
        submitted=False,
    )
    async with visit(claire) as browser:
        page = (await browser.get(CHECK)).text.replace("\u00a0", " ").replace("\u202f", " ")
        submit = await browser.get(CHECK.replace("check", "submit"))
    assert "À relire" in page
    assert "12 réponses de suite ont la même valeur" in page
    assert "13 réponses au plus haut niveau sont sans preuve" in page
    assert "compte au plus pour 40 points" in page
    assert '/q/SX1.1.1?back=check">SX1.1.1</a>' in page
    assert submit.status_code == 200


async def test_a_submitted_round_is_explained_without_links(visit: Browser, claire: Actor) -> None:
    await plant(claire, "2026", drafts("5" + LEVELS_2026.replace(" ", "")[1:], grade=Grade.NONE))
    async with visit(claire) as browser:
        page = (await browser.get(CHECK)).text
    assert "sans preuve" in page
    assert "back=check" not in page


async def test_nothing_to_look_at_leaves_no_empty_panel(visit: Browser, claire: Actor) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026), submitted=False)
    async with visit(claire) as browser:
        assert "second-look" not in (await browser.get(CHECK)).text


async def test_many_criteria_that_do_not_apply_are_pointed_out_before_they_cost_the_benchmark(
    visit: Browser, claire: Actor
) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026), submitted=False)
    for code in ("SX1.1.1", "SX1.1.2", "SX1.1.3"):
        draft = Draft(state=State.NA, reason="Aucun guichet")
        await answer_criterion(claire, "sx-2026", code, draft, op=new_id(), base=1)
    assert [kind for kind, codes in await flagged(claire)] == ["many_not_applicable"]
    async with visit(claire) as browser:
        page = (await browser.get(CHECK)).text
    assert "ne s’applique pas" in page


@pytest.mark.parametrize("kind", FlagKind)
def test_every_flag_is_told_in_both_languages_with_its_figures(kind: FlagKind) -> None:
    questionnaire = latest("SX")
    part = questionnaire.dimensions[0].code
    flag = Flag(kind, ("SX1.1.1", "SX1.1.2"), Fraction(1, 3), Fraction(3, 10), part)
    told = []
    for locale in ("fr", "en"):
        language.use(locale)
        told.append(second_look(flag, questionnaire))
    french, english = told
    assert french.title != english.title
    assert french.why != english.why
    assert french.codes == english.codes
    assert "%(" not in "".join([french.title, french.why, english.title, english.why])
