"""One agreement, decided, prolonged and ended by the platform's staff, and invoiced."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.association.pages.forms import date_in
from palier.billing.flows import agreeing
from palier.billing.flows.agreeing import CannotAgree, Decided
from palier.billing.rules.agreements import year_from
from palier.billing.store import OfferAgreement
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import StaffActor
from palier.foundation.clock import today
from palier.foundation.language import gettext as _
from palier.foundation.language import speaking
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, see_other
from palier.platform.flows import books
from palier.platform.pages.billing import holder_of, shown
from palier.platform.pages.frame import STAFF, reason_in
from palier.platform.pages.money_forms import LINES, Errors, terms_in
from palier.platform.prefilling import lines_of

Raw = dict[str, str]


class Agreements(Controller):
    """`/admin/billing/agreements/{agreement}`"""

    path = "/admin/billing/agreements/{agreement:uuid}"
    opt = STAFF

    @get()
    async def show(
        self, request: Request, staff_actor: NamedDependency[StaffActor], agreement: FromPath[UUID],
        offers: NamedDependency[Offers],
    ) -> Template:  # fmt: skip
        return await _agreement(request, staff_actor, agreement, offers)

    @post("/accept")
    async def accept(
        self, request: Request, staff_actor: NamedDependency[StaffActor], agreement: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        row = await books.agreement(staff_actor, agreement)
        terms, errors = terms_in(raw, row.quantity)
        reason, error = reason_in(raw)
        errors |= {"reason": error} if error else {}
        if terms is None or errors:
            return await _agreement(request, staff_actor, agreement, offers, errors, raw)
        try:
            await agreeing.accept(staff_actor, agreement, terms, reason, offers, settings.public_url)
        except (Decided, CannotAgree) as fault:
            return _not_done(agreement, fault)
        return _done(agreement, _("The offer is held. The payer has been written to."))

    @post("/refuse")
    async def refuse(
        self, request: Request, staff_actor: NamedDependency[StaffActor], agreement: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        reason, error = reason_in({"reason": raw.get("why", "")})
        if error:
            return await _agreement(request, staff_actor, agreement, offers, {"why": error}, raw)
        try:
            await agreeing.refuse(staff_actor, agreement, reason, offers, settings.public_url)
        except Decided as fault:
            return _not_done(agreement, fault)
        return _done(agreement, _("The request is refused. The payer has been written to."))

    @post("/prolong")
    async def prolong(
        self, request: Request, staff_actor: NamedDependency[StaffActor], agreement: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        return await _moved(request, staff_actor, agreement, offers, settings, "until", agreeing.prolong)

    @post("/end")
    async def end(
        self, request: Request, staff_actor: NamedDependency[StaffActor], agreement: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        return await _moved(request, staff_actor, agreement, offers, settings, "last", agreeing.end_early)


async def _moved(
    request: Request,
    staff: StaffActor,
    agreement: UUID,
    offers: Offers,
    settings: Settings,
    field: str,
    act: Any,
) -> Response:
    """Another last day: later or sooner. The two forms stand on one page: `field` names the day and begins its reason."""
    raw = await form_of(request)
    day = date_in(raw, field)
    reason, error = reason_in({"reason": raw.get(f"{field}-reason", "")})
    errors = {f"{field}-reason": error} if error else {}
    if day is None:
        errors[field] = _("Write a date, such as 31 12 2026")
    if errors or day is None:
        return await _agreement(request, staff, agreement, offers, errors, raw)
    try:
        await act(staff, agreement, day, reason, offers, settings.public_url)
    except CannotAgree:
        sentence = (
            _("Write a day after the one agreed so far, within five years of the first")
            if field == "until"
            else _("Write a day before the one agreed so far, today at the earliest")
        )
        return await _agreement(request, staff, agreement, offers, {field: sentence}, raw)
    except Decided as fault:
        return _not_done(agreement, fault)
    return _done(agreement, _("The last day is changed. The payer has been written to."))


async def _agreement(
    request: Request, staff: StaffActor, agreement: UUID, offers: Offers, errors: Errors | None = None,
    raw: Raw | None = None,
) -> Template:  # fmt: skip
    row = await books.agreement(staff, agreement)
    kind, holder_id = agreeing.holder_of(row.account)
    return shown(
        request, "platform/billing_agreement.html", "overview", offers, row=row, holder=await holder_of(staff, kind, holder_id),
        price=_price(row, offers), given={"starts": today(), "ends": year_from(today())}, lines=LINES,
        invoices=await books.invoices_of(staff, agreement), prefilled=_prefilled(row, offers), errors=errors or {},
        raw=raw or {}, status_code=422 if errors else 200,
    )  # fmt: skip


def _price(row: OfferAgreement, offers: Offers) -> int | None:
    """Cents without VAT each interval, by the file of offers; None for one that has no price."""
    offer = offers.every.get(row.offer)
    price = offer.prices.get(row.interval) if offer else None
    return price.of(row.quantity) if price else None


def _prefilled(row: OfferAgreement, offers: Offers) -> Raw:
    with speaking(row.account.locale):
        return lines_of(row, offers)


def _done(agreement: UUID, sentence: str) -> Response:
    return see_other(f"/admin/billing/agreements/{agreement}", sentence)


def _not_done(agreement: UUID, fault: Exception) -> Response:
    sentence = (
        _("Somebody decided this meanwhile, or it was withdrawn.")
        if isinstance(fault, Decided)
        else _("This offer is not sold to this kind of payer.")
    )
    return _done(agreement, sentence)


PAGES = [Agreements]
