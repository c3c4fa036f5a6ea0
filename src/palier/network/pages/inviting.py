"""What a mailed invitation opens."""

from typing import Annotated

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.accounts.flows.acquaintance import AccountExists
from palier.accounts.flows.choosing_passwords import PasswordRefused
from palier.accounts.flows.entering import renew
from palier.accounts.pages.entering import browser_of, welcome
from palier.accounts.pages.wording import password_sentence
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, person_of, see_other
from palier.network import wording
from palier.network.flows import inviting
from palier.network.flows.inviting import InvitationGone


class NewcomerForm(msgspec.Struct):
    """A new account by invitation: the address is the one invited and cannot be posted."""

    name: Annotated[str, msgspec.Meta(max_length=120)]
    password: str


class Invitation(Controller):
    """Who invites, to what, with which role; one button joins."""

    path = "/invite/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        return await _invitation(request, token, {}, {})

    @post()
    async def accept(
        self, request: Request, token: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        if person := person_of(request):
            try:
                slug = await inviting.accept(person, token)
            except InvitationGone:
                return _gone(request)
            return welcome(
                await renew(person), f"/o/{slug}", settings, _("You have joined the organisation.")
            )
        return await self._accept_as_newcomer(request, token, settings)

    async def _accept_as_newcomer(self, request: Request, token: str, settings: Settings) -> Response:
        raw = await form_of(request)
        form, errors = parse(NewcomerForm, raw)
        if form is None:
            return await _invitation(request, token, raw, errors)
        try:
            slug, secret = await inviting.accept_as_newcomer(
                token, form.name, form.password, browser_of(request, settings)
            )
        except InvitationGone:
            return _gone(request)
        except AccountExists:
            return see_other(f"/signin?next=/invite/{token}")
        except PasswordRefused as refused:
            return await _invitation(request, token, raw, {"password": password_sentence(refused.fault)})
        return welcome(secret, f"/o/{slug}", settings, _("You have joined the organisation."))


async def _invitation(request: Request, token: str, raw: dict[str, str], errors: dict[str, str]) -> Template:
    try:
        offer = await inviting.offer_behind(token)
    except InvitationGone:
        return _gone(request)
    return page(
        request, "network/invitation.html", status_code=422 if errors else 200, token=token, errors=errors,
        raw=raw, offer=offer, invitation=offer.row, role=wording.roles()[offer.row.role],
        role_hint=wording.role_hints().get(offer.row.role, ""),
    )  # fmt: skip


def _gone(request: Request) -> Template:
    return page(
        request, "layout/error.html", status_code=410, status=410, title=_("This invitation no longer works"),
        advice=_("It was accepted or withdrawn, or it is older than a week. Ask the person who invited you for a new one."),
    )  # fmt: skip


PAGES = [Invitation]
