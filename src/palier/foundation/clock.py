"""The one place that asks what time it is, so that tests and the demo can say."""

from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen clock", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(time_zone: str = "Europe/Paris") -> date:
    """Today's date for somebody living in `time_zone`."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def freeze(instant: datetime | None) -> None:
    """Stop the clock at `instant` in this context (tests, demo seeding); None lets it run again."""
    _frozen.set(instant)
