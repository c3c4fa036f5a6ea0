"""The places of a network, for its staff: how many are taken, who has one, offering and ending them."""

from datetime import datetime, timedelta
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.billing.flows import place_giving, places
from palier.billing.pages.desk import AT_A_NETWORK, Desk, show
from palier.billing.rules.places import NotNow, When, last_day
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id, searchable
from palier.foundation.language import day, ngettext
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Rights, Standing
from palier.foundation.web import form_of, see_other

SHOWN = 50
"""Members on the form at once; a search finds the others."""

SOON = timedelta(days=60)
"""From so long before the network's own offer ends on, its places say so."""


class NetworkPlaces(Controller):
    """`/n/{net}/billing/places`"""

    path = "/n/{net:str}/billing/places"
    opt = needs(Permission.MANAGE_NETWORK)
    dependencies = AT_A_NETWORK

    @get()
    async def table(
        self, request: Request, network_actor: NamedDependency[NetworkActor], desk: NamedDependency[Desk]
    ) -> Template:
        """Everything about places on one page; `?pick=all` ticks as many members as there are free places."""
        return await _table(request, network_actor, desk)

    @post()
    async def invite(
        self, request: Request, network_actor: NamedDependency[NetworkActor], desk: NamedDependency[Desk]
    ) -> Response:
        """Offer places to the members that are ticked."""
        raw = await form_of(request)
        ticked = [one for one in (await request.form()).getall("member", []) if isinstance(one, str)]
        members = _ids(ticked)
        if not members:
            return await _table(request, network_actor, desk, _("Choose at least one member"), ticked)
        try:
            made = await place_giving.invite(
                network_actor, members, desk.offers, _id(raw.get("op", "")) or new_id()
            )
        except places.NoneLeft as none:
            return await _table(request, network_actor, desk, _too_many(none.free), ticked)
        except places.Unknown:
            error = _("One of those is no verified member any more. Choose again.")
            return await _table(request, network_actor, desk, error, ticked)
        said = ngettext(
            "%(num)s place is offered. An owner accepts or declines it.",
            "%(num)s places are offered. Their owners accept or decline them.", made,
        )  # fmt: skip
        return see_other(_here(network_actor), said % {"num": made})

    @get("/{sponsorship:uuid}/end")
    async def weigh(
        self, request: Request, network_actor: NamedDependency[NetworkActor], desk: NamedDependency[Desk],
        sponsorship: FromPath[UUID],
    ) -> Template | Redirect:  # fmt: skip
        """What ending a place means, before it is ended."""
        return await _ending(request, network_actor, desk, sponsorship)

    @post("/{sponsorship:uuid}/end")
    async def end(
        self, request: Request, network_actor: NamedDependency[NetworkActor], desk: NamedDependency[Desk],
        sponsorship: FromPath[UUID],
    ) -> Response:  # fmt: skip
        """End it, with the month or at once."""
        when = (await form_of(request)).get("when", "")
        if when not in list(When):
            return await _ending(request, network_actor, desk, sponsorship, _("Choose when the place ends"))
        try:
            place = await place_giving.end(network_actor, sponsorship, When(when), desk.offers)
        except places.Unknown:
            raise NotFoundException from None
        except NotNow:
            return _over(network_actor)
        said = _("The place of %(organisation)s has ended: it is free. Its owners are told.")
        if when == When.MONTH:
            said = _("The place of %(organisation)s ends on %(day)s. Its owners are told.")
        last = day(last_day(When.MONTH, today()))
        return see_other(_here(network_actor), said % {"organisation": place.organisation_name, "day": last})

    @post("/{sponsorship:uuid}/withdraw")
    async def withdraw(
        self, network_actor: NamedDependency[NetworkActor], sponsorship: FromPath[UUID]
    ) -> Redirect:
        """Take an offer back that nobody answered."""
        try:
            place = await place_giving.withdraw(network_actor, sponsorship)
        except places.Unknown:
            raise NotFoundException from None
        except NotNow:
            return _over(network_actor)
        said = _("The place offered to %(organisation)s is taken back.")
        return see_other(_here(network_actor), said % {"organisation": place.organisation_name})

    @post("/{sponsorship:uuid}/keep")
    async def keep(
        self, network_actor: NamedDependency[NetworkActor], sponsorship: FromPath[UUID]
    ) -> Redirect:
        """Let a place go on that was to end."""
        try:
            place = await place_giving.keep(network_actor, sponsorship)
        except places.Unknown:
            raise NotFoundException from None
        except NotNow:
            return _over(network_actor)
        said = _("The place of %(organisation)s goes on. Its owners are told.")
        return see_other(_here(network_actor), said % {"organisation": place.organisation_name})


def _here(actor: NetworkActor) -> str:
    return f"/n/{actor.network_slug}/billing/places"


def _over(actor: NetworkActor) -> Redirect:
    """Somebody was quicker: the table shows how it stands now."""
    return see_other(_here(actor), _("This place has changed meanwhile. Nothing was done."))


def _ids(texts: list[str]) -> set[UUID]:
    return {found for text in texts if (found := _id(text))}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _too_many(free: int) -> str:
    """That fewer are free than were ticked. Nothing was offered to anybody."""
    if not free:
        return _("No place is free any more. Nothing was offered.")
    said = ngettext(
        "Only %(num)s place is free. Nothing was offered: choose fewer members.",
        "Only %(num)s places are free. Nothing was offered: choose fewer members.", free,
    )  # fmt: skip
    return said % {"num": free}


async def _table(
    request: Request, actor: NetworkActor, desk: Desk, error: str = "", ticked: list[str] | None = None
) -> Template:
    if not desk.sells:
        return show(request, desk, "billing/nothing_sold.html")
    async with reading(actor):
        found = await places.of(actor, desk.offers)
    asked = request.query_params.get("q", "").strip()[:80]
    shown = [one for one in found.candidates if searchable(asked) in searchable(one.name)]
    if ticked is None:
        every = request.query_params.get("pick") == "all"
        ticked = [str(one.id) for one in shown[: found.count.free]] if every else []
    first = [one for one in shown if str(one.id) in ticked]
    shown = (first + [one for one in shown if one not in first])[: max(SHOWN, len(first))]
    return show(
        request, desk, "billing/places.html", status_code=422 if error else 200, found=found, shown=shown, asked=asked, ticked=set(ticked),
        errors={"member": error} if error else {}, State=SponsorshipState, new_op=new_id(), ending=_ending_soon(actor.rights),
    )  # fmt: skip


def _ending_soon(rights: Rights) -> datetime | None:
    """The day on which the network's own offer ends, once it is near."""
    near = rights.standing in (Standing.ENDING, Standing.GRACE) and rights.until
    return rights.until if near and rights.until and rights.until - now() <= SOON else None


async def _ending(
    request: Request, actor: NetworkActor, desk: Desk, wanted: UUID, error: str = ""
) -> Template | Redirect:
    async with reading(actor):
        place = await _place(actor, wanted)
    if place.state is not SponsorshipState.ACTIVE:
        return _over(actor)
    return show(
        request, desk, "billing/place_end.html", status_code=422 if error else 200, sponsorship=place,
        errors={"when": error} if error else {}, month=last_day(When.MONTH, today()), grace=desk.offers.grace_days,
    )  # fmt: skip


async def _place(actor: NetworkActor, wanted: UUID) -> Sponsorship:
    try:
        return await place_giving.place_of(actor, wanted)
    except places.Unknown:
        raise NotFoundException from None
