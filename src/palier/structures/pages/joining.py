"""What a letter opens: who asks what, for which of one's organisations, in exact words; one button agrees."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.affiliations.flows import asking
from palier.affiliations.rules.belonging import AskedNoMore, CannotBelong, Purpose
from palier.affiliations.store import AffiliationLetter
from palier.entitlements.flows.holding import rights_of
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, SIGNED_IN, Permission, Role, needs
from palier.foundation.rights import Feature, NotSold, entitled
from palier.foundation.web import form_of, page, see_other
from palier.network.flows.inviting import NotInADemonstration
from palier.network.store import places_of
from palier.structures.consent_wording import wording as consent
from palier.structures.flows import territories
from palier.structures.flows.territories import MemberAlready


class Letter(Controller):
    """`/belong/{token}`: choose the organisation one answers for."""

    path = "/belong/{token:str}"
    opt = SIGNED_IN

    @get()
    async def show(self, request: Request, person: NamedDependency[Person], token: FromPath[str]) -> Template:
        try:
            letter = await asking.letter_behind(token)
        except AskedNoMore:
            return _gone(request)
        async with reading(person):
            places = await places_of(person, today(person.time_zone))
        own = [
            one.organisation
            for one in places.organisations
            if one.role is Role.OWNER and one.organisation.id != letter.organisation_id and not one.organisation.sandbox_until
        ]  # fmt: skip
        return page(request, "structures/belong.html", letter=letter, own=own, token=token)


class Answer(Controller):
    """`/o/{org}/belong/{token}`: agree for an organisation one owns."""

    path = "/o/{org:str}/belong/{token:str}"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get()
    async def show(
        self, request: Request, actor: NamedDependency[Actor], token: FromPath[str], offers: NamedDependency[Offers]
    ) -> Template:  # fmt: skip
        try:
            letter = await asking.letter_behind(token)
        except AskedNoMore:
            return _gone(request)
        if not await _opened(actor, letter, offers):
            raise NotSold(Feature.UNITS)
        return _agreement(request, actor, letter, token)

    @post(opt=FRESH)
    async def agree(
        self, request: Request, actor: NamedDependency[Actor], token: FromPath[str], offers: NamedDependency[Offers]
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        try:
            letter = await asking.letter_behind(token)
            if not await _opened(actor, letter, offers):
                raise NotSold(Feature.UNITS)
            if letter.purpose is Purpose.TERRITORY:
                return await _join(actor, token)
            parent = await asking.accept_as_unit(actor, token, opened=raw.get("opened") == "yes")
        except AskedNoMore:
            return _gone(request)
        except (CannotBelong, NotInADemonstration, MemberAlready) as refusal:
            return _agreement(request, actor, letter, token, _refusal(refusal))
        told = _("Your organisation is a unit of %(parent)s.") % {"parent": parent}
        return see_other(f"/o/{actor.organisation.slug}/units", told)


async def _opened(actor: Actor, letter: AffiliationLetter, offers: Offers) -> bool:
    """Whether the offer of either side holds it: whoever asks others to join pays for both."""
    if entitled(actor, Feature.UNITS):
        return True
    async with reading(actor):
        asker = await rights_of(Kind.ORGANISATION, letter.organisation_id, offers)
    return Feature.UNITS in asker.features


async def _join(actor: Actor, token: str) -> Response:
    territory = await territories.accept(actor, token)
    told = _("Your organisation is in the group. It shows nothing yet.")
    return see_other(f"/o/{actor.organisation.slug}/territories/{territory}", told)


def _agreement(
    request: Request, actor: Actor, letter: AffiliationLetter, token: str, error: str = ""
) -> Template:
    errors, status = ({"agree": error}, 422) if error else ({}, 200)
    if letter.purpose is Purpose.UNIT:
        return page(
            request, "structures/belong_unit.html", status_code=status, nav="units", letter=letter, token=token, errors=errors
        )  # fmt: skip
    text = consent()
    return page(
        request, "structures/belong_territory.html", status_code=status, nav="units", name=letter.territory_name,
        asker=letter.organisation_name, action=f"/o/{actor.organisation.slug}/belong/{token}", errors=errors,
        paragraphs=text.paragraphs(current()), version=text.version,
    )  # fmt: skip


def _refusal(refusal: Exception) -> str:
    if isinstance(refusal, CannotBelong):
        return _(
            "This cannot be: your organisation is a unit already, or has units, or the other one is a unit itself."
        )
    if isinstance(refusal, MemberAlready):
        return _("Your organisation is in this group already.")
    return _("A demonstration belongs to nobody. Sign in with your own organisation.")


def _gone(request: Request) -> Template:
    return page(
        request, "layout/error.html", status_code=410, status=410, title=_("This letter no longer asks anything"),
        advice=_("It was accepted or taken back, or it is older than a month. Ask the person who wrote to you for a new one."),
    )  # fmt: skip


PAGES = [Letter, Answer]
