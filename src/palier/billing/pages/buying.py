"""Comparing the offers, choosing one, paying for it at Stripe and coming back."""

import logging
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.billing import store
from palier.billing.flows import agreeing, buying, changing, describing
from palier.billing.ledger import ledger_of
from palier.billing.pages.desk import Desk, back, off_to, show
from palier.billing.pages.details import details_in, form_context
from palier.billing.pages.orders import Wanted, wanted_in
from palier.billing.pages.refusing import Unbought, reason
from palier.billing.payers import account_of
from palier.billing.rules.details import Buyer
from palier.billing.stripe import TillAway
from palier.foundation.database import only_reading, reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, is_htmx, see_other

log = logging.getLogger(__name__)


class Buying(Controller):
    """`…/billing/offers`, `…/buy`, `…/invoice`, `…/checkout/{checkout}`"""

    @get("/offers")
    async def compare(self, request: Request, desk: NamedDependency[Desk]) -> Template:
        if not desk.sells:
            return show(request, desk, "billing/nothing_sold.html")
        async with reading(desk.payer.tenant):
            ledger = await ledger_of(desk.payer)
        sold = desk.offers.sold_to(desk.payer.kind)
        return show(request, desk, "billing/offers.html", sold=sold, ledger=ledger)

    @get("/buy")
    async def choose(self, request: Request, desk: NamedDependency[Desk]) -> Template:
        if not desk.sells:
            return show(request, desk, "billing/nothing_sold.html")
        return await _order(request, desk, wanted_in(_asked(request), desk))

    @post("/buy")
    async def pay(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        raw = await form_of(request)
        wanted = wanted_in(raw, desk)
        if wanted.error:
            return await _order(request, desk, wanted)
        if raw.get("way") == "invoice":
            return see_other(f"{desk.base}/invoice?{wanted.query}")
        try:
            address = await buying.begin(desk.payer, desk.till, wanted.order, desk.settings.public_url)
        except Unbought as error:
            return await _order(request, desk, wanted, error)
        return off_to(request, desk, address)

    @get("/invoice")
    async def ask_for_invoice(self, request: Request, desk: NamedDependency[Desk]) -> Template:
        if not desk.sells:
            return show(request, desk, "billing/nothing_sold.html")
        return await _invoice(request, desk, wanted_in(_asked(request), desk), {}, {})

    @post("/invoice")
    async def order_by_invoice(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        raw = await form_of(request)
        wanted = wanted_in(raw, desk)
        details, errors = details_in(raw)
        if desk.till and raw.get("buyer") == Buyer.OTHER:
            errors["buyer"] = _("Thirty days to pay are for public bodies. Pay by card or by SEPA debit, or write to us.")  # fmt: skip
        if details is None or errors:
            return await _invoice(request, desk, wanted, raw, errors)
        await describing.describe(desk.payer, details)
        if desk.till is None:
            await agreeing.ask(desk.payer, wanted.order)
            return back(desk, _("Your request is sent. We answer by e-mail, with an invoice; nothing is due until then."))  # fmt: skip
        try:
            await changing.by_invoice(desk.payer, desk.till, wanted.order)
        except Unbought as error:
            return await _invoice(request, desk, wanted, raw, {}, error)
        return back(desk, _("The offer is open. The invoice comes by e-mail and stands below; you have 30 days to pay it."))  # fmt: skip

    @get("/checkout/{checkout:uuid}")
    async def come_back(
        self, request: Request, desk: NamedDependency[Desk], checkout: FromPath[UUID]
    ) -> Template:
        if not desk.sells:
            return show(request, desk, "billing/nothing_sold.html")
        # A GET that writes on purpose: Stripe sends the browser back with one, and what was paid is held at once, before
        # any event arrives. Repeating it changes nothing (docs/architecture.md).
        only_reading.set(False)
        asked = True
        try:
            row = await buying.returned(desk.payer, desk.till, checkout)
        except Unbought as error:
            log.warning("checkout %s: %s", checkout, type(error).__name__)
            async with reading(desk.payer.tenant):
                account = await account_of(desk.payer)
                row = await store.Checkout.get(id=checkout, account_id=account and account.id)
            asked = not isinstance(error, TillAway)
        return show(request, desk, "billing/checkout.html", checkout=row, asked=asked)


def _asked(request: Request) -> dict[str, str]:
    return {key: value for key, value in request.query_params.items() if isinstance(value, str)}


async def _order(request: Request, desk: Desk, wanted: Wanted, error: Exception | None = None) -> Template:
    """The order with its total; only that part where htmx asks for it."""
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
    wrong = bool(error or wanted.error)
    template = "billing/_order.html" if is_htmx(request) else "billing/buy.html"
    return show(
        request, desk, template, status_code=422 if wrong else 200, wanted=wanted, ledger=ledger,
        errors={"quantity": wanted.error} if wanted.error else {}, trouble=reason(error) if error else "",
    )  # fmt: skip


async def _invoice(
    request: Request,
    desk: Desk,
    wanted: Wanted,
    raw: dict[str, str],
    errors: dict[str, str],
    error: Exception | None = None,
) -> Template:
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
    context = form_context(desk, ledger, raw, errors)
    if desk.till:  # whoever else pays by card or by debit
        context["buyers"] = [choice for choice in context["buyers"] if choice[0] != Buyer.OTHER]
    if not raw and context["values"]["buyer"] == Buyer.OTHER:
        context["values"]["buyer"] = Buyer.FRENCH
    return show(
        request, desk, "billing/invoice.html", status_code=422 if errors or error else 200, wanted=wanted,
        trouble=reason(error) if error else "", **context,
    )  # fmt: skip
