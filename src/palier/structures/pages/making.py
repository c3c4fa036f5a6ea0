"""Making units, taking organisations in, saying what a unit is, opening answers, ending it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.pages.entering import too_often
from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.affiliations import store
from palier.affiliations.flows import asking, units
from palier.affiliations.flows.asking import Asked
from palier.affiliations.flows.units import Described
from palier.affiliations.rules.belonging import HEAVIEST, CannotBelong, Purpose, UnitKind
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other
from palier.network.flows.inviting import NotInADemonstration
from palier.structures import wording

Errors = dict[str, str]
OWN = needs(Permission.MANAGE_ORGANISATION)
MAKE = OWN | sold_with(Feature.UNITS)


class MadeUnit(msgspec.Struct):
    """A unit to make."""

    op: UUID
    name: Annotated[str, msgspec.Meta(max_length=160)]
    kind: UnitKind
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""
    lead: str = ""


class AskedUnit(msgspec.Struct):
    """An organisation to ask."""

    op: UUID
    email: str
    kind: UnitKind
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""


class Making(Controller):
    """`/o/{org}/units`, the forms."""

    path = "/o/{org:str}/units"
    opt = OWN

    @get("/new", opt=MAKE)
    async def form(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """Two ways to have a unit: make one, or ask an organisation that is here already."""
        return await _form(request, actor)

    @post("/new", opt=MAKE)
    async def make(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        form, errors = parse(MadeUnit, raw)
        lead = normalised_email(raw.get("lead", ""))
        if lead and not is_email(lead):
            errors["lead"] = _("Write an e-mail address such as name@example.org")
        if form is None or errors:
            return await _form(request, actor, errors, raw)
        described = Described(form.kind, form.place.strip())
        try:
            await units.make_unit(actor, form.name.strip(), described, lead, settings.public_url, form.op)
        except (NotInADemonstration, TooManyAttempts, CannotBelong) as refusal:
            return await _form(request, actor, {"name": _refusal(refusal)}, raw)
        return see_other(_units(actor), _("The unit is made. You are its first owner."))

    @post("/ask", opt=MAKE)
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        form, errors = parse(AskedUnit, raw)
        email = normalised_email(raw.get("email", ""))
        if not is_email(email):
            errors["email"] = _("Write an e-mail address such as name@example.org")
        if form is None or errors:
            return await _form(request, actor, {f"asked-{name}": said for name, said in errors.items()}, raw)
        asked = Asked(Purpose.UNIT, form.kind, form.place.strip())
        try:
            await asking.ask(actor, email, asked, settings.public_url, form.op, _units(actor))
        except (NotInADemonstration, TooManyAttempts) as refusal:
            return await _form(request, actor, {"asked-email": _refusal(refusal)}, raw)
        return see_other(_units(actor), _("The letter is sent. Its reader decides."))

    @post("/letters/{letter:uuid}/withdraw")
    async def withdraw(self, actor: NamedDependency[Actor], letter: FromPath[UUID]) -> Redirect:
        await asking.withdraw(actor, letter)
        return see_other(_units(actor), _("The letter is taken back."))

    @get("/{unit:uuid}")
    async def one(self, request: Request, actor: NamedDependency[Actor], unit: FromPath[UUID]) -> Template:
        """What a unit is and weighs; letting it go."""
        return await _unit(request, actor, unit)

    @post("/{unit:uuid}")
    async def describe(
        self, request: Request, actor: NamedDependency[Actor], unit: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        weight, errors = _weight(raw.get("weight", ""))
        kind = next((each for each in UnitKind if each == raw.get("kind")), None)
        if kind is None:
            errors["kind"] = _("Choose one of the list")
        if len(raw.get("place", "")) > 120:
            errors["place"] = _("At most 120 characters")
        if errors or kind is None:
            return await _unit(request, actor, unit, errors, raw)
        await units.describe(actor, unit, Described(kind, raw.get("place", "").strip(), weight))
        return see_other(_units(actor), _("The unit is saved."))

    @post("/{unit:uuid}/let-go", opt=OWN | FRESH)
    async def let_go(self, actor: NamedDependency[Actor], unit: FromPath[UUID]) -> Redirect:
        await units.let_go(actor, unit)
        return see_other(_units(actor), _("The organisation is independent from now on. It keeps its data."))

    @post("/answers", opt=OWN | FRESH)
    async def open_answers(self, request: Request, actor: NamedDependency[Actor]) -> Redirect:
        """As the unit: open the answers to the parent, or close them."""
        opened = (await form_of(request)).get("opened") == "yes"
        try:
            await units.open_answers(actor, opened=opened)
        except units.NoParent:
            return _nobody_s(actor)
        told = (
            _("Your parent organisation can read your answers.") if opened else _("Your answers are closed.")
        )
        return see_other(_units(actor), told)

    @post("/leave", opt=OWN | FRESH)
    async def leave(self, actor: NamedDependency[Actor]) -> Redirect:
        """As the unit: be independent."""
        try:
            await units.leave(actor)
        except units.NoParent:
            return _nobody_s(actor)
        return see_other(_units(actor), _("Your organisation is independent from now on. It keeps its data."))


def _nobody_s(actor: Actor) -> Redirect:
    return see_other(_units(actor), _("Your organisation is independent."))


def _units(actor: Actor) -> str:
    return f"/o/{actor.organisation.slug}/units"


async def _form(
    request: Request, actor: Actor, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(actor):
        parent = await store.parent_of(actor)
    return page(
        request, "structures/unit_new.html", status_code=422 if errors else 200, nav="units", errors=errors or {},
        raw=raw or {}, kinds=list(wording.unit_kinds().items()), parent=parent, new_op=new_id,
    )  # fmt: skip


async def _unit(
    request: Request,
    actor: Actor,
    unit: UUID,
    errors: Errors | None = None,
    raw: dict[str, str] | None = None,
) -> Template:
    async with reading(actor):
        row = await store.unit_of(actor, unit)
    saved = {"kind": row.kind, "place": row.place, "weight": row.weight or ""}
    return page(
        request, "structures/unit.html", status_code=422 if errors else 200, nav="units", unit=row, errors=errors or {},
        values=saved | (raw or {}), kinds=list(wording.unit_kinds().items()),
    )  # fmt: skip


def _weight(text: str) -> tuple[int | None, Errors]:
    typed = "".join(text.split())
    if not typed:
        return None, {}
    if typed.isascii() and typed.isdigit() and 0 < int(typed) <= HEAVIEST:
        return int(typed), {}
    return None, {"weight": _("Write a whole number from 1 to 10,000,000, or leave it empty")}


def _refusal(refusal: Exception) -> str:
    match refusal:
        case TooManyAttempts():
            return too_often()
        case CannotBelong():
            return _("An organisation that is a unit itself has no units.")
        case _:
            return _(
                "A demonstration has no units of its own and writes to nobody. Create your organisation first."
            )


PAGES = [Making]
