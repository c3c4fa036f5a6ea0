"""The network's own look: its name, a logo drawn anew, a colour both themes show."""

import io
from collections.abc import Callable

import asyncpg
import pytest
from PIL import Image

from palier.association.rules.look import faint_on, is_svg
from palier.association.store import NetworkLook
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted, enrol
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(kind: str = "PNG", side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "#2f8f87").save(out, kind)
    return out.getvalue()


async def test_name_and_colour_stand_at_the_head_of_pages_and_directory(
    visit: Browser, network: Planted, ines: Person, claire: Actor, owner: asyncpg.Connection
) -> None:
    await enrol(owner, network, claire.organisation_id)
    async with visit(ines) as browser:
        form = {"op": str(new_id()), "name": "Cercle des Services", "accent": "#2F8F87"}
        assert (await browser.send_form(f"{NET}/look", form)).status_code == 303
        for address in (NET, f"{NET}/members", f"{NET}/look"):
            page = (await browser.get(address)).text
            assert "<h1>Cercle des Services</h1>" in page
            assert 'fill="#2f8f87"' in page
    async with visit(claire) as browser:
        page = (await browser.get(f"/o/{claire.organisation.slug}/network/{network.slug}/directory")).text
        assert "Cercle des Services" in page
        assert 'fill="#2f8f87"' in page
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'association.look_changed'") == 1
    )


@pytest.mark.parametrize(
    ("accent", "said"), [("#ffee88", "1,2 pour 1"), ("#101010", "1,1 pour 1"), ("red", "six chiffres")]
)
async def test_a_colour_one_theme_hides_is_refused_with_its_ratio(
    visit: Browser, network: Planted, ines: Person, accent: str, said: str
) -> None:
    async with visit(ines) as browser:
        answer = await browser.send_form(f"{NET}/look", {"accent": accent, "name": "Gardé"})
    assert answer.status_code == 422
    assert said in plain(answer.text)
    assert 'value="Gardé"' in answer.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_logo_is_drawn_anew_and_shown_to_staff_and_members_only(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    nora: Actor,
    owner: asyncpg.Connection,
    kind: str,
) -> None:
    await enrol(owner, network, claire.organisation_id)
    async with visit(ines) as browser:
        files = {"logo": ("x.svg", drawn(kind) + b"<script>", "image/svg+xml")}
        sent = await browser.send_form(f"{NET}/look/logo", {"op": str(new_id())}, files=files)
        assert sent.status_code == 303
        assert (await browser.get(f"{NET}/logo")).headers["content-type"] == f"image/{kind.lower()}"
    async with visit(claire) as browser:
        seen = await browser.get(f"/o/{claire.organisation.slug}/network/{network.slug}/logo")
        assert seen.status_code == 200
        assert b"<script>" not in seen.content
    async with visit(nora) as browser:
        assert (await browser.get(f"{NET}/logo")).status_code == 404
        there = f"/o/{nora.organisation.slug}/network/{network.slug}/logo"
        assert (await browser.get(there)).status_code == 404
    async with visit(ines) as browser:
        await browser.send_form(f"{NET}/look/logo/remove", {"op": str(new_id())})
        assert (await browser.get(f"{NET}/logo")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [(lambda: SVG, "SVG"), (lambda: b"GIF89a", "PNG ou JPEG"), (lambda: b"", "PNG ou JPEG"),
     (lambda: drawn(side=6001), "PNG ou JPEG"), (lambda: drawn() + bytes(300_000), "PNG ou JPEG")],
)  # fmt: skip
async def test_other_files_are_refused_with_the_reason(
    visit: Browser, network: Planted, ines: Person, sent: Callable[[], bytes], said: str
) -> None:
    async with visit(ines) as browser:
        answer = await browser.send_form(
            f"{NET}/look/logo", files={"logo": ("logo.png", sent(), "image/png")}
        )
    assert answer.status_code == 422
    assert said in plain(answer.text)


async def test_only_the_staff_of_this_network_sets_its_look(
    visit: Browser, network: Planted, owner: asyncpg.Connection, claire: Actor, manager: NetworkActor
) -> None:
    async with transaction(manager):
        await NetworkLook.create(id=network.id, name="Cercle")
    for somebody in (claire, claire.person, NetworkActor(claire.person, network.id, network.slug, "")):
        async with transaction(somebody):
            assert await NetworkLook.all().update(name="Intrus") == 0
            assert await NetworkLook.all().delete() == 0
        with pytest.raises(Exception, match="row-level security"):
            async with transaction(somebody):
                await NetworkLook.create(id=new_id(), name="Intrus")
    async with visit(claire) as browser:
        assert (await browser.get(f"{NET}/look")).status_code == 404
    assert await owner.fetchval("select name from network_look") == "Cercle"


def test_a_colour_is_measured_on_both_themes() -> None:
    assert faint_on("#2f8f87") == {}
    assert list(faint_on("#1e4d92")) == ["dark"]
    assert list(faint_on("#ffee88")) == ["light"]
    assert is_svg(SVG)
    assert not is_svg(drawn())
