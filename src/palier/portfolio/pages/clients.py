"""The portfolio: every client of a consultant in a row, to sort, filter and take away."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from palier.billing.flows.standing import banner_of
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import Person
from palier.foundation.database import reading
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import page, saved_as
from palier.portfolio.flows.clients import load_found, load_page
from palier.portfolio.pages.clients_file import clients_csv
from palier.portfolio.rules.shown import Query, Show, query_of
from palier.portfolio.wording import file_name, shows


class Portfolio(Controller):
    """Clients of a consultant, each in a row; they do not see one another."""

    path = "/portfolio"
    opt = SIGNED_IN

    @get()
    async def show(
        self, request: Request, person: NamedDependency[Person], offers: NamedDependency[Offers],
        settings: NamedDependency[Settings],
    ) -> Template:  # fmt: skip
        query = query_of(dict(request.query_params))
        portfolio = await load_page(person, query, offers if settings.billing else None)
        async with reading(person):
            banner = await banner_of(person, offers, settings)
        return page(
            request, "portfolio/portfolio.html", nav="portfolio", portfolio=portfolio, query=query, shows=shows(),
            asked=_address(query), banner=banner,
        )  # fmt: skip

    @get("/clients.csv", opt=SIGNED_IN | sold_with(Feature.PORTFOLIO))
    async def file(
        self, request: Request, person: NamedDependency[Person], offers: NamedDependency[Offers],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:  # fmt: skip
        """The rows the filters leave, for a spreadsheet."""
        sold = offers if settings.billing else None
        clients = await load_found(person, query_of(dict(request.query_params)), sold)
        headers = {"content-disposition": saved_as(f"{file_name()}.csv")}
        return Response(clients_csv(clients), media_type="text/csv; charset=utf-8", headers=headers)


def _address(query: Query) -> dict[str, Any]:
    """What of the query an address says."""
    said = {"q": query.text, "show": query.show.value, "sort": "" if query.sort == "name" else query.sort}
    return {name: value for name, value in said.items() if value and value != Show.ALL}


PAGES = [Portfolio]
