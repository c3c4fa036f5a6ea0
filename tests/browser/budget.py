"""What each page may ask of the database and send, as `query_budget.tsv` pins it.

A number is what a process that has served the page before asks, the transaction's BEGIN and COMMIT included. A page asks
more the first time (definitions, editions), so one that seems to ask too much is asked again before it is blamed.
`PIN_QUERY_BUDGET=1 pytest tests/browser/test_html.py -k statements` writes the file anew: say why in the commit.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.browser.atlas import Atlas, Place
from tests.browser.counted import HEADER

FILE = Path(__file__).with_name("query_budget.tsv")
PIN = bool(os.environ.get("PIN_QUERY_BUDGET"))
AGAIN = 2
"""How often a page is asked again before it is blamed."""

LARGEST = 100_000
"""Bytes of a page, without its assets and before compression."""

LARGER = {
    "claire /o/{org:str}/practices/new": 115_000,
    "claire /o/{org:str}/practices/{practice:uuid}/edit": 115_000,
}
"""Three lists of every criterion of every questionnaire, and the atlas plants two more copies of the largest one."""


def name_of(place: Place) -> str:
    """A page's name in the file: who, and the address before its ids are filled in."""
    return f"{place.who.partition('.')[0] or 'visitor'} {place.route}"


def pinned() -> dict[str, int]:
    """Statements by page."""
    lines = (line.rpartition("\t") for line in FILE.read_text("utf-8").splitlines())
    return {name: int(number) for name, _, number in lines}


def pin(statements: Mapping[str, int]) -> None:
    """Write the file anew."""
    FILE.write_text("".join(f"{name}\t{statements[name]}\n" for name in sorted(statements)), "utf-8")


async def statements_of(atlas: Atlas, place: Place) -> int:
    """What the page asks now."""
    cookies = "; ".join(f"{key}={value}" for key, value in atlas.cookies(place.who).items())
    headers = {"accept-language": "fr", "cookie": cookies}
    async with httpx.AsyncClient(base_url=atlas.site, timeout=60, headers=headers) as client:
        return int((await client.get(place.address)).headers[HEADER])


async def calm(atlas: Atlas, place: Place, first: int, most: int) -> int:
    """What the page asks once nothing has to be read for the first time; `first` where that is within `most`."""
    asked = [first]
    while min(asked) > most and len(asked) <= AGAIN:
        asked.append(await statements_of(atlas, place))
    return min(asked)
