"""Every standing of a payer in words: a title, a few sentences, and the next step with its address.

A sentence that names a day is left out where the day is not known: the others stand alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from palier.billing.payers import Payer
from palier.billing.rules.standing import Standing, State, Step
from palier.entitlements import wording as offers_wording
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.clock import today
from palier.foundation.language import current, day, ngettext
from palier.foundation.language import gettext as _

Words = tuple[str, ...]
"""A title, then sentences; each may name %(offer)s, %(day)s, %(since)s, %(amount)s and what else `_facts` gives."""


@dataclass(frozen=True, slots=True)
class Told:
    """A standing as a page, the banner or a letter says it. `label` is empty where nothing is to be done."""

    standing: Standing
    title: str
    lines: tuple[str, ...]
    label: str
    path: str
    """A page of ours (from the root), or the bank's or the invoice's own address."""

    @property
    def sentence(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(self.lines)


def told(standing: Standing, payer: Payer, offers: Offers) -> Told:
    """In the reader's language."""
    facts = _facts(standing, payer.kind, offers)
    title, *lines = _words(current())[standing.state]
    kept = tuple(line % facts for line in [*lines, *_besides(standing)] if _known(line, facts))
    label = _labels(current())[standing.step]
    return Told(standing, _title(standing, title, facts), kept, label, path_of(standing, payer))


def path_of(standing: Standing, payer: Payer) -> str:
    """Where the next step is taken: the bank's page or the invoice's own where there is one."""
    if standing.address and standing.step in (Step.CONFIRM, Step.PAYMENT, Step.PAY, Step.RESUME):
        return standing.address
    if standing.step is Step.ANSWER and standing.number:
        return f"{payer.path}/place/{standing.number}"
    return payer.path + PATHS.get(standing.step, "")


PATHS: Mapping[Step, str] = {
    Step.CHOOSE: "/offers", Step.RENEW: "/offers", Step.ONE_OF_TWO: "/cancel", Step.MAKE_ROOM: "/change",
    Step.ANSWER: "#places",
}  # fmt: skip
"""Below the payer's billing page; the page itself, where a step is not named."""


def _title(standing: Standing, title: str, facts: Mapping[str, str]) -> str:
    return title % facts if _known(title, facts) else facts["offer"] or title.partition("%")[0].strip()


def _known(line: str, facts: Mapping[str, str]) -> bool:
    """Whether everything a line names is there to be named."""
    return all(value or f"%({name})s" not in line for name, value in facts.items())


def _facts(standing: Standing, kind: Kind, offers: Offers) -> dict[str, str]:
    offer = offers.every.get(standing.offer)
    limit = offers.free_for(kind).counted
    return {
        "offer": offers_wording.offer_name(offer) if offer else standing.offer,
        "free": offers_wording.offer_name(offers.free_for(kind)),
        "day": day(standing.day) if standing.day else "",
        "since": day(standing.since) if standing.since else "",
        "left": _left(standing),
        "amount": "" if standing.cents is None else offers_wording.euros(standing.cents),
        "number": standing.number, "network": standing.network, "method": standing.method,
        "used": offers_wording.used_of(limit, standing.used, standing.allowed), "trial_days": str(offers.trial_days),
    }  # fmt: skip


def _left(standing: Standing) -> str:
    if standing.day is None:
        return ""
    days = (standing.day - today()).days
    return ngettext("%(num)s day left.", "%(num)s days left.", days) % {"num": days} if days else _("Today.")


def _besides(standing: Standing) -> Words:
    """What is said more, where the same state has two sides."""
    match standing.state, standing.patient, standing.trial:
        case State.FREE, _patient, True:
            return (_("One trial of %(trial_days)s days is open to you."),)
        case State.OVERDUE, True, _trial:
            return (
                _("Nothing changes until %(day)s. If the transfer is under way, you have nothing to do."),
            )
        case State.OVERDUE, False, _trial:
            return (_("The staff of this installation write to you before anything changes."),)
        case State.LAPSED, _patient, True:
            return (_("It was a trial: nothing was charged."), stays())
        case State.LAPSED, _patient, False:
            return (stays(),)
    return ()


def stays() -> str:
    """What never ends for money."""
    return _("What is there stays yours: reading, exporting and finishing what is open go on.")


@cache
def _words(_locale: str) -> dict[State, Words]:
    return _words_without() | _words_of_payments() | _words_of_invoices() | _words_of_places()


def _words_without() -> dict[State, Words]:
    """Where nothing is paid, or nothing yet."""
    free = _("The free offer, %(free)s, applies.")
    return {
        State.OPEN: (_("Nothing is sold here"), _("On this installation everything is open to everybody.")),
        State.FREE: (_("%(offer)s, free of charge"), _("You have nothing to pay.")),
        State.LAPSED: (_("%(offer)s has ended"), _("It ended on %(since)s."), free),
        State.CHECKOUT: (
            _("An order is not finished"),
            _("The payment page for the offer %(offer)s was opened and not finished. Nothing is due."),
            _("It stays open until %(day)s."),
        ),
        State.ON_ITS_WAY: (
            _("%(offer)s: the payment is on its way"),
            _("A SEPA direct debit takes a few working days. What the offer holds is open meanwhile."),
            _("If the bank refuses it, we write to you."),
        ),
        State.INCOMPLETE: (
            _("%(offer)s: the first payment did not go through"),
            _("The offer has not begun, and what you had before goes on."),
            _("Another means of payment settles it."),
        ),
        State.TRIAL: (
            _("%(offer)s on trial until %(day)s"), "%(left)s", _("Nothing is charged."),
            _("On that day the free offer, %(free)s, takes over, unless you choose this one."), stays(),
        ),
        State.TRIAL_GOES_ON: (
            _("%(offer)s on trial until %(day)s"), "%(left)s",
            _("On that day the offer begins and the first payment is taken (%(method)s). To avoid it, cancel before."),
        ),
        State.TRIAL_PAUSED: (
            _("%(offer)s: the trial has ended"),
            _("No means of payment was given: nothing was charged."), free,
            _("Give one, and the offer begins."), stays(),
        ),
    }  # fmt: skip


def _words_of_payments() -> dict[State, Words]:
    """Where a card or an account is debited."""
    next_one = _("The next invoice is made on %(day)s.")
    return {
        State.ACTIVE: (_("%(offer)s"), _("The offer is paid."), next_one, _("It comes to %(amount)s without VAT.")),
        State.CHANGED: (
            _("%(offer)s"), _("The offer is paid."), next_one,
            _("It comes to %(amount)s without VAT: what was changed meanwhile, and reductions, are in it."),
        ),
        State.RETIRED: (_("%(offer)s"), _("This offer is no longer sold. Yours goes on as it was agreed."), next_one),
        State.CANCELLED: (
            _("%(offer)s until %(day)s"),
            _("It was cancelled. Everything goes on until that day; then the free offer, %(free)s, takes over."),
            _("Until then the cancellation can be taken back."), stays(),
        ),
        State.CONFIRM: (
            _("Your bank asks for a confirmation"),
            _("The payment for the offer %(offer)s waits until you confirm it with your bank."),
            _("Everything goes on until %(day)s."), stays(),
        ),
        State.PAST_DUE: (
            _("A payment did not go through"),
            _("The last payment for the offer %(offer)s could not be taken."), _("It is missing since %(since)s."),
            _("Everything goes on until %(day)s. Then the free offer, %(free)s, takes over."),
            _("The payment is tried again by itself; another means of payment settles it at once."), stays(),
        ),
        State.GRACE_OVER: (
            _("A payment is still missing"), _("The free offer, %(free)s, applies."), _("It has applied since %(since)s."),
            _("As soon as the payment comes through, the offer %(offer)s is open again."), stays(),
        ),
        State.DISPUTED: (
            _("A payment is disputed"),
            _("A bank was asked to take a payment of yours back."), _("That was on %(since)s."),
            _("Nothing changes while this is looked at."),
        ),
        State.DOUBLE: (
            _("Paid twice"),
            _("%(network)s pays for a place of yours, and you pay for the offer %(offer)s. The better of the two counts."),
            _("Yours can be cancelled at the end of its period."), _("Its period ends on %(day)s."),
        ),
        State.OVER_LIMIT: (
            _("More than the offer counts"), _("In use: %(used)s."),
            _("Nobody loses anything. Nothing can be added until there is room again."),
        ),
    }  # fmt: skip


def _words_of_invoices() -> dict[State, Words]:
    """Where somebody pays by transfer, or by agreement."""
    return {
        State.INVOICED: (
            _("Invoice %(number)s: %(amount)s"), _("It is paid by transfer."), _("It is due on %(day)s."),
        ),
        State.OVERDUE: (
            _("Invoice %(number)s is overdue: %(amount)s"), _("Its transfer has not arrived."), _("It was due on %(since)s."),
        ),
        State.ASKED: (
            _("%(offer)s: asked for"), _("The staff of this installation answer by mail. Nothing is due until then."),
        ),
        State.BEGINS: (_("%(offer)s from %(day)s"), _("It is agreed, and begins by itself.")),
        State.AGREED: (
            _("%(offer)s, by agreement"), _("The offer was agreed with the staff of this installation."), _("It runs until %(day)s."),
        ),
        State.AGREEMENT_ENDS: (
            _("%(offer)s until %(day)s"), _("The agreement ends; then the free offer, %(free)s, takes over."),
            _("To go on, ask for another period."), stays(),
        ),
        State.GIVEN: (_("%(offer)s, free of charge"), _("The staff of this installation gave it to you. Nothing is due.")),
    }  # fmt: skip


def _words_of_places() -> dict[State, Words]:
    """Where a network pays."""
    return {
        State.INVITED: (
            _("%(network)s offers you a place"), _("It would pay for the offer %(offer)s. An owner accepts or declines."),
        ),
        State.SPONSORED: (
            _("%(offer)s, paid by %(network)s"), _("You have nothing to pay."), _("Who pays sees no answer and no result of yours."),
        ),
        State.PLACE_ENDS: (
            _("%(offer)s until %(day)s"), _("%(network)s pays for it until then."),
            _("Then the free offer, %(free)s, takes over, unless you choose an offer of your own."), stays(),
        ),
    }  # fmt: skip


@cache
def _labels(_locale: str) -> dict[Step, str]:
    return {
        Step.NONE: "", Step.CHOOSE: _("See the offers"), Step.RESUME: _("Finish the order"), Step.CONFIRM: _("Confirm the payment"),
        Step.PAYMENT: _("Give a means of payment"), Step.PAY: _("See the invoice"), Step.UNDO: _("Take the cancellation back"),
        Step.RENEW: _("Ask for another period"), Step.ANSWER: _("Answer the invitation"),
        Step.ONE_OF_TWO: _("Cancel one of the two"), Step.MAKE_ROOM: _("Make room"), Step.DETAILS: _("See the billing page"),
    }  # fmt: skip
