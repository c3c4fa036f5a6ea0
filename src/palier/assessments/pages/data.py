"""The data of a round: taken away as a file, and answers brought back from a workbook or a form, shown before they are saved."""

from dataclasses import replace
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.assessments import data_wording as wording
from palier.assessments.flows import bringing, sheets
from palier.assessments.flows.bringing import Frozen
from palier.assessments.pages.answering import editable, round_path
from palier.assessments.pages.brought import op_in, overruled, refusal, uploaded
from palier.assessments.pages.data_file import answers_csv, round_json, round_workbook
from palier.assessments.pages.results import Opened, opened
from palier.assessments.rules.form_fields import NotForHere
from palier.assessments.rules.peers import Peers
from palier.evidence.store import uses_in
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.pdf_forms import BadForm
from palier.foundation.permissions import Permission, needs
from palier.foundation.spreadsheets import BadWorkbook
from palier.foundation.web import form_of, page, saved_as, see_other

READ, ANSWER = needs(Permission.READ), needs(Permission.ANSWER)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_SHOWN = 200
"""Lines of each kind the preview lists; the counts say the rest."""


class RoundData(Controller):
    """`/o/{org}/e/{assessment}/data`"""

    path = "/o/{org:str}/e/{assessment:str}"

    @get("/data", opt=READ)
    async def show(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Template:
        """What can be taken away, and the form to bring a workbook back."""
        return await _show(request, actor, assessment)

    @get("/data.xlsx", opt=READ)
    async def workbook(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], assessment: FromPath[str]
    ) -> Response[bytes]:
        """The answers to fill in, and the results."""
        async with reading(actor):
            shown = await _shown(actor, assessment, peers)
        return _file(round_workbook(actor.organisation, shown.round, shown.table), XLSX, f"{assessment}.xlsx")

    @get("/data.csv", opt=READ)
    async def table(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], assessment: FromPath[str]
    ) -> Response[bytes]:
        """The answers, one line a criterion."""
        async with reading(actor):
            shown = await _shown(actor, assessment, peers)
        return _file(answers_csv(shown.round), "text/csv; charset=utf-8", f"{assessment}-answers.csv")

    @get("/data.json", opt=READ)
    async def record(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], assessment: FromPath[str]
    ) -> Response[bytes]:
        """The round, its answers and its whole result."""
        async with reading(actor):
            shown = await _shown(actor, assessment, peers)
            attached = await uses_in(actor, shown.round.assessment.id)
        content = round_json(actor.organisation, shown.round, attached)
        return _file(content, "application/json", f"{assessment}.json")

    @post("/data", opt=ANSWER)
    async def bring(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        """Read a workbook or a form; no answer changes."""
        raw = await form_of(request)
        name, data = await uploaded(request)
        if error := refusal(data):
            return await _show(request, actor, assessment, error)
        try:
            file = await bringing.bring(actor, assessment, name, data, op_in(raw))
        except BadWorkbook:
            return await _show(request, actor, assessment, wording.no_file())
        except BadForm as bad:
            return await _show(request, actor, assessment, wording.trouble_words(bad.trouble))
        except NotForHere:
            return await _show(request, actor, assessment, wording.not_for_here())
        except Frozen:
            return _too_late(actor, assessment)
        return see_other(f"{round_path(actor, assessment)}/data/{file}")

    @get("/data/{brought:uuid}", opt=ANSWER)
    async def preview(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        brought: FromPath[UUID],
    ) -> Template:
        """What the file would change, what it would overwrite, and every fault."""
        async with reading(actor):
            found = await bringing.preview(actor, assessment, brought)
        return page(
            request, "assessments/data_preview.html", nav="assessments", found=found, assessment=found.assessment,
            questionnaire=found.questionnaire, merged=found.merged, columns=wording.heads(),
            fault=wording.form_fault_words if found.form else wording.fault_words,
            told=lambda change: wording.told_changes(change, found.questionnaire), brought_words=wording.brought_words, most=MOST_SHOWN,
        )  # fmt: skip

    @post("/data/{brought:uuid}", opt=ANSWER)
    async def confirm(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        brought: FromPath[UUID],
    ) -> Response:
        """Save what the preview showed."""
        overrule = overruled(await form_of(request))
        try:
            done = await bringing.carry_out(actor, assessment, brought, overrule)
        except Frozen:
            return _too_late(actor, assessment)
        return see_other(round_path(actor, assessment), wording.brought_words(done.saved, done.kept))


async def _shown(actor: Actor, slug: str, peers: Peers) -> Opened:
    """The round; while everybody answers alone, with the answers of the one who asks."""
    shown = await opened(actor, slug, peers)
    if own := shown.round.assessment.respondent(actor):
        answers = await sheets.written_by(shown.round.assessment, own)
        return replace(shown, round=replace(shown.round, answers=answers))
    return shown


async def _show(request: Request, actor: Actor, slug: str, error: str = "") -> Template:
    async with reading(actor):
        desk = await sheets.load_desk(actor, slug)
        ask = [] if actor.may(Permission.ANSWER) else await sheets.people_to_ask(actor)
    return page(
        request, "assessments/data.html", status_code=422 if error else 200, nav="assessments", desk=desk,
        assessment=desk.assessment, questionnaire=desk.questionnaire, errors={"file": error} if error else {},
        editable=editable(actor, desk), ask=ask, new_op=new_id(),
    )  # fmt: skip


def _too_late(actor: Actor, slug: str) -> Response:
    told = _("This assessment was submitted: nothing was written.")
    return see_other(f"{round_path(actor, slug)}/data", told)


def _file(data: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(data, media_type=media_type, headers={"content-disposition": saved_as(name)})


PAGES = [RoundData]
