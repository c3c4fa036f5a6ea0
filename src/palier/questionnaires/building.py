"""From plain data to a `Questionnaire`: every default of the format stands here and nowhere else.

The data is that of a checked file, or a smaller mapping written by hand (a test, a library user): texts may
then be missing, the arithmetic may not. Source: docs/method.md#questionnaires.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from palier.questionnaires.rules import (
    Aggregation,
    Changes,
    Condition,
    Coverage,
    Criterion,
    Dimension,
    Direction,
    Display,
    Element,
    EvidenceCaps,
    Gate,
    Kpi,
    Level,
    Lever,
    Missing,
    Pyramid,
    PyramidStep,
    Questionnaire,
    Scale,
    Source,
    Step,
    Text,
    Texts,
)
from palier.questionnaires.rules.kinds import (
    CHOICE,
    PDCA_ROWS,
    RESULT_ROWS,
    AnswerKind,
    Curve,
    Indicator,
    Kind,
    Ladder,
    Matrix,
    NetPromoter,
    Option,
    Options,
    Range,
    Row,
)

NUMBER = r"[0-9]+(\.[0-9]+)?|[0-9]+/[1-9][0-9]*"
"""How a definition writes a number: integer, decimal or a/b, always as text."""
SIGNED_NUMBER = f"-?({NUMBER})"
"""A number that may be below zero: the ends of a range, the weight of an option."""

DEFAULT_SCALE = "ladder5"
DEFAULT_LADDER: Mapping[str, Any] = {"values": ["0", "25", "50", "75", "100"]}
LONGEST_SHORT = 18
DEFAULT_COVERAGE = {"node": "2/3", "total": "4/5"}
DEFAULT_LOW_COMPARABILITY = "3/10"
DEFAULT_RELIABILITY = "4/5"
DEFAULT_LEVEL_STARTS = ("0", "20", "40", "60", "80")
DEFAULT_CAPS = {"none": "40", "declared": "60", "documented": "80", "measured": "100", "verified": "100"}


class BadDefinition(ValueError):
    """Plain data from which no questionnaire can be built: the message says where and why."""


def number(text: str) -> Fraction:
    """The exact value of `text`: integer, decimal or `a/b`. Raises ValueError for anything else."""
    if not re.fullmatch(NUMBER, text):
        raise ValueError(f"not a number: {text!r}")
    return Fraction(text)


def signed_number(text: str) -> Fraction:
    """As `number`, with a minus sign allowed. Raises ValueError for anything else."""
    return -number(text[1:]) if text.startswith("-") else number(text)


def content_hash(data: Mapping[str, Any]) -> str:
    """sha256 (hex) of `data` as canonical JSON: the layout of the file does not count."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def questionnaire_from(data: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire `data` describes, in the file's own format; numbers are text or integers.

    Raises BadDefinition where something needed for the arithmetic is missing or unreadable. It checks no more
    than that: files are checked by `catalogue.check_files` first.
    """
    try:
        return _questionnaire(data)
    except BadDefinition:
        raise
    except KeyError as error:
        raise BadDefinition(f"missing or unknown: {error.args[0]}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadDefinition(str(error)) from error


def _questionnaire(data: Mapping[str, Any]) -> Questionnaire:
    scales = {name: _scale(name, plain) for name, plain in data.get("scales", {}).items()}
    scales.setdefault(DEFAULT_SCALE, _scale(DEFAULT_SCALE, DEFAULT_LADDER))
    aggregation = Aggregation(data.get("aggregation", Aggregation.WEIGHTED_MEAN))
    missing = Missing(data.get("missing", Missing.EXCLUDE))
    above = _Above(scales, aggregation, missing)
    dimensions = tuple(_dimension(plain, above) for plain in data["dimensions"])
    coverage = {**DEFAULT_COVERAGE, **data.get("coverage", {})}
    return Questionnaire(
        id=data.get("id", ""),
        version=data.get("version", ""),
        title=_text(data.get("title")),
        introduction=_text(data.get("introduction")),
        licence=data.get("licence", ""),
        sources=tuple(Source(s["name"], _text(s.get("note"))) for s in data.get("sources", ())),
        locales=tuple(data.get("locales", ())),
        minutes=data.get("minutes", 0),
        scales=tuple(scales.values()),
        display=_display(data) or Display(Fraction(100), 1),
        aggregation=aggregation,
        missing=missing,
        coverage=Coverage(_number(coverage["node"]), _number(coverage["total"])),
        low_comparability=_number(data.get("low_comparability", DEFAULT_LOW_COMPARABILITY)),
        levels=_levels(data.get("levels")),
        gates=tuple(Gate(g["level"], g["tag"], _number(g["at_least"])) for g in data.get("gates", ())),
        pyramid=_pyramid(data.get("pyramid")),
        evidence_caps=_caps(data.get("evidence_caps", {})),
        dimensions=dimensions,
        content_hash=content_hash(data),
        changes=_changes(data.get("changes")),
        reliability=_number(data.get("reliability", DEFAULT_RELIABILITY)),
    )


def _number(plain: str | int) -> Fraction:
    """Numbers are text in files; an integer is as exact, so hand-written mappings may use it."""
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise BadDefinition(f'a number is text, such as "2/3", not {plain!r}')
    return number(str(plain))


def _weight(plain: Mapping[str, Any]) -> Fraction:
    weight = _number(plain.get("weight", "1"))
    if weight <= 0:
        raise BadDefinition(f"{plain['code']}: a weight is above 0")
    return weight


def _text(plain: Mapping[str, str] | None) -> Text:
    return Text(tuple((plain or {}).items()))


def _texts(plain: Mapping[str, Iterable[str]] | None) -> Texts:
    return Texts(tuple((locale, tuple(texts)) for locale, texts in (plain or {}).items()))


def _scale(name: str, plain: Mapping[str, Any]) -> Scale:
    values = tuple(_number(value) for value in plain["values"])
    if len(values) < 2 or any(low >= high for low, high in pairwise(values)):
        raise BadDefinition(f"scale {name}: two values or more, in ascending order")
    return Scale(name, values, _texts(plain.get("labels")), _texts(plain.get("meaning")))


def _levels(plain: Iterable[Mapping[str, Any]] | None) -> tuple[Level, ...]:
    if plain is None:
        plain = [{"level": n, "from": start} for n, start in enumerate(DEFAULT_LEVEL_STARTS, 1)]
    return tuple(Level(row["level"], _number(row["from"]), _text(row.get("name"))) for row in plain)


def _pyramid(plain: Mapping[str, Any] | None) -> Pyramid | None:
    if plain is None:
        return None
    steps = tuple(PyramidStep(step["tag"], _text(step.get("name"))) for step in plain["steps"])
    return Pyramid(_number(plain["at_least"]), steps)


def _caps(plain: Mapping[str, Any]) -> EvidenceCaps:
    return EvidenceCaps(**{grade: _number(cap) for grade, cap in {**DEFAULT_CAPS, **plain}.items()})


class _Above(NamedTuple):
    """What a node takes from those above it unless it says otherwise."""

    scales: Mapping[str, Scale]
    aggregation: Aggregation
    missing: Missing
    scale: str = DEFAULT_SCALE

    def within(self, plain: Mapping[str, Any]) -> "_Above":
        """The same for the children of `plain`. The method is not handed down: each node has its own."""
        return self._replace(
            missing=Missing(plain.get("missing", self.missing)), scale=plain.get("scale", self.scale)
        )


def _display(plain: Mapping[str, Any]) -> Display | None:
    shown = plain.get("display")
    if shown is None:
        return None
    return Display(_number(shown.get("max", "100")), shown.get("decimals", 1))


def _changes(plain: Mapping[str, Any] | None) -> Changes | None:
    if plain is None:
        return None
    lists = (tuple(plain.get(key, ())) for key in ("same", "changed", "new", "dropped"))
    return Changes(plain["since"], *lists)


def _dimension(plain: Mapping[str, Any], above: _Above) -> Dimension:
    here = above.within(plain)
    return Dimension(
        code=plain["code"],
        label=_text(plain.get("label")),
        weight=_weight(plain),
        has_weight="weight" in plain,
        scale=here.scales[here.scale],
        aggregation=Aggregation(plain.get("aggregation", here.aggregation)),
        elements=tuple(_element(element, plain["code"], here) for element in plain["elements"]),
        display=_display(plain),
    )


def _element(plain: Mapping[str, Any], dimension: str, above: _Above) -> Element:
    code = plain["code"]
    here = above.within(plain)
    return Element(
        code=code,
        label=_text(plain.get("label")),
        short=_text(plain.get("short") or _shortened(plain.get("label"))),
        weight=_weight(plain),
        aggregation=Aggregation(plain.get("aggregation", here.aggregation)),
        criteria=tuple(_criterion(criterion, code, dimension, here) for criterion in plain["criteria"]),
        levers=tuple(_lever(lever, code) for lever in plain.get("levers", ())),
        display=_display(plain),
    )


def _shortened(label: Mapping[str, str] | None) -> dict[str, str]:
    """A label short enough for the axis of a chart, where the file gives none."""
    return {
        locale: text if len(text) <= LONGEST_SHORT else text[: LONGEST_SHORT - 1].rstrip() + "…"
        for locale, text in (label or {}).items()
    }


def _criterion(plain: Mapping[str, Any], element: str, dimension: str, above: _Above) -> Criterion:
    here = above.within(plain)
    return Criterion(
        code=plain["code"],
        label=_text(plain.get("label")),
        weight=_weight(plain),
        tags=tuple(plain.get("tags", ())),
        covers=_text(plain.get("covers")),
        levels=_texts(plain.get("levels")),
        evidence=_texts(plain.get("evidence")),
        scale=here.scales[here.scale],
        element_code=element,
        dimension_code=dimension,
        answer=_answer(plain.get("answer")),
        missing=here.missing,
        display=_display(plain),
        shown_if=tuple(Condition(row["criterion"], row["level"]) for row in plain.get("shown_if", ())),
        matches=tuple(plain.get("matches", ())),
    )


def _answer(plain: Mapping[str, Any] | None) -> AnswerKind:
    match Kind((plain or {}).get("kind", Kind.CHOICE)), plain or {}:
        case Kind.CHOICE, _:
            return CHOICE
        case Kind.RANGE, given:
            return _range(given)
        case Kind.OPTIONS, given:
            return Options(tuple(_option(row) for row in given["options"]))
        case Kind.MATRIX, given:
            return Matrix(tuple(_row(row) for row in given["rows"]))
        case Kind.PDCA, _:
            return Matrix(tuple(_row({"id": name}) for name in PDCA_ROWS), Kind.PDCA)
        case Kind.RESULTS, given:
            names = RESULT_ROWS if given.get("comparison") else RESULT_ROWS[:-1]
            return Matrix(tuple(_row({"id": name}) for name in names), Kind.RESULTS)
        case Kind.LADDER, _:
            return Ladder()
        case Kind.KPI, given:
            return _indicator(given)
        case _:
            return NetPromoter()


def _range(plain: Mapping[str, Any]) -> Range:
    low, high = _signed(plain["from"]), _signed(plain["to"])
    if low >= high:
        raise BadDefinition(f"a range goes up: {low} to {high} does not")
    step = _number(plain["step"]) if "step" in plain else None
    if step == 0:
        raise BadDefinition("a step is above 0")
    return Range(low, high, plain.get("inverted", False), step, _text(plain.get("unit")))


def _option(plain: Mapping[str, Any]) -> Option:
    weight = _signed(plain.get("weight", "0" if plain.get("exclusive") else "1"))
    return Option(plain["id"], _text(plain.get("label")), weight, plain.get("exclusive", False))


def _row(plain: Mapping[str, Any]) -> Row:
    return Row(plain["id"], _text(plain.get("label")), _weight({"code": plain["id"], **plain}))


def _indicator(plain: Mapping[str, Any]) -> Indicator:
    floor, goal = _signed(plain["floor"]), _signed(plain["goal"])
    curve = Curve(plain.get("curve", Curve.LINEAR))
    if floor == goal:
        raise BadDefinition("an indicator's floor and goal differ")
    if curve is Curve.LOG and min(floor, goal) <= 0:
        raise BadDefinition("a logarithmic indicator has its floor and goal above 0")
    return Indicator(floor, goal, curve, _text(plain.get("unit")))


def _signed(plain: str | int) -> Fraction:
    """As `_number`, below zero as well."""
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise BadDefinition(f'a number is text, such as "-2.5", not {plain!r}')
    return signed_number(str(plain))


def _lever(plain: Mapping[str, Any], element: str) -> Lever:
    kpi = plain["kpi"]
    return Lever(
        id=plain["id"],
        title=_text(plain["title"]),
        steps=_texts(plain["steps"]),
        effort=plain["effort"],
        months=plain["months"],
        serves=tuple(Step(step["criterion"], step["from"], step["to"]) for step in plain["serves"]),
        kpi=Kpi(_text(kpi["name"]), _text(kpi["unit"]), Direction(kpi["direction"])),
        requires=tuple(plain.get("requires", ())),
        element_code=element,
    )
