"""Throw-away copies: a visitor's private Transports du Val, made in one transaction and erased whole.

Nothing above the database treats them apart: they belong to the invented network without being verified, answer no
campaign, and the database refuses to count them.
"""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from uuid import UUID

from palier.accounts import sessions, throttle
from palier.accounts import store as accounts
from palier.accounts.flows.entering import Browser
from palier.accounts.rules import Method, origin
from palier.assessments.flows.definitions import keep_definition
from palier.assessments.store import Campaign
from palier.demo.director import VALLEY, plant_open_round, write_plan
from palier.demo.networks import ROUNDS, Planted, plant_past_round
from palier.demo.past_plan import write_past_plan
from palier.demo.seeding import LARGE_NETWORK
from palier.foundation import clock, files
from palier.foundation.actor import Actor, OnDuty, Organisation, Person
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.questionnaires.catalogue import latest

LIFETIME = timedelta(hours=24)
MOST_AT_ONCE = 300
"""Living copies. Each is some two hundred rows; more visitors than this in a day are asked to come back."""


class NotHere(Exception):
    """This installation has no invented network to copy from."""


class Full(Exception):
    """There are as many copies as may live at once."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A copy that stands, and the secret of its visitor's session."""

    slug: str
    secret: str


async def available() -> bool:
    """Whether there is something to copy."""
    try:
        async with reading(None):
            await _network()
    except NotHere:
        return False
    return True


async def living_of(person: Person) -> str | None:
    """The slug of the copy this person is visiting, if any."""
    async with reading(person):
        places = await network.places_of(person, clock.today())
    return next(
        (one.organisation.slug for one in places.organisations if one.organisation.sandbox_until), None
    )


async def open_sandbox(browser: Browser) -> Opened:
    """Make a copy with a visitor and a session. Raises NotHere, Full or TooManyAttempts."""
    async with reading(None):
        planted = await _network()
        rows = await select("select count(*) as living from person where email like 'guest-%@demo.invalid'")
    if rows[0]["living"] >= MOST_AT_ONCE:
        raise Full
    await throttle.take_turn(f"demonstration address {origin(browser.address)}")
    actor = _visitor()
    async with transaction(actor):
        await _add_visitor(actor)
        await _copy(actor, planted)
        secret = await sessions.open_session(actor.person_id, browser.user_agent, Method.DEMONSTRATION)
    return Opened(actor.organisation.slug, secret)


async def _network() -> Planted:
    row = await network.Network.get_or_none(slug=LARGE_NETWORK, fictive=True)
    campaigns = await Campaign.filter(network_id=row.id).order_by("closes_on") if row else []
    if row is None or len(campaigns) <= ROUNDS:
        raise NotHere
    return Planted(row, latest("SX"), (*campaigns[:ROUNDS], campaigns[-1]))


def _visitor() -> Actor:
    person_id, name = new_id(), _("Visitor")
    person = Person(person_id, name, f"guest-{person_id.hex}@demo.invalid", current())
    organisation = Organisation(new_id(), f"demo-{token_hex(6)}", VALLEY.name, sandbox=True)
    return Actor(person, organisation, Role.OWNER)


async def _add_visitor(actor: Actor) -> None:
    person, today = actor.person, clock.now()
    await accounts.Person.create(
        id=person.person_id,
        email=person.email,
        name=person.name,
        locale=person.locale,
        email_confirmed_at=today,
    )
    await network.Organisation.create(
        id=actor.organisation_id, slug=actor.organisation.slug, name=VALLEY.name, family=VALLEY.family, sector=VALLEY.sector,
        size=VALLEY.size, country=VALLEY.country, legal_kind=VALLEY.legal_kind, sandbox_until=today + LIFETIME,
    )  # fmt: skip
    await network.add_member(actor)


async def _copy(actor: Actor, planted: Planted) -> None:
    await network.join(actor, planted.row.id, clock.today())
    await keep_definition(planted.questionnaire)
    for turn in range(ROUNDS):
        await plant_past_round(actor, planted, VALLEY, turn, in_campaign=False)
    await plant_open_round(actor, planted, in_campaign=False)
    await write_plan(actor, planted.campaigns[-2].name)
    await write_past_plan(actor, planted.campaigns[-3].name, planted.campaigns[-2].name)


async def erase_expired(shelf: files.Shelf) -> int:
    """Erase every copy whose time is over; how many. The worker's: it alone sees all organisations."""
    async with reading(None):
        rows = await select("select id from organisation where sandbox_until < $1", clock.now())
    for row in rows:
        await erase(row["id"], shelf)
    return len(rows)


async def erase(organisation: UUID, shelf: files.Shelf) -> None:
    """Erase one copy wholly: bytes first, so that a failure half-way is found again. Refused for real organisations."""
    async with transaction(OnDuty(organisation)):
        found = await select(
            "select 1 from organisation where id = $1 and sandbox_until is not null", organisation
        )
        if found:
            await files.forget(shelf, organisation)
        await select("select erase_sandbox($1)", organisation)
