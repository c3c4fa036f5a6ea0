"""The cohort chooser: what an address asks for, what the form shows, and the addresses of everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request
from litestar.exceptions import NotFoundException

from palier.benchmarks import wording
from palier.benchmarks.rules.cohorts import NEAREST, Cohort
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, FAMILY_OF, LEGAL_KINDS, SIZES
from palier.network.wording import countries, families, legal_kinds, sectors, sizes

ASKED = ("sector", "size", "country", "legal_kind")
"""The fields of the cohort chooser; "sector" takes a sector or a family."""

NEAREST_PEERS = {NEAREST: "own"}
"""Asks for the nearest peers of whoever looks."""

_VALUES = {"size": SIZES, "country": COUNTRIES, "legal_kind": LEGAL_KINDS}
SORTS = ("gap", "-gap", "score", "-score", "order")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `cohort` None: nothing was chosen yet."""

    cohort: Mapping[str, str] | None
    edition: UUID | None
    sort: str


def asked_of(request: Request) -> Asked:
    """The cohort, edition and order of the address. Unknown values of a closed list count as not given."""
    query = request.query_params
    sort = query.get("sort", "gap")
    return Asked(_cohort(query), _edition(query.get("edition")), sort if sort in SORTS else "gap")


def _cohort(query: Mapping[str, str]) -> dict[str, str] | None:
    if query.get("peers") == NEAREST:
        return dict(NEAREST_PEERS)
    if not any(name in query for name in ASKED):
        return None
    cohort: dict[str, str] = {}
    kind = query.get("sector", "")
    if kind in FAMILY_OF:
        cohort["sector"] = kind
    elif kind in FAMILIES:
        cohort["family"] = kind
    return cohort | {name: value for name, known in _VALUES.items() if (value := query.get(name)) in known}


def _edition(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFoundException from None


def fields(shown: Cohort, own: Mapping[str, str], present: tuple[str, ...]) -> dict[str, Any]:
    """The chooser: the families of the edition and the own one with all their sectors, and what is chosen."""
    known = {*present, FAMILY_OF.get(own.get("sector", ""), "")}
    return {
        "kinds": _kinds(known), "sector": shown.get("sector") or shown.get("family", ""), "size": shown.get("size", ""),
        "country": shown.get("country", ""), "legal_kind": shown.get("legal_kind", ""),
        "sizes": list(sizes().items()), "countries": list(countries().items()),
        "legal_kinds": list(legal_kinds().items()),
    }  # fmt: skip


def _kinds(known: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each family with itself taken whole and its sectors, for a select with groups."""
    family_words, sector_words = families(), sectors()
    return [
        (
            family_words[family],
            [(family, wording.whole_family(family)), *((one, sector_words[one]) for one in inside)],
        )
        for family, inside in FAMILIES.items()
        if family in known
    ]


@dataclass(frozen=True, slots=True)
class Query:
    """The query of this page, with something changed."""

    cohort: Cohort
    edition: UUID
    order: str

    def with_(self, cohort: Cohort | None = None, sort: str = "", file: bool = False) -> str:
        """The query with another cohort or another order; everything else stays."""
        rest = {"edition": str(self.edition)} | ({} if file else {"sort": sort or self.order})
        return urlencode(_peers(self.cohort if cohort is None else cohort) | rest)

    def at(self, edition: UUID) -> str:
        """The query of the same peers in another edition."""
        return replace(self, edition=edition).with_()

    @property
    def nearest(self) -> str:
        """The query of the nearest peers."""
        return self.with_(NEAREST_PEERS)


def _peers(cohort: Cohort) -> dict[str, str]:
    if NEAREST in cohort:
        return {"peers": NEAREST}
    asked = {name: cohort.get(name, "") for name in ASKED}
    return asked | {"sector": cohort.get("sector") or cohort.get("family", "")}
