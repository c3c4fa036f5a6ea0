"""A reopened round counts once in its campaign, and not at all against what is sealed; its plan follows it."""

from datetime import timedelta

import asyncpg
import pytest

from palier.action_plans.flows.planning import open_plan
from palier.assessments.flows import reopening
from palier.assessments.flows.answering import answer_criterion
from palier.assessments.flows.reopening import NotReopenable, Obstacle
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, Campaign
from palier.benchmarks.store import is_sealed
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.scoring.rules.answers import State
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.conftest import Browser
from tests.roles import as_the_worker

OWN = "select assessment_id, scores::jsonb ->> 'total' as total from contribution where organisation_id = $1"


@pytest.fixture
async def network(owner: asyncpg.Connection, claire: Actor) -> Planted:
    planted = await plant_network(owner, 20)
    await enrol(owner, planted, claire.organisation_id)
    return planted


async def campaign_of(owner: asyncpg.Connection, network: Planted) -> Campaign:
    """A campaign that is still open today."""
    planted = await plant_campaign(owner, network)
    await owner.execute("update campaign set closes_on = current_date + 30")
    planted.closes_on = clock.today() + timedelta(days=30)
    return planted


async def reopen(actor: Actor, slug: str) -> Assessment:
    only_reading.set(False)
    return await reopening.reopen(actor, slug, reason="Une réponse à corriger", sealed=is_sealed)


async def again(actor: Actor, slug: str, level: int, *, consent: bool) -> Assessment:
    """The round reopened, its first answer changed, submitted."""
    draft = await reopen(actor, slug)
    changed = Draft(State.ANSWERED, level)
    await answer_criterion(actor, draft.slug, "FL1.1.1", changed, op=new_id(), base=draft.submission - 1)
    return await submit(actor, draft.slug, name="Claire Lambert", consent=consent)


async def test_the_new_scores_take_the_place_of_the_old_and_the_plan_follows(
    owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    first = await submit_round(claire, await campaign_of(owner, network))
    taken_part = await owner.fetchval("select submitted_at from participation")
    await open_plan(claire, first.slug, "Plan 2027", 2027, new_id())

    async def counted() -> list[tuple[object, str]]:
        async with as_the_worker(settings):
            await run_jobs()
        return [tuple(row) for row in await owner.fetch(OWN, claire.organisation_id)]

    ((counting, total),) = await counted()
    assert (counting, total) == (first.id, "50")
    draft = await reopen(claire, first.slug)
    assert await counted() == [(first.id, "50")]  # until it is submitted again, what was submitted counts
    await reopening.give_up(claire, draft.slug)
    assert await counted() == [(first.id, "50")]
    second = await again(claire, first.slug, 5, consent=True)
    ((counting, total),) = await counted()
    assert counting == second.id
    assert total != "50"
    assert await owner.fetchval("select assessment_id from action_plan") == second.id
    assert await owner.fetchval("select submitted_at from participation") == taken_part
    third = await again(claire, second.slug, 4, consent=False)
    assert await counted() == []  # no consent this time: nor may what it supersedes stay
    assert await owner.fetchval("select assessment_id from action_plan") == third.id
    states = await owner.fetch("select state from assessment order by created_at")
    assert [row["state"] for row in states] == ["superseded", "given_up", "superseded", "submitted"]


async def test_after_the_campaign_closed_or_was_sealed_a_round_is_corrected_otherwise(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    campaign = await campaign_of(owner, network)
    first = await submit_round(claire, campaign)
    async with as_the_worker(settings):
        await run_jobs()
    draft = await reopen(claire, first.slug)
    await contribute(owner, network, campaign, network.members)
    clock.freeze(clock.now() + timedelta(days=32))
    assert (await reopen(claire, first.slug)).id == draft.id  # it was opened in time
    await reopening.give_up(claire, draft.slug)
    with pytest.raises(NotReopenable) as refused:
        await reopen(claire, first.slug)
    assert refused.value.obstacle is Obstacle.CLOSED
    clock.freeze(None)
    late = await reopen(claire, first.slug)
    await publish(settings, campaign)
    edition = await owner.fetchval("select hash from edition")
    only_reading.set(False)
    await submit(claire, late.slug, name="Claire Lambert", consent=True)
    async with as_the_worker(settings):
        await run_jobs()
    ((counting, _),) = await owner.fetch(OWN, claire.organisation_id)
    assert counting == first.id  # what is sealed stays, and its frozen result with it
    assert await owner.fetchval("select hash from edition") == edition
    with pytest.raises(NotReopenable) as refused:
        await reopen(claire, late.slug)
    assert refused.value.obstacle is Obstacle.SEALED
    async with visit(claire) as browser:
        here = f"/o/transports-du-val/e/{late.slug}"
        told = await browser.send_form(f"{here}/reopen", {"reason": "Encore"})
        assert told.status_code == 409
        assert "erratum" in told.text
        assert (await browser.get(f"/o/transports-du-val/e/{first.slug}/benchmark")).status_code == 200
        assert (await browser.get(f"{here}/benchmark")).status_code == 200
        assert late.slug in (await browser.get(f"/o/transports-du-val/e/{first.slug}/sharing")).text
