"""The letters about offers agreed by hand, in the payer's language, to where its invoices go."""

from palier.billing import wording
from palier.billing.store import BillingAccount, OfferAgreement
from palier.entitlements.rules.offers import Offers
from palier.foundation import mail
from palier.foundation.language import day, speaking


async def accepted(account: BillingAccount, agreement: OfferAgreement, offers: Offers, site: str) -> None:
    """The offer is held, from which day to which."""
    await _write("accepted", account, agreement, offers, site)


async def refused(
    account: BillingAccount, agreement: OfferAgreement, offers: Offers, reason: str, site: str
) -> None:
    """It is not, and why."""
    await _write("refused", account, agreement, offers, site, reason=reason)


async def changed(account: BillingAccount, agreement: OfferAgreement, offers: Offers, site: str) -> None:
    """It ends on another day than said before."""
    await _write("changed", account, agreement, offers, site)


async def ending(account: BillingAccount, agreement: OfferAgreement, offers: Offers, site: str) -> None:
    """It ends soon, what follows, what to do."""
    await _write("ending", account, agreement, offers, site)


async def _write(
    kind: str, account: BillingAccount, agreement: OfferAgreement, offers: Offers, site: str, **more: str
) -> None:
    if not account.email:
        return
    with speaking(account.locale):
        await mail.write(
            account.email, f"billing/mails/agreement_{kind}", name=account.legal_name, free=agreement.free,
            offer=wording.offer_name(agreement.offer, offers), starts=day(agreement.starts_on),
            ends=day(agreement.ends_on), address=f"{site}/home", **more,
        )  # fmt: skip
