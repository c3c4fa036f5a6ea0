"""Whom an invoice is made out to, and what a public body wants on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Buyer(StrEnum):
    """What kind of buyer an invoice is made out to: it decides what is asked for."""

    FRENCH = "french"
    """A public body in France: its SIRET, and what Chorus Pro asks for."""
    FOREIGN = "foreign"
    """A public body elsewhere."""
    OTHER = "other"


LONGEST: Final = {
    "legal_name": 160, "email": 254, "address_line1": 160, "address_line2": 160, "postal_code": 20, "city": 120,
    "service_code": 100, "commitment_number": 50, "order_number": 50,
}  # fmt: skip
"""How much of each fits into its column."""


@dataclass(frozen=True, slots=True)
class Details:
    """What stands on an invoice about who pays; the names are those of the account's columns."""

    legal_name: str
    email: str
    address_line1: str
    address_line2: str
    postal_code: str
    city: str
    country: str
    public_body: bool = False
    siret: str = ""
    vat_number: str = ""
    service_code: str = ""
    commitment_number: str = ""
    order_number: str = ""


def buyer_of(country: str, *, public_body: bool) -> Buyer:
    """The kind of buyer an account is kept as."""
    if not public_body:
        return Buyer.OTHER
    return Buyer.FRENCH if country == "FR" else Buyer.FOREIGN
