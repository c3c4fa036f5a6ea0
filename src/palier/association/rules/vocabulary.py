"""The words a file may use for its columns and for a member's attributes, in any language and spelling given."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

BANDS = ((50, "lt50"), (250, "50-249"), (1000, "250-999"), (5000, "1000-4999"))
"""Workforce bands by their first number of people that is too many; 5,000 people and more are the last."""

_HEADS = {
    "name": "name nom organisation adherent membre member raison sociale denomination entreprise etablissement structure",
    "registration": "registration siren siret nsiren nsiret sirennumber",
    "contact": "contact contactperson interlocuteur correspondant responsable nomducontact contactname referent",
    "email": "email mail courriel adresse mel emailaddress adressemail adresseelectronique adressedecourriel",
    "sector": "sector secteur secteurdactivite activite",
    "size": "size taille effectif effectifs workforce employees salaries nombredesalaries",
    "country": "country pays",
    "legal_kind": "legalkind natureuridique naturejuridique statut statutjuridique formejuridique",
    "legal_group": "legalgroup groupe group groupejuridique maisonmere parentgroup groupedappartenance",
}
"""The heads a column may have, folded and without blanks."""

_COLUMNS = {head: column for column, heads in _HEADS.items() for head in heads.split()} | {
    "raisonsociale": "name", "nomdeladherent": "name", "nomdelorganisation": "name", "organisationname": "name",
}  # fmt: skip


def folded(text: str) -> str:
    """`text` without accents, case, punctuation or repeated blanks."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("’", "'").casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w+&-]+", " ", letters).split())


def band_of(people: int) -> str:
    """The workforce band of a number of people."""
    return next((band for most, band in BANDS if people < most), "5000+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`values`: for sector, size, country and legal_kind, the stored key of each folded text that stands for it."""

    values: Mapping[str, Mapping[str, str]]
    is_address: Callable[[str], bool]

    def column(self, head: str) -> str:
        """The column a head names; "" for one nobody asks for."""
        return _COLUMNS.get(re.sub(r"[\W_]+", "", folded(head)), "")

    def attribute(self, dimension: str, cell: str) -> str:
        """The stored key a cell stands for; "" for none. A workforce may be a number of people."""
        if dimension == "size" and (digits := re.sub(r"[\s\u202f.,]", "", cell)).isdecimal():
            return band_of(int(digits[:9]))
        return self.values[dimension].get(folded(cell), "")


def vocabulary(words: Mapping[str, Mapping[str, str]], is_address: Callable[[str], bool]) -> Vocabulary:
    """From the words shown for each key, one mapping a dimension: {"sector": {"Ferroviaire": "rail", ...}}."""
    return Vocabulary(
        {name: {folded(text): key for text, key in known.items()} for name, known in words.items()},
        is_address,
    )
