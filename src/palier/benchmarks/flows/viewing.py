"""A round's benchmark page: what stands between it and a comparison, or the comparison with the edition before."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from palier.assessments.consents import shares
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.comparing import (
    Comparison,
    compare,
    editions_for,
    families_beside,
    own_rungs,
    published_for,
)
from palier.benchmarks.rules.across import Across, Rung
from palier.benchmarks.rules.lines import Before, Line, line
from palier.benchmarks.rules.standing import Refusal, Standing
from palier.foundation.actor import Actor
from palier.foundation.kept import Kept
from palier.network.store import NetworkMember, networks_of
from palier.questionnaires.flows.offering import asked_in
from palier.questionnaires.rules import Questionnaire
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules.result import TOTAL, Result
from palier.scoring.rules.rounds import compare as compare_rounds


class Obstacle(StrEnum):
    """Why there is nothing to compare with."""

    OPEN = "open"
    """The round is not submitted: a benchmark never judges answers that may still change."""
    NO_NETWORK = "no_network"
    UNVERIFIED = "unverified"
    """The network's staff has not verified the member yet."""
    NOT_SHARED = "not_shared"
    """The round's scores did not join the benchmark: whoever does not share does not compare."""
    NO_EDITION = "no_edition"
    NOT_SOLD = "not_sold"
    """There are editions, none of which the organisation's offer opens."""
    NOTHING_SHOWN = "nothing_shown"
    """Not even the whole network has enough peers."""
    KNOWN = "known"
    """Whoever looks knows too many of these peers to be shown their figures."""


class UnknownEdition(LookupError):
    """No edition of this id that the organisation may read against this round."""


@dataclass(frozen=True, slots=True)
class View:
    """The page's content. With an obstacle there is no comparison."""

    round: Round
    obstacle: Obstacle | None
    editions: Sequence[store.Edition] = ()
    comparison: Comparison | None = None
    before: Before | None = None
    last: store.Edition | None = None
    """The edition before, where `before` comes from."""
    campaign: Campaign | None = None
    memberships: Sequence[NetworkMember] = ()
    across: Across | None = None
    """The families of sectors side by side."""
    rungs: tuple[Rung, ...] = ()
    """The groups of the own attributes, from the narrowest to the network, and why some are not shown."""
    changed: frozenset[str] = frozenset()
    """Criteria of the round that read otherwise in the version the edition's campaign asked: they are not compared."""
    closed: int = 0
    """How many published editions the organisation's offer does not open."""
    asked: str = ""
    """The version the edition's campaign asked; empty where there is no file for it."""

    @property
    def replaced(self) -> store.Edition | None:
        """Of an erratum: the edition it replaces."""
        return next((one for one in self.editions if one.id == self.shown.edition.corrects_id), None)

    @property
    def replaced_by(self) -> store.Edition | None:
        """The erratum that replaces the edition shown."""
        return next((one for one in self.editions if one.corrects_id == self.shown.edition.id), None)

    @property
    def shown(self) -> Comparison:
        """The comparison, where nothing stands in its way. Raises LookupError."""
        if self.comparison is None:
            raise LookupError(self.obstacle)
        return self.comparison

    def lines(self, codes: Sequence[str]) -> list[Line]:
        """The lines of these variables, in this order."""
        found = self.shown
        return [
            line(
                code, self.round.result.node(code).score, found.own, found.standing, self.before, found.wider
            )
            for code in codes
        ]

    @property
    def total(self) -> Line:
        """The line of the whole."""
        return self.lines([TOTAL])[0]


async def view_benchmark(
    actor: Actor, slug: str, edition_id: UUID | None = None, cohort: Mapping[str, str] | None = None
) -> View:
    """The benchmark of the round `slug`, in the edition and cohort asked or the most natural ones.

    Raises DoesNotExist for a round, UnknownEdition for an edition, that is not the actor's to see. Call it inside `reading(actor)`.
    """
    one = await load_round(actor, slug, with_answers=False)
    assessment = one.assessment
    editions = await editions_for(actor, assessment)
    # Editions are found as a member's, verified or of invented data: who finds one need not be asked whether they are.
    memberships = () if editions else await networks_of(actor)
    closed = len(await published_for(actor, assessment)) - len(editions)
    obstacle = _obstacle(one, memberships, editions, closed, shared=await shares(assessment))
    if obstacle:
        campaign = await Campaign.get_or_none(id=assessment.campaign_id) if assessment.campaign_id else None
        return View(one, obstacle, editions, campaign=campaign, memberships=memberships)
    chosen = _chosen(editions, edition_id)
    asked = await _asked(chosen)
    changed = _unlike(one.questionnaire, asked)
    comparison = await compare(actor, one.result, chosen, cohort, changed)
    hidden = _hidden(comparison.standing)
    if hidden:
        return View(one, hidden, editions, comparison)
    last = _last(chosen, editions)
    before = await _before(actor, one, comparison, last, asked) if last else None
    return View(
        one, None, editions, comparison, before, last, across=await families_beside(actor, chosen, dimensions_of(one.questionnaire)),
        rungs=await own_rungs(actor, chosen), changed=changed, closed=closed, asked=asked.version if asked else "",
    )  # fmt: skip


def dimensions_of(questionnaire: Questionnaire) -> list[str]:
    """The variables set side by side across sectors: the whole, where all of it was asked, and the dimensions."""
    whole = [] if questionnaire.scope else [TOTAL]
    return [*whole, *(dimension.code for dimension in questionnaire.dimensions)]


async def _asked(edition: store.Edition) -> Questionnaire | None:
    """What the campaign of an edition asked its members; None where there is no file for it."""
    campaign = edition.campaign
    return await asked_in(campaign.questionnaire, campaign.major, campaign.version)


def _unlike(one: Questionnaire, other: Questionnaire | None) -> frozenset[str]:
    """Criteria that two versions word or score otherwise; none where one of them is not known."""
    return changed_between(one, other) if other else frozenset()


def _obstacle(
    one: Round, memberships: Sequence[NetworkMember], editions: Sequence[store.Edition], closed: int, *, shared: bool
) -> Obstacle | None:  # fmt: skip
    if one.provisional:
        return Obstacle.OPEN
    if not (editions or memberships):
        return Obstacle.NO_NETWORK
    if not (editions or any(member.verified_at or member.network.fictive for member in memberships)):
        return Obstacle.UNVERIFIED
    if not shared:
        return Obstacle.NOT_SHARED
    if editions:
        return None
    return Obstacle.NOT_SOLD if closed else Obstacle.NO_EDITION


def _hidden(standing: Standing) -> Obstacle | None:
    if standing.cohort is not None:
        return None
    known = any(refused.reason is Refusal.PORTFOLIO for refused in standing.refused)
    return Obstacle.KNOWN if known else Obstacle.NOTHING_SHOWN


def _chosen(editions: Sequence[store.Edition], wanted: UUID | None) -> store.Edition:
    for edition in editions:
        if wanted in (None, edition.id):
            return edition
    raise UnknownEdition(wanted)


def _last(edition: store.Edition, editions: Sequence[store.Edition]) -> store.Edition | None:
    """The edition before; where an erratum has replaced it, the erratum."""
    last = next((other for other in editions if other.id == edition.previous_id), None)
    return next((other for other in editions if last and other.corrects_id == last.id), last)


async def _before(
    actor: Actor, one: Round, now: Comparison, last: store.Edition, asked: Questionnaire | None
) -> Before | None:
    """The same cohort in the edition before, beside the round that answered its campaign, else the round before."""
    earlier = [other for other in one.history[:-1] if other.assessment.campaign_id == last.campaign_id]
    past = earlier[-1] if earlier else one.previous
    if past is None or now.standing.cohort is None:
        return None
    asked_then = await _asked(last)
    then = await compare(
        actor, past.result, last, now.standing.cohort, _unlike(past.questionnaire, asked_then)
    )
    if then.standing.cohort != now.standing.cohort:
        return None
    changed = changed_between(past.questionnaire, one.questionnaire)
    unlike = _unlike(asked_then, asked) if asked_then else frozenset()
    return _since(past.result, one.result, then.standing, changed, unlike)


_moved: Kept[Hashable, tuple[Sequence[object], Before]] = Kept(256)
"""What moved since the edition before, with the results and the standing it was read from."""


def _since(
    past: Result, now: Result, then: Standing, changed: frozenset[str], unlike: frozenset[str]
) -> Before:
    read_from = (past, now, then)
    key = (*map(id, read_from), changed, unlike)
    known = _moved.get(key)
    if known is None or any(one is not other for one, other in zip(known[0], read_from, strict=True)):
        changes = compare_rounds(past, now, changed).changes
        own = {code: node.score for code, node in past.nodes.items()}
        before = Before(then, own, {code: change.delta for code, change in changes.items()}, unlike)
        known = _moved.put(key, (read_from, before))
    return known[1]
