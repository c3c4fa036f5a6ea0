"""Territory groups: founding one, agreeing to join, choosing what one shows, leaving. Each in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from palier.affiliations import store as affiliations
from palier.affiliations.flows.asking import letter_behind
from palier.affiliations.rules.belonging import AskedNoMore, Purpose
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.network.flows.inviting import check_may_write
from palier.structures import store
from palier.structures.consent_wording import wording
from palier.structures.rules.territories import TerritoryKind


class MemberAlready(Exception):
    """The organisation is in the group."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an organisation shows a group: parts of its last round, and indicators by action with their headings."""

    total: bool
    elements: bool
    indicators: Mapping[UUID, str]


async def found(actor: Actor, name: str, kind: TerritoryKind, questionnaire: str, operation: UUID) -> UUID:
    """Make a group, its id; who makes it joins it by agreeing like everybody. Raises AlreadyDone, NotInADemonstration."""
    check_may_write(actor)
    async with transaction(actor):
        row = new_id()
        await operations.claim(operation, actor.person_id, f"/o/{actor.organisation.slug}/territories")
        await store.Territory.create(
            id=row, name=name, kind=kind, questionnaire=questionnaire, created_by=actor.organisation_id, created_at=now()
        )  # fmt: skip
        told = {"name": name, "kind": kind, "questionnaire": questionnaire}
        await audit.record(actor, "structures.territory_founded", f"territory {row}", before=None, after=told)
        return row


async def agree(actor: Actor, territory: UUID) -> None:
    """Join a group the organisation made. Raises DoesNotExist, MemberAlready."""
    async with transaction(actor):
        await store.Territory.get(id=territory, created_by=actor.organisation_id)
        await _join(actor, territory)


async def accept(actor: Actor, secret: str) -> UUID:
    """Join the group a letter invites to; its id. Raises AskedNoMore, NotInADemonstration, MemberAlready."""
    letter = await letter_behind(secret)
    if letter.purpose is not Purpose.TERRITORY or letter.territory_id is None:
        raise AskedNoMore
    check_may_write(actor)
    async with transaction(actor):
        await affiliations.present(letter.fingerprint)
        await _join(actor, letter.territory_id)
        if not await affiliations.use_letter_up():
            raise AskedNoMore
    return letter.territory_id


async def _join(actor: Actor, territory: UUID) -> None:
    if await store.is_in(actor, territory):
        raise MemberAlready
    text = wording()
    row = store.TerritoryMember(
        id=new_id(), territory_id=territory, organisation_id=actor.organisation_id, consent_version=text.version,
        wording_hash=text.hash, locale=current(), signed_by=actor.person_id, signed_name=actor.person.name, consented_at=now(),
    )  # fmt: skip
    await row.save(force_create=True)
    told = {"version": text.version, "sha256": text.hash, "locale": row.locale, "signed": row.signed_name}
    await audit.record(
        actor, "structures.territory_joined", f"territory {territory}", before=None, after=told
    )


async def show(actor: Actor, territory: UUID, shown: Shown) -> None:
    """Show the group exactly this; what is not in it is gone at once. Raises DoesNotExist."""
    async with transaction(actor):
        part = await store.part_in(actor, territory, locked=True)
        before = await _as_it_stands(actor, part)
        own = {row.id for row in await store.measured_actions(actor)}
        kept = {action: heading for action, heading in shown.indicators.items() if action in own}
        known = now() if shown.total or shown.elements else None
        await store.TerritoryMember.filter(id=part.id).update(
            shows_total=shown.total,
            shows_elements=shown.elements,
            scores_known_since=part.scores_known_since or known,
        )
        await store.SharedIndicator.filter(
            organisation_id=actor.organisation_id, territory_id=territory
        ).delete()
        for action, heading in kept.items():
            await store.SharedIndicator.create(
                id=new_id(), territory_id=territory, organisation_id=actor.organisation_id, action_id=action,
                heading=heading, shared_at=now(), shared_name=actor.person.name,
            )  # fmt: skip
        after = {"total": shown.total, "elements": shown.elements, "indicators": _plain(kept)}
        await audit.record(actor, "structures.shown", f"territory {territory}", before=before, after=after)


async def leave(actor: Actor, territory: UUID) -> None:
    """Leave the group: nothing of the organisation's is shown any more. Raises DoesNotExist."""
    async with transaction(actor):
        part = await store.part_in(actor, territory, locked=True)
        before = await _as_it_stands(actor, part)
        await store.SharedIndicator.filter(
            organisation_id=actor.organisation_id, territory_id=territory
        ).delete()
        await store.TerritoryMember.filter(id=part.id).update(left_at=now(), left_name=actor.person.name)
        await audit.record(
            actor, "structures.territory_left", f"territory {territory}", before=before, after=None
        )


async def _as_it_stands(actor: Actor, part: store.TerritoryMember) -> dict[str, object]:
    shown = await store.own_indicators(actor, part.territory_id)
    named = _plain({row.action_id: row.heading for row in shown})
    return {"total": part.shows_total, "elements": part.shows_elements, "indicators": named}


def _plain(indicators: Mapping[UUID, str]) -> dict[str, str]:
    return {str(action): heading for action, heading in sorted(indicators.items())}
