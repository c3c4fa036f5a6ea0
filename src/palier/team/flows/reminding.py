"""Reminding people of what they still have to answer: by a round's plan, or because somebody asked.

One letter a person, an organisation and a day at most, whatever the number of rounds; each occasion once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from palier.accounts.flows import letters
from palier.accounts.rules import is_awake
from palier.assessments.store import Assessment, AssessmentState
from palier.foundation import audit
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import now, today
from palier.foundation.database import one_at_a_time, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import enqueue
from palier.foundation.permissions import Permission
from palier.network.flows.inviting import check_may_write
from palier.network.store import Colleague, Organisation, colleagues_of
from palier.respondents import store
from palier.respondents.rules import LONGEST, SHORTEST, Rhythm, date_for, occasion_of
from palier.respondents.store import ReminderPlan, Respondent, RoundReminder
from palier.team.flows.asking import Closed
from palier.team.flows.table import Work, codes_of, is_today, last_reminders, load_work
from palier.team.mails import ROUND, Left, remind

log = logging.getLogger(__name__)


class RemindedToday(Exception):
    """Somebody, or a plan, had this person reminded today."""


class NothingLeft(Exception):
    """Everything asked of this person has an answer, or nobody may answer any more."""


async def plan(actor: Actor, slug: str, rhythm: Rhythm, days: int) -> None:
    """Say when the round's respondents are reminded. Raises DoesNotExist, Closed."""
    async with transaction(actor):
        rows = Assessment.filter(organisation_id=actor.organisation_id, slug=slug)
        assessment = await rows.select_for_update().get()
        if assessment.state is not AssessmentState.DRAFT:
            raise Closed
        ahead = min(max(days, SHORTEST), LONGEST)
        row = await ReminderPlan.get_or_none(assessment_id=assessment.id)
        if row is None:
            row = ReminderPlan(organisation_id=actor.organisation_id, assessment_id=assessment.id)
        before, row.rhythm, row.days = row.rhythm, rhythm, ahead
        await row.save()
        await audit.record(
            actor, "team.reminders_planned", f"assessment {slug}", before=before, after=rhythm, days=ahead
        )


async def remind_now(actor: Actor, slug: str, respondent: UUID) -> str:
    """Have one person reminded, once a day at most; their name. The worker alone knows whether they want such letters.

    Raises DoesNotExist, RemindedToday, NothingLeft, NotInADemonstration.
    """
    check_may_write(actor)
    async with transaction(actor):
        await one_at_a_time(f"reminders of {actor.organisation_id}")
        assessment = await Assessment.get(organisation_id=actor.organisation_id, slug=slug)
        row = await Respondent.get(id=respondent, assessment_id=assessment.id)
        reader = await _reader(actor, row.person_id)
        codes = (await codes_of(assessment.id)).get(row.person_id, ())
        work = await load_work(assessment)
        if reader is None or not work.takes_answers or not work.left_of(row.person_id, codes):
            raise NothingLeft
        if await _was_reminded(actor.organisation_id, reader):
            raise RemindedToday
        reminder = RoundReminder(
            organisation_id=actor.organisation_id, assessment_id=assessment.id, person_id=row.person_id,
            occasion=today(reader.time_zone), asked_by=actor.person_id, asked_at=now(),
        )  # fmt: skip
        await reminder.save(force_create=True)
        await enqueue("team.remind_one", organisation=actor.organisation_id, reminder=reminder.id)
        await audit.record(actor, "team.reminded", f"assessment {slug}", person=row.person_id)
        return reader.name


async def _reader(actor: Actor, person: UUID) -> Colleague | None:
    here = await colleagues_of(actor.organisation_id, today(actor.person.time_zone))
    return next((one for one in here if one.person_id == person and one.may(Permission.ANSWER)), None)


async def _was_reminded(organisation: UUID, reader: Colleague) -> bool:
    return any(
        person == reader.person_id and is_today(at, reader.time_zone)
        for person, at in await last_reminders(organisation)
    )


# --- the worker ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One open round with everybody asked in it."""

    work: Work
    plan: ReminderPlan | None
    respondents: dict[UUID, Respondent]
    codes: dict[UUID, tuple[str, ...]]

    @property
    def planned(self) -> bool:
        return self.plan is not None and self.plan.rhythm is not Rhythm.OFF

    def left_of(self, person: UUID) -> list[str]:
        """What the person still has to answer here."""
        if person not in self.respondents:
            return []
        return self.work.left_of(person, self.codes.get(person, ()))

    def due_on(self, person: UUID) -> date | None:
        """The date the person works towards."""
        return date_for(self.respondents[person].due_on, self.work.assessment.closes_on)

    def occasion(self, person: UUID, on: date) -> date | None:
        """The day whose reminder the person is sent on that day."""
        if self.plan is None or not self.left_of(person):
            return None
        return occasion_of(self.plan.rhythm, self.plan.days, self.due_on(person), on)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one organisation's letters are made from."""

    organisation: Organisation
    rounds: tuple[Asked, ...]
    readers: tuple[Colleague, ...]
    site: str
    secret: str


async def send_due(site: str, secret: str) -> None:
    """Every reminder that is due now, in every organisation; a second run sends nothing again.

    One organisation's trouble is not the others': the run goes on and fails at the end, so that it is tried again.
    """
    async with reading(OnDuty()):
        rows = await Organisation.filter(sandbox_until=None).order_by("id")
    troubles = []
    for organisation in rows:
        try:
            async with transaction(OnDuty(organisation.id)):
                await _remind_organisation(organisation, site, secret)
        except Exception as trouble:
            log.exception("reminders of the rounds of %s failed", organisation.id)
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


async def _remind_organisation(organisation: Organisation, site: str, secret: str) -> None:
    if not await ReminderPlan.filter(organisation_id=organisation.id).exclude(rhythm=Rhythm.OFF).exists():
        return
    await one_at_a_time(f"reminders of {organisation.id}")
    desk = await _desk(organisation, site, secret)
    for reader in desk.readers:
        local = now().astimezone(ZoneInfo(reader.time_zone))
        if is_awake(local) and not await _was_reminded(organisation.id, reader):
            await _remind_by_plan(desk, reader, local.date())


async def _remind_by_plan(desk: Desk, reader: Colleague, on: date) -> None:
    """One letter about every planned round, on the day of any of them."""
    planned = [one for one in desk.rounds if one.planned and one.left_of(reader.person_id)]
    occasions = {one.work.assessment.id: one.occasion(reader.person_id, on) for one in planned}
    if not any(occasions.values()):
        return
    way_out = await letters.way_out(ROUND, reader.email, desk.secret)
    if not way_out:
        return
    fresh = [
        await _claimed(desk, reader, round_id, occasion)
        for round_id, occasion in occasions.items()
        if occasion
    ]
    if any(fresh):
        await _write(desk, reader, planned, on, way_out)


async def _claimed(desk: Desk, reader: Colleague, round_id: UUID, occasion: date) -> bool:
    """Whether this occasion is ours: nobody wrote for it before, and now nobody will again."""
    sql = (
        "insert into round_reminder (id, organisation_id, assessment_id, person_id, occasion, asked_at, settled_at) "
        "values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning id"
    )
    values = (new_id(), desk.organisation.id, round_id, reader.person_id, occasion, now())
    return bool(await select(sql, *values))


async def send_one(organisation_id: UUID, reminder: UUID, site: str, secret: str) -> None:
    """The letter of a reminder somebody asked for, once however often the job runs."""
    async with transaction(OnDuty(organisation_id)):
        sql = "update round_reminder set settled_at = $2 where id = $1 and settled_at is null returning assessment_id, person_id"
        rows = await select(sql, reminder, now())
        if not rows:
            return
        desk = await _desk(await Organisation.get(id=organisation_id), site, secret)
        reader = next((one for one in desk.readers if one.person_id == rows[0]["person_id"]), None)
        if reader is None:
            return
        told = [
            one for one in desk.rounds if one.planned or one.work.assessment.id == rows[0]["assessment_id"]
        ]
        left = [one for one in told if one.left_of(reader.person_id)]
        way_out = await letters.way_out(ROUND, reader.email, secret) if left else ""
        if way_out:
            await _write(desk, reader, left, today(reader.time_zone), way_out)


async def _desk(organisation: Organisation, site: str, secret: str) -> Desk:
    drafts = Assessment.filter(organisation_id=organisation.id, state=AssessmentState.DRAFT)
    rounds = [await _asked(row) for row in await drafts.order_by("closes_on", "opens_on", "id")]
    here = await colleagues_of(organisation.id, now().date())
    return Desk(
        organisation, tuple(one for one in rounds if one.work.takes_answers),
        tuple(one for one in here if one.may(Permission.ANSWER)), site, secret,
    )  # fmt: skip


async def _asked(assessment: Assessment) -> Asked:
    row = await ReminderPlan.get_or_none(assessment_id=assessment.id)
    return Asked(
        await load_work(assessment), row, await store.respondents_of(assessment.id), await codes_of(assessment.id)
    )  # fmt: skip


async def _write(desk: Desk, reader: Colleague, rounds: Iterable[Asked], on: date, way_out: str) -> None:
    told: Sequence[Left] = [_left(desk, one, reader, on) for one in rounds]
    await remind(reader, desk.organisation, told, desk.site, way_out)


def _left(desk: Desk, one: Asked, reader: Colleague, on: date) -> Left:
    person, assessment = reader.person_id, one.work.assessment
    left, due_on = one.left_of(person), one.due_on(person)
    own = "?only=mine" if one.codes.get(person) else ""
    return Left(
        one.work.whole, assessment.name, len(left), one.work.count_of(person, one.codes.get(person, ())).asked, due_on,
        (due_on - on).days if due_on else None,
        f"{desk.site}/o/{desk.organisation.slug}/e/{assessment.slug}/q/{left[0]}{own}",
    )  # fmt: skip
