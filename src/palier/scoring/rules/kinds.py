"""What a value is worth, by the kind of answer a criterion takes: read strictly, one clear reason for every fault.

Values come as plain data (a number, a list, a mapping) or as the text of a spreadsheet's cell ("plan=4; do=3").
Source: docs/method.md#answer-kinds.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from palier.questionnaires.rules import Criterion, Scale
from palier.questionnaires.rules.kinds import (
    Curve,
    Indicator,
    Ladder,
    Matrix,
    NetPromoter,
    Option,
    Options,
    Range,
)
from palier.scoring.rules.numbers import as_text, exact, logarithm, quotient, whole

ZERO, TOP = Fraction(0), Fraction(100)
NONE = "none"
"""How a cell says that nothing is ticked."""

COUNTS = ("promoters", "passives", "detractors")
RATINGS = tuple(str(rating) for rating in range(11))
MOST_PEOPLE = 10**12


class Reading(NamedTuple):
    """What a value says: its points and level, None while parts are `missing`; `value` is canonical JSON."""

    points: Fraction | None
    level: int | None
    value: str | None
    missing: tuple[str, ...] = ()


def read_value(criterion: Criterion, given: Any) -> Reading:
    """The reading of `given`, a value of the criterion's kind. Raises ValueError or TypeError, with the reason."""
    scale = criterion.scale
    match criterion.answer:
        case Range() as asked:
            value = exact(given)
            return _read(scale, range_points(asked, value), as_text(value))
        case Indicator() as asked:
            value = exact(given)
            return _read(scale, indicator_points(asked, value), as_text(value))
        case Options() as asked:
            ticked = _ticked(asked, given)
            return _read(scale, options_points(asked, ticked), ticked)
        case Matrix() as asked:
            return _matrix(asked, scale, given)
        case Ladder():
            met = _met(scale, given)
            level = ladder_level(met)
            return Reading(scale.points(level), level, canonical(met))
        case NetPromoter():
            return _net_promoter(scale, given)
        case _:
            level = scale.level(exact(given))
            return Reading(scale.values[level - 1], level, None)


def canonical(plain: Any) -> str:
    """`plain` as JSON written in the one way that counts: keys sorted, no spaces."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(scale: Scale, points: Fraction, plain: Any) -> Reading:
    return Reading(points, scale.level_reached(points), canonical(plain))


# --- points ----------------------------------------------------------------------------------------------------------


def range_points(asked: Range, value: Fraction) -> Fraction:
    """100 · (value - low) / (high - low), or 100 less that where the range is inverted. Raises ValueError."""
    if not asked.low <= value <= asked.high:
        raise ValueError(f"{as_text(value)} is not between {as_text(asked.low)} and {as_text(asked.high)}")
    if asked.step and (value - asked.low) % asked.step:
        step = f"steps of {as_text(asked.step)} from {as_text(asked.low)}"
        raise ValueError(f"{as_text(value)} is not one of the {step}")
    points = TOP * (value - asked.low) / (asked.high - asked.low)
    return TOP - points if asked.inverted else points


def indicator_points(asked: Indicator, value: Fraction) -> Fraction:
    """0 at the floor or worse, 100 at the goal or better, between them linear or by logarithm."""
    rising = asked.floor < asked.goal
    low, high = (asked.floor, asked.goal) if rising else (asked.goal, asked.floor)
    if value <= low:
        return ZERO if rising else TOP
    if value >= high:
        return TOP if rising else ZERO
    if asked.curve is Curve.LOG:
        return quotient(TOP, logarithm(value / asked.floor), logarithm(asked.goal / asked.floor))
    return TOP * (value - asked.floor) / (asked.goal - asked.floor)


def options_points(asked: Options, ticked: Collection[str]) -> Fraction:
    """100 · ticked weight / all positive weight, kept within 0 and 100: an option may take away."""
    positive = sum((option.weight for option in asked.options if option.weight > 0), ZERO)
    gained = sum((option.weight for option in asked.options if option.id in ticked), ZERO)
    return min(max(TOP * gained / positive, ZERO), TOP) if positive else ZERO


def matrix_points(asked: Matrix, scale: Scale, levels: Mapping[str, int]) -> Fraction:
    """The weighted mean of the rows' rungs."""
    weight = sum((row.weight for row in asked.rows), ZERO)
    return sum((row.weight * scale.points(levels[row.id]) for row in asked.rows), ZERO) / weight


def ladder_level(met: Collection[int]) -> int:
    """The highest level whose lower ones are all met; level 1 needs nothing."""
    level = 1
    while level + 1 in met:
        level += 1
    return level


def net_promoter_points(promoters: int, detractors: int, people: int) -> Fraction:
    """(share of promoters - share of detractors + 1) · 50: -100 is worth 0 points, +100 is worth 100."""
    return TOP * (people + promoters - detractors) / (2 * people)


# --- reading ---------------------------------------------------------------------------------------------------------


def _ticked(asked: Options, given: Any) -> list[str]:
    """The ids ticked, in the questionnaire's order."""
    known = {option.id: option for option in asked.options}
    ids = _cells(given) if isinstance(given, str) else given
    if not isinstance(ids, Sequence):
        raise TypeError(f"a list of options, not {_shown(given)}")
    if isinstance(given, str) and ids == [NONE] and NONE not in known:
        ids = []
    for one in ids:
        if not isinstance(one, str) or one not in known:
            raise ValueError(f"there is no option {_shown(one)}; there are {', '.join(known)}")
    if len(set(ids)) < len(ids):
        raise ValueError("an option is named twice")
    _check_alone([known[one] for one in ids])
    return [option.id for option in asked.options if option.id in ids]


def _check_alone(ticked: Sequence[Option]) -> None:
    for option in ticked:
        if option.exclusive and len(ticked) > 1:
            raise ValueError(f"{option.id} excludes every other option")


def _matrix(asked: Matrix, scale: Scale, given: Any) -> Reading:
    rows = [row.id for row in asked.rows]
    levels = {row: _rung(scale, level) for row, level in _parts(given, rows).items()}
    missing = tuple(row for row in rows if row not in levels)
    if missing:
        return Reading(None, None, canonical(levels) if levels else None, missing)
    return _read(scale, matrix_points(asked, scale, levels), levels)


def _rung(scale: Scale, given: Any) -> int:
    """A rung by its number, or by what it is worth: 4, or "75%"."""
    if isinstance(given, str) and given.endswith("%"):
        return scale.level(exact(given[:-1].strip()))
    level = whole(given)
    scale.points(level)
    return level


def _met(scale: Scale, given: Any) -> list[int]:
    """Levels met, from 2 on: those listed, or all up to the one number given."""
    said = _ladder_cell(given) if isinstance(given, str) else given
    if not isinstance(said, list | tuple | set | frozenset):
        return list(range(2, _rung(scale, said) + 1))
    levels = [_rung(scale, one) for one in said]
    if len(set(levels)) < len(levels):
        raise ValueError("a level is named twice")
    return sorted(set(levels) - {1})


def _ladder_cell(text: str) -> str | list[str]:
    """One number is a highest level; several, or one with its semicolon, are a list."""
    if text.strip() == NONE:
        return []
    return _cells(text) if ";" in text else text


def _net_promoter(scale: Scale, given: Any) -> Reading:
    if not isinstance(given, Mapping) and not (isinstance(given, str) and "=" in given):
        value = exact(given)
        if not -TOP <= value <= TOP:
            raise ValueError(f"{as_text(value)} is not between -100 and 100")
        return _read(scale, (value + TOP) / 2, as_text(value))
    counts = {name: _people(number) for name, number in _parts(given, (*COUNTS, *RATINGS)).items()}
    if any(name in COUNTS for name in counts):
        return _counted(scale, counts)
    return _rated(scale, counts)


def _counted(scale: Scale, counts: Mapping[str, int]) -> Reading:
    if mixed := [name for name in counts if name not in COUNTS]:
        raise ValueError(f"either counts or ratings, not both {mixed[0]} and {COUNTS[0]}")
    missing = tuple(name for name in COUNTS if name not in counts)
    if missing:
        return Reading(None, None, canonical(counts), missing)
    return _of_people(scale, counts["promoters"], counts["detractors"], sum(counts.values()), counts)


def _rated(scale: Scale, counts: Mapping[str, int]) -> Reading:
    promoters = sum(counts.get(rating, 0) for rating in RATINGS[9:])
    detractors = sum(counts.get(rating, 0) for rating in RATINGS[:7])
    kept = {rating: number for rating, number in counts.items() if number}
    return _of_people(scale, promoters, detractors, sum(counts.values()), kept)


def _of_people(
    scale: Scale, promoters: int, detractors: int, people: int, plain: Mapping[str, int]
) -> Reading:
    if not people:
        raise ValueError("nobody answered: there is no share of nobody")
    return _read(scale, net_promoter_points(promoters, detractors, people), plain)


def _people(given: Any) -> int:
    number = whole(given, "a number of people")
    if not 0 <= number <= MOST_PEOPLE:
        raise ValueError(f"a number of people, not {number}")
    return number


def _parts(given: Any, names: Sequence[str]) -> dict[str, Any]:
    """A mapping, or the cell "plan=4; do=3", with names from `names` only; parts left empty are absent."""
    named = _named_cells(given) if isinstance(given, str) else given
    if not isinstance(named, Mapping):
        raise TypeError(f"named parts such as {names[0]}=4, not {_shown(given)}")
    parts = {str(name): part for name, part in named.items() if part not in (None, "")}
    if unknown := [name for name in parts if name not in names]:
        raise ValueError(f"there is no {_shown(unknown[0])}; there are {', '.join(names)}")
    return {name: parts[name] for name in names if name in parts}


def _named_cells(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for cell in _cells(text):
        name, equals, part = (piece.strip() for piece in cell.partition("="))
        if not equals:
            raise ValueError(f"{_shown(cell)} is not written name=value")
        if name in parts:
            raise ValueError(f"{name} is named twice")
        parts[name] = part
    return parts


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(";") if cell.strip()]


def _shown(given: Any) -> str:
    """`given` in a reason: short, on one line."""
    text = str(given) if isinstance(given, Decimal | Fraction) else repr(given)
    return text if len(text) <= 40 else f"{text[:39]}…"
