"""The network's staff reads what members propose, publishes it or sends it back, and keeps comments civil."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.practices import store, wording
from palier.practices.flows import moderating
from palier.practices.rules.sheets import from_plain
from palier.questionnaires.flows.offering import offered

LONGEST_REASON = 1000
LONGEST_COMMENT_REASON = 300


class Moderation(Controller):
    """`/n/{net}/practices`"""

    path = "/n/{net:str}/practices"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def queue(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        """What waits, what is reported, what members read, and the network's own levers."""
        return await _queue(request, network_actor)

    @get("/{practice:uuid}/{version:int}")
    async def proposal(
        self, request: Request, network_actor: NamedDependency[NetworkActor], practice: FromPath[UUID], version: FromPath[int]
    ) -> Template:  # fmt: skip
        """One version as its author told it."""
        return await _proposal(request, network_actor, practice, version)

    @post("/{practice:uuid}/{version:int}/publish")
    async def publish(
        self, network_actor: NamedDependency[NetworkActor], settings: NamedDependency[Settings],
        practice: FromPath[UUID], version: FromPath[int],
    ) -> Redirect:  # fmt: skip
        try:
            told = await moderating.publish(network_actor, practice, version, settings.public_url)
        except moderating.JudgedMeanwhile:
            return see_other(_home(network_actor), notice=_judged())
        notice = _("“%(title)s” is published, and its author is told.") % {"title": told.title}
        return see_other(_home(network_actor), notice=notice)

    @post("/{practice:uuid}/{version:int}/send-back")
    async def send_back(
        self, request: Request, network_actor: NamedDependency[NetworkActor], settings: NamedDependency[Settings],
        practice: FromPath[UUID], version: FromPath[int],
    ) -> Response:  # fmt: skip
        reason = (await form_of(request)).get("reason", "")
        if wrong := _wrong_reason(reason, LONGEST_REASON):
            return await _proposal(request, network_actor, practice, version, {"reason": wrong}, reason)
        try:
            told = await moderating.send_back(network_actor, practice, version, reason, settings.public_url)
        except moderating.JudgedMeanwhile:
            return see_other(_home(network_actor), notice=_judged())
        notice = _("“%(title)s” is sent back, and its author is told why.") % {"title": told.title}
        return see_other(_home(network_actor), notice=notice)

    @post("/{practice:uuid}/{version:int}/take-down")
    async def take_down(
        self, request: Request, network_actor: NamedDependency[NetworkActor], settings: NamedDependency[Settings],
        practice: FromPath[UUID], version: FromPath[int],
    ) -> Response:  # fmt: skip
        reason = (await form_of(request)).get("reason", "")
        if wrong := _wrong_reason(reason, LONGEST_REASON):
            return await _proposal(request, network_actor, practice, version, {"reason": wrong}, reason)
        told = await moderating.take_down(network_actor, practice, reason, settings.public_url)
        notice = _("Members no longer read “%(title)s”, and its author is told why.") % {"title": told.title}
        return see_other(_home(network_actor), notice=notice)

    @post("/comments/{comment:uuid}/hide")
    async def hide(
        self, request: Request, network_actor: NamedDependency[NetworkActor], comment: FromPath[UUID]
    ) -> Response:
        reason = (await form_of(request)).get("reason", "")
        if wrong := _wrong_reason(reason, LONGEST_COMMENT_REASON):
            return await _queue(request, network_actor, {f"reason-{comment}": wrong}, reason)
        await moderating.hide(network_actor, comment, reason)
        return see_other(f"{_home(network_actor)}#reports", notice=_("The comment is hidden from members."))

    @post("/comments/{comment:uuid}/keep")
    async def keep(self, network_actor: NamedDependency[NetworkActor], comment: FromPath[UUID]) -> Redirect:
        await moderating.keep(network_actor, comment)
        return see_other(f"{_home(network_actor)}#reports", notice=_("The comment stays."))


def _wrong_reason(reason: str, most: int) -> str:
    if reason and len(reason) <= most:
        return ""
    return _("Give a reason the author can act on, in at most %(most)s characters") % {"most": most}


def _judged() -> str:
    return _("This version is no longer waiting: its author took it back, or a colleague judged it.")


def _home(actor: NetworkActor) -> str:
    return f"/n/{actor.network_slug}/practices"


async def _queue(
    request: Request, actor: NetworkActor, errors: dict[str, str] | None = None, typed: str = ""
) -> Template:
    async with reading(actor):
        waiting, shared = await store.waiting(actor), await store.shared_in(actor)
        reports, levers = await store.open_reports(actor), await store.levers_of(actor)
        hidden = await store.hidden_comments(actor)
    return page(
        request, "association/practices.html", status_code=422 if errors else 200, nav="network", tab="practices",
        waiting=waiting, shared=shared, reports=reports, hidden=hidden, levers=levers, errors=errors or {}, typed=typed,
        home=_home(actor), author_words=wording.author_words, adopters_words=wording.adopters_words,
        lever_state_words=wording.lever_state_words, new_op=new_id,
    )  # fmt: skip


async def _proposal(
    request: Request, actor: NetworkActor, practice: UUID, number: int, errors: dict[str, str] | None = None, typed: str = ""
) -> Template:  # fmt: skip
    async with reading(actor):
        version = await store.version_to_judge(actor, practice, number)
        known = {one.id: one for one in await offered(actor)}
    sheet, author = from_plain(version.content), version.practice.organisation
    return page(
        request, "association/practice.html", status_code=422 if errors else 200, nav="network", tab="practices",
        version=version, sheet=sheet, told_in=version.locale, author=author, errors=errors or {}, typed=typed,
        shown_as=author.name if sheet.named else wording.unnamed_words(author.sector, author.family),
        served=wording.served_words(sheet.serves, known), state_words=wording.state_words, effort_words=wording.effort_words,
        measure_words=wording.measure_words, home=_home(actor), new_op=new_id,
        published=version.practice.shared_version == version.number,
    )  # fmt: skip


PAGES = [Moderation]
