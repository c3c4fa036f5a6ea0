"""Two rounds side by side, whatever their versions: common criteria, peers of both, and the work finished between them.

They only read: call them inside `reading(actor)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.changes import LevelChanges, level_changes
from palier.assessments.rules.differences import Difference, differences
from palier.assessments.rules.finished import Deed, Deeds
from palier.assessments.rules.over_time import Beside, Trend, chained, group_change, reliable_change, slope
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.rules.reading import Table, tabulate
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules.result import TOTAL
from palier.scoring.rules.rounds import Comparison, compare


@dataclass(frozen=True, slots=True)
class Pair:
    """An earlier and a later round on the same questionnaire, of whatever version. `table` is the later one's."""

    before: Round
    after: Round
    table: Table
    peers_before: PeerView | None = None
    peers_after: PeerView | None = None
    deeds: tuple[Deed, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def comparison(self) -> Comparison:
        """Both rounds recomputed over the criteria scored in both. Raises LookupError when the table stands alone."""
        if self.table.comparison is None:
            raise LookupError(self.after.name)
        return self.table.comparison

    @property
    def levels(self) -> LevelChanges:
        """How many criteria changed level."""
        return level_changes(self.table, self.before.result, self.after.result)

    @property
    def sd_from(self) -> PeerView | None:
        """The published group whose spread the reliable change uses: the earlier round's, else the later one's."""
        return self.peers_before or self.peers_after

    def beside(self, variable: str) -> Beside:
        """The change of one node beside error and peers."""
        change = self.comparison.changes.get(variable)
        delta, spread = change.delta if change else None, self.sd_from
        figure = spread.figures.get(variable) if spread else None
        reliable = reliable_change(delta, figure, self.after.questionnaire.reliability)
        return Beside(delta, reliable, group_change(variable, self.peers_before, self.peers_after))


async def load_pair(actor: Actor, a: str, b: str, peers: Peers, deeds: Deeds) -> Pair | tuple[Round, Round]:
    """The rounds `a` and `b`, the one opened first first; the two rounds alone where they share no questionnaire.

    Raises DoesNotExist.
    """
    one, other = (
        await load_round(actor, a, with_answers=False),
        await load_round(actor, b, with_answers=False),
    )
    before, after = sorted((one, other), key=lambda row: (row.assessment.opens_on, row.assessment.created_at))
    if before.questionnaire.id != after.questionnaire.id or before.assessment.id == after.assessment.id:
        return before, after
    return await pair_of(actor, before, after, peers, deeds)


async def pair_of(actor: Actor, before: Round, after: Round, peers: Peers, deeds: Deeds) -> Pair:
    """Two rounds of one questionnaire with what is published beside each and what was finished between them."""
    table = tabulate(after.questionnaire, after.result, None, (before.questionnaire, before.result))
    done = await deeds(actor, *window(before.assessment, after.assessment))
    early, late = await _same_group(actor, before, after, peers)
    return Pair(
        before, after, table, early, late, done, differences(table, before.result, after.result, done)
    )


def window(before: Assessment, after: Assessment) -> tuple[datetime, datetime]:
    """From the submission of the earlier round to that of the later one; an open round ends now."""
    started = before.submitted_at or before.created_at
    return started, after.submitted_at or now()


async def _same_group(
    actor: Actor, before: Round, after: Round, peers: Peers
) -> tuple[PeerView | None, PeerView | None]:
    """What is published beside each round: of one group where both editions show one, else of each one's own.

    A group may be shown in one edition and fall back to a wider one in the other: each edition is then asked for the
    group the other shows, as a reader of the benchmark page may.
    """
    early, late = await _published(actor, before, peers), await _published(actor, after, peers)
    if early is None or late is None or early.cohort_key == late.cohort_key:
        return early, late
    same = await peers(actor, before.assessment, late.cohort)
    if same is not None and same.cohort_key == late.cohort_key:
        return same, late
    same = await peers(actor, after.assessment, early.cohort)
    return (early, same) if same is not None and same.cohort_key == early.cohort_key else (early, late)


async def _published(actor: Actor, one: Round, peers: Peers) -> PeerView | None:
    """An open round has no peers: a benchmark never judges answers that may still change."""
    return None if one.provisional else await peers(actor, one.assessment)


def trends(rounds: Sequence[Round], codes: Sequence[str]) -> Mapping[str, Trend]:
    """The trend of each node over the submitted `rounds`, oldest first; nodes without three scored rounds are absent."""
    scored = [one for one in rounds if one.assessment.submitted_at and one.result.score is not None]
    links = [
        compare(early.result, late.result, changed_between(early.questionnaire, late.questionnaire))
        for early, late in pairwise(scored)
    ]
    found = {code: _trend(scored, links, code) for code in (TOTAL, *codes)}
    return {code: trend for code, trend in found.items() if trend}


def _trend(rounds: Sequence[Round], links: Sequence[Comparison], code: str) -> Trend | None:
    if not rounds or code not in rounds[-1].result.nodes:
        return None
    deltas = [link.changes[code].delta if code in link.changes else None for link in links]
    points = chained(rounds[-1].result.node(code).score, deltas)
    if points is None:
        return None
    days = [one.assessment.submitted_at.date() for one in rounds if one.assessment.submitted_at]
    found = slope(list(zip(days, points, strict=True)))
    return None if found is None else Trend(found, len(points))
