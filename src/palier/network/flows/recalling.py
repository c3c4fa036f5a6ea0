"""The worker recalls the end of a mandate to both sides, thirty and seven days before; and lets old proposals lapse.

Each letter once, in the reader's language and at the reader's hour (docs/operations.md#letters).
"""

import logging
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from palier.accounts.rules import is_awake
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.network import mails
from palier.network.flows.mandating import decide_in
from palier.network.mandates import HandOver, owners_to_tell
from palier.network.rules.mandates import ANSWERED_WITHIN, RECALLED, HandOverState, recalled_today
from palier.network.store import Mandate, Organisation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody who is reminded: the client's owner, or the consultant."""

    email: str
    locale: str
    time_zone: str
    owner: bool


async def recall_due(site: str) -> None:
    """Every reminder that is due now; a second run sends nothing again.

    One organisation's trouble is not the others': the run goes on and fails at the end, so that it is tried again.
    """
    troubles = []
    for organisation in await _with_an_end_near():
        try:
            async with transaction(OnDuty(organisation)):
                await _recall_in(organisation, site)
        except Exception as trouble:
            log.exception("reminders of the mandates of %s failed", organisation)
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


async def _with_an_end_near() -> list[UUID]:
    """A day more on either side: everybody has their own midnight."""
    sql = (
        "select distinct d.organisation_id from mandate d join organisation o on o.id = d.organisation_id "
        "where d.revoked_at is null and o.sandbox_until is null and d.ends_on between current_date - 1 and current_date + $1::int"
    )
    async with reading(OnDuty()):
        return [row["organisation_id"] for row in await select(sql, RECALLED[0].days + 1)]


async def _recall_in(organisation_id: UUID, site: str) -> None:
    organisation = await Organisation.get(id=organisation_id)
    owners = [Side(*each, owner=True) for each in await owners_to_tell(organisation_id)]
    rows = Mandate.filter(organisation_id=organisation_id, revoked_at=None, ends_on__gte=now().date())
    for mandate in await rows.select_related("consultant").order_by("ends_on", "id"):
        person = mandate.consultant
        consultant = Side(person.email, person.locale, person.time_zone, owner=False)
        for side in (consultant, *owners):
            await _recall(organisation, mandate, side, site)


async def _recall(organisation: Organisation, mandate: Mandate, side: Side, site: str) -> None:
    zone = ZoneInfo(side.time_zone)
    local = now().astimezone(zone)
    dated_on = (mandate.dated_at or mandate.created_at).astimezone(zone).date()
    ahead = recalled_today(mandate.ends_on, dated_on, local.date())
    if ahead is None or not is_awake(local) or not await _claimed(mandate, side.email, ahead.days):
        return
    people = f"{site}/o/{organisation.slug}/people/mandates/{mandate.id}"
    address = people if side.owner else f"{site}/portfolio/mandates/{mandate.id}"
    await mails.mandate_ending(organisation, mandate, side.email, side.locale, address, owner=side.owner)


async def _claimed(mandate: Mandate, email: str, days: int) -> bool:
    """Whether this letter is ours to write: nobody wrote it before, and now nobody will again."""
    sql = (
        "insert into mandate_reminder (id, organisation_id, mandate_id, email, ends_on, days, sent_at) "
        "select $1, organisation_id, id, $3, ends_on, $4, $5 from mandate where id = $2 on conflict do nothing returning id"
    )
    return bool(await select(sql, new_id(), mandate.id, email, days, now()))


async def let_lapse() -> None:
    """Proposals nobody answered in time are over, and the trail says so."""
    async with reading(OnDuty()):
        old = HandOver.filter(state=HandOverState.PROPOSED, proposed_at__lte=now() - ANSWERED_WITHIN)
        found = [(row.id, row.organisation_id) for row in await old]
    for hand_over, organisation in found:
        async with transaction(OnDuty(organisation)):
            rows = HandOver.filter(id=hand_over, state=HandOverState.PROPOSED)
            if row := await rows.select_for_update().first():
                await decide_in(OnDuty(organisation), row, HandOverState.LAPSED)
