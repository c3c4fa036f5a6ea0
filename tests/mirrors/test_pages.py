"""The pages of a mirror: of the organisation that asks, and of whoever answers without a name."""

import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from litestar import Litestar
from PIL import Image

from palier.assessments.flows.answering import open_assessment
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.turns import Turns
from palier.mirrors.flows.asking import close_mirror
from palier.mirrors.pages import answering
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.mirror import Audience
from tests.conftest import Browser
from tests.mirrors.conftest import Say

pytestmark = pytest.mark.database
HERE = "/o/transports-du-val/e/ex-2026/mirror"
RESULTS = "/o/transports-du-val/e/ex-2026/results"
NOTHING = "Moins de cinq réponses"


@pytest.fixture(autouse=True)
def _fresh_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_looks", Turns(100, 300))
    monkeypatch.setattr(answering, "_answers", Turns(6, 300))


def form(**more: Any) -> dict[str, Any]:
    today = clock.today()
    last = today + timedelta(days=20)
    dates = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in (("opens", today), ("closes", last))
        for part in ("day", "month", "year")
    }
    return {"audiences": ["customers", "staff"], "themes": ["promises", "time"]} | dates | more


def op_of(html: str) -> str:
    found = re.search(r'name="op" value="([^"]+)"', html)
    assert found
    return found[1]


async def test_the_lead_makes_the_links_once(round_asked: Assessment, claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        page = (await browser.get(HERE)).text
        assert "À qui demander" in page
        op = op_of(page)
        for _ in range(2):
            reply = await browser.send_form(HERE, form(op=op))
            assert (reply.status_code, reply.headers["location"].split("?")[0]) == (303, HERE)
        page = (await browser.get(HERE)).text
        assert page.count("<svg") >= 2
        assert page.count("Moins de cinq réponses") == 2
        assert "Le miroir ne montre encore rien" in page
        assert "Le miroir ne montre encore rien" in (await browser.get(RESULTS)).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"audiences": []}, "Choisissez au moins un public"),
        ({"themes": ["unknown"]}, "Choisissez au moins un thème"),
        ({"closes-year": "2020"}, "Choisissez une date de clôture"),
        ({"opens-day": "99"}, "Cette date n’existe pas"),
    ],
)
async def test_a_form_that_cannot_be_used_comes_back_with_its_values(
    round_asked: Assessment, claire: Actor, visit: Browser, wrong: dict[str, Any], said: str
) -> None:
    async with visit(claire) as browser:
        op = op_of((await browser.get(HERE)).text)
        reply = await browser.send_form(HERE, form(op=op, **wrong))
        assert reply.status_code == 422
        assert said in reply.text
        assert "Créer les liens" in (await browser.get(HERE)).text


async def test_readers_read_and_strangers_find_nothing(
    codes: Mapping[Audience, str], sophie: Actor, nora: Actor, visit: Browser
) -> None:
    addresses = [HERE, f"{HERE}/staff", f"{HERE}/staff/qr.svg", f"{HERE}/staff/qr.png"]
    async with visit(sophie) as reader:
        for address in addresses:
            assert (await reader.get(address)).status_code == 200
        assert "Supprimer le miroir" not in (await reader.get(HERE)).text
        assert (await reader.get(f"{HERE}/visitors")).status_code == 404
        for act in ("", "/close", "/reopen", "/delete"):
            assert (await reader.send_form(HERE + act, form(sure="yes"))).status_code == 403
    async with visit(nora) as stranger:
        for address in addresses:
            reply = await stranger.get(address)
            assert reply.status_code == 404
            assert codes[Audience.STAFF] not in reply.text
        for act in ("", "/close", "/reopen", "/delete"):
            assert (await stranger.send_form(HERE + act, form(sure="yes"))).status_code == 404


async def test_the_printed_code_opens_the_link(
    codes: Mapping[Audience, str], claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        picture = await browser.get(f"{HERE}/customers/qr.png")
        poster = await browser.get(f"{HERE}/customers")
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))
    assert [one.text.partition("/m/")[2] for one in read] == [codes[Audience.CUSTOMERS]]
    assert read[0].text.partition("://")[2] in poster.text


async def test_somebody_answers_without_script_cookie_or_name(
    codes: Mapping[Audience, str], claire: Actor, say: Say, visit: Browser
) -> None:
    address = f"/m/{codes[Audience.CUSTOMERS]}"
    async with visit(None) as phone:
        sheet = await phone.get(address)
        assert "Transports du Val" in sheet.text
        assert sheet.text.count('type="radio"') == 12
        reply = await phone.post(address, data={"op": op_of(sheet.text), "promises": "4", "time": "unsure"})
        assert (reply.status_code, reply.headers["location"]) == (303, f"{address}/thanks?language=fr")
        thanks = await phone.get(reply.headers["location"])
        assert "quatre autres personnes" in thanks.text
        english = await phone.get(f"{address}?language=en")
        assert '<html lang="en"' in english.text
        assert "What I am told will happen" in english.text
        for answer in (sheet, reply, thanks, english):
            assert "set-cookie" not in answer.headers
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "no-store" in answer.headers["cache-control"]
    async with visit(claire) as browser:  # somebody signed in is nobody here either
        assert "Claire" not in (await browser.get(address)).text
        for _ in range(4):
            assert (await browser.get(RESULTS)).text.count(NOTHING) == 3
            await say(Audience.CUSTOMERS, 0, None)
        page = (await browser.get(RESULTS)).text
        assert "5 réponses comptées" in page
        assert page.count(NOTHING) == 2
        assert "20,0" in page


async def test_an_answer_that_says_nothing_or_something_else_comes_back(
    codes: Mapping[Audience, str], visit: Browser
) -> None:
    address = f"/m/{codes[Audience.STAFF]}"
    async with visit(None) as phone:
        for sent in ({}, {"promises": "unsure"}, {"promises": "9"}, {"promises": "2", "time": "<b>"}):
            reply = await phone.post(address, data={"op": "x", **sent})
            assert reply.status_code == 422
            assert "Répondez à une phrase au moins" in reply.text


async def test_too_many_answers_from_one_address_are_slowed_down_with_theirs_still_there(
    codes: Mapping[Audience, str], visit: Browser
) -> None:
    address = f"/m/{codes[Audience.STAFF]}"
    async with visit(None) as phone:
        replies = [await phone.post(address, data={"promises": "2"}) for _ in range(7)]
    assert [reply.status_code for reply in replies] == [303] * 6 + [429]
    assert "retry-after" in replies[-1].headers
    assert re.search(r'name="promises" value="2" checked', replies[-1].text)


async def test_a_closed_mirror_says_so_and_a_deleted_one_was_never_there(
    codes: Mapping[Audience, str], claire: Actor, visit: Browser
) -> None:
    address = f"/m/{codes[Audience.STAFF]}"
    await close_mirror(claire, "ex-2026")
    async with visit(claire) as lead, visit(None) as phone:
        assert (await phone.get(address)).status_code == 410
        assert (await phone.post(address, data={"promises": "2"})).status_code == 410
        assert (await lead.send_form(f"{HERE}/reopen", {"until-day": "1", "until-month": "1", "until-year": "2020"})).status_code == 422  # fmt: skip
        day = clock.today() + timedelta(days=3)
        until = {f"until-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
        assert (await lead.send_form(f"{HERE}/reopen", until)).status_code == 303
        assert (await phone.get(address)).status_code == 200
        assert (await lead.send_form(f"{HERE}/delete")).status_code == 422
        assert (await lead.send_form(f"{HERE}/delete", {"sure": "yes"})).status_code == 303
        gone, never = await phone.get(address), await phone.get("/m/never")
        assert gone.status_code == never.status_code == 404
        assert gone.text.replace(codes[Audience.STAFF], "never") == never.text
        assert "À qui demander" in (await lead.get(HERE)).text


async def test_a_questionnaire_without_themes_has_no_mirror(
    claire: Actor, visit: Browser, stage: Litestar
) -> None:
    await open_assessment(claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None)
    async with visit(claire) as browser:
        assert (await browser.get("/o/transports-du-val/e/fl-2026/mirror")).status_code == 404
        assert "/mirror" not in (await browser.get("/o/transports-du-val/e/fl-2026/results")).text
