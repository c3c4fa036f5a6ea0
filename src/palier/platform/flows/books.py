"""What the platform's staff see of money: who holds what, what was agreed, invoiced, paid, and what Stripe told in vain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from palier.billing.rules.agreements import TOLD_BEFORE
from palier.billing.rules.states import AgreementState, InvoiceKind, InvoiceState, Issuer
from palier.billing.store import (
    BillingAccount,
    Invoice,
    OfferAgreement,
    StripeEvent,
    StripeReview,
    invoices_like,
)
from palier.entitlements.rules.offers import Kind
from palier.entitlements.store import Entitlement, column_of, held_by
from palier.foundation.actor import StaffActor
from palier.foundation.clock import today
from palier.foundation.database import reading, select
from palier.platform.flows.reading import PAGE, Facts, Leaf, dated
from palier.platform.rules.money import OVERDUE

MOST_EXPORTED = 20_000
"""Rows of one file for the accountant."""


@dataclass(frozen=True, slots=True)
class Books:
    """The first page: what waits for somebody."""

    asked: Sequence[OfferAgreement]
    ending: Sequence[OfferAgreement]
    drafts: int
    unpaid: int
    overdue: int
    owed: int
    """Cents of invoices issued and not paid."""
    failed: int
    review: StripeReview | None


@dataclass(frozen=True, slots=True)
class Holder:
    """One payer, whole: who it is, its account if there is one, and everything that hangs on it."""

    kind: Kind
    id: UUID
    name: str
    address: str
    country: str
    account: BillingAccount | None
    held: Sequence[Entitlement]
    agreements: Sequence[OfferAgreement]
    invoices: Sequence[Invoice]

    @property
    def page(self) -> str:
        """Where the staff read it."""
        return f"/admin/billing/holders/{self.kind}/{self.id}"


async def books(staff: StaffActor) -> Books:
    """What waits, and what the night found."""
    ours = Invoice.filter(issuer=Issuer.PALIER)
    horizon = today() + timedelta(days=max(TOLD_BEFORE))
    async with reading(staff):
        unpaid = await ours.filter(state=InvoiceState.OPEN, kind=InvoiceKind.INVOICE)
        return Books(
            await OfferAgreement.filter(state=AgreementState.ASKED).order_by("asked_at").prefetch_related("account"),
            await OfferAgreement.filter(state=AgreementState.ACTIVE, ends_on__lte=horizon)
            .order_by("ends_on").prefetch_related("account"),
            await ours.filter(state=InvoiceState.DRAFT).count(), len(unpaid),
            sum(1 for row in unpaid if row.due_on and row.due_on < today()), sum(row.total for row in unpaid),
            await StripeEvent.filter(processed_at=None).exclude(error="").count(),
            await StripeReview.all().order_by("-at").first(),
        )  # fmt: skip


async def holders(staff: StaffActor, text: str, kind: str, number: int) -> Leaf:
    """Organisations, networks and people by name, address or number; without a text, those who hold or pay."""
    number = max(1, number)
    async with reading(staff):
        call = "select * from platform_holders($1, $2, $3, $4)"
        rows = await select(call, text, kind, PAGE, (number - 1) * PAGE)
    found = rows[0]["found"] if rows else 0
    return Leaf([dict(row) | {"held": dated(_plain(row["held"]))} for row in rows], found, number)


async def holder(staff: StaffActor, kind: Kind, holder_id: UUID) -> Holder | None:
    """One of them; None where there is no such."""
    async with reading(staff):
        rows = await select("select platform_holder($1, $2) as told", str(kind), holder_id)
        told = _plain(rows[0]["told"])
        if told is None:
            return None
        account = await BillingAccount.filter(**{column_of(kind): holder_id}).first()
        of_account = {"account_id": account.id} if account else {"id": None}
        return Holder(
            kind, holder_id, told["name"], told["address"], told["country"], account, await held_by(kind, holder_id),
            await OfferAgreement.filter(**of_account).order_by("-asked_at") if account else [],
            await Invoice.filter(**of_account).order_by("-created_at") if account else [],
        )  # fmt: skip


async def agreement(staff: StaffActor, agreement_id: UUID) -> OfferAgreement:
    """An agreement with its account. Raises DoesNotExist."""
    async with reading(staff):
        return await OfferAgreement.get(id=agreement_id).prefetch_related("account")


async def invoices_of(staff: StaffActor, agreement_id: UUID) -> list[Invoice]:
    """What was invoiced for an agreement."""
    async with reading(staff):
        return await Invoice.filter(agreement_id=agreement_id).order_by("-created_at")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices a list shows. `state` "overdue" is one of ours; empty: all."""

    state: str = ""
    issuer: str = ""
    year: int | None = None
    text: str = ""


async def invoices(staff: StaffActor, wanted: Wanted, number: int) -> Leaf:
    """Invoices, the newest first."""
    number = max(1, number)
    async with reading(staff):
        rows = _chosen(wanted)
        found = await rows.count()
        ordered = rows.order_by("-issued_on", "-created_at").prefetch_related("account")
        page = await ordered.limit(PAGE).offset((number - 1) * PAGE)
    return Leaf([_listed(row) for row in page], found, number)


async def journal(staff: StaffActor, wanted: Wanted) -> list[Invoice]:
    """Issued invoices and credit notes in the order of their days and numbers, for the accountant."""
    async with reading(staff):
        rows = _chosen(wanted).exclude(number="")
        return await rows.order_by("issued_on", "number").limit(MOST_EXPORTED).prefetch_related("account")


async def invoice(staff: StaffActor, invoice_id: UUID) -> tuple[Invoice, list[Invoice], Invoice | None]:
    """One of our own, the credit notes about it, and the invoice it corrects. Raises DoesNotExist."""
    async with reading(staff):
        row = await Invoice.get(id=invoice_id, issuer=Issuer.PALIER).prefetch_related("account")
        credit_notes = await Invoice.filter(corrects_id=row.id).order_by("number")
        about = await Invoice.get(id=row.corrects_id) if row.corrects_id else None
    return row, credit_notes, about


async def events(staff: StaffActor, number: int) -> Leaf:
    """What Stripe told that nobody could use yet, the newest first; never its contents."""
    number = max(1, number)
    async with reading(staff):
        waiting = StripeEvent.filter(processed_at=None)
        found = await waiting.count()
        names = ("id", "type", "received_at", "attempts", "error")
        rows = await waiting.order_by("-received_at").limit(PAGE).offset((number - 1) * PAGE).values(*names)
    return Leaf(rows, found, number)


def _plain(told: Any) -> Any:
    """What the database told as JSON: its text, or what the connection has read of it."""
    return json.loads(told) if isinstance(told, str) else told


def _chosen(wanted: Wanted) -> Any:
    rows = invoices_like(wanted.text)
    if wanted.issuer:
        rows = rows.filter(issuer=wanted.issuer)
    if wanted.state == OVERDUE:
        rows = rows.filter(state=InvoiceState.OPEN, due_on__lt=today(), kind=InvoiceKind.INVOICE)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.year:
        rows = rows.filter(issued_on__gte=date(wanted.year, 1, 1), issued_on__lte=date(wanted.year, 12, 31))
    return rows


def _listed(row: Invoice) -> Facts:
    late = row.state is InvoiceState.OPEN and row.due_on is not None and row.due_on < today()
    return {"row": row, "payer": row.account.legal_name if row.account else "", "late": late}
