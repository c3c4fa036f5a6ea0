"""Our own invoices: listed, looked at, issued, credited, marked as paid, taken away."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.association.pages.forms import date_in
from palier.billing.flows.agreeing import holder_of
from palier.billing.rules.states import InvoiceState
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import StaffActor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, saved_as, see_other
from palier.invoicing import wording as invoice_words
from palier.invoicing.flows import filing, issuing
from palier.invoicing.flows.issuing import Incomplete, TooMuch, WrongState
from palier.invoicing.freezing import thawed
from palier.invoicing.pages.files import asked, file_of
from palier.invoicing.printing import Sheet
from palier.invoicing.rules.documents import Document
from palier.invoicing.seller import SellerUnknown, seller_of
from palier.platform import billing_wording as words
from palier.platform.flows import books
from palier.platform.flows.books import Wanted
from palier.platform.journal import sales_journal
from palier.platform.pages.billing import shown
from palier.platform.pages.frame import STAFF, number_in, reason_in
from palier.platform.pages.money_forms import Errors, cents
from palier.reports.press import Press, PrintingFailed

Raw = dict[str, str]


class Invoices(Controller):
    """All of them, ours and those Stripe told of."""

    path = "/admin/billing/invoices"
    opt = STAFF

    @get()
    async def listed(
        self, request: Request, staff_actor: NamedDependency[StaffActor], offers: NamedDependency[Offers]
    ) -> Template:
        wanted = _wanted(request)
        leaf = await books.invoices(staff_actor, wanted, number_in(request))
        return shown(
            request, "platform/billing_invoices.html", "invoices", offers, leaf=leaf, wanted=wanted, years=_years(),
            query=f"q={wanted.text}&state={wanted.state}&issuer={wanted.issuer}&year={wanted.year or ''}",
        )  # fmt: skip

    @get("/journal.csv")
    async def journal(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Response[bytes]:
        """The sales journal of what the list shows."""
        wanted = _wanted(request)
        content = sales_journal(await books.journal(staff_actor, wanted))
        name = _("sales journal %(year)s") % {"year": wanted.year or today().year}
        headers = {"content-disposition": saved_as(f"{name}.csv")}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


class OneInvoice(Controller):
    """`/admin/billing/invoices/{invoice}`"""

    path = "/admin/billing/invoices/{invoice:uuid}"
    opt = STAFF

    @get()
    async def show(
        self, request: Request, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Template:  # fmt: skip
        return await _invoice(request, staff_actor, invoice, offers, settings)

    @get("/preview")
    async def preview(
        self, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID], settings: NamedDependency[Settings],
        invoice_press: NamedDependency[Press],
    ) -> Response:  # fmt: skip
        """A draft as it would be issued today, marked as a draft."""
        row, *_others = await books.invoice(staff_actor, invoice)
        if row.state is not InvoiceState.DRAFT:
            return _too_late(invoice)
        try:
            async with reading(staff_actor):
                document = await issuing.previewed(row, seller_of(settings))
            content = await invoice_press.render(Sheet(document), document.locale)
        except SellerUnknown as unknown:
            return _back(invoice, words.seller_unknown(unknown))
        except PrintingFailed:
            return _back(invoice, _("The draft could not be drawn. Try again in a minute."))
        headers = {"content-disposition": saved_as(f"{invoice_words.title_of(document)}.pdf")}
        return Response(content, media_type="application/pdf", headers=headers)

    @post("/issue")
    async def issue(
        self, request: Request, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        try:
            row = await issuing.issue(staff_actor, invoice, seller_of(settings))
        except Incomplete as lacking:
            sentences = {f"lack-{one}": invoice_words.lack(one) for one in lacking.lacks}
            return await _invoice(request, staff_actor, invoice, offers, settings, sentences)
        except SellerUnknown as unknown:
            sentence = words.seller_unknown(unknown)
            return await _invoice(request, staff_actor, invoice, offers, settings, {"issue": sentence})
        except WrongState:
            return _too_late(invoice)
        sentence = _("Invoice %(number)s is issued. The payer finds it on the billing page.")
        return _back(invoice, sentence % {"number": row.number})

    @post("/discard")
    async def discard(self, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID]) -> Response:
        try:
            await issuing.discard(staff_actor, invoice)
        except WrongState:
            return _too_late(invoice)
        return see_other("/admin/billing/invoices", _("The draft is thrown away."))

    @post("/credit")
    async def credit(
        self, request: Request, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Give back all that is left, or a part of it."""
        raw = await form_of(request)
        reason, error = reason_in(raw)
        errors = {"reason": error} if error else {}
        net = cents(raw["amount"]) if raw.get("amount", "").strip() else None
        if raw.get("amount", "").strip() and not net:
            errors["amount"] = _("Write an amount, such as 1200 or 99,50")
        if errors:
            return await _invoice(request, staff_actor, invoice, offers, settings, errors, raw)
        try:
            row = await issuing.credit(staff_actor, invoice, net, reason, seller_of(settings))
        except TooMuch:
            sentence = _("No more can be given back than is left of the invoice")
            return await _invoice(request, staff_actor, invoice, offers, settings, {"amount": sentence}, raw)
        except SellerUnknown as unknown:
            sentence = words.seller_unknown(unknown)
            return await _invoice(request, staff_actor, invoice, offers, settings, {"amount": sentence}, raw)
        except WrongState:
            return _too_late(invoice)
        return _back(row.id, _("Credit note %(number)s is issued.") % {"number": row.number})

    @post("/paid")
    async def paid(
        self, request: Request, staff_actor: NamedDependency[StaffActor], invoice: FromPath[UUID],
        offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        on, reference = date_in(raw, "on"), " ".join(raw.get("reference", "").split())
        errors = (
            {} if on and on <= today() else {"on": _("Write the day the money came, today at the latest")}
        )
        if not reference or len(reference) > 80:
            errors["reference"] = _("Write the reference of the transfer, in at most 80 characters")
        if errors or on is None:
            return await _invoice(request, staff_actor, invoice, offers, settings, errors, raw)
        try:
            await issuing.mark_paid(staff_actor, invoice, on, reference)
        except WrongState:
            return _too_late(invoice)
        return _back(invoice, _("It is marked as paid."))


class Files(Controller):
    """Any invoice of ours, to take away."""

    path = "/admin/billing/files"
    opt = STAFF

    @get("/{sheet:str}")
    async def take(
        self, request: Request, staff_actor: NamedDependency[StaffActor], sheet: FromPath[str],
        invoice_press: NamedDependency[Press],
    ) -> Response:  # fmt: skip
        invoice, form = asked(sheet)
        return await file_of(request, await filing.of_anybody(staff_actor, invoice), form, invoice_press)


async def _invoice(
    request: Request, staff: StaffActor, invoice: UUID, offers: Offers, settings: Settings, errors: Errors | None = None,
    raw: Raw | None = None,
) -> Template:  # fmt: skip
    row, credit_notes, about = await books.invoice(staff, invoice)
    account: Any = row.account
    return shown(
        request, "platform/billing_invoice.html", "invoices", offers, row=row, document=await _document(staff, row, settings),
        credits=credit_notes, about=about, lacks=issuing.lacking(account) if account else [], today=today(),
        left=row.net - sum(one.net for one in credit_notes), holder=holder_of(account) if account else None,
        errors=errors or {}, raw=raw or {}, status_code=422 if errors else 200,
    )  # fmt: skip


async def _document(staff: StaffActor, row: Any, settings: Settings) -> Document:
    """What it says; a draft as it would be today, where the seller is known."""
    if row.state is not InvoiceState.DRAFT:
        return thawed(row.content["document"])
    try:
        seller = seller_of(settings)
    except SellerUnknown:
        return thawed(row.content["document"])
    async with reading(staff):
        return await issuing.previewed(row, seller)


def _wanted(request: Request) -> Wanted:
    asked_for = request.query_params
    year, state, issuer = (asked_for.get(name, "") for name in ("year", "state", "issuer"))
    return Wanted(
        state if state in dict(words.invoice_states()) else "", issuer if issuer in dict(words.issuers()) else "",
        int(year) if year.isascii() and year.isdigit() and 2000 <= int(year[:5]) <= 2100 else None,
        asked_for.get("q", "").strip()[:160],
    )  # fmt: skip


def _years() -> list[int]:
    return list(range(today().year, today().year - 6, -1))


def _back(invoice: UUID, sentence: str) -> Response:
    return see_other(f"/admin/billing/invoices/{invoice}", sentence)


def _too_late(invoice: UUID) -> Response:
    return _back(invoice, _("This can no longer be done: somebody changed it meanwhile."))


PAGES = [Invoices, OneInvoice, Files]
