"""The content of a document: frozen plain data, already in the reader's language, ready to be set in type.

Points are exact fractions on 0-100 and are rounded once, where they are printed. Figures about peers are the whole
points of a published edition. Shares (weights, coverage) are fractions on 0-1. `None` means "there is no such figure";
where a reader would ask why, a text beside it says so. A `change` is the one the engine measured on the criteria scored
in both rounds: it is not the difference of two printed scores where a criterion was left out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from palier.reports.rules.accent import DEFAULT_ACCENT
from palier.reports.rules.options import PLAIN, Options
from palier.reports.rules.seals import Seal


class Unprintable(Exception):
    """The document cannot be set: nested too deep, a picture that is none, a resource that stops the engine."""


class Quarter(StrEnum):
    """Where the organisation stands among its peers: the only rank a benchmark gives."""

    BOTTOM = "bottom"
    SECOND = "second"
    THIRD = "third"
    TOP = "top"


class AnswerState(StrEnum):
    """What became of a criterion."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "na"
    NOT_KNOWN = "dk"
    BLANK = "blank"


class EvidenceGrade(StrEnum):
    """How an answer is supported, from nothing to checked by a mandated person."""

    NONE = "none"
    DECLARED = "declared"
    DOCUMENTED = "documented"
    MEASURED = "measured"
    VERIFIED = "verified"


class ActionStatus(StrEnum):
    """The column of the board an action stands in."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture file as it was uploaded: PNG, JPEG or WebP; redrawn before it enters a document."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs the document: the organisation itself or the consultant's firm. `accent` is `#RRGGBB`."""

    name: str
    person: str = ""
    logo: Logo | None = None
    accent: str = DEFAULT_ACCENT


@dataclass(frozen=True, slots=True)
class Head:
    """A sign at the head of a document: a logo, or the name where there is none."""

    name: str
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What a reader needs before opening: who, about what, and how things stood when.

    `as_of` is the moment of the data snapshot; every date in the file comes from it, so the same data make the same bytes.
    """

    organisation: str
    questionnaire: str
    round: str
    as_of: datetime
    issuer: Issuer
    scope: str = ""
    """In words, where only some dimensions were assessed."""
    seal: Seal | None = None
    """What the document can be checked by; none on a preview."""
    heads: tuple[Head, ...] = ()
    """Whose signs stand at the head, first to last, where it is not the issuer's alone."""

    def letterhead(self) -> tuple[Head, ...]:
        """The signs to draw, first to last: the issuer's where nothing else was asked for."""
        return self.heads or (Head(self.issuer.name, self.issuer.logo),)


@dataclass(frozen=True, slots=True)
class Level:
    """A maturity level with the points it starts at."""

    number: int
    name: str
    starts_at: Fraction


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Published figures of a peer group, in whole points; the tenths only where the group counts 40 or more."""

    q1: int
    median: int
    q3: int
    p10: int | None = None
    p90: int | None = None


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """The group the organisation is compared with, its banded size in words, and the edition it was published in."""

    name: str
    size: str
    edition: str
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure beside its peers; without published figures, `hidden` says why there are none."""

    quartiles: Quartiles | None = None
    quarter: Quarter | None = None
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The result in one place. `withheld` says why there is no score; `capped_by` names the criteria holding the level.

    `measured_on` says which criteria the changes rest on, where they are not all of them.
    """

    score: Fraction | None
    level: Level | None
    sentence: str
    coverage: Fraction
    evidenced: Fraction | None = None
    previous: Fraction | None = None
    previous_round: str = ""
    change: Fraction | None = None
    measured_on: str = ""
    comparison: Comparison = Comparison()
    capped_by: tuple[str, ...] = ()
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension: its weight in the total, its score, and the points it brings; `short` is its name on a chart."""

    code: str
    label: str
    weight: Fraction
    score: Fraction | None
    contribution: Fraction | None
    previous: Fraction | None = None
    change: Fraction | None = None
    comparison: Comparison = Comparison()
    short: str = ""
    low_comparability: bool = False


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element of a dimension; `short` is its name on a chart, at most 18 characters."""

    dimension: str
    code: str
    label: str
    short: str
    score: Fraction | None
    previous: Fraction | None = None
    change: Fraction | None = None
    comparison: Comparison = Comparison()
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion as answered; `note` is the reason of a "not applicable", or the value where none of the levels was chosen."""

    element: str
    code: str
    label: str
    state: AnswerState
    level: int | None = None
    previous_level: int | None = None
    evidence: EvidenceGrade = EvidenceGrade.NONE
    core: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Strength:
    """A criterion or element that stands out, and the fact that says so."""

    code: str
    label: str
    reason: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """A criterion to move first: its level, what one level more brings to the total, and the lever to begin with."""

    code: str
    label: str
    level: int | None
    gap: int | None = None
    gain: Fraction | None = None
    lever: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The condition of a level: every core criterion at `at_least` points; `held_by` are the codes that are not there."""

    level: Level
    at_least: Fraction
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PyramidStep:
    """A step of the pyramid of service excellence, and whether it is reached."""

    number: int
    name: str
    score: Fraction | None
    reached: bool


@dataclass(frozen=True, slots=True)
class EvidenceBalance:
    """The declared score beside the one the evidence supports, and how many answers stand at each grade."""

    declared: Fraction
    supported: Fraction
    grades: tuple[tuple[EvidenceGrade, int], ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """An indicator of an action. Values are texts as the owner wrote them; `unit` may be empty."""

    name: str
    baseline: str = ""
    target: str = ""
    latest: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the plan. `effort` 1-5, `progress` 0-100 %, `gain` in points of the total, computed by the engine."""

    code: str
    title: str
    criteria: tuple[str, ...]
    status: ActionStatus
    why: str = ""
    steps: tuple[str, ...] = ()
    owner: str = ""
    sponsor: str = ""
    start: date | None = None
    due: date | None = None
    progress: int = 0
    kpi: Kpi | None = None
    effort: int | None = None
    gain: Fraction | None = None

    def is_overdue(self, on: date) -> bool:
        """Whether the action should have been done before the day `on`."""
        return self.due is not None and self.due < on and self.status is not ActionStatus.DONE


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions, and what the engine computes when all of them have worked."""

    title: str
    actions: tuple[Action, ...]
    score: Fraction | None = None
    level: Level | None = None
    projected: Fraction | None = None
    projected_level: Level | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What makes the document checkable years later. Hashes are hexadecimal; empty means "does not apply"."""

    questionnaire_id: str
    questionnaire_version: str
    questionnaire_hash: str
    licence: str = ""
    sources: tuple[str, ...] = ()
    engine_version: str = ""
    result_hash: str = ""
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class ResultsAndPlan:
    """The results of one submitted assessment with the plan drawn from them. Rows stand in the order of the questionnaire."""

    cover: Cover
    headline: Headline
    levels: tuple[Level, ...]
    dimensions: tuple[DimensionRow, ...]
    elements: tuple[ElementRow, ...]
    criteria: tuple[CriterionRow, ...]
    provenance: Provenance
    peers: PeerGroup | None = None
    strengths: tuple[Strength, ...] = ()
    priorities: tuple[Priority, ...] = ()
    gates: tuple[Gate, ...] = ()
    pyramid: tuple[PyramidStep, ...] = ()
    evidence: EvidenceBalance | None = None
    plan: Plan | None = None
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class ActionPlanDocument:
    """The action plan alone, as it is handed to the people who carry it."""

    cover: Cover
    plan: Plan
    levels: tuple[Level, ...]
    provenance: Provenance
    options: Options = PLAIN
