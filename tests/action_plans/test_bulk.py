"""Several actions changed at once: what each becomes, what stays, what is told."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from palier.action_plans import store
from palier.action_plans.flows import acting
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable
from palier.action_plans.flows.sweeping import sweep_actions
from palier.action_plans.rules.bulk import Later, Sweep
from palier.action_plans.rules.life import ActionStatus, Facts
from palier.action_plans.store import Action
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from tests.action_plans.test_pages import HOME, fields
from tests.conftest import Browser

DUE = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("sweep", "after"),
    [
        (Sweep({"status": ActionStatus.DONE}), {"status": ActionStatus.DONE}),
        (Sweep(later=Later.FORTNIGHT), {"due_on": date(2026, 12, 14)}),
        (Sweep(later=Later.QUARTER), {"due_on": date(2027, 2, 28)}),
        (Sweep({"due_on": None}), {"due_on": None}),
        (Sweep(channel="web"), {"channels": ("phone", "web")}),
        (Sweep(channel="phone"), {}),
        (Sweep(), {}),
    ],
)
def test_a_sweep_changes_what_it_says_and_nothing_else(sweep: Sweep, after: dict[str, Any]) -> None:
    facts = Facts("Écouter", "constat", due_on=DUE, channels=("phone",))
    assert sweep.over(facts) == replace(facts, **after)
    assert sweep.empty is (sweep == Sweep())


def test_what_has_no_date_is_not_postponed() -> None:
    assert Sweep(later=Later.WEEK).over(Facts("a")) == Facts("a")


@pytest.fixture
async def three(claire: Actor, plan: str) -> list[Action]:
    """Three planned actions; the third starts late in December."""
    starts = (None, None, date(2026, 12, 20))
    return [
        await acting.add(
            claire, plan, Facts(f"Action {n}", starts_on=start, due_on=date(2027, 1, n)), new_id()
        )
        for n, start in enumerate(starts, start=1)
    ]


async def rows(actor: Actor, ids: list[UUID]) -> list[Action]:
    async with reading(actor):
        return [await store.action_by_id(actor, one) for one in ids]


async def test_each_action_changes_under_its_own_revision(
    claire: Actor, malik: Actor, plan: str, three: list[Action]
) -> None:
    """One was changed by a colleague, one would end before it starts, one is gone, one changes; nothing is lost."""
    only_reading.set(False)
    first, second, third = (row.id for row in three)
    picks = dict.fromkeys((first, second, third, new_id()), 1)
    await acting.move(malik, second, ActionStatus.IN_PROGRESS, 1)
    swept = await sweep_actions(claire, plan, picks, Sweep({"due_on": DUE}))
    assert (swept.changed, swept.same, swept.gone) == (1, 0, 1)
    whys = {kept.row.title: type(kept.why) for kept in swept.kept}
    assert whys == {"Action 2": ChangedMeanwhile, "Action 3": Unacceptable}
    a, b, c = await rows(claire, [first, second, third])
    assert (a.due_on, a.revision) == (DUE, 2)
    assert (b.due_on, b.status) == (date(2027, 1, 2), ActionStatus.IN_PROGRESS)
    assert (c.due_on, c.revision) == (date(2027, 1, 3), 1)
    again = await sweep_actions(claire, plan, {first: 1}, Sweep({"due_on": DUE}))
    assert (again.changed, again.same, again.kept) == (0, 1, ())


async def test_a_stranger_sweeps_nothing(claire: Actor, nora: Actor, plan: str, three: list[Action]) -> None:
    only_reading.set(False)
    with pytest.raises(Exception, match="does not exist"):
        await sweep_actions(nora, plan, {three[0].id: 1}, Sweep({"due_on": None}))


async def test_the_list_changes_what_is_ticked_and_keeps_the_choices_of_what_was_refused(
    claire: Actor, malik: Actor, plan: str, three: list[Action], visit: Browser
) -> None:
    async with visit(claire) as browser:
        page = (await browser.get(f"{HOME}/{plan}?view=list&sort=title")).text
        form = fields(page, f"{HOME}/{plan}/bulk")
        assert not [name for name in form if name.startswith("pick-")]
        refused = await browser.send_form(f"{HOME}/{plan}/bulk", form)
        assert (refused.status_code, "Cochez au moins une action" in refused.text) == (422, True)
        ticked = form | {f"pick-{row.id}": "1" for row in three}
        assert (await browser.send_form(f"{HOME}/{plan}/bulk", ticked)).status_code == 422
        only_reading.set(False)
        await acting.move(malik, three[1].id, ActionStatus.IN_PROGRESS, 1)
        wanted = ticked | {"bulk-owner": str(malik.person_id), "bulk-channel": "web"}
        told = await browser.send_form(f"{HOME}/{plan}/bulk", wanted)
        assert told.status_code == 409
        assert "Malik Ouali l’a modifiée entre-temps" in told.text
        assert "2 actions sont modifiées." in told.text
        kept = fields(told.text, f"{HOME}/{plan}/bulk")
        assert {name: value for name, value in kept.items() if name.startswith("pick-")} == {
            f"pick-{three[1].id}": "2"
        }
        assert kept["bulk-owner"] == str(malik.person_id)
        done = await browser.send_form(f"{HOME}/{plan}/bulk", kept)
        assert (done.status_code, done.headers["location"]) == (303, f"{HOME}/{plan}?view=list&sort=title")
        filtered = (await browser.get(f"{HOME}/{plan}?view=list&channel=web&owner={malik.person_id}")).text
        assert filtered.count('id="row-') == 3
    assert {
        (row.owner_name, tuple(row.channels)) for row in await rows(claire, [row.id for row in three])
    } == {("Malik Ouali", ("web",))}
