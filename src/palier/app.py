"""The composition root: with `cli`, the only module that knows every room."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler

from palier.accounts.pages import (
    account,
    by_link,
    entering,
    passkeys,
    proving,
    second_step,
    securing,
    security,
    signing_up,
)
from palier.action_plans.flows.effects import finished_between
from palier.action_plans.flows.overview import finished_criteria
from palier.action_plans.pages import (
    action_parts,
    actions,
    board,
    bulk,
    calendar,
    capacity,
    effects,
    indicators,
    mine,
    plans,
    reminders,
    sharing,
    sheet,
    suggesting,
    what_if,
)
from palier.action_plans.pages import comments as action_comments
from palier.action_plans.pages import data as plan_data
from palier.action_plans.pages import files as action_files
from palier.assessments import refusals as assessment_refusals
from palier.assessments.pages import (
    answering,
    asking,
    backing,
    comparing,
    history,
    hub,
    lives,
    marking,
    opining,
    presence,
    preview,
    proposing,
    reopening,
    results,
    submitting,
)
from palier.assessments.pages import data as round_data
from palier.assessments.pages import discussing as criterion_comments
from palier.assessments.rules.peers import Peers
from palier.assessments.scope_wording import scope_in_words
from palier.association.pages import bulletins as cockpit_bulletins
from palier.association.pages import campaigns as cockpit_campaigns
from palier.association.pages import directory as cockpit_directory
from palier.association.pages import health as cockpit_health
from palier.association.pages import importing as cockpit_files
from palier.association.pages import joining as cockpit_doors
from palier.association.pages import leaving as cockpit_leaving
from palier.association.pages import levers as cockpit_levers
from palier.association.pages import look as cockpit_look
from palier.association.pages import members as cockpit_members
from palier.association.pages import practices as cockpit_practices
from palier.association.pages import refusing as cockpit_letters
from palier.benchmarks.flows.comparing import peers as peers_of_members
from palier.benchmarks.pages import agreeing, member, publication
from palier.benchmarks.store import is_sealed
from palier.billing.pages import hook, paying
from palier.billing.stripe import Stripe, till_from
from palier.consensus.pages import meeting
from palier.demo import pages as demonstration
from palier.demo import refusals as demo_refusals
from palier.demo.example import example
from palier.entitlements import missing
from palier.entitlements import refusals as entitlement_refusals
from palier.entitlements.catalogue import offers_in
from palier.evidence.pages import library as evidence_library
from palier.foundation import files, headers, templates, web
from palier.foundation.database import WEB, connect, disconnect
from palier.foundation.forwarding import seen_through
from palier.foundation.packing import WORTH_IT, Packing
from palier.foundation.permissions import PUBLIC
from palier.foundation.rights import entitled
from palier.foundation.settings import Settings, read_settings
from palier.foundation.watching import lifetime, watched
from palier.home.pages import figures, helping, landing, offering, platform, public
from palier.invoicing.pages import files as invoice_files
from palier.invoicing.printing import print_invoice
from palier.mirrors.catalogue import mirrored
from palier.mirrors.flows.reading import mirror_beside
from palier.mirrors.pages import answering as mirror_answering
from palier.mirrors.pages import setting_up as mirror_pages
from palier.network.entrance import Entrance, NotYours
from palier.network.pages import inviting, mandating, peopling, settling, switching, welcoming
from palier.network.refusals import show_refusal
from palier.platform import refusals as platform_refusals
from palier.platform.pages import agreements as platform_agreements
from palier.platform.pages import billing as platform_billing
from palier.platform.pages import invoices as platform_invoices
from palier.platform.pages import looking as platform_looking
from palier.platform.pages import tenants as platform_tenants
from palier.platform.pages import visits as platform_visits
from palier.platform.pages import working as platform_working
from palier.portfolio.pages import clients as portfolio
from palier.portfolio.pages import deciding as portfolio_proposals
from palier.portfolio.pages import firm as portfolio_firm
from palier.portfolio.pages import handing_over as portfolio_mandates
from palier.practices.flows.reading import practices_by_topic
from palier.practices.pages import browsing as practices_read
from palier.practices.pages import writing as practices_told
from palier.privacy.pages import account as own_data
from palier.privacy.pages import house as house_data
from palier.privacy.pages import records as privacy_records
from palier.privacy.pages import trail as audit_trail
from palier.privacy.pages import trail_proving as audit_proofs
from palier.questionnaires.pages import own as own_questionnaires
from palier.reports.flows.previewing import Previewer
from palier.reports.pages import ordering, paper, presets, reports, sheets, verifying
from palier.reports.pages import shared as shared_documents
from palier.reports.pages import sharing as document_sharing
from palier.reports.press import Press
from palier.single_sign_on import refusals as sign_on_refusals
from palier.single_sign_on.flows.closing import closed_for
from palier.single_sign_on.pages import entering as sign_on
from palier.single_sign_on.pages import settings as sign_on_settings
from palier.structures.pages import joining as affiliation_pages
from palier.structures.pages import making as unit_forms
from palier.structures.pages import territories as territory_pages
from palier.structures.pages import units as unit_pages
from palier.team.pages import team

ROOMS: list[Any] = [
    *demonstration.PAGES, *public.PAGES, *offering.PAGES, *landing.PAGES, *helping.PAGES, *platform.PAGES, *figures.PAGES,
    *platform_looking.PAGES, *platform_tenants.PAGES, *platform_visits.PAGES, *platform_working.PAGES,
    *platform_billing.PAGES, *platform_agreements.PAGES, *platform_invoices.PAGES, *invoice_files.PAGES,
    *audit_trail.PAGES, *audit_proofs.PAGES, *own_data.PAGES, *house_data.PAGES, *privacy_records.PAGES,
    *cockpit_campaigns.PAGES, *cockpit_letters.PAGES, *cockpit_doors.PAGES, *cockpit_bulletins.PAGES,
    *cockpit_health.PAGES, *cockpit_members.PAGES, *cockpit_practices.PAGES, *cockpit_levers.PAGES,
    *cockpit_files.PAGES, *cockpit_directory.PAGES, *cockpit_look.PAGES, *cockpit_leaving.PAGES, *portfolio.PAGES,
    *portfolio_firm.PAGES, *portfolio_mandates.PAGES, *portfolio_proposals.PAGES, *ordering.PAGES, *presets.PAGES,
    *reports.PAGES, *verifying.PAGES, *paper.PAGES, *sheets.PAGES, *document_sharing.PAGES, *shared_documents.PAGES,
    *unit_pages.PAGES, *unit_forms.PAGES, *affiliation_pages.PAGES, *territory_pages.PAGES, *plans.PAGES,
    *plan_data.PAGES, *board.PAGES, *bulk.PAGES, *mine.PAGES, *sheet.PAGES, *indicators.PAGES, *calendar.PAGES,
    *reminders.PAGES, *suggesting.PAGES, *what_if.PAGES, *capacity.PAGES, *actions.PAGES, *action_parts.PAGES,
    *action_comments.PAGES, *action_files.PAGES, *effects.PAGES, *sharing.PAGES, *practices_told.PAGES,
    *practices_read.PAGES, *member.PAGES, *publication.PAGES, *agreeing.PAGES, *mirror_pages.PAGES,
    *mirror_answering.PAGES, *hub.PAGES, *team.PAGES, *answering.PAGES, *backing.PAGES, *evidence_library.PAGES,
    *asking.PAGES, *opining.PAGES, *proposing.PAGES, *presence.PAGES, *criterion_comments.PAGES, *marking.PAGES,
    *lives.PAGES, *meeting.PAGES, *submitting.PAGES, *reopening.PAGES, *results.PAGES, *round_data.PAGES,
    *history.PAGES, *comparing.PAGES, *preview.PAGES, *own_questionnaires.PAGES, *paying.PAGES, *hook.PAGES,
    *sign_on_settings.PAGES, *sign_on.PAGES, *switching.PAGES, *welcoming.PAGES, *inviting.PAGES, *peopling.PAGES,
    *mandating.PAGES, *settling.PAGES, *entering.PAGES, *second_step.PAGES, *by_link.PAGES, *signing_up.PAGES,
    *account.PAGES, *security.PAGES, *securing.PAGES, *passkeys.PAGES, *proving.PAGES,
]  # fmt: skip
"""The pages of every room, top to bottom."""


@get("/{path:path}", opt=PUBLIC, include_in_schema=False)
async def unknown_page(request: Request, path: FromPath[Path]) -> Template:
    """Every address nobody claims: inside the middleware, so that the page knows who is reading."""
    raise NotFoundException


def create_app(
    settings: Settings | None = None, *, peers: Peers = peers_of_members, till: Stripe | None = None
) -> Litestar:
    """The web application. `settings` default to the environment's; `peers` publishes figures beside a round; `till`
    sells, by default the one the settings name, if any."""
    settings = settings or read_settings()
    previewer, freshness = Previewer(), proving.Freshness(settings)
    invoice_press = Press(workers=1, printer=print_invoice)
    offers, till = offers_in(settings.offers_file), till or till_from(settings)
    env = templates.environment()
    env.globals |= {
        "asset": web.asset,
        "entitled": entitled,
        **missing.tellers(offers),
        "scope_in_words": scope_in_words,
        "mirrored": mirrored,
    }
    app = Litestar(
        route_handlers=[*ROOMS, unknown_page, _static_files()],
        state=State({"secure": settings.secure}),
        before_send=[headers.seal],
        middleware=[
            seen_through(settings.forwarded_allow_ips),
            web.Manners(),
            Entrance(secure=settings.secure, offers=offers if settings.billing else None),
            freshness,
        ],
        before_request=freshness.ask,
        csrf_config=_csrf(settings),
        allowed_hosts=_hosts(settings),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=4, minimum_size=WORTH_IT, middleware_class=Packing
        ),
        dependencies={
            "person": Provide(web.provide_person, sync_to_thread=False),
            "actor": Provide(web.provide_actor, sync_to_thread=False),
            "network_actor": Provide(web.provide_network_actor, sync_to_thread=False),
            "staff_actor": Provide(web.provide_staff_actor, sync_to_thread=False),
            "examples": Provide(lambda: example, sync_to_thread=False),
            "peers": Provide(lambda: peers, sync_to_thread=False),
            "mirrored": Provide(lambda: mirror_beside, sync_to_thread=False),
            "practised": Provide(lambda: practices_by_topic, sync_to_thread=False),
            "deeds": Provide(lambda: finished_between, sync_to_thread=False),
            "sealed": Provide(lambda: is_sealed, sync_to_thread=False),
            "closed_for": Provide(lambda: closed_for, sync_to_thread=False),
            "finished": Provide(lambda: finished_criteria, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "offers": Provide(lambda: offers, sync_to_thread=False),
            "till": Provide(lambda: till, sync_to_thread=False),
            "previewer": Provide(lambda: previewer, sync_to_thread=False),
            "invoice_press": Provide(lambda: invoice_press, sync_to_thread=False),
            "shelf": Provide(lambda: files.shelves(settings), sync_to_thread=False),
        },
        exception_handlers={
            **web.HANDLERS,
            **demo_refusals.HANDLERS,
            **assessment_refusals.HANDLERS,
            **sign_on_refusals.HANDLERS,
            **platform_refusals.HANDLERS,
            **entitlement_refusals.handlers(offers),
            NotYours: show_refusal,
            proving.ProofNeeded: proving.show_proof,
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(env)),
        lifespan=[lifetime(settings), _database(settings)],
        on_startup=[_spare_what_stays],
        on_shutdown=[
            _in_a_thread(previewer.stop),
            _in_a_thread(invoice_press.stop),
            *([till.close] if till else []),
        ],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = watched(app.asgi_handler)
    return app


def _in_a_thread(stop: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    """`stop` as Litestar awaits it: what a lambda hands back it would call and forget."""

    async def stopped() -> None:
        await asyncio.to_thread(stop)

    return stopped


def _csrf(settings: Settings) -> CSRFConfig:
    """On https under a name that no neighbouring site can set: the token is not bound to the session."""
    name = f"{headers.HOST_ONLY}csrftoken" if settings.secure else "csrftoken"
    return CSRFConfig(
        secret=settings.secret, cookie_name=name, cookie_httponly=True, cookie_secure=settings.secure,
        cookie_samesite="lax",
    )  # fmt: skip


def _hosts(settings: Settings) -> AllowedHostsConfig | None:
    """Production answers to its own name only; on a developer's machine any name of the machine will do."""
    if not settings.production:
        return None
    return AllowedHostsConfig(allowed_hosts=[settings.public_url.partition("://")[2]])


def _spare_what_stays() -> None:
    """What was made so far lives as long as the process: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()


def _static_files() -> ControllerRouterHandler:
    return create_static_files_router(
        path="/static", directories=[web.STATIC], opt={"audience": "asset", "exclude_from_csrf": True}, include_in_schema=False,
        cache_control=web.FOR_EVER,
    )  # fmt: skip


def _database(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await connect(settings.database_url_web or settings.database_url or "", WEB)
        try:
            yield
        finally:
            await disconnect()

    return lifespan
