"""Whoever holds a document can check it; whoever holds nothing learns nothing."""

import hashlib
import re
from dataclasses import fields, replace

import pytest

from palier.assessments.flows.reopening import reopen
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.peers import nobody
from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.turns import MOST_KNOWN, TooOften, Turns
from palier.reports.flows.asking import ask_again, ask_report
from palier.reports.flows.cancelling import cancel
from palier.reports.flows.verifying import Issue, ask_about_code, ask_about_file, issue, sealed
from palier.reports.pages import verifying as page_module
from palier.reports.pages.wording import kind_name
from palier.reports.rules.record import KINDS, from_plain
from palier.reports.rules.seals import ALPHABET, LENGTH, Seal, typed_code
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.store import IssuedFile, Report
from tests.action_plans.conftest import plant_round
from tests.reports import samples
from tests.reports.conftest import plant_report

SITE = "https://palier.example"
WISH = Wish(Kind.RESULTS, "fr", "sx-2026")


@pytest.fixture(autouse=True)
def fresh_turns(monkeypatch):
    monkeypatch.setattr(page_module, "_turns", Turns(page_module.MOST_TURNS, page_module.WINDOW))


@pytest.fixture
def make(make, blank_press):
    """Blank pages will do: what is told here is what becomes of them."""
    return lambda: make(blank_press)


@pytest.fixture
async def issued(claire, shelf, make):
    """A document with a code, made: the code and the bytes."""
    document = sealed(samples.action_plan("fr", 1), SITE)
    await plant_report(claire, document)
    await make()
    async with reading(claire):
        (file,) = await shared.StoredFile.all()
    return document.cover.seal.code, await files.fetch(shelf, file), file.sha256


def answer_of(html: str) -> str:
    """What the page says, without the form's token."""
    return re.sub(r'name="_csrf_token" value="[^"]*"', "", html[html.index("<main") : html.index("</main>")])


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_code_is_read_however_it_is_typed():
    assert typed_code(" 7kq2 m9xd-4rtb_hw3c ") == "7KQ2M9XD4RTBHW3C"
    assert typed_code("oil2-m9xd-4rtb-hw3c") == "0112M9XD4RTBHW3C"
    assert Seal("7KQ2M9XD4RTBHW3C").shown == "7KQ2-M9XD-4RTB-HW3C"


@pytest.mark.parametrize(
    "text", ["", "7KQ2", "7KQ2M9XD4RTBHW3C0", "7KQ2M9XD4RTBHW3U", "é" * 16, "\0" * 16, "٣" * 16]
)
def test_what_cannot_be_a_code_is_none(text):
    assert typed_code(text) == ""


def test_codes_are_long_enough_that_nobody_guesses_one_and_never_the_same():
    assert len(ALPHABET) ** LENGTH >= 2**80
    document = samples.action_plan("fr", 0)
    codes = {sealed(document, SITE).cover.seal.code for _ in range(200)}
    assert len(codes) == 200


def test_every_kind_has_a_name_for_those_who_may_know_no_more():
    assert {kind for kind in KINDS if kind_name(kind) == kind_name("no such kind")} == set()


# --- issuing --------------------------------------------------------------------------------------------------------


async def test_a_document_is_known_from_the_moment_it_is_made_and_not_before(claire, rounds, shelf, make):
    asked = await ask_report(claire, WISH, new_id(), nobody, shelf, SITE)
    async with reading(claire):
        row = await Report.get(id=asked.report)
    code = from_plain(row.content).cover.seal.code
    assert await ask_about_code(code) == ()
    await make()
    (found,) = await ask_about_code(code)
    assert (found.issuer, found.kind) == ("Transports du Val", "results")
    async with reading(claire):
        (file,) = await shared.StoredFile.all()
    assert found.sha256 == file.sha256


async def test_the_same_document_asked_for_again_keeps_its_code(claire, rounds, shelf, owner):
    first = await ask_report(claire, WISH, new_id(), nobody, shelf, SITE)
    again = await ask_report(claire, WISH, new_id(), nobody, shelf, SITE)
    assert first.report == again.report
    assert await owner.fetchval("select count(*) from report") == 1


async def test_a_cancelled_document_has_a_code_nobody_knows(claire, shelf, make):
    document = sealed(samples.action_plan("fr", 1), SITE)
    report = await plant_report(claire, document)
    await cancel(claire, report)
    await make()
    assert await ask_about_code(document.cover.seal.code) == ()


async def test_a_file_made_again_is_issued_once(claire, issued, shelf, make, settings, owner):
    key = await owner.fetchval("select key from stored_file")
    (settings.data_directory / "files" / key).unlink()
    await ask_again(claire, await owner.fetchval("select id from report"), shelf)
    await make()
    assert await owner.fetchval("select count(*) from issued_file") == 1


async def test_a_copy_with_other_bytes_is_issued_under_the_same_code(claire, issued, owner):
    code, _, sha256 = issued
    document = sealed(samples.action_plan("fr", 1), SITE)
    seal = replace(document.cover.seal, code=code)
    copy = replace(document, cover=replace(document.cover, seal=seal))
    async with transaction(claire):
        await issue(copy, "c" * 64, organisation=claire.organisation_id)
    assert [one.sha256 for one in await ask_about_code(code)] == [sha256, "c" * 64]


async def test_nobody_learns_from_a_code_how_many_copies_were_marked(claire, issued, visit):
    code, _, sha256 = issued
    document = sealed(samples.action_plan("fr", 1), SITE)
    copy = replace(document, cover=replace(document.cover, seal=replace(document.cover.seal, code=code)))
    marked = b"%PDF a copy marked for its reader"
    async with transaction(claire):
        await issue(copy, hashlib.sha256(marked).hexdigest(), organisation=claire.organisation_id)
    async with visit(None) as anybody:
        alone = await anybody.get(f"/verify/{code}")
        assert (sha256 in alone.text, hashlib.sha256(marked).hexdigest() in alone.text) == (True, False)
        assert "Ce fichier est celui qui a été émis" in (await send(anybody, f"/verify/{code}", marked)).text


async def test_what_was_issued_is_never_rewritten(claire, issued, owner):
    with pytest.raises(Exception, match="never changed"):
        await owner.execute("update issued_file set issuer = 'Somebody else'")


# --- what anybody may know ------------------------------------------------------------------------------------------


def test_an_answer_has_room_for_four_facts_and_no_more():
    assert {field.name for field in fields(Issue)} == {
        "issuer", "kind", "issued_at", "sha256", "superseded_on"
    }  # fmt: skip


async def test_a_person_who_signs_alone_is_not_named(claire):
    cover = samples.cover("fr")
    alone = replace(cover, issuer=replace(cover.issuer, name=claire.person.name))
    document = sealed(samples.action_plan("fr", 0, cover=alone), SITE, claire.person.name)
    assert document.cover.seal.issuer == ""


async def test_the_page_confirms_and_says_nothing_of_the_content(issued, visit):
    code, _, sha256 = issued
    async with visit(None) as anybody:
        answer = await anybody.get(f"/verify/{Seal(code).shown}")
    assert answer.status_code == 200
    assert sha256 in answer.text
    assert "Cabinet Horizon Service" in answer.text
    for secret in (
        "Transports du Val",
        "Claire Lambert",
        "Hugo Martin",
        "Excellence de service 2026",
    ):
        assert secret not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "session" not in answer.headers.get("set-cookie", "")


async def test_every_code_that_is_not_one_gets_the_same_answer(claire, issued, visit):
    """Unknown, cut short, of a document not made yet: shape, status and words are one."""
    waiting = sealed(samples.action_plan("fr", 2), SITE)
    await plant_report(claire, waiting)
    codes = ["0" * 16, "2345-6789-ABCD-EFGH", waiting.cover.seal.shown]
    async with visit(None) as anybody:
        answers = [await anybody.get(f"/verify/{code}") for code in codes]
        malformed = await anybody.get("/verify/%3Cscript%3Ealert(1)")
    pages = {
        answer_of(one.text).replace(Seal(typed_code(code)).shown, "")
        for one, code in zip(answers, codes, strict=True)
    }
    assert pages == {answer_of(malformed.text)}
    assert {one.status_code for one in answers} == {malformed.status_code} == {404}


async def test_a_code_is_typed_into_the_form_without_a_script(issued, visit):
    code, _, sha256 = issued
    async with visit(None) as anybody:
        form = await anybody.get("/verify")
        assert 'name="code"' in form.text
        assert sha256 in (await anybody.get(f"/verify?code=%20{code.lower()}")).text


async def test_the_very_file_is_recognised_with_and_without_its_code(issued, visit):
    code, content, sha256 = issued
    async with visit(None) as anybody:
        for address in ("/verify", f"/verify/{code}"):
            answer = await send(anybody, address, content)
            assert answer.status_code == 200
            assert "Ce fichier est celui qui a été émis" in answer.text
            assert sha256 in answer.text


async def test_a_file_with_one_byte_more_is_not_the_one(issued, visit):
    code, content, _ = issued
    async with visit(None) as anybody:
        under = await send(anybody, f"/verify/{code}", content + b"\n")
        assert "Le code est le nôtre, pas ce fichier" in under.text
        alone = await send(anybody, "/verify", content + b"\n")
        assert "Aucun document n’est connu ici" in alone.text
        unknown = await send(anybody, "/verify/" + "0" * 16, content)
        assert "Aucun document n’est connu ici" in unknown.text


async def test_no_file_and_too_large_a_file_are_said(visit, monkeypatch):
    monkeypatch.setattr(page_module, "HEAVIEST", 1000)
    async with visit(None) as anybody:
        assert "n’est pas vide" in (await send(anybody, "/verify", b"")).text
        heavy = await send(anybody, "/verify", bytes(2000))
    assert heavy.status_code == 422
    assert "trop lourd" in heavy.text


async def test_nothing_is_kept_of_a_file_that_was_compared(issued, visit, owner):
    before = await owner.fetchval("select count(*) from stored_file")
    async with visit(None) as anybody:
        await send(anybody, "/verify", b"something of mine")
    assert await owner.fetchval("select count(*) from stored_file") == before


async def test_whoever_tries_codes_by_the_dozen_is_told_to_wait(visit):
    async with visit(None) as anybody:
        for _ in range(page_module.MOST_TURNS):
            assert (await anybody.get("/verify/" + "0" * 16)).status_code == 404
        late = await anybody.get("/verify/" + "0" * 16)
        assert late.status_code == 429
        assert int(late.headers["retry-after"]) <= page_module.WINDOW
        assert (await send(anybody, "/verify", b"x")).status_code == 429
        assert (await anybody.get("/verify")).status_code == 200  # the form itself asks nothing


async def test_a_code_opens_its_own_row_and_a_forgotten_query_no_other(claire, nora, issued, shelf, make):
    code, _, _ = issued
    await plant_report(nora, sealed(samples.action_plan("fr", 2), SITE))
    for who in (nora, claire):
        async with reading(who):
            assert {row.organisation_id for row in await IssuedFile.all()} <= {who.organisation_id}
    async with reading(LinkHolder(fingerprint(code))):
        assert len(await IssuedFile.all()) == 1
    async with reading(None):
        assert await IssuedFile.all() == []
    async with reading(LinkHolder("")):
        assert await IssuedFile.all() == []


async def test_a_file_that_was_never_issued_is_unknown(stage):
    assert await ask_about_file(b"") is None


# --- turns ----------------------------------------------------------------------------------------------------------


def test_turns_come_back_with_time_and_are_each_one_s_own():
    moment = [0.0]
    turns = Turns(2, 60, lambda: moment[0])
    turns.take("a")
    moment[0] = 30
    turns.take("a")
    with pytest.raises(TooOften) as often:
        turns.take("a")
    assert often.value.seconds == 30
    turns.take("b")
    moment[0] = 60
    turns.take("a")


def test_no_more_visitors_are_remembered_than_there_is_room_for():
    turns = Turns(1, 60, lambda: 0.0)
    for n in range(MOST_KNOWN + 5):
        turns.take(str(n))
    turns.take("0")
    with pytest.raises(TooOften):
        turns.take(str(MOST_KNOWN))


async def send(browser, address: str, content: bytes):
    await browser.get("/verify")
    files_ = {"file": ("document.pdf", content, "application/pdf")}
    return await browser.post(address, data={"_csrf_token": browser.cookies["csrftoken"]}, files=files_)


async def test_a_document_of_a_state_that_was_superseded_is_still_true_and_says_so(claire, visit, stage):
    document = sealed(samples.action_plan("fr", 1), SITE)
    submitted = await plant_round(claire)
    async with transaction(claire):
        await issue(document, "0" * 64, organisation=claire.organisation_id, assessment=submitted.id)
    code = document.cover.seal.code
    (known,) = await ask_about_code(code)
    assert known.superseded_on is None
    draft = await reopen(claire, submitted.slug, reason="Un chiffre à corriger", sealed=nobody)
    assert (await ask_about_code(code))[0].superseded_on is None  # what was submitted holds
    again = await submit(claire, draft.slug, name="Claire Lambert")
    (known,) = await ask_about_code(code)
    assert known.superseded_on == again.submitted_at
    assert (await ask_about_file(b"")) is None
    async with visit(None) as browser:
        page = await browser.get(f"/verify/{code}")
    assert "remise à nouveau" in page.text
    assert "Transports du Val" not in answer_of(page.text)
