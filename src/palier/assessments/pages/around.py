"""What a criterion's page shows around the form: who else is writing, what people say about it, what colleagues propose."""

from typing import Any

from palier.assessments.flows.discussing import Talk, talk_about
from palier.assessments.flows.opinions import load_asked
from palier.assessments.flows.presence import announces, others_at
from palier.assessments.store import Assessment
from palier.conversations.pages.forms import nothing_typed
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id


async def around(actor: Actor, assessment: Assessment, code: str) -> dict[str, Any]:
    """The context of these parts. Call inside `reading`."""
    present = await others_at(actor, assessment, code)
    return card(await talk_about(actor, assessment, code)) | {
        "present": present,
        "announced": announces(assessment),
        "asked": await load_asked(actor, assessment, code),
        "new_id": new_id,
    }


def card(talk: Talk) -> dict[str, Any]:
    """What the card of comments needs, nothing typed and nothing wrong."""
    return nothing_typed() | {
        "talk": talk.conversation, "place": talk.topic.address, "may_talk": talk.may_talk, "hidden_talk": talk.hidden,
    }  # fmt: skip
