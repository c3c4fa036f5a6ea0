"""What the next rung asks, in parts short enough to tick off in one's head. Pure."""

import re

from palier.questionnaires.rules import Criterion


def parts(descriptor: str) -> list[str]:
    """A level descriptor cut at its own full stops and semicolons, each part a sentence."""
    pieces = re.split(r"(?<=[.!?])\s+|\s*;\s+", descriptor.strip())
    return [piece[0].upper() + piece[1:].rstrip(".") for piece in pieces if piece]


def next_level(criterion: Criterion, level: int | None, locale: str) -> list[str]:
    """The parts of the level above `level`; none without an answer or at the top."""
    if level is None or level >= len(criterion.scale.values):
        return []
    return parts(criterion.descriptor(level + 1, locale))
