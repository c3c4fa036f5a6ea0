"""The roadmap: quarters, stretches, groups; and its page."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.action_plans.flows import acting
from palier.action_plans.rules.life import Facts
from palier.action_plans.rules.roadmap import LONGEST, Quarter, horizon, quarter_of, rows_by, stretch
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.charts.timeline import lane, quarters
from palier.foundation.identifiers import new_id
from tests.action_plans.test_pages import HOME
from tests.conftest import Browser

DAYS = st.dates(date(2001, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), Quarter(2026, 1)), (date(2026, 3, 31), Quarter(2026, 1)), (date(2026, 4, 1), Quarter(2026, 2)),
        (date(2026, 12, 31), Quarter(2026, 4)),
    ],
)  # fmt: skip
def test_a_day_is_in_its_quarter(day: date, quarter: Quarter) -> None:
    assert quarter_of(day) == quarter
    assert quarter.first <= day < quarter.next.first


@given(st.lists(DAYS, max_size=6), DAYS)
def test_the_horizon_holds_today_and_goes_quarter_by_quarter(days: list[date], today: date) -> None:
    shown = horizon(days, today)
    assert 1 <= len(shown.quarters) <= LONGEST
    assert shown.first <= today < shown.end
    assert all(
        before.next == after for before, after in zip(shown.quarters, shown.quarters[1:], strict=False)
    )
    places = [shown.at(day) for day in sorted(days)]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


def test_a_place_is_the_share_of_the_days() -> None:
    shown = horizon([date(2026, 12, 31)], date(2026, 10, 15))
    assert (shown.first, shown.end) == (date(2026, 10, 1), date(2027, 1, 1))
    assert shown.at(date(2026, 10, 24)) == Fraction(100 * 23, 92)


def test_an_action_without_a_start_is_its_due_date_and_without_a_due_date_nothing() -> None:
    assert stretch(None, date(2026, 5, 1)) == (date(2026, 5, 1), date(2026, 5, 1))
    assert stretch(date(2026, 4, 1), date(2026, 5, 1)) == (date(2026, 4, 1), date(2026, 5, 1))
    assert stretch(date(2026, 4, 1), None) is None


def test_an_item_of_two_groups_stands_in_both_and_one_of_none_in_the_rest() -> None:
    groups = [("a", ["web", "phone"]), ("b", ["web", "web"]), ("c", []), ("d", ["telex"])]
    assert rows_by(groups, ["phone", "web", "app"]) == {"phone": ["a"], "web": ["a", "b"], "": ["c", "d"]}


def test_a_lane_shows_how_far_and_says_it_in_words() -> None:
    drawn = lane(10, 60, 50, "late", [0, 50], 40, label="Du 1 au 2")
    assert 'aria-label="Du 1 au 2"' in drawn
    assert 'x="10%" width="50%"' in drawn
    assert 'x="10%" width="25%"' in drawn
    assert "style=" not in drawn
    assert "<circle" in lane(60, 60, 0, "planned", [], 40, label="x")
    assert "T4 2026" in quarters([(0, "T4 2026")], 50, "Aujourd’hui", width=400)


async def test_the_roadmap_shows_lanes_what_they_wait_for_and_what_has_no_date(
    claire: Actor, plan: str, visit: Browser
) -> None:
    clock.freeze(None)
    first = await acting.add(
        claire, plan, Facts("Écouter", serves={"FL1.1.1": 3}, starts_on=date(2026, 10, 1), due_on=date(2027, 2, 1)), new_id()
    )  # fmt: skip
    await acting.add(claire, plan, Facts("Sans date"), new_id())
    await acting.add(
        claire, plan, Facts("Répondre", starts_on=date(2027, 2, 1), due_on=date(2027, 9, 1)), new_id()
    )
    async with visit(claire) as browser:
        page = (await browser.get(f"{HOME}/{plan}?view=roadmap")).text
        lanes = page.partition('id="roadmap"')[2]
        assert lanes.count('class="rm-lane"') == 2
        assert "FL1.1 " in lanes
        assert "Autres actions" in lanes
        assert lanes.index("Sans échéance") < lanes.index("Sans date")
        assert f"/a/{first.id}" in lanes
        channels = (await browser.get(f"{HOME}/{plan}?view=roadmap&by=channel")).text
        assert "Tous canaux" in channels
        only = (await browser.get(f"{HOME}/{plan}?view=roadmap&text=ecouter")).text.partition('id="roadmap"')[
            2
        ]
        assert ("Écouter" in only, "Répondre" in only) == (True, False)
