"""A letter's way out: the same for an address and a topic, working after the secret changed, nobody else's to see."""

import pytest
from litestar import Litestar

from palier.accounts.flows import letters
from palier.foundation.actor import OnDuty
from palier.foundation.database import transaction
from palier.foundation.settings import Settings
from tests.conftest import Cast
from tests.roles import as_the_worker

LEA = "lea@example.org"


async def way_out(settings: Settings, secret: str, topic: str = "reminder.soon") -> str:
    async with as_the_worker(settings), transaction(OnDuty()):
        return await letters.way_out(topic, LEA, secret)


async def test_a_way_out_is_one_a_topic_and_still_works_once_the_secret_changed(
    stage: Litestar, settings: Settings
) -> None:
    first = await way_out(settings, "x" * 40)
    assert first == await way_out(settings, "x" * 40)
    assert first != await way_out(settings, "x" * 40, "reminder.late")
    second = await way_out(settings, "y" * 40)
    with pytest.raises(Exception, match="does not exist"):
        await letters.choose(first, refuse=True)
    await letters.choose(second, refuse=True)
    assert (await letters.choice_behind(second)).refused_at
    assert await way_out(settings, "y" * 40) == ""
    assert await way_out(settings, "y" * 40, "reminder.late")


async def test_a_person_chooses_for_their_own_address_alone(
    stage: Litestar, cast: Cast, settings: Settings
) -> None:
    await way_out(settings, "x" * 40)
    claire = cast.people["claire"]
    await letters.keep_only(claire, [], ["reminder.soon"], "x" * 40)
    async with transaction(claire):
        assert await letters.refused_by(claire, ["reminder.soon"]) == {"reminder.soon"}
    assert await way_out(settings, "x" * 40)
