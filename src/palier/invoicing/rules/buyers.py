"""What an account must say before an invoice can be made out to it: pure."""

from enum import StrEnum

from palier.invoicing.rules.documents import Buyer


class Lack(StrEnum):
    """Something missing that the law or EN 16931 wants."""

    NAME = "name"
    ADDRESS = "address"
    EMAIL = "email"
    SIRET = "siret"
    """Of a French public body: Chorus Pro finds it by nothing else."""
    OWN_RATES = "own_rates"
    """The buyer is in a territory whose VAT is not known here."""


def lacks_of(buyer: Buyer) -> list[Lack]:
    """What is missing, in the order of the form."""
    found = [] if buyer.name else [Lack.NAME]
    if not (buyer.street and buyer.postal_code and buyer.city and buyer.country):
        found.append(Lack.ADDRESS)
    if "@" not in buyer.email:
        found.append(Lack.EMAIL)
    if buyer.public and buyer.country == "FR" and len(buyer.siret) != 14:
        found.append(Lack.SIRET)
    return found
