"""Who is writing at a criterion: asked for every fifteen seconds, said by the page while somebody types."""

from litestar import Controller, Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows import presence
from palier.assessments.flows.presence import Doing
from palier.assessments.pages.answering import ANSWER, READ, round_path
from palier.assessments.store import assessment_by_slug
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.web import form_of, is_htmx, page, see_other

FIELDS = {
    "rationale": Doing.RATIONALE,
    "evidence": Doing.EVIDENCE,
    "link": Doing.EVIDENCE,
    "grade": Doing.EVIDENCE,
}
"""What somebody is at, by the field of the form; any other is the answer itself."""


class Presence(Controller):
    """`/o/{org}/e/{assessment}/q/{code}/here`"""

    path = "/o/{org:str}/e/{assessment:str}/q/{code:str}/here"

    @get("/", opt=READ)
    async def who(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response | Template:
        """The line of the page; whoever opens its address is led to the criterion."""
        async with reading(actor):
            row = await assessment_by_slug(actor, assessment)
            present = await presence.others_at(actor, row, code)
        if not is_htmx(request):
            return see_other(f"{round_path(actor, assessment)}/q/{code}")
        return page(
            request,
            "assessments/_presence.html",
            present=present,
            announced=True,
            address=request.url.path[:-5],
        )

    @put("/", opt=ANSWER, status_code=204)
    async def here(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> None:
        """The person is writing. It is a hint: where it is not told, nothing happens."""
        doing = FIELDS.get((await form_of(request)).get("doing", ""), Doing.ANSWER)
        await presence.announce(actor, assessment, code, doing)


PAGES: list[ControllerRouterHandler] = [Presence]
