"""What clients were promised, held against what the database kept. Pure: it can be shown to fail on doctored records."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A save somebody was told is kept: its `op`, the words it carried (no two saves carry the same), the revision shown."""

    op: str
    code: str
    words: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One row of answer_event."""

    op: str
    code: str
    revision: int
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def words(self) -> str:
        return str(self.after["rationale"])


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of answer: what stands."""

    code: str
    revision: int
    content: dict[str, Any]


def lost(promised: Sequence[Acknowledged], events: Sequence[Event]) -> list[str]:
    """Acknowledged saves that are not on record as they were promised."""
    found = {event.op: event for event in events}
    return [
        f"{one.code} {one.words}: {_instead(one, found.get(one.op))}"
        for one in promised
        if _instead(one, found.get(one.op))
    ]


def _instead(one: Acknowledged, event: Event | None) -> str:
    if event is None:
        return "no such operation"
    if (event.code, event.words) != (one.code, one.words):
        return f"the operation says {event.code} {event.words}"
    if one.revision is not None and event.revision != one.revision:
        return f"revision {event.revision}, promised {one.revision}"
    return ""


def doubled(events: Sequence[Event]) -> list[str]:
    """Words, or operations, that are on record more than once."""
    counts = Counter((event.code, event.words) for event in events) + Counter(
        ("operation", event.op) for event in events
    )
    return [f"{code} {words}: {count} times" for (code, words), count in counts.items() if count > 1]


def uninvited(sent: set[str], events: Sequence[Event]) -> list[str]:
    """What is on record and nobody sent."""
    return [f"{event.code} {event.words}" for event in events if event.words not in sent]


def broken_history(events: Sequence[Event], answers: Sequence[Kept]) -> list[str]:
    """Gaps in revisions, events that do not follow each other, answers that are not what the last event says."""
    histories: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda one: one.revision):
        histories[event.code].append(event)
    standing = {answer.code: answer for answer in answers}
    faults = [
        f"{code}: answered without an event, or the other way round"
        for code in histories.keys() ^ standing.keys()
    ]
    for code in histories.keys() & standing.keys():
        faults += _broken(histories[code], standing[code])
    return faults


def _broken(history: Sequence[Event], answer: Kept) -> list[str]:
    first, last = history[0], history[-1]
    faults = [
        f"{answer.code}: revision {later.revision} does not follow {earlier.revision}"
        for earlier, later in pairwise(history)
        if later.revision != earlier.revision + 1 or later.before != earlier.after
    ]
    if first.revision != 1:
        faults.append(f"{answer.code}: begins at revision {first.revision}")
    if (answer.revision, answer.content) != (last.revision, last.after):
        faults.append(f"{answer.code}: revision {answer.revision} stands, the last event is {last.revision}")
    return faults
