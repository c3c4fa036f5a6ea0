"""The payer as Stripe knows them: one customer for each account, bearing what its invoices must."""

from palier.billing.flows.writing import holder_of
from palier.billing.payers import Payer, account_for
from palier.billing.rules.orders import CannotBuy, Why
from palier.billing.store import BillingAccount
from palier.billing.stripe import Json, Refused, Stripe, key_of
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import speaking

VAT = "eu_vat"
"""The kind of tax id, as Stripe calls it. Theirs are checked against VIES after the fact; ours by their digits before."""


async def keep(payer: Payer, till: Stripe | None) -> str:
    """Tell Stripe what the account says: name, address, tax ids, what invoices bear. Returns the customer's id.

    Raises CannotBuy (no key is set), TillAway, Refused (code tax_id_invalid: the VAT number).
    """
    if till is None:
        raise CannotBuy(Why.NOTHING_SOLD)
    async with transaction(payer.tenant):
        account = await account_for(payer)
    customer = account.stripe_customer or await _make(payer, till, account)
    try:
        await _tell(till, account, customer)
    except Refused as refusal:
        if not refusal.missing:
            raise
        customer = await _make(payer, till, account)  # deleted at Stripe: another takes its place
        await _tell(till, account, customer)
    await _keep_tax_ids(till, account, customer)
    return customer


async def _make(payer: Payer, till: Stripe, account: BillingAccount) -> str:
    """One customer however many ask at once: the key names the account, and the customer that is replaced."""
    gone = account.stripe_customer
    told = await till.post("customers", {"metadata": _whose(account)}, key_of("customer", account.id, gone))
    customer = str(told["id"])
    async with transaction(payer.tenant):
        await BillingAccount.filter(id=account.id, stripe_customer=gone).update(stripe_customer=customer)
    return customer


def _whose(account: BillingAccount) -> dict[str, str]:
    kind, holder = holder_of(account)
    return {"account": str(account.id), "kind": str(kind), "holder": str(holder)}


async def _tell(till: Stripe, account: BillingAccount, customer: str) -> None:
    """The whole of it every time, so that twice does no harm; a key of its own, for Stripe would answer an old one unread."""
    told = details(account)
    await till.post(f"customers/{customer}", told, key_of("details", account.id, new_id()))


def details(account: BillingAccount) -> Json:
    """The account in the form of a customer. An empty text takes away what was there; an address is asked for when paying."""
    return {
        "name": account.legal_name,
        "email": account.email,
        "preferred_locales": [account.locale],
        **({"address": _address(account)} if account.address_line1 else {}),
        "metadata": _whose(account),
        "invoice_settings": {"custom_fields": _on_invoices(account) or ""},
    }


def _address(account: BillingAccount) -> dict[str, str]:
    return {
        "line1": account.address_line1,
        "line2": account.address_line2,
        "postal_code": account.postal_code,
        "city": account.city,
        "country": account.country,
    }


def _on_invoices(account: BillingAccount) -> list[dict[str, str]]:
    """What a public body's accountant looks for: four fields, which is all that Stripe has room for."""
    with speaking(account.locale):
        lines = (
            (_("SIRET"), account.siret),
            (_("Service code"), account.service_code),
            (_("Commitment number"), account.commitment_number),
            (_("Order number"), account.order_number),
        )
    return [{"name": name[:40], "value": value[:140]} for name, value in lines if value]


async def _keep_tax_ids(till: Stripe, account: BillingAccount, customer: str) -> None:
    """The account's VAT number and no other; what was typed on the payment page went to the account (`learning`)."""
    wanted = account.vat_number
    there = {
        one["value"]: one["id"]
        async for one in till.all(f"customers/{customer}/tax_ids")
        if one["type"] == VAT
    }
    if wanted and wanted not in there:
        asked = {"type": VAT, "value": wanted}
        await till.post(f"customers/{customer}/tax_ids", asked, key_of("tax-id", account.id, new_id()))
    for value, found in there.items():
        if value != wanted:
            await till.remove(f"customers/{customer}/tax_ids/{found}")
