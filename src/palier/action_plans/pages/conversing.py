"""What the pages about an action's conversation share: the cards, on the action's page and by themselves."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Template

from palier.action_plans import store
from palier.action_plans.flows.commenting import talk_about
from palier.action_plans.store import Action
from palier.action_plans.trail import trail_of
from palier.action_plans.trail_wording import history_words
from palier.conversations.pages.forms import nothing_typed
from palier.foundation import upload_wording
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.permissions import Permission
from palier.foundation.uploads import HEAVIEST
from palier.foundation.web import is_htmx, page


def address_of(actor: Actor, action: UUID) -> str:
    """Where the action lives."""
    return f"/o/{actor.organisation.slug}/a/{action}"


async def cards(actor: Actor, row: Action) -> dict[str, Any]:
    """What the cards of comments, files and history need, nothing typed and nothing wrong. Call inside `reading`."""
    trail = await trail_of(actor, f"action {row.id}")
    return nothing_typed() | {
        "talk": await talk_about(actor, row),
        "history": [(event, history_words(event)) for event in trail],
        "place": address_of(actor, row.id),
        "may_talk": actor.may(Permission.EDIT_PLAN),
        "taken": upload_wording.taken_words(),
        "accept": upload_wording.accept(),
        "heaviest": HEAVIEST,
        "heavy_words": upload_wording.too_heavy(),
        "weight": upload_wording.weight,
    }


async def conversation_page(
    request: Request, actor: Actor, action: UUID, *, part: str = "", told: str = "", errors: dict[str, str] | None = None,
    status_code: int = 200, **typed: Any,
) -> Template:  # fmt: skip
    """The cards after something was sent: the one card `part` that htmx asked for, or a page of its own.

    `errors` by field id; `typed` keeps what was sent.
    """
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        shown = await cards(actor, row)
    fragment = is_htmx(request)
    answer = page(
        request, "action_plans/talked.html" if fragment else "action_plans/conversation.html",
        status_code=422 if errors else status_code, nav="plans", action=row, plan=row.plan, part=part, told=told,
        org=f"/o/{actor.organisation.slug}", path=f"/o/{actor.organisation.slug}/plans/{row.plan.slug}",
        **shown | {"talk_errors": errors or {}} | typed,
    )  # fmt: skip
    if fragment:
        focus = next(iter(errors), "") if errors else f"{part}-h"
        answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "{focus}"}}'
    return answer
