"""Saying whom invoices are made out to."""

from dataclasses import asdict

from palier.billing import store
from palier.billing.payers import Payer, account_for
from palier.billing.rules.details import Details
from palier.foundation import audit
from palier.foundation.database import transaction


async def describe(payer: Payer, details: Details) -> None:
    """Keep the details for the invoices to come; those that exist stay as they are. The trail tells which changed."""
    async with transaction(payer.tenant):
        account = await account_for(payer)
        told = asdict(details)
        changed = sorted(name for name, value in told.items() if getattr(account, name) != value)
        if not changed:
            return
        await store.BillingAccount.filter(id=account.id).update(**told, locale=payer.person.locale)
        await audit.record(payer.tenant, "billing.details_changed", "billing details", changed=changed)
