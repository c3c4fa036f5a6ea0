"""A client goes from one consultant to another: proposed, answered once, and nobody learns more than they should."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from palier.action_plans import store as plans
from palier.assessments.flows.answering import open_assessment
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import only_reading, reading, transaction
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.network.flows import mandating, recalling
from palier.network.mandates import HandOver
from palier.network.rules.mandates import HandOverState
from palier.portfolio.flows import handing_over
from palier.portfolio.flows.clients import load_portfolio
from palier.portfolio.flows.handing_over import AlreadyProposed, NotOpen, Terms
from palier.questionnaires.catalogue import latest
from palier.respondents.store import Assignment, Respondent
from tests.conftest import Browser, Cast, plant_mandate, plant_person
from tests.portfolio.test_portfolio import plant_actions
from tests.roles import as_the_worker

HERE = "/o/transports-du-val/people"
SITE = "https://palier.test"


@pytest.fixture
def hugo(cast: Cast) -> Person:
    return cast.people["hugo"]


def dated(day: date) -> dict[str, str]:
    return {"ends-day": str(day.day), "ends-month": str(day.month), "ends-year": str(day.year)}


async def proposed(owner: asyncpg.Connection) -> Any:
    return await owner.fetchval("select id from hand_over order by proposed_at desc limit 1")


async def carry(claire: Actor, hugo: Person) -> None:
    """Hugo carries an action that is late, and is asked one section of an open round."""
    await plant_actions(claire)
    done = await open_assessment(claire, latest("FL"), name="2027", opens_on=clock.today(), closes_on=None)
    async with transaction(claire):
        await plans.Action.filter(title="planned -1").update(owner_id=hugo.person_id, owner_name=hugo.name)
        asked = {
            "organisation_id": claire.organisation_id,
            "assessment_id": done.id,
            "person_id": hugo.person_id,
        }
        await Respondent.create(**asked, asked_at=clock.now())
        await Assignment.create(**asked, code="FL1.1", assigned_at=clock.now())


async def test_the_client_accepts_and_what_was_to_do_passes_on(
    claire: Actor, nora: Actor, hugo: Person, visit: Browser, owner: asyncpg.Connection
) -> None:
    await carry(claire, hugo)
    old = await plant_mandate(claire, hugo)
    await plant_mandate(nora, hugo)
    async with visit(hugo) as consultant, visit(claire) as browser, visit(nora) as stranger:
        page = f"/portfolio/mandates/{old}"
        assert (
            await consultant.send_form(f"{page}/hand-over", {"email": "hugo@example.org"})
        ).status_code == 422
        assert (
            await consultant.send_form(
                f"{page}/hand-over", {"email": "Lea@example.org", "note": "Elle vous connaît."}
            )
        ).status_code == 303
        assert (
            await consultant.send_form(f"{page}/hand-over", {"email": "x@example.org"})
        ).status_code == 422
        assert "lea@example.org" in (await consultant.get(page)).text
        assert await owner.fetchval("select count(*) from person where email = 'lea@example.org'") == 0
        address = f"{HERE}/hand-overs/{await proposed(owner)}"
        assert address in (await browser.get(HERE)).text
        assert (await consultant.get(address)).status_code == 403
        assert (await stranger.get(address)).status_code == 404
        decision = (await browser.get(address)).text
        for words in ("Elle vous connaît.", "planned -1", "FL1.1"):
            assert words in decision
        until = clock.today() + timedelta(days=60)
        form = dated(until) | {"overlap": "0", "actions": "yes", "rounds": "yes"}
        assert (await browser.send_form(f"{address}/accept", form)).status_code == 303
        assert (await consultant.get("/o/transports-du-val")).status_code == 404
        assert (await consultant.get("/o/clinique-du-lac")).status_code == 200
        assert "Transmis à un autre consultant" in (await consultant.get("/portfolio")).text
        await browser.send_form(f"{address}/accept", form)
        await browser.send_form(f"{address}/refuse")
        assert "Vous avez accepté" in (await browser.get(address)).text
    rows = await owner.fetch("select p.id, p.name, p.email, m.ends_on, m.ending from mandate m join person p on p.id = m.consultant_id "
        "where m.organisation_id = $1 order by m.created_at", claire.organisation_id)  # fmt: skip
    assert [(row["email"], row["ending"]) for row in rows] == [
        ("hugo@example.org", "handed_over"),
        ("lea@example.org", ""),
    ]
    assert rows[1]["ends_on"] == until
    lea = Person(rows[1]["id"], rows[1]["name"], rows[1]["email"])
    assert [client.name for client in await load_portfolio(lea)] == ["Transports du Val"]
    assert await owner.fetchval("select owner_id from action where title = 'planned -1'") == lea.person_id
    assert await owner.fetchval("select person_id from respondent") == lea.person_id
    assert await owner.fetchval("select person_id from assignment") == lea.person_id
    kinds = [
        row["kind"]
        for row in await owner.fetch("select kind from mail where kind <> 'receipt' order by created_at")
    ]
    assert kinds == ["hand_over_proposed", "mandate_granted", "hand_over_accepted"]
    trail = await owner.fetch(
        "select verb, mandate_id, details from audit_entry where verb like 'network.%' order by seq"
    )
    assert [row["verb"] for row in trail] == [
        "network.hand_over_proposed", "network.mandate_granted", "network.hand_over_accepted", "network.mandate_handed_over",
    ]  # fmt: skip
    assert trail[0]["mandate_id"] == old


async def test_a_proposal_is_answered_once_whatever_is_tried_afterwards(
    claire: Actor, hugo: Person, owner: asyncpg.Connection, settings: Settings
) -> None:
    """Every way a proposal ends, and every answer to one that has ended."""
    mandate = await plant_mandate(claire, hugo)
    terms = Terms(clock.today() + timedelta(days=20), 14, actions=True, rounds=True)

    async def lapse() -> None:
        async with as_the_worker(settings):
            clock.freeze(clock.now() + timedelta(days=31))
            await recalling.let_lapse()

    ends = {
        HandOverState.WITHDRAWN: lambda _: handing_over.withdraw(hugo, mandate),
        HandOverState.REFUSED: lambda one: handing_over.refuse(claire, one),
        HandOverState.LAPSED: lambda _: lapse(),
        HandOverState.ACCEPTED: lambda one: handing_over.accept(claire, one, terms, SITE),
    }
    for state, end in ends.items():
        clock.freeze(None)
        await handing_over.propose(hugo, mandate, "lea@example.org", "", SITE)
        with pytest.raises(AlreadyProposed):
            await handing_over.propose(hugo, mandate, "max@example.org", "", SITE)
        one = await proposed(owner)
        await end(one)
        clock.freeze(None)
        for again in (
            partial(handing_over.refuse, claire, one),
            partial(handing_over.accept, claire, one, terms, SITE),
            partial(handing_over.withdraw, hugo, mandate),
        ):
            with pytest.raises(NotOpen):
                await again()
        assert await owner.fetchval("select state from hand_over where id = $1", one) == state.value
    ending = await owner.fetchrow("select ends_on, revoked_at, ending from mandate where id = $1", mandate)
    assert tuple(ending) == (clock.today() + timedelta(days=14), None, "handed_over")
    with pytest.raises(asyncpg.PostgresError, match="decided"):
        await owner.execute("update hand_over set state = 'proposed' where state = 'accepted'")


async def test_a_mandate_given_back_ends_its_proposal_and_tells_the_owners(
    claire: Actor, hugo: Person, visit: Browser, owner: asyncpg.Connection
) -> None:
    mandate = await plant_mandate(claire, hugo)
    await handing_over.propose(hugo, mandate, "lea@example.org", "", SITE)
    async with visit(hugo) as consultant, visit(claire) as browser:
        assert (await consultant.send_form(f"/portfolio/mandates/{mandate}/give-back")).status_code == 303
        assert (await consultant.get("/o/transports-du-val")).status_code == 404
        assert (await consultant.get(f"/portfolio/mandates/{mandate}")).status_code == 404
        assert "Vous avez rendu le mandat" in (await consultant.get("/portfolio")).text
        assert "Rendu par le consultant" in (await browser.get(HERE)).text
    only_reading.set(False)  # a GET answered in this very context has set it
    assert await owner.fetchval("select state from hand_over") == "lapsed"
    assert (
        await owner.fetchval(
            "select count(*) from mail where kind = 'mandate_given_back' and recipient = 'claire@example.org'"
        )
        == 1
    )
    with pytest.raises(NotOpen):
        await handing_over.accept(
            claire, await proposed(owner), Terms(clock.today(), 0, actions=False, rounds=False), SITE
        )


async def test_a_proposal_is_read_by_the_client_and_its_author_and_by_the_receiver_once_accepted(
    claire: Actor, nora: Actor, hugo: Person, owner: asyncpg.Connection
) -> None:
    lea = await plant_person("Léa Roy", "lea@example.org")
    mandate = await plant_mandate(claire, hugo)
    await handing_over.propose(hugo, mandate, lea.email, "", SITE)

    async def readers() -> list[bool]:
        found = []
        for who in (claire, hugo, lea, nora):
            async with reading(who):
                found.append(await HandOver.all().exists())
        return found

    assert await readers() == [True, True, False, False]
    await handing_over.accept(
        claire, await proposed(owner), Terms(clock.today(), 7, actions=False, rounds=False), SITE
    )
    assert await readers() == [True, True, True, False]


async def test_whatever_a_consultant_does_is_in_the_client_s_trail_under_the_mandate(
    claire: Actor, hugo: Person, visit: Browser, owner: asyncpg.Connection
) -> None:
    """Answering is written by a function of the database, the rest by flows: both name the mandate."""
    await plant_actions(claire)
    await open_assessment(claire, latest("FL"), name="2027", opens_on=clock.today(), closes_on=None)
    mandate = await plant_mandate(claire, hugo)
    before = await owner.fetchval(
        "select coalesce(max(seq), 0) from audit_entry where chain = $1", claire.organisation_id
    )
    here = "/o/transports-du-val"
    slug = await owner.fetchval("select slug from assessment where name = '2027'")
    action = await owner.fetchval("select id from action limit 1")
    async with visit(hugo) as consultant:
        for address, form in (
            (f"{here}/e/{slug}/q/FL1.1.1", {"answer": "3", "rev": "0"}),
            (f"{here}/a/{action}/comments", {"text": "Vu avec l’équipe."}),
            (f"{here}/plans/plan/actions/new", {"title": "Former les agents"}),
        ):
            answer = await consultant.send_form(
                address, form | {"op": str(await owner.fetchval("select gen_random_uuid()"))}
            )
            assert answer.status_code in (200, 303), address
    rows = await owner.fetch(
        "select verb, mandate_id, role from audit_entry where chain = $1 and seq > $2 order by seq", claire.organisation_id, before
    )  # fmt: skip
    assert {row["verb"] for row in rows} >= {"assessments.answered", "action_plans.action_added"}
    assert {(row["mandate_id"], row["role"]) for row in rows} == {(mandate, Role.CONSULTANT.value)}
    only_reading.set(False)  # a GET answered in this very context may have set it
    await mandating.revoke(claire, mandate)
    last = await owner.fetchrow(
        "select verb, mandate_id from audit_entry where chain = $1 order by seq desc limit 1",
        claire.organisation_id,
    )
    assert tuple(last) == ("network.mandate_revoked", None)
