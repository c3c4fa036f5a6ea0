"""Offers agreed by hand: asked for by a payer, decided by the platform's staff, ended by the calendar."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from palier.billing import agreement_mails as mails
from palier.billing.flows.recording import record_for
from palier.billing.payers import Payer, account_for, account_of
from palier.billing.rules.agreements import Terms, begins, ends
from palier.billing.rules.orders import Order
from palier.billing.rules.states import AgreementState
from palier.billing.store import BillingAccount, OfferAgreement
from palier.entitlements.flows import granting
from palier.entitlements.rules.offers import Interval, Kind, Offers, Source
from palier.entitlements.store import column_of
from palier.foundation import audit
from palier.foundation.actor import StaffActor
from palier.foundation.clock import now, today
from palier.foundation.database import one_at_a_time, transaction
from palier.foundation.identifiers import new_id


class Decided(Exception):
    """Somebody decided it meanwhile, or it was withdrawn."""


class CannotAgree(Exception):
    """The days or the number make no sense, or no such offer is sold to this kind of payer."""


async def ask(payer: Payer, order: Order, note: str = "") -> OfferAgreement:
    """Ask for an offer by agreement. One request is open at a time: asking again changes it, a double click changes nothing."""
    values: dict[str, Any] = {
        "offer": order.offer,
        "interval": order.interval,
        "quantity": order.quantity,
        "note": note[:300],
    }
    async with transaction(payer.tenant):
        account = await account_for(payer)
        if open_one := await OfferAgreement.filter(account_id=account.id, state=AgreementState.ASKED).first():
            if any(getattr(open_one, name) != value for name, value in values.items()):
                await OfferAgreement.filter(id=open_one.id).update(**values)
                await audit.record(
                    payer.tenant, "billing.agreement_asked", f"agreement {open_one.id}", **values
                )
            return await OfferAgreement.get(id=open_one.id)
        asked = await OfferAgreement.create(
            id=new_id(), account_id=account.id, asked_by=payer.person.person_id, asked_at=now(), **values
        )
        await audit.record(payer.tenant, "billing.agreement_asked", f"agreement {asked.id}", **values)
    return asked


async def open_request(payer: Payer) -> OfferAgreement | None:
    """What the payer asked for and nobody has decided; within a reading of the payer's."""
    account = await account_of(payer)
    if account is None:
        return None
    return await OfferAgreement.filter(account_id=account.id, state=AgreementState.ASKED).first()


async def withdraw(payer: Payer, agreement: UUID) -> bool:
    """Take a request back; False when it was decided meanwhile, or is not theirs."""
    async with transaction(payer.tenant):
        account = await account_of(payer)
        rows = OfferAgreement.filter(
            id=agreement, account_id=account and account.id, state=AgreementState.ASKED
        )
        if account is None or not await rows.update(state=AgreementState.WITHDRAWN, decided_at=now()):
            return False
        await audit.record(payer.tenant, "billing.agreement_withdrawn", f"agreement {agreement}")
    return True


async def accept(
    staff: StaffActor, agreement: UUID, terms: Terms, reason: str, offers: Offers, site: str
) -> OfferAgreement:
    """Agree to a request: the payer holds the offer for those days. Raises Decided, CannotAgree."""
    async with transaction(staff):
        row = await _locked(agreement, AgreementState.ASKED)
        await _activate(staff, row, terms, offers)
        details = _told(row) | {"reason": reason}
        await record_for(staff, row.account, "billing.agreement_accepted", f"agreement {row.id}", **details)
        await mails.accepted(row.account, row, offers, site)
    return row


async def refuse(
    staff: StaffActor, agreement: UUID, reason: str, offers: Offers, site: str
) -> OfferAgreement:
    """Refuse a request, with a reason the payer reads. Raises Decided."""
    async with transaction(staff):
        row = await _locked(agreement, AgreementState.ASKED)
        row.state, row.decided_at, row.decided_name = AgreementState.REFUSED, now(), staff.person.name
        await row.save(update_fields=["state", "decided_at", "decided_name"])
        await record_for(
            staff, row.account, "billing.agreement_refused", f"agreement {row.id}", reason=reason
        )
        await mails.refused(row.account, row, offers, reason, site)
    return row


async def give(
    staff: StaffActor, account: UUID, offer: str, terms: Terms, reason: str, offers: Offers, site: str
) -> OfferAgreement:
    """Give an offer to a payer that did not ask here: a purchase order by post, a gift. Raises CannotAgree."""
    async with transaction(staff):
        row = OfferAgreement(
            id=new_id(), account_id=account, offer=offer, interval=Interval.YEAR, quantity=terms.quantity,
            asked_at=now(), note="",
        )  # fmt: skip
        row.account = await BillingAccount.get(id=account)
        await row.save(force_create=True)
        await _activate(staff, row, terms, offers)
        details = _told(row) | {"reason": reason}
        await record_for(staff, row.account, "billing.agreement_given", f"agreement {row.id}", **details)
        await mails.accepted(row.account, row, offers, site)
    return row


async def prolong(
    staff: StaffActor, agreement: UUID, until: date, reason: str, offers: Offers, site: str
) -> OfferAgreement:
    """Let an agreement run longer. Raises Decided, CannotAgree."""
    async with transaction(staff):
        row = await _locked(agreement, AgreementState.ACTIVE)
        before = row.ends_on
        if before is None or row.starts_on is None or until <= before:
            raise CannotAgree
        await _activate(staff, row, Terms(row.starts_on, until, row.quantity, row.free), offers)
        await record_for(
            staff, row.account, "billing.agreement_prolonged", f"agreement {row.id}", before=before, after=until, reason=reason
        )  # fmt: skip
        await mails.changed(row.account, row, offers, site)
    return row


async def end_early(
    staff: StaffActor, agreement: UUID, last: date, reason: str, offers: Offers, site: str
) -> OfferAgreement:
    """End an agreement with a day, today at the earliest; nothing of the payer's is deleted. Raises Decided, CannotAgree."""
    async with transaction(staff):
        row = await _locked(agreement, AgreementState.ACTIVE)
        before = row.ends_on
        if before is None or not today() <= last < before:
            raise CannotAgree
        row.ends_on = last
        await row.save(update_fields=["ends_on"])
        await granting.end(_source(row), str(row.id), ends(last))
        await record_for(
            staff, row.account, "billing.agreement_ended", f"agreement {row.id}", before=before, after=last, reason=reason
        )  # fmt: skip
        await mails.changed(row.account, row, offers, site)
    return row


async def account_of_holder(
    staff: StaffActor, kind: Kind, holder: UUID, name: str, email: str, country: str
) -> UUID:
    """The account of somebody the staff deal with, made on the way if need be. What is missing, the payer or the staff add."""
    async with transaction(staff):
        await one_at_a_time(f"billing account of {holder}")
        owner: dict[str, Any] = {column_of(kind): holder}
        if found := await BillingAccount.filter(**owner).first():
            return found.id
        made = await BillingAccount.create(
            id=new_id(), legal_name=name[:160], email=email, country=country, **owner
        )
        await audit.record(staff, "billing.account_opened", f"account {made.id}", holder=f"{kind} {holder}")
    return made.id


async def _locked(agreement: UUID, state: AgreementState) -> OfferAgreement:
    """The agreement with its account, nobody else's until the transaction ends. Raises Decided, DoesNotExist."""
    row = await OfferAgreement.filter(id=agreement).select_for_update().get()
    if row.state is not state:
        raise Decided
    row.account = await BillingAccount.get(id=row.account_id)
    return row


async def _activate(staff: StaffActor, row: OfferAgreement, terms: Terms, offers: Offers) -> None:
    """Write the terms, and the entitlement that bears the agreement's id."""
    kind, holder = holder_of(row.account)
    offer = offers.every.get(row.offer)
    if not terms.sound or offer is None or offer.kind is not kind:
        raise CannotAgree
    row.state, row.free, row.quantity = AgreementState.ACTIVE, terms.free, terms.quantity
    row.starts_on, row.ends_on = terms.starts_on, terms.ends_on
    row.decided_at, row.decided_name = now(), staff.person.name
    await row.save()
    over = ends(terms.ends_on)
    grace = None if terms.free else over + timedelta(days=offers.grace_days)  # purchase orders come late
    await granting.grant(
        kind, holder, row.offer, _source(row), str(row.id), quantity=terms.quantity, valid_from=begins(terms.starts_on),
        valid_to=over, grace_until=grace,
    )  # fmt: skip


def holder_of(account: BillingAccount) -> tuple[Kind, UUID]:
    """Whose account it is."""
    return next((kind, holder) for kind in Kind if (holder := getattr(account, column_of(kind))) is not None)


def _source(row: OfferAgreement) -> Source:
    return Source.FREE if row.free else Source.MANUAL


def _told(row: OfferAgreement) -> dict[str, object]:
    """What the trail keeps of it."""
    names = ("offer", "quantity", "starts_on", "ends_on", "free")
    return {name: getattr(row, name) for name in names}
