"""Where a member stands: read from release rows and the member's own scores, from nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from palier.benchmarks.rules.cohorts import Cohort, is_offered, ladder, published_key, read_cohort
from palier.benchmarks.rules.contributions import Score, Scores, half_up
from palier.benchmarks.rules.release import UNREPRESENTED, Points, Row
from palier.benchmarks.rules.sealing import Seat


class Refusal(StrEnum):
    """Why a cohort is not shown. None of these reads a score."""

    NOT_PUBLISHED = "not_published"
    """Such a crossing is never published."""
    TOO_FEW = "too_few"
    """No sealed batch lies wholly inside it."""
    REPRESENTATION = "representation"
    """Its batches hold less than half of its sealed groups."""
    PORTFOLIO = "portfolio"
    """The consultant's own clients fill one of its batches but for fewer than k - 1 members."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A rung of the ladder that is not shown, and why."""

    cohort: Cohort
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Figure:
    """What is shown of one variable: band of n, whole points from 0 to 100, viewer's quarter, 1 = bottom.

    All None where the cohort, or the variable in it, is hidden; p10 and p90 also under 40 answers.
    """

    n: str | None = None
    p10: Points = None
    q1: Points = None
    median: Points = None
    q3: Points = None
    p90: Points = None
    quarter: int | None = None


HIDDEN = Figure()


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures a viewer gets for the cohort asked, or for the first wider one that may be shown."""

    asked: Cohort
    cohort: Cohort | None
    """The cohort answered; {} is the whole network, None means that nothing may be shown."""
    figures: Mapping[str, Figure]
    refused: tuple[Refused, ...] = ()
    """The rungs tried and not shown, the asked one first."""
    key: str | None = None
    """The release key of the cohort answered."""

    @property
    def refusal(self) -> Refusal | None:
        """Why the asked cohort is not the one shown; None when it is."""
        return self.refused[0].reason if self.refused else None

    @property
    def rung(self) -> int | None:
        """Which rung of the ladder answered: 0 = the asked cohort; None when none did."""
        return None if self.cohort is None else len(self.refused)


def standing_from_rows(
    rows: Iterable[Row],
    asked: Mapping[str, object],
    *,
    priority: Sequence[str],
    families: Mapping[str, str],
    own_scores: Scores | None = None,
    closed: Collection[int] = (),
    variables: Iterable[str] = (),
) -> Standing:
    """The standing in the cohort `asked`, or in the first rung of its ladder that may be shown.

    `rows`: at least those of `ladder_keys(asked, priority, families)`; others are passed over.
    `families`: sector to family. `own_scores`: of the one member whose quarters are wanted, in points.
    `closed`: batches a consultant may not see, from `closed_batches`. `variables`: those to name, as hidden,
    when no rung answers.
    """
    cohorts: dict[str, list[Row]] = {}
    for row in rows:
        cohorts.setdefault(row.cohort_key, []).append(row)
    wanted = read_cohort(asked)
    refused: list[Refused] = []
    for rung in ladder(wanted, priority, families):
        key = published_key(rung, families) if is_offered(rung, priority) else None
        found = cohorts.get(key, []) if key is not None else []
        reason = _refusal(rung, found, priority, closed)
        if reason is None:
            figures = {row.variable: _figure(row, own_scores or {}) for row in found}
            return Standing(wanted, rung, figures, tuple(refused), key)
        refused.append(Refused(rung, reason))
    return Standing(wanted, None, dict.fromkeys(variables, HIDDEN), tuple(refused))


def wider_cohorts(
    rows: Sequence[Row],
    standing: Standing,
    *,
    priority: Sequence[str],
    families: Mapping[str, str],
    closed: Collection[int] = (),
) -> dict[str, Cohort]:
    """For each variable hidden in `standing`, the next wider cohort of its ladder that shows it, where one does."""
    found: dict[str, Cohort] = {}
    hidden = [variable for variable, figure in standing.figures.items() if figure.median is None]
    if standing.cohort is None or not hidden:
        return found
    for rung in list(ladder(standing.cohort, priority, families))[1:]:
        wider = standing_from_rows(rows, rung, priority=priority, families=families, closed=closed)
        if wider.cohort == rung:
            shown = [one for one in hidden if wider.figures.get(one, HIDDEN).median is not None]
            found |= {variable: rung for variable in shown if variable not in found}
    return found


def ladder_keys(
    asked: Mapping[str, object], priority: Sequence[str], families: Mapping[str, str]
) -> tuple[str, ...]:
    """The release keys that may answer `asked`, narrowest first: what a query has to fetch."""
    rungs = ladder(read_cohort(asked), priority, families)
    keys = (published_key(rung, families) for rung in rungs if is_offered(rung, priority))
    return tuple(key for key in keys if key is not None)


def _refusal(
    rung: Cohort, rows: Sequence[Row], priority: Sequence[str], closed: Collection[int]
) -> Refusal | None:
    if not is_offered(rung, priority):
        return Refusal.NOT_PUBLISHED
    if not rows:
        return Refusal.TOO_FEW
    if rows[0].variable == UNREPRESENTED:
        return Refusal.REPRESENTATION
    return Refusal.PORTFOLIO if not set(closed).isdisjoint(rows[0].batches) else None


def _figure(row: Row, own_scores: Scores) -> Figure:
    place = quarter(own_scores.get(row.variable), row.q1, row.median, row.q3)
    return Figure(row.n_band or None, row.p10, row.q1, row.median, row.q3, row.p90, place)


def quarter(score: Score | None, q1: Points, median: Points, q3: Points) -> int | None:
    """1 (bottom) to 4 (top): the score, rounded half up to a whole point, against the published figures.

    Under Q1 is the bottom, under the median the second, under Q3 the third. None without score or figures.
    """
    if score is None or q1 is None or median is None or q3 is None:
        return None
    points = half_up(score)
    return 1 + sum(points >= edge for edge in (q1, median, q3))


def closed_batches(seats: Iterable[Seat], portfolio: Collection[str], k: int) -> frozenset[int]:
    """The batches of which a consultant, knowing every client's scores, would learn too much.

    Those with fewer than k - 1 seats held by neither a client nor a client's group. `portfolio`: member ids.
    """
    held = tuple(seats)
    groups = {seat.group for seat in held if seat.member in portfolio} | set(portfolio)
    outside: dict[int, int] = {}
    for seat in held:
        outside[seat.batch] = outside.get(seat.batch, 0) + (
            seat.group not in groups and seat.member not in portfolio
        )
    return frozenset(batch for batch, members in outside.items() if members < k - 1)
