"""Money, as the platform's staff see it: what waits, who holds what, events of Stripe."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.billing import wording as money_words
from palier.billing.flows import agreeing
from palier.billing.pages.details import buyer_choices, details_in
from palier.billing.rules.agreements import year_from
from palier.billing.rules.details import LONGEST, buyer_of
from palier.entitlements import wording as offer_words
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.actor import StaffActor
from palier.foundation.clock import today
from palier.foundation.language import LOCALES
from palier.foundation.language import gettext as _
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, see_other
from palier.invoicing import wording as invoice_words
from palier.invoicing.flows import issuing
from palier.invoicing.seller import SellerUnknown, seller_of
from palier.network.wording import country_choices
from palier.platform import billing_wording as words
from palier.platform.flows import books, books_acting
from palier.platform.flows.books import Holder
from palier.platform.pages.frame import STAFF, framed, number_in, reason_in
from palier.platform.pages.money_forms import LINES, Errors, draft_in, terms_in

Raw = dict[str, str]


def shown(request: Request, template: str, tab: str, offers: Offers, **context: Any) -> Template:
    """A page about money, with the words all of them need."""
    return framed(
        request, template, "billing", tab=tab, tabs=words.tabs(), said=words, money=money_words,
        offer_words=offer_words, paper=invoice_words, offers=offers, **context,
    )  # fmt: skip


class Books(Controller):
    """What waits for somebody, and what Stripe told in vain."""

    path = "/admin/billing"
    opt = STAFF

    @get()
    async def overview(
        self, request: Request, staff_actor: NamedDependency[StaffActor], offers: NamedDependency[Offers],
        settings: NamedDependency[Settings],
    ) -> Template:  # fmt: skip
        return shown(
            request, "platform/billing.html", "overview", offers, books=await books.books(staff_actor), sells=settings.billing,
            stripe=settings.stripe_key is not None, today=today(),
        )  # fmt: skip

    @get("/holders")
    async def holders(
        self, request: Request, staff_actor: NamedDependency[StaffActor], offers: NamedDependency[Offers]
    ) -> Template:
        """Organisations, networks and consultants, with what they hold."""
        text, kind = request.query_params.get("q", "").strip()[:160], request.query_params.get("kind", "")
        leaf = await books.holders(staff_actor, text, kind, number_in(request))
        return shown(
            request, "platform/billing_holders.html", "holders", offers, leaf=leaf, text=text, kind=kind
        )

    @get("/events")
    async def events(
        self, request: Request, staff_actor: NamedDependency[StaffActor], offers: NamedDependency[Offers]
    ) -> Template:
        """Events not processed: what kind, how often tried, what went wrong; never their contents."""
        leaf = await books.events(staff_actor, number_in(request))
        return shown(request, "platform/billing_events.html", "events", offers, leaf=leaf)

    @post("/events/{event:str}/retry")
    async def retry(self, staff_actor: NamedDependency[StaffActor], event: FromPath[str]) -> Redirect:
        done = await books_acting.retry_event(staff_actor, event[:80])
        sentence = _("The event is looked at again.") if done else _("This event no longer waits.")
        return see_other("/admin/billing/events", sentence)


class OneHolder(Controller):
    """One payer: what it holds, what was agreed and invoiced; an offer given by hand; whom invoices are made out to."""

    path = "/admin/billing/holders/{kind:str}/{holder:uuid}"
    opt = STAFF

    @get()
    async def show(
        self, request: Request, staff_actor: NamedDependency[StaffActor], kind: FromPath[str],
        holder: FromPath[UUID], offers: NamedDependency[Offers],
    ) -> Template:  # fmt: skip
        return holder_page(request, await holder_of(staff_actor, kind, holder), offers)

    @post("/give")
    async def give(
        self, request: Request, staff_actor: NamedDependency[StaffActor], kind: FromPath[str],
        holder: FromPath[UUID], offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Give an offer by hand."""
        raw, found = await form_of(request), await holder_of(staff_actor, kind, holder)
        offer = offers.every.get(raw.get("offer", ""))
        terms, errors = terms_in(raw, offer.included if offer else 0)
        reason, error = reason_in(raw)
        errors |= {"reason": error} if error else {}
        if offer is None or offer.kind is not found.kind:
            errors["offer"] = _("Choose an offer")
        if errors or terms is None or offer is None:
            return holder_page(request, found, offers, errors, raw)
        account = await account_made(staff_actor, found)
        row = await agreeing.give(staff_actor, account, offer.key, terms, reason, offers, settings.public_url)
        sentence = _("The offer is given. The payer has been written to.")
        return see_other(f"/admin/billing/agreements/{row.id}", sentence)

    @get("/details")
    async def details(
        self, request: Request, staff_actor: NamedDependency[StaffActor], kind: FromPath[str],
        holder: FromPath[UUID], offers: NamedDependency[Offers],
    ) -> Template:  # fmt: skip
        return _details(request, await holder_of(staff_actor, kind, holder), offers, {}, {})

    @post("/details")
    async def describe(
        self, request: Request, staff_actor: NamedDependency[StaffActor], kind: FromPath[str],
        holder: FromPath[UUID], offers: NamedDependency[Offers],
    ) -> Response:  # fmt: skip
        """Write whom invoices are made out to, in the payer's place."""
        raw, found = await form_of(request), await holder_of(staff_actor, kind, holder)
        details, errors = details_in(raw)
        reason, error = reason_in(raw)
        errors |= {"reason": error} if error else {}
        locale = raw.get("locale", "")
        if locale not in LOCALES:
            errors["locale"] = _("Choose a language of the list")
        if details is None or errors:
            return _details(request, found, offers, raw, errors)
        account = await account_made(staff_actor, found)
        await books_acting.describe(staff_actor, account, details, locale, reason)
        return see_other(found.page, _("The details are saved. They stand on the invoices to come."))

    @post("/invoices")
    async def draft(
        self, request: Request, staff_actor: NamedDependency[StaffActor], kind: FromPath[str],
        holder: FromPath[UUID], offers: NamedDependency[Offers], settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Write down what is to be invoiced; it is issued from its own page."""
        raw, found = await form_of(request), await holder_of(staff_actor, kind, holder)
        wanted, errors = draft_in(raw)
        reason, error = reason_in({"reason": raw.get("why", "")})
        errors |= {"why": error} if error else {}
        agreement = next((row for row in found.agreements if str(row.id) == raw.get("agreement")), None)
        try:
            seller = seller_of(settings)
        except SellerUnknown as unknown:
            return holder_page(request, found, offers, {"label-1": words.seller_unknown(unknown)}, raw)
        if wanted is None or errors:
            return holder_page(request, found, offers, errors, raw)
        account = await account_made(staff_actor, found)
        row = await issuing.draft(
            staff_actor, account, wanted, reason, seller, agreement.id if agreement else None
        )
        return see_other(
            f"/admin/billing/invoices/{row.id}", _("The draft is kept. Look at it, then issue it.")
        )


async def holder_of(staff: StaffActor, kind: str, holder_id: UUID) -> Holder:
    """The payer an address names. Raises NotFoundException."""
    found = await books.holder(staff, Kind(kind), holder_id) if kind in list(Kind) else None
    if found is None:
        raise NotFoundException
    return found


def holder_page(
    request: Request, found: Holder, offers: Offers, errors: Errors | None = None, raw: Raw | None = None
) -> Template:
    """The page of a payer, with what was typed where something is wrong with it."""
    given = {"starts": today(), "ends": year_from(today())}
    return shown(
        request, "platform/billing_holder.html", "holders", offers, holder=found, errors=errors or {}, raw=raw or {}, given=given,
        lines=LINES, lacks=issuing.lacking(found.account) if found.account else None,
        status_code=422 if errors else 200,
    )  # fmt: skip


async def account_made(staff: StaffActor, found: Holder) -> UUID:
    """The payer's account; where there is none, one with what is known."""
    if found.account is not None:
        return found.account.id
    email = found.address if found.kind is Kind.PERSON else ""
    return await agreeing.account_of_holder(staff, found.kind, found.id, found.name, email, found.country)


def _details(request: Request, found: Holder, offers: Offers, raw: Raw, errors: Errors) -> Template:
    account = found.account
    known = {"legal_name": found.name, "country": found.country, "locale": "fr"}
    kept: dict[str, Any] = dict.fromkeys(LONGEST, "") | known
    if account is not None:
        kept |= {
            name: getattr(account, name) for name in (*LONGEST, "country", "siret", "vat_number", "locale")
        }
    kept["buyer"] = buyer_of(kept["country"], public_body=bool(account and account.public_body))
    return shown(
        request, "platform/billing_details.html", "holders", offers, holder=found, values=kept | raw, errors=errors,
        countries=country_choices(), buyers=buyer_choices(), status_code=422 if errors else 200,
    )  # fmt: skip


PAGES = [Books, OneHolder]
