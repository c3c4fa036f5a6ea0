"""Numbers under which payers are registered: SIRET, SIREN, VAT. The only file that knows python-stdnum.

What is checked is how a number is built, never whether anybody bears it: no register is asked.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.foundation.language import gettext as _
from palier.foundation.later import Later

if TYPE_CHECKING:
    import stdnum
    from stdnum.eu import vat as eu_vat
    from stdnum.fr import siret as fr_siret
else:
    stdnum, eu_vat, fr_siret = Later("stdnum"), Later("stdnum.eu.vat"), Later("stdnum.fr.siret")

_PREFIXES = {"GR": "EL", "MC": "FR"}
"""Countries whose VAT numbers begin with other letters than their own."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A number as it is kept, and what is wrong with it, in words; one of the two is empty, both where nothing was typed."""

    value: str
    problem: str = ""


def siret(text: str) -> Checked:
    """A SIRET without its blanks. Those of La Poste follow a rule of their own (sum of digits, not Luhn)."""
    typed = _bare(text)
    if not typed:
        return Checked("")
    if len(typed) == 9 and typed.isdigit():
        said = _("This is a SIREN, with 9 digits. The SIRET has 14: it adds the 5 digits of the establishment that pays.")  # fmt: skip
        return Checked("", said)
    if len(typed) != 14 or not typed.isdigit():
        return Checked("", _("Write the SIRET with its 14 digits, such as 213 500 010 00012"))
    if not fr_siret.is_valid(typed):
        return Checked("", _("This SIRET cannot exist: one of its digits is wrong. Compare it with your purchase order."))  # fmt: skip
    return Checked(typed)


def vat(text: str, country: str = "") -> Checked:
    """A VAT number with the letters of its country; with `country` (two letters), one of that country.

    Outside the European Union it is checked where its rule is known, else kept as typed.
    """
    typed = _bare(text)
    if not typed:
        return Checked("")
    letters = _PREFIXES.get(country, country)
    if country and not _in_union(country):
        return _elsewhere(typed, country)
    if country and typed[:2].isalpha() and typed[:2] != letters:
        said = _("This number begins with %(typed)s and your address is in another country: there it begins with %(letters)s")  # fmt: skip
        return Checked("", said % {"typed": typed[:2], "letters": letters})
    if country and not typed[:2].isalpha() and not eu_vat.is_valid(typed):
        typed = letters + typed
    if not eu_vat.is_valid(typed):
        return Checked("", _("This VAT number cannot exist. Write it whole, such as FR 44 732 829 320"))
    return Checked(typed)


def agree(siret_number: str, vat_number: str) -> bool:
    """Whether a French VAT number is that of the SIRET's enterprise; true where there is nothing to compare."""
    if not siret_number or not vat_number.startswith("FR"):
        return True
    return vat_number[4:] == siret_number[:9]


def vat_of(siret_number: str) -> str:
    """The French VAT number that goes with a SIRET, to be proposed."""
    return f"FR{fr_siret.to_tva(siret_number)}"


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _in_union(country: str) -> bool:
    return country == "MC" or country.lower() in eu_vat.MEMBER_STATES - {"xi"}


def _elsewhere(typed: str, country: str) -> Checked:
    rule = stdnum.get_cc_module(country.lower(), "vat")
    if rule is None:
        return Checked(typed)
    if not rule.is_valid(typed):
        return Checked("", _("This VAT number cannot exist in the country of your address"))
    return Checked(typed)
