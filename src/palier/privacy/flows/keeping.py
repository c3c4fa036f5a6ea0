"""What is kept no longer than an organisation says: looked at before, purged every night in batches, told in the trail."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, select, transaction
from palier.privacy import store
from palier.privacy.rules.keeping import BROUGHT, EVENTS, LETTERS, SIGN_INS, Kept, terms_of

BATCH: Final = 500
"""Rows of one kind in one transaction."""

_FOUND: Final[Mapping[Kept, str]] = {
    Kept.DRAFTS: (
        "select id from assessment a where a.organisation_id = $1 and a.state = 'draft' and a.supersedes_id is null "
        "and a.created_at < $2 and not exists (select from answer_event e where e.assessment_id = a.id) "
        "and not exists (select from response_given g where g.assessment_id = a.id)"
    ),
    Kept.EVIDENCE: (
        "select id from evidence e where e.organisation_id = $1 and e.valid_until < $2::timestamptz::date "
        "and not exists (select from evidence_use u join assessment a on a.id = u.assessment_id "
        "where u.evidence_id = e.id and a.state <> 'draft')"
    ),
    Kept.COMMENTS: (
        "select c.id from topic_comment c join action a on a.id = c.topic_id where c.organisation_id = $1 "
        "and c.topic = 'action' and a.done_at < $2"
    ),
    Kept.DOCUMENTS: (
        "select id from report r where r.organisation_id = $1 and r.created_at < $2 and r.state in ('done', 'failed', 'cancelled')"
    ),
}
"""Ids of what is older than $2. Drafts with an answer are never deleted: their history is append-only."""

_GONE: Final[Mapping[Kept, tuple[str, ...]]] = {
    Kept.DRAFTS: ("delete from assessment where id = any ($1) returning id",),
    Kept.EVIDENCE: (
        "delete from evidence_use where evidence_id = any ($1)",
        "delete from evidence where id = any ($1) returning id",
    ),
    Kept.COMMENTS: ("delete from topic_comment where id = any ($1) returning id",),
    Kept.DOCUMENTS: (
        "delete from stored_file where id in (select file_id from report where id = any ($1))",
        "delete from report where id = any ($1) returning id",
    ),
}


async def foresee(actor: Actor, days: Mapping[Kept, int]) -> dict[Kept, int]:
    """How many rows of each kind the next night would delete under these terms. Changes nothing."""
    async with reading(actor):
        return {kept: await _count(actor.organisation_id, kept, _before(days[kept])) for kept in Kept}


async def _count(organisation: UUID, kept: Kept, before: datetime) -> int:
    if kept is Kept.TRAIL:
        sql = (
            "select count(*) as n from audit_entry where chain = $1 and at < $2 and details <> '' "
            "and verb <> 'privacy.erased'"
        )
    else:
        sql = f"select count(*) as n from ({_FOUND[kept]}) found"  # noqa: S608  (ours)
    return int((await select(sql, organisation, before))[0]["n"])


def _before(days: int) -> datetime:
    return now() - timedelta(days=days)


async def choose(actor: Actor, days: Mapping[Kept, int]) -> None:
    """Keep the organisation's terms; the trail holds what they were."""
    async with transaction(actor):
        before = await store.retention_of(actor.organisation_id)
        after = {str(kept): number for kept, number in days.items()}
        await store.Retention.update_or_create(
            {"days": after, "changed_at": now()}, organisation_id=actor.organisation_id
        )
        await audit.record(
            actor,
            "privacy.terms_changed",
            f"organisation {actor.organisation.slug}",
            before=before,
            after=after,
        )


async def purge_everything() -> None:
    """Every organisation by its own terms, one after another; what belongs to none of them by ours."""
    async with reading(None):
        organisations = await store.real_organisations()
    for organisation in organisations:
        await purge(organisation)
    await purge_letters()
    await purge_billing()
    await _in_batches(OnDuty(), audit.PLATFORM, _before(SIGN_INS), _forget_details)


async def purge(organisation: UUID) -> dict[str, int]:
    """Delete what is past its time, in batches; the trail tells how much of what. Called again it finds nothing."""
    duty = OnDuty(organisation)
    async with reading(duty):
        days = terms_of(await store.retention_of(organisation))
    counts = {}
    for kept in Kept:
        remove = _forget_details if kept is Kept.TRAIL else _remover(kept)
        if gone := await _in_batches(duty, organisation, _before(days[kept]), remove):
            counts[str(kept)] = gone
    if brought := await _in_batches(duty, organisation, _before(BROUGHT), _forget_brought):
        counts["brought"] = brought
    if counts:
        async with transaction(duty):
            await audit.record(duty, "privacy.purged", f"organisation {organisation}", **counts)
    return counts


Remove = Callable[[UUID, datetime], Awaitable[int]]


async def _in_batches(duty: OnDuty, organisation: UUID, before: datetime, remove: Remove) -> int:
    gone = 0
    while True:
        async with transaction(duty):
            some = await remove(organisation, before)
        gone += some
        if some < BATCH:
            return gone


def _remover(kept: Kept) -> Remove:
    async def remove(organisation: UUID, before: datetime) -> int:
        rows = await select(f"{_FOUND[kept]} limit {BATCH}", organisation, before)
        gone: list[dict[str, Any]] = []
        for sql in _GONE[kept] if rows else ():
            gone = await select(sql, [row["id"] for row in rows])
        return len(gone)

    return remove


async def _forget_details(organisation: UUID, before: datetime) -> int:
    rows = await select("select forget_old_details($1, $2, $3) as n", organisation, before, BATCH)
    return int(rows[0]["n"])


async def _forget_brought(organisation: UUID, before: datetime) -> int:
    sql = (
        "delete from brought_file where id in (select id from brought_file where organisation_id = $1 "
        "and brought_at < $2 limit $3) returning id"
    )
    return len(await select(sql, organisation, before, BATCH))


async def purge_letters() -> int:
    """Delete letters sent long ago; how many."""
    before, gone = _before(LETTERS), 0
    while True:
        async with transaction(None):
            sql = (
                "delete from mail where id in (select id from mail where sent_at < $1 limit $2) returning id"
            )
            some = len(await select(sql, before, BATCH))
        gone += some
        if some < BATCH:
            return gone


async def purge_billing() -> tuple[int, int]:
    """Empty what Stripe told long ago and was dealt with, and delete invoices whose ten years are over; how many of each."""
    events = (
        "update stripe_event set payload = '' where id in (select id from stripe_event where processed_at < $1 "
        "and payload <> '' limit $2) returning id"
    )
    emptied = gone = 0
    while True:
        async with transaction(None):
            some = len(await select(events, _before(EVENTS), BATCH))
            old = int((await select("select forget_old_invoices($1) as n", BATCH))[0]["n"])
        emptied, gone = emptied + some, gone + old
        if max(some, old) < BATCH:
            return emptied, gone
