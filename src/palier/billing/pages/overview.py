"""The page where somebody sees what they hold, what they pay, and what happens next."""

from datetime import timedelta

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from palier.billing import standing_wording
from palier.billing.flows import agreeing, changing, places
from palier.billing.flows.standing import facts_of
from palier.billing.ledger import Ledger, ledger_of
from palier.billing.pages.desk import Desk, back, off_to, show
from palier.billing.pages.refusing import Unbought, reason
from palier.billing.rules.facts import Facts
from palier.billing.rules.standing import standing_from
from palier.entitlements.rules.offers import Source
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.language import gettext as _


class Overview(Controller):
    """`…/billing`"""

    @get()
    async def show(self, request: Request, desk: NamedDependency[Desk]) -> Template:
        return await overview(request, desk)

    @post("/undo")
    async def undo(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        try:
            await changing.undo(desk.payer, desk.till)
        except Unbought as error:
            return await overview(request, desk, error)
        return back(desk, _("The cancellation is taken back: the offer goes on."))

    @post("/portal")
    async def portal(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        try:
            address = await changing.portal(desk.payer, desk.till, desk.settings.public_url)
        except Unbought as error:
            return await overview(request, desk, error)
        return off_to(request, desk, address)

    @post("/withdraw")
    async def withdraw(self, desk: NamedDependency[Desk]) -> Response:
        async with reading(desk.payer.tenant):
            asked = await agreeing.open_request(desk.payer)
        if asked is None or not await agreeing.withdraw(desk.payer, asked.id):
            return back(desk, _("It was decided meanwhile."))
        return back(desk, _("Your request is withdrawn."))


async def overview(request: Request, desk: Desk, error: Exception | None = None) -> Template:
    """The whole page; with what stood in the way of the last act, if anything did."""
    if not desk.sells:
        return show(request, desk, "billing/nothing_sold.html")
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
        facts = await facts_of(desk.payer.kind, desk.payer.id, desk.offers)
        given = await places.of_organisation(desk.payer)
        asked = await agreeing.open_request(desk.payer)
    told = standing_wording.told(standing_from(facts, desk.offers), desk.payer, desk.offers)
    return show(
        request, desk, "billing/overview.html", status_code=422 if error else 200, told=told, ledger=ledger, facts=facts,
        offer=desk.offers.every[desk.payer.rights.offer], sponsor=_sponsor(desk, facts), trouble=reason(error) if error else "",
        history=_history(ledger), places=given, asked=asked,
    )  # fmt: skip


def _sponsor(desk: Desk, facts: Facts) -> str:
    """Who pays, where a network does."""
    if desk.payer.rights.source != Source.SPONSOR:
        return ""
    return next((place.network for place in facts.places if place.state == "active"), "")


def _history(ledger: Ledger) -> list[dict[str, object]]:
    """What was held, the newest first: each with its last moment where there is one, and whether it is over."""
    at = now()
    return [
        {"offer": row.offer, "source": row.source, "since": row.valid_from,
         "until": row.valid_to and row.valid_to - timedelta(microseconds=1),
         "over": row.valid_to is not None and (row.grace_until or row.valid_to) <= at}
        for row in ledger.held
    ]  # fmt: skip
