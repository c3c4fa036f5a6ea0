"""What a network's staff sees and does: participation, members, campaigns, editions. Never an answer or a score."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.benchmarks import store
from palier.benchmarks.flows import running
from palier.benchmarks.flows.preparing import Preparation, Taking, load_preparation, load_taking
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, parse, see_other
from palier.network.wording import dimension, label
from palier.questionnaires.catalogue import latest_of_each
from palier.questionnaires.flows.offering import offered, own_titles
from palier.questionnaires.rules import Questionnaire

STOP_POLLING = 286
"""What tells htmx that there is nothing more to wait for."""

class CampaignForm(msgspec.Struct, frozen=True):
    """A campaign to open, dates apart."""

    op: UUID
    name: Annotated[str, msgspec.Meta(max_length=60)]
    questionnaire: str


class Staff(Controller):
    """`/n/{net}`"""

    path = "/n/{net:str}"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def participation(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        """The campaigns that run, or the last one, and the editions published."""
        async with reading(network_actor):
            campaigns = await store.campaigns_of(network_actor.network_id)
            running_now = [one for one in campaigns if one.opens_on <= today() <= one.closes_on]
            takings = [await load_taking(network_actor, one) for one in running_now or campaigns[:1]]
            editions = await store.editions_of(network_actor.network_id)
            words = await _words(network_actor)
        return _page(
            request,
            "participation",
            "benchmarks/staff_participation.html",
            takings=takings,
            editions=editions,
            **words,
        )

    @get("/campaigns")
    async def campaigns(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        """Every campaign, with its edition where there is one."""
        async with reading(network_actor):
            campaigns = await store.campaigns_of(network_actor.network_id)
            editions = await store.editions_of(network_actor.network_id)
            words = await _words(network_actor)
        published = {edition.campaign_id: edition for edition in editions}
        return _page(
            request,
            "campaigns",
            "benchmarks/staff_campaigns.html",
            campaigns=campaigns,
            published=published,
            **words,
        )

    @get("/campaigns/new")
    async def prepare(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        values = {"name": str(today().year), "questionnaire": "", "opens": today(), "closes": None}
        return _new_campaign(request, await _choice(network_actor), values, {})

    @post("/campaigns/new")
    async def open_campaign(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        raw = await form_of(request)
        form, errors = parse(CampaignForm, raw)
        choice = await _choice(network_actor)
        majors = {one.id: int(one.version.partition(".")[0]) for one in choice}
        opens, closes = _date(raw, "opens"), _date(raw, "closes")
        errors |= _wrong(raw, majors, opens, closes)
        if errors or form is None or opens is None or closes is None:
            typed = {
                key: tuple(raw.get(f"{key}-{part}", "") for part in ("day", "month", "year"))
                for key in ("opens", "closes")
            }
            return _new_campaign(
                request,
                choice,
                {"name": raw.get("name", ""), "questionnaire": raw.get("questionnaire", ""), **typed},
                errors,
            )
        call = running.Call(form.name, form.questionnaire, majors[form.questionnaire], opens, closes)
        campaign = await running.open_campaign(network_actor, call, form.op)
        return see_other(
            f"/n/{network_actor.network_slug}/campaigns/{campaign.id}", _("The campaign is created.")
        )

    @get("/campaigns/{campaign:uuid}")
    async def campaign(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """One campaign: who is where."""
        async with reading(network_actor):
            taking = await load_taking(
                network_actor, await store.campaign_of(network_actor.network_id, campaign)
            )
            words = await _words(network_actor)
        return _page(
            request, "campaigns", "benchmarks/staff_campaign.html", taking=taking, today=today(), **words
        )

    @post("/campaigns/{campaign:uuid}/close")
    async def close(self, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]) -> Redirect:
        await running.close_campaign(network_actor, campaign)
        return see_other(
            f"/n/{network_actor.network_slug}/campaigns/{campaign}", _("The campaign is closed.")
        )

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
    return {"titles": own | titles, "state": _state}


async def _choice(actor: NetworkActor) -> tuple[Questionnaire, ...]:
    """What a campaign may call for."""
    async with reading(actor):
        return await offered(actor)


def _state(taking: Taking, organisation: UUID) -> str:
    """How far a member is: "submitted", "started" or "invited"."""
    found = taking.rounds.get(organisation)
    if found is None:
        return "invited"
    return "submitted" if found.submitted_at else "started"


def _new_campaign(
    request: Request,
    choice: Sequence[Questionnaire],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
) -> Template:
    choices = [(one.id, one.title.in_(current())) for one in choice]
    return _page(
        request, "campaigns", "benchmarks/staff_new_campaign.html", status_code=422 if errors else 200, values=values, errors=errors,
        choices=choices, new_op=new_id(),
    )  # fmt: skip


def _date(raw: Mapping[str, str], name: str) -> date | None:
    try:
        return date(*(int(raw.get(f"{name}-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _wrong(
    raw: Mapping[str, str], majors: Mapping[str, int], opens: date | None, closes: date | None
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if raw.get("questionnaire") not in majors:
        errors["questionnaire"] = _("Choose a questionnaire of the list")
    if opens is None:
        errors["opens"] = _("Write a day, a month and a year")
    if closes is None:
        errors["closes"] = _("Write a day, a month and a year")
    elif opens and closes < opens:
        errors["closes"] = _("The campaign must close after it opens")
    elif closes < today():
        errors["closes"] = _("The campaign must close today or later")
    return errors


PAGES = [Staff]
