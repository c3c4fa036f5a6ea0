"""Suggestions and the first draft of a plan."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from palier.action_plans import wording
from palier.action_plans.flows import suggesting
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.flows.sizing import proposal_for, sizing_of
from palier.action_plans.flows.suggesting import NoLongerSuggested, first_draft
from palier.action_plans.pages.desk import (
    EDIT,
    MAKE,
    READ,
    Desk,
    open_desk,
    plan_path,
    shared,
    way_back,
)
from palier.action_plans.pages.filtering import query_behind
from palier.action_plans.pages.forms import Raw, op_of, read_wish, typed_date, unknown_owner
from palier.action_plans.planner import NotSolved
from palier.action_plans.rules.schedule import Draft, schedule
from palier.action_plans.rules.suggestions import Order, Suggestion
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.web import form_of, is_htmx, page, see_other

LONGEST_REASON = 300
A_PAGE = 10
"""Suggestions shown at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the draft's form: a suggestion with what is proposed, or with what was typed."""

    suggestion: Suggestion
    start: Any
    due: Any
    owner: str = ""
    included: bool = True


class Suggestions(Controller):
    """`/o/{org}/plans/{plan}/suggestions`"""

    path = "/o/{org:str}/plans/{plan:str}"

    @get("/suggestions", opt=READ)
    async def ranked(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        plan: FromPath[str], sort: FromQuery[str] = "balance", why: FromQuery[str] = "", page: FromQuery[int] = 1,
    ) -> Template:  # fmt: skip
        """The suggestions with their reasons, page by page; `why` opens the reasons of one lever, on its page."""
        return await _ranked(request, actor, peers, plan, sort, why=why, number=page)

    @post("/suggestions/{lever:str}/adopt", opt=MAKE)
    async def adopt(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        plan: FromPath[str], lever: FromPath[str],
    ) -> Response:  # fmt: skip
        """Make an action of it."""
        raw = await form_of(request)
        errors: dict[str, str] = {}
        wish = read_wish(raw, "", errors)
        try:
            if not errors:
                row = await suggesting.adopt(actor, plan, lever, wish, peers, op_of(raw))
        except UnknownOwner:
            errors["owner"] = unknown_owner()
        except NoLongerSuggested:
            return await _adopted(request, actor, peers, plan, raw, _no_longer(), "")
        if errors:
            return await _ranked(
                request, actor, peers, plan, raw.get("sort", ""), adopting=lever, errors=errors, typed=raw
            )
        told = _("“%(title)s” is now planned") % {"title": row.title}
        return await _adopted(request, actor, peers, plan, raw, told, f"act-{row.id}-t")

    @post("/suggestions/{lever:str}/dismiss", opt=EDIT)
    async def dismiss(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers],
        plan: FromPath[str], lever: FromPath[str],
    ) -> Response:  # fmt: skip
        """Put it aside, with a reason."""
        raw = await form_of(request)
        reason, address = raw.get("reason", ""), _sorted_path(actor, plan, raw.get("sort", ""))
        if not reason or len(reason) > LONGEST_REASON:
            words = _("Say in a line why this does not suit you, in at most %(most)s characters")
            errors = {f"reason-{lever}": words % {"most": LONGEST_REASON}}
            return await _ranked(
                request, actor, peers, plan, raw.get("sort", ""), dismissing=lever, errors=errors, typed=raw
            )
        try:
            await suggesting.dismiss(actor, plan, lever, reason)
        except NoLongerSuggested:
            return see_other(address, notice=_no_longer())
        return see_other(
            f"{address}#aside", notice=_("The suggestion is put aside. You can take it back below.")
        )

    @post("/suggestions/{lever:str}/restore", opt=EDIT)
    async def restore(
        self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str], lever: FromPath[str]
    ) -> Response:
        """Suggest it again."""
        raw = await form_of(request)
        await suggesting.restore(actor, plan, lever)
        return see_other(
            f"{_sorted_path(actor, plan, raw.get('sort', ''))}#{lever}", notice=_("The suggestion is back.")
        )

    @get("/generate", opt=MAKE)
    async def draft(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
        chosen: Annotated[str, QueryParameter(name="from")] = "",
    ) -> Template:
        """The first suggestions as dated actions, or those chosen `from=capacity`, to be edited before they count."""
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        drafts = await _by_capacity(desk) if chosen == "capacity" else first_draft(actor, desk.suggestions)
        rows = [Row(draft.suggestion, draft.starts_on, draft.due_on) for draft in drafts]
        return _draft(request, actor, desk, rows, by_capacity=chosen == "capacity")

    @post("/generate", opt=MAKE)
    async def generate(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response:
        """Make actions of the lines that are ticked, all at once."""
        raw = await form_of(request)
        errors: dict[str, str] = {}
        chosen = [name.removeprefix("include-") for name in raw if name.startswith("include-")]
        wishes = {lever: read_wish(raw, f"{lever}-", errors) for lever in chosen}
        if not chosen:
            errors["lines"] = _("Tick at least one action")
        try:
            if not errors:
                made = await suggesting.fill(actor, plan, wishes, peers, op_of(raw))
                notice = ngettext("%(num)s action is planned.", "%(num)s actions are planned.", len(made))
                return see_other(plan_path(actor, plan), notice=notice % {"num": len(made)})
        except UnknownOwner:
            errors["lines"] = unknown_owner()
        except NoLongerSuggested:
            errors["lines"] = _no_longer()
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        return _draft(request, actor, desk, _typed_rows(desk, raw), errors)


async def _by_capacity(desk: Desk) -> list[Draft]:
    """The choice that fits the capacity; nothing where the solver found none in its time."""
    sized = sizing_of(desk.view, desk.suggestions, desk.on)
    try:
        return sized.drafts(await proposal_for(sized), desk.on)
    except NotSolved:
        return []


def _no_longer() -> str:
    return _("This is no longer a suggestion: it was adopted, put aside, or its criteria are at target.")


def _sorted_path(actor: Actor, plan: str, sort: str) -> str:
    path = f"{plan_path(actor, plan)}/suggestions"
    return f"{path}?sort={sort}" if sort in set(Order) - {Order.BALANCE} else path


async def _ranked(
    request: Request, actor: Actor, peers: Peers, plan: str, sort: str, *, why: str = "", number: int = 1, adopting: str = "",
    dismissing: str = "", errors: dict[str, str] | None = None, typed: Raw | None = None,
) -> Template:  # fmt: skip
    order = Order(sort) if sort in set(Order) else Order.BALANCE
    async with reading(actor):
        desk = await open_desk(actor, plan, peers, order=order)
    on = today(actor.person.time_zone)
    ranks = [one.lever.id for one in desk.suggestions]
    wanted = next((ranks.index(name) for name in (why, adopting, dismissing) if name in ranks), None)
    pages = max(1, -(-len(ranks) // A_PAGE))
    number = min(max(1, number), pages) if wanted is None else wanted // A_PAGE + 1
    proposed = {one.lever.id: schedule([one], on)[0] for one in desk.suggestions}
    return page(
        request, "action_plans/suggestions.html", status_code=422 if errors else 200, order=order,
        orders=wording.order_choices(), note=wording.order_note(order), why=why, adopting=adopting,
        dismissing=dismissing, errors=errors or {}, typed=typed or {}, typed_date=typed_date, proposed=proposed,
        number=number, pages=pages, first=(number - 1) * A_PAGE, a_page=A_PAGE,
        **shared(request, actor, desk),
    )  # fmt: skip


async def _adopted(
    request: Request, actor: Actor, peers: Peers, plan: str, raw: Raw, told: str, focus: str
) -> Response:
    """The board with the card where it went; from the page of suggestions, that page again."""
    if not is_htmx(request):
        return see_other(way_back(raw, plan_path(actor, plan)), notice=told)
    async with reading(actor):
        desk = await open_desk(actor, plan, peers, query_behind(raw))
    answer = page(
        request, "action_plans/board_moved.html", status_code=200 if focus else 409, told=told, suggestions_too=True,
        **shared(request, actor, desk),
    )  # fmt: skip
    if focus:
        answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "{focus}"}}'
    return answer


def _draft(
    request: Request,
    actor: Actor,
    desk: Desk,
    rows: list[Row],
    errors: dict[str, str] | None = None,
    *,
    by_capacity: bool = False,
) -> Template:
    return page(
        request, "action_plans/generate.html", status_code=422 if errors else 200, rows=rows,
        errors=errors or {}, by_capacity=by_capacity, **shared(request, actor, desk),
    )  # fmt: skip


def _typed_rows(desk: Desk, raw: Raw) -> list[Row]:
    """The lines of the form as they were sent; a lever that is no longer suggested is gone."""
    sent = [name.removesuffix("-due-day") for name in raw if name.endswith("-due-day")]
    by_id = {one.lever.id: one for one in desk.suggestions}
    return [
        Row(
            by_id[lever], typed_date(raw, f"{lever}-start"), typed_date(raw, f"{lever}-due"),
            raw.get(f"{lever}-owner", ""), f"include-{lever}" in raw,
        )
        for lever in sent
        if lever in by_id
    ]  # fmt: skip


PAGES = [Suggestions]
