"""What a questionnaire is made of: dimensions, elements, criteria, levers, levels, gates.

Pure and immutable. Numbers are `Fraction`, texts carry every locale of the file.
Source: docs/method.md#questionnaires.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from palier.questionnaires.rules.kinds import CHOICE, AnswerKind
from palier.questionnaires.rules.levers import Lever
from palier.questionnaires.rules.texts import Scale, Text, Texts

CORE_TAG = "K"
"""Criteria with this tag are looked at by the gates of the upper maturity levels."""


class Aggregation(StrEnum):
    """How a node's score is made from its children's."""

    WEIGHTED_MEAN = "weighted_mean"
    GEOMETRIC_MEAN = "geometric_mean"
    MINIMUM = "minimum"
    SUM = "sum"


class Missing(StrEnum):
    """What a criterion without an answer (don't know, blank) does to its element."""

    EXCLUDE = "exclude"
    ZERO = "zero"


class Grade(StrEnum):
    """How well an answer is backed, from nothing to checked by a mandated person."""

    NONE = "none"
    DECLARED = "declared"
    DOCUMENTED = "documented"
    MEASURED = "measured"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Source:
    """A standard or document the questionnaire relates to, cited and never copied."""

    name: str
    note: Text


@dataclass(frozen=True, slots=True)
class Display:
    """The native scale of a model or a node, and decimals shown: native value = points * max / 100."""

    max: Fraction
    decimals: int

    def native(self, points: Fraction) -> Fraction:
        """`points` (0 to 100) on this scale, exact."""
        return points * self.max / 100


@dataclass(frozen=True, slots=True)
class Condition:
    """A criterion is asked only if `criterion` stands at `level` or above."""

    criterion: str
    level: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One statement an organisation places itself on, with a descriptor per level."""

    code: str
    label: Text
    weight: Fraction
    tags: tuple[str, ...]
    covers: Text
    levels: Texts
    evidence: Texts
    scale: Scale
    element_code: str
    dimension_code: str
    answer: AnswerKind = CHOICE
    missing: Missing = Missing.EXCLUDE
    display: Display | None = None
    shown_if: tuple[Condition, ...] = ()
    matches: tuple[str, ...] = ()

    @property
    def is_core(self) -> bool:
        """Whether the gates of the upper maturity levels look at this criterion."""
        return CORE_TAG in self.tags

    def descriptor(self, level: int, locale: str) -> str:
        """What is seen at `level` (1 is the first), else what its rung means. Raises IndexError outside the scale."""
        texts = self.levels.in_(locale) or self.scale.meaning.in_(locale)
        return texts[level - 1] if texts else ""


@dataclass(frozen=True, slots=True)
class Element:
    """A group of criteria scored together, with the levers that move them."""

    code: str
    label: Text
    short: Text
    weight: Fraction
    aggregation: Aggregation
    criteria: tuple[Criterion, ...]
    levers: tuple[Lever, ...]
    display: Display | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A group of elements; `has_weight` tells a declared weight from "all equal"."""

    code: str
    label: Text
    weight: Fraction
    has_weight: bool
    scale: Scale
    aggregation: Aggregation
    elements: tuple[Element, ...]
    display: Display | None = None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria of every element, in order."""
        return tuple(criterion for element in self.elements for criterion in element.criteria)


@dataclass(frozen=True, slots=True)
class Level:
    """A maturity level and the points from which it holds."""

    level: int
    start: Fraction
    name: Text


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition of `level`: every criterion tagged `tag` at `at_least` points or more."""

    level: int
    tag: str
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class PyramidStep:
    """One step of the pyramid: the criteria tagged `tag`."""

    tag: str
    name: Text


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Step k is reached when the means of steps 1 to k are all at `at_least` points or more."""

    at_least: Fraction
    steps: tuple[PyramidStep, ...]


@dataclass(frozen=True, slots=True)
class EvidenceCaps:
    """The most points an answer supports, by grade of its evidence."""

    none: Fraction
    declared: Fraction
    documented: Fraction
    measured: Fraction
    verified: Fraction

    def of(self, grade: Grade) -> Fraction:
        """The cap of `grade`, in points."""
        return getattr(self, grade.value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Least answered share (inclusive) for a node, and for the total, to have a score."""

    node: Fraction
    total: Fraction


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version changed since version `since`: every code of both versions stands in exactly one list."""

    since: str
    same: tuple[str, ...]
    changed: tuple[str, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Where everything is, by code; built once per questionnaire."""

    positions: Mapping[str, int]
    elements: Mapping[str, Element]
    dimensions: Mapping[str, Dimension]
    levers: Mapping[str, Lever]


@dataclass(frozen=True, slots=True, eq=False)
class Questionnaire:
    """A version of a questionnaire. Equal when content and scope are: see `content_hash` (sha256, hex).

    `scope` names the dimensions asked; () is all of them.
    """

    id: str
    version: str
    title: Text
    introduction: Text
    licence: str
    sources: tuple[Source, ...]
    locales: tuple[str, ...]
    minutes: int
    scales: tuple[Scale, ...]
    display: Display
    aggregation: Aggregation
    missing: Missing
    coverage: Coverage
    low_comparability: Fraction
    levels: tuple[Level, ...]
    gates: tuple[Gate, ...]
    pyramid: Pyramid | None
    evidence_caps: EvidenceCaps
    dimensions: tuple[Dimension, ...]
    content_hash: str
    changes: Changes | None = None
    scope: tuple[str, ...] = ()
    reliability: Fraction = Fraction(4, 5)
    """How much of the spread of scores is no error of measurement, 0 to 1; see docs/method.md#rounds."""
    criteria: tuple[Criterion, ...] = field(init=False, repr=False)
    index: Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        criteria = tuple(criterion for dimension in self.dimensions for criterion in dimension.criteria)
        object.__setattr__(self, "criteria", criteria)
        object.__setattr__(self, "index", _index(self.dimensions, criteria))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Questionnaire) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, tuple[str, ...]]:
        return self.content_hash, self.scope

    def within(self, dimensions: Iterable[str]) -> "Questionnaire":
        """This questionnaire asked only for the dimensions named (in its own order); none or all: the whole.

        The pyramid needs the whole and goes; gates look at the criteria that stay. Raises ValueError for a code
        that is no dimension. Source: docs/method.md#scope.
        """
        wanted = set(dimensions)
        if unknown := sorted(wanted - set(self.index.dimensions)):
            raise ValueError(f"{unknown[0]} is not a dimension of {self.key}")
        if not wanted or wanted == set(self.index.dimensions):
            return self
        kept = tuple(item for item in self.dimensions if item.code in wanted)
        asked = sum(len(item.criteria) for item in kept)
        return replace(
            self,
            dimensions=_self_contained(kept),
            pyramid=None,
            scope=tuple(item.code for item in kept),
            minutes=-(-self.minutes * asked // len(self.criteria)),
        )

    @property
    def key(self) -> str:
        """Name and version, such as "SX/1.0.0"."""
        return f"{self.id}/{self.version}"

    @property
    def elements(self) -> tuple[Element, ...]:
        """Every element, in order."""
        return tuple(self.index.elements.values())

    @property
    def levers(self) -> tuple[Lever, ...]:
        """Every lever, in order."""
        return tuple(self.index.levers.values())

    def criterion(self, code: str) -> Criterion:
        """The criterion `code`. Raises KeyError."""
        return self.criteria[self.index.positions[code]]

    def element(self, code: str) -> Element:
        """The element `code`. Raises KeyError."""
        return self.index.elements[code]

    def dimension(self, code: str) -> Dimension:
        """The dimension `code`. Raises KeyError."""
        return self.index.dimensions[code]

    def lever(self, lever_id: str) -> Lever:
        """The lever `lever_id`. Raises KeyError."""
        return self.index.levers[lever_id]

    def element_of(self, code: str) -> Element:
        """The element that holds the criterion `code`. Raises KeyError."""
        return self.element(self.criterion(code).element_code)

    def dimension_of(self, code: str) -> Dimension:
        """The dimension that holds the criterion `code`. Raises KeyError."""
        return self.dimension(self.criterion(code).dimension_code)

    def position(self, code: str) -> int:
        """The place of the criterion `code`, counted from 1. Raises KeyError."""
        return self.index.positions[code] + 1

    def previous(self, code: str) -> Criterion | None:
        """The criterion before `code`, None at the first. Raises KeyError."""
        place = self.index.positions[code]
        return self.criteria[place - 1] if place else None

    def next(self, code: str) -> Criterion | None:
        """The criterion after `code`, None at the last. Raises KeyError."""
        place = self.index.positions[code] + 1
        return self.criteria[place] if place < len(self.criteria) else None

    def levers_for(self, code: str, level: int | None = None) -> tuple[Lever, ...]:
        """Levers that serve the criterion `code`, at any level or at `level`. Raises KeyError."""
        levers = self.element_of(code).levers
        if level is None:
            return tuple(lever for lever in levers if any(s.criterion == code for s in lever.serves))
        return tuple(lever for lever in levers if lever.applies(code, level))

    def tagged(self, tag: str) -> tuple[Criterion, ...]:
        """Criteria that carry `tag`, in order."""
        return tuple(criterion for criterion in self.criteria if tag in criterion.tags)

    def level_name(self, level: int) -> Text:
        """The name of maturity level `level` (1 is the first). Raises IndexError outside."""
        return self.levels[level - 1].name


def _index(dimensions: Iterable[Dimension], criteria: Iterable[Criterion]) -> Index:
    elements = [element for dimension in dimensions for element in dimension.elements]
    return Index(
        positions={criterion.code: place for place, criterion in enumerate(criteria)},
        elements={element.code: element for element in elements},
        dimensions={dimension.code: dimension for dimension in dimensions},
        levers={lever.id: lever for element in elements for lever in element.levers},
    )


def _self_contained(dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """The dimensions without what points out of them: levers required, conditions on criteria not asked."""
    levers = {
        lever.id for dimension in dimensions for element in dimension.elements for lever in element.levers
    }
    criteria = {criterion.code for dimension in dimensions for criterion in dimension.criteria}
    return tuple(
        replace(dimension, elements=tuple(_contained(e, levers, criteria) for e in dimension.elements))
        for dimension in dimensions
    )


def _contained(element: Element, levers: Collection[str], criteria: Collection[str]) -> Element:
    return replace(
        element,
        criteria=tuple(
            replace(item, shown_if=tuple(c for c in item.shown_if if c.criterion in criteria))
            for item in element.criteria
        ),
        levers=tuple(
            replace(item, requires=tuple(wanted for wanted in item.requires if wanted in levers))
            for item in element.levers
        ),
    )
