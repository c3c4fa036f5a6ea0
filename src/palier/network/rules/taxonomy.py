"""The closed lists an organisation is described with: they choose its peers (docs/benchmarks.md)."""

from typing import Final

FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "public_administration": ("central_government", "local_authority", "social_protection", "justice_safety"),
    "transport": ("passenger_transport", "rail", "air_sea", "freight_logistics"),
    "health": ("public_hospital", "private_clinic", "care_home", "home_care", "laboratory_pharmacy"),
    "utilities": ("energy", "water", "waste", "telecommunications"),
    "finance": ("bank", "insurance", "payment_services"),
    "commerce": ("retail", "distance_selling", "wholesale", "automotive"),
    "hospitality": ("hotels_restaurants", "tourism_leisure", "culture_sport"),
    "education": ("schools", "higher_education", "vocational_training"),
    "housing": ("social_housing", "property_management"),
    "business_services": ("consulting", "software_digital", "staffing", "facilities_security"),
    "industry": ("manufacturing", "construction", "agri_food"),
}
"""Families of sectors and their sectors. Keys are stored and never renamed; their words are in `network.wording`.

"bank" and, with a public legal kind, anything of the health family make a network careful (k = 8).
"""

FAMILY_OF: Final = {sector: family for family, sectors in FAMILIES.items() for sector in sectors}
"""The family each sector belongs to."""

SIZES: Final = ("lt50", "50-249", "250-999", "1000-4999", "5000+")
"""Workforce bands, in people."""

COUNTRIES: Final = ("FR", "BE", "LU", "CH", "DE", "GB", "ES", "IT")
"""ISO 3166 codes, the country of the head office."""

LEGAL_KINDS: Final = ("public_body", "public_company", "private_company", "cooperative_mutual", "association")
"""`public_body`: administration or public establishment; `public_company`: a company that public bodies own."""

PEOPLE_WORDS: Final = (
    "client",
    "user",
    "traveller",
    "patient",
    "policyholder",
    "member",
    "resident",
    "learner",
)
"""What the people served are called in texts that are ours; criteria keep one reference text."""


def is_siren(text: str) -> bool:
    """Whether `text` is nine digits with the right check digit (Luhn), as INSEE numbers French organisations."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(text)]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
