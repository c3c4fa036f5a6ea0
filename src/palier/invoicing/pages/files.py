"""Our own invoices to take away: as a PDF that holds its data, or the data alone."""

from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from palier.billing.pages.desk import AT_A_HOUSE, AT_A_NETWORK, AT_HOME, Desk
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN, Permission, needs
from palier.foundation.web import page, saved_as
from palier.invoicing.flows import filing
from palier.invoicing.flows.filing import Filed
from palier.reports.press import Press, PrintingFailed

TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


class _Files(Controller):
    """`…/billing/invoices/{id}.pdf` and `.xml`."""

    @get("/{sheet:str}")
    async def take(
        self, request: Request, desk: NamedDependency[Desk], sheet: FromPath[str],
        invoice_press: NamedDependency[Press],
    ) -> Response:  # fmt: skip
        invoice, form = asked(sheet)
        return await file_of(request, await filing.of_payer(desk.payer, invoice), form, invoice_press)


def asked(sheet: str) -> tuple[UUID, str]:
    """The invoice and the form of file an address ends in."""
    name, _, form = sheet.partition(".")
    try:
        return UUID(name), TYPES[form] and form
    except (ValueError, KeyError):
        raise NotFoundException from None


async def file_of(request: Request, filed: Filed, form: str, press: Press) -> Response:
    """The file; or a page that says to ask again, where the press is busy or down."""
    try:
        content = await filing.pdf_of(filed, press) if form == "pdf" else filed.cii
    except PrintingFailed:
        return page(
            request, "layout/error.html", status_code=503, status=503, title=_("The invoice could not be drawn just now"),
            advice=_("Try again in a minute. Its data can be taken away meanwhile."),
        )  # fmt: skip
    headers = {"content-disposition": saved_as(f"{filed.name}.{form}"), "cache-control": "private, no-store"}
    return Response(content, media_type=TYPES[form], headers=headers)


class HouseInvoices(_Files):
    """An organisation's."""

    path = "/o/{org:str}/billing/invoices"
    opt = needs(Permission.MANAGE_ORGANISATION)
    dependencies = AT_A_HOUSE


class NetworkInvoices(_Files):
    """A network's."""

    path = "/n/{net:str}/billing/invoices"
    opt = needs(Permission.MANAGE_NETWORK)
    dependencies = AT_A_NETWORK


class ConsultantInvoices(_Files):
    """A consultant's."""

    path = "/account/billing/invoices"
    opt = SIGNED_IN
    dependencies = AT_HOME


PAGES = [HouseInvoices, NetworkInvoices, ConsultantInvoices]
