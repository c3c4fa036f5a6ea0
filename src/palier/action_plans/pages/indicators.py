"""Indicators ready to use, one click away from an action."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store, wording
from palier.action_plans.flows.acting import ChangedMeanwhile
from palier.action_plans.flows.indicating import Measured, indicators_for, take_indicator
from palier.action_plans.pages.desk import MAKE, plan_path
from palier.action_plans.pages.forms import revision_of
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, page, see_other


class Indicators(Controller):
    """`/o/{org}/a/{action}/indicators`"""

    path = "/o/{org:str}/a/{action:uuid}/indicators"
    opt = MAKE

    @get("/")
    async def offered(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]
    ) -> Template:
        async with reading(actor):
            row = await store.action_by_id(actor, action)
            measured = bool((await store.readings_of(actor, [action])).get(action))
            offers = await indicators_for(actor)
        return page(
            request, "action_plans/indicators.html", nav="plans", action=row, plan=row.plan, offers=offers, measured=measured,
            org=f"/o/{actor.organisation.slug}", path=plan_path(actor, row.plan.slug), figure=wording.figure,
            direction_words=wording.direction_words,
        )  # fmt: skip

    @post("/")
    async def take(self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Response:
        raw = await form_of(request)
        place = f"/o/{actor.organisation.slug}/a/{action}"
        try:
            row = await take_indicator(actor, action, raw.get("indicator", ""), revision_of(raw))
        except KeyError:
            raise NotFoundException from None
        except Measured:
            told = _(
                "This action has measures of its indicator: take them back first, or they would be misread."
            )
            return see_other(f"{place}#kpi", notice=told)
        except ChangedMeanwhile as conflict:
            told = _("%(name)s changed this action meanwhile: look at it, then choose again.")
            return see_other(f"{place}/indicators", notice=told % {"name": conflict.by})
        told = _("The action is measured by “%(name)s”: give it a target.") % {"name": row.kpi_name}
        return see_other(f"{place}#kpi_target", notice=told)


PAGES = [Indicators]
