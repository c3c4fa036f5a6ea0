"""Comments, files and history of an action: who may, what is kept, what is turned away, who is told."""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from palier.action_plans.flows import acting, attaching, commenting
from palier.action_plans.rules.life import Facts
from palier.action_plans.store import Action, action_by_id
from palier.action_plans.trail import trail_of
from palier.conversations.flows.attaching import Full
from palier.conversations.flows.commenting import ChangedMeanwhile, Unsayable
from palier.conversations.rules.mentions import LONGEST
from palier.conversations.store import Comment, TopicFile
from palier.foundation import audit, files
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.foundation.uploads import LARGEST_REQUEST, Received
from tests.conftest import Browser, Cast, plant_mandate
from tests.roles import as_the_worker

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTMX = {"hx-request": "true"}

Jobs = Callable[[], Awaitable[None]]


@pytest.fixture
async def action(claire: Actor, plan: str) -> Action:
    return await acting.add(claire, plan, Facts("Former les équipes <b>"), new_id())


@pytest.fixture
def place(action: Action) -> str:
    return f"/o/transports-du-val/a/{action.id}"


def sent(name: str, data: bytes = PDF, media_type: str = "application/pdf") -> Received:
    return Received(name, media_type, data)


async def attach(actor: Actor, settings: Settings, action: Action, name: str = "bilan.pdf") -> TopicFile:
    only_reading.set(False)
    return await attaching.attach(actor, files.shelves(settings), action.id, sent(name), new_id())


async def say(actor: Actor, action: Action, text: str, *chosen: UUID) -> Comment:
    only_reading.set(False)
    return await commenting.say(actor, action.id, text, chosen, new_id())


async def do_jobs(settings: Settings, run_jobs: Jobs) -> None:
    async with as_the_worker(settings):
        await run_jobs()


async def letters(owner: Any) -> dict[str, str]:
    return {
        row["recipient"]: row["text"]
        for row in await owner.fetch("select recipient, text from mail where kind = 'called'")
    }


# --- comments -------------------------------------------------------------------------------------------------------


async def test_a_comment_is_there_for_everybody_who_reads_and_only_its_author_may_change_it(
    action: Action, place: str, claire: Actor, malik: Actor, sophie: Actor, visit: Browser
) -> None:
    async with visit(malik) as browser:
        sent_form = {"op": str(new_id()), "text": "Vu en gare\r\n\r\nDeux lignes"}
        answers = [await browser.send_form(f"{place}/comments", sent_form) for _ in range(2)]
        assert {a.headers["location"] for a in answers} == {f"{place}#comments"}
        page = (await browser.get(place)).text
        change = re.search(rf'href="({place}/comments/[^"]+)"', page)
        assert change
        assert page.count('<li class="cm"') == 1
    for other in (claire, sophie):
        async with visit(other) as browser:
            page = (await browser.get(place)).text
            assert "<p>Vu en gare</p><p>Deux lignes</p>" in page
            assert change[1] not in page
            assert (await browser.get(change[1])).status_code in (403, 404)
            assert (await browser.send_form(change[1], {"text": "x", "rev": "1"})).status_code in (403, 404)
            assert (await browser.send_form(f"{change[1]}/remove")).status_code in (403, 404)


async def test_who_only_reads_reads_and_nothing_more(
    action: Action, place: str, claire: Actor, sophie: Actor, settings: Settings, visit: Browser
) -> None:
    file = await attach(claire, settings, action)
    async with visit(sophie) as reader:
        page = await reader.get(place)
        assert "bilan.pdf" in page.text
        assert "/comments" not in page.text
        assert (await reader.get(f"{place}/files/{file.id}")).content == PDF
        for address in ("comments", "files", f"files/{file.id}/remove"):
            assert (await reader.send_form(f"{place}/{address}", {"op": str(new_id())})).status_code == 403


async def test_a_consultant_by_mandate_speaks_and_is_called_while_it_runs(
    action: Action,
    place: str,
    cast: Cast,
    claire: Actor,
    visit: Browser,
    owner: Any,
    run_jobs: Jobs,
    settings: Settings,
) -> None:
    await plant_mandate(claire, cast.people["hugo"])
    async with visit(cast.people["hugo"]) as consultant:
        reply = await consultant.send_form(
            f"{place}/comments", {"op": str(new_id()), "text": "@Claire Lambert ?"}
        )
        assert reply.status_code == 303
    await do_jobs(settings, run_jobs)
    assert set(await letters(owner)) == {"claire@example.org"}
    row = await say(claire, action, "@Hugo Martin oui")
    assert list(row.called.values()) == ["Hugo Martin"]
    await owner.execute("update mandate set revoked_at = now()")
    row = await say(claire, action, "@Hugo Martin encore")
    assert row.called == {}
    async with reading(claire):
        roles = {event.role for event in await trail_of(claire, f"action {action.id}")}
    assert "consultant" in roles


async def test_those_called_are_written_to_once_in_their_language_and_nobody_else(
    action: Action,
    cast: Cast,
    claire: Actor,
    malik: Actor,
    sophie: Actor,
    owner: Any,
    run_jobs: Jobs,
    settings: Settings,
) -> None:
    await owner.execute("update person set locale = 'en' where email = 'sophie@example.org'")
    text = "@Malik Ouali, @Nora Petit, @Claire Lambert <script>alert(1)</script>\r\nBcc: x@example.org"
    row = await say(claire, action, text, sophie.person_id, cast.people["nora"].person_id, new_id())
    assert set(row.called) == {str(malik.person_id), str(sophie.person_id)}
    await do_jobs(settings, run_jobs)
    sent_to = await letters(owner)
    assert set(sent_to) == {"malik@example.org", "sophie@example.org"}
    assert (
        f"{settings.public_url}/o/transports-du-val/a/{action.id}#comment-{row.id}"
        in sent_to["malik@example.org"]
    )
    assert "vous cite" in sent_to["malik@example.org"]
    assert "mentions you" in sent_to["sophie@example.org"]
    assert "> @Malik Ouali" in sent_to["malik@example.org"]
    await commenting.change(claire, action.id, row.id, "@Malik Ouali seulement", [], 1)
    await do_jobs(settings, run_jobs)
    assert len(await owner.fetch("select 1 from mail where kind = 'called'")) == 2


async def test_letters_about_mentions_are_refused_by_their_link_and_taken_again_on_the_account(
    action: Action,
    claire: Actor,
    malik: Actor,
    owner: Any,
    visit: Browser,
    run_jobs: Jobs,
    settings: Settings,
) -> None:
    async def called() -> int:
        await say(claire, action, "@Malik Ouali")
        await do_jobs(settings, run_jobs)
        return int(await owner.fetchval("select count(*) from mail where kind = 'called'"))

    assert await called() == 1
    stop = (await owner.fetchval("select refuse from mail where kind = 'called'")).removeprefix(
        settings.public_url
    )
    async with visit(None) as nobody:  # as a mail program does: no page opened, no token
        assert (await nobody.post(stop, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        assert "Mentions" in (await nobody.get(stop)).text
    assert await called() == 1
    async with visit(malik) as browser:
        page = (await browser.get("/account/reminders")).text
        assert len(re.findall(r'type="checkbox"[^>]* checked', page)) == 5
        await browser.send_form("/account/reminders", {"mention": "yes"})
    assert await called() == 2


async def test_nobody_is_written_to_about_a_comment_taken_back(
    action: Action, claire: Actor, owner: Any, run_jobs: Jobs, settings: Settings
) -> None:
    row = await say(claire, action, "@Malik Ouali")
    await commenting.take_back(claire, action.id, row.id)
    await do_jobs(settings, run_jobs)
    assert await letters(owner) == {}


async def test_markup_is_shown_and_never_run(
    action: Action, place: str, malik: Actor, claire: Actor, visit: Browser
) -> None:
    await say(malik, action, '<img src=x onerror="alert(1)"> @Claire Lambert {{ 7*7 }} </p><script>')
    async with visit(claire) as browser:
        page = (await browser.get(place)).text
    assert "&lt;img src=x" in page
    assert '<span class="called">@Claire Lambert</span> {{ 7*7 }} &lt;/p&gt;&lt;script&gt;' in page
    assert "<img src=x" not in page


async def test_nothing_and_too_much_come_back_as_they_were_typed(
    action: Action, place: str, claire: Actor, malik: Actor, visit: Browser
) -> None:
    with pytest.raises(Unsayable):
        await say(claire, action, " \u00a0\n ")
    async with visit(claire) as browser:
        long = "é" * (LONGEST + 1)
        form = {"op": str(new_id()), "text": long, "call": [str(malik.person_id), "nobody"]}
        whole = await browser.send_form(f"{place}/comments", form)
        part = await browser.send_form(f"{place}/comments", form, headers=HTMX)
    for reply in (whole, part):
        assert reply.status_code == 422
        assert long in reply.text
        assert re.search(rf'value="{malik.person_id}" checked', reply.text)
    assert "<title>Erreur" in whole.text
    assert whole.text.count('href="#comment-text"') == 1
    assert part.text.lstrip().startswith("<section")


async def test_with_a_script_the_card_and_the_history_come_back_alone(
    action: Action, place: str, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        form = {"op": str(new_id()), "text": "Vu"}
        part = (await browser.send_form(f"{place}/comments", form, headers=HTMX)).text
        page = (await browser.get(place)).text
    for name in ("comments", "history"):
        assert _card(part, name) == _card(page, name)
    assert 'id="announce" hx-swap-oob' in part


def _card(html: str, name: str) -> str:
    found = re.search(rf'<section class="card" id="{name}".*?</section>', html, re.DOTALL)
    assert found, name
    plain = re.sub(r'name="(op|_csrf_token)" value="[^"]*"', r'name="\1"', found[0])
    return re.sub(r"\s+", " ", plain.replace(' hx-swap-oob="true"', ""))


async def test_two_windows_on_one_comment_lose_nothing(
    action: Action, place: str, claire: Actor, visit: Browser
) -> None:
    row = await say(claire, action, "Premier")
    async with visit(claire) as browser:
        address = f"{place}/comments/{row.id}"
        assert (await browser.send_form(address, {"text": "Deuxième", "rev": "1"})).status_code == 303
        late = await browser.send_form(address, {"text": "Troisième", "rev": "1"})
        assert late.status_code == 409
        assert "<p>Deuxième</p>" in late.text
        assert "\nTroisième</textarea>" in late.text
        assert 'name="rev" value="2"' in late.text
        assert (await browser.send_form(address, {"text": "Troisième", "rev": "2"})).status_code == 303
        page = (await browser.get(place)).text
        assert "<p>Troisième</p>" in page
        assert "modifié le" in page
        assert (await browser.send_form(f"{address}/remove")).status_code == 303
        assert "Troisième" not in (await browser.get(place)).text
    with pytest.raises(ChangedMeanwhile):
        row = await say(claire, action, "x")
        await commenting.change(claire, action.id, row.id, "y", [], 9)


# --- files ----------------------------------------------------------------------------------------------------------


async def test_a_file_is_attached_taken_along_and_taken_away(
    action: Action, place: str, malik: Actor, claire: Actor, visit: Browser, owner: Any
) -> None:
    async with visit(malik) as browser:
        form, upload = {"op": str(new_id())}, {"file": ("../../Bilan d’été.exe", PDF, "text/html")}
        first = await browser.send_form(f"{place}/files", form, files=upload)
        again = await browser.send_form(f"{place}/files", form, files=upload)
        assert first.headers["location"] == again.headers["location"] == f"{place}#files"
        page = (await browser.get(place)).text
        found = re.search(rf'<a href="({place}/files/[^"]+)">Bilan d’été.exe.pdf</a>', page)
        assert found
    async with visit(claire) as browser:
        reply = await browser.get(found[1])
        assert reply.content == PDF
        assert reply.headers["content-type"] == "application/pdf"
        assert reply.headers["content-disposition"].startswith('attachment; filename="bilan-dete-exe.pdf"')
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert reply.headers["cache-control"] == "private, no-store"
        assert (await browser.send_form(f"{found[1]}/remove")).status_code == 303
        assert (await browser.get(found[1])).status_code == 404
    assert await owner.fetchval("select count(*) from stored_file") == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("x.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("x.pdf", b"MZ\x90\0" + b"\0" * 200),
        ("x.pdf", b""),
        ("x.pdf", PDF + b"0" * 10_000_000),
    ],
)
async def test_a_hostile_file_comes_back_with_words_and_nothing_is_kept(
    action: Action, place: str, claire: Actor, visit: Browser, owner: Any, name: str, data: bytes
) -> None:
    async with visit(claire) as browser:
        upload = {"file": (name, data, "application/pdf")}
        reply = await browser.send_form(f"{place}/files", {"op": str(new_id())}, files=upload)
    assert reply.status_code == 422
    assert 'id="attachment-error"' in reply.text
    assert await owner.fetchval("select count(*) from stored_file") == 0


async def test_a_bomb_in_an_office_file_comes_back(
    action: Action, place: str, claire: Actor, visit: Browser
) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", b"\0" * 60_000_000)
    async with visit(claire) as browser:
        upload = {"file": ("x.odt", written.getvalue(), "application/zip")}
        assert (
            await browser.send_form(f"{place}/files", {"op": str(new_id())}, files=upload)
        ).status_code == 422


@pytest.mark.parametrize("told", [True, False])
async def test_a_request_that_never_ends_is_cut(
    action: Action, place: str, claire: Actor, visit: Browser, *, told: bool
) -> None:
    whole = b"x" * (LARGEST_REQUEST + 1)

    async def parts() -> Any:
        for start in range(0, len(whole), 1 << 20):
            yield whole[start : start + (1 << 20)]

    async with visit(claire) as browser:
        await browser.get("/fr/")
        headers = {
            "content-type": "multipart/form-data; boundary=b",
            "x-csrftoken": browser.cookies["csrftoken"],
        }
        reply = await browser.post(f"{place}/files", content=whole if told else parts(), headers=headers)
    assert reply.status_code == 413


async def test_a_form_without_a_file_says_so(
    action: Action, place: str, claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        for form in ({"op": str(new_id())}, {"op": str(new_id()), "file": "text"}):
            assert (await browser.send_form(f"{place}/files", form)).status_code == 422


async def test_an_action_takes_so_many_files_and_no_more(
    action: Action, claire: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palier.conversations.flows.attaching.MOST_FILES", 1)
    await attach(claire, settings, action)
    with pytest.raises(Full):
        await attach(claire, settings, action)
    monkeypatch.setattr("palier.conversations.flows.attaching.MOST_FILES", 9)
    monkeypatch.setattr("palier.conversations.flows.attaching.MOST_BYTES", 2 * len(PDF) - 1)
    with pytest.raises(Full):
        await attach(claire, settings, action)


async def test_a_file_whose_bytes_are_lost_leads_back_with_words(
    action: Action, place: str, claire: Actor, settings: Settings, visit: Browser
) -> None:
    row = await attach(claire, settings, action)
    async with reading(claire):
        file = (await TopicFile.get(id=row.id).select_related("file")).file
    (settings.data_directory / "files" / file.key).unlink()
    async with visit(claire) as browser:
        reply = await browser.get(f"{place}/files/{row.id}")
    assert (reply.status_code, reply.headers["location"]) == (303, f"{place}#files")


# --- walls, ends, history -------------------------------------------------------------------------------------------


async def test_the_database_refuses_words_in_another_s_name_and_files_of_another_house(
    action: Action, claire: Actor, malik: Actor, nora: Actor, settings: Settings
) -> None:
    row = await say(claire, action, "Premier")
    file = await attach(claire, settings, action)
    ours = {"organisation_id": claire.organisation_id, "topic": "action", "topic_id": action.id}
    words = {"person_name": "x", "text": "x", "at": row.at}
    refused: list[tuple[Actor, dict[str, Any]]] = [
        (malik, ours | words | {"person_id": claire.person_id}),
        (nora, ours | words | {"person_id": nora.person_id}),
        (nora, ours | words | {"person_id": nora.person_id, "organisation_id": nora.organisation_id}),
        (malik, ours | words | {"person_id": malik.person_id, "topic_id": new_id()}),
        (malik, ours | words | {"person_id": malik.person_id, "topic": "answer"}),
    ]
    for actor, values in refused:
        with pytest.raises(Exception, match="row-level security"):
            async with transaction(actor):
                await Comment.create(id=new_id(), **values)
    for actor in (malik, nora):
        async with transaction(actor):
            assert await Comment.filter(id=row.id).update(text="volé") == 0
            assert await Comment.filter(id=row.id).delete() == 0
    beside = {"file_id": file.file_id, "person_name": "x", "at": row.at}
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(nora):
            await TopicFile.create(id=new_id(), **ours | beside | {"organisation_id": nora.organisation_id})
    async with transaction(nora):
        assert await TopicFile.filter(id=file.id).delete() == 0


async def test_an_action_taken_out_takes_its_conversation_along(
    action: Action, claire: Actor, malik: Actor, settings: Settings, owner: Any
) -> None:
    await say(malik, action, "Vu")
    await attach(malik, settings, action)
    async with reading(claire):
        row = await action_by_id(claire, action.id)
    await acting.take_out(claire, action.id, row.revision)
    for table in ("topic_comment", "topic_file", "stored_file"):
        assert await owner.fetchval(f"select count(*) from {table}") == 0, table


async def test_a_throw_away_copy_is_erased_with_its_conversations(
    action: Action, claire: Actor, settings: Settings, owner: Any
) -> None:
    await say(claire, action, "Vu")
    await attach(claire, settings, action)
    await owner.execute(
        "set session_replication_role = replica; update organisation set sandbox_until = now(); set session_replication_role = origin"
    )
    await owner.execute("select erase_sandbox($1)", claire.organisation_id)
    for table in ("topic_comment", "topic_file", "stored_file", "action"):
        assert await owner.fetchval(f"select count(*) from {table}") == 0, table


async def test_the_history_tells_it_in_words_and_the_chain_is_whole(
    action: Action, place: str, claire: Actor, malik: Actor, settings: Settings, visit: Browser, owner: Any
) -> None:
    row = await say(malik, action, "Vu @Claire Lambert")
    await commenting.change(malik, action.id, row.id, "Revu", [], 1)
    await commenting.take_back(malik, action.id, row.id)
    file = await attach(malik, settings, action)
    await attaching.detach(claire, action.id, file.id)
    async with visit(claire) as browser:
        told = _card((await browser.get(place)).text, "history")
    for words in (
        "Ajout", "A commenté", "Personnes citées : Claire Lambert", "A modifié un commentaire",
        "A retiré un commentaire", "Fichier joint : bilan.pdf", "Fichier retiré : bilan.pdf",
    ):  # fmt: skip
        assert words in told.replace("\u00a0", " "), words
    assert "Revu" not in told
    async with reading(claire):
        assert await audit.broken_links(claire.organisation_id) == []
    await owner.execute("set session_replication_role = replica; update audit_entry set details = ''")
    async with visit(claire) as browser:
        assert (await browser.get(place)).status_code == 200


async def test_what_is_not_there_is_not_there(
    action: Action, place: str, claire: Actor, visit: Browser
) -> None:
    other = f"/o/transports-du-val/a/{new_id()}"
    async with visit(claire) as browser:
        for address in (
            f"{other}/comments",
            f"{other}/files",
            f"{place}/comments/{new_id()}",
            f"{place}/files/{new_id()}",
        ):
            assert (await browser.get(address)).status_code == 404
        assert (
            await browser.send_form(f"{other}/comments", {"op": str(new_id()), "text": "x"})
        ).status_code == 404
        upload = {"file": ("a.pdf", PDF, "application/pdf")}
        assert (
            await browser.send_form(f"{other}/files", {"op": str(new_id())}, files=upload)
        ).status_code == 404
        assert (await browser.get(f"{place}/comments")).headers["location"] == f"{place}#comments"


async def test_a_mandate_of_another_house_calls_nobody(
    action: Action, cast: Cast, nora: Actor, claire: Actor
) -> None:
    await plant_mandate(nora, cast.people["hugo"])
    assert (await say(claire, action, "@Hugo Martin")).called == {}
