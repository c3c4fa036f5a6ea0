"""What became of a plan after a later round, the same as a file, and one click that tells it to the network."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from palier.action_plans import effects_wording as wording
from palier.action_plans.flows.effects import ActionOutcome, Outcome, outcome_of
from palier.action_plans.flows.overview import PlanView, load_plan
from palier.action_plans.flows.telling import NothingMeasured, tell_practice
from palier.action_plans.pages.desk import READ, WORDS, plan_path
from palier.action_plans.pages.effects_file import effects_file
from palier.action_plans.pages.forms import op_of
from palier.action_plans.store import Action, action_by_id
from palier.assessments.over_time_wording import group_words, reliable_words
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.practices.flows.reading import practices_by_topic
from palier.practices.flows.writing import NotAMember
from palier.practices.store import sharing_networks
from palier.scoring.rules.result import TOTAL

SHARE = needs(Permission.SHARE)


class PlanEffects(Controller):
    """`/o/{org}/plans/{plan}/effects?by=`"""

    path = "/o/{org:str}/plans/{plan:str}"
    opt = READ

    @get("/effects")
    async def show(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], plan: FromPath[str],
        by: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        """Expected beside seen, for the plan and each action, by the round asked or the latest."""
        async with reading(actor):
            view = await load_plan(actor, plan)
            outcome = await outcome_of(actor, view, peers, by)
            networks = await sharing_networks(actor)
            topics = await practices_by_topic(actor)
        return page(
            request, "action_plans/effects.html", **_shared(actor, view), outcome=outcome, topics=topics,
            **_said(outcome), **telling_words(actor, networks),
        )  # fmt: skip

    @get("/effects.csv")
    async def file(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], plan: FromPath[str], by: FromQuery[str] = "",
    ) -> Response[bytes]:  # fmt: skip
        """One line per action and criterion, for a spreadsheet."""
        async with reading(actor):
            outcome = await outcome_of(actor, await load_plan(actor, plan), peers, by)
        if outcome is None:
            raise NotFoundException
        headers = {"content-disposition": f'attachment; filename="{plan}-effects.csv"'}
        return Response(effects_file(outcome), media_type="text/csv; charset=utf-8", headers=headers)


class Telling(Controller):
    """`/o/{org}/a/{action}/practice`"""

    path = "/o/{org:str}/a/{action:uuid}"
    opt = SHARE

    @post("/practice")
    async def tell(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Redirect:
        """Begin a practice from the action and lead to its form, where the contact is chosen."""
        raw = await form_of(request)
        here = f"/o/{actor.organisation.slug}/a/{action}"
        async with reading(actor):
            await action_by_id(
                actor, action
            )  # somebody else's is unknown, whatever this organisation may share
            networks = await sharing_networks(actor)
        asked = next((key for key, _name in networks if str(key) == raw.get("network", "")), None)
        network = asked or (networks[0][0] if networks else None)
        try:
            if network is None:
                raise NotAMember
            practice = await tell_practice(actor, action, network, peers, op_of(raw))
        except NotAMember:
            return see_other(here, notice=_("Only verified members of a network tell it practices."))
        except NothingMeasured:
            return see_other(here, notice=_("There is no measured effect to tell yet."))
        told = _(
            "A draft with the facts of the action. Complete it, choose a contact if you like, then propose it."
        )
        return see_other(f"/o/{actor.organisation.slug}/practices/{practice}/edit", notice=told)


async def became(actor: Actor, view: PlanView, action: Action, peers: Peers) -> dict[str, Any]:
    """What the page of one action says of its effect by the latest round, and what members tell about its criteria."""
    outcome = await outcome_of(actor, view, peers)
    return {
        "became": outcome.of(action) if outcome else None,
        "pair": outcome.pair if outcome else None,
        "topics": await practices_by_topic(actor),
        **telling_words(actor, await sharing_networks(actor)),
    }


def telling_words(actor: Actor, networks: list[tuple[UUID, str]]) -> dict[str, Any]:
    """What the button that tells a practice needs."""
    return {
        "may_tell": actor.may(Permission.SHARE) and bool(networks),
        "networks": [(str(key), name) for key, name in networks],
        "new_op": new_id,
        "points_words": wording.points_words,
        "realisation_words": wording.realisation_words,
    }


def _shared(actor: Actor, view: PlanView) -> dict[str, Any]:
    return {
        "nav": "plans", "plan": view.plan, "view": view, "assessment": view.round.assessment,
        "questionnaire": view.round.questionnaire, "result": view.round.result, "org": f"/o/{actor.organisation.slug}",
        "path": plan_path(actor, view.plan.slug), **WORDS,
    }  # fmt: skip


def _said(outcome: Outcome | None) -> dict[str, Any]:
    """The change of the total beside error and peers, in sentences."""
    if outcome is None:
        return {}
    total = outcome.pair.beside(TOTAL)
    return {
        "total": total,
        "reliable": reliable_words(total.reliable),
        "group": group_words(total, outcome.pair.peers_before, outcome.pair.peers_after),
        "moved": moved_criteria(outcome),
    }


def moved_criteria(outcome: Outcome) -> list[tuple[str, list[ActionOutcome]]]:
    """The criteria that the plan's finished actions aimed at, in the questionnaire's order, each with those actions."""
    aimed: dict[str, list[ActionOutcome]] = {}
    for one in outcome.finished:
        for criterion in one.effect.criteria:
            if criterion.compared:
                aimed.setdefault(criterion.code, []).append(one)
    order = outcome.pair.comparison.common
    return [(code, aimed[code]) for code in order if code in aimed]


PAGES = [PlanEffects, Telling]
