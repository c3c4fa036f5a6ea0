"""The checker of the siege is shown what it must see: something lost, doubled, never sent, or out of order."""

from dataclasses import replace

from tests.cli.ledger import Acknowledged, Event, Kept, broken_history, doubled, lost, uninvited


def _draft(words: str) -> dict[str, str]:
    return {"rationale": words}


HISTORY = (
    Event("1", "C1", 1, None, _draft("one")),
    Event("2", "C1", 2, _draft("one"), _draft("two")),
    Event("3", "C2", 1, None, _draft("three")),
)
PROMISED = (
    Acknowledged("1", "C1", "one", 1),
    Acknowledged("2", "C1", "two", 2),
    Acknowledged("3", "C2", "three"),
)
STANDING = (Kept("C1", 2, _draft("two")), Kept("C2", 1, _draft("three")))


def test_the_checker_is_content_with_whole_records() -> None:
    assert not lost(PROMISED, HISTORY)
    assert not doubled(HISTORY)
    assert not uninvited({"one", "two", "three"}, HISTORY)
    assert not broken_history(HISTORY, STANDING)


def test_the_checker_sees_what_was_lost() -> None:
    assert lost(PROMISED, HISTORY[:2]) == ["C2 three: no such operation"]
    overwritten = (*HISTORY[:1], replace(HISTORY[1], after=_draft("other")), HISTORY[2])
    assert lost(PROMISED, overwritten) == ["C1 two: the operation says C1 other"]
    assert lost(PROMISED, (*HISTORY[:1], replace(HISTORY[1], revision=3), HISTORY[2]))
    assert broken_history(HISTORY, [replace(STANDING[0], content=_draft("one")), STANDING[1]])
    assert broken_history(HISTORY, STANDING[:1])


def test_the_checker_sees_what_was_doubled_or_never_sent() -> None:
    again = Event("4", "C1", 3, _draft("two"), _draft("two"))
    assert doubled((*HISTORY, again)) == ["C1 two: 2 times"]
    assert doubled((*HISTORY, HISTORY[0]))
    assert uninvited({"one", "two"}, HISTORY) == ["C2 three"]


def test_the_checker_sees_a_broken_history() -> None:
    assert broken_history((HISTORY[0], HISTORY[2]), STANDING)
    assert broken_history((HISTORY[1], HISTORY[2]), STANDING)
    assert broken_history((HISTORY[0], replace(HISTORY[1], before=_draft("none")), HISTORY[2]), STANDING)
