"""A round goes on with what it asked on its first day, whatever becomes of the questionnaire's file."""

from pathlib import Path
from typing import Any

import pytest

from palier.assessments.flows import definitions
from palier.assessments.flows.answering import Outcome, answer_criterion, open_assessment
from palier.assessments.flows.definitions import LostDefinition, definition_by
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, AssessmentState, UsedDefinition
from palier.cli.database import CannotStart
from palier.cli.definitions import refuse_changed_files
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.kept import Kept
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import DIRECTORY, ChangedQuestionnaire, latest
from palier.scoring.rules.answers import State
from tests.conftest import Browser

FLASH = latest("FL")


@pytest.fixture
def changed_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file now says something else than when the round opened, and nothing was read yet."""

    def find(code: str, version: str, *, content_hash: str) -> Any:
        raise ChangedQuestionnaire(f"{code}/{version} {content_hash}")

    monkeypatch.setattr(definitions, "find_questionnaire", find)
    monkeypatch.setattr(definitions, "_definitions", Kept(64))


async def test_a_round_that_opens_keeps_what_it_asks(round_2026: Assessment, claire: Actor) -> None:
    async with reading(claire):
        kept = await UsedDefinition.get(hash=round_2026.definition_hash)
    assert (kept.questionnaire, kept.version) == (FLASH.id, FLASH.version)


async def test_a_round_whose_file_changed_is_still_answered_and_submitted(
    round_2026: Assessment, claire: Actor, changed_file: None
) -> None:
    for criterion in FLASH.criteria:
        saved = await answer_criterion(
            claire, round_2026.slug, criterion.code, Draft(State.ANSWERED, 3), op=new_id(), base=0
        )
        assert saved.outcome is Outcome.SAVED
    stored = await submit(claire, round_2026.slug, name="Claire Lambert")
    assert stored.state is AssessmentState.SUBMITTED


async def test_the_pages_of_such_a_round_open(
    round_2026: Assessment, claire: Actor, changed_file: None, visit: Browser
) -> None:
    async with visit(claire) as browser:
        answer = await browser.get(f"/o/transports-du-val/e/{round_2026.slug}/q/FL1.1.1")
    assert answer.status_code == 200
    assert FLASH.criteria[0].label.in_("fr") in answer.text


async def test_a_version_used_before_is_not_opened_with_another_content(
    round_2026: Assessment, claire: Actor
) -> None:
    other = definitions.questionnaire_from({**_content(), "licence": "another"})
    with pytest.raises((ChangedQuestionnaire, LostDefinition)):
        await open_assessment(claire, other, name="2027", opens_on=today(), closes_on=None)


async def test_a_content_nobody_kept_is_told_as_such(
    claire: Actor, round_2026: Assessment, visit: Browser, owner: Any
) -> None:
    """Only a round of the first release can come to this: its file changed before anything was kept."""
    await owner.execute("update assessment set definition_hash = 'gone'")
    async with reading(claire):
        with pytest.raises(LostDefinition):
            await definition_by("FL", FLASH.version, "gone")
    async with visit(claire) as browser:
        answer = await browser.get(f"/o/transports-du-val/e/{round_2026.slug}")
    assert answer.status_code == 409
    assert "Ce que vous avez répondu est conservé" in answer.text


def _content() -> dict[str, Any]:
    return definitions.definition(FLASH.id, FLASH.version)


# --- at the start ---------------------------------------------------------------------------------------------------


async def test_an_unchanged_file_starts(round_2026: Assessment, settings: Settings) -> None:
    refuse_changed_files(str(settings.database_url))


async def test_a_used_file_that_changed_refuses_to_start_and_says_which(
    round_2026: Assessment, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / FLASH.id / f"{FLASH.version}.yaml"
    file.parent.mkdir()
    text = (DIRECTORY / FLASH.id / file.name).read_text()
    file.write_text(text.replace('licence: "', 'licence: "x ', 1))
    with pytest.raises(CannotStart) as refused:
        refuse_changed_files(str(settings.database_url), directory=tmp_path)
    assert str(refused.value).startswith(f"{file} changed after a round used it. Restore it")
    assert "\n" not in str(refused.value)


async def test_a_used_file_that_is_gone_refuses_nothing(
    round_2026: Assessment, settings: Settings, tmp_path: Path
) -> None:
    refuse_changed_files(str(settings.database_url), directory=tmp_path)
