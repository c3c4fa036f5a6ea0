"""What the worker does for billing."""

from uuid import UUID

from palier.billing.flows import place_clock, place_letters, places
from palier.billing.rules.places import Letter
from palier.entitlements.catalogue import offers_in
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room."""
    return _of_places(settings)


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
