"""A letter about an account reaches a real SMTP server once, whatever happens on the way."""

import asyncpg

from tests.conftest import PASSWORD, Browser
from tests.postman import Deliver, Postman

LEA = {"email": "lea@example.org", "name": "Léa d’Été", "password": PASSWORD}


async def test_the_letter_arrives_once_in_the_reader_s_language(
    server: tuple[Postman, str], deliver: Deliver, visit: Browser
) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
    await deliver()
    await deliver()
    (message,) = server[0].taken
    assert message["To"] == "lea@example.org"
    assert message["Subject"] == "Confirmez votre adresse électronique"
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "Bonjour Léa d’Été," in text
    assert "/confirm/" in text
    assert "&" not in text


async def test_a_busy_server_is_tried_again_with_the_same_message_id(
    server: tuple[Postman, str],
    deliver: Deliver,
    visit: Browser,
    owner: asyncpg.Connection,
) -> None:
    server[0].busy = 1
    async with visit(None) as browser:
        await browser.send_form("/signup", LEA)
    await deliver()
    assert server[0].taken == []
    assert await owner.fetchval("select sent_at from mail") is None
    await owner.execute("update procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    await deliver()
    (message,) = server[0].taken
    row = await owner.fetchrow("select id, sent_at from mail")
    assert str(row["id"]) in message["Message-ID"]
    assert row["sent_at"]
