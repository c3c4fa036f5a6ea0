"""Telling a practice: the form, and what its organisation decides about it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network.store import organisation_of
from palier.practices import store, wording
from palier.practices.flows import writing
from palier.practices.flows.reading import questionnaires_of
from palier.practices.flows.writing import (
    ChangedMeanwhile,
    NotAMember,
    Own,
    Unacceptable,
    load_own,
    revision_of,
)
from palier.practices.pages.browsing import not_a_member, opened
from palier.practices.pages.forms import Errors, errors_of, op_of, read_sheet, typed, whole
from palier.practices.rules.sheets import MOST_SERVED, Sheet, from_plain

SHARE, COMMIT = needs(Permission.SHARE), needs(Permission.SUBMIT)


class Writing(Controller):
    """`/o/{org}/practices/new` and what changes a practice of one's own"""

    path = "/o/{org:str}/practices"

    @get("/new", opt=SHARE)
    async def blank(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        return await _form(request, actor, typed(Sheet(""), current(), actor), None)

    @post("/new", opt=SHARE)
    async def begin(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            known = await questionnaires_of(actor)
            networks = [network for network, _name in await store.sharing_networks(actor)]
        sheet, errors = read_sheet(raw, actor, known, None)
        network = next((one for one in networks if str(one) == raw.get("network", "")), None)
        if network is None and len(networks) == 1:
            network = networks[0]
        if network is None:
            errors["network"] = _("Choose a network of the list") if networks else not_a_member()
        if not errors and network is not None:
            try:
                made = await writing.begin(actor, network, sheet, raw.get("locale", ""), op_of(raw))
                return see_other(
                    _place(actor, made), notice=_("The draft is kept. Only your organisation reads it.")
                )
            except Unacceptable as refused:
                errors |= errors_of(refused)
            except NotAMember:
                errors["network"] = not_a_member()
        return await _form(request, actor, raw, None, errors)

    @get("/{practice:uuid}/edit", opt=SHARE)
    async def edit(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Template:
        async with reading(actor):
            own = await load_own(actor, practice)
        return await _form(request, actor, typed(own.sheet, own.last.locale, actor), own)

    @post("/{practice:uuid}/edit", opt=SHARE)
    async def rewrite(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            own, known = await load_own(actor, practice), await questionnaires_of(actor)
        sheet, errors = read_sheet(raw, actor, known, own.sheet)
        if not errors:
            try:
                await writing.rewrite(actor, practice, sheet, raw.get("locale", ""), whole(raw, "rev", 0))
                return see_other(_place(actor, practice), notice=_("Your changes are kept as a draft."))
            except Unacceptable as refused:
                errors |= errors_of(refused)
            except ChangedMeanwhile:
                errors["title"] = _(
                    "A colleague changed this practice meanwhile. Compare, then save again to keep your words."
                )
        return await _form(request, actor, raw, own, errors)

    @post("/{practice:uuid}/propose", opt=COMMIT)
    async def propose(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Response:
        """Hand it to the staff; what is missing leads back to the form."""
        raw = await form_of(request)
        try:
            await writing.propose(actor, practice, op_of(raw))
        except Unacceptable as refused:
            async with reading(actor):
                own = await load_own(actor, practice)
            return await _form(
                request, actor, typed(own.sheet, own.last.locale, actor), own, errors_of(refused)
            )
        except NotAMember:
            return await opened(request, actor, practice, {"propose": not_a_member()})
        told = _("The practice is proposed. The network’s staff reads it, and you are told by mail.")
        return see_other(_place(actor, practice), notice=told)

    @post("/{practice:uuid}/take-back", opt=COMMIT)
    async def take_back(self, actor: NamedDependency[Actor], practice: FromPath[UUID]) -> Redirect:
        await writing.take_back(actor, practice)
        return see_other(_place(actor, practice), notice=_("The practice is a draft again."))

    @post("/{practice:uuid}/withdraw", opt=COMMIT)
    async def withdraw(self, actor: NamedDependency[Actor], practice: FromPath[UUID]) -> Redirect:
        await writing.withdraw(actor, practice)
        return see_other(
            _place(actor, practice), notice=_("The practice is withdrawn: members no longer read it.")
        )

    @get("/{practice:uuid}/versions/{version:int}", opt=needs(Permission.READ))
    async def version(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID], version: FromPath[int]
    ) -> Template:  # fmt: skip
        """One version of the organisation's own practice, as it was told."""
        async with reading(actor):
            own, known = await load_own(actor, practice), await questionnaires_of(actor)
        found = next((one for one in own.versions if one.number == version), None)
        if found is None:
            return await opened(request, actor, practice)
        sheet = from_plain(found.content)
        return page(
            request, "practices/version.html", nav="practices", version=found, sheet=sheet, told_in=found.locale,
            served=wording.served_words(sheet.serves, known), place=_place(actor, practice),
            state_words=wording.state_words, state_kind=wording.state_kind, effort_words=wording.effort_words,
            measure_words=wording.measure_words,
        )  # fmt: skip


async def _form(
    request: Request, actor: Actor, values: Mapping[str, Any], own: Own | None, errors: Errors | None = None
) -> Template:
    async with reading(actor):
        known = await questionnaires_of(actor)
        networks = await store.sharing_networks(actor)
        organisation = await organisation_of(actor)
    values = typed(Sheet(""), current(), actor) | dict(values)  # a browser that sends less than the form asks
    contact = own.sheet.contact if own else None
    return page(
        request, "practices/form.html", status_code=422 if errors else 200, nav="practices", values=values, errors=errors or {},
        own=own, base=revision_of(own.last) if own else 0, networks=[(str(key), name) for key, name in networks],
        criteria=wording.criterion_choices(known), levels=[(str(n), _("Level %(n)s") % {"n": n}) for n in range(1, 6)],
        efforts=wording.effort_choices(), languages=wording.language_choices(), most_served=MOST_SERVED, new_op=new_id(),
        unnamed=wording.unnamed_words(organisation.sector, organisation.family), not_a_member=not_a_member(),
        contacts=_contacts(actor, contact.name if contact and contact.person != str(actor.person_id) else ""),
        base_path=f"/o/{actor.organisation.slug}/practices",
    )  # fmt: skip


def _contacts(actor: Actor, colleague: str) -> list[tuple[str, str]]:
    """Oneself, nobody, or the colleague who named themselves before."""
    me = _("Me: %(name)s, %(email)s") % {"name": actor.person.name, "email": actor.person.email}
    kept = [("keep", colleague)] if colleague else []
    return [("none", _("Nobody: members answer by comments")), ("me", me), *kept]


def _place(actor: Actor, practice: UUID) -> str:
    return f"/o/{actor.organisation.slug}/practices/{practice}"


PAGES = [Writing]
