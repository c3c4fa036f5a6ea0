"""What can be put on paper: the questionnaires of the organisation's rounds, those it may choose, and its own files.

They only read: call them inside `reading(actor)` or `transaction(actor)`.
"""

from dataclasses import dataclass
from uuid import UUID

from palier.assessments import store as assessments
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.sheets import load_last_round
from palier.assessments.store import Unknown
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.questionnaires import store as questionnaires
from palier.questionnaires.catalogue import UnknownQuestionnaire
from palier.questionnaires.flows.offering import built, offered_as
from palier.questionnaires.owners import Owner
from palier.questionnaires.rules import Questionnaire
from palier.reports.flows.from_questionnaire import NOTHING_BEFORE, LastAnswers
from palier.reports.rules.wishes import Wish


@dataclass(frozen=True, slots=True)
class Printable:
    """A questionnaire with what its paper is called: the round it is for, or its version. `last` is empty at a first."""

    questionnaire: Questionnaire
    name: str
    last: LastAnswers
    assessment_id: UUID | None = None
    draft: bool = False


async def find_printable(actor: Actor, wish: Wish) -> Printable:
    """What `wish` wants on paper, whole. Raises DoesNotExist, for a stranger's as for an unknown one."""
    if wish.assessment:
        return await _of_round(actor, wish.assessment)
    if wish.paper.own:
        return await _of_own(actor, wish.paper.own)
    try:
        asked = await offered_as(actor, wish.paper.offered)
    except UnknownQuestionnaire:
        raise Unknown("questionnaire") from None
    return await _unused(actor, asked)


async def _of_round(actor: Actor, slug: str) -> Printable:
    row = await assessments.assessment_by_slug(actor, slug)
    before = await load_last_round(actor, row)
    last = LastAnswers(before.assessment.name, before.answers) if before else NOTHING_BEFORE
    return Printable(await definition_of(row), row.name, last, row.id)


async def _of_own(actor: Actor, questionnaire: UUID) -> Printable:
    row = await questionnaires.own(Owner(actor), questionnaire)
    if row.content is None:
        raise Unknown("questionnaire")
    return await _unused(actor, built(row), draft=row.state is questionnaires.OwnState.DRAFT)


async def _unused(actor: Actor, asked: Questionnaire, *, draft: bool = False) -> Printable:
    """A questionnaire outside any round, beside the answers of the last round there was on it."""
    rounds = await assessments.submitted_rounds(actor, asked.id)
    last = NOTHING_BEFORE
    if rounds:
        last = LastAnswers(rounds[-1].name, await assessments.answers_of(rounds[-1].id))
    name = _("version %(v)s") % {"v": asked.version}
    return Printable(asked, name, last, draft=draft)
