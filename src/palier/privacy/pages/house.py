"""`/o/{org}/settings/data`: the organisation's data taken away, how long it is kept, and the end of it all."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.privacy import store, wording
from palier.privacy.flows import asking, erasing, keeping
from palier.privacy.pages.account import parcel_file
from palier.privacy.rules.erasing import CLOSING
from palier.privacy.rules.keeping import BROUGHT, LETTERS, TERMS, Kept, terms_of, wrong_terms

_LONGEST_NUMBER = 6
OWN = needs(Permission.MANAGE_ORGANISATION)


class HouseData(Controller):
    """What an owner may do with the organisation's data."""

    path = "/o/{org:str}/settings/data"
    opt = OWN

    @get()
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """Parcels, terms with what the next night would delete, and the way out."""
        return await _show(request, actor)

    @post("/export", opt=OWN | FRESH)
    async def ask(self, actor: NamedDependency[Actor]) -> Redirect:
        """Have it packed."""
        _not_a_copy(actor)
        try:
            await asking.ask_house(actor)
        except asking.StillPacking:
            return see_other(_here(actor), _("The data is being put together already."))
        return see_other(_here(actor), _("The data is being put together. A letter follows."))

    @post("/parcels/{parcel:uuid}", opt=OWN | FRESH, status_code=200)
    async def fetch(
        self, actor: NamedDependency[Actor], shelf: NamedDependency[Any], parcel: FromPath[UUID]
    ) -> Stream:
        """The zip, to the owner who asked for it. A form, because the trail tells that it was fetched."""
        async with reading(actor):
            row = await store.own_parcel(actor.person_id, parcel, actor.organisation_id)
        if not row.ready:
            raise NotFoundException
        await asking.tell_fetched(actor, row)
        return parcel_file(files.pieces(shelf, row.key), actor.organisation.slug)

    @post("/terms")
    async def choose(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        """How long is kept what, or with the other button what that would delete."""
        raw = await form_of(request)
        asked = {kept: _days(raw.get(kept, "")) for kept in Kept}
        if wrong := wrong_terms(asked):
            return await _show(request, actor, raw, {str(kept): wording.term_error(kept) for kept in wrong})
        days = {kept: number for kept, number in asked.items() if number is not None}
        if "look" in raw:
            return await _show(request, actor, raw, {}, days)
        await keeping.choose(actor, days)
        return see_other(_here(actor), _("The terms are saved. They hold from the next night on."))

    @get("/close", opt=OWN | FRESH)
    async def confirm(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """What goes, what stays, and the form."""
        return await _confirm(request, actor)

    @post("/close", opt=OWN | FRESH)
    async def close(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        """The organisation goes in thirty days; every owner is told."""
        _not_a_copy(actor)
        typed = (await form_of(request)).get("name", "")
        if typed != actor.organisation.name:
            return await _confirm(
                request, actor, {"name": _("Type the organisation’s name as it stands above")}, typed
            )
        try:
            row = await erasing.ask_for_an_organisation(actor, settings.public_url)
        except store.AskedAlready:
            return see_other(_here(actor))
        return see_other(
            _here(actor), _("The organisation will be erased on %(day)s.") % {"day": day(row.due_at)}
        )

    @post("/keep")
    async def keep(self, actor: NamedDependency[Actor]) -> Redirect:
        """Think again."""
        stopped = await erasing.stop_closing(actor)
        return see_other(_here(actor), _("The organisation stays.") if stopped else "")


def _here(actor: Actor) -> str:
    return f"/o/{actor.organisation.slug}/settings/data"


def _not_a_copy(actor: Actor) -> None:
    """A throw-away copy holds nobody's data and goes by itself."""
    if actor.organisation.sandbox:
        raise NotFoundException


def _days(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER else None


async def _show(
    request: Request, actor: Actor, raw: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    asked: Mapping[Kept, int] | None = None,
) -> Template:  # fmt: skip
    async with reading(actor):
        parcels = await store.parcels_of_house(actor)
        waiting = await store.open_erasure(organisation=actor.organisation_id)
        terms = terms_of(await store.retention_of(actor.organisation_id))
    foreseen = await keeping.foresee(actor, asked or terms)
    return page(
        request, "privacy/house.html", status_code=422 if errors else 200, parcels=parcels, waiting=waiting, errors=errors or {},
        values=raw or {str(kept): str(days) for kept, days in terms.items()}, labels=wording.term_labels(), terms=TERMS,
        foreseen=[wording.foreseen_words(kept, count) for kept, count in foreseen.items() if count],
        looked=asked is not None, letters=LETTERS, brought=BROUGHT, failure=wording.failure_sentence,
    )  # fmt: skip


async def _confirm(
    request: Request, actor: Actor, errors: dict[str, str] | None = None, typed: str = ""
) -> Template:
    return page(
        request, "privacy/close.html", status_code=422 if errors else 200, errors=errors or {}, typed=typed,
        goes=wording.house_goes(), stays=wording.house_stays(), due=now() + CLOSING, days=CLOSING.days,
    )  # fmt: skip


PAGES = [HouseData]
