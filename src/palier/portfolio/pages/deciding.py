"""The client's owner answers a proposal to hand the organisation over to another consultant."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import mandates
from palier.network.clients import NoClient
from palier.network.pages.mandating import end_typed, typed_day
from palier.network.rules.mandates import OVERLAPS
from palier.network.wording import no_further_client
from palier.portfolio.flows import handing_over
from palier.portfolio.flows.handing_over import NotOpen, Terms
from palier.portfolio.wording import overlaps

OWNER = needs(Permission.MANAGE_ORGANISATION)
Errors = dict[str, str]


class Proposals(Controller):
    """A proposal made to the organisation."""

    path = "/o/{org:str}/people/hand-overs/{hand_over:uuid}"

    @get(opt=OWNER)
    async def show(
        self, request: Request, actor: NamedDependency[Actor], hand_over: FromPath[UUID]
    ) -> Template:
        return await _proposal(request, actor, hand_over)

    @post("/accept", opt=OWNER | FRESH)
    async def accept(
        self, request: Request, actor: NamedDependency[Actor], hand_over: FromPath[UUID],
        settings: NamedDependency[Settings], offers: NamedDependency[Offers],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        ends_on, errors = end_typed(raw, "ends", today(actor.person.time_zone))
        overlap = next((days for days in OVERLAPS if str(days) == raw.get("overlap", "0")), None)
        if overlap is None:
            errors["overlap"] = _("Choose one of the list")
        if errors or ends_on is None or overlap is None:
            return await _proposal(request, actor, hand_over, errors, raw)
        terms = Terms(ends_on, overlap, "actions" in raw, "rounds" in raw)
        try:
            await handing_over.accept(actor, hand_over, terms, settings.public_url, offers)
        except NotOpen:
            return _back(actor, _("This proposal can no longer be answered."))
        except NoClient:
            return await _proposal(request, actor, hand_over, {"ends": no_further_client()}, raw)
        return _back(actor, _("The mandate is handed over and both consultants have been told."))

    @post("/refuse", opt=OWNER | FRESH)
    async def refuse(self, actor: NamedDependency[Actor], hand_over: FromPath[UUID]) -> Redirect:
        try:
            await handing_over.refuse(actor, hand_over)
        except NotOpen:
            return _back(actor, _("This proposal can no longer be answered."))
        return _back(actor, _("The proposal is refused and the consultant has been told."))


async def _proposal(
    request: Request,
    actor: Actor,
    hand_over: UUID,
    errors: Errors | None = None,
    raw: dict[str, str] | None = None,
) -> Template:
    async with reading(actor):
        row = await mandates.hand_over_of(actor, hand_over)
        carried = await handing_over.carried_by(actor, row.proposer_id)
    return page(
        request, "portfolio/proposal.html", nav="people", status_code=422 if errors else 200, proposal=row,
        state=handing_over.stands(actor, row), carried=carried, errors=errors or {}, raw=raw or {},
        typed=typed_day(raw, "ends") if raw else row.mandate.ends_on, overlaps=overlaps(),
    )  # fmt: skip


def _back(actor: Actor, notice: str) -> Redirect:
    return see_other(f"/o/{actor.organisation.slug}/people", notice)


PAGES = [Proposals]
