"""The steps of an action, rewritten as a text with one step a line.

A line that says what a step said is that step, ticked as it was; a line that took the place of one that went is
that step reworded. Source: docs/method.md#actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

LONGEST_STEP: Final = 500
"""Characters of one step."""

MOST_STEPS: Final = 50
"""Steps of one action."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it stands; `id` is None for a new one."""

    id: UUID | None
    text: str


def steps_in(text: str) -> list[str]:
    """The steps a text holds, one a line, without empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def checklist_fault(lines: Sequence[str]) -> str | None:
    """What forbids these steps: too_long, too_many; None when they may be written."""
    if any(len(line) > LONGEST_STEP for line in lines):
        return "too_long"
    return "too_many" if len(lines) > MOST_STEPS else None


def rewritten(before: Sequence[Step], lines: Sequence[str]) -> list[Step]:
    """The steps in their new order: each line keeps the id of the step it was, if it was one."""
    after = _kept(before, lines)
    gone = [one for one in before if one.id not in {step.id for step in after if step}]
    gaps = sum(step is None for step in after)
    if len(gone) == gaps:  # as many went as came: these are the same steps in other words
        reworded = iter(gone)
        return [
            step or Step(next(reworded).id, line) for step, line in zip(after, lines, strict=True)
        ]  # fmt: skip
    return [step or Step(None, line) for step, line in zip(after, lines, strict=True)]


def _kept(before: Sequence[Step], lines: Sequence[str]) -> list[Step | None]:
    """The step each line repeats word for word, None for a line that repeats none."""
    left = list(before)
    kept: list[Step | None] = []
    for line in lines:
        same = next((one for one in left if one.text == line), None)
        if same:
            left.remove(same)
        kept.append(same)
    return kept
