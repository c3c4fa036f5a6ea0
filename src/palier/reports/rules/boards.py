"""The summary for a board: two pages of results and plan, never one more. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from palier.reports.rules.action_sheets import cut
from palier.reports.rules.documents import (
    Action,
    ActionStatus,
    Cover,
    DimensionRow,
    EvidenceBalance,
    Headline,
    Level,
    PeerGroup,
    Plan,
    Priority,
    Provenance,
    ResultsAndPlan,
    Strength,
)
from palier.reports.rules.options import PLAIN, Options

PAGES = 2


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """What a board reads: where the organisation stands, then what is being done about it.

    `most` is how many actions are listed; `small` sets everything smaller.
    """

    cover: Cover
    headline: Headline
    levels: tuple[Level, ...]
    dimensions: tuple[DimensionRow, ...]
    provenance: Provenance
    peers: PeerGroup | None = None
    strengths: tuple[Strength, ...] = ()
    priorities: tuple[Priority, ...] = ()
    evidence: EvidenceBalance | None = None
    plan: Plan | None = None
    options: Options = PLAIN
    most: int = 7
    small: bool = False

    @property
    def leading(self) -> tuple[Action, ...]:
        """The actions listed: those that are not done and bring most, then those due first."""
        actions = self.plan.actions if self.plan else ()
        return tuple(sorted(actions, key=_standing))[: self.most]


def _standing(action: Action) -> tuple[bool, Fraction, date]:
    return action.status is ActionStatus.DONE, -(action.gain or Fraction(0)), action.due or date.max


def board_of(results: ResultsAndPlan) -> BoardSummary:
    """The summary of a whole report: the same figures, fewer of them."""
    return BoardSummary(
        cover=results.cover,
        headline=results.headline,
        levels=results.levels,
        dimensions=results.dimensions,
        provenance=results.provenance,
        peers=results.peers,
        strengths=results.strengths[:3],
        priorities=results.priorities[:5],
        evidence=results.evidence,
        plan=results.plan,
        options=results.options,
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """How much a summary holds: characters of a sentence and of a label, lines of each list; `small` sets it smaller."""

    sentence: int
    label: int
    dimensions: int
    points: int
    actions: int
    small: bool = False


MEASURES = (
    Measure(240, 130, 9, 5, 7),
    Measure(200, 100, 9, 4, 6),
    Measure(160, 80, 9, 4, 8, small=True),
    Measure(90, 36, 7, 3, 5, small=True),
    Measure(60, 20, 6, 2, 4, small=True),
)
"""From nearly everything to what always fits on two pages; what is cut stands in the full report and the attached data."""


def may_fit(document: BoardSummary) -> bool:
    """Whether it is worth setting `document`: an estimate in lines that errs on the side of trying."""
    labels = [*(row.label for row in document.dimensions), *(row.label for row in document.strengths)]
    labels += [row.label for row in document.priorities]
    return sum(1 + len(label) // _NARROW for label in labels) <= _LINES


_NARROW, _LINES = 42, 44


def shortened(document: BoardSummary, measure: Measure) -> BoardSummary:
    """`document` with no more than `measure` holds; an ellipsis says where something was cut."""
    face, result, peers = document.cover, document.headline, document.peers
    label = measure.label
    return replace(
        document,
        cover=replace(
            face, organisation=cut(face.organisation, label), questionnaire=cut(face.questionnaire, label),
            round=cut(face.round, min(60, label)), scope=cut(face.scope, measure.sentence),
        ),
        headline=replace(
            result, sentence=cut(result.sentence, measure.sentence), withheld=cut(result.withheld, measure.sentence),
            previous_round=cut(result.previous_round, min(40, label)), capped_by=result.capped_by[:8],
        ),
        dimensions=tuple(replace(row, label=cut(row.label, label)) for row in document.dimensions[: measure.dimensions]),
        strengths=tuple(
            replace(row, label=cut(row.label, label), reason=cut(row.reason, label))
            for row in document.strengths[: min(3, measure.points)]
        ),
        priorities=tuple(
            replace(row, label=cut(row.label, label), lever=cut(row.lever, label))
            for row in document.priorities[: measure.points]
        ),
        peers=peers and replace(
            peers, name=cut(peers.name, label), size=cut(peers.size, 40), edition=cut(peers.edition, 40),
            fallback=cut(peers.fallback, label),
        ),
        plan=document.plan and _short_plan(document.plan, label),
        most=measure.actions,
        small=measure.small,
    )  # fmt: skip


def _short_plan(plan: Plan, label: int) -> Plan:
    actions = tuple(
        replace(action, title=cut(action.title, label), owner=cut(action.owner, min(40, label)))
        for action in plan.actions
    )
    return replace(plan, title=cut(plan.title, label), actions=actions)
