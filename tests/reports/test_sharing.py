"""A document shared by a link: given to whoever holds it, for a time, and nothing else of the account with it."""

import io
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from palier.accounts.rules import ATTEMPTS
from palier.demo.sandboxes import erase
from palier.foundation import clock, files
from palier.foundation.actor import Actor
from palier.foundation.database import (
    LinkHolder,
    only_reading,
    reading,
    transaction,
)
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.operations import AlreadyDone
from palier.foundation.permissions import Role
from palier.foundation.turns import Turns
from palier.reports.flows import marking, opening, sharing
from palier.reports.flows.making import MOST_ATTEMPTS
from palier.reports.flows.verifying import ask_about_code, ask_about_file, sealed
from palier.reports.links import links_of
from palier.reports.pages import shared as pages
from palier.reports.press import FailureReason, PrintingFailed
from palier.reports.rules.record import KINDS, to_plain
from palier.reports.rules.sharing import LinkState, Terms, end_of, marked, one_line
from palier.reports.store import LinkOpening, Report, ReportState, SharedLink
from tests.conftest import plant_mandate, plant_organisation
from tests.reports import samples
from tests.roles import as_the_worker

BASE = "/o/transports-du-val/reports"
SECRET = "quatre mots sans aucun rapport"
BYTES = b"%PDF-1.7 the document itself"
BOARD = Terms("Conseil du 12 mars")


@pytest.fixture(autouse=True)
def nobody_has_looked(monkeypatch):
    """The count is one for the process, and every test visits from the same place."""
    monkeypatch.setattr(pages, "_looks", Turns(100, 60))


class Stub:
    """A press that prints what stands across the pages."""

    def __init__(self, failure: FailureReason | None = None) -> None:
        self.failure = failure

    async def render(self, document: Any, locale: str) -> bytes:
        if self.failure:
            raise PrintingFailed(self.failure)
        return f"%PDF-1.7 {document.options.watermark} ({locale})".encode()


@pytest.fixture
def made(shelf):
    """A document that is made, without the seconds its making takes."""

    async def make(actor: Actor, **values: Any) -> UUID:
        report = new_id()
        async with transaction(actor):
            facts = {
                "state": ReportState.DONE,
                "pages": 3,
                "content": to_plain(samples.action_plan("fr", 1)),
            } | values
            row = await Report.create(
                id=report, organisation_id=actor.organisation_id, locale="fr", title="Plan d’action 2027", kind="plan",
                content_key="x", created_by=actor.person_id, created_name=actor.person.name, **facts,
            )  # fmt: skip
            if row.state is ReportState.DONE:
                file = await files.keep(
                    shelf, actor, actor.organisation_id, "Plan.pdf", "application/pdf", BYTES
                )
                await Report.filter(id=report).update(file_id=file.id)
        return report

    return make


async def share(actor, report, terms=BOARD):
    only_reading.set(False)  # a GET answered in this very context may have set it
    return await sharing.share(actor, report, terms, new_id())


async def link_of(code) -> SharedLink:
    async with reading(LinkHolder(fingerprint(code))):
        return await SharedLink.get(fingerprint=fingerprint(code))


async def listed(actor, report):
    async with reading(actor):
        return await links_of(await Report.get(id=report))


def without_code(text: str, code: str) -> str:
    return text.replace(code, "")


# --- the rules ------------------------------------------------------------------------------------------------------


def test_a_link_ends_after_its_days_and_never_after_the_mandate_of_who_made_it():
    made = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert end_of(made, 7) == datetime(2026, 11, 29, 8, tzinfo=UTC)
    assert end_of(made, 7, date(2026, 11, 24)) == datetime(2026, 11, 25, tzinfo=UTC)
    assert end_of(made, 7, date(2027, 1, 1)) == datetime(2026, 11, 29, 8, tzinfo=UTC)


def test_for_whom_it_is_stands_in_one_line():
    assert one_line("  Conseil\n\tdu 12\u202e mars\u0000 ") == "Conseil du 12 mars"


def test_a_marked_copy_differs_by_the_mark_alone():
    document = samples.results("fr")
    copy = marked(document, "Pour la ville")
    assert copy.options == replace(document.options, watermark="Pour la ville")
    assert replace(copy, options=document.options) == document


def test_every_kind_of_document_can_be_marked():
    without = [
        name for name, kind in KINDS.items() if "options" not in {field.name for field in fields(kind)}
    ]
    assert not without


# --- making a link --------------------------------------------------------------------------------------------------


async def test_the_address_is_told_once_and_only_its_fingerprint_is_kept(claire, made, visit, owner):
    report = await made(claire)
    form = {"op": str(new_id()), "recipient": "Conseil du 12 mars", "days": "7", "password": SECRET}
    async with visit(claire) as browser:
        told = await browser.send_form(f"{BASE}/{report}/share", form)
        code = re.search(r"/s/([\w-]{43})<", told.text)[1]
        again = await browser.send_form(f"{BASE}/{report}/share", form)
        assert again.status_code == 303
        page = (await browser.get(f"{BASE}/{report}")).text
        assert "1 lien fonctionne" in (await browser.get(BASE)).text
    assert "Conseil du 12 mars" in page
    assert code not in page
    row = await owner.fetchrow("select * from shared_link")
    assert row["fingerprint"] == fingerprint(code)
    assert row["password_hash"].startswith("$argon2id$")
    assert row["expires_at"] - row["created_at"] == timedelta(days=7)
    assert code not in str(dict(row))
    assert SECRET not in str(dict(row))
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'reports.shared'") == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipient": ""}, "Remplissez ce champ"),
        ({"recipient": "x" * 81}, "80 caractères"),
        ({"days": "365"}, "Choisissez la durée"),
        ({"days": "toujours"}, "Choisissez la durée"),
        ({"password": "court"}, "12 caractères"),
        ({"password": "motdepasse123"}, "parmi les premiers"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(claire, made, visit, owner, fields, words):
    report = await made(claire)
    form = {"op": str(new_id()), "recipient": "Préfecture", "days": "30", "marked": "yes", "password": SECRET}
    async with visit(claire) as browser:
        page = await browser.send_form(f"{BASE}/{report}/share", form | fields)
    assert page.status_code == 422
    assert words in page.text
    assert re.search(r'name="marked" value="yes" checked', page.text)
    assert SECRET not in page.text
    assert await owner.fetchval("select count(*) from shared_link") == 0


async def test_a_double_click_makes_one_link(claire, made, owner):
    report, op = await made(claire), new_id()
    await sharing.share(claire, report, BOARD, op)
    with pytest.raises(AlreadyDone) as done:
        await sharing.share(claire, report, BOARD, op)
    assert done.value.location == f"{BASE}/{report}"
    assert await owner.fetchval("select count(*) from shared_link") == 1


async def test_a_document_that_is_not_made_cannot_be_shared(claire, made, visit):
    report = await made(claire, state=ReportState.FAILED, failure="too_long")
    async with visit(claire) as browser:
        assert (await browser.get(f"{BASE}/{report}/share")).headers["location"] == f"{BASE}/{report}"
        form = {"op": str(new_id()), "recipient": "x", "days": "7"}
        assert (await browser.send_form(f"{BASE}/{report}/share", form)).status_code == 303
        assert "/share" not in (await browser.get(f"{BASE}/{report}")).text


async def test_there_is_an_end_to_how_many_links_a_document_has(claire, made, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_LINKS", 1)
    report = await made(claire)
    await share(claire, report)
    with pytest.raises(sharing.TooManyLinks):
        await share(claire, report)
    clock.freeze(clock.now() + timedelta(days=8))
    await share(claire, report)


async def test_figures_of_peers_are_pointed_out_before_they_leave(claire, made, visit):
    plain = await made(claire)
    shown = await made(claire, content=to_plain(samples.results("fr")))
    async with visit(claire) as browser:
        assert "chiffres des pairs" not in (await browser.get(f"{BASE}/{plain}/share")).text
        assert "chiffres des pairs" in (await browser.get(f"{BASE}/{shown}/share")).text


# --- behind it ------------------------------------------------------------------------------------------------------


async def test_whoever_holds_the_link_takes_the_document_away_and_the_sharer_sees_when(claire, made, visit):
    report = await made(claire)
    code = await share(claire, report)
    async with visit(None) as visitor:
        for _ in range(3):
            page = await visitor.get(f"/s/{code}")
        assert "Plan d’action 2027" in page.text
        assert "Claire Lambert" in page.text
        assert (await listed(claire, report))[0].times == 0, "looking is not opening: scanners look too"
        given = await visitor.post(f"/s/{code}")
    assert given.content == BYTES
    assert 'filename="plan.pdf"' in given.headers["content-disposition"]
    [link] = await listed(claire, report)
    assert (link.times, len(link.opened), link.state) == (1, 1, LinkState.OPEN)
    async with visit(claire) as browser:
        assert "1 fois" in (await browser.get(f"{BASE}/{report}")).text


async def test_an_opening_is_audited_without_a_word_about_who(claire, made, visit, owner):
    code = await share(claire, await made(claire))
    async with visit(None) as visitor:
        await visitor.post(f"/s/{code}", headers={"user-agent": "Curieux/1.0"})
    entry = await owner.fetchrow("select * from audit_entry where verb = 'reports.opened_by_link'")
    assert entry["chain"] == claire.organisation_id
    assert entry["person_id"] is None
    kept = str([dict(row) for row in await owner.fetch("select * from link_opening")]) + str(dict(entry))
    assert "Curieux" not in kept
    assert "127.0.0.1" not in kept


async def test_a_password_guards_even_the_title(claire, made, visit):
    report = await made(claire)
    code = await share(claire, report, replace(BOARD, password=SECRET))
    async with visit(None) as visitor:
        page = await visitor.get(f"/s/{code}")
        wrong = await visitor.post(f"/s/{code}", data={"password": "autre chose du tout"})
        for answer in (page, wrong):
            assert "Plan d’action" not in answer.text
            assert "Claire" not in answer.text
            assert "Transports" not in answer.text
            assert BYTES not in answer.content
        assert wrong.status_code == 422
        assert "pas le mot de passe" in wrong.text
        assert (await visitor.post(f"/s/{code}", data={"password": SECRET})).content == BYTES
    assert (await listed(claire, report))[0].times == 1


async def test_a_link_that_never_was_is_over_or_revoked_is_one_same_page(claire, made, visit):
    report = await made(claire)
    over, revoked = await share(claire, report, replace(BOARD, days=1)), await share(claire, report)
    await sharing.revoke(claire, report, (await link_of(revoked)).id)
    clock.freeze(clock.now() + timedelta(days=2))
    async with visit(None) as visitor:
        pages = []
        for code in (over, revoked, "n" * 43, "quatre-vingts"):
            for answer in (await visitor.get(f"/s/{code}"), await visitor.post(f"/s/{code}")):
                assert answer.status_code == 404
                pages.append(without_code(answer.text, code))
    assert len(set(pages)) == 1
    assert "Ce lien n’ouvre rien" in pages[0]
    assert [link.state for link in await listed(claire, report)] == [LinkState.REVOKED, LinkState.OVER]


async def test_a_link_revoked_while_the_password_is_checked_gives_nothing(claire, made, shelf, monkeypatch):
    report = await made(claire)
    code = await share(claire, report)
    link = (await link_of(code)).id
    fetch = files.fetch

    async def slow(*given: Any) -> bytes:
        await sharing.revoke(claire, report, link)
        return await fetch(*given)

    monkeypatch.setattr(files, "fetch", slow)
    with pytest.raises(opening.NoSuchLink):
        await opening.take_away(code, "", "192.0.2.1", shelf)


async def test_no_answer_behind_a_link_is_kept_found_followed_or_remembered(claire, made, visit):
    code = await share(claire, await made(claire), replace(BOARD, password=SECRET))
    async with visit(None) as visitor:
        answers = [
            await visitor.get(f"/s/{code}"),
            await visitor.get("/s/unknown"),
            await visitor.post(f"/s/{code}", data={"password": "non"}),
            await visitor.post(f"/s/{code}", data={"password": SECRET}),
            # What a browser says of itself on a page that tells no site where it comes from.
            await visitor.post(f"/s/{code}", data={"password": SECRET}, headers={"origin": "null"}),
        ]
        await visitor.get("/static/css/tokens.css")
        assert not dict(visitor.cookies)
    assert answers[-1].content == BYTES
    for answer in answers:
        assert "no-store" in answer.headers["cache-control"]
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers


async def test_the_page_is_the_same_whoever_is_signed_in(claire, sophie, made, visit):
    code = await share(claire, await made(claire))
    pages = []
    for who in (None, sophie, claire):
        async with visit(who) as browser:
            pages.append((await browser.get(f"/s/{code}")).text)
    assert len(set(pages)) == 1


async def test_the_page_speaks_the_language_asked_for_in_its_address(claire, made, visit):
    code = await share(claire, await made(claire))
    async with visit(None) as visitor:
        page = (await visitor.get(f"/s/{code}?language=en")).text
    assert '<html lang="en"' in page
    assert "Take the document away" in page
    assert '<h1 lang="fr">' in page


async def test_passwords_are_not_tried_for_long(claire, made, visit):
    code = await share(claire, await made(claire), replace(BOARD, password=SECRET))
    async with visit(None) as visitor:
        for _ in range(ATTEMPTS):
            await visitor.post(f"/s/{code}", data={"password": "encore un essai"})
        refused = await visitor.post(f"/s/{code}", data={"password": SECRET})
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "300"
        clock.freeze(clock.now() + timedelta(minutes=6))
        assert (await visitor.post(f"/s/{code}", data={"password": SECRET})).content == BYTES


async def test_links_are_not_tried_one_after_the_other(claire, made, visit, monkeypatch):
    monkeypatch.setattr(pages, "_looks", Turns(2, 60))
    code = await share(claire, await made(claire))
    async with visit(None) as visitor:
        assert [(await visitor.get(f"/s/{one}")).status_code for one in ("a", "b", code)] == [404, 404, 429]


async def test_a_document_is_not_taken_away_without_end(claire, made, visit, monkeypatch):
    monkeypatch.setattr(opening, "MOST_OPENINGS", 2)
    report = await made(claire)
    code = await share(claire, report)
    async with visit(None) as visitor:
        assert [(await visitor.post(f"/s/{code}")).status_code for _ in range(3)] == [201, 201, 429]
    assert (await listed(claire, report))[0].times == 2


# --- a marked copy --------------------------------------------------------------------------------------------------


async def test_a_marked_copy_is_made_beside_the_document(claire, made, visit, shelf, owner):
    report = await made(claire)
    before = dict(await owner.fetchrow("select * from report"))
    code = await share(claire, report, replace(BOARD, marked=True))
    link = await link_of(code)
    async with visit(None) as visitor:
        assert "en préparation" in (await visitor.get(f"/s/{code}")).text
        assert BYTES not in (await visitor.post(f"/s/{code}")).content
        only_reading.set(False)
        await marking.mark_copy(claire.organisation_id, link.id, Stub(), shelf)
        await marking.mark_copy(claire.organisation_id, link.id, Stub(), shelf)  # tried twice, made once
        given = (await visitor.post(f"/s/{code}")).content.decode()
    assert given.startswith("%PDF-1.7 Conseil du 12 mars, ")
    assert dict(await owner.fetchrow("select * from report")) == before
    assert await owner.fetchval("select count(*) from stored_file") == 2
    await sharing.revoke(claire, report, link.id)
    assert [row["name"] for row in await owner.fetch("select name from stored_file")] == ["Plan.pdf"]
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'reports.copy_made'") == 1


async def test_a_marked_copy_is_confirmed_under_the_code_of_its_document(claire, made, shelf):
    document = sealed(samples.action_plan("fr", 1), "https://palier.example")
    report = await made(claire, content=to_plain(document))
    code = await share(claire, report, replace(BOARD, marked=True))
    await marking.mark_copy(claire.organisation_id, (await link_of(code)).id, Stub(), shelf)
    copy = await opening.take_away(code, "", "192.0.2.1", shelf)
    assert copy.name == "Plan d’action 2027.pdf"
    issue = await ask_about_file(copy.content)
    assert issue is not None
    assert issue in await ask_about_code(document.cover.seal.code)


async def test_the_links_appear_when_the_document_is_made_without_a_reload(claire, made, visit):
    report = await made(claire)
    await share(claire, report)
    async with visit(claire) as browser:
        polled = await browser.get(f"{BASE}/{report}", headers={"hx-request": "true"})
        whole = await browser.get(f"{BASE}/{report}")
    swapped = re.search(r'<div id="links" hx-swap-oob="true">(.*?)</section>', polled.text, re.DOTALL)[1]
    token = re.compile(r'value="[^"]*"')
    assert token.sub("", swapped) in token.sub("", whole.text)


async def test_the_original_is_never_given_in_place_of_a_copy_that_cannot_be_made(
    claire, made, visit, shelf, owner
):
    report = await made(claire)
    code = await share(claire, report, replace(BOARD, marked=True))
    link = (await link_of(code)).id
    for _ in range(MOST_ATTEMPTS):
        assert (await listed(claire, report))[0].state is LinkState.PREPARING
        await marking.mark_copy(claire.organisation_id, link, Stub(FailureReason.TOO_LONG), shelf)
    assert (await listed(claire, report))[0].state is LinkState.NOT_MADE
    turns = await owner.fetch(
        "select distinct lock from procrastinate_jobs where task_name = 'reports.mark_copy'"
    )
    assert [row["lock"] for row in turns] == [f"documents of {claire.organisation_id}"], (
        "beside nobody else's"
    )
    async with visit(None) as visitor:
        assert BYTES not in (await visitor.post(f"/s/{code}")).content
    async with visit(claire) as browser:
        assert "trente secondes" in (await browser.get(f"{BASE}/{report}")).text
        await browser.send_form(f"{BASE}/{report}/links/{link}/again")
    only_reading.set(False)
    await marking.mark_copy(claire.organisation_id, link, Stub(), shelf)
    assert (await listed(claire, report))[0].state is LinkState.OPEN


async def test_the_press_writes_for_whom_it_is_on_every_page(claire, made, make, visit):
    """The whole way once, on the real press."""
    code = await share(claire, await made(claire), replace(BOARD, marked=True))
    await make()
    async with visit(None) as visitor:
        content = (await visitor.post(f"/s/{code}")).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert all("/Pattern" in page.Resources for page in pdf.pages), (
            "drawn, not read: an artifact for a screen reader"
        )


# --- nothing else ---------------------------------------------------------------------------------------------------


async def test_every_other_address_is_to_the_visitor_what_it_is_to_nobody(claire, made, visit, stage):
    report = await made(claire)
    code = await share(claire, report)
    ids = {"org": "transports-du-val", "report": str(report), "shared": code}
    async with visit(None) as visitor, visit(None) as nobody:
        await visitor.get(f"/s/{code}")
        assert (await visitor.post(f"/s/{code}")).content == BYTES
        for address in _addresses(stage, ids):
            to_visitor, to_nobody = await visitor.get(address), await nobody.get(address)
            assert to_visitor.status_code == to_nobody.status_code, address
            assert to_visitor.headers.get("location") == to_nobody.headers.get("location"), address
            if address.startswith("/o/"):
                assert to_visitor.status_code in (303, 401), address


def _addresses(app: Any, ids: dict[str, str]) -> Iterator[str]:
    """The address of every page but that of the link, with these ids and made-up ones."""
    for route in app.routes:
        if "GET" in getattr(route, "route_handler_map", {}) and not route.path.startswith(("/s/", "/static")):
            yield re.sub(r"{(\w+):(\w+)}", lambda part: ids.get(part[1], _made_up(part[2])), route.path)


def _made_up(kind: str) -> str:
    return {"uuid": str(UUID(int=7)), "int": "7"}.get(kind, "x")


async def _seen(owner, key: str) -> dict[str, list[Any]]:
    """What the web process may read as the holder of the code with this fingerprint, table by table."""
    tables = [
        row["relname"]
        for row in await owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity "
            "and has_table_privilege('palier_web', oid, 'select')"
        )
    ]
    assert len(tables) > 25
    async with reading(LinkHolder(key)) as connection:
        rows = {one: await connection.execute_query_dict(f'select * from "{one}"') for one in tables}
    return {one: found for one, found in rows.items() if found}


async def test_the_database_itself_shows_the_holder_one_document_and_one_file(claire, made, shelf, owner):
    report = await made(claire)
    await made(claire)
    code, other = await share(claire, report), await share(claire, report, replace(BOARD, marked=True))
    await marking.mark_copy(claire.organisation_id, (await link_of(other)).id, Stub(), shelf)
    await opening.take_away(code, "", "192.0.2.1", shelf)
    nobody = await _seen(owner, "0" * 64)
    for held, given in ((code, "Plan.pdf"), (other, "Plan d’action 2027.pdf")):
        seen = await _seen(owner, fingerprint(held))
        assert set(seen) - set(nobody) <= {"shared_link", "report", "stored_file", "link_opening"}
        assert [row["id"] for row in seen["report"]] == [report]
        assert [row["name"] for row in seen["stored_file"]] == [given]
        assert [row["fingerprint"] for row in seen["shared_link"]] == [fingerprint(held)]
    copy = (await _seen(owner, fingerprint(other)))["stored_file"][0]
    assert copy["id"] == (await link_of(other)).id, "the marked copy and not the document's own file"


async def test_a_link_that_is_over_or_revoked_opens_the_database_to_nobody(claire, made, owner):
    report = await made(claire)
    over, revoked = await share(claire, report), await share(claire, report)
    await sharing.revoke(claire, report, (await link_of(revoked)).id)
    await owner.execute(
        "update shared_link set expires_at = now() - interval '1 s' where fingerprint = $1", fingerprint(over)
    )
    nobody = await _seen(owner, "0" * 64)
    assert await _seen(owner, fingerprint(over)) == await _seen(owner, fingerprint(revoked)) == nobody


async def test_the_holder_changes_nothing_but_the_list_of_openings(claire, made, owner):
    report = await made(claire)
    code, other = await share(claire, report), await share(claire, report)
    mine, theirs = await link_of(code), await link_of(other)
    async with transaction(LinkHolder(fingerprint(code))) as connection:
        for sql in (
            "update shared_link set expires_at = expires_at + interval '1 year'",
            "update report set title = 'x'",
            "update stored_file set name = 'x'",
        ):
            await connection.execute_query(sql)
    assert await owner.fetchval("select count(*) from report where title = 'x'") == 0
    assert await owner.fetchval("select count(*) from stored_file where name = 'x'") == 0
    assert (await link_of(code)).expires_at == mine.expires_at
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(LinkHolder(fingerprint(code))):
            await LinkOpening.create(
                id=new_id(), link_id=theirs.id, organisation_id=claire.organisation_id, at=clock.now()
            )


# --- who may ---------------------------------------------------------------------------------------------------------


async def test_strangers_find_no_link_to_list_or_to_revoke(claire, nora, made, visit):
    report = await made(claire)
    link = (await link_of(await share(claire, report))).id
    async with visit(nora) as stranger:
        for base in (f"{BASE}/{report}", f"/o/clinique-du-lac/reports/{report}"):
            assert (await stranger.get(f"{base}/share")).status_code == 404
            for act in ("share", f"links/{link}/revoke", f"links/{link}/again"):
                form = {"op": str(new_id()), "recipient": "x", "days": "7"}
                assert (await stranger.send_form(f"{base}/{act}", form)).status_code == 404
    assert (await listed(claire, report))[0].works


async def test_a_link_is_revoked_under_its_own_document_only(claire, made, visit):
    report, other = await made(claire), await made(claire)
    link = (await link_of(await share(claire, report))).id
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{BASE}/{other}/links/{link}/revoke")).status_code == 404
        assert (await browser.send_form(f"{BASE}/{report}/links/{link}/revoke")).status_code == 303
        assert "Révoqué" in (await browser.get(f"{BASE}/{report}")).text


async def test_a_consultant_shares_what_they_asked_for_until_their_mandate_ends(
    cast, claire, made, visit, owner
):
    mandate = await plant_mandate(claire, cast.people["hugo"], days=3)
    hugo = replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)
    theirs, own = await made(claire), await made(hugo)
    async with visit(hugo) as consultant:
        assert (await consultant.get(f"{BASE}/{theirs}/share")).status_code == 404
        assert (await consultant.get(f"{BASE}/{own}/share")).status_code == 200
    code, kept = await share(hugo, own, replace(BOARD, days=90)), await share(claire, own)
    last = await owner.fetchval("select ends_on from mandate")
    assert (await link_of(code)).expires_at == datetime.combine(
        last + timedelta(days=1), datetime.min.time(), UTC
    )
    async with transaction(claire) as connection:
        await connection.execute_query("update mandate set revoked_at = now()")
    states = {link.by: link.state for link in await listed(claire, own)}
    assert states == {"Hugo Martin": LinkState.REVOKED, "Claire Lambert": LinkState.OPEN}
    assert (await link_of(kept)).revoked_at is None


# --- afterwards -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def worker(stage, settings):
    """The pool of the worker's role, and the web's again afterwards."""
    async with as_the_worker(settings):
        yield


async def test_a_throw_away_copy_takes_its_links_along(cast, shelf, made, owner):
    visitor = replace(cast.actor("claire", "valley", Role.OWNER))
    copy = await plant_organisation("Copie", "demo-0123456789ab", visitor.person, sandbox_until=clock.now())
    actor = replace(visitor, organisation=copy)
    code = await share(actor, await made(actor))
    await opening.take_away(code, "", "192.0.2.1", shelf)
    await erase(copy.id, shelf)
    assert await owner.fetchval("select count(*) from shared_link") == 0
    assert await owner.fetchval("select count(*) from link_opening") == 0


async def test_at_night_copies_of_links_that_are_over_go_and_links_a_year_later(
    claire, made, shelf, owner, worker
):
    report = await made(claire)
    code = await share(claire, report, replace(BOARD, marked=True))
    link = await link_of(code)
    await marking.mark_copy(claire.organisation_id, link.id, Stub(), shelf)
    await marking.put_away_old_links()
    assert await owner.fetchval("select count(*) from stored_file") == 2
    clock.freeze(clock.now() + timedelta(days=8))
    await marking.put_away_old_links()
    assert [row["name"] for row in await owner.fetch("select name from stored_file")] == ["Plan.pdf"]
    assert [one.state for one in await listed(claire, report)] == [LinkState.OVER]
    clock.freeze(clock.now() + timedelta(days=370))
    await marking.put_away_old_links()
    assert await listed(claire, report) == []
