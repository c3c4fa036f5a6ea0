"""What can be put on paper: the questionnaires of the organisation's rounds, those it may choose, and its own files.

They only read: call them inside `reading(actor)` or `transaction(actor)`.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from palier.assessments import store as assessments
from palier.assessments.flows.bringing import takes_back
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.filled_files import mark_of_round
from palier.assessments.flows.sheets import draft_of, load_last_round
from palier.assessments.rules.form_fields import FormMark, values_of
from palier.assessments.store import Assessment, Unknown
from palier.foundation.actor import Actor
from palier.foundation.language import current, decimal_mark
from palier.foundation.language import gettext as _
from palier.questionnaires import store as questionnaires
from palier.questionnaires.catalogue import UnknownQuestionnaire
from palier.questionnaires.flows.offering import built, offered, offered_as
from palier.questionnaires.owners import Owner
from palier.questionnaires.rules import Questionnaire, Text
from palier.reports.flows.from_questionnaire import NOTHING_BEFORE, LastAnswers
from palier.reports.rules.paper_questionnaires import Fillable
from palier.reports.rules.wishes import Fill, Wish


@dataclass(frozen=True, slots=True)
class Printable:
    """A questionnaire with what its paper is called: the round it is for, or its version. `last` is empty at a first."""

    questionnaire: Questionnaire
    name: str
    last: LastAnswers
    assessment: Assessment | None = None
    draft: bool = False

    @property
    def assessment_id(self) -> UUID | None:
        """The round it is for."""
        return self.assessment.id if self.assessment else None

    @property
    def fills(self) -> tuple[Fill, ...]:
        """How it may be filled in: on screen where there is a round to bring it back to.

        What is answered alone is nobody else's to see, and a document is seen by all who may have it made.
        """
        if self.assessment is None or not takes_back(self.assessment):
            return (Fill.HAND,)
        return (Fill.HAND, Fill.SCREEN) if self.assessment.blind else tuple(Fill)


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


async def form_of(found: Printable, fill: Fill) -> Fillable | None:
    """The form that `fill` makes of the paper, in the language in use; none where it is filled by hand."""
    if fill is Fill.HAND or fill not in found.fills or found.assessment is None:
        return None
    asked = found.questionnaire
    mark = FormMark(mark_of_round(found.assessment), asked.content_hash[:16], current())
    if fill is Fill.SCREEN:
        return Fillable(mark.as_text())
    rows = await assessments.answers_of(found.assessment.id)
    revisions = tuple(rows[one.code].revision if one.code in rows else 0 for one in asked.criteria)
    values = (
        value for one in asked.criteria for value in values_of(one, draft_of(rows.get(one.code)), decimal_mark()).items()
    )  # fmt: skip
    return Fillable(replace(mark, revisions=revisions).as_text(), tuple(values))


async def _of_round(actor: Actor, slug: str) -> Printable:
    row = await assessments.assessment_by_slug(actor, slug)
    before = await load_last_round(actor, row)
    last = LastAnswers(before.assessment.name, before.answers) if before else NOTHING_BEFORE
    return Printable(await definition_of(row), row.name, last, row)


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
    return Printable(asked, _version(asked.version), last, draft=draft)


@dataclass(frozen=True, slots=True)
class Shelves:
    """What may be put on paper. Rounds by address and name; the rest by code or id, with the version in words."""

    rounds: tuple[tuple[str, str], ...]
    offered: tuple[tuple[str, str, str], ...]
    own: tuple[tuple[UUID, str, str], ...]


async def printables(actor: Actor) -> Shelves:
    """Everything `actor` may have printed, in the language in use; own files without faults that are not offered."""
    rounds = [row async for row in assessments.visible_assessments(actor)]
    choice = await offered(actor)
    keys = {one.key for one in choice}
    return Shelves(
        tuple([(row.slug, await _round_name(row)) for row in rounds]),
        tuple((one.id, one.title.in_(current()), _version(one.version)) for one in choice),
        tuple(
            (row.id, _title(row), _own_words(row)) for row in await _own_files(actor) if _key(row) not in keys
        ),
    )


async def submitted_names(actor: Actor) -> list[tuple[str, str]]:
    """Address and name of every submitted round, newest first."""
    rows = assessments.visible_assessments(actor).filter(state=assessments.AssessmentState.SUBMITTED)
    return [(row.slug, await _round_name(row)) async for row in rows]


async def _round_name(row: assessments.Assessment) -> str:
    return f"{(await definition_of(row)).title.in_(current())} {row.name}"


async def _own_files(actor: Actor) -> list[questionnaires.OwnQuestionnaire]:
    return [row for row in await questionnaires.owned_by(Owner(actor)) if row.code]


def _key(row: questionnaires.OwnQuestionnaire) -> str:
    return f"{row.code}/{row.version}"


def _title(row: questionnaires.OwnQuestionnaire) -> str:
    return Text(tuple(row.title.items())).in_(current()) or row.code


def _own_words(row: questionnaires.OwnQuestionnaire) -> str:
    state = {
        questionnaires.OwnState.DRAFT: _("draft"),
        questionnaires.OwnState.WITHDRAWN: _("withdrawn"),
        questionnaires.OwnState.PUBLISHED: "",
    }[row.state]
    return ", ".join(part for part in (_version(row.version), state) if part)


def _version(number: str) -> str:
    return _("version %(v)s") % {"v": number}
