"""Transports du Val has three units, and shares figures with two organisations of its territory.

Two depots have two rounds each, an agency is in the middle of its second. In the group, two members show indicators of their
plans and their last score, the third its last score alone.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from palier.accounts import store as accounts
from palier.affiliations.flows.units import Described, add
from palier.affiliations.rules.belonging import ASKED_FOR, Purpose, UnitKind
from palier.affiliations.store import AffiliationLetter
from palier.demo.networks import Planted, at_nine, found, plant_past_round
from palier.demo.planting import plant_round
from palier.demo.rules.answers import answers
from palier.demo.rules.members import Member
from palier.foundation import clock
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.permissions import Role
from palier.structures.flows import territories
from palier.structures.flows.territories import Shown
from palier.structures.rules.territories import TerritoryKind
from palier.structures.store import measured_actions

_UNITS = (
    ("Dépôt des Essarts", "depot-des-essarts", UnitKind.SITE, "Les Essarts", 310, 3.3),
    ("Dépôt du Pont", "depot-du-pont", UnitKind.SITE, "Pont-du-Val", 190, 2.5),
    ("Agence commerciale du Val", "agence-du-val", UnitKind.AGENCY, "Centre-ville", 60, 3.6),
)
"""Name, slug, kind, place, people, maturity."""

_SHOWN = 2
"""Indicators each member of the territory shows, where it has them."""

_ANSWERED = 14
"""Criteria the agency has answered this year."""


async def plant_units(valley: Actor, planted: Planted) -> None:
    """The units, made by the owner of `valley`; none is a member of the network, so no edition moves."""
    for name, slug, kind, place, weight, maturity in _UNITS:
        member = Member(
            name=name, slug=slug, family="transport", sector="passenger_transport", size="50-249", country="FR",
            legal_kind="public_company", maturity=maturity, progress=0.2, takes_part=(False, True, True),
        )  # fmt: skip
        unit = Actor(await _head(slug, name), Organisation(new_id(), slug, name), Role.OWNER)
        maker = Actor(valley.person, unit.organisation, Role.OWNER)
        async with transaction(maker):
            await found(unit, member)
            described = Described(kind, place, weight)
            await add(maker, valley.organisation, described, answers_open=True, made_here=True)
        async with transaction(unit):
            await plant_past_round(unit, planted, member, 1, in_campaign=False)
            if kind is UnitKind.AGENCY:
                await _begin(unit, planted, member)
            else:
                await plant_past_round(unit, planted, member, 2, in_campaign=False)


async def _head(slug: str, name: str) -> Person:
    """The owner of a unit, who never signs in."""
    async with transaction(None):
        row = await accounts.Person.create(
            id=new_id(),
            email=f"direction@{slug}.example",
            name=f"Direction, {name}",
            email_confirmed_at=clock.now(),
        )
    return Person(row.id, row.name, row.email)


async def _begin(unit: Actor, planted: Planted, member: Member) -> None:
    """This year's round, under way."""
    campaign = planted.campaigns[-1]
    given = answers(planted.questionnaire, member.maturity, member.slug, 0.4)
    await plant_round(
        unit, planted.questionnaire, given[:_ANSWERED], name=campaign.name, opened=at_nine(clock.today() - timedelta(days=9)),
        submitted=None, closes_on=campaign.closes_on,
    )  # fmt: skip


async def plant_territory(valley: Actor, others: Sequence[Actor]) -> None:
    """The group of the valley's territory: made by `valley`, joined by `others`, everybody showing something."""
    territory = await territories.found(
        valley, "Bassin de mobilité du Val", TerritoryKind.LIVING_AREA, "SX", new_id()
    )
    await territories.agree(valley, territory)
    for place, actor in enumerate((valley, *others)):
        if actor is not valley:
            await territories.accept(actor, await _letter(valley, actor, territory))
        async with reading(actor):
            measured = await measured_actions(actor)
        shown = {action.id: action.kpi_name for action in measured[:_SHOWN]}
        await territories.show(actor, territory, Shown(total=True, elements=place != 1, indicators=shown))


async def _letter(valley: Actor, actor: Actor, territory: UUID) -> str:
    """A letter that nobody mailed: its secret."""
    secret = new_secret()
    async with transaction(valley):
        await AffiliationLetter.create(
            id=new_id(), organisation_id=valley.organisation_id, organisation_name=valley.organisation.name,
            purpose=Purpose.TERRITORY, territory_id=territory, territory_name="Bassin de mobilité du Val", email=actor.person.email,
            fingerprint=fingerprint(secret), asked_by=valley.person_id, asked_name=valley.person.name, asked_at=clock.now(),
            expires_at=clock.now() + ASKED_FOR,
        )  # fmt: skip
    return secret
