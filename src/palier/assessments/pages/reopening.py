"""The states of a round: what was submitted when, reopening it for a reason, giving the reopening up."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments import store
from palier.assessments.flows import reopening, sheets
from palier.assessments.flows.reopening import LONGEST_REASON, NotReopenable, NotReopened
from palier.assessments.pages.answering import round_path
from palier.assessments.rules.campaign_state import Sealed
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other


class Reopening(Controller):
    """`/o/{org}/e/{assessment}/reopen`"""

    path = "/o/{org:str}/e/{assessment:str}/reopen"

    @get(opt=needs(Permission.READ))
    async def states(
        self, request: Request, actor: NamedDependency[Actor], sealed: NamedDependency[Sealed], assessment: FromPath[str]
    ) -> Template:  # fmt: skip
        """Every state of the round, and the form that opens a further one where that is possible."""
        return await _states(request, actor, sealed, assessment)

    @post(opt=needs(Permission.SUBMIT))
    async def reopen(
        self, request: Request, actor: NamedDependency[Actor], sealed: NamedDependency[Sealed],
        settings: NamedDependency[Settings], assessment: FromPath[str],
    ) -> Response:  # fmt: skip
        """Open a further state; sent twice, both are led to the one there is."""
        reason = (await form_of(request)).get("reason", "").strip()
        if errors := _errors(reason):
            return await _states(request, actor, sealed, assessment, reason, errors, 422)
        try:
            draft = await reopening.reopen(
                actor, assessment, reason=reason, sealed=sealed, site=settings.public_url
            )
        except NotReopenable:
            return await _states(request, actor, sealed, assessment, reason, status_code=409)
        return see_other(
            round_path(actor, draft.slug), notice=_("Reopened. Every answer stands as it was submitted.")
        )

    @post("/give-up", opt=needs(Permission.SUBMIT))
    async def give_up(
        self, request: Request, actor: NamedDependency[Actor], sealed: NamedDependency[Sealed], assessment: FromPath[str]
    ) -> Response:  # fmt: skip
        """Give the reopening up; sent twice, both are led to the state that holds."""
        try:
            current = await reopening.give_up(actor, assessment)
        except NotReopened:
            return await _states(request, actor, sealed, assessment, status_code=409)
        return see_other(
            round_path(actor, current.slug),
            notice=_("The reopening is given up. What was submitted holds, as it did all along."),
        )


def _errors(reason: str) -> dict[str, str]:
    if not reason:
        return {"reason": _("Say why the round is reopened")}
    if len(reason) > LONGEST_REASON:
        return {"reason": _("500 characters at most")}
    return {}


async def _states(
    request: Request, actor: Actor, sealed: Sealed, slug: str, reason: str = "", errors: dict[str, str] | None = None,
    status_code: int = 200,
) -> Template:  # fmt: skip
    async with reading(actor):
        desk = await sheets.load_desk(actor, slug)
        states = await reopening.load_states(desk.assessment)
        changed = await store.changed_since_reopening(states.reopening) if states.reopening else 0
        obstacle = await reopening.obstacle_to(actor, desk.assessment, sealed)
        campaign = await store.Campaign.get_or_none(id=desk.assessment.campaign_id)
        ask = [] if actor.may(Permission.SUBMIT) else await sheets.people_to_ask(actor)
    return page(
        request, "assessments/reopen.html", nav="assessments", status_code=status_code, desk=desk,
        assessment=desk.assessment, questionnaire=desk.questionnaire, states=states, changed=changed, obstacle=obstacle,
        campaign=campaign, may_submit=actor.may(Permission.SUBMIT), ask=ask, reason=reason, errors=errors or {},
    )  # fmt: skip


PAGES: list[ControllerRouterHandler] = [Reopening]
