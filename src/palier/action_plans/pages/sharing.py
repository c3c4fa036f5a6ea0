"""`Adopted by us` under a practice, and its undoing."""

from uuid import UUID

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from palier.action_plans.flows import sharing
from palier.action_plans.pages.desk import EDIT, MAKE
from palier.action_plans.pages.forms import op_of
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, see_other


class Sharing(Controller):
    """`/o/{org}/practices/{practice}/adopt`"""

    path = "/o/{org:str}/practices/{practice:uuid}"
    opt = EDIT

    @post("/adopt", opt=MAKE)
    async def adopt(
        self, request: Request, actor: NamedDependency[Actor], practice: FromPath[UUID]
    ) -> Redirect:
        raw = await form_of(request)
        try:
            row = await sharing.adopt_practice(actor, practice, op_of(raw))
        except sharing.OwnPractice:
            raise NotFoundException from None
        except sharing.NoPlan:
            told = _(
                "There is no plan to put it in yet. A plan is built from a submitted assessment: open one, then take the practice up."
            )
            return see_other(f"/o/{actor.organisation.slug}/plans", notice=told)
        told = (
            _("“%(title)s” is now planned") % {"title": row.title}
            if row
            else _("You had adopted it already.")
        )
        return see_other(f"{_place(actor, practice)}#adopt", notice=told)

    @post("/adopt/undo")
    async def undo(self, actor: NamedDependency[Actor], practice: FromPath[UUID]) -> Redirect:
        gone = await sharing.put_back(actor, practice)
        told = (
            _("The adoption is undone and its action is out of the plan.")
            if gone
            else _("The adoption is undone. Its action stays in the plan, because it was worked on.")
        )
        return see_other(f"{_place(actor, practice)}#adopt", notice=told)


def _place(actor: Actor, practice: UUID) -> str:
    return f"/o/{actor.organisation.slug}/practices/{practice}"


PAGES = [Sharing]
