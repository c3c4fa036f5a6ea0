"""What was said about an action of Transports du Val, and a file beside it."""

from collections.abc import Mapping
from datetime import timedelta

from palier.action_plans.flows.commenting import topic_of
from palier.action_plans.store import Action, ActionStatus
from palier.conversations.flows.attaching import attach
from palier.conversations.store import Comment
from palier.foundation import audit, clock, files
from palier.foundation.actor import Actor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.foundation.uploads import Received

SAID = {
    "fr": (
        "Les deux premières équipes ont suivi l’atelier. @Malik Ouali, peux-tu relever les réponses avant vendredi ?",
        "C’est fait, le relevé est joint. Il manque la gare routière : leur réunion est reportée à mardi.",
        "Merci. @Sophie Denis, je te montre le résultat au prochain comité.",
    ),
    "en": (
        "The first two teams have been through the workshop. @Malik Ouali, can you collect the answers before Friday?",
        "Done, the answers are attached. The coach station is missing: their meeting was moved to Tuesday.",
        "Thank you. @Sophie Denis, I will show you the result at the next committee.",
    ),
}
SHEET = {
    "fr": (
        "Relevé des ateliers.csv",
        "Équipe;Participants;Satisfaits\nAgence centrale;14;11\nDépôt nord;9;8\n",
    ),
    "en": ("Workshop answers.csv", "Team;Participants;Satisfied\nMain office;14;11\nNorth depot;9;8\n"),
}


async def plant_conversation(actor: Actor, malik: Person, sophie: Person, settings: Settings) -> None:
    """Three comments and a file on the first action under way: no letters are written, for nobody waits for them."""
    contributor = Actor(malik, actor.organisation, Role.CONTRIBUTOR)
    first, second, third = SAID[current()] if current() in SAID else SAID["en"]
    row = await _action(actor)
    await _say(actor, row, first, {malik.person_id: malik.name}, days=12)
    await _say(contributor, row, second, {}, days=9)
    await _say(actor, row, third, {sophie.person_id: sophie.name}, days=8)
    name, text = SHEET[current()] if current() in SHEET else SHEET["en"]
    sent = Received(name, "text/csv", text.encode("utf-8-sig"))
    async with transaction(contributor):
        await attach(contributor, files.shelves(settings), topic_of(contributor, row), sent, new_id())


async def _action(actor: Actor) -> Action:
    async with transaction(actor):
        rows = Action.filter(organisation_id=actor.organisation_id, status=ActionStatus.IN_PROGRESS)
        return (await rows.order_by("id").limit(1))[0]


async def _say(actor: Actor, row: Action, text: str, called: Mapping[object, str], *, days: int) -> None:
    async with transaction(actor):
        topic = topic_of(actor, row)
        comment = await Comment.create(
            id=new_id(), organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id, person_id=actor.person_id,
            person_name=actor.person.name, text=text, called={str(person): name for person, name in called.items()},
            at=clock.now() - timedelta(days=days),
        )  # fmt: skip
        await audit.record(
            actor,
            "conversations.commented",
            topic.subject,
            comment=comment.id,
            text=text,
            called=list(called.values()),
        )
