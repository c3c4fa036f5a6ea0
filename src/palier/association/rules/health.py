"""Whether cohorts will appear at the next edition, told from attributes and counts. No score is read, none is known here."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Attributes = Mapping[str, str]
Cell = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A member that may count: what it is, the group it counts with, and whether it has submitted."""

    id: str
    name: str
    attributes: Attributes
    present: bool

    @property
    def group(self) -> str:
        return self.attributes.get("group") or self.id


@dataclass(frozen=True, slots=True)
class Missing:
    """A cohort that would be hidden and could appear: how many more groups it needs, and who could be one of them."""

    cell: Mapping[str, str]
    needed: int
    candidates: tuple[str, ...] = field(default=())


def groups(parties: Iterable[Party], cell: Attributes) -> int:
    """How many independent groups of `parties` are in a cell ({attribute: value})."""
    return len({one.group for one in parties if _inside(one, cell)})


def missing(
    parties: Sequence[Party],
    cells: Iterable[Attributes],
    k: int,
    is_shown: Callable[[Attributes, int], bool],
    most: int = 8,
) -> list[Missing]:
    """The hidden cells nearest to appearing, those that need fewest first, with the members who could make them appear.

    `is_shown(cell, more)`: whether a cell would be published with `more` further groups of its kind. Only cells that
    have members enough to reach it are told; under k in all, no invitation can help.
    """
    present = [one for one in parties if one.present]
    found = []
    for cell in cells:
        candidates = tuple(one.name for one in parties if not one.present and _inside(one, cell))
        # Enough groups may be there and yet share their batches with others: one more is then the least.
        needed = max(1, k - groups(present, cell))
        if len(candidates) >= needed:
            found.append(Missing(dict(cell), needed, candidates))
    found.sort(key=lambda one: (one.needed, len(one.cell), -len(one.candidates), sorted(one.cell.items())))
    return [one for one in found[: 2 * most] if is_shown(one.cell, one.needed)][:most]


def matrix(parties: Iterable[Party], rows: str, columns: str, values: Sequence[str]) -> dict[str, list[int]]:
    """Groups by value of `rows` and of `columns` (in the order of `values`); rows without a group are left out."""
    seen = {(one.attributes.get(rows, ""), one.attributes.get(columns, ""), one.group) for one in parties}
    counts = Counter((row, column) for row, column, _ in seen if row)
    found = sorted({row for row, _ in counts})
    return {row: [counts[row, column] for column in values] for row in found}


def merge_proposals(parties: Iterable[Party], k: int) -> dict[str, tuple[tuple[str, ...], int]]:
    """For each family, sectors that together hold k groups where each alone holds fewer, and how many they hold.

    The smallest are joined first and no more than needed. Counts are of all members, submitted or not.
    """
    members = {
        (one.attributes.get("family", ""), one.attributes.get("sector", ""), one.group) for one in parties
    }
    counts = Counter((family, sector) for family, sector, _ in members if family and sector)
    proposals: dict[str, tuple[tuple[str, ...], int]] = {}
    for family in sorted({family for family, _ in counts}):
        small = sorted((n, sector) for (of, sector), n in counts.items() if of == family and n < k)
        joined: list[str] = []
        total = 0
        for n, sector in small:
            joined.append(sector)
            total += n
            if total >= k and len(joined) > 1:
                proposals[family] = (tuple(joined), total)
                break
    return proposals


def _inside(one: Party, cell: Attributes) -> bool:
    return all(one.attributes.get(name) == value for name, value in cell.items())
