"""Where a network's staff checks and publishes an edition. Never an answer or a score."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.benchmarks import store
from palier.benchmarks.flows import running
from palier.benchmarks.flows.preparing import Preparation, load_preparation
from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network.wording import dimension, label
from palier.questionnaires.catalogue import latest_of_each
from palier.questionnaires.flows.offering import own_titles

STOP_POLLING = 286
"""What tells htmx that there is nothing more to wait for."""


class Staff(Controller):
    """`/n/{net}`"""

    path = "/n/{net:str}"
    opt = needs(Permission.MANAGE_NETWORK)

    @get("/campaigns/{campaign:uuid}/publish")
    async def check(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """The checks before an edition, or how its making goes on."""
        return await _publication(request, network_actor, await _prepared(network_actor, campaign))

    @post("/campaigns/{campaign:uuid}/publish")
    async def publish(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        prepared = await _prepared(network_actor, campaign)
        if raw.get("confirm", "") != prepared.taking.campaign.name:
            wrong = {"confirm": _("Type the name of the campaign exactly")}
            return await _publication(request, network_actor, prepared, wrong)
        try:
            await running.ask_publication(network_actor, campaign, ready=prepared.ready)
        except running.NotReady:
            wrong = {"confirm": _("This campaign cannot be published now")}
            return await _publication(request, network_actor, prepared, wrong)
        return see_other(f"/n/{network_actor.network_slug}/campaigns/{campaign}/publish?asked=1")

    @get("/campaigns/{campaign:uuid}/publish/state")
    async def publication_state(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """What the page polls until the edition stands; then the whole page is other, so it is asked for anew."""
        prepared = await _prepared(network_actor, campaign)
        waits = prepared.job in ("todo", "doing")
        answer = page(
            request, "benchmarks/_publication.html", status_code=200 if waits else STOP_POLLING,
            prepared=prepared, taking=prepared.taking, asked=True,
        )  # fmt: skip
        answer.headers |= {} if waits else {"HX-Refresh": "true"}
        return answer


async def _prepared(actor: NetworkActor, campaign: UUID) -> Preparation:
    async with reading(actor):
        return await load_preparation(actor, await store.campaign_of(actor.network_id, campaign))


async def _publication(
    request: Request, actor: NetworkActor, prepared: Preparation, errors: Mapping[str, str] | None = None
) -> Template:
    async with reading(actor):
        words = await _words(actor)
    return _page(
        request, "campaigns", "benchmarks/staff_publish.html", status_code=422 if errors else 200, prepared=prepared,
        taking=prepared.taking, errors=errors or {}, dimension=dimension, label=label,
        asked="asked" in request.query_params or prepared.job in ("todo", "doing"), **words,
    )  # fmt: skip


def _page(request: Request, tab: str, template: str, *, status_code: int = 200, **context: Any) -> Template:
    return page(request, template, status_code=status_code, nav="network", tab=tab, **context)


async def _words(actor: NetworkActor) -> dict[str, Any]:
    """The titles of every questionnaire a campaign may name, withdrawn ones included."""
    own = {code: title.in_(current()) for code, title in (await own_titles(actor)).items()}
    titles = {one.id: one.title.in_(current()) for one in latest_of_each()}
    return {"titles": own | titles}


PAGES = [Staff]
