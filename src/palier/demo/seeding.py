"""Filling an empty database with two invented networks and the people who show them.

Everything is drawn from fixed seeds; dates are relative to today. About ten seconds.
"""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from palier.accounts import store as accounts
from palier.accounts.passwords import hashed
from palier.assessments.flows.definitions import keep_definition
from palier.demo.asking import plant_asked
from palier.demo.cockpit import plant_cockpit
from palier.demo.consultant import clients_among, plant_clients, plant_proposal
from palier.demo.conversation import plant_conversation
from palier.demo.director import VALLEY, plant_flashes, plant_plan, plant_valley
from palier.demo.evidence import plant_evidence
from palier.demo.meeting import plant_meeting
from palier.demo.networks import plant_members, plant_network, plant_running, publish_years
from palier.demo.past_plan import plant_past_plan
from palier.demo.pillars import plant_pillars
from palier.demo.places import plant_places
from palier.demo.practices import plant_practices
from palier.demo.publication import plant_bulletin, plant_draft, plant_erratum
from palier.demo.rules.members import LARGE, SMALL, members
from palier.demo.structures import plant_territory, plant_units
from palier.demo.team import plant_team
from palier.foundation import clock
from palier.foundation.actor import OnDuty, Person
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.network import store as network
from palier.questionnaires.catalogue import latest
from palier.reports.press import Press

LARGE_NETWORK, SMALL_NETWORK = "excellence-de-service", "cercle-sante-prevoyance"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody a visitor of the demo can be."""

    name: str
    email: str
    password: str
    what: str
    start: str


_CAST = (
    (
        "claire.lambert@palier.example", "Claire Lambert",
        "quality director: an open round (22 of 34), last year's results, a plan under way", "/o/transports-du-val",
    ),
    ("malik.ouali@palier.example", "Malik Ouali", "contributor at the same organisation", "/o/transports-du-val"),
    ("sophie.denis@palier.example", "Sophie Denis", "reader at the same organisation", "/o/transports-du-val"),
    ("ines.caron@palier.example", "Inès Caron", "network manager", f"/n/{LARGE_NETWORK}"),
    ("hugo.martin@palier.example", "Hugo Martin", "consultant with three clients", "/portfolio"),
)  # fmt: skip


def sign_ins(settings: Settings) -> list[SignIn]:
    """Who can sign in. Passwords are drawn from this installation's secret, so no two installations share one."""
    return [
        SignIn(name, email, _password(settings, email), what, start) for email, name, what, start in _CAST
    ]


def _password(settings: Settings, email: str) -> str:
    digest = hmac.new(settings.secret.encode(), f"demo {email}".encode(), hashlib.sha256).hexdigest()
    return f"demo-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


async def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not await select("select 1 from person limit 1")


async def seed(settings: Settings) -> None:
    """Plant both networks and the cast. Needs an open connection pool as the worker."""
    press = Press(workers=1)
    press.start()  # it warms up meanwhile: the bulletin comes last
    try:
        await _plant(settings, press)
    finally:
        await asyncio.to_thread(press.stop)


async def _plant(settings: Settings, press: Press) -> None:
    people = {email: await _person(settings, email, name) for email, name, _what, _start in _CAST}
    claire, malik, sophie, ines, hugo = (people[email] for email, *_ in _CAST)
    await _keep_definitions()
    large = await plant_network("Réseau Excellence de service", LARGE_NETWORK, 5, latest("SX"))
    everybody = members(LARGE, "palier large")
    actors = await plant_members(large, everybody)
    valley = await plant_valley(large, claire, {malik: Role.CONTRIBUTOR, sophie: Role.READER})
    await plant_flashes(valley, large)
    await plant_units(valley, large)
    await plant_meeting(valley, malik)
    await plant_team(valley)
    await publish_years(large)
    await plant_plan(valley, large.campaigns[-2].name, owners=(claire, malik))
    await plant_conversation(valley, malik, sophie, settings)
    await plant_evidence(valley, malik, settings)
    await plant_asked(valley, large.campaigns[-1].name)
    await plant_past_plan(valley, large.campaigns[-3].name, large.campaigns[-2].name, owners=(malik, claire))
    clients = clients_among(actors)
    await plant_clients(large, hugo, clients)
    await plant_proposal(valley, hugo)
    apart = {client.organisation.slug for client in clients}
    await plant_territory(valley, clients[1:3])
    others = {slug: actor for slug, actor in actors.items() if slug not in apart}
    await plant_running(large, everybody, others)
    await plant_practices(large, everybody, actors, valley, ines.name)
    pillars = await plant_pillars(large, everybody, others | {VALLEY.slug: valley}, always=VALLEY)
    await plant_erratum(pillars, everybody, others, ines)
    await plant_draft(large, [VALLEY, *everybody], others, ines)
    small = await plant_network("Cercle Santé et prévoyance", SMALL_NETWORK, 8, latest("FL"))
    await plant_members(small, members(SMALL, "palier small"))
    await publish_years(small)
    for planted in (large, small):
        async with transaction(OnDuty(network_id=planted.row.id)):
            await network.NetworkManager.create(
                id=new_id(), network_id=planted.row.id, person_id=ines.person_id
            )
    await plant_cockpit(large, ines)
    await plant_places(large, ines, valley, everybody, others)
    await plant_bulletin(large.campaigns[-2], press)


async def _keep_definitions() -> None:
    async with transaction(None):
        for code in ("SX", "FL", "P6"):
            await keep_definition(latest(code))


async def _person(settings: Settings, email: str, name: str) -> Person:
    async with transaction(None):
        row = await accounts.Person.create(
            id=new_id(), email=email, name=name, password_hash=await hashed(_password(settings, email)),
            email_confirmed_at=clock.now() - timedelta(days=900),
        )  # fmt: skip
    return Person(row.id, row.name, row.email)
