"""What is sold and for how much: `/fr/offers`, `/en/offers`."""

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from palier.entitlements import wording
from palier.entitlements.comparing import comparisons
from palier.entitlements.rules.offers import Offers
from palier.foundation import language
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.home.pages.public import public_page, speak


@get([f"/{locale}/offers" for locale in language.LOCALES], opt=PUBLIC, name="public offers")
async def offers_page(
    request: Request, settings: NamedDependency[Settings], offers: NamedDependency[Offers]
) -> Template:
    """The offers side by side, how they are paid, and what stays when one stops paying."""
    speak(request)
    return public_page(
        request, settings, "home/offers.html", nav="offers", comparisons=comparisons(offers), offers=offers,
        offer_name=wording.offer_name, offer_about=wording.offer_about,
    )  # fmt: skip


PAGES = [offers_page]
