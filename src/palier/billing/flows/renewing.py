"""What the calendar does to agreements: payers are told of the end, sixty and thirty days before; what has ended is called so."""

from datetime import timedelta

from palier.billing import agreement_mails as mails
from palier.billing.rules.agreements import TOLD_BEFORE, reminder_due
from palier.billing.rules.states import AgreementState
from palier.billing.store import BillingAccount, BillingNotice, OfferAgreement
from palier.entitlements.rules.offers import Offers
from palier.foundation import audit
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id


async def review_agreements(offers: Offers, site: str) -> None:
    """Once a day, by the worker; twice does no harm."""
    on = today()
    async with transaction(None):
        for row in await OfferAgreement.filter(
            state=AgreementState.ACTIVE, ends_on__lt=on
        ).select_for_update():
            await OfferAgreement.filter(id=row.id).update(state=AgreementState.ENDED)
            await audit.record(None, "billing.agreement_over", f"agreement {row.id}", ended=row.ends_on)
        soon = OfferAgreement.filter(
            state=AgreementState.ACTIVE, ends_on__lte=on + timedelta(days=max(TOLD_BEFORE))
        )
        for row in await soon.select_for_update().order_by("ends_on"):
            await _tell(row, offers, site)


async def _tell(row: OfferAgreement, offers: Offers, site: str) -> None:
    days = reminder_due(row.ends_on, today()) if row.ends_on else None
    if days is None:
        return
    kind, about = f"agreement_ending_{days}", f"{row.id} {row.ends_on}"
    if await BillingNotice.filter(kind=kind, about=about).exists():
        return
    await BillingNotice.create(id=new_id(), account_id=row.account_id, kind=kind, about=about, sent_at=now())
    await mails.ending(await BillingAccount.get(id=row.account_id), row, offers, site)
