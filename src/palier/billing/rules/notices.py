"""Which letters about money are due, from what the tables hold and what was already written. Asked again, the same.

Of several letters about one clock (seven days before, one day before) only the nearest is due: whoever was not told in
time is not told twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from palier.billing.rules.facts import Facts, day_of
from palier.billing.rules.standing import PAYING
from palier.billing.rules.states import Collection
from palier.entitlements.rules.offers import Source

FRESH: Final = timedelta(days=30)
"""What ended or failed longer ago is not written about any more."""

AHEAD: Final = (1, 7)
"""Days before something ends at which it is said, the nearest first."""

OVERDUE: Final = (30, 7)
"""Days after which an unpaid invoice is recalled, the latest first."""


class Notice(StrEnum):
    """The letters, as `billing_notice.kind` names them."""

    TRIAL_7 = "trial_ends_7"
    TRIAL_1 = "trial_ends_1"
    TRIAL_OVER = "trial_over"
    FAILED = "payment_failed"
    CONFIRM = "confirm"
    GRACE_7 = "grace_ends_7"
    GRACE_1 = "grace_ends_1"
    GRACE_OVER = "grace_over"
    RECOVERED = "recovered"
    CANCELLED = "cancelled"
    UNDONE = "undone"
    ENDED = "ended"
    INVOICE = "invoice"
    OVERDUE_7 = "overdue_7"
    OVERDUE_30 = "overdue_30"
    OVER_LIMIT = "over_limit"
    DISPUTED = "disputed"
    """To the staff of the installation, like the next."""
    REFUNDED = "refunded"


TO_STAFF: Final = (Notice.DISPUTED, Notice.REFUNDED)


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice to be paid by transfer, and not paid yet."""

    id: str
    number: str
    due: date
    cents: int
    currency: str = "EUR"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """One payer as the clock looks at it. `sent`: the letters written so far, as (kind, about)."""

    account: str
    facts: Facts
    subscription: str = ""
    bills: Sequence[Bill] = ()
    failed: Sequence[tuple[str, str, datetime]] = ()
    """Orders whose direct debit came back: id, offer, and when they were begun."""
    trial: str = ""
    """What a trial without a subscription is called, where one is held or was."""
    sent: frozenset[tuple[str, str]] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Due:
    """One letter to write. `about` makes it once; `day` is what it announces, `since` what it looks back on."""

    kind: Notice
    about: str
    offer: str = ""
    day: date | None = None
    since: date | None = None
    number: str = ""
    cents: int | None = None
    used: int = 0
    allowed: int = 0
    address: str = ""
    method: str = ""


def due(known: Known) -> list[Due]:
    """What is to be written now."""
    found = [
        *_subscription(known),
        *_trial_alone(known),
        *_debits(known),
        *_bills(known),
        *_limit(known),
        *_dispute(known),
    ]
    once = {(one.kind.value, one.about): one for one in found}
    return [one for key, one in once.items() if key not in known.sent]


def _subscription(known: Known) -> Iterator[Due]:
    one, at = known.facts.subscribed, known.facts.at
    if one is None:
        return
    if one.status == "trialing" and one.trial_end and one.ends is None:
        yield from _before(known, (Notice.TRIAL_1, Notice.TRIAL_7), one.trial_end, one.method)
    if one.status == "paused" and one.trial_end and at - one.trial_end <= FRESH:
        yield _one(known, Notice.TRIAL_OVER, "", since=day_of(one.trial_end))
    if one.status in ("past_due", "incomplete") and one.to_confirm:
        yield _one(
            known, Notice.CONFIRM, _since(known), day=one.gone and day_of(one.gone), address=one.action_url
        )
    if one.status == "past_due" and one.collection is Collection.CHARGE:
        yield from _unpaid(known)
    if one.status == "active" and one.past_due_since is None:
        yield from _recovered(known)
    yield from _ends(known)


def _before(known: Known, kinds: tuple[Notice, Notice], moment: datetime, method: str = "") -> Iterator[Due]:
    """The nearest letter about something that ends at `moment`."""
    left = moment - known.facts.at
    for kind, days in zip(kinds, AHEAD, strict=True):
        if timedelta(0) < left <= timedelta(days=days):
            yield _one(known, kind, moment.isoformat(), day=day_of(moment), method=method)
            return


def _unpaid(known: Known) -> Iterator[Due]:
    one = known.facts.subscribed
    if one is None or one.past_due_since is None:
        return
    gone = one.gone
    if gone is None or known.facts.at < gone:
        if not one.to_confirm:
            yield _one(
                known,
                Notice.FAILED,
                _since(known),
                day=gone and day_of(gone),
                address=one.action_url,
                method=one.method,
            )
        if gone and gone - one.past_due_since > timedelta(days=AHEAD[-1]):
            yield from _before(known, (Notice.GRACE_1, Notice.GRACE_7), gone)
    elif known.facts.at - gone <= FRESH:
        yield _one(known, Notice.GRACE_OVER, _since(known), since=day_of(gone), address=one.action_url)


def _since(known: Known) -> str:
    one = known.facts.subscribed
    return one.past_due_since.isoformat() if one and one.past_due_since else "first"


def _recovered(known: Known) -> Iterator[Due]:
    """Every failure that was written about and is over now."""
    for kind, about in sorted(known.sent):
        if kind in (Notice.FAILED, Notice.CONFIRM) and about.startswith(f"{known.subscription} 2"):
            yield _one(known, Notice.RECOVERED, about.partition(" ")[2])


def _ends(known: Known) -> Iterator[Due]:
    one, at = known.facts.subscribed, known.facts.at
    if one is None:
        return
    if one.status == "canceled":
        over = one.ended or one.ends
        if over and over <= at and at - over <= FRESH:
            yield _one(known, Notice.ENDED, "", since=day_of(over))
    elif one.ends and one.ends > at and one.status in PAYING:
        again = sum(
            kind == Notice.UNDONE and about.startswith(f"{known.subscription} ") for kind, about in known.sent
        )
        yield _one(known, Notice.CANCELLED, f"{one.ends.isoformat()} {again or ''}", day=day_of(one.ends))
    elif one.ends is None and one.status in PAYING:
        for kind, about in sorted(known.sent):
            if kind == Notice.CANCELLED and about.startswith(f"{known.subscription} "):
                yield _one(known, Notice.UNDONE, about.partition(" ")[2])


def _trial_alone(known: Known) -> Iterator[Due]:
    """A trial that Stripe knows nothing of."""
    facts = known.facts
    if facts.subscribed is not None or not known.trial:
        return
    if facts.trial_until:
        yield from _before(known, (Notice.TRIAL_1, Notice.TRIAL_7), facts.trial_until)
    elif facts.ended and facts.ended.source is Source.TRIAL and facts.at - facts.ended.at <= FRESH:
        yield _one(known, Notice.TRIAL_OVER, "", since=day_of(facts.ended.at))


def _debits(known: Known) -> Iterator[Due]:
    for order, offer, begun in known.failed:
        if known.facts.at - begun <= FRESH:
            yield Due(Notice.FAILED, order, offer)


def _bills(known: Known) -> Iterator[Due]:
    today = known.facts.today
    for bill in known.bills:
        late = (today - bill.due).days
        kinds = {OVERDUE[0]: Notice.OVERDUE_30, OVERDUE[1]: Notice.OVERDUE_7}
        kind = next((kinds[days] for days in OVERDUE if late >= days), Notice.INVOICE if late <= 0 else None)
        if kind:
            day, since = (bill.due, None) if late <= 0 else (None, bill.due)
            yield Due(kind, bill.id, "", day, since, bill.number, bill.cents, address=bill.address)


def _limit(known: Known) -> Iterator[Due]:
    facts = known.facts
    pays = facts.subscribed is not None and facts.subscribed.status in PAYING
    if pays and facts.allowed is not None and facts.used > facts.allowed:
        about = f"{known.account} {facts.allowed}"
        yield Due(Notice.OVER_LIMIT, about, _offer(known), used=facts.used, allowed=facts.allowed)


def _dispute(known: Known) -> Iterator[Due]:
    if known.facts.disputed:
        about = f"{known.account} {known.facts.disputed.isoformat()}"
        yield Due(Notice.DISPUTED, about, _offer(known), since=day_of(known.facts.disputed))


def _one(
    known: Known, kind: Notice, about: str, *, day: date | None = None, since: date | None = None, address: str = "", method: str = ""
) -> Due:  # fmt: skip
    """A letter about the subscription, or about the trial where there is none."""
    whole = f"{known.subscription or known.trial} {about}".strip()
    return Due(kind, whole, _offer(known), day, since, address=address, method=method)


def _offer(known: Known) -> str:
    facts = known.facts
    if facts.subscribed:
        return facts.subscribed.offer
    return facts.trial_offer or (facts.ended.offer if facts.ended else "")
