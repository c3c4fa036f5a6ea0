"""What one place of a questionnaire file says about another: weights, codes, thresholds, tags, levers.

Works on plain data that may still be misshapen: what cannot be read is skipped here, the format reports it.
Source: docs/method.md#format.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from palier.questionnaires.building import DEFAULT_SCALE, number
from palier.questionnaires.format import Path, Problem
from palier.questionnaires.rules import CORE_TAG, Grade

Plain = Mapping[str, Any]
Located = tuple[Path, Plain]
"""A group of fields and where it stands."""

PYRAMID_TAGS = ("Y1", "Y2", "Y3", "Y4", "Y5")


def consistency_problems(data: Any) -> Iterator[Problem]:
    """Everything in `data` that contradicts something else in it."""
    if not isinstance(data, Mapping):
        return
    for check in CHECKS:
        yield from check(data)


def rows(owner: Any, key: str, path: Path = ()) -> list[Located]:
    """The groups listed under `key`, with their paths; none when it is not a list of groups."""
    listed = owner.get(key) if isinstance(owner, Mapping) else None
    if not isinstance(listed, list):
        return []
    return [((*path, key, n), row) for n, row in enumerate(listed) if isinstance(row, Mapping)]


def elements(data: Plain) -> list[Located]:
    """Every element with its path."""
    return [e for path, dimension in rows(data, "dimensions") for e in rows(dimension, "elements", path)]


def criteria(data: Plain) -> list[Located]:
    """Every criterion with its path."""
    return [c for path, element in elements(data) for c in rows(element, "criteria", path)]


def levers(data: Plain) -> list[Located]:
    """Every lever with its path."""
    return [lever for path, element in elements(data) for lever in rows(element, "levers", path)]


def _number(plain: Any) -> Fraction | None:
    try:
        return number(plain)
    except (TypeError, ValueError):
        return None


def _numbers(listed: Any) -> list[Fraction | None]:
    return [_number(item) for item in listed] if isinstance(listed, list) else []


def _texts(value: Any) -> list[tuple[str, list[Any]]]:
    """The lists of a localised list, by locale."""
    if not isinstance(value, Mapping):
        return []
    return [(locale, texts) for locale, texts in value.items() if isinstance(texts, list)]


def _word(plain: Plain, key: str, default: str = "") -> str:
    value = plain.get(key, default)
    return value if isinstance(value, str) else ""


def _whole(plain: Plain, key: str) -> int:
    """The whole number under `key`; 0, which is no level, for anything else."""
    value = plain.get(key)
    return value if isinstance(value, int) else 0


def _given(plain: Plain, key: str) -> list[str]:
    listed = plain.get(key)
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []


def _unique_names(data: Plain) -> Iterator[Problem]:
    coded = [*rows(data, "dimensions"), *elements(data), *criteria(data)]
    yield from _repeated([((*path, "code"), row.get("code")) for path, row in coded], "code")
    yield from _repeated([((*path, "id"), row.get("id")) for path, row in levers(data)], "lever id")
    locales = data.get("locales")
    listed = locales if isinstance(locales, list) else []
    yield from _repeated([(("locales", n), locale) for n, locale in enumerate(listed)], "locale")


def _repeated(named: Sequence[tuple[Path, Any]], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, name in named:
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Problem(path, f"{what} {name} is used twice")
        seen.add(name)


def _weights(data: Plain) -> Iterator[Problem]:
    dimensions = rows(data, "dimensions")
    for path, row in [*dimensions, *elements(data), *criteria(data)]:
        if _number(row.get("weight")) == 0:
            yield Problem((*path, "weight"), "a weight is above 0")
    weighted = [row for _, row in dimensions if "weight" in row]
    if weighted and len(weighted) < len(dimensions):
        yield from (
            Problem(p, "weight is missing: all dimensions have one, or none")
            for p, r in dimensions
            if "weight" not in r
        )
        return
    weights = [_number(row["weight"]) for row in weighted]
    known = [weight for weight in weights if weight is not None]
    if weights and len(known) == len(weights) and sum(known) != 100:
        yield Problem(("dimensions",), f"the weights of the dimensions add up to {sum(known)}, not 100")


def _scales(data: Plain) -> Iterator[Problem]:
    scales = data.get("scales")
    if not isinstance(scales, Mapping):
        return
    for name, scale in scales.items():
        if isinstance(scale, Mapping):
            yield from _scale(scale, ("scales", name))
    for path, dimension in rows(data, "dimensions"):
        wanted = _word(dimension, "scale", DEFAULT_SCALE)
        if wanted not in scales:
            yield Problem((*path, "scale"), f"no scale is called {wanted}")
            continue
        yield from _descriptors(dimension, path, _rungs(data, dimension))


def _scale(scale: Plain, path: Path) -> Iterator[Problem]:
    values = _numbers(scale.get("values"))
    yield from _ascending(values, (*path, "values"))
    for key in ("labels", "meaning"):
        for locale, texts in _texts(scale.get(key)):
            if len(texts) != len(values):
                yield Problem(
                    (*path, key, locale), f"{len(texts)} given, {len(values)} wanted: one per value"
                )


def _rungs(data: Plain, dimension: Plain) -> int:
    """How many levels the criteria of a dimension have, 0 when its scale cannot be read."""
    scales = data.get("scales")
    scale = scales.get(_word(dimension, "scale", DEFAULT_SCALE)) if isinstance(scales, Mapping) else None
    return len(_numbers(scale.get("values"))) if isinstance(scale, Mapping) else 0


def _descriptors(dimension: Plain, path: Path, rungs: int) -> Iterator[Problem]:
    for element_path, element in rows(dimension, "elements", path):
        for place, criterion in rows(element, "criteria", element_path):
            for locale, texts in _texts(criterion.get("levels")):
                if rungs and len(texts) != rungs:
                    reason = f"{len(texts)} descriptors, {rungs} wanted: one per level"
                    yield Problem((*place, "levels", locale), reason)


def _ascending(values: Sequence[Fraction | None], path: Path, *, key: str = "") -> Iterator[Problem]:
    for place, (low, high) in enumerate(pairwise(values), 1):
        if low is not None and high is not None and low >= high:
            where = (*path, place, key) if key else (*path, place)
            yield Problem(where, f"out of order: {high} after {low}")


def _levels(data: Plain) -> Iterator[Problem]:
    levels = [row for _, row in rows(data, "levels")]
    for place, row in enumerate(levels):
        if isinstance(row.get("level"), int) and row["level"] != place + 1:
            yield Problem(("levels", place, "level"), f"level {row['level']} stands where {place + 1} is due")
    starts = [_number(row.get("from")) for row in levels]
    if starts and starts[0] not in (None, 0):
        yield Problem(("levels", 0, "from"), "the first level starts at 0")
    yield from _ascending(starts, ("levels",), key="from")


def _thresholds(data: Plain) -> Iterator[Problem]:
    coverage = data.get("coverage")
    shares: dict[Path, Any] = {("low_comparability",): data.get("low_comparability")}
    if isinstance(coverage, Mapping):
        shares |= {("coverage", key): value for key, value in coverage.items()}
    for path, share in shares.items():
        exact = _number(share)
        if exact is not None and exact > 1:
            yield Problem(path, f"{share} is more than the whole: a share is 0 to 1")
    caps = data.get("evidence_caps")
    known = (
        [(grade.value, _number(caps.get(grade.value))) for grade in Grade]
        if isinstance(caps, Mapping)
        else []
    )
    for (low, under), (high, over) in pairwise(known):
        if under is not None and over is not None and under > over:
            yield Problem(("evidence_caps", high), f"out of order: {high} is capped under {low}")


def _tags(data: Plain) -> Iterator[Problem]:
    used = {tag for _, criterion in criteria(data) for tag in _given(criterion, "tags")}
    gated = {_word(row, "tag") for _, row in rows(data, "gates")}
    stepped = {_word(row, "tag") for _, row in rows(data.get("pyramid"), "steps")}
    for path, criterion in criteria(data):
        for tag in _given(criterion, "tags"):
            if tag == CORE_TAG and tag not in gated:
                yield Problem((*path, "tags"), f"tag {tag} without a gate")
            if tag in PYRAMID_TAGS and tag not in stepped:
                yield Problem((*path, "tags"), f"tag {tag} without a step of the pyramid")
    named = [*rows(data, "gates"), *rows(data.get("pyramid"), "steps", ("pyramid",))]
    for path, row in named:
        if (tag := _word(row, "tag")) and tag not in used:
            yield Problem((*path, "tag"), f"no criterion carries the tag {tag}")
    yield from _repeated(
        [((*p, "tag"), r.get("tag")) for p, r in rows(data.get("pyramid"), "steps", ("pyramid",))],
        "pyramid tag",
    )


def _gates(data: Plain) -> Iterator[Problem]:
    known = {_whole(row, "level") for _, row in rows(data, "levels")}
    highest: dict[str, tuple[int, Fraction]] = {}
    for path, gate in rows(data, "gates"):
        level, tag, at_least = _whole(gate, "level"), _word(gate, "tag"), _number(gate.get("at_least"))
        if level not in known or level == 1:
            yield Problem((*path, "level"), f"no level above the first is numbered {gate.get('level')}")
        if not level or at_least is None:
            continue
        lower, threshold = highest.get(tag, (0, Fraction(0)))
        if level <= lower or at_least < threshold:
            yield Problem((*path, "at_least"), "out of order: gates rise with their level")
        highest[tag] = (level, at_least)


def _levers(data: Plain) -> Iterator[Problem]:
    for path, dimension in rows(data, "dimensions"):
        rungs = _rungs(data, dimension)
        for place, element in rows(dimension, "elements", path):
            codes = [row.get("code") for _, row in rows(element, "criteria", place)]
            for lever_path, lever in rows(element, "levers", place):
                yield from _steps(lever, lever_path, codes, rungs)
            yield from _served(element, place, rungs)


def _steps(lever: Plain, path: Path, codes: Sequence[Any], rungs: int) -> Iterator[Problem]:
    for place, step in rows(lever, "serves", path):
        low, high = step.get("from"), step.get("to")
        if step.get("criterion") not in codes:
            yield Problem(
                (*place, "criterion"), f"{step.get('criterion')} is not a criterion of this element"
            )
        if not isinstance(low, int) or not isinstance(high, int):
            continue
        if low >= high:
            yield Problem((*place, "to"), f"a step goes up: {low} to {high} does not")
        if rungs and high > rungs:
            yield Problem((*place, "to"), f"there is no level {high}")


def _served(element: Plain, path: Path, rungs: int) -> Iterator[Problem]:
    """Each criterion needs, at each level but the last, a lever of its element."""
    steps = [step for _, lever in rows(element, "levers", path) for _, step in rows(lever, "serves")]
    for place, criterion in rows(element, "criteria", path):
        code = criterion.get("code")
        open_levels = [n for n in range(1, rungs) if not any(_serves(step, code, n) for step in steps)]
        if open_levels:
            named = ", ".join(str(level) for level in open_levels)
            yield Problem((*place, "code"), f"no lever serves {code} at level {named}")


def _serves(step: Plain, code: Any, level: int) -> bool:
    return step.get("criterion") == code and _whole(step, "from") <= level < _whole(step, "to")


def _requires(data: Plain) -> Iterator[Problem]:
    needs = {_word(lever, "id"): _given(lever, "requires") for _, lever in levers(data)}
    for path, lever in levers(data):
        for place, wanted in enumerate(_given(lever, "requires")):
            if wanted not in needs:
                yield Problem((*path, "requires", place), f"no lever is called {wanted}")
            elif _reaches(needs, wanted, _word(lever, "id")):
                yield Problem(
                    (*path, "requires", place), f"{lever.get('id')} would have to come before itself"
                )


def _reaches(needs: Mapping[str, Sequence[str]], start: str, goal: str) -> bool:
    """Whether following `requires` from `start` arrives at `goal`."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        lever = waiting.pop()
        if lever == goal:
            return True
        if lever not in seen:
            seen.add(lever)
            waiting.extend(needs.get(lever, ()))
    return False


CHECKS: tuple[Callable[[Plain], Iterator[Problem]], ...] = (
    _unique_names,
    _weights,
    _scales,
    _levels,
    _thresholds,
    _tags,
    _gates,
    _levers,
    _requires,
)
