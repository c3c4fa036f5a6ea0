"""Writing down what Stripe said: the subscription, what it opens, its invoices, and the trail. Only what changed is told."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from palier.billing.flows import letters
from palier.billing.rules.holding import Else, Gives, holding
from palier.billing.rules.reading import ENDED, InvoiceFacts, SubscriptionFacts
from palier.billing.rules.states import CheckoutState, InvoiceKind, Issuer
from palier.billing.rules.telling import OWING, Look, invoice_verb, verbs
from palier.billing.store import BillingAccount, Checkout, Invoice, Subscription
from palier.entitlements.flows import granting
from palier.entitlements.rules.offers import Interval, Kind, Offers, Source
from palier.entitlements.store import Entitlement, column_of
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import Tenant, one_at_a_time, reading
from palier.foundation.identifiers import new_id


class Unreadable(Exception):
    """Stripe said something this version does not know; everything stays as it was. The text is ours, for the staff."""


async def account_of_customer(customer: str, tenant: Tenant = None) -> BillingAccount | None:
    """Whose customer it is, within what `tenant` may see (None: the worker, who sees everybody's)."""
    async with reading(tenant):
        return await BillingAccount.filter(stripe_customer=customer).first() if customer else None


def holder_of(account: BillingAccount) -> tuple[Kind, UUID]:
    """What kind of payer an account is of, and which."""
    every = ((kind, getattr(account, column_of(kind))) for kind in Kind)
    return next((kind, holder) for kind, holder in every if holder)


def on_duty_for(account: BillingAccount) -> OnDuty:
    """The worker, acting for the payer: on whose chain the trail is kept. A consultant's is the platform's."""
    return OnDuty(account.organisation_id, account.network_id)


async def write_subscription(
    tenant: Tenant,
    account: BillingAccount,
    facts: SubscriptionFacts,
    offers: Offers,
    asked_at: datetime,
    *,
    method: str,
    invoice: InvoiceFacts | None,
    amount: int | None,
) -> bool:
    """Write a subscription and what it opens. In a transaction. False: something newer was written meanwhile.

    :param asked_at: just before Stripe was asked; a row synced later is not overwritten.
    :raises Unreadable: its offer is none of ours.
    """
    await one_at_a_time(f"subscription {facts.id}")
    known = await Subscription.get_or_none(id=facts.id)
    if known and known.synced_at > asked_at:
        return False
    values = _values(known, facts, asked_at, method, invoice, amount)
    if known:
        await Subscription.filter(id=facts.id).update(**values)
    else:
        await Subscription.create(id=facts.id, account_id=account.id, created_at=facts.created_at, **values)
    row = await Subscription.get(id=facts.id)
    await _note_trial(account, facts)
    await _open(account, facts, row, offers, await _checkout_state(row, invoice))
    before, after = _look(known), _look(row)
    happened = verbs(before, after) if after else []
    if happened:
        await letters.ask(account.id)
    for verb in happened:
        await audit.record(
            tenant,
            verb,
            f"subscription {row.id}",
            before=asdict(before) if before else {},
            after=asdict(after) if after else {},
        )
    return True


def _values(
    known: Subscription | None,
    facts: SubscriptionFacts,
    asked_at: datetime,
    method: str,
    invoice: InvoiceFacts | None,
    amount: int | None,
) -> dict[str, Any]:
    offer = facts.offer or (known.offer if known else "")
    interval = facts.interval or (known.interval if known else None)
    if not offer or not interval:
        raise Unreadable("the price of the subscription is none of ours")
    owes = facts.status in OWING
    return {
        "item": facts.item, "offer": offer, "interval": interval, "quantity": facts.quantity, "status": facts.status,
        "collection": facts.collection, "period_start": facts.period_start, "period_end": facts.period_end,
        "trial_end": facts.trial_end, "cancel_at_period_end": facts.cancel_at_period_end, "cancel_at": facts.cancel_at,
        "ended_at": facts.ended_at, "past_due_since": _unpaid_since(known, facts, asked_at), "method": method,
        "action_url": invoice.hosted_url if owes and invoice else "", "amount": amount, "synced_at": asked_at,
        "confirm_asked_at": known.confirm_asked_at if known and owes else None,
    }  # fmt: skip


def _unpaid_since(
    known: Subscription | None, facts: SubscriptionFacts, asked_at: datetime
) -> datetime | None:
    if facts.status not in ("past_due", "unpaid"):
        return None
    return (known.past_due_since if known else None) or asked_at


def _look(row: Subscription | None) -> Look | None:
    if row is None:
        return None
    ends = row.cancel_at or (row.period_end if row.cancel_at_period_end else None)
    return Look(row.offer, Interval(row.interval), row.quantity, row.status, ends, row.trial_end)


async def _note_trial(account: BillingAccount, facts: SubscriptionFacts) -> None:
    if facts.trial_end and account.trial_used_at is None:
        await BillingAccount.filter(id=account.id).update(trial_used_at=facts.created_at)


async def _checkout_state(row: Subscription, invoice: InvoiceFacts | None) -> CheckoutState | None:
    """Of the page it was bought on; a debit whose invoice is paid has arrived, whatever was told of it before."""
    checkout = await Checkout.filter(subscription_id=row.id).first()
    if checkout is None:
        return None
    waiting = checkout.state in (CheckoutState.PENDING, CheckoutState.FAILED)
    if waiting and invoice and invoice.state == "paid" and invoice.total > 0:
        await Checkout.filter(id=checkout.id).update(state=CheckoutState.PAID)
        return CheckoutState.PAID
    return CheckoutState(checkout.state)


async def _open(
    account: BillingAccount, facts: SubscriptionFacts, row: Subscription, offers: Offers, checkout: CheckoutState | None
) -> None:  # fmt: skip
    gives = holding(facts, checkout, row.past_due_since, timedelta(days=offers.grace_days))
    if isinstance(gives, Gives):
        await _give(account, row, offers, gives)
    elif gives is Else.ENDS:
        await _end_all(row.id, min(facts.ended_at or now(), now()))


async def _give(account: BillingAccount, row: Subscription, offers: Offers, gives: Gives) -> None:
    offer = offers.every.get(row.offer)
    kind, holder = holder_of(account)
    await granting.grant(
        kind, holder, row.offer, gives.source, row.id, quantity=max(row.quantity, offer.included if offer else 0),
        valid_to=gives.valid_to, grace_until=gives.grace_until,
    )  # fmt: skip
    await _end_all(row.id, now(), besides=gives.source)


async def _end_all(subscription: str, at: datetime, besides: Source | None = None) -> None:
    """End what the subscription gave, as a trial or paid; what ended before keeps its day."""
    for source in {Source.STRIPE, Source.TRIAL} - {besides}:
        row = await Entitlement.get_or_none(source=source, source_ref=subscription)
        if row is None:
            continue
        last = row.valid_to and (row.grace_until or row.valid_to)
        if last is None or last > at:
            await granting.end(source, subscription, max(at, row.valid_from))


async def write_invoice(
    tenant: Tenant, account: BillingAccount, facts: InvoiceFacts, asked_at: datetime
) -> bool:
    """Write an invoice of Stripe's. In a transaction. False: something newer was written meanwhile."""
    await one_at_a_time(f"invoice {facts.id}")
    known = await Invoice.get_or_none(stripe_invoice=facts.id)
    if known and known.synced_at and known.synced_at > asked_at:
        return False
    values: dict[str, Any] = {
        "state": facts.state, "number": facts.number, "subscription_id": facts.subscription, "issued_on": facts.issued_on,
        "due_on": facts.due_on, "paid_on": facts.paid_on, "currency": facts.currency, "net": facts.net, "tax": facts.tax,
        "total": facts.total, "hosted_url": facts.hosted_url, "pdf_url": facts.pdf_url, "problem": facts.problem,
        "synced_at": asked_at,
    }  # fmt: skip
    if known:
        await Invoice.filter(id=known.id).update(**values)
    else:
        await Invoice.create(
            id=new_id(), account_id=account.id, issuer=Issuer.STRIPE, kind=InvoiceKind.INVOICE, stripe_invoice=facts.id, **values
        )  # fmt: skip
    troubled = bool(facts.problem) and facts.problem != (known.problem if known else "")
    if verb := invoice_verb(known.state if known else None, facts.state, problem=troubled):
        await audit.record(
            tenant, verb, f"invoice {facts.number or facts.id}", state=facts.state, total=facts.total, problem=facts.problem
        )  # fmt: skip
        await letters.ask(account.id)
    return True


async def note_confirmation(subscription: str, at: datetime) -> None:
    """The bank waits for the payer's confirmation (3-D Secure), as long as the subscription owes something."""
    rows = Subscription.filter(id=subscription, status__in=OWING, confirm_asked_at=None)
    await rows.update(confirm_asked_at=at)


def is_over(facts: SubscriptionFacts) -> bool:
    """Whether nothing will be invoiced for it any more."""
    return facts.status in ENDED or facts.ends is not None
