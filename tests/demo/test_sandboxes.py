"""A visitor's private copy: made, never counted, over after a day, erased whole, or kept."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from palier.accounts import store as accounts
from palier.assessments.flows import backing
from palier.assessments.flows.answering import answer_criterion
from palier.assessments.rules.drafts import Draft
from palier.demo import sandboxes
from palier.demo.director import VALLEY
from palier.demo.networks import Planted, plant_past_round
from palier.demo.sandboxes import Opened, erase_expired, open_sandbox
from palier.evidence.flows.attaching import Brought
from palier.foundation import clock, files
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.database import only_reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.foundation.uploads import Received
from palier.scoring.rules.answers import State
from tests.conftest import PASSWORD, Browser, Cast
from tests.roles import as_the_worker

Work = Callable[[], Awaitable[None]]


def browser(address: str = "192.0.2.1") -> sandboxes.Browser:
    return sandboxes.Browser(address, "test")


async def visitor_of(owner: asyncpg.Connection, copy: Opened) -> Actor:
    row = await owner.fetchrow(
        "select o.id, o.slug, o.name, p.id as person, p.name as called, p.email from organisation o join membership m on m.organisation_id = o.id "
        "join person p on p.id = m.person_id where o.slug = $1", copy.slug,
    )  # fmt: skip
    person = Person(row["person"], row["called"], row["email"])
    return Actor(person, Organisation(row["id"], row["slug"], row["name"], sandbox=True), Role.OWNER)


async def traces(owner: asyncpg.Connection, *ids: object) -> list[str]:
    """Tables in which one of the ids still stands, in any column."""
    tables = [
        row["tablename"]
        for row in await owner.fetch("select tablename from pg_tables where schemaname = 'public'")
    ]
    pattern = "|".join(str(one) for one in ids)
    return [
        table
        for table in tables
        if await owner.fetchval(
            f'select exists (select from "{table}" t where to_jsonb(t)::text ~ $1)', pattern
        )
    ]


async def test_the_demonstration_is_absent_where_there_is_nothing_to_copy(visit: Browser) -> None:
    async with visit(None) as browser:
        assert "n’est pas disponible ici" in (await browser.get("/demo")).text
        answer = await browser.send_form("/demo")
        assert answer.status_code == 404
        assert "n’est pas disponible ici" in answer.text
        assert "session" not in browser.cookies


async def test_one_click_opens_the_whole_job(
    planted: Planted, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(None) as browser:
        assert "Commencer la démonstration" in (await browser.get("/demo")).text
        answer = await browser.send_form("/demo")
        assert answer.status_code == 303
        landing = (await browser.get(answer.headers["location"])).text
        assert "12 critères sans réponse, clôture dans 25" in landing
        assert "Démonstration avec des données fictives" in landing
        assert "en retard" in landing
        again = await browser.send_form("/demo")
        assert again.headers["location"] == answer.headers["location"]
    assert await owner.fetchval("select count(*) from organisation where sandbox_until is not null") == 1
    assert await owner.fetchval("select count(*) from assessment where state = 'submitted'") == 3
    assert await owner.fetchval("select count(*) from participation") == 0
    assert await owner.fetchval("select verified_at from network_member") is None


async def test_a_copy_is_private_to_its_visitor(planted: Planted, visit: Browser, claire: Actor) -> None:
    only_reading.set(False)
    copy = await open_sandbox(browser())
    async with visit(claire) as other:
        assert (await other.get(f"/o/{copy.slug}")).status_code == 404
    async with visit(None) as nobody:
        answer = await nobody.get(f"/o/{copy.slug}")
        assert answer.status_code == 404
        assert "Nouvelle démonstration" in answer.text


async def test_a_visitor_has_no_password_and_is_never_written_to(
    planted: Planted, owner: asyncpg.Connection, visit: Browser
) -> None:
    actor = await visitor_of(owner, await open_sandbox(browser()))
    assert actor.person.email.endswith("@demo.invalid")
    assert await owner.fetchval("select password_hash from person where id = $1", actor.person_id) == ""
    async with visit(actor) as page:
        answer = await page.send_form(
            f"/o/{actor.organisation.slug}/people/invite",
            {"emails": "somebody@example.org", "role": "reader"},
        )
        assert answer.status_code in (200, 422)
    assert await owner.fetchval("select count(*) from mail") == 0


async def test_copies_are_throttled_by_address(planted: Planted, visit: Browser) -> None:
    for _ in range(10):
        await open_sandbox(browser("127.0.0.1"))
    async with visit(None) as page:
        answer = await page.send_form("/demo")
    assert answer.status_code == 429
    assert answer.headers["retry-after"]


async def test_only_so_many_copies_live_at_once(
    planted: Planted, visit: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandboxes, "MOST_AT_ONCE", 1)
    await open_sandbox(browser())
    async with visit(None) as page:
        answer = await page.send_form("/demo")
    assert answer.status_code == 503
    assert "Revenez dans une heure" in answer.text


# --- never counted ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["contribution", "participation", "batch_member"])
async def test_the_database_itself_refuses_to_count_a_copy(
    planted: Planted, owner: asyncpg.Connection, table: str
) -> None:
    actor = await visitor_of(owner, await open_sandbox(browser()))
    columns = {
        "contribution": "(id, network_id, campaign_id, organisation_id, assessment_id, attributes, given_at) values (gen_random_uuid(), $1, $2, $3, gen_random_uuid(), '{}', now())",
        "participation": "(id, network_id, campaign_id, organisation_id, started_at) values (gen_random_uuid(), $1, $2, $3, now())",
        "batch_member": "(id, edition_id, network_id, batch, organisation_id, legal_group, attributes) values (gen_random_uuid(), $2, $1, 1, $3, '', '{}')",
    }
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute(
            f"insert into {table} {columns[table]}",
            planted.row.id,
            planted.campaigns[-1].id,
            actor.organisation_id,
        )
    assert refused.value.sqlstate == "P0403"


async def test_a_copy_is_called_by_no_campaign(
    planted: Planted, owner: asyncpg.Connection, visit: Browser
) -> None:
    actor = await visitor_of(owner, await open_sandbox(browser()))
    async with visit(actor) as page:
        assert (
            f'value="{planted.campaigns[-1].id}"'
            not in (await page.get(f"/o/{actor.organisation.slug}/assessments/new/SX")).text
        )


# --- over and erased --------------------------------------------------------------------------------------------------


async def leave_traces(actor: Actor, shelf: files.Shelf) -> None:
    """What a busy visitor leaves: an answer, a stored file, a form carried out."""
    await answer_criterion(
        actor,
        f"sx-{clock.today().year}",
        "SX3.3.1",
        Draft(State.ANSWERED, 3, rationale="canary"),
        op=new_id(),
        base=0,
    )
    sent = Received("canary.txt", "text/plain", b"canary")
    for brought in (Brought("canary", file=sent), Brought("canary", link="https://example.org/canary")):
        await backing.bring(actor, shelf, f"sx-{clock.today().year}", "SX3.3.1", brought, new_id(), 1_000_000)
    async with transaction(actor):
        await files.keep(shelf, actor, actor.organisation_id, "canary.txt", "text/plain", b"canary")
        await accounts.MailedLink.create(
            id=new_id(),
            person_id=actor.person_id,
            purpose="reset",
            fingerprint="f" * 64,
            created_at=clock.now(),
            expires_at=clock.now(),
        )


async def test_after_a_day_nothing_of_it_remains(
    planted: Planted, owner: asyncpg.Connection, settings: Settings, visit: Browser
) -> None:
    shelf = files.shelves(settings)
    copy = await open_sandbox(browser())
    actor, kept = await visitor_of(owner, copy), await visitor_of(owner, await open_sandbox(browser()))
    await leave_traces(actor, shelf)
    folder = settings.data_directory / "files" / str(actor.organisation_id)
    assert [file for file in folder.rglob("*") if file.is_file()]
    await owner.execute(
        "update organisation set sandbox_until = now() - interval '1 minute' where id = $1",
        actor.organisation_id,
    )
    async with visit(None) as page:
        page.cookies.set("session", copy.secret)
        assert "terminée" in (await page.get(f"/o/{copy.slug}")).text
        async with as_the_worker(settings):
            assert await erase_expired(shelf) == 1
        assert "terminée" in (await page.get(f"/o/{copy.slug}/plans")).text
        assert (await page.get("/home")).headers["location"].startswith("/signin")
    assert (
        await traces(owner, actor.organisation_id, actor.person_id, actor.organisation.slug, "canary") == []
    )
    assert not folder.exists() or not list(folder.rglob("*"))
    assert await owner.fetchval("select count(*) from organisation where id = $1", kept.organisation_id) == 1
    assert (
        await owner.fetchval("select count(*) from answer where organisation_id = $1", kept.organisation_id)
        == 3 * 34 + 22
    )


async def test_a_real_organisation_can_never_be_erased(
    planted: Planted, cast: Cast, claire: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    shelf = files.shelves(settings)
    with pytest.raises(Exception, match="only a throw-away copy can be erased"):
        await sandboxes.erase(claire.organisation_id, shelf)
    with pytest.raises(asyncpg.PostgresError, match="only a throw-away copy"):
        await owner.execute("select erase_sandbox($1)", claire.organisation_id)
    with pytest.raises(asyncpg.PostgresError, match="from the start or never"):
        await owner.execute(
            "update organisation set sandbox_until = now() where id = $1", claire.organisation_id
        )
    async with as_the_worker(settings):
        assert await erase_expired(shelf) == 0
    assert (
        await owner.fetchval(
            "select count(*) from membership where organisation_id = $1", claire.organisation_id
        )
        == 3
    )


@pytest.mark.parametrize("statement", [
    "delete from audit_entry where chain = $1", "delete from answer_event where organisation_id = $1",
    "update audit_entry set verb = 'x' where chain = $1", "update answer_event set code = 'x' where organisation_id = $1",
    "delete from answer where organisation_id = $1",
])  # fmt: skip
async def test_the_flag_alone_opens_nothing(
    planted: Planted, cast: Cast, owner: asyncpg.Connection, statement: str
) -> None:
    """Not for a real organisation that says it is being erased, and not for a copy that is not."""
    nora = cast.actor("nora", "clinic", Role.OWNER)
    async with transaction(nora):
        await plant_past_round(nora, planted, VALLEY, 0, in_campaign=False)
    copy = await visitor_of(owner, await open_sandbox(browser()))
    for organisation, flag in (
        (nora.organisation_id, nora.organisation_id),
        (copy.organisation_id, nora.organisation_id),
        (copy.organisation_id, ""),
    ):
        await owner.execute("select set_config('app.erasing', $1, false)", str(flag))
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(statement, organisation)
        assert refused.value.sqlstate in ("P0403", "P0423")


# --- kept -------------------------------------------------------------------------------------------------------------

FORM = {
    "organisation": "Régie des Lacs",
    "name": "Ana Roy",
    "email": "Ana.Roy@example.org",
    "password": PASSWORD,
}


async def keep_through_the_form(visit: Browser, copy: Opened, form: dict[str, str]) -> Any:
    async with visit(None) as page:
        page.cookies.set("session", copy.secret)
        assert "Créer mon organisation" in (await page.get(f"/o/{copy.slug}/keep")).text
        return await page.send_form(f"/o/{copy.slug}/keep", form)


async def test_a_visitor_keeps_the_answers_of_the_open_round(
    planted: Planted, visit: Browser, owner: asyncpg.Connection, run_jobs: Work, settings: Settings
) -> None:
    copy = await open_sandbox(browser())
    actor = await visitor_of(owner, copy)
    await leave_traces(actor, files.shelves(settings))
    answer = await keep_through_the_form(visit, copy, FORM)
    assert answer.headers["location"] == "/signup/check-mail"
    row = await owner.fetchrow(
        "select o.id, o.sandbox_until, m.role, p.email, p.email_confirmed_at from organisation o join membership m on m.organisation_id = o.id join person p on p.id = m.person_id where o.slug = 'regie-des-lacs'"
    )
    assert (row["sandbox_until"], row["role"], row["email"], row["email_confirmed_at"]) == (
        None,
        "owner",
        "ana.roy@example.org",
        None,
    )
    rounds = await owner.fetch(
        "select slug, state, campaign_id from assessment where organisation_id = $1", row["id"]
    )
    assert [tuple(one) for one in rounds] == [(f"sx-{clock.today().year}", "draft", None)]
    assert await owner.fetchval("select count(*) from answer where organisation_id = $1", row["id"]) == 23
    assert (
        await owner.fetchval("select count(*) from answer_event where organisation_id = $1", row["id"]) == 23
    )
    assert (
        await owner.fetchval(
            "select rationale from answer where organisation_id = $1 and code = 'SX3.3.1'", row["id"]
        )
        == "canary"
    )
    assert await traces(owner, actor.organisation_id, actor.person_id, copy.slug) == []
    await confirm_and_sign_in(visit, owner)


async def confirm_and_sign_in(visit: Browser, owner: asyncpg.Connection) -> None:
    """The mail's link, the password just chosen, then the profile's first page for the organisation that waits."""
    token = re.search(
        r"/confirm/(\S+)",
        await owner.fetchval("select text from mail where recipient = 'ana.roy@example.org'"),
    )
    assert token
    async with visit(None) as page:
        confirmed = await page.send_form(f"/confirm/{token[1]}")
        signed_in = await page.send_form(
            "/signin",
            {
                "email": FORM["email"],
                "password": PASSWORD,
                "next": confirmed.headers["location"].partition("next=")[2],
            },
        )
        assert signed_in.headers["location"] == "/welcome/organisation"
        assert (await page.get("/welcome/organisation")).headers[
            "location"
        ] == "/welcome/organisation/regie-des-lacs/identity"
        assert "11 critères sans réponse" in (await page.get("/o/regie-des-lacs")).text


async def test_a_known_address_is_told_the_same_and_finds_a_link_in_its_mail(
    planted: Planted, cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    answers = []
    for email in ("new@example.org", "claire@example.org"):
        copy = await open_sandbox(browser())
        answers.append(await keep_through_the_form(visit, copy, FORM | {"email": email}))
        assert await owner.fetchval("select count(*) from organisation where slug = $1", copy.slug) == 0
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert answers[0].text == answers[1].text
    claire = cast.people["claire"]
    assert await owner.fetchval("select count(*) from membership where person_id = $1", claire.person_id) == 1
    mails = {
        row["kind"]: row["text"]
        for row in await owner.fetch("select kind, text from mail where recipient = 'claire@example.org'")
    }
    assert set(mails) == {"known_address", "kept"}
    invitation = re.search(r"(/invite/\S+)", mails["kept"])
    assert invitation
    async with visit(claire) as page:
        assert (await page.get(invitation[1])).status_code == 200
        await page.send_form(invitation[1])
        assert "12 critères sans réponse" in (await page.get("/o/regie-des-lacs-2")).text


@pytest.mark.parametrize(
    ("field", "value"), [("password", "short"), ("email", "nobody"), ("organisation", ""), ("name", "")]
)
async def test_a_form_with_a_fault_changes_nothing(
    planted: Planted, visit: Browser, owner: asyncpg.Connection, field: str, value: str
) -> None:
    copy = await open_sandbox(browser())
    answer = await keep_through_the_form(visit, copy, FORM | {field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "<title>Erreur" in answer.text
    assert await owner.fetchval("select count(*) from organisation") == 1


async def test_a_real_organisation_has_nothing_to_keep(
    planted: Planted, visit: Browser, claire: Actor
) -> None:
    async with visit(claire) as page:
        assert (await page.get("/o/transports-du-val/keep")).status_code == 404
        assert (await page.send_form("/o/transports-du-val/keep", FORM)).status_code == 404
