"""Sharing a document with somebody outside: a link that ends by itself, and can be ended sooner."""

from datetime import date, datetime
from uuid import UUID

from palier.accounts import passwords
from palier.accounts.flows import choosing_passwords
from palier.foundation import audit, jobs, operations
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.language import day, speaking
from palier.network.store import mandate_of
from palier.reports import store
from palier.reports.flows.asking import turn_of
from palier.reports.rules.sharing import MOST_LINKS, Terms, end_of
from palier.reports.store import Report, ReportState, SharedLink

MARK = "reports.mark_copy"
"""The job that makes a marked copy; its arguments are `organisation` and `link`."""


async def line_up_copy(organisation: UUID, link: UUID, at: datetime | None = None) -> None:
    """Ask for the job, in the caller's transaction: in the same turn as the organisation's documents."""
    await jobs.enqueue(MARK, turn=turn_of(organisation), at=at, organisation=organisation, link=link)


class NotMade(Exception):
    """There is no file to share: the document is being made, or could not be."""


class TooManyLinks(Exception):
    """As many links of this document work as may at once."""


async def share(actor: Actor, report: UUID, terms: Terms, op: UUID) -> str:
    """Open a link to the document `report`; its code, told this once. A marked copy is made by the worker.

    Raises PasswordRefused, DoesNotExist, NotMade, TooManyLinks, and AlreadyDone for the form `op`.
    """
    if terms.password:
        await choosing_passwords.check(terms.password, terms.recipient, actor.organisation.name)
    kept = await passwords.hashed(terms.password) if terms.password else ""
    code = new_secret()
    async with transaction(actor):
        row = await store.report_of(actor, report, locked=True)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/reports/{report}")
        if row.state is not ReportState.DONE:
            raise NotMade
        if (await store.count_working([row], now())).get(report, 0) >= MOST_LINKS:
            raise TooManyLinks
        await _open_link(actor, row, terms, code, kept)
    return code


async def _open_link(actor: Actor, row: Report, terms: Terms, code: str, password_hash: str) -> None:
    moment = now()
    link = await SharedLink.create(
        id=new_id(), report_id=row.id, organisation_id=actor.organisation_id, organisation_name=actor.organisation.name,
        fingerprint=fingerprint(code), recipient=terms.recipient, password_hash=password_hash,
        watermark=_watermark(actor, row, terms) if terms.marked else "", mandate_id=actor.mandate_id,
        created_by=actor.person_id, created_name=actor.person.name, created_at=moment,
        expires_at=end_of(moment, terms.days, await _end_of_mandate(actor)),
    )  # fmt: skip
    await audit.record(
        actor, "reports.shared", f"report {row.id}", link=link.id, recipient=terms.recipient, until=link.expires_at,
        password=bool(password_hash), marked=terms.marked,
    )  # fmt: skip
    if terms.marked:
        await line_up_copy(actor.organisation_id, link.id)


def _watermark(actor: Actor, row: Report, terms: Terms) -> str:
    """For whom the copy is, and since when, as dates are written in the document and on one line."""
    with speaking(row.locale):
        on = day(today(actor.person.time_zone)).replace(" ", "\u00a0")
    return f"{terms.recipient}, {on}"


async def _end_of_mandate(actor: Actor) -> date | None:
    if actor.mandate_id is None:
        return None
    mandate = await mandate_of(actor, actor.mandate_id)
    return mandate.ends_on


async def revoke(actor: Actor, report: UUID, link: UUID) -> None:
    """End a link now; its marked copy goes with it. Nothing for one that is revoked already. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.link_of(actor, report, link)
        if row.revoked_at is not None:
            return
        await SharedLink.filter(id=row.id).update(revoked_at=now(), file_id=None)
        if row.file_id:
            await shared.StoredFile.filter(id=row.file_id).delete()
        await audit.record(actor, "reports.link_revoked", f"report {report}", link=link)


async def mark_again(actor: Actor, report: UUID, link: UUID) -> None:
    """Have a marked copy made that could not be; nothing in any other state. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.link_of(actor, report, link)
        if not row.failure or row.revoked_at is not None:
            return
        await SharedLink.filter(id=row.id).update(failure="", attempts=0)
        await audit.record(actor, "reports.copy_asked_again", f"report {report}", link=link)
        await line_up_copy(actor.organisation_id, link)
