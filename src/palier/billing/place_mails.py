"""The letters about places: to the owners of the organisation that has or is offered one, and to the network's staff."""

from dataclasses import dataclass
from datetime import date, datetime

from palier.billing import wording
from palier.billing.rules.places import Letter, Why
from palier.billing.store import Sponsorship
from palier.entitlements.rules.offers import Offers
from palier.foundation import mail
from palier.foundation.language import day, speaking


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a letter goes to, in their language."""

    email: str
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter says. `until`: the last day on which the place opens anything, where there is one.

    `own_ends`: the day on which the organisation's own subscription is set to end, None without one.
    """

    letter: Letter
    until: date | None = None
    why: str = ""
    own_ends: datetime | None = None


TO_NETWORK = (Letter.ACCEPTED, Letter.DECLINED, Letter.LEFT)
"""Letters to the network's staff; the others go to the owners."""


async def to_owner(
    reader: Reader, place: Sponsorship, organisation: tuple[str, str], told: Told, offers: Offers, site: str
) -> None:
    """What becomes of a place, to somebody who owns the organisation, given by its address and name."""
    slug, name = organisation
    with speaking(reader.locale, reader.time_zone):
        await mail.write(
            reader.email, f"billing/mails/place_{told.letter}", network=place.network_name, organisation=name,
            offer=wording.offer_name(place.offer, offers), until=day(told.until) if told.until else "",
            why=told.why, reasons=Why, own_ends=day(told.own_ends) if told.own_ends else "",
            address=f"{site}/o/{slug}/billing/place/{place.id}", billing=f"{site}/o/{slug}/billing",
        )  # fmt: skip


async def to_staff(reader: Reader, place: Sponsorship, network_slug: str, told: Told, site: str) -> None:
    """What a member answered, to somebody of the network's staff."""
    with speaking(reader.locale, reader.time_zone):
        await mail.write(
            reader.email, "billing/mails/place_answered", organisation=place.organisation_name, network=place.network_name,
            answer=told.letter, letters=Letter, address=f"{site}/n/{network_slug}/billing/places",
        )  # fmt: skip
