"""Which published editions stand open to an organisation whose offer does not hold the benchmark: docs/offers.md#the-benchmark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Published:
    """An edition the organisation could read: when it came out, and whether the organisation's own figures are part of it."""

    id: Any
    corrects: Any
    on: date
    counted: bool


def opened(editions: Iterable[Published], ended: date | None) -> list[Published]:
    """Those it is part of, those published up to the day on which what it last held ended, and corrections of either."""
    given = list(editions)
    own = {one.id for one in given if one.counted or (ended and one.on <= ended)}
    return [one for one in given if {one.id, one.corrects} & own]
