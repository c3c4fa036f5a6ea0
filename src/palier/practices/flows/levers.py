"""The network's own levers: written by its staff, published to members' plans, withdrawn."""

from uuid import UUID

from palier.foundation import audit, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.practices import store
from palier.practices.flows.writing import ChangedMeanwhile, Unacceptable
from palier.practices.rules.lever_sheets import LeverSheet, faults, to_plain
from palier.practices.store import LeverState, NetworkLever
from palier.questionnaires.rules import Questionnaire


async def write(actor: NetworkActor, questionnaire: Questionnaire, sheet: LeverSheet, op: UUID) -> UUID:
    """Write a lever down as a draft; its id. Raises Unacceptable, AlreadyDone."""
    _check(questionnaire, sheet)
    lever = new_id()
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/levers")
        await NetworkLever.create(
            id=lever, network_id=actor.network_id, questionnaire=questionnaire.id, content=to_plain(sheet),
            written_name=actor.person.name, written_at=now(),
        )  # fmt: skip
        await _record(actor, "practices.lever_written", lever, sheet)
    return lever


async def rewrite(
    actor: NetworkActor, lever: UUID, questionnaire: Questionnaire, sheet: LeverSheet, base: int
) -> None:
    """Change a lever. Actions born from it stay as they are. Raises DoesNotExist, Unacceptable, ChangedMeanwhile."""
    _check(questionnaire, sheet)
    async with transaction(actor):
        row = await store.lever_by_id(actor, lever, locked=True)
        if row.revision != base:
            raise ChangedMeanwhile
        before, after = row.content, to_plain(sheet)
        row.content, row.written_name, row.written_at = after, actor.person.name, now()
        row.revision += 1
        await row.save()
        await _record(actor, "practices.lever_rewritten", lever, sheet, before=before, after=after)


async def set_state(actor: NetworkActor, lever: UUID, state: LeverState) -> NetworkLever:
    """Propose a lever in members' plans, or no longer. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.lever_by_id(actor, lever, locked=True)
        before, row.state = row.state, state
        row.revision += 1
        await row.save()
        await audit.record(
            actor, "practices.lever_state_set", f"lever {lever}", before=before.value, after=state.value
        )
    return row


def _check(questionnaire: Questionnaire, sheet: LeverSheet) -> None:
    if found := faults(sheet, questionnaire.index.levers.keys()):
        raise Unacceptable(found)


async def _record(actor: NetworkActor, verb: str, lever: UUID, sheet: LeverSheet, **changed: object) -> None:
    titles = {locale: words.title for locale, words in sheet.told.items()}
    await audit.record(actor, verb, f"lever {lever}", title=titles, effort=sheet.effort, **changed)
