"""Hostile files in every file field of every form: refused with words, never a fault, never kept nor shown in place.

What each check finds in the bytes is told one by one in tests/foundation/test_uploads.py.
"""

import io
import re
import zipfile

import pytest
from httpx import Response

from tests.browser.atlas import CLAIRE
from tests.security.forms import Form, every_form
from tests.security.planting import broken_out
from tests.security.world import World

SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><image href="http://127.0.0.1:1/x"/></svg>'


def bomb() -> bytes:
    """Sixty megabytes in sixty kilobytes, as a workbook would be packed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", b"\0" * 60_000_000)
        package.writestr("../../etc/cron.d/x", b"x")
    return written.getvalue()


HOSTILE = {
    "magic": ("logo.png", b"MZ\x90\x00" + b"\0" * 200, "image/png"),
    "script": ("logo.svg", SCRIPT, "image/svg+xml"),
    "page": ("plan.csv", b"<!doctype html><script>alert(1)</script>", "text/csv"),
    "disguised": ("logo.png", SCRIPT, "image/png"),
    "bomb": ("plan.xlsx", bomb(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "path": ("../../../../etc/passwd\x00.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
    "pixels": ("logo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x06\x00\x00\x00" + b"\0" * 40, "image/png"),
    "empty": ("x.xlsx", b"", "application/octet-stream"),
}  # fmt: skip
LARGE = b"%PDF-1.7\n" + b"0" * 110_000_000
"""Ten times the largest that any field takes."""


async def send(world: World, form: Form, name: str, data: bytes, kind: str) -> Response:
    async with world.visit(form.who) as browser:
        fields = {
            "_csrf_token": await browser.token(),
            **{n: v for n, v in form.fields.items() if n != "_csrf_token"},
        }
        return await browser.post(
            form.address, data=fields, files=dict.fromkeys(form.files, (name, data, kind))
        )


@pytest.fixture(scope="module")
async def forms(world: World) -> list[Form]:
    """Every form with a file field; a form made tomorrow is among them."""
    words = (
        "logo",
        "look",
        "data",
        "firm",
        "settings",
        "verify",
        "questionnaires",
        "import",
        "/q/",
        "/a/",
        "evidence",
        "photo",
        "file",
    )
    pages = [
        spot
        for spot in world.pages()
        if any(word in spot.route for word in words) and not re.search(r"\.\w+$|/preview", spot.route)
    ]
    found = [form for form in await every_form(world, pages) if form.files]
    assert len(found) >= 9
    return found


async def test_every_file_field_turns_hostile_files_away(world: World, forms: list[Form]) -> None:
    before = await world.look("select count(*) as n from stored_file")
    wrong = []
    for form in forms:
        for what, (name, data, kind) in HOSTILE.items():
            answer = await send(world, form, name, data, kind)
            judged = form.spot.route.startswith(
                "/verify"
            )  # it says of any file whether we issued it, and keeps none
            kept = await world.look("select count(*) as n from stored_file")
            if answer.status_code >= 500 or (answer.status_code < 400 and kept != before and not judged):
                wrong.append(f"{form.spot.route} {what}: {answer.status_code}, kept {kept}")
                before = kept
            wrong += [f"{form.spot.route} {what}: {fault}" for fault in broken_out(answer.text)]
            if "root:" in answer.text or "Traceback" in answer.text:
                wrong.append(f"{form.spot.route} {what} tells too much")
    assert wrong == []
    assert {form.spot.route for form in forms} >= {
        "/n/{net:str}/look/logo", "/o/{org:str}/settings/logo", "/portfolio/firm/logo", "/n/{net:str}/members/import", "/o/{org:str}/plans/{plan:str}/data",
        "/o/{org:str}/e/{assessment:str}/data", "/o/{org:str}/e/{assessment:str}/q/{code:str}/evidence", "/o/{org:str}/questionnaires",
    }  # fmt: skip


async def test_every_file_field_refuses_what_is_far_too_large(world: World, forms: list[Form]) -> None:
    for form in forms:
        answer = await send(world, form, "large.pdf", LARGE, "application/pdf")
        assert answer.status_code in (413, 422), f"{form.spot.route}: {answer.status_code}"


async def test_a_file_that_was_taken_leaves_as_a_file(world: World) -> None:
    """Evidence and logos of the demonstration: saved or a picture, sniffed by nobody, able to run nothing."""
    seen = 0
    async with world.visit(CLAIRE) as browser:
        for spot in world.pages():
            if spot.who != CLAIRE or not re.search(r"/(file|logo)$|files/\{file", spot.route):
                continue
            answer = await browser.get(spot.address)
            if answer.status_code == 200:
                seen += 1
                assert answer.headers["x-content-type-options"] == "nosniff"
                shown = answer.headers["content-type"].startswith(("image/png", "image/jpeg", "image/webp"))
                assert shown or answer.headers["content-disposition"].startswith("attachment"), spot.route
                assert "html" not in answer.headers["content-type"]
                assert "svg" not in answer.headers["content-type"]
    assert seen >= 1
