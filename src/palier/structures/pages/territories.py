"""Territory groups: the list, one group with its shared figures, agreeing, choosing what one shows, inviting, leaving."""

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
from palier.action_plans.wording import figure
from palier.affiliations.flows import asking
from palier.affiliations.flows.asking import Asked
from palier.affiliations.rules.belonging import Purpose
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other
from palier.network.flows.inviting import NotInADemonstration
from palier.questionnaires.catalogue import latest_of_each
from palier.structures import store, wording
from palier.structures.consent_wording import wording as consent
from palier.structures.flows import territories
from palier.structures.flows.group import load_group
from palier.structures.flows.territories import MemberAlready, Shown
from palier.structures.rules.territories import TerritoryKind

Errors = dict[str, str]
READ, OWN = needs(Permission.READ), needs(Permission.MANAGE_ORGANISATION)
MAKE = OWN | sold_with(Feature.UNITS)


class NewTerritory(msgspec.Struct):
    """A group to make; `questionnaire` empty for none."""

    op: UUID
    name: Annotated[str, msgspec.Meta(max_length=160)]
    kind: TerritoryKind
    questionnaire: Annotated[str, msgspec.Meta(max_length=24)] = ""


class Territories(Controller):
    """`/o/{org}/territories`"""

    path = "/o/{org:str}/territories"

    @get(opt=READ)
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """The groups the organisation is in, and the form to make one."""
        return await _list(request, actor)

    @post(opt=MAKE)
    async def found(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        """Make a group; agreeing to join it is the next page."""
        raw = await form_of(request)
        form, errors = parse(NewTerritory, raw)
        if form and form.questionnaire and form.questionnaire not in {one.id for one in latest_of_each()}:
            errors["questionnaire"] = _("Choose one of the list")
        if form is None or errors:
            return await _list(request, actor, errors, raw)
        try:
            made = await territories.found(actor, form.name.strip(), form.kind, form.questionnaire, form.op)
        except NotInADemonstration:
            return await _list(request, actor, {"name": _demonstration()}, raw)
        return see_other(f"{_base(actor)}/{made}/agree")

    @get("/{territory:uuid}", opt=READ)
    async def one(
        self, request: Request, actor: NamedDependency[Actor], territory: FromPath[UUID]
    ) -> Template:
        """Members, shared indicators side by side, shared scores."""
        return await _group(request, actor, territory)

    @get("/{territory:uuid}/agree", opt=MAKE)
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], territory: FromPath[UUID]
    ) -> Template:
        """The text an owner agrees to, for a group the organisation made."""
        async with reading(actor):
            row = await store.Territory.get(id=territory, created_by=actor.organisation_id)
        return page(
            request, "structures/belong_territory.html", nav="units", name=row.name, asker="", errors={},
            action=f"{_base(actor)}/{territory}/agree", paragraphs=consent().paragraphs(current()), version=consent().version,
        )  # fmt: skip

    @post("/{territory:uuid}/agree", opt=MAKE | FRESH)
    async def agree(self, actor: NamedDependency[Actor], territory: FromPath[UUID]) -> Redirect:
        """Join it."""
        try:
            await territories.agree(actor, territory)
        except MemberAlready:
            return see_other(f"{_base(actor)}/{territory}")
        return see_other(
            f"{_base(actor)}/{territory}", _("Your organisation is in the group. It shows nothing yet.")
        )

    @post("/{territory:uuid}/show", opt=OWN | FRESH)
    async def choose(
        self, request: Request, actor: NamedDependency[Actor], territory: FromPath[UUID]
    ) -> Response:
        """Show exactly what is ticked."""
        raw = await form_of(request)
        ticked = [name.removeprefix("shown-") for name in raw if name.startswith("shown-")]
        headings = {action: raw.get(f"heading-{action}", "").strip() for action in ticked}
        errors = {
            f"heading-{action}": _("Write the heading it stands under, in at most 160 characters")
            for action, heading in headings.items()
            if not 0 < len(heading) <= 160
        }
        if errors:
            return await _group(request, actor, territory, errors, raw)
        chosen = {UUID(action): heading for action, heading in headings.items() if _is_id(action)}
        await territories.show(actor, territory, Shown("total" in raw, "elements" in raw, chosen))
        return see_other(f"{_base(actor)}/{territory}", _("The group sees exactly what you ticked."))

    @post("/{territory:uuid}/invite", opt=MAKE)
    async def invite(
        self, request: Request, actor: NamedDependency[Actor], territory: FromPath[UUID], settings: NamedDependency[Settings]
    ) -> Response:  # fmt: skip
        """Write to an owner elsewhere."""
        raw = await form_of(request)
        email = normalised_email(raw.get("email", ""))
        if not is_email(email):
            error = _("Write an e-mail address such as name@example.org")
            return await _group(request, actor, territory, {"email": error}, raw)
        async with reading(actor):
            part = await store.part_in(actor, territory)
        asked = Asked(Purpose.TERRITORY, territory_id=territory, territory_name=part.territory.name)
        here = f"{_base(actor)}/{territory}"
        try:
            await asking.ask(actor, email, asked, settings.public_url, _operation(raw), here)
        except TooManyAttempts:
            return await _group(request, actor, territory, {"email": too_often()}, raw)
        except NotInADemonstration:
            return await _group(request, actor, territory, {"email": _demonstration()}, raw)
        return see_other(here, _("The letter is sent. Its reader decides."))

    @post("/{territory:uuid}/letters/{letter:uuid}/withdraw", opt=OWN)
    async def withdraw(
        self, actor: NamedDependency[Actor], territory: FromPath[UUID], letter: FromPath[UUID]
    ) -> Redirect:
        """Take a letter back."""
        await asking.withdraw(actor, letter)
        return see_other(f"{_base(actor)}/{territory}", _("The letter is taken back."))

    @post("/{territory:uuid}/leave", opt=OWN)
    async def leave(self, actor: NamedDependency[Actor], territory: FromPath[UUID]) -> Redirect:
        """Leave: nothing is shown any more."""
        await territories.leave(actor, territory)
        return see_other(
            _base(actor), _("Your organisation left the group. Nothing of it is shown there any more.")
        )


def _base(actor: Actor) -> str:
    return f"/o/{actor.organisation.slug}/territories"


async def _list(
    request: Request, actor: Actor, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(actor):
        joined = await store.territories_of(actor)
        waiting = await store.made_and_not_joined(actor)
    return page(
        request, "structures/territories.html", status_code=422 if errors else 200, nav="units", joined=joined,
        waiting=waiting, kinds=wording.territory_kinds(), manages=actor.may(Permission.MANAGE_ORGANISATION),
        questionnaires=[(one.id, one.title.in_(current())) for one in latest_of_each()], errors=errors or {}, raw=raw or {},
        new_op=new_id,
    )  # fmt: skip


async def _group(
    request: Request, actor: Actor, territory: UUID, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:  # fmt: skip
    async with reading(actor):
        group = await load_group(actor, territory)
    return page(
        request, "structures/territory.html", status_code=422 if errors else 200, nav="units", group=group,
        kinds=wording.territory_kinds(), manages=actor.may(Permission.MANAGE_ORGANISATION), errors=errors or {}, raw=raw or {},
        new_op=new_id, now=now(), written=figure,
    )  # fmt: skip


def _operation(raw: dict[str, str]) -> UUID:
    return UUID(raw["op"]) if _is_id(raw.get("op", "")) else new_id()


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _demonstration() -> str:
    return _("A demonstration joins no group and writes to nobody. Create your organisation first.")


PAGES = [Territories]
