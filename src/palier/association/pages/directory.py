"""The members' directory: those who agreed, for the members of the network. Nothing about assessments or scores."""

from collections.abc import Mapping

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.rules import is_email, normalised_email
from palier.association import store
from palier.association.flows import listing
from palier.association.pages.forms import op_of
from palier.association.rules.directory import LONGEST_EMAIL, LONGEST_NAME, Contact, contact_in
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, grants, needs
from palier.foundation.web import form_of, page, see_other
from palier.network import wording
from palier.network.pages.settling import picture

READ, MANAGE = needs(Permission.READ), needs(Permission.MANAGE_ORGANISATION)


class Directory(Controller):
    """`/o/{org}/network/{network}`"""

    path = "/o/{org:str}/network/{network:str}"

    @get("/directory", opt=READ)
    async def show(self, request: Request, actor: NamedDependency[Actor], network: FromPath[str]) -> Template:
        return await _directory(request, actor, network, {})

    @post("/directory", opt=MANAGE)
    async def agree(
        self, request: Request, actor: NamedDependency[Actor], network: FromPath[str]
    ) -> Response:
        """Agree to be listed, or change whom to write to."""
        raw = await form_of(request)
        contact = Contact(" ".join(raw.get("contact", "").split()), normalised_email(raw.get("email", "")))
        if errors := _faults(contact):
            return await _directory(request, actor, network, errors, contact)
        try:
            await listing.agree(actor, network, contact, op_of(raw))
        except listing.NotVerified:
            errors = {"agree": _("The network has to verify your organisation first.")}
            return await _directory(request, actor, network, errors, contact)
        return see_other(
            listing.directory_of(actor, network), _("Your organisation is listed in the directory.")
        )

    @post("/directory/revoke", opt=MANAGE)
    async def revoke(
        self, request: Request, actor: NamedDependency[Actor], network: FromPath[str]
    ) -> Redirect:
        await listing.revoke(actor, network, op_of(await form_of(request)))
        return see_other(
            listing.directory_of(actor, network), _("Your organisation is no longer listed in the directory.")
        )

    @get("/logo", opt=READ)
    async def logo(self, actor: NamedDependency[Actor], network: FromPath[str]) -> Response[bytes]:
        """The network's logo, to its members."""
        async with reading(actor):
            circle = await store.circle_of(actor.organisation_id, network)
            look = await store.look_of(circle.id)
        if look.logo is None:
            raise NotFoundException
        return picture(look.logo_media_type, look.logo)


def _faults(contact: Contact) -> dict[str, str]:
    errors = {}
    if len(contact.name) > LONGEST_NAME:
        errors["contact"] = _("Write a shorter name")
    if contact.email and (len(contact.email) > LONGEST_EMAIL or not is_email(contact.email)):
        errors["email"] = _("Write an address such as name@example.org")
    return errors


async def _directory(
    request: Request, actor: Actor, network: str, errors: Mapping[str, str], typed: Contact | None = None
) -> Template:
    async with reading(actor):
        circle = await store.circle_of(actor.organisation_id, network)
        rows = await store.listed_in(circle.id)
    own = next((row for row in rows if row.organisation_id == actor.organisation_id), None)
    return page(
        request, "association/directory.html", status_code=422 if errors else 200, nav="", circle=circle, own=own,
        members=[(row, contact_in(row.contact)) for row in rows], errors=errors, new_op=new_id(), label=wording.label,
        typed=typed or contact_in(own.contact if own else ""), owner=Permission.MANAGE_ORGANISATION in grants(actor.role),
    )  # fmt: skip


PAGES = [Directory]
