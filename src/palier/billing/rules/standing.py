"""Where a payer stands, as one thing at a time: worked out from what the tables hold, never from what somebody clicked.

`standing_from` asks one rule after another; the first that has something to say is it, and the last always has. Days are
days in Paris, where the invoices are made. A day to come is never before today, a day past never after it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from palier.billing.rules.facts import Facts, Owed, Place, day_of
from palier.billing.rules.holding import TREASURY
from palier.billing.rules.states import AgreementState, CheckoutState, Collection, SponsorshipState
from palier.entitlements.rules.offers import Offers, Source

SOON: Final = timedelta(days=7)
"""From when on the end of a trial is said on every page of those who can do something about it."""

ENDING: Final = timedelta(days=30)
"""The same for agreements and places, which take longer to renew, and for how long one is told that an offer ended."""


class State(StrEnum):
    """Everything that can be said of a payer; one at a time."""

    OPEN = "open"
    """This installation sells nothing."""
    FREE = "free"
    LAPSED = "lapsed"
    """An offer has ended, not long ago or longer."""
    CHECKOUT = "checkout"
    """A payment page was opened and not finished."""
    ON_ITS_WAY = "on_its_way"
    """The order is in, the money takes days (SEPA)."""
    INCOMPLETE = "incomplete"
    """The first payment did not come through: nothing begun yet."""
    CONFIRM = "confirm"
    """The bank asks for a confirmation (3-D Secure)."""
    TRIAL = "trial"
    TRIAL_GOES_ON = "trial_goes_on"
    """A trial with a means of payment: the offer begins on its day."""
    TRIAL_PAUSED = "trial_paused"
    """A trial that ended without a means of payment."""
    ACTIVE = "active"
    CHANGED = "changed"
    """Paid, and the next invoice differs from the usual one: what was changed meanwhile is settled on it."""
    RETIRED = "retired"
    """Paid, an offer that is no longer sold."""
    CANCELLED = "cancelled"
    PAST_DUE = "past_due"
    GRACE_OVER = "grace_over"
    INVOICED = "invoiced"
    """An invoice waits for its transfer."""
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    ASKED = "asked"
    BEGINS = "begins"
    """Agreed, from a day to come."""
    AGREED = "agreed"
    AGREEMENT_ENDS = "agreement_ends"
    GIVEN = "given"
    """Held for nothing: the platform gave it."""
    INVITED = "invited"
    """A network offers a place."""
    SPONSORED = "sponsored"
    PLACE_ENDS = "place_ends"
    DOUBLE = "double"
    """A network pays, and so does the member."""
    OVER_LIMIT = "over_limit"


class Severity(StrEnum):
    """How loudly it is said."""

    QUIET = "quiet"
    """On the billing page only."""
    NOTICE = "notice"
    WARNING = "warning"

    @property
    def told(self) -> bool:
        """Whether it stands on other pages too, for those who can do something about it."""
        return self is not Severity.QUIET


class Step(StrEnum):
    """What can be done next."""

    NONE = ""
    CHOOSE = "choose"
    """Look at the offers, and take one."""
    RESUME = "resume"
    """Go back to the payment page that is open."""
    CONFIRM = "confirm"
    PAYMENT = "payment"
    """Give or change the means of payment."""
    PAY = "pay"
    """See the invoice that waits."""
    UNDO = "undo"
    RENEW = "renew"
    ANSWER = "answer"
    """Answer a network's invitation."""
    ONE_OF_TWO = "one_of_two"
    MAKE_ROOM = "make_room"
    DETAILS = "details"
    """Look at what is paid."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing said of a payer. `day` is to come (today at the earliest), `since` is past; cents are without VAT but for
    invoices, whose total it is."""

    state: State
    severity: Severity
    offer: str = ""
    step: Step = Step.NONE
    day: date | None = None
    since: date | None = None
    network: str = ""
    number: str = ""
    """Of the invoice, or which place is offered."""
    cents: int | None = None
    currency: str = "EUR"
    used: int = 0
    allowed: int = 0
    address: str = ""
    """Where the next step is, when it is not a page of ours."""
    method: str = ""
    patient: bool = False
    """Whether nothing changes for now, although something is overdue."""
    trial: bool = False
    """Whether a trial is still to be had, or was what ended."""


Rule = Callable[[Facts, Offers], Standing | None]


def standing_from(facts: Facts, offers: Offers) -> Standing:
    """Exactly one, whatever the tables hold."""
    found = next(said for rule in RULES if (said := rule(facts, offers)) is not None)
    return _in_time(found, facts.today)


def _in_time(said: Standing, today: date) -> Standing:
    """No day that has gone by is announced, none that is to come is told as past: tables may be hours behind."""
    day = said.day if said.day and said.day >= today else None
    since = said.since if said.since and said.since <= today else None
    return replace(said, day=day, since=since)


# --- the rules, most pressing first ----------------------------------------------------------------------------------


def _open(facts: Facts, _: Offers) -> Standing | None:
    return None if facts.sells else Standing(State.OPEN, Severity.QUIET)


def _disputed(facts: Facts, _: Offers) -> Standing | None:
    if facts.disputed is None:
        return None
    return Standing(State.DISPUTED, Severity.WARNING, step=Step.DETAILS, since=day_of(facts.disputed))


def _confirm(facts: Facts, _: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or not one.to_confirm or one.status not in ("incomplete", "past_due"):
        return None
    return Standing(
        State.CONFIRM, Severity.WARNING, one.offer, Step.CONFIRM, day=one.gone and day_of(one.gone), address=one.action_url
    )  # fmt: skip


def _past_due(facts: Facts, _: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or one.status != "past_due" or (one.collection is Collection.INVOICE and facts.owed):
        return None  # who pays by transfer is told of the invoice
    over = one.gone is not None and one.gone <= facts.at
    gone = one.gone and day_of(one.gone)
    return Standing(
        State.GRACE_OVER if over else State.PAST_DUE, Severity.WARNING, one.offer, Step.PAYMENT, day=None if over else gone,
        since=gone if over else one.past_due_since and day_of(one.past_due_since), method=one.method, address=one.action_url,
    )  # fmt: skip


def _overdue(facts: Facts, _: Offers) -> Standing | None:
    owed = facts.owed
    if owed is None or owed.due >= facts.today:
        return None
    last = _nothing_until(facts, owed)
    return Standing(
        State.OVERDUE, Severity.WARNING, step=Step.PAY, day=last, since=owed.due, number=owed.number, cents=owed.cents,
        currency=owed.currency, address=owed.address, patient=last >= facts.today,
    )  # fmt: skip


def _nothing_until(facts: Facts, owed: Owed) -> date:
    """The last day of patience: the one already granted, where a subscription is behind the invoice."""
    one = facts.subscribed
    return day_of(one.gone) if one and one.gone else owed.due + TREASURY


def _double(facts: Facts, _: Offers) -> Standing | None:
    one, place = facts.subscribed, _active_place(facts)
    if place is None or one is None or one.status not in PAYING or one.ends is not None:
        return None
    return Standing(
        State.DOUBLE, Severity.NOTICE, one.offer, Step.ONE_OF_TWO, day=one.period_end and day_of(one.period_end), network=place.network
    )  # fmt: skip


PAYING: Final = ("trialing", "active", "past_due")


def _active_place(facts: Facts) -> Place | None:
    return next((place for place in facts.places if place.state is SponsorshipState.ACTIVE), None)


def _over_limit(facts: Facts, _: Offers) -> Standing | None:
    lately = facts.ended is not None and facts.at - facts.ended.at <= ENDING
    if facts.allowed is None or facts.used <= facts.allowed or lately:
        return None  # that an offer ended tells more than what the free one counts
    pays = facts.subscribed or facts.agreed or facts.places
    said = Standing(State.OVER_LIMIT, Severity.NOTICE if pays else Severity.QUIET, step=Step.MAKE_ROOM)
    return replace(said, used=facts.used, allowed=facts.allowed)


def _on_its_way(facts: Facts, _: Offers) -> Standing | None:
    one = facts.ordered
    if one is None or one.state is not CheckoutState.PENDING:
        return None
    return Standing(State.ON_ITS_WAY, Severity.NOTICE, one.offer)


def _incomplete(facts: Facts, _: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or one.status != "incomplete":
        return None
    return Standing(
        State.INCOMPLETE, Severity.NOTICE, one.offer, Step.PAYMENT, method=one.method, address=one.action_url
    )


def _invoiced(facts: Facts, _: Offers) -> Standing | None:
    owed = facts.owed
    if owed is None:
        return None
    return Standing(
        State.INVOICED, Severity.NOTICE if owed.due - facts.today <= SOON else Severity.QUIET, step=Step.PAY,
        day=owed.due, number=owed.number, cents=owed.cents, currency=owed.currency, address=owed.address,
    )  # fmt: skip


def _trial(facts: Facts, _: Offers) -> Standing | None:
    offer, until, method = _trial_of(facts)
    if until is None or until <= facts.at:
        return None
    day, soon = day_of(until), until - facts.at <= SOON
    if method:
        return Standing(
            State.TRIAL_GOES_ON,
            Severity.NOTICE if soon else Severity.QUIET,
            offer,
            Step.DETAILS,
            day,
            method=method,
        )
    return Standing(
        State.TRIAL, Severity.NOTICE if soon else Severity.QUIET, offer, Step.PAYMENT if facts.subscribed else Step.CHOOSE, day
    )  # fmt: skip


def _trial_of(facts: Facts) -> tuple[str, datetime | None, str]:
    one = facts.subscribed
    if one and one.status == "trialing" and one.ends is None:
        return one.offer, one.trial_end, one.method
    if one and one.status in PAYING:
        return "", None, ""
    return facts.trial_offer, facts.trial_until, ""


def _paused(facts: Facts, _: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or one.status != "paused":
        return None
    return Standing(
        State.TRIAL_PAUSED,
        Severity.NOTICE,
        one.offer,
        Step.PAYMENT,
        since=one.trial_end and day_of(one.trial_end),
    )


def _cancelled(facts: Facts, _: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or one.status not in PAYING or one.ends is None or one.ends <= facts.at:
        return None
    return Standing(State.CANCELLED, Severity.NOTICE, one.offer, Step.UNDO, day_of(one.ends))


def _active(facts: Facts, offers: Offers) -> Standing | None:
    one = facts.subscribed
    if one is None or one.status not in ("active", "trialing") or one.ends is not None:
        return None
    day = one.period_end and day_of(one.period_end)
    said = Standing(
        State.ACTIVE, Severity.QUIET, one.offer, Step.DETAILS, day, cents=one.cents, method=one.method
    )
    offer = offers.every.get(one.offer)
    if offer is None or one.interval not in offer.prices:
        return replace(said, state=State.RETIRED)
    usual = offer.prices[one.interval].of(one.quantity)
    return said if one.cents is None or one.cents == usual else replace(said, state=State.CHANGED)


def _agreed(facts: Facts, _: Offers) -> Standing | None:
    one = facts.agreed
    if one is None or one.state is not AgreementState.ACTIVE or (one.ends and one.ends < facts.today):
        return None
    if one.starts and one.starts > facts.today:
        return Standing(State.BEGINS, Severity.QUIET, one.offer, Step.DETAILS, one.starts)
    if one.ends and one.ends - facts.today <= ENDING:
        return Standing(State.AGREEMENT_ENDS, Severity.NOTICE, one.offer, Step.RENEW, one.ends)
    return Standing(State.AGREED, Severity.QUIET, one.offer, Step.DETAILS, one.ends, one.starts)


def _sponsored(facts: Facts, _: Offers) -> Standing | None:
    place = _active_place(facts)
    if place is None or (place.ends and place.ends < facts.today):
        return None
    if place.ends:
        soon = place.ends - facts.today <= ENDING
        return Standing(
            State.PLACE_ENDS, Severity.NOTICE if soon else Severity.QUIET, place.offer, Step.CHOOSE, place.ends, network=place.network
        )  # fmt: skip
    return Standing(State.SPONSORED, Severity.QUIET, place.offer, network=place.network)


def _invited(facts: Facts, _: Offers) -> Standing | None:
    place = next((one for one in facts.places if one.state is SponsorshipState.INVITED), None)
    if place is None:
        return None
    return Standing(
        State.INVITED, Severity.NOTICE, place.offer, Step.ANSWER, network=place.network, number=place.id
    )


def _given(facts: Facts, _: Offers) -> Standing | None:
    return Standing(State.GIVEN, Severity.QUIET, facts.given) if facts.given else None


def _asked(facts: Facts, _: Offers) -> Standing | None:
    one = facts.agreed
    if one is None or one.state is not AgreementState.ASKED:
        return None
    return Standing(State.ASKED, Severity.QUIET, one.offer, Step.DETAILS)


def _checkout(facts: Facts, _: Offers) -> Standing | None:
    one = facts.ordered
    if one is None or one.state is not CheckoutState.OPEN or one.expires <= facts.at:
        return None
    return Standing(
        State.CHECKOUT, Severity.NOTICE, one.offer, Step.RESUME, day_of(one.expires), address=one.url
    )


def _lapsed(facts: Facts, _: Offers) -> Standing | None:
    offer, at, trial = _last(facts)
    if at is None or at > facts.at:
        return None
    severity = Severity.NOTICE if facts.at - at <= ENDING else Severity.QUIET
    return Standing(State.LAPSED, severity, offer, Step.CHOOSE, since=day_of(at), trial=trial)


def _last(facts: Facts) -> tuple[str, datetime | None, bool]:
    """The offer that ended last, when, and whether it was a trial."""
    if facts.ended:
        return facts.ended.offer, facts.ended.at, facts.ended.source is Source.TRIAL
    one = facts.subscribed
    return (one.offer, one.ended or one.ends, False) if one else ("", None, False)


def _free(facts: Facts, offers: Offers) -> Standing | None:
    return Standing(
        State.FREE, Severity.QUIET, offers.free_for(facts.kind).key, Step.CHOOSE, trial=not facts.trial_used
    )


RULES: Final[tuple[Rule, ...]] = (
    _open, _disputed, _confirm, _past_due, _overdue, _double, _on_its_way, _incomplete, _cancelled, _over_limit, _invited,
    _trial, _invoiced, _paused, _active, _sponsored, _agreed, _given, _checkout, _asked, _lapsed, _free,
)  # fmt: skip
"""What presses, then what is held, then what is not."""
