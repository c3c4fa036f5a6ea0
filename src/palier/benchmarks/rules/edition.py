"""Editions: a campaign's contributions sealed, released and frozen. The entry point of the room."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from palier.benchmarks.rules.cells import Cells, cells_of_batches
from palier.benchmarks.rules.cohorts import read_priority
from palier.benchmarks.rules.contributions import (
    Contribution,
    Scores,
    on_grid,
    one_per_group,
    read_contributions,
)
from palier.benchmarks.rules.fingerprint import Told, fingerprint, told
from palier.benchmarks.rules.nearest import nearest_cohort
from palier.benchmarks.rules.release import UNREPRESENTED, Row, families_of_seats, release, release_again
from palier.benchmarks.rules.sealing import Batch, Seat, seal
from palier.benchmarks.rules.standing import Standing, closed_batches, ladder_keys, standing_from_rows
from palier.benchmarks.rules.thresholds import settled_k


@dataclass(frozen=True, slots=True)
class Edition:
    """One frozen publication of a network. Everything shown comes from `releases`; nothing is recomputed."""

    k: int
    """Fewest independent groups in a batch of this edition."""
    priority: tuple[str, ...]
    variables: tuple[str, ...]
    seats: tuple[Seat, ...]
    """Who is in which batch, batch by batch; the next campaign needs it, no page does."""
    releases: Mapping[str, tuple[Row, ...]]
    """Release rows by cohort key; see release.Row."""
    families: Mapping[str, str]
    """The family of each sector, for the ladder."""
    own_scores: Mapping[str, Scores] = field(default_factory=dict, repr=False, compare=False)
    """Each member's own scores, to tell that member's quarter; empty in an edition read back from storage."""
    cells: tuple[Cells, ...] = field(default=(), repr=False, compare=False)
    """Of each batch; empty in an edition read back from storage, unless they were read back too."""

    def standing(
        self, viewer: object, cohort: Mapping[str, object], own_scores: Scores | None = None
    ) -> Standing:
        """What `viewer` is shown of `cohort` ({attribute: value}; {} = the network), or of a wider one.

        `viewer`: a member id, or a list of member ids for a consultant's portfolio. A portfolio gets quarters
        only with `own_scores`: points by variable, of the client being looked at.
        """
        portfolio = _portfolio(viewer)
        if own_scores is None and len(portfolio) == 1:
            own_scores = self.own_scores.get(portfolio[0])
        keys = ladder_keys(cohort, self.priority, self.families)
        return standing_from_rows(
            (row for key in keys for row in self.releases.get(key, ())),
            cohort,
            priority=self.priority,
            families=self.families,
            own_scores=own_scores,
            closed=closed_batches(self.seats, portfolio, self.k) if len(portfolio) > 1 else (),
            variables=self.variables,
        )

    def nearest(
        self,
        viewer: object,
        attributes: Mapping[str, str | None] | None = None,
        own_scores: Scores | None = None,
    ) -> Standing:
        """What `viewer` is shown of the nearest peers: whole batches by attribute, at least 2k groups.

        `attributes`: of the organisation looked at; needed for a consultant's portfolio, else those of the
        viewer's seat. Who has no seat and gives none is shown the network.
        """
        known = self._attributes_of(viewer) if attributes is None else attributes
        asked = {} if known is None else nearest_cohort(known, self.priority)
        return self.standing(viewer, asked, own_scores)

    def _attributes_of(self, viewer: object) -> Mapping[str, str | None] | None:
        alone = _portfolio(viewer)
        return next((seat.attributes for seat in self.seats if alone == (seat.member,)), None)

    def rows(self) -> Iterator[Row]:
        """The plain release rows, by cohort key and variable: all that is stored of the figures."""
        return (row for rows in self.releases.values() for row in rows)

    def fingerprint(self) -> str:
        """SHA-256 of the k, the priority and the rows, in hexadecimal: what the audit chain keeps."""
        return fingerprint(self.k, self.priority, self.told())

    def told(self) -> Iterator[Told]:
        """The rows of each cohort as text, in the order of their keys."""
        return map(told, self.releases.values())


def _portfolio(viewer: object) -> tuple[str, ...]:
    if isinstance(viewer, (list, tuple, set, frozenset)):
        return tuple(sorted({str(member) for member in viewer}))
    return (str(viewer),)


def publish(
    network: Mapping[str, object],
    contributions: Iterable[Mapping[str, object]],
    previous: Edition | None = None,
) -> Edition:
    """Seal a campaign's contributions and freeze the figures of every cohort of the network.

    `network`: {"k": 5, "priority": ["family", "sector", "size", "country", "legal_kind"]}, and "members"
    where it has more members than contribute. `contributions`: of verified, consenting members, {"member",
    "group", "family", "sector", "size", "country", "legal_kind", "scores": {variable: 0-100 or None}}.
    `previous`: the last edition, whose batches stay together where at least k groups renew.

    The order of `contributions` is of no consequence. Raises ContributionError, and ValueError for a
    k that is no whole number or a priority that names no dimension. Source: docs/benchmarks.md#the-algorithm.
    """
    priority = read_priority(network)
    given = read_contributions(contributions)
    seats = previous.seats if previous else ()
    counted = one_per_group(given, {seat.member for seat in seats})
    k = settled_k(network, (one.attributes for one in counted), previous.k if previous else None)
    return _freeze(given, seal(counted, seats, priority, k), priority, k)


def correct(edition: Edition, contributions: Iterable[Mapping[str, object]]) -> Edition:
    """An erratum: the figures again, over the sealed batches of the edition it corrects.

    `contributions`: those of the edition, corrected. Members without a seat are passed over. Raises
    ValueError when a seated member is missing: who leaves does so at the next campaign.
    """
    given = read_contributions(contributions)
    of_member = {one.member: one for one in given}
    missing = [seat.member for seat in edition.seats if seat.member not in of_member]
    if missing:
        raise ValueError(f"an erratum needs every sealed contribution; missing: {', '.join(missing)}")
    return _frozen(
        given, edition.seats, [of_member[seat.member] for seat in edition.seats], edition.priority, edition.k
    )


def from_cells(
    seats: Iterable[Seat],
    cells: Sequence[Cells],
    variables: Sequence[str],
    *,
    k: int,
    priority: Sequence[str],
) -> Edition:
    """The edition of sealed batches: `cells` of each, in order, numbering `variables`. No score is needed or known."""
    seated = tuple(sorted(seats, key=lambda seat: (seat.batch, seat.member)))
    rows = release(seated, cells, variables, priority, k)
    families = families_of_seats(seated)
    return Edition(k, tuple(priority), tuple(variables), seated, rows, families, {}, tuple(cells))


def recomputed(edition: Edition, changed: Mapping[int, Cells]) -> Edition:
    """The edition with other cells of some batches (by number): only cohorts that hold one of them are computed.

    `edition` has its cells. Who sits where, the cohorts and the variables are as they were: a change of any of those is
    no matter of cells. Raises KeyError for a batch that is not there.
    """
    cells = dict(enumerate(edition.cells, start=1))
    if unknown := changed.keys() - cells.keys():
        raise KeyError(f"no batch {min(unknown)}")
    cells |= changed
    new = tuple(cells.values())
    rows = release_again(edition.releases, changed, new, edition.variables, edition.k)
    return replace(edition, releases={**edition.releases, **rows}, cells=new, own_scores={})


def _freeze(
    given: Sequence[Contribution], batches: Sequence[Batch], priority: tuple[str, ...], k: int
) -> Edition:
    sealed = [
        (number, one)
        for number, batch in enumerate(batches, start=1)
        for one in sorted(batch, key=lambda one: one.member)
    ]
    seats = tuple(Seat(number, one.member, one.group, one.attributes) for number, one in sealed)
    return _frozen(given, seats, [one for _, one in sealed], priority, k)


def _frozen(
    given: Sequence[Contribution],
    seats: tuple[Seat, ...],
    sealed: Sequence[Contribution],
    priority: tuple[str, ...],
    k: int,
) -> Edition:
    # Of the sealed where there are any: a newcomer who waits must not even add a variable.
    variables = tuple(sorted({variable for one in sealed or given for variable in one.scores}))
    cells = cells_of_batches(seats, on_grid(sealed, variables), k) if seats else ()
    rows = release(seats, cells, variables, priority, k)
    own = {one.member: one.scores for one in given}
    return Edition(k, priority, variables, seats, rows, families_of_seats(seats), own, cells)


def rebuild(rows: Iterable[Row], seats: Iterable[Seat], *, k: int, priority: Sequence[str]) -> Edition:
    """An edition read back from its stored rows and seats. No score is needed; none is known afterwards."""
    releases: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row.cohort_key, row.variable)):
        releases.setdefault(row.cohort_key, []).append(row)
    seated = tuple(sorted(seats, key=lambda seat: (seat.batch, seat.member)))
    variables = sorted({row.variable for found in releases.values() for row in found} - {UNREPRESENTED})
    frozen = {key: tuple(found) for key, found in releases.items()}
    return Edition(k, tuple(priority), tuple(variables), seated, frozen, families_of_seats(seated))
