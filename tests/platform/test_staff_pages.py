"""The pages of the platform's staff: nobody else's, only with a second factor, and every act on the platform's chain."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar

from palier.foundation import actor as acting
from palier.foundation.audit import PLATFORM, broken_links
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import enqueue
from palier.foundation.permissions import Permission
from tests.browser.money import plant_money
from tests.conftest import Browser, Cast
from tests.platform.conftest import AtWork
from tests.postman import Deliver

REASON = "Ticket 4711 : le rapport ne se fait pas"


def staff_addresses(app: Litestar, more: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Method and address of every page of the staff; `more` says what the names in addresses mean."""
    ids = {"slug": "transports-du-val", "job": "1", "visit": str(new_id()), "mail": str(new_id())} | more
    for route in app.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS" and handler.opt.get("permission") is Permission.RUN_PLATFORM:
                parts = (part if isinstance(part, str) else ids[part.name] for part in route.path_components)
                yield str(method), "/" + "/".join(parts)


async def test_the_pages_of_the_staff_exist_for_the_staff_alone(
    stage: Litestar, cast: Cast, gaelle: acting.Person, visit: Browser, at_work: AtWork, owner: Any
) -> None:
    house = cast.organisations["valley"].id
    await plant_money(owner, house, cast.people["claire"].person_id)
    invoice = await owner.fetchval("select id from invoice where number <> ''")
    ids = {
        "kind": "organisation", "holder": house, "invoice": invoice, "sheet": f"{invoice}.xml", "event": "evt_1",
        "agreement": await owner.fetchval("select id from offer_agreement"),
    }  # fmt: skip
    swept = list(staff_addresses(stage, {name: str(value) for name, value in ids.items()}))
    assert len(swept) > 15
    assert all(address.startswith("/admin") for _, address in swept)
    async with visit(cast.people["nora"]) as stranger:
        for method, address in swept:
            reply = await (stranger.get(address) if method == "GET" else stranger.send_form(address))
            assert reply.status_code == 404, f"{method} {address}"
        assert 'href="/admin"' not in (await stranger.get("/home?all=1")).text
    async with at_work(gaelle, second_factor=False) as half:
        for method, address in swept:
            reply = await (half.get(address) if method == "GET" else half.send_form(address))
            assert reply.status_code == 403, f"{method} {address}"
            assert "Un second facteur est nécessaire ici" in reply.text
    async with at_work(gaelle) as staff:
        for method, address in swept:
            if method == "GET":
                assert (await staff.get(address)).status_code in (200, 303), address
        assert 'href="/admin"' in (await staff.get("/home?all=1")).text


async def test_half_an_hour_without_a_page_asks_for_the_factor_again(
    gaelle: acting.Person, at_work: AtWork, owner: Any
) -> None:
    async with at_work(gaelle) as staff:
        await owner.execute("update session set second_factor_at = now() - interval '2 hours'")
        assert (await staff.get("/admin")).status_code == 403
        await owner.execute(
            "insert into staff_presence select id, now() - interval '29 minutes' from session"
        )
        assert (await staff.get("/admin")).status_code == 200
        assert await owner.fetchval("select now() - seen_at < interval '1 minute' from staff_presence")
        await owner.execute("update session set second_factor_at = now() - interval '13 hours'")
        assert (await staff.get("/admin")).status_code == 403
        await owner.execute(
            "update session set second_factor_at = now(); update platform_staff set removed_at = now()"
        )
        assert (await staff.get("/admin")).status_code == 404


async def test_the_database_shows_nothing_to_a_session_that_is_not_of_the_staff(
    cast: Cast, gaelle: acting.Person, at_work: AtWork
) -> None:
    calls = (
        "platform_overview()", "platform_organisations('', '', 9, 0)", "platform_organisation('transports-du-val')",
        "platform_networks()", "platform_person('claire@example.org')", "platform_jobs('todo', 9, 0)",
        "platform_mails('failed', 9, 0)", "platform_questionnaires()", "platform_visits()",
        "platform_trail('', null, null, 9, 0)", "platform_retry_job(1)", "platform_cancel_job(1)",
        "platform_end_sessions(null, null)", "platform_own_questionnaires()",
    )  # fmt: skip
    async with at_work(gaelle, second_factor=False):
        for person in (cast.people["nora"], gaelle):
            for call in calls:
                with pytest.raises(Exception, match="only for the staff"):
                    async with reading(acting.StaffActor(person)):
                        await select(f"select * from {call}")
    with pytest.raises(Exception, match="permission denied"):
        async with transaction(gaelle):
            await select("insert into platform_staff (id, person_id, since, granted_by, note, removed_by) values (gen_random_uuid(), $1, now(), '', '', '')", gaelle.person_id)  # fmt: skip
    with pytest.raises(Exception, match="permission denied"):
        async with reading(gaelle):
            await select("select * from job_failure")


async def test_the_staff_see_counts_and_names_and_never_an_answer(
    cast: Cast, gaelle: acting.Person, at_work: AtWork
) -> None:
    async with at_work(gaelle) as staff:
        found = (await staff.get("/admin/organisations?q=VAL")).text
        assert "Transports du Val" in found
        assert "Clinique du Lac" not in found
        one = (await staff.get("/admin/organisations/transports-du-val")).text
        assert "Claire Lambert" in one
        assert "claire@example.org" not in one
        assert (await staff.get("/admin/organisations/nobody")).status_code == 404
        assert "Claire Lambert" in (await staff.get("/admin/people?email=Claire@example.org")).text
        assert "Aucun compte" in (await staff.get("/admin/people?email=claire@example.com")).text
        assert "Claire Lambert" not in (await staff.get("/admin/people?email=claire")).text


async def test_sessions_are_ended_with_a_reason_on_both_chains(
    cast: Cast, gaelle: acting.Person, claire: acting.Actor, visit: Browser, at_work: AtWork, owner: Any
) -> None:
    async with at_work(gaelle) as staff, visit(claire) as theirs:
        address = "/admin/organisations/transports-du-val/sessions"
        assert (await staff.send_form(address, {"reason": "court"})).status_code == 422
        assert (await theirs.get("/account")).status_code == 200
        assert (await staff.send_form(address, {"reason": REASON})).status_code == 303
        assert (await theirs.get("/account")).status_code == 303
    async with visit(claire) as theirs, at_work(gaelle) as staff:
        form = {"email": "claire@example.org", "reason": REASON}
        assert (await staff.send_form("/admin/people/sessions", form)).status_code == 303
        assert (await theirs.get("/account")).status_code == 303
        assert "platform.sessions_ended" in (await staff.get("/admin/trail?verb=platform.")).text
    said = await owner.fetch(
        "select chain, role, details from audit_entry where verb = 'platform.sessions_ended'"
    )
    assert {row["chain"] for row in said} == {PLATFORM, claire.organisation_id}
    assert all(REASON in row["details"] for row in said)
    assert (
        await owner.fetchval("select recipient from mail where kind = 'sessions_ended'")
        == "claire@example.org"
    )
    async with reading(claire):
        assert await broken_links(claire.organisation_id) == []


async def test_jobs_that_failed_are_tried_again_and_nothing_of_their_contents_is_shown(
    gaelle: acting.Person, at_work: AtWork, owner: Any, run_jobs: Any
) -> None:
    async with transaction(None):
        await enqueue("mail.deliver", mail="not-a-uuid-canary")
        await enqueue("accounts.send_reset", at=None, email="secret-canary@example.org")
    await owner.execute("update procrastinate_jobs set attempts = 99 where task_name = 'mail.deliver'")
    await run_jobs()
    failed = await owner.fetchval("select id from procrastinate_jobs where status = 'failed'")
    async with at_work(gaelle) as staff:
        shown = (await staff.get("/admin/jobs")).text
        assert "mail.deliver" in shown
        assert "ValueError" in shown
        assert "foundation/mail.py" in shown
        assert "canary" not in shown
        assert (await staff.send_form(f"/admin/jobs/{failed}/retry")).status_code == 303
        assert (
            await owner.fetchval("select status::text from procrastinate_jobs where id = $1", failed)
            == "todo"
        )
        await staff.send_form(f"/admin/jobs/{failed}/cancel")
        assert (
            await owner.fetchval("select status::text from procrastinate_jobs where id = $1", failed)
            == "cancelled"
        )
        await staff.send_form(f"/admin/jobs/{failed}/retry")
    assert await _verbs(owner) == ["platform.job_retried", "platform.job_cancelled"]


async def test_a_letter_that_failed_is_masked_and_tried_again(
    gaelle: acting.Person, at_work: AtWork, owner: Any, deliver: Deliver, server: Any
) -> None:
    letter = new_id()
    await owner.execute(
        "insert into mail (id, kind, recipient, locale, subject, text, html, sender, refuse, created_at, attempts, failure) values "
        "($1, 'invitation', 'paul.durand@example.org', 'fr', 'Canari', 'Canari', '', '', '', now(), 8, 'SMTPRecipientsRefused 550')", letter,
    )  # fmt: skip
    async with at_work(gaelle) as staff:
        shown = (await staff.get("/admin/mails")).text
        assert "p…@example.org" in shown
        assert "SMTPRecipientsRefused 550" in shown
        assert "durand" not in shown
        assert "Canari" not in shown
        await staff.send_form(f"/admin/mails/{letter}/retry")
    await owner.execute(
        "insert into job_failure (task, error, place, at) values ('x', 'x', 'x', now() - interval '91 days')"
    )
    only_reading.set(False)
    async with transaction(None):
        await enqueue("platform.forget_failures", timestamp=0)
    server[0].busy = 1
    await deliver()
    assert await owner.fetchval("select failure from mail where id = $1", letter) == "SMTPDataError 451"
    await owner.execute("update procrastinate_jobs set scheduled_at = null")
    await deliver()
    assert await owner.fetchval("select sent_at is not null and failure = '' from mail where id = $1", letter)
    assert await _verbs(owner) == ["platform.mail_retried"]
    assert await owner.fetchval("select count(*) from job_failure where task = 'x'") == 0, "ninety days"


async def test_lost_factors_go_a_day_later_unless_the_person_keeps_them(
    cast: Cast, gaelle: acting.Person, at_work: AtWork, visit: Browser, owner: Any, deliver: Deliver
) -> None:
    claire = cast.people["claire"]
    await owner.execute(
        "insert into passkey (id, person_id, credential_id, public_key, sign_count, name, created_at) values ($1, $2, 'x', 'x', 0, 'x', now())",
        new_id(), claire.person_id,
    )  # fmt: skip
    form = {"email": claire.email, "reason": REASON}
    async with at_work(gaelle) as staff, visit(None) as anybody:
        assert (await staff.send_form("/admin/people/factors", form)).status_code == 303
        assert (await staff.send_form("/admin/people/factors", form)).status_code == 422
        text = await owner.fetchval("select text from mail where kind = 'factors_go'")
        assert REASON in text
        address = "/keep-factors/" + text.rpartition("/keep-factors/")[2].split()[0]
        assert "Gaëlle Le Goff" in (await anybody.get(address)).text
        assert "Ils restent" in (await anybody.send_form(address)).text
        assert "n’arrête plus rien" in (await anybody.get(address)).text
        assert (await staff.send_form("/admin/people/factors", form)).status_code == 303
    await owner.execute("update procrastinate_jobs set scheduled_at = null")
    await deliver()
    assert await owner.fetchval("select count(*) from passkey") == 1, "a day is a day"
    await owner.execute("update factor_removal set due_at = now()")
    only_reading.set(False)
    async with transaction(None):
        await enqueue(
            "platform.remove_factors",
            removal=await owner.fetchval("select id from factor_removal where stopped_at is null"),
        )
    async with visit(claire) as theirs:
        await deliver()
        assert (await theirs.get("/account")).status_code == 303
    assert await owner.fetchval("select count(*) from passkey") == 0
    assert await owner.fetchval("select recipient from mail where kind = 'factors_gone'") == claire.email


async def _verbs(owner: Any) -> list[str]:
    rows = await owner.fetch("select verb from audit_entry where verb like 'platform.%' order by seq")
    return [row["verb"] for row in rows]
