"""The data of a plan: taken away as a file, and actions brought back from a workbook, shown before they are written."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import data_wording as wording
from palier.action_plans import store
from palier.action_plans.flows import bringing
from palier.action_plans.flows.overview import PlanView, load_plan
from palier.action_plans.pages.data_file import Titles, actions_csv, plan_json, plan_workbook
from palier.action_plans.pages.desk import MAKE, READ, makes, plan_path
from palier.assessments.flows.sheets import people_to_ask
from palier.assessments.pages.brought import no_workbook, op_in, overruled, refusal, uploaded
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission
from palier.foundation.spreadsheets import BadWorkbook
from palier.foundation.web import form_of, page, saved_as, see_other

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_SHOWN = 200
"""Lines of each kind the preview lists; the counts say the rest."""


class PlanData(Controller):
    """`/o/{org}/plans/{plan}/data`"""

    path = "/o/{org:str}/plans/{plan:str}"

    @get("/data", opt=READ)
    async def show(self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str]) -> Template:
        """What can be taken away, and the form to bring a workbook back."""
        return await _show(request, actor, plan)

    @get("/data.xlsx", opt=READ)
    async def workbook(self, actor: NamedDependency[Actor], plan: FromPath[str]) -> Response[bytes]:
        """The actions to change, and the measures."""
        view, titles = await _everything(actor, plan)
        return _file(plan_workbook(actor.organisation, view, titles), XLSX, f"{plan}.xlsx")

    @get("/data.csv", opt=READ)
    async def table(self, actor: NamedDependency[Actor], plan: FromPath[str]) -> Response[bytes]:
        """The actions, one a line."""
        view, titles = await _everything(actor, plan)
        return _file(actions_csv(view, titles), "text/csv; charset=utf-8", f"{plan}-actions.csv")

    @get("/data.json", opt=READ)
    async def record(self, actor: NamedDependency[Actor], plan: FromPath[str]) -> Response[bytes]:
        """The plan with its actions, their steps and measures."""
        view, titles = await _everything(actor, plan)
        return _file(plan_json(actor.organisation, view, titles), "application/json", f"{plan}.json")

    @post("/data", opt=MAKE)
    async def bring(self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str]) -> Response:
        """Read a workbook; no action changes."""
        raw = await form_of(request)
        name, data = await uploaded(request)
        if error := refusal(data):
            return await _show(request, actor, plan, error)
        try:
            file = await bringing.bring(actor, plan, name, data, op_in(raw))
        except BadWorkbook:
            return await _show(request, actor, plan, no_workbook())
        return see_other(f"{plan_path(actor, plan)}/data/{file}")

    @get("/data/{brought:uuid}", opt=MAKE)
    async def preview(
        self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str], brought: FromPath[UUID]
    ) -> Template:
        """What the workbook would create and change, what it would overwrite, and every fault."""
        async with reading(actor):
            found = await bringing.preview(actor, plan, brought)
        return page(
            request, "action_plans/data_preview.html", found=found, merged=found.merged, columns=wording.heads(),
            fault=wording.fault_words, told=wording.told_changes, brought_words=wording.brought_words, most=MOST_SHOWN,
            **_around(actor, found.view),
        )  # fmt: skip

    @post("/data/{brought:uuid}", opt=MAKE)
    async def confirm(
        self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str], brought: FromPath[UUID]
    ) -> Response:
        """Write what the preview showed."""
        done = await bringing.carry_out(actor, plan, brought, overruled(await form_of(request)))
        told = wording.brought_words(done.created, done.changed, done.kept)
        return see_other(f"{plan_path(actor, plan)}?view=list", told)


async def _everything(actor: Actor, slug: str) -> tuple[PlanView, Titles]:
    async with reading(actor):
        view = await load_plan(actor, slug)
        return view, await store.titles_of(actor, {one for action in view.actions for one in action.requires})


async def _show(request: Request, actor: Actor, slug: str, error: str = "") -> Template:
    async with reading(actor):
        view = await load_plan(actor, slug)
        ask = [] if actor.may(Permission.EDIT_PLAN) else await people_to_ask(actor)
    return page(
        request, "action_plans/data.html", status_code=422 if error else 200, errors={"file": error} if error else {},
        ask=ask, new_op=new_id(), **_around(actor, view),
    )  # fmt: skip


def _around(actor: Actor, view: PlanView) -> dict[str, Any]:
    """What the head of a plan's page needs."""
    return {
        "nav": "plans",
        "plan": view.plan,
        "view": view,
        "org": f"/o/{actor.organisation.slug}",
        "path": plan_path(actor, view.plan.slug),
        "editable": actor.may(Permission.EDIT_PLAN),
        "makes": makes(actor),
    }


def _file(data: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(data, media_type=media_type, headers={"content-disposition": saved_as(name)})


PAGES = [PlanData]
