"""What the staff checks before an edition is published: counts, bands and reasons. No figure of a score is among them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from palier.benchmarks.rules.cohorts import DIMENSIONS, NEAREST, cohort_key, cohort_of, crossings
from palier.benchmarks.rules.edition import Edition
from palier.benchmarks.rules.release import UNREPRESENTED
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.thresholds import n_band


@dataclass(frozen=True, slots=True)
class CohortCheck:
    """What would be shown of one cohort."""

    key: str
    n: str
    """The band of n; "" for one that is refused."""
    represented: int
    """Percent of its sealed organisations that whole batches hold, rounded down to tens: never one organisation."""
    refused: str
    """"small" (under 30 organisations only families are shown), "too_few", "representation", or "" where it is shown."""
    hidden: tuple[str, ...]
    """The variables too few have answered."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a draft, settled when it is sealed."""

    sealed: int
    waiting: int
    """Contributions that are in no batch: too few, or another organisation of the group speaks."""
    cohorts: tuple[CohortCheck, ...]
    appeared: tuple[str, ...]
    """Cohorts shown now and not in the last edition, by key."""
    disappeared: tuple[str, ...]
    joined: int
    left: int
    """Members of the last edition that belong to the network no more."""
    skipped: int
    """Members of the last edition that are still in the network and not in this one."""
    previous_k: int | None

    def plain(self) -> dict[str, Any]:
        """As stored."""
        return asdict(self)


def read_checks(plain: Mapping[str, Any]) -> Checks | None:
    """Stored checks; None for a draft that was published without having been looked at."""
    if not plain:
        return None
    cohorts = tuple(CohortCheck(**one | {"hidden": tuple(one["hidden"])}) for one in plain["cohorts"])
    lists = {name: tuple(plain[name]) for name in ("appeared", "disappeared")}
    return Checks(**{**plain, **lists, "cohorts": cohorts})


def check(edition: Edition, previous: Edition | None, given: int, present: Collection[str]) -> Checks:
    """The checks of `edition`: `given` contributions, members `present` in the network. Reads no score."""
    cohorts = tuple(_cohorts(edition))
    now, before = _shown(edition), _shown(previous) if previous else frozenset[str]()
    seated = {seat.member for seat in edition.seats}
    last = {seat.member for seat in previous.seats} if previous else set[str]()
    gone = last - seated
    return Checks(
        sealed=len(seated), waiting=given - len(seated), cohorts=cohorts, appeared=tuple(sorted(now - before)),
        disappeared=tuple(sorted(before - now)), joined=len(seated - last), left=len(gone - set(present)),
        skipped=len(gone & set(present)), previous_k=previous.k if previous else None,
    )  # fmt: skip


def _cohorts(edition: Edition) -> list[CohortCheck]:
    """The network and each value of one attribute found among the sealed: shown or not, and why not."""
    keys = {""} | {key for key in edition.releases if _is_plain(key)}
    found = {(name, seat.attributes.get(name)) for seat in edition.seats for name in edition.priority}
    keys |= {cohort_key({name: value}) for name, value in found if value}
    inside, sizes = _inside(edition.seats), Counter(seat.batch for seat in edition.seats)
    return [_cohort(edition, key, inside.get(key, Counter()), sizes) for key in sorted(keys)]


def _inside(seats: Sequence[Seat]) -> dict[str, Counter[int]]:
    """How many seats of each batch are in each cohort of one attribute or none, by its key."""
    alike: Counter[tuple[int, tuple[str | None, ...]]] = Counter(
        (seat.batch, tuple(seat.attributes.get(name) for name in DIMENSIONS)) for seat in seats
    )
    found: dict[str, Counter[int]] = {}
    for (batch, values), count in alike.items():
        cohorts = ({}, *({name: value} for name, value in zip(DIMENSIONS, values, strict=True) if value))
        for cohort in cohorts:
            found.setdefault(cohort_key(cohort), Counter())[batch] += count
    return found


def _is_plain(key: str) -> bool:
    cohort = cohort_of(key)
    return NEAREST not in cohort and len(cohort) <= 1


def _cohort(edition: Edition, key: str, inside: Mapping[int, int], sizes: Mapping[int, int]) -> CohortCheck:
    """`inside`: how many seats of a batch are in the cohort; `sizes`: how many it has."""
    rows = edition.releases.get(key, ())
    among = sum(inside.values())
    held = sum(count for batch, count in inside.items() if count == sizes[batch])
    share = held * 10 // among * 10 if among else 0
    if not rows:
        small = tuple(cohort_of(key)) not in crossings(edition.priority, len(edition.seats))
        return CohortCheck(key, "", share, "small" if small else "too_few", ())
    if rows[0].variable == UNREPRESENTED:
        return CohortCheck(key, "", share, "representation", ())
    hidden = tuple(row.variable for row in rows if not row.n_band)
    return CohortCheck(key, n_band(held, edition.k), share, "", hidden)


def _shown(edition: Edition) -> frozenset[str]:
    """The cohorts an edition shows, nearest peers aside."""
    return frozenset(
        key for key, rows in edition.releases.items() if rows[0].variable != UNREPRESENTED and NEAREST not in cohort_of(key)
    )  # fmt: skip
