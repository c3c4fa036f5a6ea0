"""A round's team as it stands: who is asked what, how far each is, who is invited and has not come yet.

It only reads: call it inside `reading` or `transaction`. How far somebody is comes from that they answered, never from
what: in a round answered alone, others' answers stay unread here too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from palier.accounts.store import Person
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.asked import asked
from palier.assessments.rules.assigned import assigned
from palier.assessments.rules.progress import NOTHING, Count, States
from palier.assessments.store import Assessment, AssessmentState, Mode, assessment_by_slug, states_of
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import select
from palier.foundation.permissions import Permission
from palier.network.store import Colleague, Invitation, colleagues_of
from palier.questionnaires.rules import Questionnaire
from palier.respondents import store
from palier.respondents.rules import date_for
from palier.respondents.store import Expected, ReminderPlan, Respondent, RoundReminder
from palier.scoring.rules.answers import State
from palier.team.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Work:
    """What a round asks, and that somebody answered: `shared` by everybody, or `given` by each alone."""

    assessment: Assessment
    whole: Questionnaire
    shared: States | None
    given: Mapping[UUID, frozenset[str]]
    last: Mapping[UUID, datetime]

    @property
    def takes_answers(self) -> bool:
        """Whether anybody may still answer: neither submitted nor at the stage of agreeing."""
        individual = self.assessment.mode is Mode.INDIVIDUAL
        return self.assessment.state is AssessmentState.DRAFT and (self.assessment.blind or not individual)

    def asked_of(self, person: UUID | None, codes: Iterable[str]) -> list[str]:
        """The criteria asked of somebody, in order: what is assigned to them, everything without an assignment.

        A criterion that hangs on others' answers counts once it is asked; in a round answered alone, where nobody else
        knows that, once it is answered.
        """
        wanted, own = set(codes), self._own(person)
        chosen = assigned(self.whole, wanted)
        if self.shared is not None:
            questionnaire = asked(self.whole, self.shared)
            return [c.code for c in questionnaire.criteria if not wanted or c.code in chosen]
        return [
            c.code
            for c in self.whole.criteria
            if (not wanted or c.code in chosen) and (not c.shown_if or c.code in own)
        ]

    def left_of(self, person: UUID | None, codes: Iterable[str]) -> list[str]:
        """Those of them without an answer."""
        own = self._own(person)
        return [code for code in self.asked_of(person, codes) if code not in own]

    def count_of(self, person: UUID | None, codes: Iterable[str]) -> Count:
        """How many of them there are, and how many are answered."""
        every, own = self.asked_of(person, codes), self._own(person)
        return Count(sum(code in own for code in every), len(every))

    def _own(self, person: UUID | None) -> frozenset[str]:
        """The criteria with an answer that counts for `person`."""
        if self.shared is None:
            return self.given.get(person, frozenset()) if person else frozenset()
        return frozenset(
            code for code, one in self.shared.items() if one.state not in (State.BLANK, NOTHING.state)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody asked to answer, or invited to."""

    id: UUID
    name: str
    email: str
    standing: Standing
    voice: str
    due_on: date | None
    codes: tuple[str, ...]
    count: Count
    person_id: UUID | None = None
    last_at: datetime | None = None
    until: datetime | None = None
    """Until when the invitation can be accepted."""
    reminded: bool = False
    """Whether somebody, or the plan, had them reminded today."""

    @property
    def pending(self) -> bool:
        """Whether they have not joined the organisation yet."""
        return self.person_id is None


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody a round is asked of."""

    work: Work
    rows: tuple[Row, ...]
    colleagues: tuple[Colleague, ...]
    plan: ReminderPlan | None
    unasked: tuple[str, ...] = field(default=())
    """Names of those who answered without having been asked."""

    @property
    def addable(self) -> list[Colleague]:
        """Colleagues who may answer and are not asked yet."""
        there = {row.person_id for row in self.rows}
        return [one for one in self.colleagues if one.person_id not in there and one.may(Permission.ANSWER)]

    def row(self, asked_id: UUID) -> Row | None:
        """The row of one respondent or expected respondent."""
        return next((row for row in self.rows if row.id == asked_id), None)


async def load_work(assessment: Assessment) -> Work:
    """What the round asks and that it was answered."""
    whole = await definition_of(assessment)
    if assessment.mode is Mode.TOGETHER:
        return Work(assessment, whole, await states_of(assessment.id), {}, await _last_changes(assessment.id))
    given: dict[UUID, set[str]] = {}
    last: dict[UUID, datetime] = {}
    for row in await store.given_to(assessment.id):
        given.setdefault(row.person_id, set()).add(row.code)
        last[row.person_id] = max(row.at, last.get(row.person_id, row.at))
    return Work(assessment, whole, None, {person: frozenset(codes) for person, codes in given.items()}, last)


async def _last_changes(assessment_id: UUID) -> dict[UUID, datetime]:
    sql = "select person_id, max(at) as at from answer_event where assessment_id = $1 group by person_id"
    return {row["person_id"]: row["at"] for row in await select(sql, assessment_id)}


async def load_team(actor: Actor, slug: str) -> Team:
    """The team of the round `slug`. Raises DoesNotExist."""
    assessment = await assessment_by_slug(actor, slug)
    work = await load_work(assessment)
    colleagues = await colleagues_of(actor.organisation_id, today(actor.person.time_zone))
    rows = [*await _asked(work, colleagues), *await _expected(actor, work)]
    rows.sort(key=lambda row: (row.pending, row.name.casefold(), row.id))
    unasked = await _names(set(work.last) - {row.person_id for row in rows})
    plan = await ReminderPlan.get_or_none(assessment_id=assessment.id)
    return Team(work, tuple(rows), tuple(colleagues), plan, tuple(sorted(unasked.values(), key=str.casefold)))


async def codes_of(assessment_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """What is assigned to whom."""
    found: dict[UUID, list[str]] = {}
    for row in await store.Assignment.filter(assessment_id=assessment_id).order_by("code"):
        found.setdefault(row.person_id, []).append(row.code)
    return {person: tuple(codes) for person, codes in found.items()}


async def _asked(work: Work, colleagues: Iterable[Colleague]) -> list[Row]:
    rows = await Respondent.filter(assessment_id=work.assessment.id)
    codes, here = await codes_of(work.assessment.id), {one.person_id: one for one in colleagues}
    gone = await _names({row.person_id for row in rows} - set(here))
    reminded = await _reminded(work.assessment, here)
    return [
        _row(work, row, here.get(row.person_id), gone.get(row.person_id, ""), codes.get(row.person_id, ()), row.person_id in reminded)
        for row in rows
    ]  # fmt: skip


def _row(
    work: Work, row: Respondent, who: Colleague | None, name: str, codes: tuple[str, ...], reminded: bool
) -> Row:
    may = who is not None and who.may(Permission.ANSWER)
    standing = Standing.HERE if may else Standing.READS if who else Standing.GONE
    return Row(
        row.id, who.name if who else name, who.email if who else "", standing, row.voice, row.due_on, codes,
        work.count_of(row.person_id, codes), row.person_id, work.last.get(row.person_id), reminded=reminded,
    )  # fmt: skip


async def _names(people: Iterable[UUID]) -> dict[UUID, str]:
    return {row.id: row.name for row in await Person.filter(id__in=list(people)).only("id", "name")}


async def _reminded(assessment: Assessment, here: Mapping[UUID, Colleague]) -> set[UUID]:
    """Who was reminded today, on their own calendar."""
    return {
        person
        for person, at in await last_reminders(assessment.organisation_id)
        if person in here and is_today(at, here[person].time_zone)
    }


async def last_reminders(organisation: UUID) -> list[tuple[UUID, datetime]]:
    """Who was reminded of any round of the organisation within two days, and when."""
    since = now() - timedelta(days=2)
    rows = await RoundReminder.filter(organisation_id=organisation, asked_at__gt=since)
    return [(row.person_id, row.asked_at) for row in rows]


def is_today(at: datetime, time_zone: str) -> bool:
    """Whether `at` is today for somebody who lives there."""
    return at.astimezone(ZoneInfo(time_zone)).date() == today(time_zone)


async def _expected(actor: Actor, work: Work) -> list[Row]:
    rows = await Expected.filter(assessment_id=work.assessment.id)
    emails = [row.email for row in rows]
    sent = await Invitation.filter(organisation_id=actor.organisation_id, email__in=emails).order_by(
        "created_at"
    )
    last: dict[str, Any] = {one.email: one for one in sent}
    return [_expected_row(work, row, last.get(row.email)) for row in rows]


def _expected_row(work: Work, row: Expected, invitation: Invitation | None) -> Row:
    codes = tuple(row.codes)
    return Row(
        row.id, row.email, row.email, _standing(invitation), row.voice, row.due_on, codes, work.count_of(None, codes),
        until=invitation.expires_at if invitation else None,
    )  # fmt: skip


def _standing(invitation: Invitation | None) -> Standing:
    if invitation is None or invitation.withdrawn_at or invitation.accepted_at:
        return Standing.WITHDRAWN
    return Standing.INVITED if invitation.expires_at > now() else Standing.EXPIRED


def due_date(work: Work, row: Row) -> date | None:
    """The date the person works towards."""
    return date_for(row.due_on, work.assessment.closes_on)
