"""What people say of two criteria of the flash in the round fl-2026."""

from palier.assessments.flows.answering import Saved, answer_criterion
from palier.assessments.rules.drafts import Draft
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.scoring.rules.answers import State

CODE, OTHER = "FL1.1.1", "FL1.1.2"


def at(level: int, words: str = "") -> Draft:
    return Draft(State.ANSWERED, level, rationale=words)


async def say(actor: Actor, draft: Draft, code: str = CODE, base: int = 0, **options: object) -> Saved:
    return await answer_criterion(actor, "fl-2026", code, draft, **({"op": new_id(), "base": base} | options))  # type: ignore[arg-type]
