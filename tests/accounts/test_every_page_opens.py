"""Each page around an account opens, in both languages, with its form."""

import pytest

from tests.conftest import Browser, Cast

PUBLIC_PAGES = [
    "/signin",
    "/signup",
    "/signup/check-mail",
    "/forgotten",
    "/forgotten/sent",
    "/confirm/unknown",
]


@pytest.mark.parametrize("address", PUBLIC_PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_page_for_everybody_opens(visit: Browser, address: str, language: str) -> None:
    async with visit(None) as browser:
        answer = await browser.get(address, headers={"accept-language": language})
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text


async def test_the_account_page_opens(cast: Cast, visit: Browser) -> None:
    async with visit(cast.people["sophie"]) as browser:
        answer = await browser.get("/account")
        assert answer.status_code == 200
        assert "Sophie Denis" in answer.text


async def test_the_account_page_is_not_for_nobody(visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.get("/account")
        assert answer.headers["location"] == "/signin?next=/account"
