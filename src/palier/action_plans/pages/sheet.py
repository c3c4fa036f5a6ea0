"""One action on one page, for a printer; the same as a document is asked for from here."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store, wording
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.pages.desk import READ, WORDS, plan_path
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, language_name
from palier.foundation.permissions import Permission
from palier.foundation.web import page


@get("/o/{org:str}/a/{action:uuid}/sheet", opt=READ)
async def sheet(request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Template:
    """Everything about the action as it stands, without the frame of the site once printed."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        view = await load_plan(actor, row.plan.slug)
        one = next(found for found in view.actions if found.row.id == row.id)
        titles = await store.titles_of(actor, one.requires)
    questionnaire = view.questionnaire
    known = questionnaire.index.positions
    words: dict[str, Any] = WORDS
    aims = [
        (step, questionnaire.criterion(step["criterion"]))
        for step in row.serves
        if step["criterion"] in known
    ]
    return page(
        request, "action_plans/sheet.html", nav="plans", one=one, action=row, plan=view.plan, round=view.round, aims=aims,
        after=[titles[each] for each in one.requires if each in titles], today=today(actor.person.time_zone),
        org=f"/o/{actor.organisation.slug}", path=plan_path(actor, view.plan.slug), new_op=new_id(),
        tongues=[(each, language_name(each)) for each in LOCALES], may_export=actor.may(Permission.EXPORT),
        channel_words=wording.channel_words, stage_words=wording.stage_words, **words,
    )  # fmt: skip


PAGES = [sheet]
