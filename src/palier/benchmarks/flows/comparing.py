"""Where an organisation stands among its peers: published rows, its own score, and who is looking. Nothing else is read."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from palier.assessments.consents import shares
from palier.assessments.flows.rounds import stored_result
from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.store import Assessment, AssessmentState
from palier.benchmarks import store
from palier.benchmarks.flows.contributing import comparable_scores, major_of
from palier.benchmarks.flows.editions import (
    Published,
    closed_to,
    composition,
    published,
    rows_of,
    sealed_attributes,
)
from palier.benchmarks.flows.opening import open_to
from palier.benchmarks.rules.across import Across, Rung, across, family_cohorts, rungs
from palier.benchmarks.rules.cohorts import NEAREST, Cohort, cohort_key
from palier.benchmarks.rules.nearest import nearest_cohort
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.standing import (
    Standing,
    ladder_keys,
    standing_from_rows,
    wider_cohorts,
)
from palier.benchmarks.wording import cohort_in_words
from palier.foundation.actor import Actor
from palier.foundation.database import once
from palier.foundation.kept import Kept
from palier.network.rules.taxonomy import FAMILY_OF
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


@dataclass(frozen=True, slots=True)
class _Read:
    """A standing and all it was read from: an edition never changes, and neither does the result of a submitted round."""

    result: Result
    rows: Sequence[Row]
    standing: Standing
    wider: Mapping[str, Cohort]


_ReadFrom = tuple[Sequence[Row], Published]
"""Rows of an edition, and the families it was published with."""

_read: Kept[Hashable, _Read] = Kept(512)
"""Standings as read last, by result, edition, group, batches not to be seen and criteria left out."""


async def compare(
    actor: Actor,
    result: Result,
    edition: store.Edition,
    cohort: Mapping[str, str] | None = None,
    changed: Collection[str] = (),
) -> Comparison:
    """The standing of a submitted result in `edition`, for the cohort asked or the organisation's own natural peers.

    {"nearest": "own"} asks for the nearest peers. `changed`: criteria that are not compared. Whoever knows several
    members (a consultant, above all) is never shown a cohort in which a batch is filled by them but for fewer than
    k - 1 others. Call it inside `reading(actor)`.
    """
    own = {code: None if code in changed else score for code, score in comparable_scores(result).items()}
    frozen = await published(edition)
    view = await _viewpoint(actor)
    asked = _asked(cohort, view, await _attributes(actor, view, edition), edition)
    rows = await rows_of(edition, ladder_keys(asked, edition.priority, frozen.families))
    terms = await _terms(edition, view)
    key = (id(result), edition.id, tuple(sorted(asked.items())), terms["closed"], frozenset(changed))
    known = _read.get(key)
    if known is None or known.result is not result or known.rows != rows:
        standing = standing_from_rows(rows, asked, own_scores=own, variables=own, **terms)
        known = _read.put(key, _Read(result, rows, standing, wider_cohorts(rows, standing, **terms)))
    made_of = await _composition(rows, known.standing, edition)
    return Comparison(edition, known.standing, own, known.wider, made_of, frozen.present)


async def families_beside(actor: Actor, edition: store.Edition, variables: Collection[str]) -> Across:
    """The families of sectors of the edition, side by side on `variables`, as this reader may see them."""
    frozen = await published(edition)
    view = await _viewpoint(actor)
    rows = await rows_of(edition, map(cohort_key, family_cohorts(frozen.present)))
    own = (await _attributes(actor, view, edition)).get("family") or ""
    terms = await _terms(edition, view)
    key = (edition.id, own, tuple(variables), terms["closed"])
    known = _across.get(key)
    if known is None or known[0] != (rows, frozen):
        known = _across.put(key, ((rows, frozen), across(rows, frozen.present, own, variables, **terms)))
    return known[1]


_across: Kept[Hashable, tuple[_ReadFrom, Across]] = Kept(256)
"""The families as read last, by edition, own family, variables and batches not to be seen; with what was read."""


async def own_rungs(actor: Actor, edition: store.Edition) -> tuple[Rung, ...]:
    """Which groups of the organisation's own attributes the edition shows, from its natural peers to the network."""
    frozen = await published(edition)
    view = await _viewpoint(actor)
    natural = _natural(view)
    rows = await rows_of(edition, ladder_keys(natural, edition.priority, frozen.families))
    terms = await _terms(edition, view)
    key = (edition.id, tuple(natural.items()), terms["closed"])
    known = _rungs.get(key)
    if known is None or known[0] != (rows, frozen):
        known = _rungs.put(key, ((rows, frozen), rungs(rows, natural, **terms)))
    return known[1]


_rungs: Kept[Hashable, tuple[_ReadFrom, tuple[Rung, ...]]] = Kept(512)
"""The groups on the way to the network as read last, by edition, own attributes and batches not to be seen."""


async def _terms(edition: store.Edition, view: Mapping[str, Any]) -> dict[str, Any]:
    """What every reading of the rows needs: how cohorts fall back, and what this reader must not see."""
    known = {str(one) for one in view["known"]}
    closed = await once(("closed", edition.id, frozenset(known)), lambda: closed_to(edition, known))
    families = (await published(edition)).families
    return {"priority": edition.priority, "families": families, "closed": closed}


def _asked(
    cohort: Cohort | None,
    view: Mapping[str, Any],
    attributes: Mapping[str, str | None],
    edition: store.Edition,
) -> dict[str, str]:
    if cohort is None:
        return _natural(view)
    return nearest_cohort(attributes, edition.priority) if set(cohort) == {NEAREST} else dict(cohort)


async def _attributes(
    actor: Actor, view: Mapping[str, Any], edition: store.Edition
) -> Mapping[str, str | None]:
    """Those the organisation was sealed with, or what it declares when it holds no seat."""
    declared = {**_natural(view), "family": FAMILY_OF.get(view["sector"]), "legal_kind": view["legal_kind"]}
    return await sealed_attributes(edition, actor.organisation_id) or declared


async def _composition(
    rows: Sequence[Row], standing: Standing, edition: store.Edition
) -> Mapping[str, Mapping[str, str]]:
    """Of the batches the figures stand on, and of no other seat."""
    if standing.cohort is None or standing.key is None:
        return {}
    batches = next((row.batches for row in rows if row.cohort_key == standing.key), ())
    return await composition(edition, standing.key, batches)


async def own_cohort(actor: Actor) -> dict[str, str]:
    """The organisation's natural peers: its sector, size and country."""
    return _natural(await _viewpoint(actor))


async def _viewpoint(actor: Actor) -> dict[str, Any]:
    return await once(("viewpoint", actor.organisation_id), lambda: store.viewpoint_of(actor))


async def editions_for(actor: Actor, assessment: Assessment) -> list[store.Edition]:
    """The editions a round may be read against, by the organisation's offer too: its own campaign's first, then the newest."""
    published_ones = await published_for(actor, assessment)
    key = ("open editions", actor.organisation_id, assessment.questionnaire, major_of(assessment))
    found = await once(key, lambda: open_to(actor, published_ones))
    return sorted(found, key=lambda edition: edition.campaign_id != assessment.campaign_id)


async def published_for(actor: Actor, assessment: Assessment) -> list[store.Edition]:
    """As `editions_for`, whatever the offer, newest first."""
    asked, major = assessment.questionnaire, major_of(assessment)
    key = ("editions", actor.organisation_id, asked, major)
    return await once(key, lambda: store.editions_for(actor, asked, major))


def _natural(view: Mapping[str, Any]) -> dict[str, str]:
    return {name: view[name] for name in ("sector", "size", "country") if view[name]}


async def peers(
    actor: Actor, assessment: Assessment, cohort: Mapping[str, str] | None = None
) -> PeerView | None:
    """The figures beside a submitted, shared round on the results page; None when none may be shown.

    `cohort` asks for a group by its attributes, as the benchmark page does; by default one's natural peers.
    This is the `Peers` that `app.py` hands to the rooms below.
    """
    if assessment.state is not AssessmentState.SUBMITTED or not await shares(assessment):
        return None
    for edition in (await editions_for(actor, assessment))[:1]:
        comparison = await compare(actor, stored_result(assessment), edition, cohort)
        if comparison.standing.cohort is not None:
            return _view(comparison, assessment)
    return None


def _view(comparison: Comparison, assessment: Assessment) -> PeerView:
    edition = comparison.edition
    return PeerView(
        cohort_in_words(comparison.standing.cohort or {}), edition.name, edition.published_on,
        _figures_of(comparison.standing), comparison.standing.key or "", comparison.standing.cohort or {}, edition.major,
        edition.campaign_id == assessment.campaign_id,
    )  # fmt: skip


_figures: Kept[int, tuple[Standing, Mapping[str, PeerFigure]]] = Kept(512)
"""The figures of the standings asked for last."""


def _figures_of(standing: Standing) -> Mapping[str, PeerFigure]:
    known = _figures.get(id(standing))
    if known is None or known[0] is not standing:
        figures = {
            variable: PeerFigure(
                figure.n or "", figure.q1, figure.median, figure.q3, figure.p10, figure.p90, figure.quarter
            )
            for variable, figure in standing.figures.items()
            if figure.q1 is not None and figure.median is not None and figure.q3 is not None
        }
        known = _figures.put(id(standing), (standing, figures))
    return known[1]
