"""The health of cohorts: what the next edition would show and hide, and who is missing. Attributes and counts only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.assessments.store import Campaign, Participation
from palier.association.rules.health import Missing, Party, matrix, merge_proposals, missing
from palier.benchmarks import store as benchmarks
from palier.benchmarks.flows.contributing import attributes_of
from palier.benchmarks.flows.grouping import regrouped
from palier.benchmarks.flows.sealing import previous_edition, rules_of, seated_edition
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.cohorts import cohort_key, crossings
from palier.benchmarks.rules.release import UNREPRESENTED
from palier.benchmarks.rules.thresholds import SMALL_NETWORK, n_band
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, FAMILY_OF, LEGAL_KINDS, SIZES
from palier.network.store import Network, Organisation

CROSSED: Mapping[str, tuple[str, ...]] = {"size": SIZES, "country": COUNTRIES, "legal_kind": LEGAL_KINDS}
"""What a sector is crossed with, and the values of it."""

TRIED = ("family", "sector", "size", "country", "legal_kind")

ORDERED: Mapping[str, tuple[str, ...]] = {"family": tuple(FAMILIES), "sector": tuple(FAMILY_OF), **CROSSED}
"""The values of each dimension, in the order they are shown in."""


@dataclass(frozen=True, slots=True)
class Square:
    """One cell of the matrix: the band of n among those who submitted, and whether its figures would be shown."""

    band: str
    shown: bool
    possible: bool
    """Whether the members there would be enough if all took part."""


@dataclass(frozen=True, slots=True)
class Health:
    """What is known before an edition, at best: whether a member shares its round is not known here."""

    campaign: Campaign | None
    k: int
    members: int
    present: int
    small: bool
    """Under 30 sealed groups only the network and its families are published."""
    columns: str
    values: tuple[str, ...]
    squares: Mapping[str, Sequence[Square]]
    alone: Mapping[str, Mapping[str, Square]]
    """By dimension and value, one dimension at a time."""
    missing: Sequence[Missing]
    proposals: Mapping[str, tuple[tuple[str, ...], int]]

    @property
    def counts(self) -> tuple[int, int]:
        """How many cohorts of one attribute would be shown, and how many there are."""
        every = [square for found in self.alone.values() for square in found.values()]
        return sum(square.shown for square in every), len(every)


async def load_health(actor: NetworkActor, columns: str = "size") -> Health:
    """The health of the running campaign, or of the last one. Call inside `reading(actor)`."""
    campaigns = await benchmarks.campaigns_of(actor.network_id)
    campaign = next((one for one in campaigns if one.opens_on <= today()), None)
    members = await benchmarks.verified_members(actor.network_id)
    taken = await benchmarks.participations_in(campaign) if campaign else {}
    parties = await _parties(members, taken, campaign.opens_on if campaign else today())
    last = await previous_edition(campaign) if campaign else None
    before = await seated_edition(last) if last and campaign and last.campaign_id != campaign.id else None
    rules = rules_of(await Network.get(id=actor.network_id), members)
    return _health(campaign, parties, columns, _Rehearsals(rules, parties, before))


async def _parties(
    members: Sequence[Organisation], taken: Mapping[UUID, Participation], since: date
) -> list[Party]:
    """The members with the groups they would count in."""
    counted = await regrouped([{"member": str(one.id), **attributes_of(one)} for one in members], since)
    groups = {one["member"]: str(one["group"]) for one in counted}
    return [
        Party(
            str(one.id), one.name, attributes_of(one) | {"group": groups[str(one.id)]},
            bool((at := taken.get(one.id)) and at.submitted_at),
        )
        for one in members
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rehearsals:
    """Editions made without a score, to see which cohorts would stand."""

    rules: Mapping[str, object]
    parties: Sequence[Party]
    before: Edition | None

    def edition(self, cell: Mapping[str, str] | None = None, more: int = 0) -> Edition:
        """As things stand, or with `more` groups that are in `cell` taking part besides: members there, in order of name."""
        outside = [one for one in self.parties if not one.present]
        joining = [
            one for one in outside if cell and all(one.attributes.get(k) == v for k, v in cell.items())
        ]
        given = [*(one for one in self.parties if one.present), *joining[:more]]
        contributions = [{"member": one.id, **one.attributes, "scores": {}} for one in given]
        return publish(self.rules, contributions, self.before)


def _health(
    campaign: Campaign | None, parties: Sequence[Party], columns: str, rehearsals: _Rehearsals
) -> Health:
    edition, k = rehearsals.edition(), 0
    k = edition.k
    present = [one for one in parties if one.present]
    small = len(edition.seats) < SMALL_NETWORK
    offered = crossings(TRIED, len(parties) if small else len(edition.seats))
    hidden = [cell for cell in _cells(parties, [c for c in offered if c]) if not is_shown(edition, cell)]
    values = tuple(v for v in CROSSED[columns] if any(one.attributes[columns] == v for one in parties))
    return Health(
        campaign, k, len(parties), len(present), small, columns, values,
        _squares(edition, parties, columns, values), _alone(edition, parties),
        missing(parties, hidden, k, lambda cell, more: is_shown(rehearsals.edition(cell, more), cell)),
        merge_proposals(parties, k),
    )  # fmt: skip


def _squares(
    edition: Edition, parties: Sequence[Party], columns: str, values: Sequence[str]
) -> dict[str, list[Square]]:
    present = matrix([one for one in parties if one.present], "sector", columns, values)
    every = matrix(parties, "sector", columns, values)
    return {
        row: [
            _square(
                edition, {"sector": row, columns: value}, present.get(row, [0] * len(values))[at], all_[at]
            )
            for at, value in enumerate(values)
        ]
        for row, all_ in sorted(every.items(), key=lambda found: _in_order("sector")(found[0]))
    }


def _square(edition: Edition, cell: Mapping[str, str], present: int, every: int) -> Square:
    return Square(n_band(present, edition.k), is_shown(edition, cell), every >= edition.k)


def _alone(edition: Edition, parties: Sequence[Party]) -> dict[str, dict[str, Square]]:
    found: dict[str, dict[str, Square]] = {}
    for name in TRIED:
        values = {one.attributes[name] for one in parties if one.attributes[name]}
        for value in sorted(values, key=_in_order(name)):
            inside = [one for one in parties if one.attributes[name] == value]
            here = {one.group for one in inside if one.present}
            found.setdefault(name, {})[value] = _square(
                edition, {name: value}, len(here), len({one.group for one in inside})
            )
    return found


def _in_order(dimension: str) -> Callable[[str], tuple[int, str]]:
    """Values as people count them, small workforces first; those without an order by their key."""
    known = ORDERED[dimension]
    return lambda value: (known.index(value) if value in known else len(known), value)


def is_shown(edition: Edition, cell: Mapping[str, str]) -> bool:
    """Whether a cohort would be published, whoever asks."""
    rows = edition.releases.get(cohort_key(cell))
    return rows is not None and not any(row.variable == UNREPRESENTED for row in rows)


def _cells(parties: Sequence[Party], offered: Sequence[tuple[str, ...]]) -> list[dict[str, str]]:
    """Every cohort of at most two attributes that some member is in."""
    return [
        dict(zip(crossing, values, strict=True))
        for crossing in offered
        if len(crossing) <= 2
        for values in sorted({tuple(one.attributes[name] for name in crossing) for one in parties})
        if all(values)
    ]
