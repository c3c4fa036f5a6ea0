"""Values in words: what was answered, what it is worth and why, what an input takes, and why a value is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from palier.assessments.rules.asked import Turn
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.value_fields import fields_of
from palier.foundation.language import (
    current,
    decimal_mark,
    joined,
    ngettext,
    number,
    pgettext,
    points,
    signed,
    with_percent,
)
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Criterion, Text
from palier.questionnaires.rules.kinds import (
    Curve,
    Indicator,
    Kind,
    Ladder,
    Matrix,
    NetPromoter,
    Options,
    Range,
    Row,
)
from palier.scoring.rules.kinds import COUNTS, Reading, ladder_level, read_value

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Worth:
    """What an answer gives: `points` and `level` once complete, and a sentence that says why or what is missing."""

    points: Fraction | None
    level: int | None
    why: str


# --- what was answered ------------------------------------------------------------------------------------------------


def value_words(criterion: Criterion, value: Any) -> str:
    """`value`, plain data of a criterion that asks for no rung, in a few words; empty for none or another kind's."""
    if value is None or _reading(criterion, value) is None:
        return ""
    match criterion.answer, value:
        case (Range() | Indicator()) as asked, str():
            return with_unit(figure(value), asked.unit)
        case NetPromoter(), str():
            return _("NPS %(score)s") % {"score": signed(Fraction(value), _places(value))}
        case NetPromoter(), dict():
            return _people_words(value)
        case Options() as asked, list():
            labels = [option.label.in_(current()) for option in asked.options if option.id in value]
            return " · ".join(labels) if labels else _("None of these")
        case Matrix() as asked, dict():
            return ", ".join(f"{row_label(row)}{NBSP}{value.get(row.id, '–')}" for row in asked.rows)
        case Ladder(), list():
            return _ladder_words(value)
    return ""


def _reading(criterion: Criterion, value: Any) -> Reading | None:
    """`value` as the engine reads it; None where it does not, as after a version that asks otherwise."""
    try:
        return read_value(criterion, value)
    except (ValueError, TypeError, ArithmeticError):
        return None


def figure(text: str) -> str:
    """A stored number as the reader's language writes it, every decimal of it."""
    return number(Fraction(text), _places(text))


def _places(text: str) -> int:
    return 2 if "/" in text else len(text.partition(".")[2])


def with_unit(words: str, unit: Text) -> str:
    """`words` with their unit: "55 %", "12 jours"; English writes "55%"."""
    name = unit.in_(current())
    if not name:
        return words
    return with_percent(words) if name == "%" else f"{words}{NBSP}{name}"


def row_label(row: Row) -> str:
    """What a line of a matrix is called; the lines every PDCA and results panel has are named here."""
    return row.label.in_(current()) or {
        "plan": pgettext("cycle", "Plan"),
        "do": pgettext("cycle", "Do"),
        "check": pgettext("cycle", "Check"),
        "act": pgettext("cycle", "Act"),
        "trend": pgettext("results", "Trend"),
        "target": pgettext("results", "Target"),
        "comparison": pgettext("results", "Comparison"),
    }.get(row.id, row.id)


def count_label(name: str) -> str:
    """Who is counted for a net promoter score."""
    return {
        "promoters": _("Promoters (9 and 10)"),
        "passives": _("Passives (7 and 8)"),
        "detractors": _("Detractors (0 to 6)"),
    }[name]


def _people_words(counts: Mapping[str, int]) -> str:
    if not any(name in COUNTS for name in counts):
        total = sum(counts.values())
        return ngettext("%(num)s rating", "%(num)s ratings", total) % {"num": number(total)}
    words = {"promoters": _("promoters"), "passives": _("passives"), "detractors": _("detractors")}
    return ", ".join(f"{number(counts[name])}{NBSP}{words[name]}" for name in COUNTS if name in counts)


def _ladder_words(met: Sequence[int]) -> str:
    if not met:
        return _("No level above the first is met")
    named = joined([number(level) for level in met])
    return ngettext("Level %(levels)s is met", "Levels %(levels)s are met", len(met)) % {"levels": named}


# --- what it is worth -------------------------------------------------------------------------------------------------


def worth(criterion: Criterion, draft: Draft) -> Worth | None:
    """What `draft` gives on `criterion`, by the engine; None while nothing is answered or a rung was chosen."""
    reading = None if draft.value is None else _reading(criterion, draft.value)
    if reading is None:
        return None
    if reading.missing:
        return Worth(None, None, _missing_words(criterion, reading.missing))
    return Worth(reading.points, reading.level, _why(criterion, draft.value))


def worth_words(found: Worth) -> str:
    """ "62.5 points, level 3" """
    if found.points is None:
        return _("Incomplete")
    # French counts from two on, decimals included; English writes "1.0 points".
    count = 0 if found.points < 2 else 2
    told = ngettext("%(points)s points, level %(level)s", "%(points)s points, level %(level)s", count)
    return told % {"points": points(found.points), "level": found.level}


def _missing_words(criterion: Criterion, missing: Iterable[str]) -> str:
    names = joined([_part_label(criterion, name) for name in missing])
    told = _("Still missing: %(parts)s. Kept as it is; counts as unanswered until it is complete.")
    return told % {"parts": names}


def _part_label(criterion: Criterion, name: str) -> str:
    if isinstance(criterion.answer, Matrix):
        return next(row_label(row) for row in criterion.answer.rows if row.id == name)
    return count_label(name)


def _why(criterion: Criterion, value: Any) -> str:
    match criterion.answer:
        case Ladder():
            return _ladder_why(criterion, value)
        case Indicator() as asked:
            return _indicator_why(asked, Fraction(value))
        case NetPromoter() if isinstance(value, dict):
            score = 2 * (read_value(criterion, value).points or 0) - 100
            return _("A net promoter score of %(score)s.") % {"score": signed(score)}
    return ""


def _ladder_why(criterion: Criterion, met: Sequence[int]) -> str:
    counts = ladder_level(met)
    above = [level for level in met if level > counts]
    if above:
        told = _("Level %(level)s counts: level %(gap)s is not met, so what is ticked above it waits.")
        return told % {"level": counts, "gap": counts + 1}
    if counts == len(criterion.scale.values):
        return _("Level %(level)s counts: every level is met.") % {"level": counts}
    if counts == 1:
        return _("Level 1 counts: level 2 is not met.")
    return _("Level %(level)s counts: it and every level below are met.") % {"level": counts}


def _indicator_why(asked: Indicator, value: Fraction) -> str:
    rising = asked.floor < asked.goal
    if value == asked.goal or (value > asked.goal) is rising:
        return _("The goal is reached.")
    if value == asked.floor or (value < asked.floor) is rising:
        return _("The figure is at the floor or worse.")
    return ""


# --- how to answer ----------------------------------------------------------------------------------------------------


def question(criterion: Criterion) -> str:
    """What the input asks, by the kind of answer."""
    match criterion.answer.kind:
        case Kind.RANGE | Kind.KPI:
            return _("What is the figure today?")
        case Kind.OPTIONS:
            return _("What is true of your organisation today?")
        case Kind.MATRIX | Kind.PDCA | Kind.RESULTS:
            return _("At which level does each line stand today?")
        case Kind.LADDER:
            return _("Which levels are met today?")
        case Kind.NPS:
            return _("What is your net promoter score today?")
    return _("At which level does your organisation stand today?")


def hint(criterion: Criterion) -> str:
    """What the input takes, and how it becomes points."""
    match criterion.answer:
        case Range() as asked:
            return _range_hint(asked)
        case Indicator() as asked:
            return _indicator_hint(asked)
        case Options() as asked:
            return _options_hint(asked)
        case Matrix() as asked:
            if len({row.weight for row in asked.rows}) > 1:
                return _("Choose a level on every line; the points are the weighted mean of the lines.")
            return _("Choose a level on every line; the points are the mean of the lines.")
        case Ladder():
            return _(
                "Tick every level whose whole content is true. The highest one counts whose lower ones are all met."
            )
        case NetPromoter():
            return _("Give the score, or how many people gave which rating; not both.")
    return _("Choose the highest level whose whole content is true.")


def _range_hint(asked: Range) -> str:
    low, high = (with_unit(number_words(edge), asked.unit) for edge in (asked.low, asked.high))
    bounds = {"low": low, "high": high}
    if asked.step:
        told = _("From %(low)s to %(high)s, in steps of %(step)s.")
        text = told % {**bounds, "step": with_unit(number_words(asked.step), asked.unit)}
    else:
        text = _("From %(low)s to %(high)s.") % bounds
    return text + " " + _("%(best)s is worth 100 points.") % {"best": low if asked.inverted else high}


def number_words(value: Fraction) -> str:
    """A number of the definition, with the decimals it needs, two at most."""
    places = next((n for n in range(2) if (value * 10**n).denominator == 1), 2)
    return number(value, places)


def _indicator_hint(asked: Indicator) -> str:
    edges = {
        "floor": with_unit(number_words(asked.floor), asked.unit),
        "goal": with_unit(number_words(asked.goal), asked.unit),
    }
    if asked.floor < asked.goal:
        text = _("0 points at %(floor)s or less, 100 points at %(goal)s or more.")
    else:
        text = _("0 points at %(floor)s or more, 100 points at %(goal)s or less.")
    between = {
        Curve.LINEAR: _("In proportion between the two."),
        Curve.LOG: _("Between the two, each doubling brings the same."),
    }
    return f"{text % edges} {between[asked.curve]}"


def _options_hint(asked: Options) -> str:
    told = _("Tick everything that is true.")
    alone = [option.label.in_(current()) for option in asked.options if option.exclusive]
    for label in alone:
        told += " " + _("“%(label)s” stands alone.") % {"label": label}
    return told


def has_own_none(criterion: Criterion) -> bool:
    """Whether the questionnaire itself offers a way to say that nothing applies."""
    asked = criterion.answer
    return isinstance(asked, Options) and any(option.exclusive for option in asked.options)


def fields_for(criterion: Criterion, value: Any) -> dict[str, str]:
    """The fields that show `value`, with the reader's decimal mark."""
    return fields_of(criterion.answer, value, decimal_mark())


# --- why a value is refused -------------------------------------------------------------------------------------------


def refusal(criterion: Criterion, given: Any) -> str:
    """What to do about `given`, a value the engine refused."""
    match criterion.answer:
        case Range() as asked:
            return _range_refusal(asked)
        case Indicator():
            return _("Write a number, such as 12.5").replace("12.5", number(Fraction(25, 2), 1))
        case Options() as asked:
            return _options_refusal(asked, given)
        case Matrix():
            return _("Choose one of the levels shown on each line")
        case Ladder():
            return _("Tick levels of the scale only")
        case NetPromoter():
            return _net_promoter_refusal(given)
    return _("Choose one of the levels")


def _range_refusal(asked: Range) -> str:
    bounds = {"low": number_words(asked.low), "high": number_words(asked.high)}
    if asked.step:
        told = _("Write a number from %(low)s to %(high)s, in steps of %(step)s")
        return told % {**bounds, "step": number_words(asked.step)}
    return _("Write a number from %(low)s to %(high)s") % bounds


def _options_refusal(asked: Options, given: Any) -> str:
    alone = next((o.label.in_(current()) for o in asked.options if o.exclusive and o.id in given), "")
    if not alone and "none" in given:
        alone = _("None of these")
    if alone:
        return _("“%(label)s” stands alone: untick it, or everything else") % {"label": alone}
    return _("Choose among the answers shown")


def _net_promoter_refusal(given: Any) -> str:
    if isinstance(given, Mapping) and "score" in given:
        return _("Give the score or the numbers of people, not both")
    if isinstance(given, Mapping):
        return _("Write whole numbers of people, at least one of them above 0")
    return _("Write a score from −100 to +100")


def turn_words(found: Turn) -> list[str]:
    """What an answer changed about what is asked, in sentences."""
    left, kept, closed = len(found.left), len(found.opened) - len(found.left), len(found.closed)
    told = (
        (left, ngettext("%(num)s more criterion to answer.", "%(num)s more criteria to answer.", left)),
        (
            kept,
            ngettext(
                "%(num)s criterion is asked again, and its answer counts again.",
                "%(num)s criteria are asked again, and their answers count again.",
                kept,
            ),
        ),
        (
            closed,
            ngettext(
                "%(num)s criterion is no longer asked; what was answered there is kept.",
                "%(num)s criteria are no longer asked; what was answered there is kept.",
                closed,
            ),
        ),
    )
    return [sentence % {"num": count} for count, sentence in told if count]


VALUES: dict[str, Any] = {
    "value_words": value_words,
    "worth": worth,
    "worth_words": worth_words,
    "row_label": row_label,
    "count_label": count_label,
    "question": question,
    "hint": hint,
    "has_own_none": has_own_none,
    "fields_for": fields_for,
    "turn_words": turn_words,
}
"""What templates ask for, answer by answer."""
