"""What one place of a questionnaire file says about another: weights, codes, thresholds, tags, levers.

Works on plain data that may still be misshapen: what cannot be read is skipped here, the format reports it.
Source: docs/method.md#format.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from palier.questionnaires.asking import asking_problems
from palier.questionnaires.building import DEFAULT_SCALE
from palier.questionnaires.rules import CORE_TAG, Grade
from palier.questionnaires.shapes import Path, Problem
from palier.questionnaires.tree import (
    Plain,
    criteria,
    elements,
    given_under,
    levers,
    number_in,
    numbers_in,
    rows,
    rungs_of,
    texts_in,
    whole_under,
    word_under,
)

PYRAMID_TAGS = ("Y1", "Y2", "Y3", "Y4", "Y5")


def consistency_problems(data: Any) -> Iterator[Problem]:
    """Everything in `data` that contradicts something else in it."""
    if not isinstance(data, Mapping):
        return
    for check in CHECKS:
        yield from check(data)


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
        if number_in(row.get("weight")) == 0:
            yield Problem((*path, "weight"), "a weight is above 0")
    weighted = [row for _, row in dimensions if "weight" in row]
    if weighted and len(weighted) < len(dimensions):
        yield from (
            Problem(p, "weight is missing: all dimensions have one, or none")
            for p, r in dimensions
            if "weight" not in r
        )
        return
    weights = [number_in(row["weight"]) for row in weighted]
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
        wanted = word_under(dimension, "scale", DEFAULT_SCALE)
        if wanted not in scales:
            yield Problem((*path, "scale"), f"no scale is called {wanted}")
    for path, criterion in criteria(data):
        if "scale" in criterion and word_under(criterion, "scale") not in scales:
            yield Problem((*path, "scale"), f"no scale is called {criterion['scale']}")
        yield from _descriptors(criterion, path, rungs_of(data, path))


def _scale(scale: Plain, path: Path) -> Iterator[Problem]:
    values = numbers_in(scale.get("values"))
    yield from _ascending(values, (*path, "values"))
    for key in ("labels", "meaning"):
        for locale, texts in texts_in(scale.get(key)):
            if len(texts) != len(values):
                yield Problem(
                    (*path, key, locale), f"{len(texts)} given, {len(values)} wanted: one per value"
                )


def _descriptors(criterion: Plain, path: Path, rungs: int) -> Iterator[Problem]:
    for locale, texts in texts_in(criterion.get("levels")):
        if rungs and len(texts) != rungs:
            yield Problem(
                (*path, "levels", locale), f"{len(texts)} descriptors, {rungs} wanted: one per level"
            )


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
    starts = [number_in(row.get("from")) for row in levels]
    if starts and starts[0] not in (None, 0):
        yield Problem(("levels", 0, "from"), "the first level starts at 0")
    yield from _ascending(starts, ("levels",), key="from")


def _thresholds(data: Plain) -> Iterator[Problem]:
    coverage = data.get("coverage")
    shares: dict[Path, Any] = {(key,): data.get(key) for key in ("low_comparability", "reliability")}
    if isinstance(coverage, Mapping):
        shares |= {("coverage", key): value for key, value in coverage.items()}
    for path, share in shares.items():
        exact = number_in(share)
        if exact is not None and exact > 1:
            yield Problem(path, f"{share} is more than the whole: a share is 0 to 1")
    caps = data.get("evidence_caps")
    known = (
        [(grade.value, number_in(caps.get(grade.value))) for grade in Grade]
        if isinstance(caps, Mapping)
        else []
    )
    for (low, under), (high, over) in pairwise(known):
        if under is not None and over is not None and under > over:
            yield Problem(("evidence_caps", high), f"out of order: {high} is capped under {low}")


def _tags(data: Plain) -> Iterator[Problem]:
    used = {tag for _, criterion in criteria(data) for tag in given_under(criterion, "tags")}
    gated = {word_under(row, "tag") for _, row in rows(data, "gates")}
    stepped = {word_under(row, "tag") for _, row in rows(data.get("pyramid"), "steps")}
    for path, criterion in criteria(data):
        for tag in given_under(criterion, "tags"):
            if tag == CORE_TAG and tag not in gated:
                yield Problem((*path, "tags"), f"tag {tag} without a gate")
            if tag in PYRAMID_TAGS and tag not in stepped:
                yield Problem((*path, "tags"), f"tag {tag} without a step of the pyramid")
    named = [*rows(data, "gates"), *rows(data.get("pyramid"), "steps", ("pyramid",))]
    for path, row in named:
        if (tag := word_under(row, "tag")) and tag not in used:
            yield Problem((*path, "tag"), f"no criterion carries the tag {tag}")
    yield from _repeated(
        [((*p, "tag"), r.get("tag")) for p, r in rows(data.get("pyramid"), "steps", ("pyramid",))],
        "pyramid tag",
    )


def _gates(data: Plain) -> Iterator[Problem]:
    known = {whole_under(row, "level") for _, row in rows(data, "levels")}
    highest: dict[str, tuple[int, Fraction]] = {}
    for path, gate in rows(data, "gates"):
        level, tag, at_least = (
            whole_under(gate, "level"),
            word_under(gate, "tag"),
            number_in(gate.get("at_least")),
        )
        if level not in known or level == 1:
            yield Problem((*path, "level"), f"no level above the first is numbered {gate.get('level')}")
        if not level or at_least is None:
            continue
        lower, threshold = highest.get(tag, (0, Fraction(0)))
        if level <= lower or at_least < threshold:
            yield Problem((*path, "at_least"), "out of order: gates rise with their level")
        highest[tag] = (level, at_least)


def _levers(data: Plain) -> Iterator[Problem]:
    for place, element in elements(data):
        rungs = {
            word_under(row, "code"): rungs_of(data, path) for path, row in rows(element, "criteria", place)
        }
        for path, lever in rows(element, "levers", place):
            yield from _steps(lever, path, rungs)


def _steps(lever: Plain, path: Path, rungs: Mapping[str, int]) -> Iterator[Problem]:
    for place, step in rows(lever, "serves", path):
        low, high, code = step.get("from"), step.get("to"), step.get("criterion")
        top = rungs.get(word_under(step, "criterion"), 0)
        if code not in list(rungs):
            yield Problem((*place, "criterion"), f"{code} is not a criterion of this element")
        if not isinstance(low, int) or not isinstance(high, int):
            continue
        if low >= high:
            yield Problem((*place, "to"), f"a step goes up: {low} to {high} does not")
        if top and high > top:
            yield Problem((*place, "to"), f"there is no level {high}")


def _requires(data: Plain) -> Iterator[Problem]:
    needs = {word_under(lever, "id"): given_under(lever, "requires") for _, lever in levers(data)}
    for path, lever in levers(data):
        for place, wanted in enumerate(given_under(lever, "requires")):
            if wanted not in needs:
                yield Problem((*path, "requires", place), f"no lever is called {wanted}")
            elif _reaches(needs, wanted, word_under(lever, "id")):
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
    asking_problems,
)
