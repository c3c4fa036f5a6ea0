"""What the worker does for billing."""

from uuid import UUID

from palier.billing.flows import letters, noticing, place_clock, place_letters, places, projecting, reviewing
from palier.billing.flows.renewing import review_agreements
from palier.billing.rules.notices import Notice
from palier.billing.rules.places import Letter
from palier.billing.stripe import Stripe, till_from
from palier.entitlements.catalogue import offers_in
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings, till: Stripe | None = None) -> list[Job]:
    """The jobs of the room. `till` defaults to what the settings say."""
    return [
        *_of_stripe(till or till_from(settings)),
        *_of_places(settings),
        *_of_letters(settings),
        _of_agreements(settings),
    ]


def _of_stripe(till: Stripe | None) -> list[Job]:
    """Events are followed as they arrive, and every ten minutes what then failed; at night everything is compared."""

    async def drain() -> None:
        if till:
            await projecting.drain_and_come_back(till)

    async def review() -> None:
        if till:
            await reviewing.review(till)

    close = till.close if till else None
    return [
        Job("billing.drain", drain, cron="*/10 * * * *", close=close),
        Job("billing.review", review, cron="50 2 * * *", attempts=6),
    ]


def _of_places(settings: Settings) -> list[Job]:
    """The nightly look at places, and the letters about them. Where nothing is sold, no place exists."""

    async def clock() -> None:
        if settings.billing:
            await place_clock.look_through(offers_in(settings.offers_file))

    async def left(network: str, organisation: str) -> None:
        if settings.billing:
            await place_clock.look_at(UUID(network), offers_in(settings.offers_file), UUID(organisation))

    async def letter(sponsorship: str, letter: str, about: str) -> None:
        offers = offers_in(settings.offers_file)
        await place_letters.write(UUID(sponsorship), Letter(letter), about, offers, settings.public_url)

    return [
        Job("billing.places", clock, cron="40 6 * * *"),
        Job(places.LEFT, left, attempts=5),
        Job(places.WRITE, letter, attempts=5),
    ]


def _of_letters(settings: Settings) -> list[Job]:
    """The letters about money: soon after something changed, and every hour what the clock makes due."""

    async def due() -> None:
        if settings.billing:
            await noticing.notice_due(settings)

    async def write(account: str) -> None:
        await noticing.notice(UUID(account), settings)

    async def tell(account: str, kind: str, about: str, cents: int) -> None:
        await noticing.tell_staff(UUID(account), Notice(kind), about, cents, settings)

    return [
        Job("billing.notices", due, cron="25 * * * *"),
        Job(letters.WRITE, write, attempts=5),
        Job(letters.TELL, tell, attempts=5),
    ]


def _of_agreements(settings: Settings) -> Job:
    """Every morning: payers are told that an agreement ends, and what has ended is called so."""

    async def review() -> None:
        await review_agreements(offers_in(settings.offers_file), settings.public_url)

    return Job("billing.agreements", review, cron="55 6 * * *")
