"""The plan as a board and as a list, moved and edited in place; and as a file."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store
from palier.action_plans.flows import acting
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.pages.bulk import calm
from palier.action_plans.pages.desk import (
    EDIT,
    MAKE,
    READ,
    Desk,
    open_desk,
    plan_path,
    shared,
    way_back,
)
from palier.action_plans.pages.filtering import query_behind, query_of
from palier.action_plans.pages.forms import (
    field_errors,
    read_date,
    read_owner,
    revision_of,
    status_of,
    unknown_owner,
)
from palier.action_plans.pages.plan_file import plan_file
from palier.action_plans.pages.roadmap import Roadmap, roadmap_of
from palier.action_plans.wording import status_words
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, is_htmx, page, see_other


class PlanPage(Controller):
    """`/o/{org}/plans/{plan}`"""

    path = "/o/{org:str}/plans/{plan:str}"

    @get("/", opt=READ)
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Template:
        """The board, the list with `view=list`, or the roadmap with `view=roadmap`."""
        async with reading(actor):
            desk = await open_desk(actor, plan, peers, query_of(dict(request.query_params)))
            roadmap = await _roadmap(actor, desk) if desk.query.view == "roadmap" else None
        return page(
            request, "action_plans/plan.html", roadmap=roadmap, **shared(request, actor, desk), **_calm()
        )

    @get("/actions.csv", opt=READ)
    async def file(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response[bytes]:
        """The actions the filters leave, for a spreadsheet."""
        async with reading(actor):
            desk = await open_desk(actor, plan, peers, query_of(dict(request.query_params)))
        headers = {"content-disposition": f'attachment; filename="{plan}.csv"'}
        return Response(plan_file(desk.shown), media_type="text/csv; charset=utf-8", headers=headers)


class InPlace(Controller):
    """Changes made from the board and from the list."""

    path = "/o/{org:str}/a/{action:uuid}"
    opt = EDIT

    @post("/status")
    async def move(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Move a card."""
        raw = await form_of(request)
        try:
            row = await acting.move(actor, action, status_of(raw), revision_of(raw))
        except ChangedMeanwhile as conflict:
            row, told, status_code = conflict.action, _moved_meanwhile(conflict), 409
        else:
            told, status_code = _("Moved to “%(status)s”") % {"status": status_words(row.status)}, 200
        slug = str(row.plan.slug)
        if not is_htmx(request):
            return see_other(way_back(raw, plan_path(actor, slug)), notice=told)
        async with reading(actor):
            desk = await open_desk(actor, slug, peers, query_behind(raw))
        answer = page(
            request, "action_plans/board_moved.html", status_code=status_code, told=told, suggestions_too=False,
            **shared(request, actor, desk),
        )  # fmt: skip
        answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "act-{row.id}-t"}}'
        return answer

    @post("/row", opt=MAKE)
    async def edit_row(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Save owner, due date and status of one row."""
        raw = await form_of(request)
        errors: dict[str, str] = {}
        owner, due_on = read_owner(raw, "owner", errors), read_date(raw, "due", errors)
        conflict = None
        try:
            if not errors:
                await acting.follow(actor, action, owner, due_on, status_of(raw), revision_of(raw))
        except Unacceptable as refused:
            errors = field_errors(refused)
        except UnknownOwner:
            errors = {"owner": unknown_owner()}
        except ChangedMeanwhile as changed:
            conflict = changed
        return await _row_answer(request, actor, peers, action, raw, errors, conflict)


async def _roadmap(actor: Actor, desk: Desk) -> Roadmap:
    titles = {action.row.id: action.row.title for action in desk.view.actions}
    elsewhere = {one for action in desk.view.actions for one in action.requires} - titles.keys()
    titles |= await store.titles_of(actor, elsewhere)
    return roadmap_of(desk.view, desk.left, titles, desk.query.by, desk.on)


async def _row_answer(
    request: Request, actor: Actor, peers: Peers, action: UUID, raw: dict[str, str], errors: dict[str, str],
    conflict: ChangedMeanwhile | None,
) -> Response:  # fmt: skip
    """The row as it stands, or with what was typed, what is wrong and whose change is in the way."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        desk = await open_desk(actor, row.plan.slug, peers, query_behind(raw))
    refused = bool(errors or conflict)
    told = _("“%(title)s” is saved") % {"title": row.title}
    if not is_htmx(request) and not refused:
        return see_other(way_back(raw, plan_path(actor, row.plan.slug)) + f"#row-{row.id}", notice=told)
    trouble = _calm()
    if refused:
        trouble |= {"trouble": row.id, "errors": errors, "theirs": conflict, "typed": raw}
    return page(
        request, "action_plans/row_saved.html" if is_htmx(request) else "action_plans/plan.html",
        status_code=409 if conflict else 422 if errors else 200,
        one=next(found for found in desk.view.actions if found.row.id == row.id), roadmap=None,
        **shared(request, actor, desk), **trouble | {"told": "" if refused else told},
    )  # fmt: skip


def _calm() -> dict[str, Any]:
    """No row is in trouble."""
    return {"trouble": None, "errors": {}, "theirs": None, "typed": {}, "told": "", **calm()}


def _moved_meanwhile(conflict: ChangedMeanwhile) -> str:
    return _("%(name)s changed “%(title)s” meanwhile: it was not moved. Look at it, then move it again.") % {
        "name": conflict.by, "title": conflict.action.title
    }  # fmt: skip


PAGES = [PlanPage, InPlace]
