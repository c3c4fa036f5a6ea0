"""The public page of offers says what the file says, and whether anything is sold here."""

import pytest

from palier.entitlements.rules.offers import Interval, Kind, Offers
from palier.entitlements.wording import euros, feature_name
from palier.foundation import language
from tests.conftest import Browser


@pytest.mark.parametrize(("locale", "free", "yes"), [("fr", "Gratuit", "Oui"), ("en", "Free", "Yes")])
async def test_every_offer_with_its_price_and_what_it_holds_is_on_the_page(
    at_shop: Browser, offers: Offers, locale: str, free: str, yes: str
) -> None:
    async with at_shop(None) as browser:
        page = (await browser.get(f"/{locale}/offers")).text
        home = (await browser.get(f"/{locale}/")).text
        sitemap = (await browser.get(f"/{locale}/sitemap")).text
    language.use(locale)
    assert page.count("<table") == len(Kind)
    for offer in offers.every.values():
        assert offer.name[locale] in page
        assert offer.about[locale] in page
        for interval in offer.prices:
            assert euros(offer.prices[interval].base) in page
        for feature in offer.features:
            assert feature_name(feature) in page
    held = sum(
        len({feature for each in offers.every.values() if each.kind is offer.kind for feature in each.features} & offer.features)
        for offer in offers.every.values()
    )  # fmt: skip
    assert page.count(f">{yes}</td>") == held
    assert page.count(f">{free}</td>") == 2 * sum(offer.free for offer in offers.every.values())
    cheapest = min(offer.prices[Interval.YEAR].base for offer in offers.sold_to(Kind.ORGANISATION))
    assert euros(cheapest) in home
    assert f'href="/{locale}/offers"' in home
    assert f'href="/{locale}/offers"' in sitemap
    assert "SIRET" in page


async def test_where_nothing_is_sold_the_page_says_so(visit: Browser) -> None:
    async with visit(None) as browser:
        french, english = (await browser.get("/fr/offers")).text, (await browser.get("/en/offers")).text
        home = (await browser.get("/en/")).text
    assert "Rien n’est vendu sur cette installation" in french
    assert "Nothing is sold on this installation" in english
    assert "No charge" in home
    assert "Every paid offer can be tried" not in english
