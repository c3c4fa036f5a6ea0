"""A place that a network offers or gives to an organisation, for its owners: accept it, decline it, give it back."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.billing.flows import changing, place_answering, places
from palier.billing.pages.desk import AT_A_HOUSE, Desk, show
from palier.billing.pages.refusing import Unbought, reason
from palier.billing.rules.places import NotNow, Why
from palier.billing.rules.states import SponsorshipState
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, see_other


class Place(Controller):
    """`/o/{org}/billing/place/{sponsorship}`"""

    path = "/o/{org:str}/billing/place/{sponsorship:uuid}"
    opt = needs(Permission.MANAGE_ORGANISATION)
    dependencies = AT_A_HOUSE

    @get()
    async def read(
        self, request: Request, actor: NamedDependency[Actor], desk: NamedDependency[Desk], sponsorship: FromPath[UUID]
    ) -> Template:  # fmt: skip
        return await _page(request, actor, desk, sponsorship)

    @post("/accept")
    async def accept(
        self, request: Request, actor: NamedDependency[Actor], desk: NamedDependency[Desk], sponsorship: FromPath[UUID]
    ) -> Response:  # fmt: skip
        """Take the place; what the organisation pays itself then ends with its period, unless it says no."""
        raw = await form_of(request)
        try:
            place = await place_answering.accept(actor, sponsorship, desk.offers)
        except places.Unknown:
            raise NotFoundException from None
        except places.NoneLeft:
            error = _(
                "The network has no free place at this moment. Nothing was changed: ask it to keep one for you."
            )
            return await _page(request, actor, desk, sponsorship, error)
        except NotNow:
            return _over(actor, sponsorship)
        said = _("%(network)s pays the offer of your organisation from now on.") % {
            "network": place.network_name
        }
        if raw.get("cancel") == "yes":
            said = f"{said} {await _cancel_own(desk)}"
        return see_other(_here(actor, sponsorship), said)

    @post("/decline")
    async def decline(self, actor: NamedDependency[Actor], sponsorship: FromPath[UUID]) -> Redirect:
        """Say no."""
        try:
            place = await place_answering.decline(actor, sponsorship)
        except places.Unknown:
            raise NotFoundException from None
        except NotNow:
            return _over(actor, sponsorship)
        said = _("The place of %(network)s is declined. Nothing changes for your organisation.")
        return see_other(_here(actor, sponsorship), said % {"network": place.network_name})

    @post("/leave")
    async def leave(
        self, request: Request, actor: NamedDependency[Actor], desk: NamedDependency[Desk], sponsorship: FromPath[UUID]
    ) -> Response:  # fmt: skip
        """Give the place back."""
        if (await form_of(request)).get("understood") != "yes":
            error = _("Tick the box to say that you have read this")
            return await _page(request, actor, desk, sponsorship, field={"understood": error})
        try:
            place = await place_answering.leave(actor, sponsorship)
        except places.Unknown:
            raise NotFoundException from None
        except NotNow:
            return _over(actor, sponsorship)
        said = _("The place of %(network)s is given back. Its staff are told.")
        return see_other(_here(actor, sponsorship), said % {"network": place.network_name})

    @post("/resume")
    async def resume(
        self, request: Request, actor: NamedDependency[Actor], desk: NamedDependency[Desk], sponsorship: FromPath[UUID]
    ) -> Response:  # fmt: skip
        """Have one's own subscription go on, because the place ends."""
        async with reading(actor):
            await _offered(actor, sponsorship)
        try:
            await changing.undo(desk.payer, desk.till)
        except Unbought as error:
            return await _page(request, actor, desk, sponsorship, reason(error))
        return see_other(_here(actor, sponsorship), _("Your own subscription goes on."))


def _here(actor: Actor, place: UUID) -> str:
    return f"/o/{actor.organisation.slug}/billing/place/{place}"


def _over(actor: Actor, place: UUID) -> Redirect:
    return see_other(_here(actor, place), _("This place has changed meanwhile. Nothing was done."))


async def _cancel_own(desk: Desk) -> str:
    """What became of one's own subscription, said beside the acceptance: never two charges without a word."""
    try:
        row = await changing.cancel(desk.payer, desk.till, now=False)
    except Unbought:
        return _("Your own subscription could not be cancelled and goes on being charged: cancel it on the billing page.")  # fmt: skip
    end = row.cancel_at or row.period_end
    said = _("Your own subscription ends on %(day)s and is not charged again.")
    return said % {"day": day(end)} if end else _("Your own subscription has ended.")


async def _offered(actor: Actor, wanted: UUID) -> place_answering.Offered:
    try:
        return await place_answering.read(actor, wanted)
    except places.Unknown:
        raise NotFoundException from None


async def _page(
    request: Request, actor: Actor, desk: Desk, wanted: UUID, trouble: str = "", field: dict[str, str] | None = None
) -> Template:  # fmt: skip
    async with reading(actor):
        told = await _offered(actor, wanted)
    if not desk.sells:
        return show(request, desk, "billing/nothing_sold.html")
    return show(
        request, desk, "billing/place.html", status_code=422 if trouble or field else 200, told=told, sponsorship=told.place,
        trouble=trouble, errors=field or {}, State=SponsorshipState, Why=Why, offer=desk.offers.every.get(told.place.offer),
    )  # fmt: skip
