"""Describing one's organisation in three short pages. Each is saved when it is left, so nothing is lost."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN, Permission, needs
from palier.foundation.web import form_of, page, parse, see_other
from palier.network import store, wording
from palier.network.flows import organisations
from palier.network.flows.organisations import Activity, Identity
from palier.network.rules.taxonomy import COUNTRIES, FAMILY_OF, LEGAL_KINDS, PEOPLE_WORDS, SIZES, is_siren

Errors = dict[str, str]


class IdentityForm(msgspec.Struct):
    """The first page. Members, roles and slugs cannot be posted."""

    name: Annotated[str, msgspec.Meta(max_length=160)]
    country: str
    legal_kind: str
    registration: Annotated[str, msgspec.Meta(max_length=20)] = ""


class ActivityForm(msgspec.Struct):
    """The second page; the family follows from the sector."""

    sector: str
    size: str


def identity_in(raw: dict[str, str]) -> tuple[Identity | None, Errors]:
    """The posted identity, or what is wrong with it."""
    form, errors = parse(IdentityForm, raw | {"registration": raw.get("registration", "").replace(" ", "")})
    if form is None:
        return None, errors
    if form.country not in COUNTRIES:
        errors["country"] = _("Choose a country of the list")
    if form.legal_kind not in LEGAL_KINDS:
        errors["legal_kind"] = _("Choose a legal kind of the list")
    if form.registration and form.country == "FR" and not is_siren(form.registration):
        errors["registration"] = _(
            "A SIREN has nine digits; the last one does not match the others. Check it or leave it empty."
        )
    if errors:
        return None, errors
    return Identity(form.name, form.country, form.legal_kind, form.registration), {}


def activity_in(raw: dict[str, str]) -> tuple[Activity | None, Errors]:
    """The posted activity, or what is wrong with it."""
    form, errors = parse(ActivityForm, raw)
    if form is None:
        return None, errors
    if form.sector not in FAMILY_OF:
        errors["sector"] = _("Choose a sector of the list")
    if form.size not in SIZES:
        errors["size"] = _("Choose a workforce of the list")
    return (None, errors) if errors else (Activity(form.sector, form.size), {})


def identity_of(row: store.Organisation) -> dict[str, str]:
    """The identity's fields as a form shows them."""
    return {
        "name": row.name, "country": row.country, "legal_kind": row.legal_kind, "registration": row.registration,
    }  # fmt: skip


def _identity_page(request: Request, action: str, raw: dict[str, str], errors: Errors) -> Template:
    values = {"name": "", "country": "FR", "legal_kind": "", "registration": "", "op": str(new_id())} | raw
    return page(
        request, "network/welcome_identity.html", status_code=422 if errors else 200, action=action, values=values,
        errors=errors, countries=wording.country_choices(), legal_kinds=wording.legal_kind_choices(),
    )  # fmt: skip


def _operation(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()


class Founding(Controller):
    """The first page for an organisation that does not exist yet."""

    path = "/welcome/organisation"
    opt = SIGNED_IN

    @get()
    async def form(self, request: Request, person: NamedDependency[Person]) -> Response:
        async with reading(person):
            places = await store.places_of(person, today(person.time_zone))
        if unfinished := places.unfinished():
            return see_other(f"{self.path}/{unfinished}/identity")
        return _identity_page(request, self.path, {}, {})

    @post()
    async def found(self, request: Request, person: NamedDependency[Person]) -> Response:
        raw = await form_of(request)
        identity, errors = identity_in(raw)
        if identity is None:
            return _identity_page(request, self.path, raw, errors)
        slug = await organisations.found(person, identity, _operation(raw.get("op", "")))
        return see_other(f"/welcome/organisation/{slug}/sector")


class Describing(Controller):
    """The three pages for one that exists; an owner may come back to them."""

    path = "/welcome/organisation/{org:str}"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get("/identity")
    async def identity(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Template:
        async with reading(actor):
            row = await store.organisation_of(actor)
        return _identity_page(request, f"/welcome/organisation/{org}/identity", identity_of(row), {})

    @post("/identity")
    async def identify(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Response:
        raw = await form_of(request)
        identity, errors = identity_in(raw)
        if identity is None:
            return _identity_page(request, f"/welcome/organisation/{org}/identity", raw, errors)
        await organisations.identify(actor, identity)
        return see_other(f"/welcome/organisation/{org}/sector")

    @get("/sector")
    async def sector(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Template:
        async with reading(actor):
            row = await store.organisation_of(actor)
        return _sector_page(request, org, {"sector": row.sector, "size": row.size}, {})

    @post("/sector")
    async def describe(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Response:
        raw = await form_of(request)
        activity, errors = activity_in(raw)
        if activity is None:
            return _sector_page(request, org, raw, errors)
        await organisations.describe(actor, activity)
        return see_other(f"/welcome/organisation/{org}/people")

    @get("/people")
    async def people(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Template:
        async with reading(actor):
            row = await store.organisation_of(actor)
            found = await store.networks()
        return page(
            request, "network/welcome_people.html", org=org, word=row.people_word, networks=found,
            words=wording.people_word_choices(),
        )  # fmt: skip

    @post("/people")
    async def finish(self, request: Request, actor: NamedDependency[Actor], org: FromPath[str]) -> Response:
        raw = await form_of(request)
        word = raw.get("people_word", "")
        network = await _network_named(actor, raw)
        await organisations.complete(
            actor, word if word in PEOPLE_WORDS else PEOPLE_WORDS[0], network, today(actor.person.time_zone)
        )
        return see_other(f"/o/{org}", _("Your organisation is ready."))


def _sector_page(request: Request, org: str, raw: dict[str, str], errors: Errors) -> Template:
    values = {"sector": "", "size": ""} | raw
    return page(
        request, "network/welcome_sector.html", status_code=422 if errors else 200, org=org, values=values,
        errors=errors, sectors=wording.sector_choices(), sizes=wording.size_choices(),
    )  # fmt: skip


async def _network_named(actor: Actor, raw: dict[str, str]) -> UUID | None:
    """The network chosen in the list."""
    async with reading(actor):
        return next((each.id for each in await store.networks() if each.slug == raw.get("network")), None)


PAGES = [Founding, Describing]
