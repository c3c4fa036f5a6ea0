"""Which VAT a French seller of services writes on an invoice, by who buys: pure.

CGI, articles 259-1 (services to a business are taxed where it is), 283-2 and directive 2006/112/CE, article 196 (reverse
charge). The categories are those of UNCL 5305 as EN 16931 uses them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """Of VAT."""

    STANDARD = "S"
    REVERSE = "AE"
    OUTSIDE = "G"
    """Outside the EU. `O` would say it too, but forbids the seller's VAT number (BR-O-02), which French law wants."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """The VAT of an invoice: every line has the same. `rate` in hundredths of a percent; `code` is of the VATEX list."""

    category: Category
    rate: int
    code: str = ""


FRENCH = Treatment(Category.STANDARD, 2000)
REVERSE = Treatment(Category.REVERSE, 0, "VATEX-EU-AE")
OUTSIDE = Treatment(Category.OUTSIDE, 0, "VATEX-EU-G")

EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_TAXED_AS_FRANCE = frozenset({"FR", "MC"})
_OVERSEAS = frozenset(["GP", "MQ", "RE", "GF", "YT", "BL", "MF", "PM", "WF", "PF", "NC", "TF"])
_OVERSEAS_CODES = ("97", "98")


class OwnRates(ValueError):
    """The French overseas territories have rates and rules of their own, which are not known here."""


def treatment_of(country: str, vat_number: str, postal_code: str = "") -> Treatment:
    """The VAT for a buyer in `country` (ISO 3166) with this VAT number, or none (empty). Raises OwnRates."""
    overseas = country == "FR" and postal_code.replace(" ", "").startswith(_OVERSEAS_CODES)
    if country in _OVERSEAS or (overseas and not postal_code.startswith("980")):
        raise OwnRates(country)
    if country in _TAXED_AS_FRANCE:
        return FRENCH
    if country in EUROPEAN_UNION:
        return REVERSE if vat_number else FRENCH
    return OUTSIDE
