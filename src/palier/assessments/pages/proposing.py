"""`/o/{org}/e/{assessment}/proposals`: what the flash proposes, to confirm line by line."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows import proposing, sheets
from palier.assessments.pages.answering import round_path
from palier.assessments.store import Unknown
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other


class Proposals(Controller):
    """The flash's answers as proposals; nothing is an answer until it is confirmed."""

    path = "/o/{org:str}/e/{assessment:str}/proposals"

    @get("/", opt=needs(Permission.READ))
    async def show(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Template:
        async with reading(actor):
            desk = await sheets.load_desk(actor, assessment)
            offered = await proposing.load_offered(actor, desk)
        return page(
            request, "assessments/proposals.html", nav="assessments", desk=desk, assessment=desk.assessment,
            questionnaire=desk.questionnaire, progress=desk.progress, offered=offered, new_op=new_id(),
            today=clock.today(actor.person.time_zone),
            may_answer=actor.may(Permission.ANSWER) and not desk.frozen,
        )  # fmt: skip

    @post("/", opt=needs(Permission.ANSWER))
    async def confirm(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        raw = await form_of(request)
        try:
            op = UUID(raw["op"])
        except (KeyError, ValueError):
            raise Unknown("form") from None
        codes = [name.removeprefix("take-") for name in raw if name.startswith("take-")]
        await proposing.confirm(actor, assessment, codes, op=op)
        back = f"/q/{codes[0]}" if raw.get("back") == "criterion" and codes else ""
        return see_other(f"{round_path(actor, assessment)}{back}")


PAGES: list[ControllerRouterHandler] = [Proposals]
