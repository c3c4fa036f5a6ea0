"""What a subscription opens: the one table from Stripe's status to what its payer holds.

Reading and taking away one's data never need any of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from palier.billing.rules.reading import ENDED, SubscriptionFacts
from palier.billing.rules.states import CheckoutState, Collection
from palier.entitlements.rules.offers import Source

PROVISIONAL = timedelta(days=14)
"""How long a debit that is on its way opens the offer; the banks take five working days."""

MARGIN = timedelta(days=1)
"""After a trial that goes on by itself, for the word of the first payment to come."""

TREASURY = timedelta(days=30)
"""The least grace of whoever pays by transfer: treasuries have calendars of their own."""


@dataclass(frozen=True, slots=True)
class Gives:
    """The subscription gives its offer until `valid_to` (None: no end is known), and through the grace after it."""

    source: Source
    valid_to: datetime | None = None
    grace_until: datetime | None = None


class Else(StrEnum):
    """What a subscription does that gives nothing."""

    ENDS = "ends"
    """What it gave ends now."""
    NOTHING_NEW = "nothing_new"
    """What it gave, if anything, stays as it is."""
    UNKNOWN = "unknown"
    """A status we do not know: everything stays, and the platform's staff are told."""


def holding(
    facts: SubscriptionFacts,
    checkout: CheckoutState | None,
    unpaid_since: datetime | None,
    grace: timedelta,
) -> Gives | Else:
    """What a subscription gives.

    :param checkout: the state of the payment page it came from, where there was one.
    :param unpaid_since: when its renewal was first seen unpaid.
    :param grace: how long everything goes on after that.
    """
    if facts.status in ENDED | {"unpaid", "paused"} or checkout is CheckoutState.FAILED:
        return Else.ENDS
    if facts.status == "trialing":
        return _trial(facts)
    if checkout is CheckoutState.PENDING and facts.status in ("active", "past_due"):
        return Gives(Source.STRIPE, facts.created_at + PROVISIONAL)
    if facts.status == "active":
        return Gives(Source.STRIPE, facts.ends)
    if facts.status == "past_due" and unpaid_since:
        patience = max(grace, TREASURY) if facts.collection is Collection.INVOICE else grace
        return Gives(Source.STRIPE, unpaid_since, unpaid_since + patience)
    return Else.NOTHING_NEW if facts.status == "incomplete" else Else.UNKNOWN


def _trial(facts: SubscriptionFacts) -> Gives:
    """To its last second; one that is to be paid, a little longer: nobody falls out between a trial and its payment."""
    ends = facts.ends or facts.trial_end
    goes_on = facts.payment_method and not facts.ends
    return Gives(Source.TRIAL, ends, ends + MARGIN if ends and goes_on else None)
