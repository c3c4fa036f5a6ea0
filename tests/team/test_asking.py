"""Asking people: who is added, invited and told what; who changes it, and what two people at once do to each other."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows.answering import answer_criterion
from palier.assessments.flows.sheets import load_desk
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.progress import Count
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor, Organisation
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.operations import AlreadyDone
from palier.foundation.permissions import Role
from palier.network.flows import inviting
from palier.network.flows.inviting import NotInADemonstration
from palier.scoring.rules.answers import State
from palier.team.flows import asking
from palier.team.flows.asking import ChangedMeanwhile, Closed, Missed, Terms, Wish
from palier.team.flows.table import Row, Team, load_team
from palier.team.rules.standing import Standing
from tests.conftest import Browser, Cast, plant_mandate
from tests.team.conftest import CLOSES

SITE, HERE = "http://palier.test", "/o/transports-du-val/e/fl-2026/team"
NOTHING = Terms("", None)


async def team_of(actor: Actor, slug: str = "fl-2026") -> Team:
    async with reading(actor):
        return await load_team(actor, slug)


async def add(
    actor: Actor, *people: Actor, pasted: str = "", slug: str = "fl-2026", **wish: Any
) -> asking.Added:
    ids = frozenset(one.person_id for one in people)
    return await asking.add(actor, slug, Wish(ids, pasted, **wish), SITE, new_id())


async def row_of(actor: Actor, name: str, slug: str = "fl-2026") -> Row:
    return next(row for row in (await team_of(actor, slug)).rows if row.name == name)


async def test_colleagues_are_asked_and_strangers_invited_in_one_go(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection
) -> None:
    added = await add(
        claire,
        malik,
        pasted="Léa <lea@val.fr>, nonsense, sophie@example.org",
        codes=("FL1.1",),
        due_on=CLOSES,
    )
    assert (added.asked, added.invited) == (1, 1)  # Sophie may only read
    rows = {row.name: row for row in (await team_of(claire)).rows}
    assert list(rows) == ["Malik Ouali", "lea@val.fr"]
    assert {row.codes for row in rows.values()} == {("FL1.1",)}
    assert (rows["lea@val.fr"].standing, rows["lea@val.fr"].due_on) == (Standing.INVITED, CLOSES)
    assert await owner.fetchval("select recipient from mail") == "lea@val.fr"


async def test_whoever_accepts_takes_over_what_was_kept_for_their_address(
    shared: Assessment, claire: Actor, cast: Cast, owner: asyncpg.Connection
) -> None:
    await add(claire, pasted="ines.c@val.fr", codes=("FL1.1", "FL2.1.1"), due_on=CLOSES)
    row = await row_of(claire, "ines.c@val.fr")
    await asking.settle(claire, "fl-2026", row.id, Terms("Terrain", CLOSES), Terms("", CLOSES))
    secret = re.search(r"/invite/(\S+)", await owner.fetchval("select text from mail"))
    assert secret
    await inviting.accept(cast.people["ines"], secret[1])  # with an account of another address
    (row,) = (await team_of(claire)).rows
    assert (row.name, row.voice, row.due_on, row.standing) == ("Inès Caron", "Terrain", CLOSES, Standing.HERE)
    assert row.codes == ("FL1.1", "FL2.1.1")
    assert not await owner.fetchval("select count(*) from expected_respondent")


async def test_the_same_form_sent_twice_asks_and_writes_once(
    shared: Assessment, claire: Actor, owner: asyncpg.Connection
) -> None:
    op, wish = new_id(), Wish(frozenset(), "lea@val.fr")
    await asking.add(claire, "fl-2026", wish, SITE, op)
    with pytest.raises(AlreadyDone):
        await asking.add(claire, "fl-2026", wish, SITE, op)
    await add(claire, pasted="LEA@val.fr")
    assert await owner.fetchval("select count(*) from mail") == 1
    assert len((await team_of(claire)).rows) == 1


async def test_a_consultant_asks_colleagues_and_invites_nobody(
    shared: Assessment, claire: Actor, malik: Actor, cast: Cast, owner: asyncpg.Connection
) -> None:
    await plant_mandate(claire, cast.people["hugo"])
    hugo = cast.actor("hugo", "valley", Role.CONSULTANT)
    assert await add(hugo, malik, pasted="lea@val.fr") == asking.Added(1, 0)
    assert not await owner.fetchval("select count(*) from mail")


async def test_a_demonstration_invites_nobody(shared: Assessment, claire: Actor) -> None:
    house = claire.organisation
    inside = Actor(claire.person, Organisation(house.id, house.slug, house.name, sandbox=True), claire.role)
    with pytest.raises(NotInADemonstration):
        await add(inside, pasted="lea@val.fr")
    assert not (await team_of(claire)).rows


async def test_progress_of_a_shared_round_counts_what_anybody_answered_of_one_s_own(
    shared: Assessment, claire: Actor, malik: Actor
) -> None:
    await add(claire, malik, codes=("FL1.1", "FL1.1.2"))
    row = await row_of(claire, "Malik Ouali")
    assert row.codes == ("FL1.1",)  # a criterion of a whole section adds nothing
    await answer_criterion(claire, "fl-2026", "FL1.1.1", Draft(State.ANSWERED, 3), op=new_id(), base=0)
    row = await row_of(claire, "Malik Ouali")
    assert row.count == Count(1, row.count.asked)
    assert row.last_at is None
    assert (await team_of(claire)).unasked == ("Claire Lambert",)
    async with reading(malik):
        desk = await load_desk(malik, "fl-2026")
    assert "FL1.1.1" in desk.mine
    assert desk.mine_left == row.count.left


async def test_progress_of_answers_given_alone_says_that_and_never_what(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await add(claire, claire, malik, slug="fl-seul")
    await answer_criterion(malik, "fl-seul", "FL1.1.1", Draft(State.ANSWERED, 3), op=new_id(), base=0)
    counts = {row.name: row.count.answered for row in (await team_of(claire, "fl-seul")).rows}
    assert counts == {"Claire Lambert": 0, "Malik Ouali": 1}


async def test_two_people_changing_one_row_at_once_are_told(
    shared: Assessment, claire: Actor, malik: Actor
) -> None:
    await add(claire, malik)
    row = await row_of(claire, "Malik Ouali")
    await asking.settle(claire, "fl-2026", row.id, Terms("Qualité", None), NOTHING)
    with pytest.raises(ChangedMeanwhile):
        await asking.settle(claire, "fl-2026", row.id, Terms("Terrain", None), NOTHING)
    await asking.settle(
        claire, "fl-2026", row.id, Terms("Qualité", None), NOTHING
    )  # the same twice is no conflict
    assert (await row_of(claire, "Malik Ouali")).voice == "Qualité"


async def test_a_date_is_neither_over_nor_after_the_close_but_one_that_stood_may_stay(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection
) -> None:
    await add(claire, malik)
    row, past = await row_of(claire, "Malik Ouali"), clock.today() - timedelta(days=1)
    for wrong in (past, CLOSES + timedelta(days=1)):
        with pytest.raises(Missed):
            await asking.settle(claire, "fl-2026", row.id, Terms("", wrong), NOTHING)
    await owner.execute("update respondent set due_on = $1", past)
    await asking.settle(claire, "fl-2026", row.id, Terms("Qualité", past), Terms("", past))
    assert (await row_of(claire, "Malik Ouali")).due_on == past


async def test_removing_takes_back_the_invitation_unless_another_round_expects_them(
    shared: Assessment, alone: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection
) -> None:
    for slug in ("fl-2026", "fl-seul"):
        await add(claire, malik, pasted="lea@val.fr", slug=slug)
    assert await owner.fetchval("select count(*) from mail") == 2  # each round's own link: the last one works
    waiting = "select count(*) from invitation where withdrawn_at is null"
    await asking.remove(claire, "fl-2026", (await row_of(claire, "lea@val.fr")).id)
    assert await owner.fetchval(waiting) == 1
    last = await row_of(claire, "lea@val.fr", "fl-seul")
    await asking.remove(claire, "fl-seul", last.id)
    await asking.remove(claire, "fl-seul", last.id)
    assert await owner.fetchval(waiting) == 0
    await asking.remove(claire, "fl-2026", (await row_of(claire, "Malik Ouali")).id)
    assert [row.name for row in (await team_of(claire)).rows] == []


async def test_a_submitted_round_s_team_does_not_change(
    shared: Assessment, claire: Actor, malik: Actor, owner: asyncpg.Connection
) -> None:
    await add(claire, malik)
    row = await row_of(claire, "Malik Ouali")
    await owner.execute("set session_replication_role = replica")
    await owner.execute("update assessment set state = 'submitted'")
    for changing in (
        add(claire, claire), asking.assign(claire, "fl-2026", row.id, ["FL1.1"]), asking.remove(claire, "fl-2026", row.id),
        asking.settle(claire, "fl-2026", row.id, Terms("x", None), NOTHING),
    ):  # fmt: skip
        with pytest.raises(Closed):
            await changing


async def test_another_round_s_row_is_not_there(
    shared: Assessment, alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await add(claire, malik)
    row = await row_of(claire, "Malik Ouali")
    with pytest.raises(DoesNotExist):
        await asking.assign(claire, "fl-seul", row.id, ["FL1.1"])


# --- the page -------------------------------------------------------------------------------------------------------


async def test_the_page_walks_from_a_pasted_list_to_a_team(
    shared: Assessment, claire: Actor, malik: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        empty = await browser.get(HERE)
        assert "Personne n’est encore sollicité" in empty.text
        form = {"op": str(new_id()), "pasted": "malik@example.org, lea@val.fr\nrien", "code-FL1.1": "yes"}
        preview = await browser.send_form(f"{HERE}/add", form)
        assert preview.status_code == 200
        for said in ("Reçoit une invitation", "Pas une adresse e-mail"):
            assert said in preview.text
        assert not (await team_of(claire)).rows  # nothing is written before
        done = await browser.send_form(f"{HERE}/add", form | {"confirmed": "yes"})
        assert done.status_code == 303
        again = await browser.send_form(f"{HERE}/add", form | {"confirmed": "yes"})
        assert again.status_code == 303
        shown = (await browser.get(HERE)).text
    assert await owner.fetchval("select count(*) from mail") == 1
    assert "lea@val.fr" in shown
    assert shown.count('id="asked-') == 2


@pytest.mark.parametrize(
    ("address", "form", "said"),
    [
        ("/add", {"op": str(new_id())}, "Cochez quelqu’un"),
        ("/add", {"op": str(new_id()), "pasted": "a@b.fr", "due": "31/02"}, "Cette date n’existe pas"),
        ("/add", {"op": str(new_id()), "pasted": "a@b.fr", "due": "2020-01-01", "confirmed": "yes"}, "Choisissez un jour"),
        ("/reminders", {"rhythm": "before", "days": "0"}, "Un nombre de jours"),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_comes_back_as_it_was_typed(
    shared: Assessment, claire: Actor, visit: Browser, address: str, form: dict[str, str], said: str
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{HERE}{address}", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form.get("pasted", "") in answer.text


async def test_a_row_is_swapped_alone_and_says_whose_change_is_in_the_way(
    shared: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await add(claire, malik)
    row = await row_of(claire, "Malik Ouali")
    async with visit(claire) as browser:
        htmx = {"headers": {"hx-request": "true"}}
        saved = await browser.send_form(
            f"{HERE}/{row.id}", {"voice": "Qualité", "due": "", "seen-voice": ""}, **htmx
        )
        late = await browser.send_form(
            f"{HERE}/{row.id}", {"voice": "Terrain", "due": "", "seen-voice": ""}, **htmx
        )
        wrong = await browser.send_form(
            f"{HERE}/{row.id}", {"due": "2020-01-01", "voice": "Qualité", "seen-voice": "Qualité"}
        )
        page = await browser.get(HERE)
    assert saved.status_code == 200
    assert saved.text.lstrip().startswith("<tr")
    assert (late.status_code, wrong.status_code) == (409, 422)
    assert "Quelqu’un a modifié cette ligne" in late.text
    assert 'value="Terrain"' in late.text
    assert 'value="Qualité"' in page.text
    assert "Choisissez un jour" in wrong.text


async def test_contributors_and_readers_read_and_change_nothing(
    shared: Assessment, claire: Actor, malik: Actor, sophie: Actor, visit: Browser
) -> None:
    await add(claire, malik, pasted="lea@val.fr", codes=("FL1.1",))
    row = await row_of(claire, "Malik Ouali")
    for actor in (malik, sophie):
        async with visit(actor) as browser:
            page = await browser.get(HERE)
            assert page.status_code == 200
            assert "malik@example.org" not in page.text
            assert "lea@val.fr" not in page.text
            assert "<form method" not in page.text.partition("<table")[2].partition("</table")[0]
            for address in (
                "/add",
                "/reminders",
                f"/{row.id}",
                f"/{row.id}/sections",
                f"/{row.id}/remove",
                f"/{row.id}/remind",
            ):
                assert (await browser.send_form(f"{HERE}{address}", {"op": str(new_id())})).status_code == 403
            assert (await browser.get(f"{HERE}/{row.id}/sections")).status_code == 403


async def test_sections_are_ticked_on_a_page_of_their_own_and_lead_where_people_work(
    shared: Assessment, claire: Actor, malik: Actor, visit: Browser
) -> None:
    await add(claire, malik)
    row = await row_of(claire, "Malik Ouali")
    async with visit(claire) as browser:
        assert "Toute l’évaluation" in (await browser.get(HERE)).text
        ticked = {"code-FL2.1": "yes", "code-FL9.9": "yes"}
        assert (await browser.send_form(f"{HERE}/{row.id}/sections", ticked)).status_code == 303
        assert (
            'name="code-FL2.1" value="yes" checked' in (await browser.get(f"{HERE}/{row.id}/sections")).text
        )
        hub = (await browser.get("/o/transports-du-val/e/fl-2026")).text
    assert re.search(r'id="task-FL2\.1".*?Malik Ouali.*?</li>', hub)
    async with visit(malik) as browser:
        hub = (await browser.get("/o/transports-du-val/e/fl-2026")).text
        assert 'href="/o/transports-du-val/e/fl-2026/q/FL2.1.1?only=mine"' in hub
        only = (await browser.get("/o/transports-du-val/e/fl-2026?mine=1")).text
        assert 'id="task-FL2.1"' in only
        assert 'id="task-FL1.1"' not in only
        criterion = (await browser.get("/o/transports-du-val/e/fl-2026/q/FL2.1.1?only=mine")).text
        assert "Pour moi" in criterion
        home = (await browser.get("/o/transports-du-val")).text
        assert "pour vous" in home
        assert "q/FL2.1.1?only=mine" in home
