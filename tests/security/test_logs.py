"""What is written down of what matters: who and when, never a secret, and no reader can write a line of their own.

Refused sign-ins go to the log, which has no person to name; every act of somebody goes to the hash-chained trail.
"""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest

from palier.foundation.settings import read_settings
from tests.browser.atlas import CLAIRE, SOPHIE, VALLEY, VISITOR
from tests.security.world import World

FORGED = "2026-01-01 00:00:00 INFO accounts.signed_in root"
AGENT = f"Mozilla\r\n{FORGED}\x1b[31m"


async def test_a_refused_sign_in_is_written_down_without_its_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    form = {"email": f"claire\r\n{FORGED}@palier.example", "password": "hunter2 and nobody else's"}
    async with world.visit(VISITOR) as browser:
        answer = await browser.submit("POST", "/signin", form, headers={"user-agent": "x"})
    assert answer.status_code == 422
    said = [record for record in caplog.records if record.name.startswith("palier")]
    assert any("sign-in refused" in record.getMessage() for record in said)
    for record in caplog.records:
        line = record.getMessage()
        assert "\n" not in line
        assert "\r" not in line
        assert "hunter2" not in line
        assert FORGED not in line
        assert "claire" not in line, "an account is named by a print"


async def test_no_address_writes_a_line_of_its_own(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A line end in a path is escaped by whatever handler prints the message."""
    caplog.set_level(logging.DEBUG, logger="palier")
    async with world.visit(CLAIRE) as browser:
        for address in (
            f"/no/such%0d%0a{FORGED.replace(' ', '%20')}",
            f"{VALLEY}/plans/{'9' * 300}%0d%0a{FORGED.split(' ')[0]}",
        ):
            await browser.get(address)
            await browser.submit("POST", address, {"x": "1"})
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\r" not in record.getMessage()


async def test_what_somebody_does_is_in_the_trail_with_person_and_hour(world: World) -> None:
    """Signing in and out, another role, a refusal to go on, what is taken away: each by whom and when, in UTC."""
    began = datetime.now(UTC) - timedelta(seconds=5)
    password = world.demonstration.passwords[CLAIRE]
    async with world.visit(VISITOR) as browser:
        answer = await browser.submit(
            "POST",
            "/signin",
            {"email": CLAIRE, "password": password},
            headers={"user-agent": AGENT.replace("\r\n", " ")},
        )
        assert answer.status_code == 303
        members = await world.look(
            "select m.id, m.role from membership m join person p on p.id = m.person_id join organisation o on o.id = m.organisation_id where p.email = $1 and o.slug = 'transports-du-val'",
            SOPHIE,
        )
        role = "contributor" if members[0]["role"] != "contributor" else "reader"
        answer = await browser.submit(
            "POST", f"{VALLEY}/people/members/{members[0]['id']}/role", {"role": role}
        )
        assert answer.status_code == 303, answer.text[:300]
        for kind in ("csv", "json"):
            assert (await browser.get(f"{VALLEY}/plans/plan-2026/data.{kind}")).status_code == 200
        assert (await browser.submit("POST", "/signout", {})).status_code == 303
    rows = await world.look(
        "select e.*, p.email from audit_entry e left join person p on p.id = e.person_id where e.at > $1 order by e.at",
        began,
    )
    verbs = {row["verb"] for row in rows}
    assert {"accounts.signed_in", "accounts.signed_out"} <= verbs
    assert any("role" in row["verb"] or "role" in row["details"] for row in rows), verbs
    rows = [row for row in rows if row["email"] == CLAIRE]
    assert len(rows) >= 3
    for row in rows:
        assert row["at"].tzinfo is not None
        assert row["at"].utcoffset() == timedelta(0)
        assert password not in str(row)
        assert "\n" not in row["subject"]


async def test_no_table_but_the_prints_holds_a_secret(world: World) -> None:
    """The password and the session of somebody stand nowhere as they are."""
    password, secret = world.demonstration.passwords[CLAIRE], world.sessions[CLAIRE]
    for row in await world.look("select tablename from pg_tables where schemaname = 'public'"):
        table = row["tablename"]
        held = await world.look(
            f'select 1 from "{table}" t where position($1 in t::text) > 0 or position($2 in t::text) > 0 limit 1',
            password,
            secret,
        )
        assert held == [], f"{table} holds a secret"


def test_settings_print_no_secret(tmp_path: object) -> None:
    shown = repr(read_settings({"PALIER_SECRET": "hunter2 is what nobody should ever see", "PALIER_DATA_DIR": str(tmp_path), "PALIER_SMTP_URL": "smtp://u:hunter2@h", "PALIER_DATABASE_URL": "postgres://u:hunter2@h/x"}))  # fmt: skip
    assert "hunter2" not in shown


# --- how often ------------------------------------------------------------------------------------------------------------

SLOWED = {
    "/signin": {"email": "nobody@palier.example", "password": "wrong but long enough"},
    "/signup": {"name": "Zoé", "email": "zoe{n}@palier.example", "password": "une phrase bien à elle {n}"},
    "/forgotten": {"email": "zoe{n}@palier.example"},
    "/demo": {},
    "/verify": {"code": "7KQ2-M9XD-4RTB-{n:04d}"},
    "/s/guarded-by-a-password": {"password": "guess {n}"},
}
"""What anybody can send without an account, and where trying often has to end."""


async def test_codes_are_not_guessed_by_address_either(world: World) -> None:
    """Typing a code is counted; opening the address a code leads to is as well, for whoever is signed in."""
    async with world.visit(SOPHIE) as browser:
        answers = [
            await browser.get(f"/join/AAAA-{'ABCDEFGH'[n % 8]}{'ABCDEFGH'[n // 8]}22") for n in range(21)
        ]
        assert [answer.status_code for answer in answers] == [404] * 20 + [429]
        tried = [
            await browser.submit("POST", "/join", {"code": f"BBBB-22{'ABCDEFGH'[n]}"}) for n in range(8)
        ] + [await browser.submit("POST", "/join", {"code": f"BBBB-33{'ABCDEFGH'[n]}"}) for n in range(8)]
        assert "Trop" in tried[-1].text


async def test_whatever_anybody_can_send_is_slowed_down(world: World) -> None:
    """Nobody signed in, one address: within a hundred tries a form says later (429), or does nothing more."""
    for address, fields in SLOWED.items():
        place = address.format(mirror=world.ids.get("mirror", "nothing"))
        async with world.visit(VISITOR) as browser:
            statuses, notices = [], set()
            for n in range(70):
                if "session" in browser.cookies:
                    browser.cookies.delete("session")  # whoever was let in comes again as nobody
                answer = await browser.submit(
                    "POST",
                    place,
                    {name: value.format(n=n) for name, value in fields.items()},
                    headers={"x-forwarded-for": f"6.6.{n}.6"},
                )
                statuses.append(answer.status_code)
                notices.add(
                    answer.status_code == 429
                    or bool(
                        re.search(
                            r"Trop d|Too many|plus tard|quelques minutes",
                            answer.text + answer.headers.get("set-cookie", ""),
                        )
                    )
                )
                if answer.status_code == 429:
                    break
        assert 429 in statuses or True in notices, f"{place}: {sorted(set(statuses))}"
        assert max(statuses) < 500, place
