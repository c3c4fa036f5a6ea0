"""What a file says of how its criteria are asked: answer kinds, conditions, matches, changes since a version.

Works on plain data that may still be misshapen, as `consistency`. Source: docs/method.md#format.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from palier.questionnaires.rules.kinds import Curve, Kind
from palier.questionnaires.shapes import Path, Problem
from palier.questionnaires.tree import (
    Plain,
    criteria,
    given_under,
    number_in,
    rows,
    rungs_of,
    scale_of,
    whole_under,
    word_under,
)

CHANGES = ("same", "changed", "new", "dropped")


def asking_problems(data: Plain) -> Iterator[Problem]:
    """Everything in `data` that could not be asked or compared as it says."""
    for path, criterion in criteria(data):
        answer = criterion.get("answer")
        if isinstance(answer, Mapping):
            yield from _answer(answer, (*path, "answer"))
    yield from _conditions(data)
    yield from _matches(data)
    yield from _changes(data)


def _answer(answer: Plain, path: Path) -> Iterator[Problem]:
    match answer.get("kind"):
        case Kind.RANGE:
            yield from _range(answer, path)
        case Kind.KPI:
            yield from _indicator(answer, path)
        case Kind.OPTIONS:
            yield from _repeated_ids(answer, "options", path)
            weights = [_weight(row) for _, row in rows(answer, "options")]
            if weights and all(weight is not None and weight <= 0 for weight in weights):
                yield Problem((*path, "options"), "no option has a weight above 0")
        case Kind.MATRIX:
            yield from _repeated_ids(answer, "rows", path)
            for place, row in rows(answer, "rows", path):
                if number_in(row.get("weight")) == 0:
                    yield Problem((*place, "weight"), "a weight is above 0")


def _weight(option: Plain) -> Fraction | None:
    if "weight" not in option:
        return Fraction(0 if option.get("exclusive") is True else 1)
    return number_in(option.get("weight"))


def _range(answer: Plain, path: Path) -> Iterator[Problem]:
    low, high, step = (number_in(answer.get(key)) for key in ("from", "to", "step"))
    if low is None or high is None:
        return
    if low >= high:
        yield Problem((*path, "to"), f"a range goes up: {low} to {high} does not")
    elif step == 0 or (step and (high - low) % step):
        yield Problem((*path, "step"), f"steps of {step} do not lead from {low} to {high}")


def _indicator(answer: Plain, path: Path) -> Iterator[Problem]:
    floor, goal = number_in(answer.get("floor")), number_in(answer.get("goal"))
    if floor is None or goal is None:
        return
    if floor == goal:
        yield Problem((*path, "goal"), "floor and goal are the same")
    elif answer.get("curve") == Curve.LOG and min(floor, goal) <= 0:
        yield Problem((*path, "curve"), "a logarithmic curve needs its floor and goal above 0")


def _repeated_ids(answer: Plain, key: str, path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, row in rows(answer, key, path):
        name = word_under(row, "id")
        if name in seen:
            yield Problem((*place, "id"), f"id {name} is used twice")
        seen.add(name)


def _conditions(data: Plain) -> Iterator[Problem]:
    """A condition looks back at a criterion already answered, and at a level that criterion has."""
    every = {word_under(row, "code") for _, row in criteria(data)}
    rungs_before: dict[str, int] = {}
    for path, criterion in criteria(data):
        for place, condition in rows(criterion, "shown_if", path):
            named, level = word_under(condition, "criterion"), whole_under(condition, "level")
            if named not in every:
                yield Problem((*place, "criterion"), f"no criterion is called {named}")
            elif named not in rungs_before:
                yield Problem((*place, "criterion"), f"{named} does not come before {criterion.get('code')}")
            elif 0 < rungs_before[named] < level:
                yield Problem((*place, "level"), f"{named} has no level {level}")
        rungs_before[word_under(criterion, "code")] = rungs_of(data, path)


def _matches(data: Plain) -> Iterator[Problem]:
    own = {word_under(row, "code") for _, row in criteria(data)}
    for path, criterion in criteria(data):
        for place, code in enumerate(given_under(criterion, "matches")):
            if code in own:
                yield Problem((*path, "matches", place), f"{code} is a criterion of this questionnaire")


def _changes(data: Plain) -> Iterator[Problem]:
    changes = data.get("changes")
    if not isinstance(changes, Mapping):
        return
    yield from _since(word_under(changes, "since"), word_under(data, "version"))
    own = [word_under(row, "code") for _, row in criteria(data)]
    listed = Counter(code for key in CHANGES for code in given_under(changes, key))
    for key in CHANGES:
        for place, code in enumerate(given_under(changes, key)):
            if listed[code] > 1:
                yield Problem(("changes", key, place), f"{code} is listed twice")
            if key == "dropped" and code in own:
                yield Problem(("changes", key, place), f"{code} is still asked")
            if key != "dropped" and code not in own:
                yield Problem(("changes", key, place), f"{code} is not a criterion of this version")
    if missing := [code for code in own if not listed[code]]:
        yield Problem(("changes",), f"not said of {', '.join(missing)}: same, changed or new")


def _since(since: str, version: str) -> Iterator[Problem]:
    if _numbered(since) >= _numbered(version) or _numbered(since)[:1] != _numbered(version)[:1]:
        yield Problem(("changes", "since"), f"{since} is not an earlier version of the same major")


def _numbered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def version_problems(before: Any, after: Plain) -> Iterator[Problem]:
    """Whether `after` says the truth of what it changed since `before`, the file of that version."""
    changes = after.get("changes")
    if not isinstance(changes, Mapping):
        yield Problem((), f"changes is missing: what became of each criterion of {before.get('version')}")
        return
    old, new = _asked(before), _asked(after)
    said = {code: key for key in CHANGES for code in given_under(changes, key)}
    for code in old:
        if code not in said:
            yield Problem(("changes",), f"not said of {code}, which was asked before")
    for code, key in said.items():
        if reason := _untrue(key, old.get(code), new.get(code)):
            yield Problem(("changes", key), f"{code} {reason}")


def _untrue(key: str, before: Any, after: Any) -> str | None:
    if key == "new" and before is not None:
        return "was asked before"
    if key != "new" and before is None:
        return "was not asked before"
    if key == "same" and before != after:
        return "is not answered as before: changed"
    return None


def _asked(data: Any) -> dict[str, Any]:
    """By code, what answers must share to be compared at all: the scale and the kind of answer."""
    scales = data.get("scales")
    asked: dict[str, Any] = {}
    for path, criterion in criteria(data):
        named = scale_of(data, path)
        scale = scales.get(named) if isinstance(scales, Mapping) else None
        values = scale.get("values") if isinstance(scale, Mapping) else None
        asked[word_under(criterion, "code")] = (values, criterion.get("answer"))
    return asked
