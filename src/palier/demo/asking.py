"""Colleagues without an account, asked about one criterion of this year's round: one has answered, one not yet."""

from palier.assessments.flows import asking, opining
from palier.assessments.rules.asking import Wish
from palier.assessments.rules.drafts import Draft
from palier.demo.director import ANSWERED
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.language import current
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State

_NOTES = {
    "fr": "Vous êtes au guichet chaque jour : qu’en voyez-vous ?",
    "en": "You are at the counter every day: what do you see of it?",
}
_SAID = {
    "fr": "Depuis septembre, les réclamations du guichet nord sont relues chaque vendredi.",
    "en": "Since September the complaints of the north counter are read every Friday.",
}


async def plant_asked(actor: Actor, round_name: str) -> None:
    """Both links are to the first criterion nobody has answered; nobody knows their addresses."""
    criterion = latest("SX").criteria[ANSWERED]
    slug, words = slugify(f"SX {round_name}"), current() if current() in _SAID else "en"
    for name, level in (("Paul Roux", 0), ("Anne Berger", 3)):
        wish = Wish(name, note=_NOTES[words], days=30)
        code = await asking.ask(actor, slug, criterion.code, wish, new_id(), "")
        if level:
            said = Draft(State.ANSWERED, level, rationale=_SAID[words])
            await opining.say(code, said, base=0, address="192.0.2.1")
