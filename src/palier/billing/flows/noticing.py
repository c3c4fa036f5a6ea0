"""Writing the letters about money: what is due is worked out from the tables, for one payer at a time, and written once."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from palier.billing import mails, store
from palier.billing.flows.standing import facts_of
from palier.billing.flows.writing import holder_of
from palier.billing.mails import Reader, Whose
from palier.billing.rules.notices import FRESH, TO_STAFF, Bill, Due, Known, Notice, due
from palier.billing.rules.states import CheckoutState, InvoiceKind, InvoiceState
from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Kind, Offers, Source
from palier.entitlements.store import Entitlement, column_of
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.network.mandates import owners_to_tell

log = logging.getLogger(__name__)


async def notice_due(settings: Settings) -> None:
    """Write everything that is due to everybody. One payer's trouble is not the others': the run goes on, and fails at the end."""
    async with reading(None):
        accounts = [row.id for row in await store.BillingAccount.all().order_by("id")]
    troubles = []
    for account in accounts:
        try:
            await notice(account, settings)
        except Exception as trouble:
            log.exception("letters about billing account %s failed", account)
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


async def notice(account: UUID, settings: Settings) -> list[Due]:
    """Write what is due to one payer, and note that it was: both or neither. Again: nothing more."""
    async with reading(None):
        row = await store.BillingAccount.get_or_none(id=account)
    if row is None or not settings.billing:
        return []
    offers = offers_in(settings.offers_file)
    async with transaction(OnDuty(row.organisation_id, row.network_id)):
        await one_at_a_time(f"letters about {account}")
        written = [one for one in due(await _known(row, offers)) if await _claimed(row, one)]
        for one in written:
            await _write(row, one, offers, settings)
    return written


async def tell_staff(account: UUID, kind: Notice, about: str, cents: int, settings: Settings) -> None:
    """Tell the installation's staff of something that stands in no table, once."""
    async with transaction(None):
        row = await store.BillingAccount.get_or_none(id=account)
        told = Due(kind, about, cents=cents)
        if row and await _claimed(row, told):
            await _write(row, told, offers_in(settings.offers_file), settings)


# --- what is known ---------------------------------------------------------------------------------------------------


async def _known(row: store.BillingAccount, offers: Offers) -> Known:
    kind, holder = holder_of(row)
    facts = await facts_of(kind, holder, offers)
    newest = await _subscription(row)
    trial = (
        await Entitlement.filter(**{column_of(kind): holder}, source=Source.TRIAL)
        .order_by("-valid_from")
        .first()
    )
    sent = await store.BillingNotice.filter(account_id=row.id).values_list("kind", "about")
    return Known(
        str(row.id), facts, newest, await _bills(row), await _failed(row), trial.source_ref if trial else "", frozenset(map(tuple, sent))
    )  # fmt: skip


async def _subscription(row: store.BillingAccount) -> str:
    """The one `facts_of` tells of."""
    sql = (
        "select id from subscription where account_id = $1 "
        "order by status in ('trialing', 'active', 'past_due', 'incomplete', 'paused') desc, created_at desc limit 1"
    )
    rows = await select(sql, row.id)
    return str(rows[0]["id"]) if rows else ""


async def _bills(row: store.BillingAccount) -> list[Bill]:
    rows = store.Invoice.filter(
        account_id=row.id, state=InvoiceState.OPEN, kind=InvoiceKind.INVOICE, due_on__not_isnull=True
    )
    return [
        Bill(str(one.id), one.number, one.due_on, one.total, one.currency, one.hosted_url)
        for one in await rows.order_by("due_on", "id") if one.due_on
    ]  # fmt: skip


async def _failed(row: store.BillingAccount) -> list[tuple[str, str, datetime]]:
    since = now() - FRESH - timedelta(days=1)
    rows = store.Checkout.filter(account_id=row.id, state=CheckoutState.FAILED, begun_at__gte=since)
    return [(str(one.id), one.offer, one.begun_at) for one in await rows.order_by("begun_at")]


async def _claimed(row: store.BillingAccount, one: Due) -> bool:
    """Whether this letter is ours to write: nobody wrote it before, and now nobody will again."""
    sql = (
        "insert into billing_notice (id, account_id, kind, about, sent_at) values ($1, $2, $3, $4, $5) "
        "on conflict (kind, about) do nothing returning id"
    )
    return bool(await select(sql, new_id(), row.id, one.kind.value, one.about, now()))


# --- whom it is written to -------------------------------------------------------------------------------------------


async def _write(row: store.BillingAccount, one: Due, offers: Offers, settings: Settings) -> None:
    whose = await _whose(row, staff=one.kind in TO_STAFF)
    if whose is None:
        return
    if one.kind in TO_STAFF:
        readers = [Reader(settings.contact, "fr")]
    else:
        readers = await _readers(row)
    for reader in readers:
        await mails.write(reader, one, whose, offers, settings.public_url)


async def _whose(row: store.BillingAccount, *, staff: bool) -> Whose | None:
    kind, holder = holder_of(row)
    if staff:
        return Whose(kind, row.legal_name, "/admin/billing")
    if kind is Kind.PERSON:
        return Whose(kind, row.legal_name, "/account/billing")
    rows = await select(_NAMED[kind], holder)
    return Whose(kind, rows[0]["name"], f"{rows[0]['home']}/billing") if rows else None


_NAMED = {
    Kind.ORGANISATION: "select name, '/o/' || slug as home from organisation where id = $1",
    Kind.NETWORK: "select name, '/n/' || slug as home from network where id = $1",
}


async def _readers(row: store.BillingAccount) -> list[Reader]:
    """Those who decide, each in their language, and the address of the invoices where it is none of theirs."""
    found = {email.lower(): Reader(email, locale, zone) for email, locale, zone in await _deciding(row)}
    if row.email:
        found.setdefault(row.email.lower(), Reader(row.email, row.locale))
    return list(found.values())


async def _deciding(row: store.BillingAccount) -> list[tuple[str, str, str]]:
    if row.organisation_id:
        return await owners_to_tell(row.organisation_id)
    sql = "select p.email, p.locale, p.time_zone from person p where p.id = $1"
    if row.network_id:
        sql = (
            "select p.email, p.locale, p.time_zone from network_manager m join person p on p.id = m.person_id "
            "where m.network_id = $1 order by p.email"
        )
    rows = await select(sql, row.network_id or row.person_id)
    return [(one["email"], one["locale"], one["time_zone"]) for one in rows]
