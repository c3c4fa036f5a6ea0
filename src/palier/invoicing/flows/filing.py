"""Our own invoices as files: made when somebody asks, from what was frozen, so that every copy says the same."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.billing.payers import Payer, account_of
from palier.billing.rules.states import Issuer
from palier.billing.store import Invoice
from palier.foundation.actor import StaffActor
from palier.foundation.database import reading
from palier.invoicing.freezing import thawed
from palier.invoicing.printing import Sheet
from palier.invoicing.rules.documents import Document
from palier.reports.press import Press


@dataclass(frozen=True, slots=True)
class Filed:
    """An issued document: what it says, and its data as they were on that day."""

    document: Document
    cii: bytes

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.document.number


async def of_payer(payer: Payer, invoice: UUID) -> Filed:
    """One of the payer's own. Raises DoesNotExist for others', and for what was never issued."""
    async with reading(payer.tenant):
        account = await account_of(payer)
        return _filed(await Invoice.get(id=invoice, account_id=account and account.id, **_ISSUED))


async def of_anybody(staff: StaffActor, invoice: UUID) -> Filed:
    """Any of them, for the platform's staff. Raises DoesNotExist."""
    async with reading(staff):
        return _filed(await Invoice.get(id=invoice, **_ISSUED))


async def pdf_of(filed: Filed, press: Press) -> bytes:
    """The pages with the data inside: Factur-X. Raises PrintingFailed."""
    return await press.render(Sheet(filed.document, filed.cii), filed.document.locale)


_ISSUED: dict[str, Any] = {"issuer": Issuer.PALIER, "number__not": ""}


def _filed(row: Invoice) -> Filed:
    return Filed(thawed(row.content["document"]), row.content["cii"].encode())
