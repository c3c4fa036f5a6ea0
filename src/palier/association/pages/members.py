"""The members of a network: the table, one member, invitations, verification. Never an answer or a score."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.association import wording as words
from palier.association.flows import enrolling
from palier.association.flows.joining import door_of
from palier.association.flows.register import load_register, one_of_register
from palier.association.members_file import members_file
from palier.association.pages.forms import op_of
from palier.association.roll import ATTRIBUTES, Place, Registered
from palier.billing.flows import places
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id, searchable
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import wording
from palier.network.rules.taxonomy import COUNTRIES, FAMILY_OF, LEGAL_KINDS, SIZES, is_siren

PER_PAGE = 50
EDITED = ("contact", "email", "sector", "size", "country", "legal_kind", "legal_group")
_CLOSED = {"sector": tuple(FAMILY_OF), "size": SIZES, "country": COUNTRIES, "legal_kind": LEGAL_KINDS}


class Members(Controller):
    """`/n/{net}/members`"""

    path = "/n/{net:str}/members"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def table(
        self,
        request: Request,
        network_actor: NamedDependency[NetworkActor],
        settings: NamedDependency[Settings],
    ) -> Template:
        """Everybody of the register, filtered; where places are sold, with the place of each."""
        async with reading(network_actor):
            register = await load_register(network_actor)
            code = await door_of(network_actor)
            given = await places.by_organisation(network_actor) if settings.billing else None
        asked = {name: request.query_params.get(name, "") for name in ("q", "place", "sector", "complete")}
        found = [one for one in register if _passes(one, asked)]
        number = _page_number(request, len(found))
        return _page(
            request, "association/members.html", register=register, found=found, asked=asked, number=number,
            pages=max(1, -(-len(found) // PER_PAGE)), shown=found[(number - 1) * PER_PAGE : number * PER_PAGE],
            places=words.places(), sectors=wording.sector_choices(), code=code, given=given,
        )  # fmt: skip

    @get("/export.csv")
    async def export(self, network_actor: NamedDependency[NetworkActor]) -> Response[bytes]:
        """The register as a file that can be brought back."""
        async with reading(network_actor):
            register = await load_register(network_actor)
        name = f"palier-{network_actor.network_slug}-{today():%Y-%m-%d}.csv"
        return Response(
            members_file(register), media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    @get("/new")
    async def prepare(self, request: Request) -> Template:
        return _form(request, None, {"country": "FR"}, {})

    @post("/new")
    async def enter(
        self,
        request: Request,
        network_actor: NamedDependency[NetworkActor],
        settings: NamedDependency[Settings],
    ) -> Response:
        """Add somebody, and write to them when asked to."""
        raw = await form_of(request)
        values, errors = _values(raw, ("name", "registration", *EDITED))
        if raw.get("invite") and not values["email"]:
            errors.setdefault("email", _("Write the address to invite"))
        if errors:
            return _form(request, None, raw, errors)
        try:
            member = await enrolling.enter(network_actor, values, op_of(raw))
        except enrolling.KnownAlready as known:
            errors["name"] = _("This member is in the register already.")
            return _form(request, None, raw, errors, known.place)
        if raw.get("invite"):
            return await _invite(network_actor, member, settings, new_id())
        return see_other(
            _members(network_actor), _("%(name)s is in the register.") % {"name": values["name"]}
        )

    @get("/{member:uuid}")
    async def show(
        self, request: Request, network_actor: NamedDependency[NetworkActor], member: FromPath[UUID]
    ) -> Template:
        async with reading(network_actor):
            one = await one_of_register(network_actor, member)
        return _form(request, one, one.values, {})

    @post("/{member:uuid}")
    async def describe(
        self, request: Request, network_actor: NamedDependency[NetworkActor], member: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        async with reading(network_actor):
            one = await one_of_register(network_actor, member)
        values, errors = _values(raw, EDITED)
        if not errors:
            try:
                await enrolling.describe(network_actor, member, values)
            except enrolling.Frozen:
                errors["sector"] = _("What chooses the peers is frozen until the edition is published.")
        if errors:
            return _form(request, one, dict(one.values) | raw, errors)
        return see_other(
            f"{_members(network_actor)}/{member}",
            _("The facts about %(name)s are confirmed.") % {"name": one.name},
        )

    @post("/{member:uuid}/verify")
    async def verify(self, network_actor: NamedDependency[NetworkActor], member: FromPath[UUID]) -> Redirect:
        name = await enrolling.verify(network_actor, member)
        return see_other(_members(network_actor), _("%(name)s is verified.") % {"name": name})

    @post("/{member:uuid}/unverify")
    async def unverify(
        self, network_actor: NamedDependency[NetworkActor], member: FromPath[UUID]
    ) -> Redirect:
        here = f"{_members(network_actor)}/{member}"
        try:
            name = await enrolling.unverify(network_actor, member)
        except enrolling.Frozen:
            return see_other(here, _("This member has submitted: wait for the edition to be published."))
        return see_other(here, _("%(name)s is no longer verified.") % {"name": name})

    @post("/{member:uuid}/remove")
    async def remove(self, network_actor: NamedDependency[NetworkActor], member: FromPath[UUID]) -> Redirect:
        name = await enrolling.take_out(network_actor, member)
        return see_other(_members(network_actor), _("%(name)s is no longer in the network.") % {"name": name})

    @post("/{member:uuid}/invite")
    async def invite(
        self, request: Request, network_actor: NamedDependency[NetworkActor], settings: NamedDependency[Settings],
        member: FromPath[UUID],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        return await _invite(network_actor, member, settings, op_of(raw))


async def _invite(actor: NetworkActor, member: UUID, settings: Settings, op: UUID) -> Response:
    try:
        email = await enrolling.invite(actor, member, settings.public_url, op)
    except TooManyAttempts:
        return see_other(_members(actor), _("Too many invitations at once. Try again in a few minutes."))
    return see_other(_members(actor), _("An invitation goes to %(email)s.") % {"email": email})


def _members(actor: NetworkActor) -> str:
    return f"/n/{actor.network_slug}/members"


def _passes(one: Registered, asked: Mapping[str, str]) -> bool:
    if asked["q"] and searchable(asked["q"]) not in searchable(f"{one.name} {one.values['email']}"):
        return False
    if asked["place"] and one.place != asked["place"]:
        return False
    if asked["sector"] and one.values["sector"] != asked["sector"]:
        return False
    return {"yes": not one.missing, "no": bool(one.missing)}.get(asked["complete"], True)


def _page_number(request: Request, count: int) -> int:
    asked = request.query_params.get("page", "1")
    return min(
        max(1, int(asked) if asked.isdecimal() and len(asked) < 6 else 1), max(1, -(-count // PER_PAGE))
    )


def _values(raw: Mapping[str, str], names: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """What a form says of a member, and what is wrong with it."""
    values = {name: raw.get(name, "") for name in names}
    errors: dict[str, str] = {}
    if "name" in values and not values["name"]:
        errors["name"] = _("Write the name of the member")
    if siren := values.get("registration"):
        values["registration"] = siren = "".join(siren.split())
        if not is_siren(siren):
            errors["registration"] = _("Write the nine digits of a SIREN, or nothing")
    values["email"] = normalised_email(values["email"])
    if values["email"] and not is_email(values["email"]):
        errors["email"] = _("Write an address such as name@example.org")
    for name, most in (("name", 160), ("contact", 120), ("legal_group", 120)):
        if len(values.get(name, "")) > most:
            errors[name] = _("This value cannot be used here")
    errors |= {
        name: _("Choose a value of the list")
        for name, known in _CLOSED.items()
        if values[name] and values[name] not in known
    }
    return values, errors


def _form(
    request: Request,
    one: Registered | None,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    known: UUID | None = None,
) -> Template:
    full = dict.fromkeys(("name", "registration", "invite", *EDITED), "") | dict(values)
    return _page(
        request, "association/member.html", status_code=422 if errors else 200, one=one, values=full, errors=errors,
        known=known, sectors=wording.sector_choices(), sizes=wording.size_choices(), countries=wording.country_choices(),
        legal_kinds=wording.legal_kind_choices(), places=words.places(), Place=Place,
    )  # fmt: skip


def _page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> Template:
    return page(
        request, template, status_code=status_code, nav="network", tab="members", new_op=new_id(), label=wording.label,
        dimension=wording.dimension, attributes=ATTRIBUTES, **context,
    )  # fmt: skip


PAGES = [Members]
