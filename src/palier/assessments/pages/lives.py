"""The whole history of one answer, on a page of its own."""

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows.lives import load_life
from palier.assessments.pages.answering import READ, round_path
from palier.assessments.value_wording import VALUES
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.web import page


@get("/o/{org:str}/e/{assessment:str}/q/{code:str}/history", opt=READ)
async def life_of_an_answer(
    request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
) -> Template:
    """Whoever may read the answer reads how it came about, free text included."""
    async with reading(actor):
        life = await load_life(actor, assessment, code)
    criterion = life.sheet.criterion
    return page(
        request, "assessments/answer_history.html", nav="assessments", assessment=life.sheet.desk.assessment,
        criterion=criterion, code=code, title=f"{code} {criterion.label.in_(current())}", steps=life.steps,
        round=round_path(actor, assessment), **VALUES,
    )  # fmt: skip


PAGES: list[ControllerRouterHandler] = [life_of_an_answer]
