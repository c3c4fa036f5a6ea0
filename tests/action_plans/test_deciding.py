"""Deciding what to do: several assessments, what is put aside, what if, and planning by capacity, on the screens."""

from datetime import date
from fractions import Fraction

import pytest

from palier.action_plans.flows import planning, suggesting
from palier.action_plans.flows.overview import PlanView, load_plan
from palier.action_plans.flows.planning import NotTogether, StillServed, open_plan
from palier.action_plans.flows.sizing import Sizing, proposal_for, sizing_of
from palier.action_plans.flows.suggesting import NoLongerSuggested, Wish, suggestions_for
from palier.action_plans.rules.quarters import (  # fmt: skip
    Capacity,
    Quarter,
    Running,
    Wanted,
    from_plain,
    span,
    taken_by,
    to_plain,
)
from palier.action_plans.store import PlanAssessment
from palier.assessments.rules.peers import nobody
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from tests.action_plans.conftest import plant_round
from tests.action_plans.test_pages import fields
from tests.conftest import Browser

HOME = "/o/transports-du-val/plans"
TODAY = date(2026, 11, 22)


async def view(actor: Actor, slug: str) -> PlanView:
    async with reading(actor):
        return await load_plan(actor, slug)


async def sized(actor: Actor, slug: str) -> Sizing:
    seen = await view(actor, slug)
    return sizing_of(seen, suggestions_for(seen, None), TODAY)


# --- several assessments --------------------------------------------------------------------------------------


@pytest.fixture
async def wide(claire: Actor, plan: str) -> str:
    """The plan on the flash round, drawing on a round of the six pillars as well."""
    await plant_round(claire, "P6")
    await planning.draw_on(claire, plan, "p6-2026")
    return plan


async def test_a_plan_ranks_the_levers_of_all_it_draws_on(claire: Actor, wide: str) -> None:
    seen = await view(claire, wide)
    ranked = suggestions_for(seen, None)
    assert {one.questionnaire for one in ranked} == {"FL", "P6"}
    assert [one.priority for one in ranked if not one.opens_gate] == sorted(
        (one.priority for one in ranked if not one.opens_gate), reverse=True
    )
    first = next(one for one in ranked if one.questionnaire == "P6")
    made = await suggesting.adopt(claire, wide, first.lever.id, Wish(), nobody, new_id())
    after = await view(claire, wide)
    assert Fraction(made.expected_gain) == first.gain == after.actions[0].gain
    assert after.gain == 0
    ((other, projected),) = after.ahead
    assert other.questionnaire.id == "P6"
    assert projected.score is not None
    assert other.result.score is not None
    assert projected.score - other.result.score == first.gain


async def test_every_screen_of_a_wide_plan_opens(claire: Actor, wide: str, visit: Browser) -> None:
    ranked = suggestions_for(await view(claire, wide), None)
    lever = next(one for one in ranked if one.questionnaire == "P6").lever.id
    made = await suggesting.adopt(claire, wide, lever, Wish(), nobody, new_id())
    async with visit(claire) as browser:
        for address in (
            "", "?view=list", "?view=roadmap", "/suggestions", "/settings", "/generate", "/what-if", "/effects",
            "/actions/new", "/actions.csv",
        ):  # fmt: skip
            assert (await browser.get(f"{HOME}/{wide}{address}")).status_code == 200, address
        assert "/e/p6-2026/why/P6" in (await browser.get(f"/o/transports-du-val/a/{made.id}")).text
        assert "p6-2026" in (await browser.get(f"{HOME}/{wide}/settings")).text


async def test_an_assessment_comes_once_and_goes_when_nothing_serves_it(claire: Actor, wide: str) -> None:
    with pytest.raises(NotTogether):
        await planning.draw_on(claire, wide, "p6-2026")
    lever = next(one for one in suggestions_for(await view(claire, wide), None) if one.questionnaire == "P6")
    await suggesting.adopt(claire, wide, lever.lever.id, Wish(), nobody, new_id())
    with pytest.raises(StillServed):
        await planning.draw_no_longer_on(claire, wide, "p6-2026")
    slug = await open_plan(claire, "fl-2026", "Autre", 2028, new_id())
    await planning.draw_on(claire, slug, "p6-2026")
    await planning.draw_no_longer_on(claire, slug, "p6-2026")
    assert len((await view(claire, slug)).rounds) == 1


async def test_a_plan_and_its_assessments_are_nobody_else_s(claire: Actor, nora: Actor, wide: str) -> None:
    seen = await view(claire, wide)
    async with reading(nora):
        assert await select("select * from plan_assessment") == []
    row = {
        "id": new_id(),
        "plan_id": seen.plan.id,
        "assessment_id": seen.round.assessment.id,
        "added_by": nora.person_id,
    }
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(nora):
            await PlanAssessment.create(organisation_id=nora.organisation_id, **row)


# --- put aside for the round ----------------------------------------------------------------------------------


async def test_what_is_put_aside_stays_so_in_every_plan_of_the_round(claire: Actor, plan: str) -> None:
    other = await open_plan(claire, "fl-2026", "Deuxième plan", 2027, new_id())
    lever = suggestions_for(await view(claire, plan), None)[0].lever.id
    await suggesting.dismiss(claire, plan, lever, "Déjà fait autrement")
    assert lever not in {one.lever.id for one in suggestions_for(await view(claire, other), None)}
    with pytest.raises(NoLongerSuggested):
        await suggesting.adopt(claire, other, lever, Wish(), nobody, new_id())
    await suggesting.restore(claire, other, lever)
    assert lever in {one.lever.id for one in suggestions_for(await view(claire, plan), None)}
    await plant_round(claire, "FL", "2027")
    later = await open_plan(claire, "fl-2027", "Plan 2028", 2028, new_id())
    await suggesting.dismiss(claire, plan, lever, "Toujours")
    assert lever in {one.lever.id for one in suggestions_for(await view(claire, later), None)}


# --- what if --------------------------------------------------------------------------------------------------


async def test_what_if_shows_the_engine_s_total_of_what_is_ticked(
    claire: Actor, plan: str, visit: Browser
) -> None:
    seen = await view(claire, plan)
    one, two = (suggestion.lever.id for suggestion in suggestions_for(seen, None)[:2])
    async with visit(claire) as browser:
        address = f"{HOME}/{plan}/what-if"
        page = await browser.get(f"{address}?asked=1&tick={one}&tick={two}")
        part = await browser.get(f"{address}?asked=1&tick={one}&tick={two}", headers={"hx-request": "true"})
        assert (await browser.get(f"{address}?asked=1&tick=nothing")).status_code == 200
    assert page.text.count(" checked") == 2
    assert part.text.lstrip().startswith('<div class="stack stays" id="outlook"')
    after = part.text.partition('class="big num">')[2].partition("<")[0]
    assert after
    assert after in page.text
    assert 'id="announce"' in part.text


# --- planning by capacity -------------------------------------------------------------------------------------


async def test_what_was_to_be_kept_and_does_not_fit_is_said(claire: Actor, plan: str, visit: Browser) -> None:
    address = f"{HOME}/{plan}/capacity"
    first = suggestions_for(await view(claire, plan), None)[0].lever.id
    async with visit(claire) as browser:
        page = (await browser.get(address)).text
        assert "ne tient pas" not in page
        settled = {"first": "2027-1", "quarters": "1", "points-0": "0", f"wish-{first}": "keep"}
        assert (await browser.send_form(address, fields(page, address) | settled)).status_code == 303
        assert "1 levier à garder ne tient pas" in (await browser.get(address)).text


async def test_the_choice_by_capacity_becomes_dated_actions(claire: Actor, plan: str, visit: Browser) -> None:
    async with visit(claire) as browser:
        address = f"{HOME}/{plan}/capacity"
        first = suggestions_for(await view(claire, plan), None)[0].lever.id
        settled = {
            "first": "2027-1",
            "quarters": "2",
            "points-0": "4",
            "points-1": "3",
            f"wish-{first}": "out",
        }
        page = await browser.get(address)
        assert page.status_code == 200
        assert "/generate?from=capacity" in page.text
        assert (await browser.send_form(address, settled | {"points-1": "x"})).status_code == 422
        read = fields(page.text, address) | settled
        assert (await browser.send_form(address, read)).status_code == 303
        late = await browser.send_form(address, read | {"points-0": "9"})
        assert late.status_code == 409
        assert "Claire Lambert" in late.text
        assert 'value="9"' in late.text
        draft = await browser.get(f"{HOME}/{plan}/generate?from=capacity")
    sizing = await sized(claire, plan)
    assert sizing.capacity == Capacity(Quarter(2027, 1), (4, 3), {first: Wanted(excluded=True)})
    proposal = await proposal_for(sizing)
    assert proposal.proven
    assert proposal.schedule
    assert first not in proposal.schedule
    assert draft.text.count('name="include-') == len(proposal.schedule)
    assert all(f'name="include-{lever}"' in draft.text for lever in proposal.schedule)


async def test_readers_see_the_choice_and_settle_nothing(sophie: Actor, plan: str, visit: Browser) -> None:
    async with visit(sophie) as browser:
        page = await browser.get(f"{HOME}/{plan}/capacity")
        assert page.status_code == 200
        assert 'id="capacity"' not in page.text
        sent = await browser.send_form(f"{HOME}/{plan}/capacity", {"first": "2027-1", "quarters": "1"})
        assert sent.status_code == 403


# --- quarters, without a database -----------------------------------------------------------------------------

CAPACITY = Capacity(
    Quarter(2027, 1), (6, 6, 6), {"l": Wanted(pinned=True, quarter=Quarter(2027, 2), by=date(2027, 7, 1))}
)


def test_a_capacity_is_kept_and_read_back_as_it_was() -> None:
    assert from_plain(to_plain(CAPACITY), TODAY) == CAPACITY
    assert from_plain({}, TODAY).first == Quarter(2027, 1)


def test_what_is_settled_becomes_places_of_the_quarters() -> None:
    choice = CAPACITY.choice("l")
    assert (choice.pinned, choice.quarter, choice.by) == (True, 1, 1)
    assert CAPACITY.choice("other").by is None


@pytest.mark.parametrize(
    ("running", "quarters"),
    [
        (Running("", date(2027, 1, 4), date(2027, 3, 31), 3, 2), range(1)),
        (Running("", date(2026, 11, 2), date(2027, 5, 31), 6, 2), range(-1, 2)),
        (Running("", None, None, 4, 2), range(2)),
        (Running("", None, date(2027, 8, 1), 3, 2), range(2, 3)),
        (Running("", date(2026, 1, 5), date(2026, 3, 2), 2, 2), range(-4, 1)),
    ],
)  # fmt: skip
def test_an_action_takes_the_quarters_it_runs_in(running: Running, quarters: range) -> None:
    assert span(CAPACITY, running) == quarters
    loads = taken_by(CAPACITY, [running])
    assert sum(loads) == Fraction(2 * len([q for q in quarters if q >= 0]), len(quarters))
