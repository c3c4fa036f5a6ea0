"""A colleague without an account is asked about one criterion: one link, one question, one opinion beside the answer."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from palier.accounts.rules import ATTEMPTS
from palier.assessments.flows import asking, opining
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.opinions import load_asked
from palier.assessments.flows.submitting import submit
from palier.assessments.pages import opining as pages
from palier.assessments.rules.asking import (
    LinkState,
    Wish,
    closing_of,
    end_of,
    one_line,
    state_of,
    taken,
)
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Mode, answer_of
from palier.consensus.flows.agreeing import open_answers
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import LinkHolder, only_reading, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.operations import AlreadyDone
from palier.foundation.permissions import Role
from palier.foundation.turns import Turns
from palier.network.flows.inviting import NotInADemonstration
from palier.questionnaires.catalogue import latest
from palier.respondents import store
from palier.respondents.store import AskedLink, AskedOpinion
from palier.scoring.rules.answers import State
from tests.assessments.conftest import answer_everything
from tests.assessments.every_kind import EVERY_KIND, SLUG, VALUES, plant_every_kind
from tests.conftest import plant_mandate

CODE, OTHER = "FL1.1.1", "FL1.1.2"
ROUND = "/o/transports-du-val/e/fl-2026"
SITE = "https://palier.example"
SOPHIE = Wish("Sophie Martin", days=14)
GIVEN = {"answer": "3", "rationale": "Vu au guichet nord en octobre", "rev": "0"}


@pytest.fixture(autouse=True)
def nobody_has_looked(monkeypatch):
    """The count is one for the process, and every test visits from the same place."""
    monkeypatch.setattr(pages, "_looks", Turns(100, 60))


@pytest.fixture
async def alone(claire):
    """A round that everybody answers alone first."""
    return await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None, mode=Mode.INDIVIDUAL
    )


async def ask(actor: Actor, code: str = CODE, wish: Wish = SOPHIE, slug: str = "fl-2026") -> str:
    only_reading.set(False)  # a GET answered in this very context may have set it
    return await asking.ask(actor, slug, code, wish, new_id(), SITE)


async def say(secret: str, draft: Draft, base: int = 0) -> opining.Question:
    only_reading.set(False)
    return await opining.say(secret, draft, base=base, address="192.0.2.1")


def at(level: int, words: str = "") -> Draft:
    return Draft(State.ANSWERED, level, rationale=words)


async def row_of(owner, secret: str) -> Any:
    return await owner.fetchrow(
        "select o.*, l.id as link from asked_opinion o join asked_link l on l.id = o.link_id where l.fingerprint = $1",
        fingerprint(secret),
    )  # fmt: skip


async def link_id(owner, secret: str) -> UUID:
    found: UUID = (await row_of(owner, secret))["link"]
    return found


def shown(html: str) -> str:
    """The page without the code in its addresses."""
    return re.sub(r"/ask/[\w-]+", "/ask/x", html)


# --- the rules ------------------------------------------------------------------------------------------------------


def test_a_link_ends_with_its_days_the_mandate_of_who_asks_or_the_last_day_of_the_round():
    made = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert end_of(made, 14) == datetime(2026, 12, 6, 8, tzinfo=UTC)
    assert end_of(made, 14, date(2026, 11, 24)) == datetime(2026, 11, 25, tzinfo=UTC)
    assert closing_of(made, date(2026, 11, 22)) == datetime(2026, 11, 23, tzinfo=UTC)
    assert closing_of(made, date(2026, 11, 21)) is None, (
        "a round that goes on after its last day is still asked about"
    )
    ends: dict[str, Any] = {
        "expires": made + timedelta(days=2),
        "closes": made + timedelta(days=1),
        "revoked": None,
    }
    days = [state_of(made + timedelta(days=n), **ends) for n in range(3)]
    assert days == [LinkState.OPEN, LinkState.CLOSED, LinkState.OVER]
    assert state_of(made, **(ends | {"revoked": made})) is LinkState.REVOKED


def test_what_is_taken_keeps_the_words_that_were_there():
    before = Draft(State.ANSWERED, 2, rationale="Mon constat", evidence="Relevé", to_review=True)
    after = taken(before, at(3, "Vu au guichet"))
    assert (after.level, after.rationale) == (3, "Mon constat\n\nVu au guichet")
    assert (after.evidence, after.to_review) == ("Relevé", True)
    assert taken(after, at(3, "Vu au guichet")) == after, "taken again it says nothing twice"
    assert one_line(" Sophie\n\tMartin\u202e ") == "Sophie Martin"


# --- the whole way --------------------------------------------------------------------------------------------------


async def test_a_colleague_is_asked_answers_and_is_heard(claire, malik, round_2026, visit, owner):
    form = {
        "op": str(new_id()),
        "name": " Sophie \n Martin ",
        "days": "14",
        "note": "Toi qui tiens le guichet",
    }
    async with visit(malik) as browser:
        assert f"{ROUND}/q/{CODE}/ask" in (await browser.get(f"{ROUND}/q/{CODE}")).text
        assert (await browser.get(f"{ROUND}/q/{CODE}/ask")).status_code == 200
        told = await browser.send_form(f"{ROUND}/q/{CODE}/ask", form)
        secret = re.search(r"/ask/([\w-]{43})<", told.text)[1]
        again = await browser.send_form(f"{ROUND}/q/{CODE}/ask", form)
        assert again.headers["location"] == f"{ROUND}/q/{CODE}#asked", "a double click makes one link"
    row = await owner.fetchrow("select * from asked_link")
    assert (row["fingerprint"], row["guest"]) == (fingerprint(secret), "Sophie Martin")
    assert row["expires_at"] - row["asked_at"] == timedelta(days=14)
    assert secret not in str(dict(row))
    async with visit(None) as guest:
        page = await guest.get(f"/ask/{secret}")
        assert page.status_code == 200
        for words in (
            "Transports du Val",
            "2026",
            "Malik Ouali",
            "Toi qui tiens le guichet",
            latest("FL").criterion(CODE).label.in_("fr"),
        ):
            assert words in page.text.replace("&#39;", "’"), words
        assert latest("FL").criterion(OTHER).label.in_("fr") not in page.text
        assert "/o/transports-du-val" not in page.text
        gone = await guest.post(f"/ask/{secret}", data=GIVEN)
        assert (gone.status_code, gone.headers["location"]) == (303, f"/ask/{secret}")
        kept = await guest.get(f"/ask/{secret}")
        assert re.search(r'value="3" aria-describedby="d3" checked', kept.text)
        assert "est enregistrée" in kept.text
        assert "Vu au guichet nord" in kept.text
        assert (await guest.post(f"/ask/{secret}/opened")).status_code == 204
        for answer in (page, gone, kept):
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "noindex" in answer.headers["x-robots-tag"]
            assert "no-store" in answer.headers["cache-control"]
            assert "set-cookie" not in answer.headers
        english = await guest.get(f"/ask/{secret}?language=en")
        assert "Change my answer" in english.text
    assert await owner.fetchval("select count(*) from answer") == 0, "what a guest says is no answer"
    assert (await row_of(owner, secret))["opened_at"] is not None
    async with visit(claire) as browser:
        page = await browser.get(f"{ROUND}/q/{CODE}")
        assert "Proposition de Sophie Martin" in page.text
        link = await link_id(owner, secret)
        take = {"op": str(new_id()), "seen": "1", "rev": "0"}
        for _ in range(2):
            done = await browser.send_form(f"{ROUND}/asked/{link}/take", take)
            assert done.headers["location"] == f"{ROUND}/q/{CODE}"
        page = await browser.get(f"{ROUND}/q/{CODE}")
        assert "demandé à Sophie Martin" in page.text
        assert "Proposition de Sophie Martin" not in page.text
        listed = (await browser.get(f"{ROUND}/asked")).text
        assert "Sophie Martin" in listed
        assert "Repris" in listed
    events = await owner.fetch("select source, person_name, after->>'rationale' as words from answer_event")
    assert [tuple(event) for event in events] == [
        ("asked of Sophie Martin", "Claire Lambert", GIVEN["rationale"])
    ]
    verbs = await owner.fetch(
        "select verb, person_id, details from audit_entry where verb like '%asked' or verb like '%opinion%' order by seq"
    )
    assert [one["verb"].partition(".")[2] for one in verbs] == ["asked", "opinion_given", "opinion_taken"]
    assert verbs[1]["person_id"] is None
    assert "guichet" not in str([dict(one) for one in verbs])


async def test_what_is_set_aside_comes_back_when_the_colleague_changes_their_mind(
    claire, round_2026, visit, owner
):
    secret = await ask(claire)
    await say(secret, at(2))
    link = await link_id(owner, secret)
    await asking.set_aside(claire, "fl-2026", link, seen=1)
    async with reading(claire):
        one = (await load_asked(claire, round_2026, CODE))[0]
        assert (one.waiting, one.decision, one.decided_by) == (False, "set aside", "Claire Lambert")
    await say(secret, at(4), base=1)
    with pytest.raises(asking.ChangedMeanwhile):
        await asking.take(claire, "fl-2026", link, seen=1, rev=0, op=new_id())
    async with reading(claire):
        assert (await load_asked(claire, round_2026, CODE))[0].waiting
        assert await answer_of(round_2026.id, CODE) is None
    async with visit(claire) as browser:
        await browser.send_form(f"{ROUND}/asked/{link}/aside", {"op": str(new_id()), "seen": "2"})
        assert "Proposition de" not in (await browser.get(f"{ROUND}/q/{CODE}")).text


async def test_an_answer_somebody_gave_meanwhile_is_not_overruled_unseen(
    claire, malik, round_2026, visit, owner
):
    secret = await ask(claire)
    await say(secret, at(4, "Vu"))
    link = await link_id(owner, secret)
    await answer_criterion(malik, "fl-2026", CODE, at(2, "Le constat de Malik"), op=new_id(), base=0)
    async with visit(claire) as browser:
        done = await browser.send_form(
            f"{ROUND}/asked/{link}/take", {"op": str(new_id()), "seen": "1", "rev": "0"}
        )
        assert "entre-temps" in (await browser.get(done.headers["location"])).text
        assert await owner.fetchval("select level from answer") == 2
        await browser.send_form(f"{ROUND}/asked/{link}/take", {"op": str(new_id()), "seen": "1", "rev": "1"})
    row = await owner.fetchrow("select level, rationale from answer")
    assert tuple(row) == (4, "Le constat de Malik\n\nVu")
    await answer_criterion(claire, "fl-2026", CODE, at(4, "x" * 9_000), op=new_id(), base=2)
    await say(secret, at(3, "y" * 4_000), base=1)
    async with visit(claire) as browser:
        done = await browser.send_form(
            f"{ROUND}/asked/{link}/take", {"op": str(new_id()), "seen": "2", "rev": "3"}
        )
        assert "trop longs" in (await browser.get(done.headers["location"])).text
    assert await owner.fetchval("select level from answer") == 4


async def test_every_kind_of_question_can_be_answered_by_a_guest(claire, visit, owner):
    await plant_every_kind(claire)
    sent = {
        "range": {"v": "55"}, "nps": {"v": "20"}, "options": {"v-log": "yes"}, "kpi": {"v": "12,5"},
        "ladder": {"v-2": "yes"},
    }  # fmt: skip
    async with visit(None) as guest:
        for code in VALUES:
            criterion = EVERY_KIND.criterion(code)
            rows = {f"v-{row.id}": "3" for row in getattr(criterion.answer, "rows", ())}
            secret = await ask(claire, code, slug=SLUG)
            assert (await guest.get(f"/ask/{secret}")).status_code == 200
            form = {
                "answer": "value",
                "kind": str(criterion.answer.kind),
                "rev": "0",
                **(rows or sent[criterion.answer.kind]),
            }
            reply = await guest.post(f"/ask/{secret}", data=form)
            assert reply.status_code == 303, code
            assert "est enregistrée" in (await guest.get(f"/ask/{secret}")).text
            only_reading.set(False)
            await asking.take(claire, SLUG, await link_id(owner, secret), seen=1, rev=0, op=new_id())
    assert await owner.fetchval(
        "select count(*) from answer where value is not null and state = 'answered'"
    ) == len(VALUES)


# --- links that end -------------------------------------------------------------------------------------------------


async def test_unknown_revoked_and_over_are_the_same_page_and_keep_the_words(
    claire, round_2026, visit, owner
):
    over, revoked = await ask(claire), await ask(claire)
    await owner.execute(
        "update asked_link set expires_at = now() - interval '1 s' where fingerprint = $1", fingerprint(over)
    )
    async with visit(claire) as browser:
        done = await browser.send_form(
            f"{ROUND}/asked/{await link_id(owner, revoked)}/revoke", {"back": "list"}
        )
        assert done.headers["location"] == f"{ROUND}/asked"
    async with visit(None) as guest:
        looked = [await guest.get(f"/ask/{code}") for code in ("nothing", over, revoked)]
        said = [await guest.post(f"/ask/{code}", data=GIVEN) for code in ("nothing", over, revoked)]
        for answers in (looked, said):
            assert {one.status_code for one in answers} == {404}
            assert len({shown(one.text) for one in answers}) == 1
        assert GIVEN["rationale"] in said[0].text
        assert (await guest.post(f"/ask/{revoked}/opened")).status_code == 204
    assert await owner.fetchval("select max(revision) from asked_opinion") == 0
    assert await owner.fetchval("select count(opened_at) from asked_opinion") == 0


async def test_a_round_submitted_meanwhile_takes_no_opinion_and_loses_no_word(
    claire, round_2026, visit, owner
):
    secret, answered = await ask(claire), await ask(claire, OTHER)
    await say(answered, at(2, "Dit à temps"))
    await answer_everything(claire, "fl-2026")
    await submit(claire, "fl-2026", name="Claire Lambert")
    async with visit(None) as guest:
        late = await guest.post(f"/ask/{secret}", data=GIVEN)
        assert late.status_code == 423
        assert "Trop tard" in late.text
        assert GIVEN["rationale"] in late.text
        looked = await guest.get(f"/ask/{answered}")
        assert (looked.status_code, "Dit à temps" in looked.text, "<form" in looked.text) == (
            200,
            True,
            False,
        )
        for made_up in ("9", "value", "zzz"):
            reply = await guest.post(f"/ask/{secret}", data=GIVEN | {"answer": made_up})
            assert reply.status_code == 423
    assert (await row_of(owner, secret))["revision"] == 0
    link = await link_id(owner, answered)
    for act in (
        asking.take(claire, "fl-2026", link, seen=1, rev=0, op=new_id()),
        asking.set_aside(claire, "fl-2026", link, seen=1),
        ask(claire),
    ):
        only_reading.set(False)
        with pytest.raises(asking.TooLate):
            await act
    async with visit(claire) as browser:
        page = await browser.get(f"{ROUND}/q/{OTHER}")
        assert "Sophie Martin" in page.text
        assert "/take" not in page.text
        assert (await browser.get(f"{ROUND}/q/{OTHER}/ask")).headers["location"] == f"{ROUND}/q/{OTHER}"


async def test_a_link_ends_with_the_last_day_and_moves_with_it(claire, round_2026, owner):
    today, day = clock.today(), timedelta(days=1)
    await owner.execute("update assessment set closes_on = $1", today + 20 * day)
    secret = await ask(claire, wish=Wish("Sophie Martin", days=60))
    assert (await owner.fetchval("select closes_at from asked_link")).date() == today + 21 * day
    await owner.execute("update assessment set closes_on = $1", today + 24 * day)
    assert (await owner.fetchval("select closes_at from asked_link")).date() == today + 25 * day
    await owner.execute("update assessment set closes_on = current_date - 2")
    with pytest.raises(opining.TooLate) as late:
        await say(secret, at(3))
    assert late.value.question.too_late


async def test_a_consultant_s_links_end_with_their_mandate(claire, cast, round_2026, owner):
    mandate = await plant_mandate(claire, cast.people["hugo"], days=5)
    hugo = Actor(cast.people["hugo"], claire.organisation, Role.CONSULTANT, mandate)
    secret = await ask(hugo)
    row = await owner.fetchrow("select * from asked_link")
    assert row["expires_at"] < row["asked_at"] + timedelta(days=7)
    await owner.execute("update mandate set revoked_at = now()")
    with pytest.raises(opining.NoSuchLink):
        await opining.look(secret)


# --- what is wrong, and too much ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"answer": ""}, "Choisissez une réponse"),
        ({"answer": "zzz"}, "Choisissez une réponse"),
        ({"answer": "9"}, "Choisissez un des niveaux"),
        ({"answer": "na", "reason": ""}, "Dites en une ligne"),
        ({"rationale": "Vu au guichet nord en octobre" + "x" * 4_000}, "4\u202f000 caractères"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(claire, round_2026, visit, owner, sent, words):
    secret = await ask(claire)
    async with visit(None) as guest:
        page = await guest.post(f"/ask/{secret}", data=GIVEN | sent)
    assert page.status_code == 422
    assert words in page.text
    assert GIVEN["rationale"] in page.text
    assert (await row_of(owner, secret))["revision"] == 0


async def test_sent_twice_counts_once_and_another_window_is_told(claire, round_2026, visit, owner):
    secret = await ask(claire)
    async with visit(None) as guest:
        for _ in range(2):
            assert (await guest.post(f"/ask/{secret}", data=GIVEN)).status_code == 303
        assert (await row_of(owner, secret))["revision"] == 1
        other = await guest.post(f"/ask/{secret}", data=GIVEN | {"answer": "5", "rationale": "Autre fenêtre"})
        assert other.status_code == 409
        assert "Autre fenêtre" in other.text
        assert GIVEN["rationale"] in other.text
        assert 'name="rev" value="1"' in other.text
        assert (await row_of(owner, secret))["level"] == 3
        crafted = {
            "grade": "verified",
            "evidence": "x",
            "link": "javascript:x",
            "review": "yes",
            "rev": "99999999999999",
        }
        assert (await guest.post(f"/ask/{secret}", data=GIVEN | crafted)).status_code == 303


async def test_guessing_is_slowed_down_and_so_is_a_link_that_never_stops(
    claire, round_2026, visit, owner, monkeypatch
):
    secret = await ask(claire)
    async with visit(None) as guest:
        for turn in range(ATTEMPTS):
            form = GIVEN | {"answer": str(turn % 5 + 1), "rev": str(turn)}
            assert (await guest.post(f"/ask/{secret}", data=form)).status_code == 303
        often = await guest.post(
            f"/ask/{secret}", data=GIVEN | {"rev": str(ATTEMPTS), "rationale": "Le onzième"}
        )
        assert often.status_code == 429
        assert "Le onzième" in often.text
        assert int(often.headers["retry-after"]) > 0
        assert (await row_of(owner, secret))["revision"] == ATTEMPTS
        for _ in range(ATTEMPTS):
            assert (await guest.post("/ask/nothing", data=GIVEN)).status_code == 404
        late = await guest.post("/ask/nothing", data=GIVEN)
        assert late.status_code == 429
        assert GIVEN["rationale"] in late.text
        monkeypatch.setattr(pages, "_looks", Turns(3, 60))
        assert [(await guest.get(f"/ask/{secret}")).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert (await guest.post(f"/ask/{secret}/opened")).status_code == 204


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Remplissez ce champ"),
        ({"name": "x" * 81}, "80 caractères"),
        ({"note": "x" * 501}, "500 caractères"),
        ({"days": "61"}, "Choisissez la durée"),
        ({"email": "personne"}, "nom@exemple.org"),
    ],
)
async def test_the_form_says_what_is_wrong(claire, round_2026, visit, owner, fields, words):
    form = {"op": str(new_id()), "name": "Sophie Martin", "days": "14", "note": "Un mot"}
    async with visit(claire) as browser:
        page = await browser.send_form(f"{ROUND}/q/{CODE}/ask", form | fields)
    assert page.status_code == 422
    assert words in page.text
    assert await owner.fetchval("select count(*) from asked_link") == 0


async def test_the_letter_holds_the_address_and_the_table_does_not(claire, round_2026, visit, owner, cast):
    form = {
        "op": str(new_id()),
        "name": "Sophie",
        "days": "30",
        "email": "Sophie.Martin@example.org",
        "note": "Merci !",
    }
    async with visit(claire) as browser:
        assert "sophie.martin@example.org" in (await browser.send_form(f"{ROUND}/q/{CODE}/ask", form)).text
    letter = await owner.fetchrow("select * from mail")
    assert letter["recipient"] == "sophie.martin@example.org"
    for words in ("Claire Lambert", "Merci !", CODE, "/ask/", "?language=fr"):
        assert words in letter["text"], words
    secret = re.search(r"/ask/([\w-]{43})", letter["text"])[1]
    assert (await opining.look(secret)).guest == "Sophie"
    everything = str([dict(row) for row in await owner.fetch("select * from asked_link")])
    assert "example.org" not in everything
    sandbox = Actor(
        claire.person, type(claire.organisation)(claire.organisation_id, "x", "x", sandbox=True), Role.OWNER
    )
    only_reading.set(False)
    with pytest.raises(NotInADemonstration):
        await asking.ask(sandbox, "fl-2026", CODE, Wish("x", "x@example.org"), new_id(), SITE)


async def test_a_form_counts_once_and_a_criterion_has_so_many_links(claire, round_2026, monkeypatch):
    op = new_id()
    await asking.ask(claire, "fl-2026", CODE, SOPHIE, op, SITE)
    with pytest.raises(AlreadyDone):
        await asking.ask(claire, "fl-2026", CODE, SOPHIE, op, SITE)
    monkeypatch.setattr(asking, "MOST_LINKS", 2)
    await ask(claire)
    with pytest.raises(asking.TooManyAsked):
        await ask(claire)
    await ask(claire, OTHER)


# --- answered alone -------------------------------------------------------------------------------------------------


async def test_while_everybody_answers_alone_an_opinion_is_the_asker_s(claire, malik, alone, visit, owner):
    secret = await ask(malik)
    await answer_criterion(claire, "fl-2026", CODE, at(1, "Le secret de Claire"), op=new_id(), base=0)
    async with visit(None) as guest:
        page = await guest.get(f"/ask/{secret}")
        assert "Seule la personne qui vous interroge, Malik Ouali" in page.text
        assert "Le secret de Claire" not in page.text
    await say(secret, at(5, "Le mot de Sophie"))
    async with reading(claire) as connection:
        assert await connection.execute_query_dict("select * from asked_opinion") == []
        one = (await load_asked(claire, alone))[0]
        assert (one.hidden, one.said, one.opened, one.waiting) == (True, None, None, False)
    link = await link_id(owner, secret)
    async with visit(claire) as browser:
        for address in (f"{ROUND}/q/{CODE}", f"{ROUND}/asked"):
            page = (await browser.get(address)).text
            assert "réservé à Malik Ouali" in page
            assert "Le mot de Sophie" not in page
        for act in ("take", "aside"):
            form = {"op": str(new_id()), "seen": "1", "rev": "1"}
            assert (await browser.send_form(f"{ROUND}/asked/{link}/{act}", form)).status_code == 404
    async with visit(malik) as browser:
        assert "Le mot de Sophie" in (await browser.get(f"{ROUND}/q/{CODE}")).text
        await browser.send_form(f"{ROUND}/asked/{link}/take", {"op": str(new_id()), "seen": "1", "rev": "0"})
        assert "demandé à Sophie Martin" in (await browser.get(f"{ROUND}/q/{CODE}")).text
    rows = await owner.fetch("select person_id, level from response where level = 5")
    assert [row["person_id"] for row in rows] == [malik.person_id]
    chain = await owner.fetch("select details from audit_entry")
    assert "Le mot de Sophie" not in str([row["details"] for row in chain])
    only_reading.set(False)
    await open_answers(claire, "fl-2026")
    async with reading(claire):
        assert (await load_asked(claire, alone))[0].said == at(5, "Le mot de Sophie")
    with pytest.raises(opining.TooLate):
        await say(secret, at(2), base=1)


# --- what the database itself lets through --------------------------------------------------------------------------


async def _seen(owner, key: str) -> dict[str, list[Any]]:
    """What the web process may read as the holder of the code with this fingerprint, table by table."""
    tables = await owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity "
        "and has_table_privilege('palier_web', oid, 'select')"
    )
    async with reading(LinkHolder(key)) as connection:
        rows = {one[0]: await connection.execute_query_dict(f'select * from "{one[0]}"') for one in tables}
    return {one: found for one, found in rows.items() if found}


async def test_the_database_itself_shows_the_holder_one_link_and_their_own_words(
    claire, malik, round_2026, owner
):
    secret, other, over, revoked = [await ask(claire) for _ in range(4)]
    await answer_criterion(malik, "fl-2026", CODE, at(2, "Réponse"), op=new_id(), base=0)
    await say(other, at(4, "Un autre avis"))
    await owner.execute("update asked_link set expires_at = now() where fingerprint = $1", fingerprint(over))
    await asking.revoke(claire, "fl-2026", await link_id(owner, revoked))
    nobody = await _seen(owner, "0" * 64)
    seen = await _seen(owner, fingerprint(secret))
    assert set(seen) - set(nobody) == {"asked_link", "asked_opinion"}
    assert [row["fingerprint"] for row in seen["asked_link"]] == [fingerprint(secret)]
    assert [row["link_id"] for row in seen["asked_opinion"]] == [await link_id(owner, secret)]
    assert await _seen(owner, fingerprint(over)) == await _seen(owner, fingerprint(revoked)) == nobody
    async with transaction(LinkHolder(fingerprint(secret))) as connection:
        for sql in (
            "update asked_link set expires_at = expires_at + interval '1 year', note = 'x'",
            "update asked_opinion set rationale = 'à moi' where rationale <> 'x'",
            "update answer set level = 5",
            "update assessment set name = 'x'",
        ):
            await connection.execute_query(sql)
    words = await owner.fetch("select rationale from asked_opinion order by rationale")
    assert [row[0] for row in words].count("à moi") == 1
    assert await owner.fetchval("select count(*) from asked_link where note = 'x'") == 0
    await owner.execute("update asked_link set closes_at = now() where fingerprint = $1", fingerprint(secret))
    async with transaction(LinkHolder(fingerprint(secret))):
        assert await AskedOpinion.all().update(rationale="trop tard") == 0
    sql = (
        "insert into asked_opinion (id, link_id, organisation_id, state, reason, rationale, revision) "
        "select gen_random_uuid(), id, organisation_id, 'blank', '', '', 0 from asked_link"
    )
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(LinkHolder(fingerprint(secret))) as connection:
            await connection.execute_query(sql)


async def test_nobody_of_the_organisation_writes_in_a_guest_s_name(claire, round_2026, owner):
    secret = await ask(claire)
    async with transaction(claire):
        assert await AskedOpinion.all().update(rationale="x") == 0
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await AskedOpinion.create(
                id=new_id(),
                link_id=await link_id(owner, secret),
                organisation_id=claire.organisation_id,
                revision=1,
            )


async def test_strangers_readers_and_other_rounds_find_no_link(
    claire, malik, sophie, nora, round_2026, visit, owner
):
    secret = await ask(claire)
    link = await link_id(owner, secret)
    async with reading(nora):
        assert await AskedLink.all() == []
        assert await store.opinions_behind([link]) == {}
    await open_assessment(claire, latest("FL"), name="2027", opens_on=date(2027, 1, 1), closes_on=None)
    acts = [f"asked/{link}/{act}" for act in ("revoke", "take", "aside")]
    form = {"op": str(new_id()), "seen": "0", "rev": "0", "name": "x", "days": "14"}
    async with visit(nora) as stranger:
        for base in (ROUND, "/o/clinique-du-lac/e/fl-2026"):
            for act in (*acts, f"q/{CODE}/ask"):
                assert (await stranger.send_form(f"{base}/{act}", form)).status_code == 404
    async with visit(claire) as browser:
        for act in acts:
            assert (
                await browser.send_form(f"{ROUND.replace('2026', '2027')}/{act}", form)
            ).status_code == 404
        assert (await browser.send_form(f"{ROUND}/asked/{link}/take", form)).status_code == 404, (
            "nothing was said yet"
        )
        assert (await browser.get(f"{ROUND}/q/FL9.9.9/ask")).status_code == 404
    async with visit(sophie) as reader:
        assert (await reader.get(f"{ROUND}/asked")).status_code == 403
        page = (await reader.get(f"{ROUND}/q/{CODE}")).text
        assert "Sophie Martin" in page
        assert "/asked" not in page
    async with visit(malik) as colleague:
        assert (await colleague.send_form(f"{ROUND}/asked/{link}/revoke", form)).status_code == 404
    assert await owner.fetchval("select count(revoked_at) from asked_link") == 0
    clock.freeze(None)
