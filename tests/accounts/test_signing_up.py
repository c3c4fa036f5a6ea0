"""An account begins with a mail that is read; a forgotten password ends every session."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from palier.accounts import guessing
from palier.accounts.rules import is_email
from palier.foundation import clock
from tests.accounts.test_signing_in import without_tokens
from tests.conftest import PASSWORD, Browser, Cast, Visitor

LEA = {"email": "lea@example.org", "name": "Léa Roux", "password": PASSWORD}
NEW = "pluie tambour agrafe 41"
Jobs = Callable[[], Awaitable[None]]


async def link_in(owner: asyncpg.Connection, kind: str, recipient: str = "lea@example.org") -> str:
    text = await owner.fetchval(
        "select text from mail where kind = $1 and recipient = $2 order by created_at desc limit 1",
        kind,
        recipient,
    )
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found
    return found[1]


async def signs_in(browser: Visitor, password: str, email: str = "lea@example.org") -> bool:
    browser.cookies.delete("session")
    await browser.send_form("/signin", {"email": email, "password": password})
    return "session" in browser.cookies


@pytest.fixture
async def lea(stage: object, visit: Browser, owner: asyncpg.Connection) -> None:
    """Léa has signed up and confirmed."""
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
        await browser.send_form(await link_in(owner, "confirm_address"))


async def test_from_the_form_to_the_first_page(visit: Browser, owner: asyncpg.Connection) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signup", LEA)
        assert answer.headers["location"] == "/signup/check-mail"
        assert "lea@example.org" in (await browser.get("/signup/check-mail")).text
        assert not await signs_in(browser, PASSWORD)
        link = await link_in(owner, "confirm_address")
        assert (await browser.get(link)).status_code == 200
        assert not await signs_in(browser, PASSWORD), "a mail scanner that opens the link confirms nothing"
        answer = await browser.send_form(link)
        assert answer.headers["location"] == "/signin?next=/welcome/organisation"
        assert await signs_in(browser, PASSWORD)
        assert (await browser.send_form(link)).status_code == 410


async def test_a_confirmation_link_is_too_old_after_a_day(visit: Browser, owner: asyncpg.Connection) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
        clock.freeze(clock.now() + timedelta(hours=25))
        assert (await browser.send_form(await link_in(owner, "confirm_address"))).status_code == 410


async def test_a_known_address_gets_the_same_answer_and_another_mail(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    answers = []
    for email in ("claire@example.org", "lea@example.org"):
        async with visit(None) as browser:
            answer = await browser.send_form("/signup", LEA | {"email": email})
            page = await browser.get("/signup/check-mail")
            answers.append((answer.status_code, answer.headers["location"], without_tokens(page.text, email)))
    assert answers[0] == answers[1]
    rows = await owner.fetch("select recipient, kind from mail order by recipient")
    assert [tuple(row) for row in rows] == [
        ("claire@example.org", "known_address"),
        ("lea@example.org", "confirm_address"),
    ]
    assert (
        await owner.fetchval("select name from person where email = 'claire@example.org'") == "Claire Lambert"
    )


async def test_signing_up_sets_nothing_but_the_form(visit: Browser, owner: asyncpg.Connection) -> None:
    extra = {"email_confirmed_at": "2020-01-01", "id": "x", "password_hash": "x", "role": "owner"}
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA | extra)
    row = await owner.fetchrow("select * from person")
    assert row["email_confirmed_at"] is None
    assert row["password_hash"].startswith("$argon2id$")


async def test_whoever_signs_up_with_my_address_before_me_gets_no_account_of_mine(
    visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(None) as attacker, visit(None) as me:
        await attacker.send_form("/signup", LEA | {"password": "mot de passe du voleur 9"})
        early = await link_in(owner, "confirm_address")
        await me.send_form("/signup", LEA)
        assert (await me.send_form(early)).status_code == 410, "an earlier link died with the second form"
        await me.send_form(await link_in(owner, "confirm_address"))
        assert not await signs_in(attacker, "mot de passe du voleur 9")
        assert await signs_in(me, PASSWORD)


async def test_the_link_is_sent_again_after_a_minute_to_those_who_wait_for_it(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA | {"email": "paul@example.org"})
        for email in ("paul@example.org", "lea@example.org", "nobody@example.org"):
            answer = await browser.send_form("/signup/resend", {"email": email})
            assert answer.headers["location"] == "/signup/check-mail"
        await run_jobs()
        assert await owner.fetchval("select count(*) from mail where recipient = 'paul@example.org'") == 1
        await owner.execute("update mailed_link set created_at = created_at - interval '61 seconds'")
        await browser.send_form("/signup/resend", {"email": "paul@example.org"})
        await run_jobs()
    rows = await owner.fetch(
        "select recipient, count(*) as n from mail group by recipient order by recipient"
    )
    assert [tuple(row) for row in rows] == [("lea@example.org", 1), ("paul@example.org", 2)]


# --- forgotten ------------------------------------------------------------------------------------------------


async def ask(browser: Visitor, run_jobs: Jobs, email: str = "lea@example.org") -> None:
    await browser.send_form("/forgotten", {"email": email})
    await run_jobs()


async def test_a_new_password_ends_every_session_and_the_old_password(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    async with visit(None) as elsewhere, visit(None) as browser:
        assert await signs_in(elsewhere, PASSWORD)
        await ask(browser, run_jobs)
        link = await link_in(owner, "reset_password")
        assert (await browser.get(link)).status_code == 200
        assert (await browser.send_form(link, {"password": NEW})).headers["location"] == "/signin"
        assert (await elsewhere.get("/account")).status_code == 303
        assert not await signs_in(browser, PASSWORD)
        assert await signs_in(browser, NEW)
        assert (await browser.send_form(link, {"password": PASSWORD})).status_code == 410
    assert await owner.fetchval("select count(*) from mail where kind = 'password_changed'") == 1


async def test_a_reset_link_is_too_old_after_half_an_hour(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    async with visit(None) as browser:
        await ask(browser, run_jobs)
        clock.freeze(clock.now() + timedelta(minutes=31))
        link = await link_in(owner, "reset_password")
        assert (await browser.get(link)).status_code == 410
        assert (await browser.send_form(link, {"password": NEW})).status_code == 410


async def test_a_confirmation_link_resets_nothing(visit: Browser, owner: asyncpg.Connection) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
        token = (await link_in(owner, "confirm_address")).rpartition("/")[2]
        assert (await browser.send_form(f"/reset/{token}", {"password": NEW})).status_code == 410


async def test_a_refused_password_leaves_the_link_usable(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    async with visit(None) as browser:
        await ask(browser, run_jobs)
        link = await link_in(owner, "reset_password")
        assert (await browser.send_form(link, {"password": "trop court"})).status_code == 422
        assert (await browser.send_form(link, {"password": NEW})).status_code == 303


async def test_asking_for_a_new_password_tells_nothing(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    answers = []
    for email in ("lea@example.org", "nobody@example.org"):
        async with visit(None) as browser:
            answer = await browser.send_form("/forgotten", {"email": email})
            page = await browser.get("/forgotten/sent")
            answers.append((answer.status_code, answer.headers["location"], without_tokens(page.text, email)))
    assert answers[0] == answers[1]
    await run_jobs()
    assert await owner.fetchval("select count(*) from mail where kind = 'reset_password'") == 1


# --- passwords ------------------------------------------------------------------------------------------------


async def test_a_common_or_short_password_is_refused_with_a_reason(
    visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(None) as browser:
        for password in (
            "password1234",
            "azertyuiop12",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "lea@example.org",
            "onze lettre",
            "x" * 129,
        ):
            answer = await browser.send_form("/signup", LEA | {"password": password})
            assert answer.status_code == 422, password
            assert 'id="password-error"' in answer.text
            assert password not in answer.text.replace('value="lea@example.org"', "")
    assert await owner.fetchval("select count(*) from person") == 0


async def test_the_most_common_passwords_fall_and_long_ones_pass() -> None:
    common = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 12][:3000]
    assert len(common) > 100
    assert [word for word in common if not await guessing.is_guessable(word)] == []
    for fine in (PASSWORD, NEW, "un long texte que personne ne devine, même avec du temps"):
        assert not await guessing.is_guessable(fine, "Léa Roux", "lea@example.org")


async def test_a_long_password_with_accents_works_however_it_is_typed(
    lea: None, visit: Browser, owner: asyncpg.Connection, run_jobs: Jobs
) -> None:
    composed = "été à la forêt près de Liège 77 " * 3
    async with visit(None) as browser:
        await ask(browser, run_jobs)
        await browser.send_form(await link_in(owner, "reset_password"), {"password": composed})
        decomposed = (
            composed.replace("é", "e\u0301")
            .replace("à", "a\u0300")
            .replace("ê", "e\u0302")
            .replace("è", "e\u0300")
        )
        assert decomposed != composed
        assert await signs_in(browser, decomposed)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("a@b.fr", True), ("prénom.nom+tri@sous.domaine.example", True), ("a@b", False), ("a b@c.fr", False), ("a@b.fr\nBcc: x@y.fr", False),
        ("<a@b.fr>", False), ("a@b.fr,c@d.fr", False), ("@b.fr", False), ("a@" + "b" * 260 + ".fr", False),
    ],
)  # fmt: skip
def test_an_address_looks_like_one(text: str, fine: bool) -> None:
    assert is_email(text) is fine
