"""Setting a mirror up, closing it, opening it again, deleting it: each with its trace, each exactly once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.assessments.flows.definitions import definition_of
from palier.assessments.store import Assessment, Unknown, assessment_by_slug
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.mirrors import store
from palier.mirrors.flows.reading import may_ask
from palier.mirrors.rules.asked import plain_scale, plain_themes
from palier.mirrors.store import Mirror, MirrorLink
from palier.network.store import organisation_of
from palier.scoring.rules.mirror import Audience

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of a code that may have to be typed from a poster: none is taken for another."""

_LENGTH = 12
"""59 bits: nobody comes upon a link by trying, and a link gives no more than its questions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to ask, what, and between which days. At least one audience and one theme."""

    audiences: Sequence[Audience]
    themes: Sequence[str]
    opens_on: date
    closes_on: date


async def open_mirror(actor: Actor, slug: str, plan: Plan, op: UUID) -> None:
    """Make the mirror of the round `slug` with a link for each audience; nothing where there is one already.

    Raises DoesNotExist for a round that is not there or has no themes, and AlreadyDone for the form `op`.
    """
    async with transaction(actor):
        assessment = await assessment_by_slug(actor, slug)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}/mirror")
        await one_at_a_time(f"mirror of {assessment.id}")
        if await store.mirror_of(actor, assessment.id):
            return
        mirror = await _make(actor, assessment, plan)
        for audience in plan.audiences:
            await _make_link(actor, mirror, audience)
        await audit.record(
            actor, "mirrors.opened", f"assessment {slug}", audiences=list(plan.audiences), themes=list(plan.themes),
            opens_on=plan.opens_on, closes_on=plan.closes_on,
        )  # fmt: skip


async def _make(actor: Actor, assessment: Assessment, plan: Plan) -> Mirror:
    asked = may_ask(await definition_of(assessment)).only(plan.themes)
    organisation = await organisation_of(actor)
    return await Mirror.create(
        id=new_id(), organisation_id=actor.organisation_id, assessment_id=assessment.id, organisation_name=organisation.name,
        people_word=organisation.people_word, themes=plain_themes(asked), scale=plain_scale(asked), opens_on=plan.opens_on,
        closes_on=plan.closes_on, created_by=actor.person_id, created_name=actor.person.name, created_at=now(),
    )  # fmt: skip


async def _make_link(actor: Actor, mirror: Mirror, audience: Audience) -> None:
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    await MirrorLink.create(
        id=new_id(), organisation_id=actor.organisation_id, mirror_id=mirror.id, audience=audience, code=code,
        fingerprint=fingerprint(code),
    )  # fmt: skip


async def close_mirror(actor: Actor, slug: str) -> None:
    """Take no more answers; those that wait for a batch stay uncounted. Raises DoesNotExist."""
    async with transaction(actor):
        mirror = await _standing(actor, slug)
        if mirror.closed_at is None:
            await Mirror.filter(id=mirror.id).update(closed_at=now())
            await audit.record(actor, "mirrors.closed", f"assessment {slug}")


async def reopen_mirror(actor: Actor, slug: str, until: date) -> None:
    """Take answers until `until`, whether it is open now or not. Raises DoesNotExist."""
    async with transaction(actor):
        mirror = await _standing(actor, slug)
        if mirror.closed_at is not None or mirror.closes_on != until:
            before = {"closed_at": mirror.closed_at, "closes_on": mirror.closes_on}
            after = {"closed_at": None, "closes_on": until}
            await Mirror.filter(id=mirror.id).update(closed_at=None, closes_on=until)
            await audit.record(actor, "mirrors.reopened", f"assessment {slug}", before=before, after=after)


async def delete_mirror(actor: Actor, slug: str) -> None:
    """Delete the mirror, its links and everything that was answered; nothing where there is none. Raises DoesNotExist."""
    async with transaction(actor):
        assessment = await assessment_by_slug(actor, slug)
        mirror = await store.mirror_of(actor, assessment.id)
        if mirror is not None:
            await mirror.delete()
            await audit.record(actor, "mirrors.deleted", f"assessment {slug}")


async def _standing(actor: Actor, slug: str) -> Mirror:
    assessment = await assessment_by_slug(actor, slug)
    mirror = await store.mirror_of(actor, assessment.id)
    if mirror is None:
        raise Unknown("mirror")
    return mirror
