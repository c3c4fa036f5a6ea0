"""Who pays, what they subscribed to, what Stripe told, what was invoiced, which places a network gives.

Amounts are whole cents. Everything that belongs to a payer hangs on its `BillingAccount`; who may see that row may see the rest.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import F, Q
from tortoise.fields.base import OnDelete
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.billing.rules.states import (
    AgreementState,
    CheckoutState,
    Collection,
    InvoiceKind,
    InvoiceState,
    Issuer,
    SponsorshipState,
)
from palier.entitlements.rules.offers import Interval
from palier.foundation.identifiers import new_id


class BillingAccount(Model):
    """A payer: exactly one of the three columns says who, and each has one account at most."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField(null=True, unique=True)
    network_id = fields.UUIDField(null=True, unique=True)
    person_id = fields.UUIDField(null=True, unique=True)
    stripe_customer = fields.CharField(max_length=64, null=True, unique=True)
    legal_name = fields.CharField(max_length=160, default="")
    email = fields.CharField(max_length=254, default="")  # where invoices go
    address_line1 = fields.CharField(max_length=160, default="")
    address_line2 = fields.CharField(max_length=160, default="")
    postal_code = fields.CharField(max_length=20, default="")
    city = fields.CharField(max_length=120, default="")
    country = fields.CharField(max_length=2, default="FR")
    public_body = fields.BooleanField(default=False)
    siret = fields.CharField(max_length=14, default="")
    vat_number = fields.CharField(max_length=20, default="")
    service_code = fields.CharField(max_length=100, default="")  # Chorus Pro: which service of the body pays
    commitment_number = fields.CharField(max_length=50, default="")  # numéro d'engagement juridique
    order_number = fields.CharField(max_length=50, default="")  # the buyer's own purchase order
    locale = fields.CharField(max_length=10, default="fr")
    trial_used_at = fields.DatetimeField(null=True)
    disputed_at = fields.DatetimeField(
        null=True
    )  # since when a payment is disputed, until the bank has decided
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "billing_account"


class Checkout(Model):
    """A payment page at Stripe somebody was sent to. `id` is the idempotency key of its making."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: Any = fields.ForeignKeyField(
        "palier.BillingAccount", related_name="checkouts", on_delete=OnDelete.CASCADE
    )
    account_id: UUID
    offer = fields.CharField(max_length=40)
    interval = fields.CharEnumField(Interval, max_length=10)
    quantity = fields.IntField()
    trial = fields.BooleanField(default=False)
    # send_invoice: nobody is sent to a page, the subscription is asked for directly and pays by transfer
    collection = fields.CharEnumField(Collection, max_length=24, default=Collection.CHARGE)
    stripe_session = fields.CharField(max_length=100, null=True, unique=True)
    subscription_id = fields.CharField(max_length=64, default="")
    url = fields.TextField(default="")
    state = fields.CharEnumField(CheckoutState, max_length=10, default=CheckoutState.OPEN)
    begun_by = fields.UUIDField()
    begun_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = table_description = "checkout"


class Subscription(Model):
    """What Stripe said of a subscription when it was last asked (`synced_at`); `id` is Stripe's."""

    id = fields.CharField(primary_key=True, max_length=64)
    account: Any = fields.ForeignKeyField(
        "palier.BillingAccount", related_name="subscriptions", on_delete=OnDelete.CASCADE
    )
    account_id: UUID
    item = fields.CharField(max_length=64)  # its one item: what a change of quantity names
    offer = fields.CharField(max_length=40)
    interval = fields.CharEnumField(Interval, max_length=10)
    quantity = fields.IntField()
    status = fields.CharField(max_length=24)  # Stripe's own word
    collection = fields.CharEnumField(Collection, max_length=24)
    period_start = fields.DatetimeField(null=True)
    period_end = fields.DatetimeField(null=True)
    trial_end = fields.DatetimeField(null=True)
    cancel_at_period_end = fields.BooleanField(default=False)
    cancel_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    past_due_since = fields.DatetimeField(null=True)  # ours: when a renewal was first seen unpaid
    method = fields.CharField(max_length=60, default="")  # "visa 4242", "sepa_debit 3000"
    action_url = fields.TextField(default="")  # where what is owed can be paid, and confirmed
    confirm_asked_at = fields.DatetimeField(
        null=True
    )  # since when the bank waits for a confirmation (3-D Secure)
    amount = fields.IntField(null=True)  # of the next invoice, without VAT, where known
    created_at = fields.DatetimeField()
    synced_at = fields.DatetimeField()

    class Meta:
        table = table_description = "subscription"


class StripeEvent(Model):
    """An event as it was signed: a hint that something changed. Errors stay until it is processed."""

    id = fields.CharField(primary_key=True, max_length=80)
    type = fields.CharField(max_length=80)
    created = fields.BigIntField()
    livemode = fields.BooleanField()
    payload = fields.BinaryField()
    received_at = fields.DatetimeField()
    processed_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    error = fields.CharField(max_length=300, default="")  # why the last attempt failed
    note = fields.CharField(max_length=300, default="")  # of a processed one: why nothing was written

    class Meta:
        table = table_description = "stripe_event"


class StripeReview(Model):
    """A nightly comparison with Stripe, and what it found."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    at = fields.DatetimeField()
    events_until = fields.BigIntField(default=0)  # created, of the newest event seen
    subscriptions = fields.IntField(default=0)
    mended = fields.IntField(default=0)
    error = fields.CharField(max_length=300, default="")

    class Meta:
        table = table_description = "stripe_review"


class OfferAgreement(Model):
    """An offer agreed by hand: asked for by the payer, decided by the platform's staff. Its entitlement bears its id."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: Any = fields.ForeignKeyField(
        "palier.BillingAccount", related_name="agreements", on_delete=OnDelete.CASCADE
    )
    account_id: UUID
    offer = fields.CharField(max_length=40)
    interval = fields.CharEnumField(Interval, max_length=10)
    quantity = fields.IntField()
    state = fields.CharEnumField(AgreementState, max_length=10, default=AgreementState.ASKED)
    free = fields.BooleanField(default=False)  # given for nothing: nothing is invoiced
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    note = fields.CharField(max_length=300, default="")
    asked_by = fields.UUIDField(null=True)
    asked_at = fields.DatetimeField()
    decided_name = fields.CharField(max_length=120, default="")
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "offer_agreement"


class Sponsorship(Model):
    """A place a network gives to one of its members. Once active, its entitlement bears its id."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    network_name = fields.CharField(max_length=160)
    organisation_id = fields.UUIDField()
    organisation_name = fields.CharField(max_length=160)
    offer = fields.CharField(max_length=40)
    state = fields.CharEnumField(SponsorshipState, max_length=10, default=SponsorshipState.INVITED)
    invited_by = fields.UUIDField()
    invited_at = fields.DatetimeField()
    answered_by = fields.UUIDField(null=True)
    answered_at = fields.DatetimeField(null=True)
    ends_on = fields.DateField(null=True)  # told to the member; the entitlement ends with it
    told_on = fields.DateField(null=True)  # when that day was set
    ended_at = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=20, default="")

    class Meta:
        table = table_description = "sponsorship"


class Invoice(Model):
    """An invoice or credit note: Stripe's, listed; or our own, frozen once issued. `content` is what it says, whole."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: Any = fields.ForeignKeyField(
        "palier.BillingAccount", related_name="invoices", null=True, on_delete=OnDelete.SET_NULL
    )
    account_id: UUID | None
    issuer = fields.CharEnumField(Issuer, max_length=10)
    kind = fields.CharEnumField(InvoiceKind, max_length=12, default=InvoiceKind.INVOICE)
    state = fields.CharEnumField(InvoiceState, max_length=14)
    number = fields.CharField(max_length=60, default="")
    stripe_invoice = fields.CharField(max_length=64, null=True, unique=True)
    subscription_id = fields.CharField(max_length=64, default="")
    agreement_id = fields.UUIDField(null=True)
    corrects_id = fields.UUIDField(null=True)  # the invoice a credit note is about
    issued_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    paid_on = fields.DateField(null=True)
    paid_reference = fields.CharField(max_length=80, default="")  # of the transfer, as the bank tells it
    currency = fields.CharField(max_length=3, default="EUR")
    net = fields.IntField(default=0)
    tax = fields.IntField(default=0)
    total = fields.IntField(default=0)
    hosted_url = fields.TextField(default="")
    pdf_url = fields.TextField(default="")
    problem = fields.CharField(max_length=60, default="")  # why it could not be finalised, in Stripe's word
    content: Any = fields.JSONField(null=True)
    synced_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "invoice"


class InvoiceSeries(Model):
    """The last number of each year's series: numbers have no gaps (CGI, annexe II, article 242 nonies A)."""

    series = fields.CharField(primary_key=True, max_length=20)
    newest = fields.IntField(default=0)

    class Meta:
        table = table_description = "invoice_series"


class BillingNotice(Model):
    """A letter about billing that was sent: each about one thing, once."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: Any = fields.ForeignKeyField(
        "palier.BillingAccount", related_name="notices", null=True, on_delete=OnDelete.CASCADE
    )
    account_id: UUID | None
    organisation_id = fields.UUIDField(
        null=True
    )  # of letters about a place, whose reader may have no account
    kind = fields.CharField(max_length=40)
    about = fields.CharField(max_length=100)  # what makes it once: the invoice, the day, the sponsorship
    sent_at = fields.DatetimeField()

    class Meta:
        table = table_description = "billing_notice"
        unique_together = (("kind", "about"),)


async def count_attempt(events: list[str], why: str) -> None:
    """Another try at these events failed."""
    await StripeEvent.filter(id__in=events).update(attempts=F("attempts") + 1, error=why)


async def put_down(event: StripeEvent) -> None:
    """Keep an event that arrived; the same one again changes nothing. In a transaction, and by nobody in particular."""
    await StripeEvent.bulk_create([event], ignore_conflicts=True)


def invoices_like(text: str) -> QuerySet[Invoice]:
    """Invoices whose number, or whose payer's name, has a text; all of them for an empty one."""
    if not text:
        return Invoice.all()
    return Invoice.filter(Q(number__icontains=text) | Q(account__legal_name__icontains=text))
