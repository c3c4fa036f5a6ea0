"""What Stripe's objects say, in the words of billing. Plain dictionaries in, facts out; nothing here asks anybody.

Shapes are those of API version 2026-08-26.dahlia, with the older place read too where one moved: since "basil" the period
stands on the subscription's item and the subscription of an invoice under `parent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from palier.billing.rules.states import CheckoutState, Collection, InvoiceState
from palier.entitlements.rules.offers import Interval, Offers

Json = Mapping[str, Any]

LIVE = frozenset({"trialing", "active", "past_due", "unpaid", "incomplete"})
"""A subscription that runs, or waits for a payment: changed rather than bought again."""
ENDED = frozenset({"canceled", "incomplete_expired"})
"""A subscription that never comes back."""
KNOWN = LIVE | ENDED | {"paused"}


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """A subscription as it was when it was asked for. `account` is our account's id where the metadata bear one."""

    id: str
    customer: str
    account: str
    item: str
    offer: str
    interval: Interval | None
    quantity: int
    status: str
    collection: Collection
    period_start: datetime | None
    period_end: datetime | None
    trial_end: datetime | None
    cancel_at_period_end: bool
    cancel_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    payment_method: str
    latest_invoice: str

    @property
    def ends(self) -> datetime | None:
        """When it ends where it is to end; None: it goes on."""
        return self.cancel_at or (self.period_end if self.cancel_at_period_end else None)


def subscription_facts(told: Json, offers: Offers) -> SubscriptionFacts:
    """
    :param told: a subscription object.
    """
    items = _in(told, "items", "data") or [{}]
    item: Json = items[0]
    offer, interval = _sold(told, item.get("price") or {}, offers)
    return SubscriptionFacts(
        id=told["id"],
        customer=_id(told.get("customer")),
        account=_in(told, "metadata", "account") or "",
        item=item.get("id", ""),
        offer=offer,
        interval=interval,
        quantity=item.get("quantity") or 1,
        status=told["status"],
        collection=Collection(told.get("collection_method") or Collection.CHARGE),
        period_start=_moment(item.get("current_period_start") or told.get("current_period_start")),
        period_end=_moment(item.get("current_period_end") or told.get("current_period_end")),
        trial_end=_moment(told.get("trial_end")),
        cancel_at_period_end=bool(told.get("cancel_at_period_end")),
        cancel_at=_moment(told.get("cancel_at")),
        ended_at=_moment(told.get("ended_at")),
        created_at=_moment(told["created"]) or datetime.fromtimestamp(0, UTC),
        payment_method=_id(told.get("default_payment_method")),
        latest_invoice=_id(told.get("latest_invoice")),
    )


def _sold(told: Json, price: Json, offers: Offers) -> tuple[str, Interval | None]:
    """By the key of its price; by what we wrote on the price, once a newer one took over its key; by what we wrote on the
    subscription. The first that is one of ours: archived prices keep their subscribers."""
    if known := offers.priced(price.get("lookup_key") or ""):
        return known[0].key, known[1]
    for written in (price.get("metadata") or {}, told.get("metadata") or {}):
        if (key := written.get("offer", "")) in offers.every:
            return key, _interval(written.get("interval") or _in(price, "recurring", "interval"))
    return "", None


def _interval(word: str | None) -> Interval | None:
    return Interval(word) if word in set(Interval) else None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A checkout session: whose it is, what became of it, and the subscription it made."""

    id: str
    checkout: str
    customer: str
    state: CheckoutState
    subscription: str
    url: str


def session_facts(told: Json) -> SessionFacts:
    """
    :param told: a checkout session object. Its `payment_status` is unpaid while a debit is on its way, and stays so when it
        fails: `failed` of `next_state` then has to come from elsewhere.
    """
    return SessionFacts(
        told["id"], _in(told, "metadata", "checkout") or "", _id(told.get("customer")), _session_state(told),
        _id(told.get("subscription")), told.get("url") or "",
    )  # fmt: skip


def typed_in(told: Json) -> dict[str, str]:
    """What the payer typed on the payment page, by the columns of the account; only what was typed."""
    said = told.get("customer_details") or {}
    address = said.get("address") or {}
    columns = {
        "legal_name": said.get("name"), "address_line1": address.get("line1"), "address_line2": address.get("line2"),
        "postal_code": address.get("postal_code"), "city": address.get("city"), "country": address.get("country"),
        "vat_number": next((one["value"] for one in said.get("tax_ids") or [] if one.get("type") == "eu_vat"), None),
    }  # fmt: skip
    return {column: str(value) for column, value in columns.items() if value}


def _session_state(told: Json) -> CheckoutState:
    match told.get("status"):
        case "complete":
            return CheckoutState.PENDING if told.get("payment_status") == "unpaid" else CheckoutState.PAID
        case "expired":
            return CheckoutState.EXPIRED
        case _:
            return CheckoutState.OPEN


def next_state(now: CheckoutState, told: CheckoutState, *, failed: bool) -> CheckoutState:
    """What a checkout is once Stripe told more; late and repeated news change nothing.

    `failed`: the news is that the debit came back. Only a payment undoes a failure.
    """
    if CheckoutState.PAID in (now, told):
        return CheckoutState.PAID
    if failed or now is CheckoutState.FAILED:
        return CheckoutState.FAILED
    return now if told is CheckoutState.OPEN else told


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice of Stripe's, in cents. `problem` is why it could not be finalised; `action_url` where it can be paid."""

    id: str
    customer: str
    subscription: str
    state: InvoiceState
    number: str
    issued_on: date | None
    due_on: date | None
    paid_on: date | None
    currency: str
    net: int
    tax: int
    total: int
    hosted_url: str
    pdf_url: str
    problem: str


def invoice_facts(told: Json) -> InvoiceFacts:
    """
    :param told: an invoice object.
    """
    total = told.get("total") or 0
    net = told.get("total_excluding_tax")
    net = total - _taxes(told) if net is None else net
    days = told.get("status_transitions") or {}
    return InvoiceFacts(
        id=told["id"],
        customer=_id(told.get("customer")),
        subscription=subscription_of(told),
        state=InvoiceState(told.get("status") or InvoiceState.DRAFT),
        number=told.get("number") or "",
        issued_on=_day(days.get("finalized_at")),
        due_on=_day(told.get("due_date")),
        paid_on=_day(days.get("paid_at")),
        currency=(told.get("currency") or "eur").upper(),
        net=net,
        tax=total - net,
        total=total,
        hosted_url=told.get("hosted_invoice_url") or "",
        pdf_url=told.get("invoice_pdf") or "",
        problem=_problem(told),
    )


def subscription_of(invoice: Json) -> str:
    """The subscription an invoice is of, where it stands since basil and where it stood before."""
    found = _in(invoice, "parent", "subscription_details", "subscription") or invoice.get("subscription")
    return _id(found)


def _taxes(told: Json) -> int:
    each = told.get("total_taxes") or told.get("total_tax_amounts") or []
    return sum(one.get("amount") or 0 for one in each)


def _problem(told: Json) -> str:
    if told.get("status") != InvoiceState.DRAFT:
        return ""
    fault = told.get("last_finalization_error") or {}
    return str(fault.get("code") or fault.get("type") or "")[:60]


def is_disputed(dispute: Json) -> bool:
    """Whether the bank has still to decide."""
    return dispute.get("status") not in ("won", "lost", "warning_closed", "prevented")


def method_words(told: Json) -> str:
    """How a means of payment is called: "visa 4242", "sepa_debit 3000"; another only by its type."""
    kind = told.get("type") or ""
    details = told.get(kind) or {}
    name = details.get("brand") or kind if kind == "card" else kind
    return f"{name} {details.get('last4') or ''}".strip()[:60]


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hint:
    """Which object an event is about: it is asked for anew, what the event says of it does not count."""

    kind: str
    """subscription, session, invoice, customer, method, charge or dispute."""
    id: str


_BY_TYPE = (
    ("customer.subscription.", "subscription", ("id",)),
    ("checkout.session.", "session", ("id",)),
    ("invoice.", "invoice", ("id",)),
    ("customer.tax_id.", "customer", ("customer",)),
    ("customer.", "customer", ("id",)),
    ("payment_method.", "method", ("id",)),
    ("mandate.", "method", ("payment_method",)),
    ("charge.dispute.", "dispute", ("id",)),
    ("charge.refunded", "charge", ("id",)),
)
_ELSEWHERE = (
    "customer.source.",
    "customer.bank_account.",
    "customer.card.",
    "customer.discount.",
    "invoice.upcoming",
)


def hint_of(event: Json) -> Hint | None:
    """What an event is about, or None where it says nothing to us."""
    kind = str(event.get("type") or "")
    told = _in(event, "data", "object") or {}
    if kind.startswith(_ELSEWHERE):
        return None
    for prefix, about, path in _BY_TYPE:
        if kind.startswith(prefix):
            found = _id(_in(told, *path))
            return Hint(about, found) if found else None
    return None


def customer_in(event: Json) -> str:
    """The customer an event names: of a method taken away, the one it was taken from."""
    told = _in(event, "data", "object") or {}
    before = _in(event, "data", "previous_attributes") or {}
    return _id(told.get("customer") or before.get("customer"))


# --- small readings -------------------------------------------------------------------------------------------------


def _in(told: Any, *path: str) -> Any:
    for step in path:
        told = told.get(step) if isinstance(told, Mapping) else None
    return told


def _id(told: Any) -> str:
    """The id of something that stands as its id, or expanded, or not at all."""
    return str((told.get("id") if isinstance(told, Mapping) else told) or "")


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _day(seconds: Any) -> date | None:
    moment = _moment(seconds)
    return moment.date() if moment else None
