"""Publishing an edition, its draft and its erratum: what a network's staff checks, previews and confirms. No score."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows import asking
from palier.benchmarks.flows.correcting import load_corrections
from palier.benchmarks.flows.preparing import Preparation, load_preparation
from palier.benchmarks.flows.previewing import Frozen, load_frozen, preview
from palier.benchmarks.pages.forms import op_of
from palier.benchmarks.rules.checks import CohortCheck
from palier.benchmarks.rules.cohorts import DIMENSIONS, cohort_of
from palier.benchmarks.wording import band_in_words, cohort_in_words, overall, refusal_in_words
from palier.foundation import jobs
from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.web import form_of, page, see_other
from palier.network import wording as network_wording
from palier.questionnaires.catalogue import latest_of_each
from palier.questionnaires.flows.offering import asked_in, own_titles
from palier.scoring.rules.result import TOTAL

STOP_POLLING = 286
"""What tells htmx that there is nothing more to wait for."""

LONGEST_REASON = 500


PUBLISH = needs(Permission.MANAGE_NETWORK) | sold_with(Feature.CAMPAIGNS)


class Publication(Controller):
    """`/n/{net}/campaigns/{campaign}/publish`"""

    path = "/n/{net:str}/campaigns/{campaign:uuid}/publish"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def check(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """The checks before an edition, or how its making goes on."""
        return await _publication(request, network_actor, await _prepared(network_actor, campaign))

    @post("/draft", opt=PUBLISH)
    async def draft(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Response:
        """Seal the campaign, for good."""
        raw = await form_of(request)
        prepared = await _prepared(network_actor, campaign)
        try:
            await asking.ask_draft(network_actor, campaign, op_of(raw), ready=prepared.may_seal)
        except asking.NotReady:
            wrong = {"seal": _("This campaign cannot be sealed now")}
            return await _publication(request, network_actor, prepared, wrong)
        return see_other(f"{_here(network_actor, campaign)}?asked=1")

    @post("/set-aside")
    async def set_aside(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Redirect:
        """Erase the draft's figures; its batches stay."""
        raw = await form_of(request)
        await asking.ask_to_set_aside(network_actor, campaign, op_of(raw))
        return see_other(f"{_here(network_actor, campaign)}?asked=1")

    @post(opt=PUBLISH)
    async def publish(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Response:
        raw = await form_of(request)
        prepared = await _prepared(network_actor, campaign)
        if raw.get("confirm", "") != prepared.taking.campaign.name:
            wrong = {"confirm": _("Type the name of the campaign exactly")}
            return await _publication(request, network_actor, prepared, wrong)
        try:
            await asking.ask_publication(network_actor, campaign, op_of(raw), ready=prepared.ready)
        except asking.NotReady:
            wrong = {"confirm": _("This campaign cannot be published now")}
            return await _publication(request, network_actor, prepared, wrong)
        return see_other(f"{_here(network_actor, campaign)}?asked=1")

    @get("/state")
    async def publication_state(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """What the page polls until the worker is done; then the whole page is other, so it is asked for anew."""
        prepared = await _prepared(network_actor, campaign)
        answer = page(
            request, "benchmarks/_publication.html", status_code=200 if prepared.waiting else STOP_POLLING,
            prepared=prepared, taking=prepared.taking, asked=True,
        )  # fmt: skip
        answer.headers |= {} if prepared.waiting else {"HX-Refresh": "true"}
        return answer

    @get("/preview")
    async def preview(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """The draft as one member would be shown it, without that member's own place."""
        async with reading(network_actor):
            prepared = await load_preparation(
                network_actor, await store.campaign_of(network_actor.network_id, campaign)
            )
            draft = prepared.draft if prepared.stands else None
            members = await store.verified_members(network_actor.network_id)
            wanted = request.query_params.get("member", "")
            member = next((one for one in members if str(one.id) == wanted), members[0] if members else None)
            shown = await preview(network_actor, draft, member) if draft and member else None
            titles = await _titles(network_actor)
            names = await _names(prepared.taking.campaign)
        return _page(
            request, "benchmarks/staff_preview.html", taking=prepared.taking, draft=draft, members=members, shown=shown, titles=titles,
            names=names, cohort_in_words=cohort_in_words,
            refusal_in_words=refusal_in_words, band_in_words=band_in_words,
        )  # fmt: skip


class Editions(Controller):
    """`/n/{net}/editions/{edition}`"""

    path = "/n/{net:str}/editions/{edition:uuid}"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def edition(
        self, request: Request, network_actor: NamedDependency[NetworkActor], edition: FromPath[UUID]
    ) -> Template:
        """What was frozen, its fingerprint checked when asked, and its erratum."""
        async with reading(network_actor):
            frozen = await load_frozen(network_actor, edition, verify="verify" in request.query_params)
        return await _edition(request, network_actor, frozen)

    @post("/correct")
    async def correct(
        self, request: Request, network_actor: NamedDependency[NetworkActor], edition: FromPath[UUID]
    ) -> Response:
        """Ask for the erratum of an edition, saying why."""
        raw = await form_of(request)
        reason = raw.get("reason", "").strip()
        async with reading(network_actor):
            frozen = await load_frozen(network_actor, edition)
            corrections = await load_corrections(network_actor, frozen.edition)
        ready = bool(corrections.taken) and frozen.erratum is None and frozen.original is None
        if errors := _reason_errors(reason):
            return await _edition(request, network_actor, frozen, errors, reason)
        try:
            await asking.ask_erratum(network_actor, edition, reason, op_of(raw), ready=ready)
        except asking.NotReady:
            wrong = {"reason": _("There is nothing to correct now")}
            return await _edition(request, network_actor, frozen, wrong, reason)
        return see_other(f"/n/{network_actor.network_slug}/editions/{edition}?asked=1")


def _reason_errors(reason: str) -> dict[str, str]:
    if not reason:
        return {"reason": _("Say what is corrected and why")}
    return {"reason": _("500 characters at most")} if len(reason) > LONGEST_REASON else {}


def _here(actor: NetworkActor, campaign: UUID) -> str:
    return f"/n/{actor.network_slug}/campaigns/{campaign}/publish"


async def _edition(
    request: Request, actor: NetworkActor, frozen: Frozen, errors: Mapping[str, str] | None = None, reason: str = ""
) -> Template:  # fmt: skip
    async with reading(actor):
        corrections = await load_corrections(actor, frozen.edition)
        job = await jobs.state_of(asking.erratum_key(frozen.edition.id))
        titles = await _titles(actor)
    return _page(
        request, "benchmarks/staff_edition.html", status_code=422 if errors else 200, frozen=frozen, titles=titles,
        edition=frozen.edition, corrections=corrections, job=job, errors=errors or {}, reason=reason,
        asked="asked" in request.query_params,
    )  # fmt: skip


async def _prepared(actor: NetworkActor, campaign: UUID) -> Preparation:
    async with reading(actor):
        return await load_preparation(actor, await store.campaign_of(actor.network_id, campaign))


async def _publication(
    request: Request, actor: NetworkActor, prepared: Preparation, errors: Mapping[str, str] | None = None
) -> Template:
    async with reading(actor):
        titles = await _titles(actor)
        names = await _names(prepared.taking.campaign)
    return _page(
        request, "benchmarks/staff_publish.html", status_code=422 if errors else 200, prepared=prepared,
        taking=prepared.taking, errors=errors or {}, dimension=network_wording.dimension,
        label=network_wording.label, titles=titles,
        asked="asked" in request.query_params or prepared.waiting, cohort_of=cohort_of,
        cohort_in_words=cohort_in_words, band_in_words=band_in_words,
        names=names, groups=_by_attribute(prepared),
    )  # fmt: skip


def _by_attribute(prepared: Preparation) -> list[tuple[str, list[CohortCheck]]]:
    """The groups of the draft under the attribute that makes them, the whole network first under ""."""
    found: dict[str, list[CohortCheck]] = {name: [] for name in ("", *DIMENSIONS)}
    for one in prepared.checks.cohorts if prepared.checks else ():
        found["".join(cohort_of(one.key))].append(one)
    return [(name, ones) for name, ones in found.items() if ones]


def _page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> Template:
    return page(
        request, template, status_code=status_code, nav="network", tab="campaigns", new_op=new_id, **context
    )


async def _titles(actor: NetworkActor) -> dict[str, str]:
    """The titles of every questionnaire a campaign may name, withdrawn ones included."""
    own = {code: title.in_(current()) for code, title in (await own_titles(actor)).items()}
    return own | {one.id: one.title.in_(current()) for one in latest_of_each()}


async def _names(campaign: Campaign) -> dict[str, str]:
    """What variables are called, in the order of the questionnaire, shipped or of the network's own. Call inside `reading(actor)`."""
    named = {TOTAL: overall()}
    found = await asked_in(campaign.questionnaire, campaign.major, campaign.version)
    for dimension in found.dimensions if found else ():
        named[dimension.code] = dimension.label.in_(current())
        for element in dimension.elements:
            named[element.code] = element.label.in_(current())
            named |= {one.code: one.label.in_(current()) for one in element.criteria}
    return named


PAGES = [Publication, Editions]
