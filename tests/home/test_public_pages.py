"""The pages for everybody: both languages, each naming the other, all on the site map."""

import re

import pytest

from palier.home.wording import language_pages, shared_pages
from tests.conftest import Browser

NAMES = ("", "method", "offers", "data", "accessibility", "privacy", "legal", "sitemap")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("locale", "other"), [("fr", "en"), ("en", "fr")])
async def test_a_page_speaks_the_language_of_its_address_and_names_the_other(
    visit: Browser, locale: str, other: str, name: str
) -> None:
    async with visit(None) as browser:
        answer = await browser.get(f"/{locale}/{name}", headers={"accept-language": other})
    assert answer.status_code == 200
    assert f'<html lang="{locale}"' in answer.text
    assert re.search(
        rf'<link rel="alternate" hreflang="{other}" href="http[^"]*/{other}/{name}">', answer.text
    )
    assert re.search(rf'<a href="/{other}/{name}" lang="{other}" hreflang="{other}">', answer.text)
    assert len(re.findall("<h1[ >]", answer.text)) == 1


async def test_a_signed_in_reader_gets_the_language_of_the_address(visit: Browser, claire) -> None:
    async with visit(claire) as browser:
        answer = await browser.get("/en/method")
    assert '<html lang="en"' in answer.text


@pytest.mark.parametrize(("wanted", "place"), [("fr-FR,fr;q=0.9", "/fr/"), ("en-GB", "/en/"), ("pl", "/fr/")])
async def test_the_front_door_leads_to_the_readers_language(visit: Browser, wanted: str, place: str) -> None:
    async with visit(None) as browser:
        answer = await browser.get("/", headers={"accept-language": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_the_front_door_leads_members_to_their_places(visit: Browser, claire) -> None:
    async with visit(claire) as browser:
        answer = await browser.get("/")
    assert answer.headers["location"] == "/home"


@pytest.mark.parametrize("locale", ["fr", "en"])
async def test_the_site_map_lists_every_public_page_and_each_opens(visit: Browser, locale: str) -> None:
    async with visit(None) as browser:
        site_map = (await browser.get(f"/{locale}/sitemap")).text
        listed = set(re.findall(r'<li><a href="([^"]+)"', site_map))
        assert listed >= {f"/{locale}/{name}" for name in NAMES} | {address for address, _ in shared_pages()}
        for address in listed:
            assert (await browser.get(address)).status_code == 200, address


async def test_the_picture_on_the_first_page_is_the_engines(visit: Browser) -> None:
    async with visit(None) as browser:
        html = (await browser.get("/en/")).text
    assert "Invented data: Transports du Val and its peers do not exist." in html
    assert len(re.findall(r'<svg[^>]*aria-label="[^"]*: \d+\.\d, median of peers \d+"', html)) == 10
    total = re.search(r"Example: (\d+\.\d) out of 100, level (\d)", html)
    assert total
    assert int(total[2]) == 1 + int(float(total[1]) // 20)


async def test_nothing_is_asked_of_another_site(visit: Browser) -> None:
    async with visit(None) as browser:
        for name in NAMES:
            html = (await browser.get(f"/fr/{name}")).text
            loaded = re.findall(
                r'<(?:script|img|iframe|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="([^"]+)"', html
            )
            assert loaded
            assert all(address.startswith("/static/") for address in loaded)


async def test_the_method_page_reads_the_questionnaires(visit: Browser) -> None:
    async with visit(None) as browser:
        html = (await browser.get("/en/method")).text
    assert "SX/1.0.0" in html
    assert "CC BY-NC-SA 4.0" in html
    assert "ISO 23592:2021" in html
    assert len(language_pages()) == len(NAMES)


async def test_help_finds_a_task_without_accents(visit: Browser) -> None:
    async with visit(None) as browser:
        everything = (await browser.get("/help")).text
        some = (await browser.get("/help?q=mediane")).text
        nothing = (await browser.get("/help?q=zzzz")).text
    assert 'id="glossary"' in everything
    assert "Lire les résultats" in some
    assert "Inviter des collègues</h2>" not in some
    assert "Rien dans l’aide" in nothing


async def test_every_entry_of_the_helps_table_of_contents_has_its_place(visit: Browser) -> None:
    async with visit(None) as browser:
        html = (await browser.get("/help")).text
    anchors = re.findall(r'<a href="#([a-z]+)">', html)
    assert len(anchors) > 10
    assert all(f'id="{anchor}"' in html for anchor in anchors)
