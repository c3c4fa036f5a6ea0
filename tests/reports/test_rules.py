"""What a title may claim, and which colours may carry it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from palier.reports.rules.accent import AccentFault, AccentRefused, check_accent, contrast_with_white
from palier.reports.rules.documents import ActionStatus, Comparison, Quartiles
from palier.reports.rules.findings import (
    by_quarter,
    count_actions,
    count_progress,
    gap_to_median,
    in_reading_order,
    peer_finding,
    unsupported_points,
)
from tests.reports import samples


def element(score: str, median: int | None = 50, previous: str | None = None):
    row = samples.results("en").elements[0]
    comparison = Comparison() if median is None else Comparison(Quartiles(median - 8, median, median + 8))
    change = None if previous is None else Fraction(score) - Fraction(previous)
    return replace(row, score=Fraction(score), comparison=comparison, change=change)


def test_black_on_white_is_the_largest_contrast():
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#FFFFFF") == pytest.approx(1)


def test_a_readable_colour_is_taken_in_capitals():
    assert check_accent("#1e4d92") == "#1E4D92"


@pytest.mark.parametrize("colour", ["#FFCC00", "#777777"])
def test_a_pale_colour_is_refused_with_its_contrast(colour):
    with pytest.raises(AccentRefused) as refusal:
        check_accent(colour)
    assert refusal.value.fault is AccentFault.TOO_PALE
    assert refusal.value.contrast < 4.5


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1E4D92;}", "#1E4D92\n", "#1E4D9G"])
def test_what_is_no_colour_never_reaches_the_sheet(colour):
    with pytest.raises(AccentRefused) as refusal:
        check_accent(colour)
    assert refusal.value.fault is AccentFault.NOT_A_COLOUR


def test_the_gap_is_own_score_rounded_half_up_minus_the_published_median():
    assert gap_to_median(element("53.5")) == 4
    assert gap_to_median(element("53.4")) == 3
    assert gap_to_median(element("53.5", median=None)) is None


def test_a_difference_under_four_points_makes_no_finding():
    found = peer_finding([element("53.4"), element("46.6")])
    assert found.ahead is None
    assert found.behind is None


def test_the_farthest_elements_make_the_finding():
    rows = [element("55"), element("61"), element("40"), element("44")]
    found = peer_finding(rows)
    assert found.ahead is rows[1]
    assert found.behind is rows[2]


def test_progress_counts_only_what_can_be_compared():
    rows = [element("50", previous="46"), element("50", previous="47"), element("50")]
    assert count_progress(rows) == (1, 2)


def test_evidence_is_a_finding_from_four_points_on():
    balance = samples.results("en").evidence
    assert unsupported_points(replace(balance, supported=balance.declared - 4)) == 4
    assert unsupported_points(replace(balance, supported=balance.declared - Fraction(399, 100))) is None


def test_a_finished_action_is_never_overdue():
    late = replace(samples.action(0, "en"), due=date(2026, 11, 26), status=ActionStatus.PLANNED)
    counts = count_actions([late, replace(late, status=ActionStatus.DONE)], date(2026, 11, 27))
    assert (counts.total, counts.planned, counts.done, counts.overdue) == (2, 1, 1, 1)


def test_a_long_plan_reads_by_quarter():
    first = samples.action(0, "en")
    days = (date(2027, 4, 1), None, date(2026, 12, 31), date(2027, 3, 31))
    plan = [replace(first, code=f"A{n}", due=day) for n, day in enumerate(days)]
    quarters = [(start, [action.code for action in members]) for start, members in by_quarter(plan)]
    assert quarters == [
        (date(2026, 10, 1), ["A2"]), (date(2027, 1, 1), ["A3"]), (date(2027, 4, 1), ["A0"]), (None, ["A1"]),
    ]  # fmt: skip


def test_actions_read_by_due_date_with_the_undated_last():
    first = samples.action(0, "en")
    rows = [
        replace(first, code="A1", due=None),
        replace(first, code="A2", due=date(2027, 1, 2)),
        replace(first, code="A3", due=date(2027, 1, 1)),
    ]
    assert [row.code for row in in_reading_order(rows)] == ["A3", "A2", "A1"]
