"""A page that lists three times as many rows asks the database as often: no statement is asked row by row."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.atlas import Atlas, connection, plant_what_is_missing
from tests.browser.budget import calm, name_of, pinned, statements_of
from tests.browser.multiplying import multiply
from tests.demonstration import Demonstration, copied, web

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
async def busy(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Atlas]:
    """Every page of the demonstration, whose rows are then multiplied."""
    folder: Path = tmp_path_factory.mktemp("busy")
    with copied(seeded, "busy", folder) as demonstration:
        await plant_what_is_missing(demonstration)
        async with web(demonstration.environment(), app="tests.browser.counted:create_app") as address:
            drawn = await Atlas.draw(demonstration, address)
            async with connection(demonstration) as owner:
                await multiply(owner)
            yield drawn


async def test_no_page_asks_more_statements_of_three_times_as_many_rows(busy: Atlas) -> None:
    budget, more = pinned(), []
    for place in busy.places:
        most = budget.get(name_of(place))
        if most is None:
            continue  # a file, or a page that only leads on
        asked = await calm(busy, place, await statements_of(busy, place), most)
        if asked > most:
            more.append(f"{name_of(place)}: {most} statements, {asked} with three times the rows")
    assert not more, "\n".join(more)
