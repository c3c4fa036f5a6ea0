"""A pasted list of people, and the days on which reminders leave."""

from datetime import date, timedelta

import pytest

from palier.respondents.rules import Rhythm, occasion_of
from palier.team.rules.pasted import Verdict, lines_of, pieces_in

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("pasted", "addresses"),
    [
        ("a@b.fr\nc@d.fr", ["a@b.fr", "c@d.fr"]),
        ("a@b.fr, c@d.fr; e@f.fr,", ["a@b.fr", "c@d.fr", "e@f.fr"]),
        ("a@b.fr c@d.fr", ["a@b.fr", "c@d.fr"]),
        ("Léa Fontaine <Lea@Val.FR>; paul@val.fr", ["lea@val.fr", "paul@val.fr"]),
        ('"Haddad, Yasmine" <y@val.fr>, Paul <p@val.fr>', ["y@val.fr", "p@val.fr"]),
        ("\n ,;  \n", []),
        ("Léa Fontaine", ["léa fontaine"]),
        ("Léa <lea@val.fr", ["lea@val.fr"]),
    ],
)
def test_a_list_is_read_as_people_paste_it(pasted: str, addresses: list[str]) -> None:
    assert [email for _, email in pieces_in(pasted)] == addresses


def test_each_piece_is_told_what_becomes_of_it() -> None:
    lines = lines_of(
        "new@x.fr, New@x.fr, malik@x.fr, sophie@x.fr, claire@x.fr, nobody, a@b",
        colleagues={"malik@x.fr": True, "sophie@x.fr": False, "claire@x.fr": True}, there={"claire@x.fr"}, may_invite=True,
    )  # fmt: skip
    wanted = ["new", "twice", "joins", "reads", "there", "bad", "bad"]
    assert [line.verdict.value for line in lines] == wanted


def test_whoever_may_not_invite_is_told_so() -> None:
    (line,) = lines_of("new@x.fr", colleagues={}, there=(), may_invite=False)
    assert line.verdict is Verdict.OUT_OF_REACH


def test_a_weekly_reminder_is_monday_s_and_comes_by_wednesday_at_the_latest() -> None:
    week = [occasion_of(Rhythm.WEEKLY, 7, None, MONDAY + timedelta(days=n)) for n in range(7)]
    assert week == [MONDAY] * 3 + [None] * 4


@pytest.mark.parametrize(("ahead", "sent"), [(8, False), (7, True), (5, True), (4, False)])
def test_a_reminder_before_a_date_leaves_so_many_days_ahead(ahead: int, sent: bool) -> None:
    found = occasion_of(Rhythm.BEFORE, 7, MONDAY + timedelta(days=ahead), MONDAY)
    assert (found is not None) is sent


def test_without_a_date_or_a_rhythm_nothing_leaves() -> None:
    assert occasion_of(Rhythm.BEFORE, 7, None, MONDAY) is None
    assert occasion_of(Rhythm.OFF, 7, MONDAY, MONDAY) is None
