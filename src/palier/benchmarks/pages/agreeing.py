"""What an organisation agreed to for a round's benchmark: the text, the answers given, a new answer, a correction."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.assessments.consent_wording import wording
from palier.assessments.flows import sheets
from palier.assessments.store import AssessmentState, visible_assessments
from palier.benchmarks.flows import consenting
from palier.benchmarks.pages.forms import op_of
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other

LONGEST_REASON, LONGEST_NAME = 500, 120


@get("/o/{org:str}/consent", opt=needs(Permission.READ))
async def consent(actor: NamedDependency[Actor]) -> Redirect:
    """The consent of the round submitted last for a campaign; without one, what the benchmark page says of it."""
    async with reading(actor):
        asked = visible_assessments(actor).exclude(benchmark_consent=None).exclude(campaign_id=None)
        last = await asked.filter(state=AssessmentState.SUBMITTED).order_by("-submitted_at").first()
    home = f"/o/{actor.organisation.slug}"
    return Redirect(f"{home}/e/{last.slug}/sharing" if last else f"{home}/benchmark", status_code=302)


class Agreeing(Controller):
    """`/o/{org}/e/{assessment}/sharing`"""

    path = "/o/{org:str}/e/{assessment:str}/sharing"

    @get(opt=needs(Permission.READ))
    async def agreement(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        """The text as it stands, and every answer given."""
        return await _agreement(request, actor, assessment)

    @post(opt=needs(Permission.SUBMIT))
    async def answer(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        """A new answer: at once while the campaign is not sealed, else for the next one."""
        raw = await form_of(request)
        errors = _name_errors(raw)
        if raw.get("consent") not in ("yes", "no"):
            errors["consent"] = _("Choose whether the scores join the benchmark")
        if errors:
            return await _agreement(request, actor, assessment, raw, errors)
        try:
            in_time = await consenting.answer_again(
                actor, assessment, given=raw["consent"] == "yes", name=raw["name"], op=op_of(raw)
            )
        except consenting.NotAsked:
            raise NotFoundException from None
        said = (
            _("Your answer is kept.")
            if in_time
            else _("Your answer is kept; it takes effect at the next campaign.")
        )
        return _back(actor, assessment, said)

    @post("/correction", opt=needs(Permission.SUBMIT))
    async def correct(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        """A later round corrects this one: which, why, who says so."""
        raw = await form_of(request)
        errors = _name_errors(raw, "corrected_by")
        if not raw.get("reason", "").strip():
            errors["reason"] = _("Say what was wrong")
        elif len(raw["reason"]) > LONGEST_REASON:
            errors["reason"] = _("500 characters at most")
        if errors:
            return await _agreement(request, actor, assessment, raw, errors)
        try:
            await consenting.file_correction(
                actor,
                assessment,
                raw.get("by", ""),
                reason=raw["reason"].strip(),
                name=raw["corrected_by"],
                op=op_of(raw),
            )
        except consenting.NotAsked:
            raise NotFoundException from None
        return _back(actor, assessment, _("The correction is filed."))


def _name_errors(raw: dict[str, str], field: str = "name") -> dict[str, str]:
    given = raw.get(field, "").strip()
    if not given:
        return {field: _("Say who commits the organisation")}
    return {field: _("120 characters at most")} if len(given) > LONGEST_NAME else {}


def _back(actor: Actor, slug: str, notice: str) -> Redirect:
    return see_other(f"/o/{actor.organisation.slug}/e/{slug}/sharing", notice)


async def _agreement(
    request: Request, actor: Actor, slug: str, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template | Redirect:  # fmt: skip
    async with reading(actor):
        try:
            agreement = await consenting.load_agreement(actor, slug)
            desk = await sheets.load_desk(actor, slug)
        except consenting.NotAsked:  # nothing was asked yet, or ever
            return see_other(f"/o/{actor.organisation.slug}/e/{slug}/receipt")
    text = wording()
    context: dict[str, Any] = {
        "agreement": agreement, "assessment": agreement.assessment, "wording": text,
        "questionnaire": desk.questionnaire, "paragraphs": text.paragraphs(current()), "values": values or {},
        "errors": errors or {}, "new_op": new_id(), "may_submit": actor.may(Permission.SUBMIT),
    }  # fmt: skip
    return page(
        request, "benchmarks/sharing.html", status_code=422 if errors else 200, nav="assessments", **context
    )


PAGES = [consent, Agreeing]
