"""The invented organisations: names, sectors, sizes, countries, planted so that every rule of the benchmark is met.

In the large network: one family of more than forty sealed members, a sector of three (always hidden: its peers are its family), one of
six (shown whole, never by size), sectors of a dozen or two in between.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from palier.foundation.identifiers import slugify

_PLACES = (
    "Vaubrun", "Haut-Lac", "Monterive", "Sainte-Aure", "Clairval", "Belmarche", "Rocheplate", "Port-Doux", "Villemer",
    "Grandchêne", "Aubrive", "Lormeval", "Castelnou", "Beaurieu", "Valmorin", "Fontanelle", "Hautecombe", "Mirebois", "Pontalet", "Sablonne",
    "Ternay", "Orvaux", "Chantemerle", "Lacombe-Haute", "Brévent", "Marsolle", "Noirval", "Perrance", "Quercize", "Rivenne",
    "Solange-sur-Mer", "Tourvelle", "Urvoy", "Verdanne", "Ysieux", "Zelmont", "Aigrefeuille",
    "Bourgvieux", "Courtelune",
    "Drailles", "Estrebay", "Florimont", "Garrigan", "Houlmes", "Issarde", "Jonchelles",
)  # fmt: skip

_NAMES = {
    "passenger_transport": ("Mobilités de {}", "Réseau urbain de {}", "Transports {}", "Lignes de {}"),
    "rail": ("Chemins de fer de {}", "Trains régionaux {}"),
    "energy": ("Énergies de {}", "Gaz et lumière de {}"),
    "water": ("Eaux de {}", "Régie de l’eau {}"),
    "retail": ("Magasins {}", "Comptoirs de {}", "Coopérateurs de {}"),
    "distance_selling": ("Maison {} à distance", "Catalogue {}"),
    "local_authority": ("Ville de {}", "Agglomération de {}", "Département de {}", "Commune de {}"),
    "social_protection": ("Caisse de {}", "Solidarités de {}"),
    "bank": ("Banque de {}", "Caisse d’épargne de {}"),
    "insurance": ("Mutuelle de {}", "Prévoyance {}"),
    "public_hospital": ("Centre hospitalier de {}",),
    "private_clinic": ("Clinique {}", "Polyclinique de {}"),
}

_LEGAL = {
    "passenger_transport": ("public_company", "private_company"),
    "rail": ("public_company",),
    "energy": ("private_company", "public_company"),
    "water": ("public_body", "private_company"),
    "retail": ("private_company", "cooperative_mutual"),
    "distance_selling": ("private_company",),
    "local_authority": ("public_body",),
    "social_protection": ("public_body", "association"),
    "bank": ("cooperative_mutual", "private_company"),
    "insurance": ("cooperative_mutual",),
    "public_hospital": ("public_body",),
    "private_clinic": ("private_company", "association"),
}

_COUNTRIES = ("FR",) * 14 + ("BE",) * 4 + ("LU",) * 2
_SIZES = ("lt50", "50-249", "50-249", "250-999", "250-999", "250-999", "1000-4999", "5000+")

LARGE = {
    "transport": {"passenger_transport": 51, "rail": 6},
    "utilities": {"energy": 18, "water": 12},
    "commerce": {"retail": 24, "distance_selling": 3},
    "public_administration": {"local_authority": 32, "social_protection": 13},
}
"""Members by family and sector of the network of 160, Transports du Val not counted."""

SMALL = {"finance": {"bank": 6, "insurance": 5}, "health": {"public_hospital": 7, "private_clinic": 6}}
"""The same for the network of 24: banks and hospitals, so that k = 8."""


@dataclass(frozen=True, slots=True)
class Member:
    """An invented organisation. `maturity` is its hidden level (1-5) in the first round, `progress` what it gains a year."""

    name: str
    slug: str
    family: str
    sector: str
    size: str
    country: str
    legal_kind: str
    maturity: float
    progress: float
    takes_part: tuple[bool, bool, bool]
    """Whether it submits in each of the three yearly rounds."""


def members(shape: dict[str, dict[str, int]], seed: str) -> list[Member]:
    """The members of a network of this shape; the same for the same seed, always."""
    random = Random(seed)
    names = _names(random)
    return [
        _member(next(names[sector]), family, sector, random)
        for family, sectors in shape.items()
        for sector, wanted in sectors.items()
        for _ in range(wanted)
    ]


def _names(random: Random) -> dict[str, Iterator[str]]:
    def for_sector(patterns: tuple[str, ...]) -> Iterator[str]:
        places = random.sample(_PLACES, len(_PLACES))
        for turn in count():
            pattern = patterns[turn % len(patterns)]
            place = places[turn % len(places)] + ("" if turn < len(places) else " Nord")
            yield _elided(pattern, place)

    return {sector: for_sector(patterns) for sector, patterns in _NAMES.items()}


def _elided(pattern: str, place: str) -> str:
    vowel = place[0] in "AEIOUÉYH"
    return pattern.replace("de {}", "d’{}").format(place) if vowel else pattern.format(place)


_LEVELS = {
    "retail": 3.2,
    "bank": 3.1,
    "energy": 3.0,
    "rail": 2.9,
    "passenger_transport": 2.8,
    "local_authority": 2.5,
}
"""Where a sector starts; others at 2.7."""


def _member(name: str, family: str, sector: str, random: Random) -> Member:
    size = random.choice(_SIZES)
    maturity = random.gauss(_LEVELS.get(sector, 2.7), 0.55) + (0.15 if size in ("1000-4999", "5000+") else 0)
    return Member(
        name=name, slug=slugify(name), family=family, sector=sector, size=size, country=random.choice(_COUNTRIES),
        legal_kind=random.choice(_LEGAL[sector]), maturity=min(4.4, max(1.3, maturity)), progress=random.gauss(0.17, 0.12),
        takes_part=(random.random() < 0.84, random.random() < 0.88, random.random() < 0.92),
    )  # fmt: skip
