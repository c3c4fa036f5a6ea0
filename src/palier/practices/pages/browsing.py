"""The practices of one's networks: searched, read, commented."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network.wording import label
from palier.practices import store, wording
from palier.practices.flows import talking
from palier.practices.flows.reading import Opened, Question, browse, open_practice, questionnaires_of
from palier.practices.flows.writing import NotAMember, Own, load_own, revision_of
from palier.practices.pages.forms import op_of
from palier.questionnaires.rules import Questionnaire

READ, SHARE = needs(Permission.READ), needs(Permission.SHARE)
A_PAGE = 12
LONGEST_QUESTION = 200

WORDS: dict[str, Any] = {
    "state_words": wording.state_words,
    "state_kind": wording.state_kind,
    "author_words": wording.author_words,
    "context_words": wording.context_words,
    "adopters_words": wording.adopters_words,
    "measure_words": wording.measure_words,
    "served_words": wording.served_words,
    "effort_words": wording.effort_words,
    "figure": wording.figure,
}
"""What templates ask for, row by row."""


class Practices(Controller):
    """`/o/{org}/practices`"""

    path = "/o/{org:str}/practices"

    @get(opt=READ)
    async def shelf(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """What the networks share, by question; and the organisation's own."""
        question = _question(request)
        async with reading(actor):
            shelf = await browse(actor, question)
            own = await store.own_practices(actor)
            networks = await store.sharing_networks(actor)
        pages = max(1, -(-len(shelf.found) // A_PAGE))
        number = min(max(1, _whole(request.query_params.get("page", ""))), pages)
        return page(
            request, "practices/practices.html", nav="practices", shelf=shelf, question=question, own=own, networks=networks,
            shown=shelf.found[(number - 1) * A_PAGE : number * A_PAGE], number=number, pages=pages,
            address=_address(actor, question), known=shelf.questionnaires,
            topics=wording.topic_choices(shelf.topics, shelf.questionnaires),
            sectors=[(key, label("sector", key)) for key in shelf.sectors], may_share=actor.may(Permission.SHARE), **WORDS,
        )  # fmt: skip

    @get("/{practice:uuid}", opt=READ)
    async def practice(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Template:
        return await opened(request, actor, practice)

    @post("/{practice:uuid}/comments", opt=SHARE)
    async def comment(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        text = raw.get("text", "")
        if not text or len(text) > talking.LONGEST_COMMENT:
            words = _("Write a comment of at most %(most)s characters") % {"most": talking.LONGEST_COMMENT}
            return await opened(request, actor, practice, {"text": words}, typed=text)
        try:
            await talking.comment(actor, practice, text, op_of(raw))
        except NotAMember:
            return await opened(request, actor, practice, {"text": not_a_member()}, typed=text)
        return see_other(f"{_place(actor, practice)}#comments", notice=_("Your comment is there."))

    @post("/{practice:uuid}/comments/{comment:uuid}/report", opt=SHARE)
    async def report(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID], comment: FromPath[UUID]
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        reason = raw.get("reason", "")
        if not reason or len(reason) > talking.LONGEST_REASON:
            words = _("Say in a line what is wrong, in at most %(most)s characters")
            errors = {f"reason-{comment}": words % {"most": talking.LONGEST_REASON}}
            async with reading(actor):
                await store.comment_by_id(practice, comment)
            return await opened(request, actor, practice, errors, typed_reason=reason)
        await talking.report(actor, practice, comment, reason, op_of(raw))
        return see_other(
            f"{_place(actor, practice)}#comments", notice=_("The network’s staff will look at this comment.")
        )

    @post("/{practice:uuid}/comments/{comment:uuid}/remove", opt=SHARE)
    async def remove(
        self, actor: NamedDependency[Actor], practice: FromPath[UUID], comment: FromPath[UUID]
    ) -> Redirect:
        await talking.take_back_comment(actor, practice, comment)
        return see_other(f"{_place(actor, practice)}#comments", notice=_("Your comment is removed."))


def not_a_member() -> str:
    """Why an organisation may read but not speak."""
    return _("Only verified members of the network write here. The network’s staff verifies members.")


async def opened(
    request: Request, actor: Actor, practice: UUID, errors: dict[str, str] | None = None, **typed: str
) -> Template:
    """The page of one practice: as members read it, or as its own organisation works on it."""
    async with reading(actor):
        own = await load_own(actor, practice) if practice in await store.own_ids(actor) else None
        shared = await _shared(actor, practice, own)
        known = await questionnaires_of(actor)
    return page(
        request, "practices/practice.html", status_code=422 if errors else 200, nav="practices", errors=errors or {},
        may_share=actor.may(Permission.SHARE), may_commit=actor.may(Permission.SUBMIT), may_plan=actor.may(Permission.EDIT_PLAN),
        new_op=new_id, place=_place(actor, practice), **_shown(own, shared, known),
        typed_text=typed.get("typed", ""), typed_reason=typed.get("typed_reason", ""), **WORDS,
    )  # fmt: skip


async def _shared(actor: Actor, practice: UUID, own: Own | None) -> Opened | None:
    if own is not None and own.practice.shared_version is None:
        return None
    return await open_practice(actor, practice)


def _shown(own: Own | None, shared: Opened | None, known: dict[str, Questionnaire]) -> dict[str, Any]:
    """One practice to read: what members read, else what the organisation wrote last."""
    if shared is not None:
        sheet, locale = shared.told.sheet, shared.told.row.locale
    elif own is not None:
        sheet, locale = own.sheet, own.last.locale
    else:
        raise NotFoundException
    return {
        "own": own, "shared": shared, "sheet": sheet, "told_in": locale, "known": known,
        "served": wording.served_words(sheet.serves, known), "base": revision_of(own.last) if own else 0,
    }  # fmt: skip


def _question(request: Request) -> Question:
    asked = request.query_params
    return Question(
        asked.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION], asked.get("about", "")[:80].replace("\0", ""),
        asked.get("sector", "")[:40].replace("\0", ""), measured="effect" in asked, newest_first=asked.get("sort") == "new",
    )  # fmt: skip


def _address(actor: Actor, question: Question) -> str:
    """The list with this question, ready for a page number."""
    asked = {
        "q": question.words, "about": question.topic, "sector": question.sector,
        "effect": "1" if question.measured else "", "sort": "new" if question.newest_first else "",
    }  # fmt: skip
    told = urlencode({name: value for name, value in asked.items() if value})
    return f"/o/{actor.organisation.slug}/practices?{told}{'&' if told else ''}"


def _place(actor: Actor, practice: UUID) -> str:
    return f"/o/{actor.organisation.slug}/practices/{practice}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


PAGES = [Practices]
