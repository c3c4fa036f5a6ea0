"""What happens to a payer at Stripe besides subscriptions: a customer deleted, a card taken away, money asked back.

The fact goes to the payer's trail; what follows from it Stripe tells of the subscription.
"""

from typing import Any

from palier.billing.flows import letters
from palier.billing.flows.writing import account_of_customer, on_duty_for
from palier.billing.rules.notices import Notice
from palier.billing.rules.reading import is_disputed
from palier.billing.store import BillingAccount
from palier.billing.stripe import Stripe
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import transaction


async def note_customer(till: Stripe, customer: str, types: set[str]) -> BillingAccount | None:
    """A customer was changed, deleted, or one of their tax ids was judged. Returns whose customer it is."""
    account = await account_of_customer(customer)
    if account is None:
        return None
    told = await till.find(f"customers/{customer}")
    if told is None or told.get("deleted"):
        await _record(account, "billing.customer_deleted", customer=customer)
    elif any(kind.startswith("customer.tax_id.") for kind in types):
        await _note_tax_ids(till, account, customer)
    return account


async def _note_tax_ids(till: Stripe, account: BillingAccount, customer: str) -> None:
    async for one in till.all(f"customers/{customer}/tax_ids"):
        if (one.get("verification") or {}).get("status") == "unverified":
            await _record(account, "billing.tax_id_refused", value=one["value"])


async def note_method(till: Stripe, method: str, customer: str, types: set[str]) -> BillingAccount | None:
    """A means of payment was taken away or renewed, or its mandate ended.

    :param customer: whose it was: a method taken away no longer says.
    """
    told = await till.find(f"payment_methods/{method}") or {}
    account = await account_of_customer(told.get("customer") or customer)
    if account and not told.get("customer"):
        await _record(account, "billing.method_removed", type=told.get("type", ""))
    elif account and "mandate.updated" in types:
        await _record(account, "billing.mandate_changed", type=told.get("type", ""))
    return account


async def note_charge(till: Stripe, charge: str) -> BillingAccount | None:
    """A payment was given back, whole or in part; cents."""
    told = await till.find(f"charges/{charge}") or {}
    account = await account_of_customer(told.get("customer") or "")
    if account and told.get("amount_refunded"):
        given = told["amount_refunded"]
        await _record(account, "billing.payment_refunded", amount=given)
        async with transaction(on_duty_for(account)):
            await letters.ask_staff(account.id, Notice.REFUNDED, f"{charge} {given}", given)
    return account


async def note_dispute(till: Stripe, dispute: str) -> BillingAccount | None:
    """A payer asked their bank for the money back; the account says so until the bank has decided."""
    told = await till.find(f"disputes/{dispute}") or {}
    charge = await till.find(f"charges/{told['charge']}") if told.get("charge") else None
    account = await account_of_customer((charge or {}).get("customer") or "")
    if account is None:
        return None
    disputed = is_disputed(told)
    async with transaction(on_duty_for(account)):
        since = (account.disputed_at or now()) if disputed else None
        await BillingAccount.filter(id=account.id).update(disputed_at=since)
        await letters.ask(account.id)
    verb = "billing.payment_disputed" if disputed else "billing.dispute_closed"
    await _record(account, verb, amount=told["amount"], status=told["status"])
    return account


async def _record(account: BillingAccount, verb: str, **details: Any) -> None:
    tenant = on_duty_for(account)
    async with transaction(tenant):
        await audit.record(tenant, verb, f"account {account.id}", **details)
