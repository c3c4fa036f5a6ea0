"""What a questionnaire is made of: dimensions, elements, criteria, levers, levels, gates.

Pure and immutable. Numbers are `Fraction`, texts carry every locale of the file.
Source: docs/method.md#questionnaires.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

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


class Direction(StrEnum):
    """Which way an indicator improves."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every locale of its questionnaire."""

    by_locale: tuple[tuple[str, str], ...] = ()

    def in_(self, locale: str) -> str:
        """The text in `locale`, else in the questionnaire's first locale, else empty."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1] if self.by_locale else "")


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts in every locale; all locales have the same length."""

    by_locale: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def in_(self, locale: str) -> tuple[str, ...]:
        """The texts in `locale`, else in the questionnaire's first locale, else none."""
        return dict(self.by_locale).get(locale, self.by_locale[0][1] if self.by_locale else ())


@dataclass(frozen=True, slots=True)
class Source:
    """A standard or document the questionnaire relates to, cited and never copied."""

    name: str
    note: Text


@dataclass(frozen=True, slots=True)
class Scale:
    """The rungs an answer chooses from; level n is worth `values[n - 1]` points."""

    name: str
    values: tuple[Fraction, ...]
    labels: Texts
    meaning: Texts

    def points(self, level: int) -> Fraction:
        """Points of `level` (1 is the first rung). Raises ValueError outside the scale."""
        if not 1 <= level <= len(self.values):
            raise ValueError(f"level {level} is not on the scale {self.name} (1 to {len(self.values)})")
        return self.values[level - 1]

    def level(self, points: Fraction) -> int:
        """The level worth exactly `points`. Raises ValueError between rungs."""
        if points not in self.values:
            rungs = ", ".join(str(value) for value in self.values)
            raise ValueError(f"{points} is not on the scale {self.name} ({rungs})")
        return self.values.index(points) + 1


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

    @property
    def is_core(self) -> bool:
        """Whether the gates of the upper maturity levels look at this criterion."""
        return CORE_TAG in self.tags

    def descriptor(self, level: int, locale: str) -> str:
        """What is seen at `level` (1 is the first). Raises IndexError outside the scale."""
        return self.levels.in_(locale)[level - 1]


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a criterion's ladder that a lever serves."""

    criterion: str
    from_level: int
    to_level: int

    def applies(self, level: int) -> bool:
        """Whether the lever helps a criterion now at `level`."""
        return self.from_level <= level < self.to_level


@dataclass(frozen=True, slots=True)
class Kpi:
    """The indicator that tells whether a lever works."""

    name: Text
    unit: Text
    direction: Direction


@dataclass(frozen=True, slots=True)
class Lever:
    """An action worth a line in a plan. Effort 1 to 5; months until it shows an effect."""

    id: str
    title: Text
    steps: Texts
    effort: int
    months: int
    serves: tuple[Step, ...]
    kpi: Kpi
    requires: tuple[str, ...]
    element_code: str

    def applies(self, criterion: str, level: int) -> bool:
        """Whether this lever serves `criterion` when it stands at `level`."""
        return any(step.criterion == criterion and step.applies(level) for step in self.serves)


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
class Display:
    """The native scale of the model, and decimals shown."""

    max: Fraction
    decimals: int


@dataclass(frozen=True, slots=True)
class Index:
    """Where everything is, by code; built once per questionnaire."""

    positions: Mapping[str, int]
    elements: Mapping[str, Element]
    dimensions: Mapping[str, Dimension]
    levers: Mapping[str, Lever]


@dataclass(frozen=True, slots=True, eq=False)
class Questionnaire:
    """A version of a questionnaire. Equal when the content is: see `content_hash` (sha256, hex)."""

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
    criteria: tuple[Criterion, ...] = field(init=False, repr=False)
    index: Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        criteria = tuple(criterion for dimension in self.dimensions for criterion in dimension.criteria)
        object.__setattr__(self, "criteria", criteria)
        object.__setattr__(self, "index", _index(self.dimensions, criteria))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Questionnaire) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

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
