"""The two nights of the year on which clocks change: every day comes once, and everybody is awake on it once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest

from palier.accounts.rules import is_awake
from palier.foundation import clock

NIGHTS = [
    ("Europe/Paris", date(2026, 3, 29), 23),
    ("Europe/Paris", date(2026, 10, 25), 25),
    ("America/St_Johns", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),  # half an hour is what they change by
    ("Pacific/Kiritimati", date(2026, 10, 25), 24),
]
QUARTER = timedelta(minutes=15)


def moments(around: date) -> list[datetime]:
    """Every quarter of an hour of five days, as the worker's clock comes to them."""
    noon = datetime(around.year, around.month, around.day, 12, tzinfo=UTC)
    return [noon + number * QUARTER for number in range(-4 * 60, 4 * 60)]


@pytest.fixture(autouse=True)
def running_again() -> Iterator[None]:
    yield
    clock.freeze(None)


@pytest.mark.parametrize(("zone", "night", "hours"), NIGHTS)
def test_every_day_comes_once_and_lasts_as_long_as_it_does_there(
    zone: str, night: date, hours: float
) -> None:
    days = []
    for moment in moments(night):
        clock.freeze(moment)
        days.append(clock.today(zone))
    lasted = [(day, len(list(quarters)) / 4) for day, quarters in groupby(days)]
    assert len({day for day, _ in lasted}) == len(lasted), "a day came twice"
    assert dict(lasted)[night] == hours


@pytest.mark.parametrize(("zone", "night", "hours"), NIGHTS)
def test_everybody_can_be_written_to_once_awake_on_that_day_too(zone: str, night: date, hours: float) -> None:
    """Hourly jobs look whether it is past seven: on a short day and on a long one that moment comes, and stays."""
    there = [moment.astimezone(ZoneInfo(zone)) for moment in moments(night)]
    awake = [is_awake(local) for local in there if local.date() == night]
    assert [on for on, _ in groupby(awake)] == [False, True]
    assert len(awake) == 4 * hours
    first = next(local for local in there if local.date() == night and is_awake(local))
    assert (first.hour, first.minute) == (7, 0)
