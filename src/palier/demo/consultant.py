"""Hugo Martin's three clients: one answering, one with a plan, one whose mandate is about to end; and a colleague who
proposes him to somebody else's client."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from palier.accounts import store as accounts
from palier.demo.director import plant_plan
from palier.demo.networks import Planted, at_nine
from palier.demo.planting import plant_round
from palier.demo.rules.answers import answers
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.mandates import HandOver
from palier.network.store import ConsultantFirm, Mandate

_CLIENTS = 3
_ANSWERED = 12
_DAYS_LEFT = (300, 200, 21)


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
    for client, days in zip(clients, _DAYS_LEFT, strict=True):
        async with transaction(client):
            await Mandate.create(
                id=new_id(), organisation_id=client.organisation_id, consultant_id=hugo.person_id, granted_by_id=client.person_id,
                ends_on=clock.today() + timedelta(days=days), created_at=clock.now() - timedelta(days=200),
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


async def plant_proposal(client: Actor, hugo: Person) -> None:
    """The client's own consultant proposes Hugo Martin to take over; the owner has not answered."""
    async with transaction(None):
        other = await accounts.Person.create(
            id=new_id(), email="elise.fabre@palier.example", name="Élise Fabre", email_confirmed_at=clock.now() - timedelta(days=400)
        )  # fmt: skip
    async with transaction(client):
        mandate = await Mandate.create(
            id=new_id(), organisation_id=client.organisation_id, consultant_id=other.id, granted_by_id=client.person_id,
            ends_on=clock.today() + timedelta(days=120), created_at=clock.now() - timedelta(days=240),
        )  # fmt: skip
        await HandOver.create(
            id=new_id(), organisation_id=client.organisation_id, mandate_id=mandate.id, proposer_id=other.id, email=hugo.email,
            note="Je change de région en janvier. Hugo Martin suit déjà des réseaux comme le vôtre.",
            proposed_at=clock.now() - timedelta(days=2),
        )  # fmt: skip
