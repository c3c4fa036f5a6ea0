"""An invoice or credit note, whole: what is frozen, printed, and written as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from palier.invoicing.rules.money import Line, net_of, tax_of_part, tax_on
from palier.invoicing.rules.taxing import Treatment

DAYS_TO_PAY = 30


class DocumentKind(StrEnum):
    """By the codes of UNCL 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: from the settings. `street` is every line of the address but the last."""

    name: str
    street: tuple[str, ...]
    postal_code: str
    city: str
    siret: str
    vat_number: str
    iban: str
    bic: str
    email: str
    country: str = "FR"

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as the billing account says on the day of issue."""

    name: str
    street: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    email: str
    siret: str = ""
    vat_number: str = ""
    public: bool = False

    @property
    def siren(self) -> str:
        return self.siret[:9]


@dataclass(frozen=True, slots=True)
class References:
    """What the buyer wants to read: service code (BT-10), commitment (BT-13) and its own order."""

    service: str = ""
    commitment: str = ""
    order: str = ""

    @property
    def purchase_order(self) -> str:
        """What stands as BT-13: a public body's commitment, otherwise the buyer's order."""
        return self.commitment or self.order


@dataclass(frozen=True, slots=True)
class Corrected:
    """The invoice a credit note is about, and how much of it (cents without VAT) earlier ones gave back."""

    number: str
    issued_on: date
    before: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence the law or the buyer wants. `code` is of UNTDID 4451: PMD, PMT, AAB; empty without one."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note. Amounts of a credit note are positive: its kind says what they mean."""

    kind: DocumentKind
    number: str
    issued_on: date
    due_on: date
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    treatment: Treatment
    references: References = References()
    starts_on: date | None = None
    ends_on: date | None = None
    notes: tuple[Note, ...] = ()
    exemption: str = ""
    """Why no VAT is charged, in words; empty where it is."""
    terms: str = ""
    corrects: Corrected | None = None
    locale: str = "fr"
    currency: str = "EUR"

    @property
    def net(self) -> int:
        """Cents without VAT."""
        return net_of(self.lines)

    @property
    def tax(self) -> int:
        """Cents of VAT."""
        if self.corrects is not None:
            return tax_of_part(self.corrects.before, self.net, self.treatment.rate)
        return tax_on(self.net, self.treatment.rate)

    @property
    def total(self) -> int:
        """Cents with VAT."""
        return self.net + self.tax

    @property
    def supplied_on(self) -> date:
        """When the service is supplied: at the end of the period it is for, or on the day of issue."""
        return self.ends_on or self.issued_on


def due_date(issued_on: date, days: int = DAYS_TO_PAY) -> date:
    """When it is to be paid: public bodies and others alike have thirty days."""
    return issued_on + timedelta(days=days)


def credited_lines(
    invoice: Document, already: int, net: int | None, label: str, reason: str
) -> tuple[Line, ...]:
    """The lines of a credit note: those of the invoice where nothing was given back yet and `net` is None or all of it,
    else one line of `net` cents, or of what is left. Raises ValueError for more than is left, or nothing."""
    left = invoice.net - already
    amount = left if net is None else net
    if not 0 < amount <= left:
        raise ValueError("a credit note gives back something, and no more than was invoiced")
    if amount == invoice.net:
        return invoice.lines
    return (Line(label, 1, amount, detail=reason),)


def series_of(kind: DocumentKind, year: int) -> str:
    """The series a number is taken from, such as F2026 for invoices and A2026 for credit notes (avoirs)."""
    return f"{'F' if kind is DocumentKind.INVOICE else 'A'}{year}"


def numbered(series: str, place: int) -> str:
    """The number at `place` of a series: F2026-0001."""
    return f"{series}-{place:04}"


def lines_of_offer(label: str, further: str, base: int, each: int, more: int) -> Sequence[Line]:
    """An offer on an invoice: what it costs with what it includes, and `more` further ones at `each` cents."""
    first = Line(label, 1, base)
    return (first, Line(further, more, each)) if more and each else (first,)
