"""The landing page of an organisation and its search."""

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from palier.assessments.pages.results import box_of
from palier.assessments.results_wording import band_words
from palier.assessments.rules.peers import Peers
from palier.assessments.rules.reading import Row, tabulate
from palier.billing.flows.standing import banner_of
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import page
from palier.home.flows.landing import LastResult, load_landing
from palier.home.flows.searching import find
from palier.home.rules.matching import LONGEST, marked
from palier.network.wording import roles


class Home(Controller):
    """`/o/{org}` and `/o/{org}/search`"""

    path = "/o/{org:str}"
    opt = needs(Permission.READ)

    @get()
    async def landing(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Template:  # fmt: skip
        async with reading(actor):
            shown = await load_landing(actor, peers)
            banner = await banner_of(actor, offers, settings)
        return page(
            request, "home/landing.html", nav="home", landing=shown, today=today(actor.person.time_zone),
            may_answer=actor.may(Permission.ANSWER), may_run=actor.may(Permission.RUN_ASSESSMENT),
            may_submit=actor.may(Permission.SUBMIT), may_describe=actor.may(Permission.MANAGE_ORGANISATION),
            role=roles()[actor.role], row=_total(shown.last), box_of=box_of, band_words=band_words, banner=banner,
        )  # fmt: skip

    @get("/search")
    async def search(
        self, request: Request, actor: NamedDependency[Actor], q: FromQuery[str] = ""
    ) -> Template:
        question = q.strip()[:LONGEST]
        async with reading(actor):
            found = await find(actor, question)
        return page(request, "home/search.html", question=question, found=found, marked=marked)


def _total(last: LastResult | None) -> Row | None:
    """The total of the last result as the results page reads it."""
    if last is None:
        return None
    one, before = last.round, last.round.previous
    return tabulate(
        one.questionnaire, one.result, last.peers, (before.questionnaire, before.result) if before else None
    ).total


PAGES = [Home]
