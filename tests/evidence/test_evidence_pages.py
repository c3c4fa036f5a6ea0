"""Evidence on the page of a criterion and among the organisation's: attached, refused with a reason, used again, deleted."""

import re
from typing import Any

import pytest

from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.files import Shelf
from palier.foundation.identifiers import new_id
from tests.conftest import Browser, Visitor
from tests.evidence.proofs import CODE, OTHER, bring, link

pytestmark = pytest.mark.database
PLACE = f"/o/transports-du-val/e/fl-2026/q/{CODE}"
LIBRARY = "/o/transports-du-val/evidence"


def attached(html: str) -> list[str]:
    """The titles in the card."""
    card = html.partition('id="attached"')[2].partition("</section>")[0]
    return re.findall(r'<div class="grow"><a[^>]*>([^<]+)</a>', card)


async def send_file(page: Visitor, name: str, data: bytes, place: str = PLACE, **fields: str) -> Any:
    form = {"op": str(new_id()), "kind": "file", **fields}
    return await page.send_form(f"{place}/evidence", form, files={"file": (name, data, "text/plain")})


async def send_link(page: Visitor, **fields: str) -> Any:
    return await page.send_form(f"{PLACE}/evidence", {"op": str(new_id()), "kind": "link", **fields})


@pytest.mark.usefixtures("together")
async def test_a_file_is_attached_taken_along_and_taken_off(
    malik: Actor, sophie: Actor, visit: Browser
) -> None:
    async with visit(malik) as page:
        sent = await send_file(
            page, "Été.txt", b"Relu", **{"until-day": "2", "until-month": "2", "until-year": "2020"}
        )
        assert sent.headers["location"] == f"{PLACE}#attached"
        shown = (await page.get(PLACE)).text
        assert attached(shown) == ["Été.txt"]
        assert "Expirée le 2 févr. 2020" in shown
        address = re.findall(rf'"({LIBRARY}/[^"]+/file)"', shown)[0]
    async with visit(sophie) as reader:
        taken = await reader.get(address)
        assert (taken.content, taken.headers["content-type"]) == (b"Relu", "text/plain; charset=utf-8")
        assert taken.headers["content-disposition"].startswith("attachment")
        seen = (await reader.get(PLACE)).text
        assert attached(seen) == ["Été.txt"]
        assert "Joindre le fichier" not in seen
        assert (await send_file(reader, "b.txt", b"x")).status_code == 403
    async with visit(malik) as page:
        await page.send_form(f"{PLACE}/evidence/{address.split('/')[-2]}/detach")
        assert attached((await page.get(PLACE)).text) == []
        assert "Été.txt" in (await page.get(f"{LIBRARY}?show=loose")).text


@pytest.mark.usefixtures("together")
async def test_what_is_refused_is_told_with_its_reason_and_nothing_typed_is_lost(
    malik: Actor, visit: Browser
) -> None:
    async with visit(malik) as page:
        wrong = await send_file(page, "bilan.exe", b"MZ\x90\0", title="Notre bilan")
        assert wrong.status_code == 422
        assert "Ce type de fichier n’est pas accepté" in wrong.text
        assert 'value="Notre bilan"' in wrong.text
        again = await send_link(page, link="javascript:alert(1)", title="Charte", **{"until-day": "31", "until-month": "2", "until-year": "2027"})  # fmt: skip
        assert again.status_code == 422
        assert all(
            text in again.text for text in ('value="javascript:alert(1)"', 'value="Charte"', 'value="31"')
        )
        assert [again.text.count(f'id="link-{field}-error"') for field in ("link", "until")] == [1, 1]
        assert attached((await page.get(PLACE)).text) == []


@pytest.mark.usefixtures("together")
async def test_htmx_gets_the_card_alone(malik: Actor, visit: Browser) -> None:
    async with visit(malik) as page:
        page.headers["hx-request"] = "true"
        right = await send_link(page, link="https://example.org/charte")
        assert right.status_code == 200
        assert right.text.lstrip().startswith('<section class="card" id="attached"')
        assert attached(right.text) == ["example.org/charte"]
        wrong = await send_link(page, link="")
        assert (wrong.status_code, "focus-on" in wrong.headers["hx-trigger-after-settle"]) == (422, True)
        assert "<main" not in wrong.text


async def test_the_same_form_again_attaches_nothing_more(
    together: Assessment, malik: Actor, visit: Browser
) -> None:
    async with visit(malik) as page:
        op = str(new_id())
        for _ in range(2):
            await send_link(page, op=op, link="https://example.org/charte")
        assert len(attached((await page.get(PLACE)).text)) == 1
    assert together.slug == "fl-2026"


@pytest.mark.usefixtures("together")
async def test_what_is_there_already_is_found_and_used_again(
    claire: Actor, malik: Actor, shelf: Shelf, visit: Browser
) -> None:
    used = await bring(claire, shelf, "fl-2026", "Baromètre des clients", code=OTHER)
    await link(claire, shelf, "fl-2026", "Charte", OTHER)
    async with visit(malik) as page:
        found = (await page.get(f"{PLACE}/evidence?q=barometre")).text
        assert "Baromètre des clients" in found
        assert ">Charte<" not in found
        sent = await page.send_form(f"{PLACE}/evidence/{used.evidence_id}/use")
        assert sent.headers["location"] == f"{PLACE}#attached"
        assert attached((await page.get(PLACE)).text) == ["Baromètre des clients"]
        kept = await page.send_form(f"{LIBRARY}/{used.evidence_id}/delete")
        assert kept.status_code == 422
        gone = await page.send_form(f"{LIBRARY}/{used.evidence_id}/delete", {"sure": "yes"})
        assert gone.headers["location"] == LIBRARY
        assert attached((await page.get(PLACE)).text) == []
        assert (await page.get(f"{LIBRARY}/{used.evidence_id}")).status_code == 404


@pytest.mark.usefixtures("together")
async def test_evidence_is_described_anew(claire: Actor, shelf: Shelf, visit: Browser) -> None:
    row = await link(claire, shelf, "fl-2026", "Charte")
    async with visit(claire) as page:
        wrong = await page.send_form(f"{LIBRARY}/{row.id}", {"title": "", "note": "relue en mars"})
        assert wrong.status_code == 422
        assert "relue en mars" in wrong.text
        await page.send_form(f"{LIBRARY}/{row.id}", {"title": "Charte de service", "note": "relue"})
        shown = (await page.get(f"{LIBRARY}?q=relue")).text
        assert "Charte de service" in shown
        assert (await page.get(f"{LIBRARY}/{row.id}/file")).status_code == 404


@pytest.mark.usefixtures("alone")
async def test_pages_keep_what_backs_an_unseen_answer(
    claire: Actor, malik: Actor, shelf: Shelf, visit: Browser
) -> None:
    used = await bring(claire, shelf, "fl-alone", "Réclamations en hausse")
    place = f"/o/transports-du-val/e/fl-alone/q/{CODE}"
    async with visit(malik) as page:
        for address in (place, f"{place}/evidence?q=recl", LIBRARY, "/o/transports-du-val"):
            assert "Réclamations" not in (await page.get(address)).text
        assert (await page.get(f"{LIBRARY}/{used.evidence_id}")).status_code == 404
        assert (await page.get(f"{LIBRARY}/{used.evidence_id}/file")).status_code == 404
        assert (await page.send_form(f"{place}/evidence/{used.evidence_id}/use")).status_code == 404


@pytest.mark.usefixtures("together")
async def test_results_and_data_tell_what_is_attached(claire: Actor, shelf: Shelf, visit: Browser) -> None:
    await bring(claire, shelf, "fl-2026", "Baromètre", data=b"abc")
    await link(claire, shelf, "fl-2026", "Charte", OTHER)
    round_ = "/o/transports-du-val/e/fl-2026"
    async with visit(claire) as page:
        assert attached((await page.get(f"{round_}/why/{CODE}")).text) == ["Baromètre"]
        told = (await page.get(f"{round_}/data.json")).json()["evidence"]
    assert [(row["code"], row["title"], row["link"], row["size"]) for row in told] == [
        (CODE, "Baromètre", None, 3), (OTHER, "Charte", "https://example.org/charte", None),
    ]  # fmt: skip
    assert told[0]["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
