"""An organisation is founded in three pages, described from closed lists, and shown with its own colour."""

import colorsys
import io
from typing import Any

import asyncpg
import pytest
from PIL import Image

from palier.benchmarks.rules.thresholds import is_sensitive
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.network import wording
from palier.network.rules.colour import READABLE, contrast_with_white, is_colour, nearest_readable
from palier.network.rules.taxonomy import (
    COUNTRIES,
    FAMILIES,
    FAMILY_OF,
    LEGAL_KINDS,
    PEOPLE_WORDS,
    SIZES,
    is_siren,
)
from tests.conftest import Browser, Cast

SETTINGS = "/o/transports-du-val/settings"
IDENTITY = {
    "name": "Régie des eaux",
    "country": "FR",
    "legal_kind": "public_body",
    "registration": "732 829 320",
}


async def test_three_pages_make_an_organisation(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'eau', 'Réseau Eau', 5, false, now())",
        new_id(),
    )
    async with visit(cast.people["hugo"]) as browser:
        answer = await browser.send_form(
            "/welcome/organisation", IDENTITY | {"slug": "stolen", "sandbox_until": "2999-01-01"}
        )
        assert answer.headers["location"] == "/welcome/organisation/regie-des-eaux/sector"
        assert "regie-des-eaux/sector" in (await browser.get("/home")).text
        answer = await browser.send_form(
            answer.headers["location"], {"sector": "water", "size": "50-249", "family": "finance"}
        )
        answer = await browser.send_form(
            answer.headers["location"], {"people_word": "user", "network": "eau"}
        )
        assert answer.headers["location"] == "/o/regie-des-eaux"
    row = await owner.fetchrow("select * from organisation where slug = 'regie-des-eaux'")
    assert (row["family"], row["sector"], row["size"], row["people_word"]) == (
        "utilities",
        "water",
        "50-249",
        "user",
    )
    assert (row["registration"], row["sandbox_until"]) == ("732829320", None)
    assert (
        await owner.fetchval("select role from membership where organisation_id = $1", row["id"]) == "owner"
    )
    assert (
        await owner.fetchval("select verified_at from network_member where organisation_id = $1", row["id"])
        is None
    )


async def test_the_same_form_twice_founds_one_organisation(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    form = IDENTITY | {"op": str(new_id())}
    async with visit(cast.people["hugo"]) as browser:
        first = await browser.send_form("/welcome/organisation", form)
        second = await browser.send_form("/welcome/organisation", form)
    assert first.headers["location"] == second.headers["location"]
    assert await owner.fetchval("select count(*) from organisation where name = $1", IDENTITY["name"]) == 1


async def test_two_organisations_may_have_one_name(cast: Cast, visit: Browser) -> None:
    async with visit(cast.people["hugo"]) as browser:
        answer = await browser.send_form("/welcome/organisation", IDENTITY | {"name": "Clinique du Lac"})
        assert answer.headers["location"] == "/welcome/organisation/clinique-du-lac-2/sector"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("country", "US"),
        ("legal_kind", "kingdom"),
        ("registration", "732829321"),
        ("name", "x" * 161),
    ],
)
async def test_a_wrong_field_is_named_and_the_rest_kept(
    cast: Cast, visit: Browser, owner: asyncpg.Connection, field: str, value: str
) -> None:
    async with visit(cast.people["hugo"]) as browser:
        answer = await browser.send_form("/welcome/organisation", IDENTITY | {field: value})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text
        assert "<title>Erreur" in answer.text
    assert await owner.fetchval("select count(*) from organisation") == 2


async def test_every_page_of_an_organisation_opens(claire: Actor, visit: Browser) -> None:
    start = "/welcome/organisation"
    pages = [
        start,
        *(f"{start}/transports-du-val/{step}" for step in ("identity", "sector", "people")),
        SETTINGS,
        "/home?all=1",
    ]
    async with visit(claire) as browser:
        for address in pages:
            answer = await browser.get(address)
            assert answer.status_code == 200, address


async def test_settings_are_for_owners(sophie: Actor, malik: Actor, nora: Actor, visit: Browser) -> None:
    for who, expected in ((sophie, 403), (malik, 403), (nora, 404)):
        async with visit(who) as browser:
            assert (await browser.get(SETTINGS)).status_code == expected
            for form in ("profile", "colour", "logo", "logo/remove", "networks"):
                assert (await browser.send_form(f"{SETTINGS}/{form}")).status_code == expected


async def test_the_profile_form_changes_only_the_profile(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    form = IDENTITY | {
        "sector": "rail",
        "size": "5000+",
        "people_word": "traveller",
        "slug": "x",
        "family": "health",
        "id": str(new_id()),
    }
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{SETTINGS}/profile", form)).status_code == 303
    row = await owner.fetchrow(
        "select slug, name, family, sector from organisation where id = $1", claire.organisation_id
    )
    assert tuple(row) == ("transports-du-val", "Régie des eaux", "transport", "rail")
    assert await owner.fetchval("select count(*) from organisation where name = 'Clinique du Lac'") == 1


async def test_asking_a_network_twice_leaves_one_unverified_row(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'mob', 'Réseau Mobilité', 5, false, now())",
        new_id(),
    )
    async with visit(claire) as browser:
        for _ in range(2):
            await browser.send_form(f"{SETTINGS}/networks", {"network": "mob", "verified_at": "2026-01-01"})
    rows = await owner.fetch("select verified_at from network_member")
    assert [row["verified_at"] for row in rows] == [None]


# --- logo and colour ------------------------------------------------------------------------------------------


def picture(kind: str, **options: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20), "#1e4d92").save(drawn, kind, **options)
    return drawn.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
async def test_a_logo_is_kept_redrawn_and_shown(
    claire: Actor, sophie: Actor, nora: Actor, visit: Browser, kind: str, media_type: str
) -> None:
    data = picture(kind) + b"<script>PK\x03\x04 something hidden behind the picture"
    async with visit(claire) as browser:
        answer = await browser.send_form(
            f"{SETTINGS}/logo", files={"logo": ("../../etc/x.svg", data, "image/svg+xml")}
        )
        assert answer.status_code == 303
    async with visit(sophie) as browser:
        shown = await browser.get("/o/transports-du-val/logo")
        assert shown.headers["content-type"] == media_type
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert b"hidden" not in shown.content
        assert Image.open(io.BytesIO(shown.content)).size == (40, 20)
    async with visit(nora) as browser:
        assert (await browser.get("/o/transports-du-val/logo")).status_code == 404


REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "webp": picture("WEBP"),
    "gif": picture("GIF"),
    "cut short": picture("PNG")[:60],
    "too heavy": picture("PNG") + b"\0" * 300_000,
    "nothing": b"",
}


@pytest.mark.parametrize("name", REFUSED)
async def test_other_files_are_refused(
    claire: Actor, visit: Browser, owner: asyncpg.Connection, name: str
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(
            f"{SETTINGS}/logo", files={"logo": ("logo.png", REFUSED[name], "image/png")}
        )
        assert answer.status_code == 422
        assert "PNG" in answer.text
    assert await owner.fetchval("select count(*) from stored_file") == 0


@pytest.mark.parametrize("colour", ["#ffd700", "red", "#12345", "#1e4d92;background:url(x)"])
async def test_a_colour_nobody_can_read_is_refused_with_the_reason(
    claire: Actor, visit: Browser, owner: asyncpg.Connection, colour: str
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{SETTINGS}/colour", {"accent": colour})
        assert answer.status_code == 422
        assert 'id="accent-error"' in answer.text
    assert await owner.fetchval("select accent from organisation where slug = 'transports-du-val'") == ""


async def test_a_dark_colour_is_kept(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> None:
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{SETTINGS}/colour", {"accent": "#7A1F3D"})).status_code == 303
    assert (
        await owner.fetchval("select accent from organisation where slug = 'transports-du-val'") == "#7a1f3d"
    )


# --- rules ----------------------------------------------------------------------------------------------------


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("732829320", True),
        ("732829321", False),
        ("73282932", False),
        ("", False),
        ("73282932a", False),
        ("٧٣٢٨٢٩٣٢٠", False),
    ],
)
def test_a_siren_has_a_check_digit(text: str, right: bool) -> None:
    assert is_siren(text) is right


def test_every_key_of_the_lists_has_words() -> None:
    lists = {
        "family": tuple(FAMILIES), "sector": tuple(FAMILY_OF), "size": SIZES, "country": COUNTRIES, "legal_kind": LEGAL_KINDS,
    }  # fmt: skip
    for dimension, values in lists.items():
        assert wording.dimension(dimension)
        assert all(wording.label(dimension, value) != value for value in values)
    assert set(wording.people_words()) == set(PEOPLE_WORDS)


def test_banks_and_public_health_make_a_network_careful() -> None:
    assert is_sensitive({"family": "finance", "sector": "bank", "legal_kind": "private_company"})
    assert is_sensitive({"family": "health", "sector": "public_hospital", "legal_kind": "public_body"})
    assert not is_sensitive({"family": "health", "sector": "private_clinic", "legal_kind": "private_company"})
    assert not is_sensitive({"family": "finance", "sector": "insurance", "legal_kind": "cooperative_mutual"})


@pytest.mark.parametrize(
    "colour", ["#f2c94c", "#ffff00", "#00b894", "#8ab4f0", "#ffffff", "#ff5a5f", "#c0c0c0"]
)
def test_the_nearest_readable_colour_is_just_dark_enough_and_keeps_its_hue(colour: str) -> None:
    nearest = nearest_readable(colour)
    assert is_colour(nearest)
    assert READABLE <= contrast_with_white(nearest) < READABLE + 0.1
    before, after = [
        colorsys.rgb_to_hsv(*(int(one[n : n + 2], 16) / 255 for n in (1, 3, 5))) for one in (colour, nearest)
    ]
    turn = abs(before[0] - after[0]) % 1
    assert before[1] == after[1] == 0 or min(turn, 1 - turn) < 0.07


@pytest.mark.parametrize("colour", ["#1e4d92", "#000000", "red", ""])
def test_a_readable_colour_has_no_proposal(colour: str) -> None:
    assert nearest_readable(colour) == ""


async def test_a_pale_colour_is_refused_with_the_nearest_to_take_by_one_tick(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{SETTINGS}/colour", {"accent": "#F2C94C"})
        assert 'name="accent" value="#917309"' in answer.text
        assert "1,6 pour 1" in answer.text
        assert (await browser.send_form(f"{SETTINGS}/colour", {"accent": "#917309"})).status_code == 303
    assert (
        await owner.fetchval("select accent from organisation where slug = 'transports-du-val'") == "#917309"
    )
