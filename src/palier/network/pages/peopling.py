"""Members, invitations and mandates of an organisation, on one page."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.pages.entering import too_often
from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.entitlements.rules.offers import Offers
from palier.entitlements.wording import seats_short, used_of
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.rights import Limit
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import mandates, store, wording
from palier.network.clients import NoClient
from palier.network.flows import inviting, mandating, peopling
from palier.network.flows.inviting import NotInADemonstration
from palier.network.pages.mandating import end_typed, said_of, typed_day
from palier.network.rules.membership import (
    MOST_AT_ONCE,
    LastOwner,
    RoleOutOfReach,
    addresses_in,
    roles_given_by,
)
from palier.network.seats import NoSeat, seats_of
from palier.network.visits import last_visit

Errors = dict[str, str]


class People(Controller):
    """Who belongs to the organisation and who may act for it."""

    path = "/o/{org:str}/people"

    @get(opt=needs(Permission.READ))
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        return await _people(request, actor)

    @post("/invite", opt=needs(Permission.MANAGE_PEOPLE))
    async def invite(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        emails, errors = _addresses(raw.get("emails", ""))
        role = next((each for each in roles_given_by(actor.role) if each == raw.get("role")), None)
        if role is None:
            errors["role"] = _("Choose a role of the list")
        if errors or role is None:
            return await _people(request, actor, errors, raw)
        try:
            count = await inviting.invite(actor, emails, role, settings.public_url, _operation(raw))
        except (NotInADemonstration, TooManyAttempts, NoSeat) as refusal:
            return await _people(request, actor, {"emails": _refusal(refusal)}, raw)
        return _back(
            actor, ngettext("%(num)s invitation sent.", "%(num)s invitations sent.", count) % {"num": count}
        )

    @post("/invitations/{invitation:uuid}/resend", opt=needs(Permission.MANAGE_PEOPLE))
    async def send_again(
        self, request: Request, actor: NamedDependency[Actor], invitation: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        try:
            await inviting.send_again(actor, invitation, settings.public_url, _operation(raw))
        except RoleOutOfReach:
            return await _people(request, actor, {"invitations": _out_of_reach()})
        except (NotInADemonstration, TooManyAttempts, NoSeat) as refusal:
            return await _people(request, actor, {"invitations": _refusal(refusal)})
        return _back(actor, _("The invitation is sent again; the earlier link no longer works."))

    @post("/invitations/{invitation:uuid}/withdraw", opt=needs(Permission.MANAGE_PEOPLE))
    async def withdraw(self, actor: NamedDependency[Actor], invitation: FromPath[UUID]) -> Redirect:
        await inviting.withdraw(actor, invitation)
        return _back(actor, _("The invitation is withdrawn."))

    @post("/members/{membership:uuid}/role", opt=needs(Permission.MANAGE_PEOPLE) | FRESH)
    async def change_role(
        self, request: Request, actor: NamedDependency[Actor], membership: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        role = next((each for each in roles_given_by(actor.role) if each == raw.get("role")), None)
        try:
            if role is None:
                raise RoleOutOfReach
            await peopling.change_role(actor, membership, role)
        except (LastOwner, RoleOutOfReach) as refusal:
            return await _people(request, actor, {"members": _refusal(refusal)})
        return _back(actor, _("The role is changed."))

    @post("/members/{membership:uuid}/remove", opt=needs(Permission.MANAGE_PEOPLE) | FRESH)
    async def remove(
        self, request: Request, actor: NamedDependency[Actor], membership: FromPath[UUID]
    ) -> Response:
        try:
            await peopling.remove(actor, membership)
        except (LastOwner, RoleOutOfReach) as refusal:
            return await _people(request, actor, {"members": _refusal(refusal)})
        return _back(actor, _("The person no longer has access. Their answers stay."))

    @post("/mandates", opt=needs(Permission.MANAGE_ORGANISATION) | FRESH)
    async def grant_mandate(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings],
        offers: NamedDependency[Offers],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        email = normalised_email(raw.get("consultant", ""))
        ends_on, errors = end_typed(raw, "ends", today(actor.person.time_zone))
        if not is_email(email):
            errors = {"consultant": _("Write an e-mail address such as name@example.org"), **errors}
        if errors or ends_on is None:
            return await _people(request, actor, errors, raw)
        try:
            granted = await mandating.grant(actor, email, ends_on, settings.public_url, offers)
        except (NotInADemonstration, TooManyAttempts, NoClient) as refusal:
            return await _people(request, actor, {"consultant": _refusal(refusal)}, raw)
        return _back(actor, said_of(granted, ends_on))


async def _people(
    request: Request, actor: Actor, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(actor):
        members = await store.members_of(actor)
        manages = actor.may(Permission.MANAGE_PEOPLE)
        invitations = await store.open_invitations(actor) if manages else []
        granted = await store.mandates_of(actor)
        visited = await last_visit(actor)
        seats = await seats_of(actor)
        owns = actor.may(Permission.MANAGE_ORGANISATION)
        acts = await mandates.acts_under(actor, [row.id for row in granted]) if owns and granted else {}
        proposals = await mandates.open_proposals(actor, today(actor.person.time_zone)) if owns else []
    context: dict[str, Any] = {
        "members": members, "invitations": invitations, "mandates": granted, "manages": manages,
        "grants": owns, "acts": acts, "proposals": proposals, "now": now(), "today": today(actor.person.time_zone),
        "roles": wording.roles(), "given": [(role, wording.roles()[role]) for role in roles_given_by(actor.role)],
        "choices": _role_choices(actor), "errors": errors or {}, "raw": raw or {}, "typed_date": typed_day(raw or {}, "ends"),
        "new_op": new_id, "visited": visited, "seats": seats, "taken": used_of(Limit.SEATS, seats.taken, seats.most) if seats else "",
    }  # fmt: skip
    return page(request, "network/people.html", nav="people", status_code=422 if errors else 200, **context)


def _operation(raw: dict[str, str]) -> UUID | None:
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return None


def _role_choices(actor: Actor) -> list[tuple[str, str, str]]:
    words, hints = wording.roles(), wording.role_hints()
    return [(role, words[role], hints[role]) for role in roles_given_by(actor.role)]


def _back(actor: Actor, notice: str) -> Redirect:
    return see_other(f"/o/{actor.organisation.slug}/people", notice)


def _addresses(text: str) -> tuple[list[str], Errors]:
    emails = addresses_in(text)
    if not emails:
        return [], {"emails": _("Write or paste at least one e-mail address")}
    if len(emails) > MOST_AT_ONCE:
        return [], {"emails": _("Send at most %(n)s invitations at once") % {"n": MOST_AT_ONCE}}
    if wrong := [email for email in emails if not is_email(email)]:
        sentence = _("These are not e-mail addresses: %(list)s") % {"list": joined(wrong[:5])}
        return [], {"emails": sentence}
    return emails, {}


def _refusal(refusal: Exception) -> str:
    match refusal:
        case LastOwner():
            return _("An organisation keeps at least one owner. Make somebody else owner first.")
        case RoleOutOfReach():
            return _out_of_reach()
        case TooManyAttempts():
            return too_often()
        case NoSeat():
            return seats_short(refusal.seats.left, refusal.seats.most)
        case NoClient():
            return wording.no_further_client()
        case _:
            return _("Nobody is written to from a demonstration. Create your organisation to invite people.")


def _out_of_reach() -> str:
    return _("Only an owner can give or take away the role of owner.")


PAGES = [People]
