"""What Stripe knows becomes what Palier knows. Events are hints: the object is asked for anew, so order and duplicates do
not matter, and an answer older than what was written is dropped."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from palier.billing.flows import letters, noting
from palier.billing.flows.writing import (
    Unreadable,
    account_of_customer,
    is_over,
    note_confirmation,
    on_duty_for,
    write_invoice,
    write_subscription,
)
from palier.billing.rules.reading import (
    ENDED,
    KNOWN,
    Hint,
    InvoiceFacts,
    SessionFacts,
    SubscriptionFacts,
    customer_in,
    hint_of,
    invoice_facts,
    method_words,
    next_state,
    session_facts,
    subscription_facts,
    typed_in,
)
from palier.billing.store import BillingAccount, Checkout, StripeEvent, Subscription, count_attempt
from palier.billing.stripe import CardDeclined, Json, Refused, Stripe, TillAway
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import Tenant, reading, transaction
from palier.foundation.jobs import enqueue

log = logging.getLogger(__name__)

NO_SUCH = "Stripe knows no such {}"
STRANGER = "no account of ours has this customer"
FOREIGN = "made by another installation"
CONFIRM = "invoice.payment_action_required"
CLOCK = timedelta(minutes=10)
"""How often the worker drains by itself."""
_AT_ONCE = 1000
"""Events of one pass; more wait for the next."""


async def project(till: Stripe, subscription_id: str, tenant: Tenant = None) -> str:
    """Ask for a subscription and write what it says, with what it opens and its newest invoice.

    :param tenant: for whom; None: the worker, who sees every account.
    :returns: why nothing was written; empty where it was.
    :raises Unreadable: it says something nobody here knows.
    """
    asked_at = now()
    told = await till.find(f"subscriptions/{subscription_id}")
    if told is None:
        return NO_SUCH.format("subscription")
    return await project_told(till, told, asked_at, tenant)


async def project_told(till: Stripe, told: Json, asked_at: datetime, tenant: Tenant = None) -> str:
    """The same for a subscription that was just asked for."""
    facts = subscription_facts(told, till.offers)
    account = await account_of_customer(facts.customer, tenant)
    if account is None:
        return STRANGER
    if facts.account not in ("", str(account.id)):
        return FOREIGN
    method, invoice, amount = await _around(till, facts)
    acting = tenant or on_duty_for(account)
    async with transaction(acting):
        await write_subscription(
            acting, account, facts, till.offers, asked_at, method=method, invoice=invoice, amount=amount
        )
        if invoice:
            await write_invoice(acting, account, invoice, asked_at)
    if facts.status not in KNOWN:
        raise Unreadable(f"a status nobody here knows: {facts.status}"[:200])
    return ""


async def _around(till: Stripe, facts: SubscriptionFacts) -> tuple[str, InvoiceFacts | None, int | None]:
    """How it is paid, its newest invoice, and what the next one comes to without tax."""
    invoice = await till.find(f"invoices/{facts.latest_invoice}") if facts.latest_invoice else None
    return (
        await _method(till, facts),
        invoice_facts(invoice) if invoice else None,
        await _next_amount(till, facts),
    )


async def _method(till: Stripe, facts: SubscriptionFacts) -> str:
    """The subscription's own means of payment, or the customer's."""
    method = facts.payment_method
    if not method:
        customer = await till.find(f"customers/{facts.customer}") or {}
        method = (customer.get("invoice_settings") or {}).get("default_payment_method") or ""
    told = await till.find(f"payment_methods/{method}") if method else None
    return method_words(told) if told else ""


async def _next_amount(till: Stripe, facts: SubscriptionFacts) -> int | None:
    if is_over(facts) or facts.status not in ("trialing", "active", "past_due"):
        return None
    try:
        told = await till.post(
            "invoices/create_preview", {"subscription": facts.id}, f"look-{facts.id}-{now().timestamp()}"
        )
    except (Refused, CardDeclined):  # nothing comes next
        return None
    amount: int | None = told.get("total_excluding_tax", told.get("subtotal"))
    return amount


async def settle(till: Stripe, session_id: str, tenant: Tenant = None, *, failed: bool = False) -> str:
    """Ask for a checkout session, write what became of it, and project what it bought.

    :param failed: the hint was that its debit came back, which the session itself does not say.
    """
    told = await till.find(f"checkout/sessions/{session_id}")
    if told is None:
        return NO_SUCH.format("checkout session")
    facts = session_facts(told)
    account = await account_of_customer(facts.customer, tenant)
    if account is None:
        return STRANGER
    if not await _settled(tenant or on_duty_for(account), account, facts, failed=failed):
        return FOREIGN
    if facts.subscription:
        await _learn(tenant or on_duty_for(account), account, typed_in(told))
    return await project(till, facts.subscription, tenant) if facts.subscription else ""


async def _settled(tenant: Tenant, account: BillingAccount, facts: SessionFacts, *, failed: bool) -> bool:
    async with transaction(tenant):
        checkout = (
            await Checkout.filter(stripe_session=facts.id, account_id=account.id).select_for_update().first()
        )
        if checkout is None:
            return False
        state = next_state(checkout.state, facts.state, failed=failed)
        if (state, facts.subscription) == (checkout.state, checkout.subscription_id):
            return True
        await Checkout.filter(id=checkout.id).update(state=state, subscription_id=facts.subscription)
        if state is not checkout.state:
            await audit.record(
                tenant, f"billing.checkout_{state}", f"checkout {checkout.id}", offer=checkout.offer, quantity=checkout.quantity
            )  # fmt: skip
            await letters.ask(account.id)
    return True


async def _learn(tenant: Tenant, account: BillingAccount, typed: dict[str, str]) -> None:
    """An address and a VAT number typed on the payment page fill what the account has not."""
    if account.address_line1:
        typed = {"vat_number": typed["vat_number"]} if "vat_number" in typed else {}
    if account.vat_number:
        typed.pop("vat_number", None)
    columns: Any = BillingAccount._meta.fields_map
    typed = {column: text[: columns[column].max_length] for column, text in typed.items()}
    if typed:
        async with transaction(tenant):
            await BillingAccount.filter(id=account.id).update(**typed)


async def take_invoice(till: Stripe, invoice_id: str, *, to_confirm: bool = False) -> str:
    """Ask for an invoice and write it; before that its subscription, whose newest it may be.

    :param to_confirm: the hint was that the bank waits for the payer's confirmation, which the invoice itself does not say.
    """
    asked_at = now()
    told = await till.find(f"invoices/{invoice_id}")
    if told is None:
        return NO_SUCH.format("invoice")  # a draft somebody deleted
    facts = invoice_facts(told)
    account = await account_of_customer(facts.customer)
    if account is None:
        return STRANGER
    if facts.subscription and (note := await project(till, facts.subscription)):
        return note
    async with transaction(on_duty_for(account)):
        await write_invoice(on_duty_for(account), account, facts, asked_at)
        if to_confirm:
            await note_confirmation(facts.subscription, asked_at)
            await letters.ask(account.id)
    return ""


# --- the events that wait -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Drained:
    """What became of the events that waited."""

    followed: int = 0
    failed: int = 0
    tries: int = 0
    """How often the youngest of the failures was tried before."""
    away: bool = False
    """Stripe could not be reached: the rest waits."""


@dataclass(slots=True)
class _Waiting:
    """Events about one object: asked for once, whatever was told of it."""

    hint: Hint | None
    customer: str
    ids: list[str]
    types: set[str]
    tries: int


async def drain(till: Stripe) -> Drained:
    """Follow every hint that waits, the oldest first; what fails stays, with our word for why, and hinders no other."""
    outcome = Drained()
    for waiting in await _waiting():
        try:
            note = await _follow(till, waiting)
        except Exception as error:  # noqa: BLE001  (one event that cannot be followed keeps no other waiting)
            await _fail(waiting, _why(error))
            outcome.tries = min(outcome.tries, waiting.tries) if outcome.failed else waiting.tries
            outcome.failed += len(waiting.ids)
            outcome.away = isinstance(error, TillAway)
            if outcome.away:
                break
        else:
            await _close(waiting, note)
            outcome.followed += len(waiting.ids)
    return outcome


async def drain_and_come_back(till: Stripe) -> None:
    """The same, and what failed once more a little later; after that the clock of the worker brings it up again."""
    outcome = await drain(till)
    wait = timedelta(minutes=2**outcome.tries)
    if outcome.failed and wait < CLOCK:
        async with transaction(None):
            await enqueue("billing.drain", once="billing.drain again", at=now() + wait)


async def _waiting() -> list[_Waiting]:
    async with reading(None):
        rows = (
            await StripeEvent.filter(processed_at=None).order_by("attempts", "created", "id").limit(_AT_ONCE)
        )
    groups: dict[Hint | str, _Waiting] = {}
    for row in rows:
        told = json.loads(row.payload)
        hint = hint_of(told)
        group = groups.setdefault(hint or row.id, _Waiting(hint, customer_in(told), [], set(), row.attempts))
        group.ids.append(row.id)
        group.types.add(row.type)
    return list(groups.values())


async def _follow(till: Stripe, waiting: _Waiting) -> str:
    match waiting.hint:
        case None:
            return "says nothing to us"
        case Hint("subscription", found):
            return await project(till, found)
        case Hint("session", found):
            return await settle(till, found, failed="checkout.session.async_payment_failed" in waiting.types)
        case Hint("invoice", found):
            return await take_invoice(till, found, to_confirm=CONFIRM in waiting.types)
        case Hint(kind, found):
            return await _look_around(till, kind, found, waiting)


async def _look_around(till: Stripe, kind: str, found: str, waiting: _Waiting) -> str:
    """What happens to a payer besides what they subscribed to; their subscriptions are looked at again."""
    match kind:
        case "customer":
            account = await noting.note_customer(till, found, waiting.types)
        case "method":
            account = await noting.note_method(till, found, waiting.customer, waiting.types)
        case "dispute":
            account = await noting.note_dispute(till, found)
        case _:
            account = await noting.note_charge(till, found)
    if account is None:
        return STRANGER
    async with reading(None):
        rows = await Subscription.filter(account_id=account.id, status__not_in=ENDED)
    for row in rows:
        await project(till, row.id)
    return ""


async def _close(waiting: _Waiting, note: str) -> None:
    async with transaction(None):
        await StripeEvent.filter(id__in=waiting.ids).update(processed_at=now(), error="", note=note)


async def _fail(waiting: _Waiting, why: str) -> None:
    async with transaction(None):
        await count_attempt(waiting.ids, why)


def _why(error: Exception) -> str:
    """In words of ours: what Stripe sent may hold anything, and never enters this text."""
    match error:
        case TillAway():
            return "Stripe could not be reached"
        case Refused():
            return f"Stripe refused: {error.code}"[:200]
        case Unreadable():
            return str(error)[:200]
    log.error("an event of Stripe could not be followed", exc_info=error)
    return f"a fault of ours: {type(error).__name__}"
