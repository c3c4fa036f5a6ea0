"""The life of an answer: words by one person are one line, every choice is a line of its own."""

from typing import Any

from palier.assessments.rules.history import Change, changes_from


def row(by: str, *fields: str, source: str = "") -> dict[str, Any]:
    return {
        "by": by, "at": "2026-11-22T10:00:00+00:00", "state": "answered", "level": 3, "value": None, "source": source,
        "fields": list(fields),
    }  # fmt: skip


def lines(*rows: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(change.by, sorted(change.fields)) for change in changes_from(rows)]


def test_words_by_one_person_are_one_line() -> None:
    told = lines(
        row("Ada", "rationale"), row("Ada", "evidence"), row("Bob", "rationale"), row("Bob", "reason")
    )
    assert told == [("Ada", ["evidence", "rationale"]), ("Bob", ["rationale", "reason"])]


def test_the_newest_choice_is_not_one_with_the_words_before_it() -> None:
    told = lines(row("Ada", "level"), row("Ada", "rationale"), row("Ada", "level", "state"))
    assert told == [("Ada", ["level"]), ("Ada", ["rationale"]), ("Ada", ["level", "state"])]


def test_words_of_a_file_are_not_one_with_words_typed() -> None:
    assert len(lines(row("Ada", "rationale", source="a.xlsx"), row("Ada", "rationale"))) == 2


def test_a_line_tells_its_newest_change() -> None:
    (change,) = changes_from([row("Ada", "to_review") | {"level": 4}, row("Ada", "rationale")])
    assert isinstance(change, Change)
    assert (change.level, change.flagged, change.chose) == (4, True, False)
