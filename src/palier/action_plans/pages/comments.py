"""Comments under an action: said, changed, taken back. Whoever may only read the plan reads them."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.action_plans import store
from palier.action_plans.flows import commenting
from palier.action_plans.pages.conversing import address_of, cards, conversation_page
from palier.action_plans.pages.desk import EDIT, READ
from palier.action_plans.pages.forms import op_of, revision_of
from palier.conversations.flows.commenting import ChangedMeanwhile, Unsayable
from palier.conversations.pages.forms import calls_of, said_words, unsayable
from palier.conversations.store import Comment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, is_htmx, page, see_other


class Comments(Controller):
    """`/o/{org}/a/{action}/comments`"""

    path = "/o/{org:str}/a/{action:uuid}/comments"

    @get("/", opt=READ)
    async def lead_there(self, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Redirect:
        """Who opens the address of the form is led to the comments."""
        async with reading(actor):
            await store.action_by_id(actor, action)
        return see_other(f"{address_of(actor, action)}#comments")

    @post("/", opt=EDIT)
    async def say(self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Response:
        raw, chosen = await form_of(request), await calls_of(request)
        text = raw.get("text", "")
        try:
            row = await commenting.say(actor, action, text, chosen, op_of(raw))
        except Unsayable:
            return await conversation_page(
                request, actor, action, part="comments", errors={"comment-text": unsayable()}, typed_comment=text,
                typed_calls=[str(one) for one in chosen],
            )  # fmt: skip
        told = said_words(row)
        if is_htmx(request):
            return await conversation_page(request, actor, action, part="comments", told=told)
        return see_other(f"{address_of(actor, action)}#comments", notice=told)

    @get("/{remark:uuid}", opt=EDIT)
    async def reconsider(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID], remark: FromPath[UUID]
    ) -> Template:
        """One's own comment in a form."""
        return await _own(request, actor, action, remark)

    @post("/{remark:uuid}", opt=EDIT)
    async def change(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID], remark: FromPath[UUID]
    ) -> Response:
        raw, chosen = await form_of(request), await calls_of(request)
        text, base = raw.get("text", ""), revision_of(raw)
        sent: dict[str, Any] = {
            "text": text,
            "calls": [str(one) for one in chosen],
            "base": base,
        }
        try:
            await commenting.change(actor, action, remark, text, chosen, base)
        except Unsayable:
            return await _own(request, actor, action, remark, {"comment-text": unsayable()}, **sent)
        except ChangedMeanwhile as changed:
            return await _own(
                request, actor, action, remark, theirs=changed.comment, **sent | {"base": changed.comment.revision}
            )  # fmt: skip
        return see_other(
            f"{address_of(actor, action)}#comment-{remark}", notice=_("Your comment is changed.")
        )

    @post("/{remark:uuid}/remove", opt=EDIT)
    async def take_back(
        self, actor: NamedDependency[Actor], action: FromPath[UUID], remark: FromPath[UUID]
    ) -> Redirect:
        await commenting.take_back(actor, action, remark)
        return see_other(f"{address_of(actor, action)}#comments", notice=_("Your comment is removed."))


async def _own(
    request: Request, actor: Actor, action: UUID, remark: UUID, errors: dict[str, str] | None = None,
    theirs: Comment | None = None, **sent: Any,
) -> Template:  # fmt: skip
    """The form with the comment as it stands, or as it was sent with the reason it could not be kept."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        comment = await commenting.own_words(actor, row, remark)
        shown = await cards(actor, row)
    return page(
        request, "action_plans/comment.html", status_code=409 if theirs else 422 if errors else 200, nav="plans",
        action=row, plan=row.plan, org=f"/o/{actor.organisation.slug}", comment=comment, theirs=theirs,
        path=f"/o/{actor.organisation.slug}/plans/{row.plan.slug}", base=sent.get("base", comment.revision),
        **shown | {
            "talk_errors": errors or {}, "typed_comment": sent.get("text", comment.text),
            "typed_calls": sent.get("calls", list(comment.called)),
        },
    )  # fmt: skip


PAGES = [Comments]
