"""Criteria asked only if others reached a level: which of them nobody can ever come to, and why.

Source: docs/method.md#branching.
"""

from collections.abc import Mapping
from fractions import Fraction

from palier.questionnaires.rules.kinds import Kind, Options, Range
from palier.questionnaires.rules.questionnaire import Condition, Criterion, Questionnaire

TOP = Fraction(100)


def unreachable(questionnaire: Questionnaire) -> dict[str, str]:
    """Criteria that no set of answers shows, each with the first reason found; empty when all can be reached.

    A proof, not a search: conditions only ask for a level *or more* of criteria that stand *before*, and answers
    do not depend on each other. So if anything shows a criterion, the highest answers everywhere do, and each
    condition can be looked at on its own.
    """
    reasons: dict[str, str] = {}
    before: dict[str, Criterion] = {}
    for criterion in questionnaire.criteria:
        for condition in criterion.shown_if:
            if reason := _fault(condition, before, reasons, questionnaire):
                reasons.setdefault(criterion.code, reason)
        before[criterion.code] = criterion
    return reasons


def _fault(
    condition: Condition,
    before: Mapping[str, Criterion],
    lost: Mapping[str, str],
    questionnaire: Questionnaire,
) -> str | None:
    """Why `condition` can never hold; None when it can."""
    code, level = condition.criterion, condition.level
    if code not in questionnaire.index.positions:
        return f"{code} is not a criterion"
    if code not in before:
        return f"{code} does not stand before it"
    if code in lost:
        return f"{code} is itself never asked"
    deciding = before[code]
    if not 1 <= level <= len(deciding.scale.values):
        return (
            f"{code} has no level {level}: its scale {deciding.scale.name} has {len(deciding.scale.values)}"
        )
    if (highest := highest_level(deciding)) < level:
        return f"{code} never stands at level {level}: its answers reach {highest} at most"
    return None


def highest_level(criterion: Criterion) -> int:
    """The level of the best answer there is to `criterion`, by its kind and scale."""
    if criterion.answer.kind in {Kind.CHOICE, Kind.LADDER, Kind.MATRIX, Kind.PDCA, Kind.RESULTS}:
        return len(criterion.scale.values)
    return criterion.scale.level_reached(_best_points(criterion))


def _best_points(criterion: Criterion) -> Fraction:
    """Points of the best answer where it is no rung: an indicator and promoters reach 100 always."""
    match criterion.answer:
        case Range() as asked:
            return _best_of_range(asked)
        case Options() as asked:
            return _best_of_options(asked)
        case _:
            return TOP


def _best_of_range(asked: Range) -> Fraction:
    """100, but for steps that do not end on the upper edge: there the last step inside."""
    if asked.inverted or asked.step is None:
        return TOP
    span = asked.high - asked.low
    return TOP * (span // asked.step) * asked.step / span


def _best_of_options(asked: Options) -> Fraction:
    """Everything that adds ticked together, or the one exclusive option that is worth more."""
    adding = sum((o.weight for o in asked.options if o.weight > 0 and not o.exclusive), Fraction(0))
    alone = [o.weight for o in asked.options if o.exclusive]
    whole = sum((o.weight for o in asked.options if o.weight > 0), Fraction(0))
    return min(TOP, TOP * max(adding, *alone, Fraction(0)) / whole) if whole else Fraction(0)
