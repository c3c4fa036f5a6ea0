"""Who sells, as the settings of the installation say."""

import re
from collections.abc import Iterator

from palier.foundation.settings import VARIABLES, Settings
from palier.invoicing.rules.documents import Seller

_SIRET = 14


class SellerUnknown(Exception):
    """No invoice can be issued: settings are missing or cannot be used. `variables` names them, in their order."""

    def __init__(self, variables: list[str]) -> None:
        super().__init__(", ".join(variables))
        self.variables = variables


def seller_of(settings: Settings) -> Seller:
    """The seller. Raises SellerUnknown, naming every variable at fault."""
    if lacking := [VARIABLES[name][0] for name in _lacking(settings)]:
        raise SellerUnknown(lacking)
    *street, last = _lines(settings.seller_address)
    postal_code, _, city = last.partition(" ")
    return Seller(
        settings.seller_name.strip(), tuple(street), postal_code, city.strip(), _bare(settings.seller_siret),
        _bare(settings.seller_vat), _bare(settings.seller_iban), _bare(settings.seller_bic), settings.contact,
    )  # fmt: skip


def _lacking(settings: Settings) -> Iterator[str]:
    if not settings.seller_name.strip():
        yield "seller_name"
    lines = _lines(settings.seller_address)
    if len(lines) < 2 or not re.fullmatch(r"\d{5} \S.*", lines[-1]):
        yield "seller_address"
    if not re.fullmatch(rf"\d{{{_SIRET}}}", _bare(settings.seller_siret)):
        yield "seller_siret"
    if not re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", _bare(settings.seller_vat)):
        yield "seller_vat"
    if not re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", _bare(settings.seller_iban)):
        yield "seller_iban"


def _lines(address: str) -> list[str]:
    return [" ".join(line.split()) for line in address.split(";") if line.strip()]


def _bare(number: str) -> str:
    return re.sub(r"[\s.]", "", number).upper()
