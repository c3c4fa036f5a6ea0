"""Comments on a criterion of a round: said, changed, taken back. Whoever may read them without answering only reads."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows import discussing
from palier.assessments.flows.discussing import Talk, TooEarly
from palier.assessments.pages.answering import ANSWER, READ, round_path
from palier.assessments.pages.around import card
from palier.assessments.pages.brought import op_in
from palier.assessments.store import Assessment, assessment_by_slug
from palier.conversations.flows.commenting import ChangedMeanwhile, Unsayable
from palier.conversations.pages.forms import calls_of, said_words, unsayable
from palier.conversations.store import Comment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, is_htmx, page, see_other


class CriterionComments(Controller):
    """`/o/{org}/e/{assessment}/q/{code}/comments`"""

    path = "/o/{org:str}/e/{assessment:str}/q/{code:str}/comments"

    @get("/", opt=READ)
    async def lead_there(
        self, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Redirect:
        """Who opens the address of the form is led to the comments."""
        async with reading(actor):
            await assessment_by_slug(actor, assessment)
        return see_other(f"{round_path(actor, assessment)}/q/{code}#comments")

    @post("/", opt=ANSWER)
    async def say(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response:
        raw, chosen = await form_of(request), await calls_of(request)
        text, typed = raw.get("text", ""), [str(one) for one in chosen]
        try:
            row = await discussing.say(actor, assessment, code, text, chosen, op_in(raw))
        except Unsayable:
            sent: dict[str, Any] = {"typed_comment": text, "typed_calls": typed}
            return await _card(
                request, actor, assessment, code, talk_errors={"comment-text": unsayable()}, **sent
            )
        except TooEarly:
            return await _card(request, actor, assessment, code, too_early=text, status_code=409)
        told = said_words(row)
        if is_htmx(request):
            return await _card(request, actor, assessment, code, told=told)
        return see_other(f"{round_path(actor, assessment)}/q/{code}#comments", notice=told)

    @get("/{remark:uuid}", opt=ANSWER)
    async def reconsider(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str],
        remark: FromPath[UUID],
    ) -> Template:  # fmt: skip
        """One's own comment in a form."""
        return await _own(request, actor, assessment, code, remark)

    @post("/{remark:uuid}", opt=ANSWER)
    async def change(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str],
        remark: FromPath[UUID],
    ) -> Response:  # fmt: skip
        raw, chosen = await form_of(request), await calls_of(request)
        text, base = raw.get("text", ""), _revision(raw)
        sent: dict[str, Any] = {
            "typed_comment": text,
            "typed_calls": [str(one) for one in chosen],
            "base": base,
        }
        try:
            await discussing.change(actor, assessment, code, remark, text, chosen, base)
        except Unsayable:
            return await _own(
                request, actor, assessment, code, remark, talk_errors={"comment-text": unsayable()}, **sent
            )
        except ChangedMeanwhile as changed:
            theirs = changed.comment
            return await _own(
                request, actor, assessment, code, remark, theirs=theirs, **sent | {"base": theirs.revision}
            )
        return see_other(
            f"{round_path(actor, assessment)}/q/{code}#comment-{remark}", notice=_("Your comment is changed.")
        )

    @post("/{remark:uuid}/remove", opt=ANSWER)
    async def take_back(
        self,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        code: FromPath[str],
        remark: FromPath[UUID],
    ) -> Redirect:
        await discussing.take_back(actor, assessment, code, remark)
        return see_other(
            f"{round_path(actor, assessment)}/q/{code}#comments", notice=_("Your comment is removed.")
        )


def _revision(raw: dict[str, str]) -> int:
    try:
        return int(raw["rev"])
    except (KeyError, ValueError):
        raise NotFoundException from None


async def _card(
    request: Request, actor: Actor, slug: str, code: str, *, told: str = "", too_early: str = "",
    status_code: int = 0, **typed: Any,
) -> Template:  # fmt: skip
    """The card after something was sent: alone for htmx, on a page of its own otherwise."""
    async with reading(actor):
        assessment = await assessment_by_slug(actor, slug)
        talk = await discussing.talk_about(actor, assessment, code)
    errors = typed.get("talk_errors")
    answer = page(
        request, "assessments/talked.html" if is_htmx(request) else "assessments/talk.html",
        status_code=status_code or (422 if errors else 200), nav="assessments", told=told, too_early=too_early,
        **_head(actor, assessment, code, talk), **card(talk) | typed,
    )  # fmt: skip
    if is_htmx(request):
        answer.headers["hx-trigger-after-settle"] = (
            f'{{"focus-on": "{next(iter(errors or ["comments-h"]))}"}}'
        )
    return answer


async def _own(
    request: Request,
    actor: Actor,
    slug: str,
    code: str,
    remark: UUID,
    theirs: Comment | None = None,
    **sent: Any,
) -> Template:
    """The form with the comment as it stands, or as it was sent with the reason it could not be kept."""
    async with reading(actor):
        assessment = await assessment_by_slug(actor, slug)
        talk = await discussing.talk_about(actor, assessment, code)
        comment = await discussing.own_words(actor, assessment, code, remark)
    shown = {
        "typed_comment": comment.text,
        "typed_calls": list(comment.called),
        "base": comment.revision,
    } | sent
    return page(
        request, "assessments/comment.html", status_code=409 if theirs else 422 if "talk_errors" in sent else 200,
        nav="assessments", comment=comment, theirs=theirs, **_head(actor, assessment, code, talk), **card(talk) | shown,
    )  # fmt: skip


def _head(actor: Actor, assessment: Assessment, code: str, talk: Talk) -> dict[str, Any]:
    """What the head of a page about one criterion's conversation names."""
    return {
        "assessment": assessment, "code": code, "title": talk.topic.title, "round": round_path(actor, assessment.slug),
    }  # fmt: skip


PAGES: list[ControllerRouterHandler] = [CriterionComments]
