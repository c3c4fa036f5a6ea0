"""Hugo Martin's three clients: one answering, one with a plan, one that has just been handed its results."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from palier.demo.director import plant_plan
from palier.demo.networks import Planted, at_nine
from palier.demo.planting import plant_round
from palier.demo.rules.answers import answers
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import ConsultantFirm, Mandate

_CLIENTS = 3
_ANSWERED = 12


def clients_among(actors: Mapping[str, Actor]) -> list[Actor]:
    """Three members to be clients: a water company, a town and a shop."""
    wanted = ("eau", "ville", "magasins")
    return [next(actors[slug] for slug in sorted(actors) if word in slug) for word in wanted][:_CLIENTS]


async def plant_clients(planted: Planted, hugo: Person, clients: Sequence[Actor]) -> None:
    """The consultant's firm, a mandate from each client, an open round at the first, a plan at the second."""
    async with transaction(hugo):
        await ConsultantFirm.create(
            id=new_id(),
            person_id=hugo.person_id,
            name="Martin & Lenoir, conseil en service",
            accent="#5b3a8c",
        )
    for client in clients:
        async with transaction(client):
            await Mandate.create(
                id=new_id(), organisation_id=client.organisation_id, consultant_id=hugo.person_id, granted_by_id=client.person_id,
                ends_on=clock.today() + timedelta(days=300), created_at=clock.now() - timedelta(days=200),
            )  # fmt: skip
    await _open_round(planted, clients[0])
    await plant_plan(clients[1], planted.campaigns[-2].name)


async def _open_round(planted: Planted, client: Actor) -> None:
    campaign = planted.campaigns[-1]
    given = answers(planted.questionnaire, 2.8, client.organisation.slug, 0.5)
    async with transaction(client):
        await plant_round(
            client, planted.questionnaire, given[:_ANSWERED], name=campaign.name, opened=at_nine(clock.today() - timedelta(days=12)),
            submitted=None, closes_on=campaign.closes_on, campaign=campaign,
        )  # fmt: skip
