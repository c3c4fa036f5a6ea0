"""Billing details: whom invoices are made out to. One form, on its own and within an order by invoice."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Template

from palier.accounts.rules import is_email
from palier.billing import registrations
from palier.billing.flows import customers, describing
from palier.billing.ledger import Ledger, ledger_of
from palier.billing.pages.desk import Desk, back, show
from palier.billing.pages.refusing import Unbought, reason
from palier.billing.rules.details import LONGEST, Buyer, Details, buyer_of
from palier.billing.stripe import Refused
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH
from palier.foundation.web import form_of
from palier.network.wording import countries, country_choices

Errors = dict[str, str]


class BillingDetails(Controller):
    """`…/billing/details`"""

    @get("/details")
    async def read_details(self, request: Request, desk: NamedDependency[Desk]) -> Template:
        if not desk.sells:
            return show(request, desk, "billing/nothing_sold.html")
        return await _details(request, desk, {}, {})

    @post("/details", opt=FRESH)
    async def save_details(self, request: Request, desk: NamedDependency[Desk]) -> Response:
        raw = await form_of(request)
        details, errors = details_in(raw)
        if details is None:
            return await _details(request, desk, raw, errors)
        await describing.describe(desk.payer, details)
        try:
            await _tell_stripe(desk)
        except Refused as error:
            return await _details(request, desk, raw, {"vat_number": reason(error)})
        except Unbought as error:
            return await _details(request, desk, raw, {}, reason(error))
        return back(desk, _("The billing details are saved. They stand on the invoices to come."))


async def _tell_stripe(desk: Desk) -> None:
    """Only of somebody Stripe knows: whoever never paid there is not told of."""
    async with reading(desk.payer.tenant):
        account = (await ledger_of(desk.payer)).account
    if desk.till and account and account.stripe_customer:
        await customers.keep(desk.payer, desk.till)


async def _details(
    request: Request, desk: Desk, raw: dict[str, str], errors: Errors, trouble: str = ""
) -> Template:
    async with reading(desk.payer.tenant):
        ledger = await ledger_of(desk.payer)
    return show(
        request, desk, "billing/details.html", status_code=422 if errors or trouble else 200, trouble=trouble,
        **form_context(desk, ledger, raw, errors),
    )  # fmt: skip


def form_context(desk: Desk, ledger: Ledger, raw: Mapping[str, str], errors: Errors) -> dict[str, Any]:
    """What the form shows: what was typed, else what is kept, else what is known of whoever fills it in."""
    account, columns = ledger.account, (*LONGEST, "country", "siret", "vat_number")
    kept = dict.fromkeys(columns, "")
    kept |= {"legal_name": desk.payer.name, "email": desk.payer.person.email, "country": "FR"}
    if account:
        kept |= {name: getattr(account, name) for name in columns}
    kept["buyer"] = buyer_of(kept["country"], public_body=bool(account and account.public_body))
    return {
        "values": kept | dict(raw), "errors": errors, "countries": country_choices(), "buyers": buyer_choices(),
        "ledger": ledger,
    }  # fmt: skip


def buyer_choices() -> list[tuple[str, str, str]]:
    """Who may be invoiced."""
    return [
        (Buyer.FRENCH, _("A public body in France"), _("Invoices go through Chorus Pro: the SIRET says whose they are.")),
        (Buyer.FOREIGN, _("A public body in another country"), ""),
        (Buyer.OTHER, _("Another organisation, or an independent"), ""),
    ]  # fmt: skip


def details_in(raw: Mapping[str, str]) -> tuple[Details | None, Errors]:
    """The form as details, or what is wrong with each field."""
    values = {name: " ".join(raw.get(name, "").split()) for name in LONGEST}
    errors = {name: said for name, said in _needed().items() if not values[name]}
    errors |= {name: _("Write less: %(most)s characters at most") % {"most": most}
               for name, most in LONGEST.items() if len(values[name]) > most}  # fmt: skip
    if values["email"] and not is_email(values["email"]):
        errors["email"] = _("Write an address such as name@example.org")
    country, buyer = raw.get("country", ""), raw.get("buyer", "")
    errors |= _whereabouts(buyer, country)
    numbers, wrong = _numbers(raw, buyer, country)
    errors |= wrong
    if errors:
        return None, errors
    return Details(**values, country=country, public_body=buyer != Buyer.OTHER, **numbers), {}


def _needed() -> Errors:
    """What is said where one of these is empty."""
    return {
        "legal_name": _("Write the legal name"), "email": _("Write the e-mail address for invoices"),
        "address_line1": _("Write the address"), "postal_code": _("Write the postal code"), "city": _("Write the town"),
    }  # fmt: skip


def _whereabouts(buyer: str, country: str) -> Errors:
    if buyer not in list(Buyer):
        return {"buyer": _("Choose one of the three")}
    if country not in countries():
        return {"country": _("Choose a country of the list")}
    if buyer == Buyer.FRENCH and country != "FR":
        return {"country": _("A public body in France has its address there")}
    if buyer == Buyer.FOREIGN and country == "FR":
        return {"country": _("Choose the country of the public body, or “A public body in France”")}
    return {}


def _numbers(raw: Mapping[str, str], buyer: str, country: str) -> tuple[dict[str, str], Errors]:
    """SIRET and VAT number, each as it is kept: a SIRET is of France alone, and goes with the VAT number of its enterprise."""
    siret = registrations.siret(raw.get("siret", "")) if country == "FR" else registrations.Checked("")
    vat = registrations.vat(raw.get("vat_number", ""), country)
    errors = {name: one.problem for name, one in (("siret", siret), ("vat_number", vat)) if one.problem}
    if buyer == Buyer.FRENCH and not siret.value and "siret" not in errors:
        errors["siret"] = _("Write the SIRET: Chorus Pro finds the public body by it")
    if not errors and not registrations.agree(siret.value, vat.value):
        said = _("This is the VAT number of another enterprise: that of the SIRET is %(number)s")
        errors["vat_number"] = said % {"number": registrations.vat_of(siret.value)}
    return {"siret": siret.value, "vat_number": vat.value}, errors
