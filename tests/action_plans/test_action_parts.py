"""Beside the form of an action: steps, what it waits for, reviews; and two people on one form."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest
from tortoise.exceptions import DoesNotExist

from palier.action_plans import store
from palier.action_plans.flows import acting, reviewing, stepping, suggesting, waiting
from palier.action_plans.flows.acting import ChangedMeanwhile, facts_of
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.flows.reconciling import reconcile
from palier.action_plans.flows.reviewing import Look
from palier.action_plans.flows.stepping import StepsChangedMeanwhile, UnacceptableSteps, seal_of
from palier.action_plans.flows.suggesting import Wish, suggestions_for
from palier.action_plans.flows.waiting import InACircle, waits_of
from palier.action_plans.rules.life import ActionStatus, Facts, Kpi, Stage
from palier.action_plans.store import Action, ActionDependency, ChecklistItem
from palier.action_plans.trail import trail_of
from palier.assessments.rules.peers import nobody
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.operations import AlreadyDone
from tests.action_plans.conftest import plant_round

DAY = date(2026, 11, 5)


@pytest.fixture
async def action(plan: str, claire: Actor) -> Action:
    """An action of one's own with two steps, under way."""
    facts = Facts("Appeler dix clients", status=ActionStatus.IN_PROGRESS, review_every_months=2)
    return await acting.add(claire, plan, facts, new_id(), ["Choisir", "Appeler"])


async def steps_of(actor: Actor, action: Action) -> list[ChecklistItem]:
    async with reading(actor):
        return (await store.checklists_of(actor, [action.id])).get(action.id, [])


async def verbs(actor: Actor, action: Action) -> list[str]:
    async with reading(actor):
        trail = await trail_of(actor, f"action {action.id}")
    return [event.verb.removeprefix("action_plans.") for event in trail]


async def test_a_step_ticked_twice_is_ticked_once_and_both_people_are_told(
    action: Action, claire: Actor, malik: Actor
) -> None:
    first = (await steps_of(claire, action))[0]
    for done in (True, True, False):
        await stepping.tick(malik, action.id, first.id, done=done)
    await stepping.tick(malik, action.id, first.id, done=True)
    first, second = await steps_of(claire, action)
    assert (first.done_by, second.done_by) == (malik.person_id, None)
    assert await verbs(claire, action) == ["step_done", "step_reopened", "step_done", "action_added"]


async def test_steps_rewritten_keep_their_ticks_and_are_never_overwritten_unseen(
    action: Action, claire: Actor, malik: Actor
) -> None:
    seal = seal_of(["Choisir", "Appeler"])
    await stepping.tick(malik, action.id, (await steps_of(claire, action))[0].id, done=True)
    await stepping.rewrite(malik, action.id, ["Préparer", "Choisir", "Appeler"], seal)
    with pytest.raises(StepsChangedMeanwhile) as refused:
        await stepping.rewrite(claire, action.id, ["Choisir"], seal)
    assert refused.value.steps == ["Préparer", "Choisir", "Appeler"]
    after = await steps_of(claire, action)
    assert [(one.text, one.done_at is not None) for one in after] == [
        ("Préparer", False), ("Choisir", True), ("Appeler", False)
    ]  # fmt: skip
    with pytest.raises(UnacceptableSteps):
        await stepping.rewrite(claire, action.id, ["x" * 501], seal_of([one.text for one in after]))


async def test_a_step_sent_twice_is_added_once(action: Action, claire: Actor) -> None:
    op = new_id()
    await stepping.add_step(claire, action.id, "Rendre compte", op)
    with pytest.raises(AlreadyDone):
        await stepping.add_step(claire, action.id, "Rendre compte", op)
    assert [one.text for one in await steps_of(claire, action)] == ["Choisir", "Appeler", "Rendre compte"]


async def test_actions_wait_for_others_and_never_in_a_circle(
    plan: str, action: Action, claire: Actor
) -> None:
    second = await acting.add(claire, plan, Facts("Deux"), new_id())
    third = await acting.add(claire, plan, Facts("Trois"), new_id())
    await waiting.wait_for(claire, second.id, action.id, new_id())
    await waiting.wait_for(claire, third.id, second.id, new_id())
    await waiting.wait_for(claire, third.id, second.id, new_id())
    for wrong in (third.id, action.id):
        with pytest.raises(InACircle):
            await waiting.wait_for(claire, action.id, wrong, new_id())
    async with reading(claire):
        waits = await waits_of(claire, second.id)
    assert [[one.id for one in group] for group in (waits.requires, waits.awaited_by, waits.offered)] == [
        [action.id], [third.id], []
    ]  # fmt: skip
    await waiting.stop_waiting(claire, third.id, second.id)
    assert (await verbs(claire, third))[:2] == ["dependency_removed", "dependency_added"]


async def test_two_who_would_close_a_circle_together_do_not(
    plan: str, action: Action, claire: Actor, malik: Actor
) -> None:
    other = await acting.add(claire, plan, Facts("Deux"), new_id())
    outcomes = await asyncio.gather(
        waiting.wait_for(claire, action.id, other.id, new_id()),
        waiting.wait_for(malik, other.id, action.id, new_id()),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["InACircle", "NoneType"]


async def test_the_table_itself_refuses_a_circle_and_other_people_s_actions(
    plan: str, action: Action, claire: Actor, nora: Actor
) -> None:
    other = await acting.add(claire, plan, Facts("Deux"), new_id())
    await waiting.wait_for(claire, action.id, other.id, new_id())
    edge = {"organisation_id": claire.organisation_id, "action_id": other.id, "requires_id": action.id}
    with pytest.raises(Exception, match="wait for one another"):
        async with transaction(claire):
            await ActionDependency.create(id=new_id(), **edge)
    hers = edge | {"organisation_id": nora.organisation_id}
    for rows in (
        ActionDependency(id=new_id(), **hers),
        ChecklistItem(
            id=new_id(), organisation_id=nora.organisation_id, action_id=action.id, text="x", position=1
        ),
    ):
        with pytest.raises(Exception, match="row-level security"):
            async with transaction(nora):
                await rows.save(force_create=True)


async def test_what_an_action_holds_goes_with_it(
    plan: str, action: Action, claire: Actor, owner: asyncpg.Connection
) -> None:
    other = await acting.add(claire, plan, Facts("Deux"), new_id())
    await waiting.wait_for(claire, other.id, action.id, new_id())
    await reviewing.review(claire, action.id, Look(DAY, Stage.CHECK, "Rien"), 1, new_id())
    await acting.take_out(claire, action.id, 2)
    for table in ("checklist_item", "action_dependency", "action_review"):
        assert await owner.fetchval(f"select count(*) from {table}") == 0, table


async def test_a_review_sets_the_next_one_and_waits_for_nobody_s_change(
    action: Action, claire: Actor, malik: Actor
) -> None:
    after = await reviewing.review(claire, action.id, Look(DAY, Stage.CHECK, "Ça marche"), 1, new_id())
    assert (after.stage, after.next_review_on, after.revision) == (Stage.CHECK, date(2027, 1, 5), 2)
    with pytest.raises(ChangedMeanwhile):
        await reviewing.review(malik, action.id, Look(DAY, Stage.ACT, "Trop tard"), 1, new_id())
    async with reading(claire):
        found = await reviewing.reviews_of(claire, action.id)
    assert [(one.words, one.stage, one.by) for one in found] == [("Ça marche", Stage.CHECK, "Claire Lambert")]


async def test_nobody_else_s_action_is_ticked_reviewed_or_waited_for(
    plan: str, action: Action, claire: Actor, nora: Actor
) -> None:
    await plant_round(nora)
    step = (await steps_of(claire, action))[0]
    for attempt in (
        stepping.tick(nora, action.id, step.id, done=True),
        stepping.add_step(nora, action.id, "x", new_id()),
        stepping.rewrite(nora, action.id, [], ""),
        waiting.wait_for(nora, action.id, action.id, new_id()),
        waiting.stop_waiting(nora, action.id, action.id),
        reviewing.review(nora, action.id, Look(DAY, Stage.ACT, ""), 1, new_id()),
    ):
        with pytest.raises(DoesNotExist):
            await attempt


# --- two people on one form -----------------------------------------------------------------------------------------


async def test_the_second_editor_is_told_field_by_field_and_loses_nothing(
    action: Action, claire: Actor, malik: Actor
) -> None:
    shown = replace(facts_of(action), kpi=Kpi("Appels", target=Decimal(10)), cost=Decimal("1200.50"))
    await acting.edit(claire, action.id, shown, 1)
    theirs = replace(shown, due_on=DAY, finding="Ils attendent", owner=malik.person_id, cost=Decimal(99))
    await acting.edit(malik, action.id, theirs, 2)
    mine = replace(
        shown, title="Appeler vingt clients", finding="Ils raccrochent", sponsor_id=claire.person_id
    )
    with pytest.raises(ChangedMeanwhile) as refused:
        await acting.edit(claire, action.id, mine, 2)
    found = reconcile(
        refused.value, mine, {claire.person_id: "Claire Lambert", malik.person_id: "Malik Ouali"}
    )
    assert found.facts == replace(
        mine, due_on=DAY, owner=malik.person_id, cost=Decimal(99)
    )  # what I left alone follows theirs
    told = {one.field: (one.theirs, one.mine, one.taken) for one in found.differences}
    assert told == {
        "finding": ("Ils attendent", "Ils raccrochent", False),
        "title": ("Appeler dix clients", "Appeler vingt clients", False),
        "sponsor": ("", "Claire Lambert", False),
        "due_on": (DAY, None, True),
        "owner": ("Malik Ouali", "", True),
        "cost": (Decimal(99), Decimal("1200.50"), True),
    }
    assert found.differences[0].field == "finding"
    await acting.edit(claire, action.id, found.facts, 3)


async def test_where_the_trail_was_erased_everything_typed_stays(
    action: Action, claire: Actor, malik: Actor
) -> None:
    await acting.edit(malik, action.id, replace(facts_of(action), due_on=DAY), 1)
    mine = replace(facts_of(action), title="Autre")
    with pytest.raises(ChangedMeanwhile) as refused:
        await acting.edit(claire, action.id, mine, 1)
    refused.value.before = {}
    assert reconcile(refused.value, mine, {}).facts == mine


async def test_an_action_waits_for_those_its_lever_requires(plan: str, claire: Actor) -> None:
    async with reading(claire):
        view = await load_plan(claire, plan)
    offered = suggestions_for(view, None)
    known = {one.lever.id for one in offered}
    pair = next(
        ((one.lever.id, name) for one in offered for name in one.lever.requires if name in known), None
    )
    wishes = {name: Wish() for name in pair or known}
    made = {row.lever: row for row in await suggesting.fill(claire, plan, wishes, nobody, new_id())}
    async with reading(claire):
        edges = await store.dependencies_of(claire, [row.id for row in made.values()])
    expected = {
        made[one.lever.id].id: {made[name].id for name in one.lever.requires if name in made}
        for one in offered
        if one.lever.id in made
    }
    assert {action: set(needed) for action, needed in edges.items()} == {
        k: v for k, v in expected.items() if v
    }
    assert pair is None or edges
