"""Where an organisation stands among its peers: published rows, its own score, and who is looking. Nothing else is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from palier.assessments.flows.rounds import stored_result
from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.store import Assessment, AssessmentState
from palier.benchmarks import store
from palier.benchmarks.flows.contributing import comparable_scores, major_of
from palier.benchmarks.flows.editions import published, rows_of
from palier.benchmarks.rules.cohorts import Cohort
from palier.benchmarks.rules.composition import composition
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import (
    Standing,
    closed_batches,
    ladder_keys,
    standing_from_rows,
    wider_cohorts,
)
from palier.benchmarks.wording import cohort_in_words
from palier.foundation.actor import Actor
from palier.foundation.database import once
from palier.scoring.rules import Result


@dataclass(frozen=True, slots=True)
class Comparison:
    """A standing in one edition, with what the page says around it."""

    edition: store.Edition
    standing: Standing
    own: Mapping[str, Fraction | None]
    """The viewer organisation's comparable scores by variable, in points."""
    wider: Mapping[str, Cohort]
    """For each hidden variable, the next wider cohort that shows it."""
    composition: Mapping[str, Mapping[str, str]]
    """What the group is made of: bands of n by dimension and value."""
    families: tuple[str, ...]
    """Families of sectors present in the edition."""


async def compare(
    actor: Actor, result: Result, edition: store.Edition, cohort: Mapping[str, str] | None = None
) -> Comparison:
    """The standing of a submitted result in `edition`, for the cohort asked or the organisation's own natural peers.

    Whoever knows several members (a consultant, above all) is never shown a cohort in which a batch is filled by
    them but for fewer than k - 1 others. Call it inside `reading(actor)`.
    """
    own = comparable_scores(result)
    frozen = await published(edition)
    seats, families = frozen.seats, frozen.families
    view = await _viewpoint(actor)
    asked = dict(cohort) if cohort is not None else _natural(view)
    rows = await rows_of(edition, ladder_keys(asked, edition.priority, families))
    closed = _closed({str(one) for one in view["known"]}, seats, edition.k)
    terms = {"priority": edition.priority, "families": families, "closed": closed}
    standing = standing_from_rows(rows, asked, own_scores=own, variables=own, **terms)
    return Comparison(
        edition, standing, own, wider_cohorts(rows, standing, **terms), _composition(rows, seats, standing, edition.k),
        tuple(sorted({family for seat in seats if (family := seat.attributes.get("family"))})),
    )  # fmt: skip


def _composition(
    rows: Sequence[Row], seats: Sequence[Seat], standing: Standing, k: int
) -> dict[str, dict[str, str]]:
    """Of the batches the figures stand on, and of no other seat."""
    if standing.cohort is None or standing.key is None:
        return {}
    batches = next((set(row.batches) for row in rows if row.cohort_key == standing.key), set())
    return composition((seat for seat in seats if seat.batch in batches), k)


def _closed(known: set[str], seats: Sequence[Seat], k: int) -> frozenset[int]:
    """Batches hidden from a person who knows several members. Whoever knows one alone sees what any member sees."""
    return closed_batches(seats, known, k) if len(known) > 1 else frozenset()


async def own_cohort(actor: Actor) -> dict[str, str]:
    """The organisation's natural peers: its sector, size and country."""
    return _natural(await _viewpoint(actor))


async def _viewpoint(actor: Actor) -> dict[str, Any]:
    return await once(("viewpoint", actor.organisation_id), lambda: store.viewpoint_of(actor))


async def editions_for(actor: Actor, assessment: Assessment) -> list[store.Edition]:
    """The editions a round may be read against: its own campaign's first, then the newest."""
    asked, major = assessment.questionnaire, major_of(assessment)
    key = ("editions", actor.organisation_id, asked, major)
    found = await once(key, lambda: store.editions_for(actor, asked, major))
    return sorted(found, key=lambda edition: edition.campaign_id != assessment.campaign_id)


def _natural(view: Mapping[str, Any]) -> dict[str, str]:
    return {name: view[name] for name in ("sector", "size", "country") if view[name]}


async def peers(actor: Actor, assessment: Assessment) -> PeerView | None:
    """The figures beside a submitted, shared round on the results page; None when none may be shown.

    This is the `Peers` that `app.py` hands to the rooms below.
    """
    if assessment.state is not AssessmentState.SUBMITTED or not assessment.benchmark_consent:
        return None
    for edition in (await editions_for(actor, assessment))[:1]:
        comparison = await compare(actor, stored_result(assessment), edition)
        if comparison.standing.cohort is not None:
            return _view(comparison)
    return None


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
