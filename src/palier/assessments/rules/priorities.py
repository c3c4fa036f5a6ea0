"""What is strong, and what to move first. Source: docs/method.md#priorities."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from palier.assessments.rules.reading import LEAST_EFFECT, Row, Table
from palier.questionnaires.rules import Lever, Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.effects import gains_of

MOST_STRENGTHS = 3
MOST_PRIORITIES = 5
STRONG = Fraction(75)
"""Points from which a criterion may be called a strength: level 4 of five."""


@dataclass(frozen=True, slots=True)
class Priority:
    """A criterion worth moving first. `weight` is its share of the total, 0 to 1, over the scored criteria.

    `urgency` is weight times the distance to the peers' median, or to 100 points without peers; `gain` the
    points the total gains by one level more; `levers` those that serve it where it stands.
    """

    row: Row
    weight: Fraction
    urgency: Fraction
    gain: Fraction | None
    levers: tuple[Lever, ...]


def strengths(table: Table) -> tuple[Row, ...]:
    """At most three criteria at level 4 or 5: farthest above peers first, then the highest."""
    strong = [row for row in table.criteria.values() if row.score is not None and row.score >= STRONG]
    ahead = [row for row in strong if row.gap is None or row.gap >= LEAST_EFFECT]
    ahead.sort(key=lambda row: (-(row.gap or 0), -(row.score or 0), -(row.delta or 0)))
    return tuple(ahead[:MOST_STRENGTHS])


def priorities(questionnaire: Questionnaire, result: Result, table: Table) -> tuple[Priority, ...]:
    """At most five criteria: the largest gap to peers times weight; without peers the lowest, weighted.

    Where peers are published but fewer than five criteria stand below their median, that is all there is.
    None without a total: no weight in it is known.
    """
    weights = weights_in_total(result)
    gains = gains_of(questionnaire, result)
    against_peers = any(row.gap is not None for row in table.criteria.values())
    if result.score is None:
        return ()
    found = [
        Priority(
            row, weights[row.code], weights[row.code] * distance, gains[row.code],
            questionnaire.levers_for(row.code, row.node.level),
        )
        for row, distance in _distances(table, against_peers=against_peers)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda priority: -priority.urgency)[:MOST_PRIORITIES])


def _distances(table: Table, *, against_peers: bool) -> Iterator[tuple[Row, Fraction]]:
    """Each criterion that could rise, with its distance in points."""
    for row in table.criteria.values():
        if row.score is None:
            continue
        distance = -Fraction(row.gap or 0) if against_peers else 100 - row.score
        if distance > 0:
            yield row, distance


def weights_in_total(result: Result) -> dict[str, Fraction]:
    """Each criterion's share of the total's weight, 0 to 1, among what has a score; they sum to 1.

    Zero for a criterion that takes no part: not applicable, unanswered, or in a branch without a score.
    """
    weights = dict.fromkeys((node.code for node in result.criteria), Fraction(0))
    for dimension in result.dimensions:
        for element in dimension.children:
            for criterion in element.children:
                if dimension.share and element.share and criterion.share:
                    weights[criterion.code] = dimension.share * element.share * criterion.share
    return weights
