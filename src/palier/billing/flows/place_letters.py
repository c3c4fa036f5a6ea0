"""Writing the letters about places: by the worker, which alone may read whom to write to; each once."""

from datetime import date, datetime
from uuid import UUID

from palier.billing import place_mails
from palier.billing.flows.places import own_subscription
from palier.billing.place_mails import Reader, Told
from palier.billing.rules.places import Letter
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.network.mandates import owners_to_tell
from palier.network.store import Organisation

_STAFF = (
    "select p.email, p.locale, p.time_zone, n.slug from network_manager m join person p on p.id = m.person_id "
    "join network n on n.id = m.network_id where m.network_id = $1 order by p.email"
)


async def write(place: UUID, letter: Letter, about: str, offers: Offers, site: str) -> None:
    """Write one letter to everybody it concerns, unless it was written, or no longer says what is."""
    async with transaction(OnDuty()):
        row = await Sponsorship.get_or_none(id=place)
        if row is None or _stale(row, letter) or not await _claimed(row, letter, about):
            return
        if letter in place_mails.TO_NETWORK:
            await _to_staff(row, letter, site)
        else:
            await _to_owners(row, letter, about, offers, site)


def _stale(row: Sponsorship, letter: Letter) -> bool:
    """Whether the place has moved on since the letter was asked for."""
    if letter is Letter.OFFERED:
        return row.state is not SponsorshipState.INVITED
    if letter in (Letter.ENDS, Letter.SOON):
        return row.state is not SponsorshipState.ACTIVE or row.ends_on is None
    return False


async def _claimed(row: Sponsorship, letter: Letter, about: str) -> bool:
    """Whether this letter is ours to write: nobody wrote it before, and now nobody will again."""
    sql = (
        "insert into billing_notice (id, organisation_id, kind, about, sent_at) values ($1, $2, $3, $4, $5) "
        "on conflict (kind, about) do nothing returning id"
    )
    kind, once = f"place_{letter}", f"{row.id} {about}".strip()
    return bool(await select(sql, new_id(), row.organisation_id, kind, once, now()))


async def _to_staff(row: Sponsorship, letter: Letter, site: str) -> None:
    for one in await select(_STAFF, row.network_id):
        reader = Reader(one["email"], one["locale"], one["time_zone"])
        await place_mails.to_staff(reader, row, one["slug"], Told(letter), site)


async def _to_owners(row: Sponsorship, letter: Letter, about: str, offers: Offers, site: str) -> None:
    organisation = await Organisation.get_or_none(id=row.organisation_id, sandbox_until=None)
    if organisation is None:
        return
    until = date.fromisoformat(about) if letter is Letter.ENDED else row.ends_on
    told = Told(letter, until, row.ended_why, await _own_ends(row.organisation_id))
    for email, locale, zone in await owners_to_tell(row.organisation_id):
        whose = (organisation.slug, organisation.name)
        await place_mails.to_owner(Reader(email, locale, zone), row, whose, told, offers, site)


async def _own_ends(organisation: UUID) -> datetime | None:
    """The day on which what it pays itself will end, when that was asked for and can still be taken back."""
    own = await own_subscription(organisation)
    return own.period_end if own and own.cancel_at_period_end else None
