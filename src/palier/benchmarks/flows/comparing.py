"""Where an organisation stands among its peers: published rows, its own score, and who is looking. Nothing else is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.store import Assessment, AssessmentState
from palier.benchmarks import store
from palier.benchmarks.flows.publishing import as_rows, as_seats
from palier.benchmarks.rules.cohorts import families_of
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import Standing, closed_batches, ladder_keys, standing_from_rows
from palier.benchmarks.wording import cohort_in_words
from palier.foundation.actor import Actor
from palier.foundation.permissions import Role
from palier.network.store import Organisation, mandates_held_by
from palier.scoring.rules import Result
from palier.scoring.rules.record import from_plain
from palier.scoring.rules.result import TOTAL, Kind


@dataclass(frozen=True, slots=True)
class Comparison:
    """A standing in one edition, with what the page says around it."""

    edition: store.Edition
    standing: Standing
    own: Mapping[str, Fraction | None]
    """The viewer organisation's scores by variable, in points."""
    families: Mapping[str, str]


async def compare(
    actor: Actor, assessment: Assessment, edition: store.Edition, cohort: Mapping[str, str] | None = None
) -> Comparison:
    """The standing of a submitted round in `edition`, for the cohort asked or the organisation's own sector, size and country.

    A consultant is never shown a cohort in which a batch is filled by the portfolio but for fewer than k - 1 members.
    Call it inside `reading(actor)`.
    """
    own = own_scores(from_plain(assessment.result))
    seats = as_seats(await store.seats_of(edition))
    families = families_of(seat.attributes for seat in seats)
    asked = dict(cohort) if cohort is not None else await own_cohort(actor)
    rows = await store.rows_of(edition, ladder_keys(asked, edition.priority, families))
    standing = standing_from_rows(
        as_rows(rows), asked, priority=edition.priority, families=families, own_scores=own,
        closed=await _closed(actor, seats, edition.k), variables=own,
    )  # fmt: skip
    return Comparison(edition, standing, own, families)


async def _closed(actor: Actor, seats: list[Seat], k: int) -> frozenset[int]:
    """Batches hidden from a consultant. A person who is a member in the ordinary way sees what any member sees."""
    if actor.role is not Role.CONSULTANT:
        return frozenset()
    clients = {str(mandate.organisation_id) for mandate in await mandates_held_by(actor.person)}
    return closed_batches(seats, clients, k)


async def own_cohort(actor: Actor) -> dict[str, str]:
    """The organisation's natural peers: its sector, size and country."""
    organisation = await Organisation.get(id=actor.organisation_id)
    wanted = {"sector": organisation.sector, "size": organisation.size, "country": organisation.country}
    return {name: value for name, value in wanted.items() if value}


def own_scores(result: Result) -> dict[str, Fraction | None]:
    """A round's own scores by variable ("total", dimensions, elements, criteria)."""
    return {TOTAL if node.kind is Kind.TOTAL else node.code: node.score for node in result.total.walk()}


async def peers(actor: Actor, assessment: Assessment) -> PeerView | None:
    """The figures beside a submitted round on the results page; None when none may be shown.

    This is the `Peers` that `app.py` hands to the rooms below.
    """
    if assessment.state is AssessmentState.DRAFT:
        return None
    editions = await store.networks_comparing(actor, assessment.questionnaire, major_of(assessment))
    for edition in editions:
        comparison = await compare(actor, assessment, edition)
        if comparison.standing.cohort is not None:
            return _view(comparison)
    return None


def major_of(assessment: Assessment) -> int:
    """The major version: rounds on different ones are never pooled."""
    return int(assessment.version.partition(".")[0])


def _view(comparison: Comparison) -> PeerView:
    figures = {
        variable: PeerFigure(
            figure.n or "", figure.q1, figure.median, figure.q3, figure.p10, figure.p90, figure.quarter
        )
        for variable, figure in comparison.standing.figures.items()
        if figure.q1 is not None and figure.median is not None and figure.q3 is not None
    }
    edition = comparison.edition
    return PeerView(
        cohort_in_words(comparison.standing.cohort or {}), edition.name, edition.published_on, figures
    )
