"""The states of what billing keeps."""

from enum import StrEnum


class CheckoutState(StrEnum):
    """Of a payment page somebody was sent to."""

    OPEN = "open"
    PAID = "paid"
    PENDING = "pending"
    """Completed, and the money still on its way (SEPA): days."""
    EXPIRED = "expired"
    FAILED = "failed"


class Collection(StrEnum):
    """How a subscription is paid, as Stripe calls it."""

    CHARGE = "charge_automatically"
    INVOICE = "send_invoice"


class AgreementState(StrEnum):
    """Of an offer agreed by hand, on a purchase order or as a gift."""

    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class SponsorshipState(StrEnum):
    """Of a place a network gives to a member."""

    INVITED = "invited"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Issuer(StrEnum):
    """Whose invoice it is."""

    STRIPE = "stripe"
    PALIER = "palier"


class InvoiceKind(StrEnum):
    """What a document of ours is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """Of an invoice, ours or Stripe's."""

    DRAFT = "draft"
    OPEN = "open"
    """Issued, to be paid."""
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"
