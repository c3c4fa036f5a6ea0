"""A network whose verified members are Transports du Val and Clinique du Lac, run by Inès; the mill belongs to another."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from palier.foundation.actor import Actor, NetworkActor, OnDuty
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.network import store as network
from palier.practices.flows import moderating, writing
from palier.practices.rules.sheets import Served, Sheet
from tests.conftest import Cast, plant_organisation, plant_person
from tests.roles import as_the_worker

SITE = "http://palier.test"


def a_sheet(**changes: Any) -> Sheet:
    """A practice that can be proposed."""
    facts: dict[str, Any] = {
        "title": "Un rappel sous une heure",
        "done": "Chaque appel manqué est rappelé dans l’heure par la même équipe.",
        "effect": "Les réclamations baissent.",
        "serves": (Served("FL", "FL1", "FL1.1.1", 1, 3),),
        "steps": ("Mesurer les appels manqués", "Nommer une équipe"),
    }
    return Sheet(**(facts | changes))


@dataclass(frozen=True, slots=True)
class Circle:
    """A network with its staff, two members and a stranger."""

    staff: NetworkActor
    valley: Actor
    clinic: Actor
    mill: Actor
    network_id: UUID


async def join(actor: Actor, network_id: UUID, *, verified: bool = True) -> None:
    """Make the organisation a member, as the network's staff would."""
    async with transaction(OnDuty(actor.organisation_id, network_id)):
        await network.NetworkMember.create(
            id=new_id(), network_id=network_id, organisation_id=actor.organisation_id, joined_on=today(),
            verified_at=now() if verified else None,
        )  # fmt: skip


async def plant_network(owner: Any, name: str, slug: str, k: int = 5) -> UUID:
    """A network, written by the administrator: nobody founds one on the web."""
    network_id = new_id()
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, $2, $3, $4, false, now())",
        network_id, slug, name, k,
    )  # fmt: skip
    return network_id


@pytest.fixture
async def circle(cast: Cast, owner: Any, claire: Actor, nora: Actor) -> Circle:
    network_id = await plant_network(owner, "Réseau du Val", "reseau-du-val")
    other = await plant_network(owner, "Autre cercle", "autre-cercle")
    ines = cast.people["ines"]
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(),
        network_id,
        ines.person_id,
    )
    miller = await plant_person("Paul Meunier", "paul@example.org")
    mill = Actor(miller, await plant_organisation("Le Moulin", "le-moulin", miller), Role.OWNER)
    await join(claire, network_id)
    await join(nora, network_id)
    await join(mill, other)
    staff = NetworkActor(ines, network_id, "reseau-du-val", "Réseau du Val")
    return Circle(staff, claire, nora, mill, network_id)


async def publish(circle: Circle, author: Actor, sheet: Sheet | None = None, locale: str = "fr") -> UUID:
    """A practice told, proposed and published."""
    practice = await writing.begin(author, circle.network_id, sheet or a_sheet(), locale, new_id())
    await writing.propose(author, practice, new_id())
    await moderating.publish(circle.staff, practice, 1, SITE)
    return practice


@pytest.fixture
def as_worker(settings: Settings) -> Callable[[], AbstractAsyncContextManager[None]]:
    """`async with as_worker():` what runs inside runs under the worker's role, as in production."""
    return partial(as_the_worker, settings)
