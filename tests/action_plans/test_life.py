"""The life of an action: no change is lost, none overwrites another unseen, and every one leaves a trace."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise.exceptions import DoesNotExist

from palier.action_plans.flows import acting, planning, suggesting
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable, facts_of
from palier.action_plans.flows.overview import PlanView, finished_criteria, load_plan
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.flows.planning import NotSubmitted, open_plan
from palier.action_plans.flows.suggesting import NoLongerSuggested, Wish, first_draft, suggestions_for
from palier.action_plans.rules.life import ActionStatus, Facts, Kpi, faults, is_late, settled
from palier.action_plans.store import Action
from palier.action_plans.trail import trail_of
from palier.assessments.flows.answering import open_assessment
from palier.assessments.rules.peers import PeerFigure, PeerView, nobody
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.audit import broken_links
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.operations import AlreadyDone
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.effects import answers_in, what_if
from tests.action_plans.conftest import plant_round

TODAY = date(2026, 11, 5)


async def view(actor: Actor, slug: str = "plan-2027") -> PlanView:
    async with reading(actor):
        return await load_plan(actor, slug)


async def suggestions(actor: Actor, slug: str = "plan-2027") -> list[str]:
    return [one.lever.id for one in suggestions_for(await view(actor, slug), None)]


# --- pure -------------------------------------------------------------------------------------------------------


def test_progress_follows_the_status() -> None:
    facts = Facts("x", progress=40)
    assert settled(facts).progress == 0
    assert settled(replace(facts, status=ActionStatus.DONE)).progress == 100
    assert settled(replace(facts, status=ActionStatus.IN_PROGRESS)).progress == 40
    assert settled(replace(facts, status=ActionStatus.IN_PROGRESS, progress=100)).progress == 0


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(""), [("title", "missing")]),
        (Facts("x" * 201), [("title", "too_long")]),
        (Facts("x", starts_on=TODAY, due_on=TODAY - timedelta(1)), [("due", "order")]),
        (Facts("x", progress=101, effort=0), [("progress", "out_of_range"), ("effort", "out_of_range")]),
        (Facts("x", kpi=Kpi(baseline=Decimal(1))), [("kpi_name", "missing")]),
        (Facts("x", kpi=Kpi("a", baseline=Decimal(5), target=Decimal(3))), [("kpi_target", "wrong_way")]),
        (Facts("x", kpi=Kpi("a", direction="down", baseline=Decimal(5), target=Decimal(3))), []),
        (Facts("x", starts_on=TODAY, due_on=TODAY), []),
    ],
)
def test_what_may_not_be_written(facts: Facts, expected: list[tuple[str, str]]) -> None:
    assert [(fault.field, fault.rule) for fault in faults(facts)] == expected


def test_late_is_due_before_today_and_not_done() -> None:
    yesterday = TODAY - timedelta(1)
    assert is_late("planned", yesterday, TODAY)
    assert not is_late("done", yesterday, TODAY)
    assert not is_late("in_progress", TODAY, TODAY)
    assert not is_late("planned", None, TODAY)


# --- plans and suggestions --------------------------------------------------------------------------------------


async def test_a_plan_needs_a_submitted_round(claire: Actor, stage: object) -> None:
    await open_assessment(claire, latest("FL"), name="2026", opens_on=TODAY, closes_on=None)
    with pytest.raises(NotSubmitted):
        await open_plan(claire, "fl-2026", "Plan", 2027, new_id())
    with pytest.raises(DoesNotExist):
        await open_plan(claire, "fl-2025", "Plan", 2027, new_id())


async def test_two_plans_opened_at_once_get_two_addresses(submitted: Assessment, claire: Actor) -> None:
    slugs = await asyncio.gather(
        *(open_plan(claire, submitted.slug, "Plan", 2027, new_id()) for _ in range(3))
    )
    assert sorted(slugs) == ["plan-2027", "plan-2027-2", "plan-2027-3"]


async def test_a_stranger_opens_no_plan_on_somebody_else_s_round(submitted: Assessment, nora: Actor) -> None:
    with pytest.raises(DoesNotExist):
        await open_plan(nora, submitted.slug, "Plan", 2027, new_id())


async def test_generating_is_all_or_nothing_and_once(plan: str, claire: Actor) -> None:
    chosen = (await suggestions(claire))[:5]
    wishes, op = {lever: Wish() for lever in chosen}, new_id()
    with pytest.raises(NoLongerSuggested):
        await suggesting.fill(claire, plan, wishes | {"FL9.9-z": Wish()}, nobody, new_id())
    with pytest.raises(UnknownOwner):
        await suggesting.fill(claire, plan, wishes | {chosen[0]: Wish(owner=new_id())}, nobody, new_id())
    assert (await view(claire)).actions == ()
    made, again = await asyncio.gather(
        suggesting.fill(claire, plan, wishes, nobody, op),
        suggesting.fill(claire, plan, wishes, nobody, op),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in (made, again)) == ["AlreadyDone", "list"]
    assert {one.row.lever for one in (await view(claire)).actions} == set(chosen)


async def test_two_people_adopt_one_lever_once(plan: str, claire: Actor, malik: Actor) -> None:
    lever = (await suggestions(claire))[0]
    outcomes = await asyncio.gather(
        *(suggesting.adopt(who, plan, lever, Wish(), nobody, new_id()) for who in (claire, malik)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Action", "NoLongerSuggested"]
    assert lever not in await suggestions(claire)


async def test_the_peers_top_quarter_enters_and_its_absence_does_not(plan: str, claire: Actor) -> None:
    figure = PeerFigure("40-79", 40, 60, 90)
    shown = PeerView("Transport", "2026", TODAY, {"FL1.1.1": figure})
    seen = await view(claire)
    with_peers = {one.lever.id: one for one in suggestions_for(seen, shown)}
    without = {one.lever.id: one for one in suggestions_for(seen, None)}
    serving = [name for name, one in with_peers.items() if "FL1.1.1" in one.moves]
    assert serving
    for name, one in with_peers.items():
        expected = 90 - seen.round.result.node("FL1.1.1").score if name in serving else None
        assert one.terms["peer_gap"].raw == expected
        assert without[name].terms["peer_gap"].raw is None


async def test_what_is_put_aside_stays_so_until_taken_back(plan: str, claire: Actor, malik: Actor) -> None:
    lever = (await suggestions(claire))[0]
    await suggesting.dismiss(malik, plan, lever, "Déjà tenté")
    await suggesting.dismiss(claire, plan, lever, "Une deuxième fois")
    assert lever not in await suggestions(claire)
    assert [one.reason for one in (await view(claire)).dismissals] == ["Déjà tenté"]
    with pytest.raises(NoLongerSuggested):
        await suggesting.adopt(claire, plan, lever, Wish(), nobody, new_id())
    await suggesting.restore(claire, plan, lever)
    assert lever in await suggestions(claire)


async def test_the_combined_gain_is_one_run_of_the_engine(plan: str, claire: Actor) -> None:
    drafts = first_draft(claire, suggestions_for(await view(claire), None))
    await suggesting.fill(claire, plan, {d.suggestion.lever.id: Wish() for d in drafts}, nobody, new_id())
    seen = await view(claire)
    moves: dict[str, int] = {}
    for one in seen.actions:
        for step in one.row.serves:
            moves[step["criterion"]] = max(step["to"], moves.get(step["criterion"], 0))
        assert str(one.gain) == one.row.expected_gain
    after = what_if(seen.round.questionnaire, answers_in(seen.round.result), moves)
    assert seen.projected == after
    assert seen.gain == after.score - seen.round.result.score > 0


async def test_weights_as_usual_are_not_kept_and_targets_are_exact(plan: str, claire: Actor) -> None:
    await planning.set_up(claire, plan, "Autre titre", {"FL1": 3, "FL2": 1}, {"FL1.1.1": 75})
    seen = (await view(claire)).plan
    assert (seen.title, seen.strategic_weights, seen.targets) == (
        "Autre titre",
        {"FL1": 3},
        {"FL1.1.1": "75"},
    )


# --- one action -------------------------------------------------------------------------------------------------


async def test_a_change_based_on_an_old_page_is_refused_and_nothing_is_lost(
    plan: str, claire: Actor, malik: Actor
) -> None:
    row = await acting.add(claire, plan, Facts("Appeler", owner=claire.person_id), new_id())
    await acting.move(malik, row.id, ActionStatus.IN_PROGRESS, 1)
    with pytest.raises(ChangedMeanwhile) as refused:
        await acting.edit(claire, row.id, Facts("Appeler dix clients"), 1)
    assert (refused.value.by, refused.value.action.revision) == ("Malik Ouali", 2)
    with pytest.raises(ChangedMeanwhile):
        await acting.take_out(claire, row.id, 1)
    assert (await view(claire)).actions[0].row.title == "Appeler"


async def test_saving_what_stands_is_never_a_conflict(plan: str, claire: Actor) -> None:
    row = await acting.add(claire, plan, Facts("Appeler"), new_id())
    await acting.move(claire, row.id, ActionStatus.DONE, 1)
    assert (await acting.move(claire, row.id, ActionStatus.DONE, 1)).revision == 2


async def test_of_two_changes_at_once_one_wins_and_the_other_is_told(
    plan: str, claire: Actor, malik: Actor
) -> None:
    row = await acting.add(claire, plan, Facts("Appeler"), new_id())
    outcomes = await asyncio.gather(
        acting.move(claire, row.id, ActionStatus.DONE, 1),
        acting.move(malik, row.id, ActionStatus.IN_PROGRESS, 1),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Action", "ChangedMeanwhile"]


async def test_an_owner_is_a_member_and_stays_named_after_leaving(
    plan: str, claire: Actor, malik: Actor, nora: Actor, owner: asyncpg.Connection
) -> None:
    with pytest.raises(UnknownOwner):
        await acting.add(claire, plan, Facts("x", owner=nora.person_id), new_id())
    row = await acting.add(claire, plan, Facts("x", owner=malik.person_id), new_id())
    await owner.execute("delete from membership where person_id = $1", malik.person_id)
    saved = await acting.edit(claire, row.id, replace(facts_of(row), title="y"), 1)
    assert saved.owner_name == "Malik Ouali"


async def test_an_unacceptable_action_is_not_written(plan: str, claire: Actor) -> None:
    op = new_id()
    with pytest.raises(Unacceptable):
        await acting.add(claire, plan, Facts(""), op)
    await acting.add(claire, plan, Facts("x"), op)
    with pytest.raises(AlreadyDone):
        await acting.add(claire, plan, Facts("x"), op)
    assert len((await view(claire)).actions) == 1


async def test_a_criterion_the_round_does_not_ask_is_not_kept(plan: str, claire: Actor) -> None:
    row = await acting.add(claire, plan, Facts("x", serves={"FL1.1.1": 5, "SX1.1.1": 5}), new_id())
    assert [step["criterion"] for step in row.serves] == ["FL1.1.1"]


async def test_measures_come_and_go_with_a_trace(plan: str, claire: Actor) -> None:
    row = await acting.add(claire, plan, Facts("x", kpi=Kpi("Appels")), new_id())
    reading_ = await acting.measure(claire, row.id, TODAY, Decimal("3.5"), new_id())
    await acting.unmeasure(claire, row.id, reading_.id)
    await acting.measure(claire, row.id, TODAY, Decimal(4), new_id())
    assert [float(one.value) for one in (await view(claire)).actions[0].readings] == [4.0]
    async with reading(claire):
        trail = await trail_of(claire, f"action {row.id}")
    assert [event.verb.partition(".")[2] for event in trail] == [
        "kpi_measured", "kpi_reading_removed", "kpi_measured", "action_added"
    ]  # fmt: skip
    assert {event.by for event in trail} == {"Claire Lambert"}


# --- every life an action may have ---------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from(list(ActionStatus)), st.booleans()),
        st.tuples(st.just("title"), st.sampled_from(["Un", "Deux", ""]), st.booleans()),
        st.tuples(st.just("due"), st.sampled_from([None, TODAY, TODAY + timedelta(40)]), st.booleans()),
        st.tuples(st.just("dismiss"), st.none(), st.booleans()),
        st.tuples(st.just("restore"), st.none(), st.booleans()),
        st.tuples(st.just("adopt"), st.none(), st.booleans()),
        st.tuples(st.just("take out"), st.none(), st.booleans()),
    ),
    max_size=12,
)


class Model:
    """What should be true of one lever of the plan: suggested, put aside, or an action with its facts."""

    def __init__(self) -> None:
        self.aside = False
        self.action: UUID | None = None
        self.facts: Facts | None = None
        self.revision = 0


async def live(
    actor: Actor, other: Actor, slug: str, lever: str, step: tuple[str, object, bool], model: Model
) -> None:
    """One step, by a page that may be out of date; the model says what must come of it."""
    kind, value, stale = step
    if kind == "adopt":
        if model.aside or model.action:
            with pytest.raises(NoLongerSuggested):
                await suggesting.adopt(actor, slug, lever, Wish(), nobody, new_id())
            return
        row = await suggesting.adopt(actor, slug, lever, Wish(), nobody, new_id())
        model.action, model.facts, model.revision = row.id, facts_of(row), 1
    elif kind == "dismiss":
        if model.action:
            with pytest.raises(NoLongerSuggested):
                await suggesting.dismiss(actor, slug, lever, "non")
            return
        await suggesting.dismiss(actor, slug, lever, "non")
        model.aside = True
    elif kind == "restore":
        await suggesting.restore(actor, slug, lever)
        model.aside = False
    elif model.action and model.facts:
        await act(actor if not stale else other, kind, value, stale, model)


async def act(actor: Actor, kind: str, value: object, stale: bool, model: Model) -> None:
    """A change of the action, from a page that shows the last revision or (`stale`) the one before."""
    assert model.action
    assert model.facts
    base = model.revision - 1 if stale else model.revision
    if kind == "take out":
        if stale:
            with pytest.raises(ChangedMeanwhile):
                await acting.take_out(actor, model.action, base)
            return
        await acting.take_out(actor, model.action, base)
        model.action = model.facts = None
        return
    name = {"move": "status", "title": "title", "due": "due_on"}[kind]
    wanted = replace(model.facts, **{name: value})
    if faults(wanted):
        with pytest.raises(Unacceptable):
            await acting.edit(actor, model.action, wanted, base)
    elif settled(wanted) == model.facts:
        assert (await acting.edit(actor, model.action, wanted, base)).revision == model.revision
    elif stale:
        with pytest.raises(ChangedMeanwhile):
            await acting.edit(actor, model.action, wanted, base)
    else:
        row = await acting.edit(actor, model.action, wanted, base)
        model.facts, model.revision = settled(wanted), row.revision


@settings(max_examples=25)
@given(steps=STEPS)
async def test_whatever_happens_the_plan_is_what_was_accepted(
    submitted: Assessment,
    claire: Actor,
    malik: Actor,
    owner: asyncpg.Connection,
    steps: list[tuple[str, object, bool]],
) -> None:
    slug = await open_plan(claire, submitted.slug, "Plan", 2027, new_id())
    lever = (await suggestions(claire, slug))[0]
    model = Model()
    for step in steps:
        await live(claire, malik, slug, lever, step, model)
        seen = await view(claire, slug)
        assert [one.row.id for one in seen.actions] == ([model.action] if model.action else [])
        assert (lever in {one.lever for one in seen.dismissals}) == model.aside
        assert (lever in await suggestions(claire, slug)) == (not model.aside and model.action is None)
        if model.facts:
            assert facts_of(seen.actions[0].row) == model.facts
            assert seen.actions[0].row.revision == model.revision
            assert (seen.actions[0].row.done_at is not None) == (model.facts.status is ActionStatus.DONE)
    async with reading(claire):
        assert await broken_links(claire.organisation_id) == []


async def test_nobody_else_s_action_can_be_touched(plan: str, claire: Actor, nora: Actor) -> None:
    row = await acting.add(claire, plan, Facts("x"), new_id())
    other = await plant_round(nora)
    await open_plan(nora, other.slug, "Plan", 2027, new_id())
    for attempt in (
        acting.move(nora, row.id, ActionStatus.DONE, 1),
        acting.edit(nora, row.id, Facts("y"), 1),
        acting.take_out(nora, row.id, 1),
        acting.measure(nora, row.id, TODAY, Decimal(1), new_id()),
    ):
        with pytest.raises(DoesNotExist):
            await attempt
    async with reading(nora):
        assert await Action.filter(id=row.id).count() == 0


async def test_finished_actions_tell_which_criteria_they_served(
    plan: str, claire: Actor, nora: Actor
) -> None:
    before, after = now() - timedelta(1), now() + timedelta(1)
    row = await acting.add(claire, plan, Facts("Appeler", serves={"FL1.1.1": 4, "FL2.1.1": 3}), new_id())
    await acting.add(claire, plan, Facts("Écrire", serves={"FL3.1.1": 4}), new_id())
    async with reading(claire):
        assert await finished_criteria(claire, before) == frozenset()
    await acting.move(claire, row.id, ActionStatus.DONE, 1)
    async with reading(claire):
        assert await finished_criteria(claire, before) == {"FL1.1.1", "FL2.1.1"}
        assert await finished_criteria(claire, after) == frozenset()
    async with reading(nora):
        assert await finished_criteria(nora, before) == frozenset()
