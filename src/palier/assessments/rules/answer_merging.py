"""What a file of answers would change: told apart from what others changed meanwhile, before anything is written. Pure.

Source: docs/data.md#bringing-back.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from palier.assessments.rules.answer_lines import AnswerLine, parts_of, with_parts
from palier.assessments.rules.drafts import Draft
from palier.foundation.three_way import three_way


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer as it is now. `revision` 0: nobody touched it."""

    draft: Draft = field(default_factory=Draft)
    revision: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one line makes of an answer. `both` are the parts somebody else changed since the file was taken away."""

    line: AnswerLine
    before: Standing
    after: Draft
    parts: tuple[str, ...]
    both: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """A whole file: what it changes, what it would overwrite of somebody else's, and how many lines say nothing new."""

    changed: tuple[Change, ...]
    conflicts: tuple[Change, ...]
    unchanged: int


History = Mapping[tuple[str, int], Draft]
"""Answers as they were, by criterion code and revision."""


def merge(lines: Iterable[AnswerLine], stands: Mapping[str, Standing], history: History) -> Merged:
    """Which answers the file changes. An answer changed elsewhere and left alone in the file follows what stands."""
    changed: list[Change] = []
    conflicts: list[Change] = []
    unchanged = 0
    for line in lines:
        now = stands.get(line.code, Standing())
        base = base_of(line, now, history)
        taken = three_way(parts_of(base) if base else None, parts_of(now.draft), line.parts)
        if not taken.fields:
            unchanged += 1
            continue
        after = with_parts(now.draft, line.draft, taken.fields)
        change = Change(line, now, after, taken.fields, taken.both)
        (conflicts if taken.both else changed).append(change)
    return Merged(tuple(changed), tuple(conflicts), unchanged)


def base_of(line: AnswerLine, now: Standing, history: History) -> Draft | None:
    """The answer as it was when the file was taken away; a line without its mark knows only the unanswered."""
    if line.revision is None:
        return Draft() if now.draft == Draft() else None
    if line.revision == now.revision:
        return now.draft
    return Draft() if line.revision == 0 else history.get((line.code, line.revision))


def stale(lines: Iterable[AnswerLine], stands: Mapping[str, Standing]) -> Collection[str]:
    """Codes whose answers changed since they were taken away: their history is needed."""
    return [
        line.code
        for line in lines
        if line.revision and line.revision != stands.get(line.code, Standing()).revision
    ]
