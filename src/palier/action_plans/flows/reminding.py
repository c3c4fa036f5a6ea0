"""The worker reminds people of actions: each letter once, in the reader's language and at the reader's hour."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from palier.accounts.flows import acquaintance, letters
from palier.accounts.rules import is_awake
from palier.action_plans import mails, store
from palier.action_plans.mails import Reader, Reminded, topic_of
from palier.action_plans.rules.reminders import (
    Kind,
    Task,
    digest_of,
    owner_is_told,
    sponsor_is_told,
    week_of,
)
from palier.action_plans.store import Action, Deadline
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.permissions import Permission, Role
from palier.network.store import Colleague, Organisation, colleagues_of

log = logging.getLogger(__name__)

_LEADING = {Role.OWNER, Role.LEAD}
_ELSEWHERE = "Europe/Paris"
"""Where we suppose somebody without an account to live."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one organisation's letters are made from."""

    organisation: Organisation
    deadlines: dict[UUID, Deadline]
    readers: dict[UUID, Reader]
    site: str
    secret: str

    @property
    def tasks(self) -> list[Task]:
        """The actions as the calendar of reminders sees them."""
        return [Task(one.row.id, one.row.owner_id, one.on) for one in self.deadlines.values()]


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
                await _remind(organisation, site, secret)
        except Exception as trouble:
            log.exception("reminders of the actions of %s failed", organisation.id)
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


async def _remind(organisation: Organisation, site: str, secret: str) -> None:
    deadlines = {one.row.id: one for one in await store.deadlines_of(organisation.id)}
    if not deadlines:
        return
    desk = Desk(organisation, deadlines, await _readers(organisation.id), site, secret)
    for reader in desk.readers.values():
        local = now().astimezone(ZoneInfo(reader.time_zone))
        if is_awake(local):
            await _remind_owner(desk, reader, local.date())
            await _send_digest(desk, reader, local.date())
    await _remind_sponsors(desk)


async def _readers(organisation: UUID) -> dict[UUID, Reader]:
    """The members, and the consultants while their mandates last."""
    return {one.person_id: _reader(one) for one in await colleagues_of(organisation, now().date())}


def _reader(one: Colleague) -> Reader:
    may_act, leads = one.may(Permission.EDIT_PLAN), one.role in _LEADING
    return Reader(one.person_id, one.email, one.name, one.locale, one.time_zone, may_act=may_act, leads=leads)


async def _remind_owner(desk: Desk, reader: Reader, today: date) -> None:
    for kind in (Kind.SOON, Kind.LATE):
        mine = (one for one in desk.deadlines.values() if one.row.owner_id == reader.person_id)
        due = [one for one in mine if owner_is_told(one.on, today) is kind]
        await _write(desk, kind, reader, due, today)


async def _remind_sponsors(desk: Desk) -> None:
    """To the sponsor of what is late for long: a member, or whoever has the address written down."""
    waiting: dict[str, tuple[Reader, list[Deadline]]] = {}
    for one in desk.deadlines.values():
        reader = await _sponsor(desk, one.row)
        if reader and (reader.person_id is None or reader.person_id != one.row.owner_id):
            waiting.setdefault(reader.email, (reader, []))[1].append(one)
    for reader, sponsored in waiting.values():
        local = now().astimezone(ZoneInfo(reader.time_zone))
        if is_awake(local):
            late = [one for one in sponsored if sponsor_is_told(one.on, local.date())]
            await _write(desk, Kind.SPONSOR, reader, late, local.date())


async def _sponsor(desk: Desk, row: Action) -> Reader | None:
    if row.sponsor_id:
        return desk.readers.get(row.sponsor_id)
    if not row.sponsor_email:
        return None
    owner = desk.readers.get(row.owner_id) if row.owner_id else None
    locale = await acquaintance.language_of(row.sponsor_email) or (owner.locale if owner else "fr")
    return Reader(None, row.sponsor_email, row.sponsor, locale, _ELSEWHERE)


async def _write(desk: Desk, kind: Kind, reader: Reader, due: Sequence[Deadline], today: date) -> None:
    """One letter of a kind about those actions it was not sent for yet."""
    way_out = await letters.way_out(topic_of(kind), reader.email, desk.secret) if due else ""
    if not way_out:
        return
    told = []
    for one in due:
        secret = new_secret() if reader.may_act and kind is not Kind.SPONSOR else ""
        if await _claimed(desk, kind, reader, one.on, one.row.id, secret):
            told.append(Reminded(one.row, one.on, today, secret))
    if told:
        await mails.remind(kind, reader, desk.organisation, told, desk.site, way_out)


async def _send_digest(desk: Desk, reader: Reader, today: date) -> None:
    monday = digest_of(today)
    if monday is None or reader.person_id is None:
        return
    week = week_of(reader.person_id, desk.tasks, today, leads=reader.leads)
    if not week:
        return
    way_out = await letters.way_out(topic_of(Kind.DIGEST), reader.email, desk.secret)
    if way_out and await _claimed(desk, Kind.DIGEST, reader, monday):
        parts = [
            [Reminded(desk.deadlines[one].row, desk.deadlines[one].on, today) for one in part]
            for part in (week.late, week.near, week.others_late)
        ]
        await mails.digest(reader, desk.organisation, parts, desk.site, way_out)


async def _claimed(
    desk: Desk, kind: Kind, reader: Reader, due_on: date, action: UUID | None = None, secret: str = ""
) -> bool:
    """Whether this letter is ours to write: nobody wrote it before, and now nobody will again."""
    sql = (
        "insert into sent_reminder (id, organisation_id, action_id, person_id, email, kind, due_on, fingerprint, sent_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id"
    )
    mark = fingerprint(secret) if secret else None
    return bool(
        await select(
            sql, new_id(), desk.organisation.id, action, reader.person_id, reader.email, kind.value, due_on, mark, now(),
        )
    )  # fmt: skip
