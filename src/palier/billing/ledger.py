"""What a payer's pages show, read at once: account, subscription, invoices, everything held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from palier.billing import store
from palier.billing.payers import Payer, account_of
from palier.entitlements.rules.offers import Offers
from palier.entitlements.rules.resolving import rights_from
from palier.entitlements.store import Entitlement, as_held, held_by
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.rights import Rights
from palier.network.store import networks_of

LIVING: Final = ("active", "trialing", "past_due", "incomplete", "unpaid", "paused")
"""Statuses of a subscription that is not over, the one that counts first."""

NEWEST: Final = 24
"""How many invoices a page lists: two years of them."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All there is; newest first. `member`: of a network that verified it."""

    account: store.BillingAccount | None
    subscription: store.Subscription | None
    invoices: Sequence[store.Invoice]
    held: Sequence[Entitlement]
    member: bool

    @property
    def trial_left(self) -> bool:
        """Whether the one trial of the account is still to be had."""
        return self.account is None or self.account.trial_used_at is None

    def remaining(self, payer: Payer, offers: Offers) -> Rights:
        """What the payer holds once their own subscription is over: a place or an agreement may go on."""
        own = self.subscription.id if self.subscription else ""
        others = [as_held(row) for row in self.held if row.source_ref != own]
        return rights_from(others, payer.kind, offers, now())


async def ledger_of(payer: Payer) -> Ledger:
    """What the current transaction may see of it: the payer's own."""
    account = await account_of(payer)
    held = await held_by(payer.kind, payer.id)
    member = await _is_member(payer)
    if account is None:
        return Ledger(None, None, (), held, member)
    invoices = await store.Invoice.filter(account_id=account.id).order_by("-created_at").limit(NEWEST)
    return Ledger(account, await _living(account), invoices, held, member)


async def _living(account: store.BillingAccount) -> store.Subscription | None:
    rows = await store.Subscription.filter(account_id=account.id, status__in=LIVING).order_by("-created_at")
    return min(rows, key=lambda row: LIVING.index(row.status), default=None)


async def _is_member(payer: Payer) -> bool:
    if not isinstance(payer.tenant, Actor):
        return False
    return any(seat.verified_at is not None for seat in await networks_of(payer.tenant))
