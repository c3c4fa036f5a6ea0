"""The question under a section: is it finished?"""

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from palier.assessments.flows import marking
from palier.assessments.pages.answering import ANSWER, round_path
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, see_other


@post("/o/{org:str}/e/{assessment:str}/s/{section:str}/finished", opt=ANSWER)
async def mark_section(
    request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], section: FromPath[str]
) -> Response:
    """Yes leads back to the round; "I will come back" stays at the section."""
    finished = (await form_of(request)).get("finished") == "yes"
    await marking.mark(actor, assessment, section, finished=finished)
    path = round_path(actor, assessment)
    if finished:
        return see_other(
            f"{path}#task-{section}", notice=_("Section %(code)s is marked as finished.") % {"code": section}
        )
    return see_other(f"{path}/s/{section}", notice=_("Section %(code)s stays open.") % {"code": section})


PAGES: list[ControllerRouterHandler] = [mark_section]
