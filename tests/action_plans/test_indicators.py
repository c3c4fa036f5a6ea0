"""Indicators ready to use: offered with what the house knows, taken in one go."""

from decimal import Decimal
from fractions import Fraction

import pytest

from palier.action_plans.flows import acting
from palier.action_plans.flows.acting import ChangedMeanwhile
from palier.action_plans.flows.indicating import Measured, indicators_for, take_indicator
from palier.action_plans.rules.indicators import rounded
from palier.action_plans.rules.life import Facts, Kpi
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from tests.action_plans.conftest import plant_round
from tests.action_plans.test_pages import HOME, fields
from tests.conftest import Browser


@pytest.mark.parametrize(
    ("points", "baseline"), [(Fraction(1, 3), "0.3"), (Fraction(1249, 20), "62.5"), (None, None)]
)
def test_a_score_becomes_a_baseline_of_one_decimal(points: Fraction | None, baseline: str | None) -> None:
    assert rounded(points) == (baseline and Decimal(baseline))


async def test_the_pillars_start_from_their_score_in_the_last_round(claire: Actor) -> None:
    async with reading(claire):
        before = await indicators_for(claire)
    assert [one.baseline for one in before] == [None] * 10
    assert len({one.key for one in before}) == 10
    await plant_round(claire, "P6")
    async with reading(claire):
        after = {one.key: one for one in await indicators_for(claire)}
    assert after["P61"].baseline is not None
    assert after["P61"].name == "Indice du pilier «\u00a0Personnalisation\u00a0»"
    assert after["effort"].direction == "down"


async def test_an_indicator_is_taken_from_its_page_and_waits_for_a_target(
    claire: Actor, plan: str, visit: Browser
) -> None:
    row = await acting.add(claire, plan, Facts("Écouter"), new_id())
    place = f"/o/transports-du-val/a/{row.id}"
    async with visit(claire) as browser:
        form = fields((await browser.get(f"{place}/indicators")).text, f"{place}/indicators")
        assert form["indicator"] == "effort"
        assert (
            await browser.send_form(f"{place}/indicators", form | {"indicator": "luck"})
        ).status_code == 404
        taken = await browser.send_form(f"{place}/indicators", form)
        assert (taken.status_code, taken.headers["location"]) == (303, f"{place}#kpi_target")
        page = (await browser.get(place)).text
        assert "Effort perçu par les clients" in page
        assert f"{HOME}/{plan}" in page


async def test_measures_of_another_indicator_are_not_misread_and_no_change_is_overwritten(
    claire: Actor, malik: Actor, plan: str
) -> None:
    facts = Facts("Écouter", kpi=Kpi("Délai", "jours", "down", Decimal(12), Decimal(5)))
    row = await acting.add(claire, plan, facts, new_id())
    await acting.edit(malik, row.id, Facts("Écouter mieux", kpi=facts.kpi), 1)
    with pytest.raises(ChangedMeanwhile):
        await take_indicator(claire, row.id, "effort", 1)
    await acting.measure(claire, row.id, today(), Decimal(9), new_id())
    with pytest.raises(Measured):
        await take_indicator(claire, row.id, "effort", 2)
