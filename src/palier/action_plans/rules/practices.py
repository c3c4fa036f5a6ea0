"""What a practice of another organisation would move here."""

from collections.abc import Iterable

from palier.questionnaires.rules import Step
from palier.scoring.rules import Result


def moves_towards(result: Result, steps: Iterable[Step]) -> dict[str, int]:
    """Levels to reach by criterion code: as many rungs up as the practice climbed, never above where it arrived.

    A criterion the round does not ask, that nobody answered, or that stands there already moves nowhere.
    """
    moves: dict[str, int] = {}
    for step in steps:
        node = result.nodes.get(step.criterion)
        level = node.level if node else None
        if level is not None and level < step.to_level:
            moves[step.criterion] = min(step.to_level, level + step.to_level - step.from_level)
    return moves
