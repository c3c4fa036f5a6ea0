"""Changing what is paid: another number, another offer, an end; with what it costs before anything is changed."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from palier.billing import store
from palier.billing.flows import changing
from palier.billing.flows.standing import facts_of
from palier.billing.ledger import Ledger, ledger_of
from palier.billing.pages.desk import Desk, back, show
from palier.billing.pages.orders import Wanted, wanted_in
from palier.billing.pages.overview import overview
from palier.billing.pages.refusing import Unbought, reason
from palier.billing.rules.orders import Change
from palier.entitlements import wording as offer_words
from palier.foundation.database import reading
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH
from palier.foundation.web import form_of


class Changing(Controller):
    """`…/billing/change`, `…/cancel`"""

    @get("/change")
    async def weigh_change(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        return await _change(request, desk, {key: str(value) for key, value in request.query_params.items()})

    @post("/change")
    async def change(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        raw = await form_of(request)
        wanted = wanted_in(raw, desk)
        if wanted.error:
            return await _change(request, desk, raw)
        try:
            await changing.change(desk.payer, desk.till, _as_change(wanted))
        except Unbought as error:
            return await _change(request, desk, raw, error)
        return back(desk, _("The change is made."))

    @get("/cancel")
    async def weigh_end(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        return await _cancel(request, desk)

    @post("/cancel")
    async def cancel(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        try:
            row = await changing.cancel(desk.payer, desk.till, now=False)
        except Unbought as error:
            return await _cancel(request, desk, error=error)
        end = row.cancel_at or row.period_end
        said = _("It is cancelled. Everything goes on until %(day)s, and you can take it back until then.")
        return back(desk, said % {"day": day(end)} if end else _("It is cancelled."))

    @post("/cancel/now", opt=FRESH)
    async def cancel_now(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        if (await form_of(request)).get("understood") != "yes":
            return await _cancel(request, desk, {"understood": _("Tick the box to say that you have read this")})  # fmt: skip
        try:
            await changing.cancel(desk.payer, desk.till, now=True)
        except Unbought as error:
            return await _cancel(request, desk, error=error)
        return back(desk, _("It has ended. What is there stays yours: reading and exporting go on."))


def _as_change(wanted: Wanted) -> Change:
    return Change(wanted.offer.key, wanted.interval, wanted.quantity)


def _as_wanted(desk: Desk, row: store.Subscription) -> Wanted | None:
    """What runs now; None where its offer is no longer sold."""
    offer = next((one for one in desk.offers.sold_to(desk.payer.kind) if one.key == row.offer), None)
    return None if offer is None else Wanted(offer, row.interval, row.quantity, str(row.quantity))


def _first_sold(desk: Desk, row: store.Subscription) -> Wanted:
    """Where to begin when the offer that runs is no longer sold."""
    offer = desk.offers.sold_to(desk.payer.kind)[0]
    return Wanted(offer, row.interval, max(row.quantity, offer.included), str(row.quantity))


def _choices(desk: Desk, ledger: Ledger, row: store.Subscription) -> list[tuple[str, str, str]]:
    """The offers it can become: those for members only to members, and to whoever has one."""
    open_to = [
        offer
        for offer in desk.offers.sold_to(desk.payer.kind)
        if not offer.members_only or ledger.member or offer.key == row.offer
    ]
    return [(offer.key, offer_words.offer_name(offer), offer_words.offer_about(offer)) for offer in open_to]


async def _change(
    request: Request, desk: Desk, raw: dict[str, str], error: Exception | None = None
) -> Template | Redirect:
    """The form; with what the change comes to, once something else than what runs is asked for."""
    if not desk.sells:
        return show(request, desk, "billing/nothing_sold.html")
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
        facts = await facts_of(desk.payer.kind, desk.payer.id, desk.offers)
    row = ledger.subscription
    if row is None or desk.till is None:
        return back(desk, place="/offers")
    running = _as_wanted(desk, row)
    first = running or _first_sold(desk, row)
    wanted = wanted_in(raw, desk, first)
    preview, trouble = None, reason(error) if error else ""
    if wanted != running and not wanted.error and not error and raw:
        try:
            preview = await changing.preview(desk.payer, desk.till, _as_change(wanted))
        except Unbought as refusal:
            trouble = reason(refusal)
    return show(
        request, desk, "billing/change.html", status_code=422 if wanted.error or trouble else 200, wanted=wanted, running=running,
        subscription=row, preview=preview, trouble=trouble, facts=facts, choices=_choices(desk, ledger, row),
        errors={"quantity": wanted.error} if wanted.error else {},
    )  # fmt: skip


async def _cancel(
    request: Request, desk: Desk, errors: dict[str, str] | None = None, error: Exception | None = None
) -> Template:
    """What ends, when, and what stays; the overview where nothing runs that could be cancelled."""
    if not desk.sells:
        return show(request, desk, "billing/nothing_sold.html")
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
        facts = await facts_of(desk.payer.kind, desk.payer.id, desk.offers)
    if ledger.subscription is None:
        return await overview(request, desk, error)
    return show(
        request, desk, "billing/cancel.html", status_code=422 if errors or error else 200, subscription=ledger.subscription,
        remaining=ledger.remaining(desk.payer, desk.offers), errors=errors or {}, trouble=reason(error) if error else "", facts=facts,
    )  # fmt: skip
